"""pdf_words.py FILE.pdf FILE.tei.xml: whether poppler finds every word of the TEI in the PDF, once and in order.

By the structure tree (pdfinfo -struct-text), what stands behind the title pages is the words of the TEI, one after the other, and
nothing else. On the pages (pdftotext -raw), with words put together that the end of a line or a page cuts, each word is found as
often as in the TEI at least: heads and contents say some again. The running text is found in its order, as is each note, figure and
table."""

import re
import subprocess
import sys
from collections import Counter

from lxml import etree

TEI = "{http://www.tei-c.org/ns/1.0}"
LEFT_OUT = {TEI + name for name in ("titlePage", "figDesc", "desc", "formula", "fw")}
INLINE = {TEI + name for name in ("hi", "foreign", "seg", "ref", "code", "pb", "graphic", "supplied", "note")}
# Notes stand at the foot of the page, figures and tables at the top of the next one where they must.
MOVED = (TEI + "note", TEI + "figure", TEI + "table")
# Calls are numbers that the PDF makes, as are the numbers of lists, which may be letters; the contents repeat the headings.
MADE = ("Reference", "TOC", "Formula")
NUMBERED = re.compile(r"\(?([a-z]|[A-Z]|[ivxlcdm]+|[IVXLCDM]+)[.)]")


def words(text):
    """A note's number stands straight behind the word that calls it: letters and figures are words apart."""
    return re.findall(r"[^\W\d_]+|\d+", text)


def text(node, out, apart):
    """The words below a node; what may stand elsewhere on the pages apart, where `apart` is given."""
    marks = node.tag == TEI + "ref" and node.get("type") == "noteAnchor"
    into = out
    if node.tag in MOVED and apart is not None:
        into = []
        apart.append(into)
    if not marks and node.tag not in LEFT_OUT and isinstance(node.tag, str):
        joins = node.tag in INLINE - {TEI + "note"} or node.tag == TEI + "lb" and node.get("break") == "no"
        into.append(("" if joins else " ") + (node.text or ""))
        if node.tag == TEI + "graphic" and node.getparent().getparent().tag == TEI + "figure":
            # The caption of a panel.
            into.append(f" {node.get('n', '')} ")
        for child in node:
            text(child, into, apart)
        into.append("" if joins else " ")
    out.append(node.tail or "")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def by_structure(pdf):
    """The words of the structure tree: a line is an element, further in than the one that it stands in, or a text in quotes."""
    said, hidden, label, figure = [], None, None, None
    for line in run("pdfinfo", "-struct-text", pdf).splitlines():
        depth = len(line) - len(line.lstrip())
        if hidden is not None and depth > hidden:
            continue
        label = label if label is not None and depth > label else None
        figure = figure if figure is not None and depth > figure else None
        hidden, line = None, line.strip()
        if line.startswith('"'):
            line = line[1:].removesuffix('"').replace("\u00ad", "").replace("\u2060", "")
            # What stands straight in a figure is its description.
            shown = figure != depth - 2 and (label is None or re.search(r"[^\W\d_]", line) and not NUMBERED.fullmatch(line.strip()))
            said.append(line if shown else " ")
        elif line.split(" ")[0] in MADE:
            hidden = depth
        elif not line.endswith("(inline)") or line.startswith("Note"):
            said.append(" ")
            label = depth if line.startswith("Lbl") else label
        figure = depth if line.startswith("Figure") else figure
    return words("".join(said))


def lasts(found, want):
    """How many words of `want` are found in their order among those of `found`."""
    found = iter(found)
    return sum(any(word == other for other in found) for word in want)


pdf, tei = sys.argv[1:]
body = etree.parse(tei).getroot().find(TEI + "text")
whole, running, apart = [], [], []
text(body, whole, None)
text(body, running, apart)
whole, running, apart = words("".join(whole)), words("".join(running)), [words("".join(words_)) for words_ in apart]
faults = []

structure = by_structure(pdf)
if structure[len(structure) - len(whole):] != whole:
    at = next((at for at, (a, b) in enumerate(zip(reversed(structure), reversed(whole))) if a != b), 0)
    faults.append(f"the structure tree differs before {' '.join(whole[len(whole) - at:][:8])!r}")

# Of words that run from right to left, pdftotext makes letters: those are looked for in the structure tree alone.
left_to_right = not re.search("[\u0590-\u08ff]", " ".join(whole))
pages = run("pdftotext", "-raw", pdf, "-").split("\f") if left_to_right else []
known, cut = set(whole), re.compile("([^\\W\\d_]+)\u00ad\\s*\n")
for at, page in enumerate(pages):
    # A hyphen that is there only because the line ends; the page may end there, too.
    for half in cut.finditer(page):
        rest = re.match(r"[^\W\d_]+", page[half.end():])
        if rest and half[1] + rest[0] in known:
            pages[at] = pages[at].replace(half[0], half[1], 1)
            continue
        following = pages[at + 1] if at + 1 < len(pages) else ""
        for second in re.findall(r"^[^\W\d_]+", following, re.M):
            if half[1] + second in known:
                pages[at] = pages[at].replace(half[0], half[1] + second + "\n", 1)
                pages[at + 1] = re.sub(rf"^{second}\b", "", following, count=1, flags=re.M)
                break
for at, page in enumerate(pages):
    # No sign may be set into an address that a line cuts: its words are put together where the TEI has them so.
    lines, open_address = page.split("\n"), False
    for n in range(len(lines) - 1):
        line = lines[n]
        token = line.rsplit(" ", 1)[-1]
        open_address = bool(re.search(r"://|www\.|doi\.org/|\b10\.\d{4}|@", token)) or open_address and " " not in line
        half = re.search(r"(?:[^\W\d_]+|\d+)$", token)
        rest = half and re.match(r"\d+" if half[0].isdigit() else r"[^\W\d_]+", lines[n + 1])
        if open_address and rest and half[0] + rest[0] in known:
            lines[n] = line[: len(line) - len(half[0])]
            lines[n + 1] = half[0] + lines[n + 1]
    pages[at] = "\n".join(lines)
if left_to_right:
    shown = words("\n".join(pages))
    lost = Counter(whole) - Counter(shown)
    if lost:
        faults.append(f"pdftotext does not find {sorted(lost)}")
    found = lasts(shown, running)
    if found < len(running):
        faults.append(f"the running text breaks off before {' '.join(running[found:][:8])!r} on the pages")
    for part in apart:
        if lasts(shown, part) < len(part):
            faults.append(f"{' '.join(part[:8])!r} is not in order on the pages")
print(f"{pdf}: {len(whole)} words, in order and once, by the structure tree" + f" and on {len(pages) - 1} pages" * left_to_right, *faults, sep="\n  but ")
sys.exit(bool(faults) or not whole)
