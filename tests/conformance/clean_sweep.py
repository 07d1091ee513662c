#!/usr/bin/env python3
"""clean_sweep.py BINARY [--show] [FOLDER...]: clean texts that the machine has anyway must come back with no repair.

Reads the READMEs, licences, changelogs and other prose (.md, .txt, and names without an ending that say so) below the folders,
by default the sources of the crates, the toolchain's documents and the system's (/usr/share/doc), each text once, and lets
`BINARY check` say what it would repair. What has form feeds is page-broken indeed and left
out, and so is a licence of X11 that somebody copied with its printed hyphens: these are to be mended. Fails where
there is a repair, and where fewer than 200 texts were found: then the sweep says nothing.
"""
import glob, hashlib, json, os, re, subprocess, sys, tempfile

NAMES = re.compile(r"^(readme|licen[cs]e|copying|copyright|changelog|changes|history|news|authors|contributing|notice|unlicense|code_of_conduct|security|todo|faq|install)", re.I)
LEAST = 200

def texts(folders):
    """Each clean text once, in the order of its path."""
    seen = set()
    for folder in folders:
        for root, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                stem, ending = os.path.splitext(name)
                if not (ending in (".md", ".markdown") or NAMES.match(name) and ending in ("", ".txt", ".md")): continue
                path = os.path.join(root, name)
                try: raw = open(path, "rb").read(2_000_000)
                except OSError: continue
                if len(raw) < 400 or b"\x0c" in raw or b"fur-\nnished" in raw: continue
                try: raw.decode("utf-8")
                except UnicodeDecodeError: continue
                key = hashlib.sha256(re.sub(rb"\d+|\s+", b" ", raw)).digest()
                if key not in seen:
                    seen.add(key)
                    yield path, raw

def main():
    args = [a for a in sys.argv[1:] if a != "--show"]
    if not args: sys.exit(__doc__)
    home = os.path.expanduser("~")
    cargo = os.environ.get("CARGO_HOME", home + "/.cargo")
    rustup = os.environ.get("RUSTUP_HOME", home + "/.rustup")
    folders = args[1:] or sorted(glob.glob(cargo + "/registry/src/*")) + sorted(glob.glob(rustup + "/toolchains/*/share/doc")) + ["/usr/share/doc"]
    count, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        batch = []
        def check():
            if not batch: return
            listed = os.path.join(folder, "repairs.json")
            made = subprocess.run([args[0], "check", *[place for place, _ in batch], "--repairs", listed], capture_output=True, text=True)
            works = {work["source"]: work["repairs"] for work in json.load(open(listed, encoding="utf-8"))["works"]} if os.path.exists(listed) else {}
            for place, path in batch:
                if place not in works: wrong.append((path, f"not read: {made.stderr[-200:]}"))
                elif works[place]:
                    first = works[place][0]
                    wrong.append((path, f"{len(works[place])} repairs, first {first['id']}: {first['before']} => {first['after']}"))
            batch.clear()
        for path, raw in texts(folders):
            count += 1
            place = os.path.join(folder, f"{count}.md")
            open(place, "wb").write(raw)
            batch.append((place, path))
            if len(batch) == 100: check()
        check()
    for path, why in wrong: print(f"{path}\n    {why}")
    print(f"{count} clean texts, {len(wrong)} with repairs")
    sys.exit(1 if wrong or count < LEAST else 0)

if __name__ == "__main__": main()
