#!/usr/bin/env python3
"""calibration.py BINARY TRUTH.json...: how often repairs that claim a confidence are right, on texts whose truth is known.

For each TRUTH.json the text beside it (the same name with .md) is checked by BINARY, and each repair is held to the truth:
- paragraph-joined: the words on both sides of the join stand side by side in one block of the truth
- word-joined: the word that was made stands in the truth
- head-dropped: what was dropped is furniture of the truth; where that names none, it says what a heading says, or stands nowhere
- note-attached, note-continued: the note's words stand in a note of the truth
What was misread by the scanner is compared letter by letter, with one letter in seven wrong. Prints a table: for each kind, and
for all, what was claimed and what was true. Needs rapidfuzz. Exit code 1 where repairs that claim 0.9 or more are right in less
than nine of ten.
"""
import json, os, re, subprocess, sys, tempfile, unicodedata
from rapidfuzz import fuzz

BINS = [(0.0, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)]

def plain(text):
    text = unicodedata.normalize("NFKC", text.replace("ſ", "s").replace("\u00ad", "").replace("¬", "-"))
    return " ".join(re.sub(r"[^\w\s-]", " ", text.lower()).split())

def squeeze(text):
    return re.sub(r"[\W_]", "", plain(text))

def like(needle, hay):
    return needle in hay or len(needle) >= 8 and fuzz.partial_ratio(needle, hay) >= 86

class Truth:
    def __init__(self, path):
        truth = json.load(open(path, encoding="utf-8"))
        self.blocks = [squeeze(b if isinstance(b, str) else b.get("text", "")) for b in truth["blocks"]]
        self.all = "¶".join(self.blocks)
        notes = [n if isinstance(n, str) else n.get("text", "") for n in truth.get("notes", [])]
        self.notes = "¶".join(squeeze(n) for n in notes)
        self.furniture = [squeeze(f["text"]) for f in truth.get("furniture", [])]
        self.words = set(plain(" ".join(b if isinstance(b, str) else b.get("text", "") for b in truth["blocks"]) + " " + " ".join(notes)).split())

    def holds(self, repair):
        before, after, kind = repair["before"], repair["after"], repair["kind"]
        if kind == "paragraph-joined":
            if "|" not in after: return None
            tail, front = after.split("|", 1)
            seam = squeeze(tail)[-14:] + squeeze(front)[:14]
            return like(seam, self.all) or like(seam, self.notes)
        if kind == "word-joined":
            word = plain(after)
            return word in self.words or squeeze(word) in self.all or squeeze(word) in self.notes
        if kind == "head-dropped":
            said = squeeze(before)
            if not said: return None
            # Some truths keep catch-words in their text: the word stands there twice.
            if repair["after"] == "[catchword]" and said + said in self.all: return True
            if self.furniture: return any(fuzz.ratio(said, f) >= 55 or f and f in said for f in self.furniture)
            return len(said) < 6 or said not in self.all or any(block.startswith(said) and len(block) < 2 * len(said) for block in self.blocks)
        if kind in ("note-attached", "note-continued"):
            words = squeeze(re.sub(r"<[^>]*>|\$[^$]*\$|\[\^?\w+\](\([^)]*\))?:?", " ", before.split(" … ")[0]))
            return like(words[3:23], self.notes) if len(words) > 12 else None
        return None

def main():
    if len(sys.argv) < 3: sys.exit(__doc__)
    seen = []
    for path in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            listed = os.path.join(folder, "repairs.json")
            subprocess.run([sys.argv[1], "check", re.sub(r"\.json$", ".md", path), "--repairs", listed], capture_output=True)
            truth = Truth(path)
            for work in json.load(open(listed, encoding="utf-8"))["works"]:
                for repair in work["repairs"]:
                    right = truth.holds(repair)
                    if right is not None: seen.append((repair["kind"], repair["confidence"], right, path, repair))
    kinds = sorted({kind for kind, *_ in seen})
    print(f"{'claimed':>12}" + "".join(f"{k:>18}" for k in kinds + ["all"]))
    for low, high in BINS:
        cells = []
        for kind in kinds + [None]:
            own = [right for k, c, right, *_ in seen if low <= c < high and kind in (None, k)]
            cells.append(f"{sum(own)}/{len(own)} {sum(own) / len(own):.2f}" if own else "-")
        print(f"{low:.2f}-{min(high, 1):.2f}".rjust(12) + "".join(f"{c:>18}" for c in cells))
    sure = [right for _, c, right, *_ in seen if c >= 0.9]
    if os.environ.get("WRONG"):
        for kind, c, right, path, r in seen:
            if not right: print(os.path.basename(path), r["id"], c, r["before"], "=>", r["after"])
    if sure and sum(sure) < 0.9 * len(sure): sys.exit(1)

if __name__ == "__main__": main()
