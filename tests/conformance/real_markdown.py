#!/usr/bin/env python3
"""real_markdown.py BINARY PANDOC FOLDER...: Markdown that others wrote, in four books and beside pandoc.

Each .md file below the folders, each text once, is built with --verify; then its words are set beside those of `pandoc -f gfm`, and so
are the numbers of its headings, listings, tables and items, where it has no HTML, which pandoc hands on unread. Last, it is
restored and read again: the tree is the same. Says every file that differs; what is right about a difference is for a reader to judge
(a note that it repeats at each call, a role of MyST), so that this is a tool and no gate. Needs lxml.
"""
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

from lxml import etree

TEI = "{http://www.tei-c.org/ns/1.0}"
INLINE = {"hi", "ref", "code", "seg", "pb", "foreign", "del", "anchor", "term", "abbr"}
WORD = re.compile(r"\w+")


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, timeout=120)


def of_pandoc(node, words, counts):
    """Gathers the words of a tree of pandoc, and how often it has blocks of each kind."""
    if isinstance(node, list):
        for inner in node:
            of_pandoc(inner, words, counts)
    if not isinstance(node, dict):
        return
    kind, content = node.get("t"), node.get("c")
    if kind == "Str":
        words.append(content)
    elif kind == "Code":
        words.append(content[1])
    elif kind in ("CodeBlock", "Math"):
        words.append(f" {content[1]} ")
        counts["code"] += kind == "CodeBlock"
    elif kind in ("Link", "Image"):
        of_pandoc(content[1], words, counts)
    elif kind in ("RawInline", "RawBlock"):
        counts["raw"] += 1
    elif kind == "Note":
        of_pandoc(content, words, collections.Counter())
    else:
        counts["heading"] += kind == "Header"
        counts["table"] += kind == "Table"
        counts["item"] += len(content) if kind == "BulletList" else len(content[1]) if kind == "OrderedList" else 0
        of_pandoc(content, words, counts)
    if kind not in ("Str", "Code", "RawInline", "Emph", "Strong", "Strikeout", "Link", "Superscript", "Subscript"):
        words.append(" ")


def of_tei(node):
    if not isinstance(node.tag, str):
        return node.tail or ""
    apart = "" if node.tag.removeprefix(TEI) in INLINE or node.get("break") == "no" else " "
    return apart + (node.text or "") + "".join(map(of_tei, node)) + apart + (node.tail or "")


def counted(words):
    return collections.Counter(word.lower() for word in WORD.findall(unicodedata.normalize("NFC", words)))


def of_tree(dump):
    counts = collections.Counter()
    for line in dump.splitlines():
        first = line.split()[0] if line.strip() else ""
        counts["heading"] += first in ("heading", "title")
        counts["code"] += re.match(r'\s*code "[^"]*" "', line) is not None
        counts["table"] += first == "table"
        counts["item"] += first == "item"
    return counts


def look(binary, pandoc, path, folder):
    """What there is to say of one file."""
    said = []
    built = run(binary, "build", path, "--verify", "-o", folder / "books")
    if built.returncode:
        first = [line for line in built.stderr.decode(errors="replace").splitlines() if line.startswith("error")]
        return [f"not whole: {first[0] if first else 'no error is told'}"]
    tree, theirs = run(binary, "tree", path), run(pandoc, "-f", "gfm+footnotes+yaml_metadata_block", "-t", "json", path)
    if theirs.returncode == 0:
        words, counts = [], collections.Counter()
        of_pandoc(json.loads(theirs.stdout)["blocks"], words, counts)
        root = etree.parse(next((folder / "books").glob("*.tei.xml")), etree.XMLParser(huge_tree=True)).getroot()
        ours = of_tei(root.find(f"{TEI}text")) + " ".join(root.itertext(f"{TEI}title"))
        missing = counted("".join(words)) - counted(ours)
        if missing:
            said.append(f"words that pandoc has beyond: {dict(missing.most_common(8))}")
        own = of_tree(tree.stdout.decode())
        kinds = [kind for kind in own if own[kind] != counts[kind]]
        if kinds and not counts["raw"]:
            said.append("pandoc and we: " + ", ".join(f"{counts[kind]} and {own[kind]} of {kind}" for kind in kinds))
    again = folder / path.name
    again.write_bytes(run(binary, "restore", path).stdout)
    if run(binary, "tree", again).stdout != tree.stdout:
        said.append("restored and read again it is another tree")
    return said


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    binary, pandoc = sys.argv[1:3]
    files = {}
    for folder in sys.argv[3:]:
        for path in sorted(pathlib.Path(folder).rglob("*.md")):
            files.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    differ = 0
    with tempfile.TemporaryDirectory() as room, concurrent.futures.ThreadPoolExecutor(2) as pool:
        def one(numbered):
            number, path = numbered
            folder = pathlib.Path(room, str(number))
            folder.mkdir()
            return path, look(binary, pandoc, path, folder)
        for path, said in pool.map(one, enumerate(files.values())):
            differ += bool(said)
            for line in said:
                print(f"{path}\n    {line}")
    print(f"{len(files)} texts, {differ} of which there is something to say")


if __name__ == "__main__":
    main()
