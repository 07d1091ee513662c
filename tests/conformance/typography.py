#!/usr/bin/env python3
"""Holds printed books to the bounds of good setting.

usage: typography.py FOLDER BOOK.pdf...

FOLDER has measure.py, which reads lines and pages from a finished PDF. The language is the file's own. A file of too few lines to measure
counts for the sums alone. Ends with 1 where a bound is broken, each with its offenders.
"""
import collections, sys

sys.path.insert(0, sys.argv[1])
import pymupdf
from measure import Book

# So few justified lines say nothing of a hundredth of them.
FEWEST = 250

# What a file may have at most. Hyphens by language: English has short words.
MOST = {
    "space sd": 0.033, "space p99": 0.30, "space max": 0.6, "letters beside p95 %": 4.5, "off grid %": 1.0,
}
LEAST = {"space p1": 0.158}
NONE = [
    "runs >=3", "last < 4 letters", "only word's tail", "hyphens in addresses", "widows", "orphans", "notes off call's page",
    "headings stranded", "speakers stranded", "short chapter ends",
]
HYPHENS = collections.defaultdict(lambda: 6.0, en=3.0)


def main():
    wrong, spreads, uneven = [], 0, 0
    for path in sys.argv[2:]:
        with pymupdf.open(path) as file:
            catalog = file.pdf_catalog()
            language = file.xref_get_key(catalog, "Lang")[1]
        table, bad = Book(path).measure()
        lines = table.get("justified lines", 0)
        spreads, uneven = spreads + table.get("spreads", 0), uneven + table.get("uneven feet", 0)
        broken = [f"{key} {table[key]}" for key in NONE if table.get(key)]
        if lines >= FEWEST:
            broken += [f"{key} {table[key]} > {most}" for key, most in MOST.items() if (table[key] or 0) > most]
            broken += [f"{key} {table[key]} < {least}" for key, least in LEAST.items() if table[key] < least]
            most = HYPHENS[language[:2].lower()]
            broken += [f"hyphens /100 {table['hyphens /100']} > {most}"] if table["hyphens /100"] > most else []
        told = {key: table.get(key) for key in ("space sd", "space p99", "letters beside p95 %", "hyphens /100")}
        print(f"{path}: {language}, {lines} lines, {told}")
        wrong += [f"{path}: {fault}" for fault in broken]
        wrong += [f"  page {page}: {kind}: {text}" for kind, page, text in bad] if broken else []
    if uneven * 50 > spreads:
        wrong.append(f"{uneven} of {spreads} spreads end at different heights")
    print("\n".join(wrong))
    return 1 if wrong or not spreads else 0


sys.exit(main())
