#!/usr/bin/env python3
"""Compares citations and works cited with pandoc's citeproc: citations.py TETRAPLA STYLES [PANDOC]

STYLES is `-`: the program's own styles by their names; or a folder of CSL files, NAME.csl. With PANDOC, what it makes of the styles of
such a folder is written into citations/NAME.txt beside this file; without, what stands there is compared. What stands there was made by
pandoc 3.9 of the styles that `cargo test --test all -- --ignored styles_for_another_program` writes into target/tmp/styles.
Differences that are known stand in citations/known.txt with their reasons, one a line: STYLE, KEY, KIND, reason, parted by tabs
(`*`: any style). Ends with 1 if there is another, or if a known one is no more."""

import html
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ["chicago-notes", "chicago-author-date", "apa", "mla", "iso-690"]


def plain(text):
    """What styles and programs do alike in other signs: spaces, quotation marks, dashes."""
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").replace("‘", "'")
    text = text.replace("“", '"').replace("”", '"').replace("–", "-")
    return re.sub(r"\s+", " ", text).strip()


def split(text):
    """Citations by the words before them, notes put in at their calls, and the entries in order."""
    text = text.replace("\r", "")
    body, _, entries = text.partition("\nReferences\n")
    notes = dict(re.findall(r"^\[(\d+)\] (.*)$", body + entries, re.M))
    lines = [line.strip() for line in body.split("\n") if re.match(r"^[\w-]+:", line.strip())]
    said = [plain(re.sub(r"\[(\d+)\]", lambda m: "{" + notes.get(m[1], "?") + "}", line)) for line in lines]
    entries = [plain(line) for line in entries.split("\n") if line.strip() and not re.match(r"^\[\d+\]|^Notes$", line.strip())]
    return said, entries


def ours(program, style):
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work.md"
        named = style.name if style.suffix == ".csl" else str(style)
        work.write_text((HERE / "citations.md").read_text().replace("bibliography:", f"csl: {named}\nbibliography:", 1))
        (Path(folder) / "citations.bib").write_text((HERE / "citations.bib").read_text())
        if style.suffix == ".csl":
            (Path(folder) / style.name).write_text(style.read_text())
        done = subprocess.run([program, "build", work, "-o", folder, "--to", "txt", "--width", "0", "--text-notes", "end", "-q"], capture_output=True, text=True)
        out = Path(folder) / "work.txt"
        if not out.exists():
            sys.exit(done.stderr)
        return out.read_text()


def theirs(pandoc, style):
    done = subprocess.run([pandoc, "citations.md", "--citeproc", "--csl", style.resolve(), "-t", "plain", "--wrap=none"], cwd=HERE, capture_output=True, text=True, check=True)
    return html.unescape(done.stdout)


def main():
    program, styles = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    pandoc = sys.argv[3] if len(sys.argv) > 3 else None
    golden = HERE / "citations"
    golden.mkdir(exist_ok=True)
    known = {}
    listed = golden / "known.txt"
    for line in listed.read_text().splitlines() if listed.exists() else []:
        if line and not line.startswith("#"):
            style, key, kind, reason = line.split("\t")
            known[style, key, kind] = reason
    keys = re.findall(r"^@\w+\{([^,]+),", (HERE / "citations.bib").read_text(), re.M)
    used, bad, compared = set(), 0, 0
    for name in NAMES:
        if pandoc:
            (golden / f"{name}.txt").write_text(theirs(pandoc, styles / f"{name}.csl"))
        want, want_entries = split((golden / f"{name}.txt").read_text())
        got, got_entries = split(ours(program, Path(name) if str(styles) == "-" else styles / f"{name}.csl"))
        found = []
        if len(want) != len(got):
            found.append(("*", "count", str(len(want)), str(len(got))))
        for one, other in zip(want, got):
            compared += 1
            if one != other:
                key = one.split(":")[0]
                key = key if key in keys else "more " + str(want.index(one) - len(keys) + 1)
                found.append((key, "cite", one, other))
        titles = {key: plain(re.search(r"\btitle = \{([^}]*)", record)[1]) for key, record in zip(keys, re.split(r"\n@", (HERE / "citations.bib").read_text())[1:])}
        take = lambda key, entries: next((e for e in entries if titles[key].lower() in e.lower() and not (key.startswith("jost") and "ferry" in e.lower()) and not (key.startswith("entry") and "dictionary" not in e.lower())), "")
        for key in keys:
            compared += 1
            one, other = take(key, want_entries), take(key, got_entries)
            if one != other:
                found.append((key, "entry", one, other))
        order = lambda entries: [next((key for key in keys if take(key, [e])), e[:20]) for e in entries]
        if order(want_entries) != order(got_entries):
            found.append(("*", "order", " ".join(order(want_entries)), " ".join(order(got_entries))))
        for key, kind, one, other in found:
            why = next(((s, k, kind) for s in (name, "*") for k in (key, "*") if (s, k, kind) in known), None)
            if why:
                used.add(why)
                continue
            bad += 1
            print(f"{name} {key} {kind}\n  - {one}\n  + {other}")
    for one in sorted(set(known) - used):
        bad += 1
        print("no longer so: " + " ".join(one))
    print(f"{compared} citations and entries compared, {bad} differ without a reason, {len(used)} kinds of difference are known")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
