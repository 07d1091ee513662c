"""pdf_words.py FILE.pdf FILE.tei.xml: whether pdftotext finds every word of the TEI in the PDF, as often.

A word that a line's end cuts is put together again. One that a page's end cuts has a note or a folio between its halves: pdftotext
can't join it, so each of its halves counts, and there are at most as many such words as pages."""

import re
import subprocess
import sys
from collections import Counter

from lxml import etree

TEI = "{http://www.tei-c.org/ns/1.0}"
LEFT_OUT = {TEI + name for name in ("figDesc", "desc", "formula", "fw")}
INLINE = {TEI + name for name in ("hi", "foreign", "seg", "ref", "code", "pb", "lb", "graphic", "supplied", "note")}


def text(node, out):
    """The words below a node; the mark of a note, where it is called again, is none."""
    marks = node.tag == TEI + "ref" and node.get("type") == "noteAnchor"
    if not marks and node.tag not in LEFT_OUT and isinstance(node.tag, str):
        space = "" if node.tag in INLINE - {TEI + "note"} else " "
        out.append(space + (node.text or ""))
        for child in node:
            text(child, out)
        out.append(space)
    out.append(node.tail or "")


def words(text):
    return Counter(re.findall(r"[^\W_]+", text))


pdf, tei = sys.argv[1:]
said = []
text(etree.parse(tei).getroot().find(TEI + "text"), said)
want = words("".join(said))
shown = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
pages = shown.count("\f")
# A hyphen of the text at a line's end stays one in another count.
joined = re.sub("[-\u00ad\u2010]\\s*\n\\s*", "", shown)
found = words(shown) | words(joined)
lost = {word: count - found[word] for word, count in want.items() if found[word] < count}
total = sum(want.values())
print(f"{pdf}: pdftotext finds {total - sum(lost.values())} of {total} words; cut by the ends of {pages} pages: {sorted(lost)}")
sys.exit(not total or sum(lost.values()) > pages)
