"""validate.py [--schema NAME] FILE...: each file by the official validators of its kind, exit 1 at any finding.

The same validators as ../shared/validate/check.sh has, in few processes: most of a validator's time is its start, and there a start
is paid for each file. E-books: EPUBCheck, no error and no warning. PDF: qpdf, PDF/UA-1 and PDF/A-2a. TEI: libxml2 (which finds ids
given twice), RELAX NG, Schematron where the schema has one (NAME: all, simplePrint, lite, dtabf, eltec-0, -1, -2). Text: UTF-8, no
control character, ends in one newline."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PREFIX = Path(os.environ.get("PREFIX", "/opt/tetrapla-validators"))
SCHEMAS = Path(__file__).parents[2] / "../shared/validate/schemas"
RELAX_NG = {"all": "tei_all-4.12.0", "simplePrint": "tei_simplePrint-4.10.0a", "lite": "tei_lite-4.10.0a", "dtabf": "dtabf-basisformat"}
SCHEMATRON = {"all": "tei_all-4.10.0a", "simplePrint": "tei_simplePrint-4.10.0a", "dtabf": "dtabf-basisformat"}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout + done.stderr


def told(name, *arguments):
    """What a validator of many files says of those that fall short; a failure that it doesn't explain is said as it is."""
    status, said = run(PREFIX / "bin" / name, *arguments)
    lines = said.splitlines()
    passed = re.compile(r".* PASS\b.*")
    found = [line for line in lines if not passed.fullmatch(line)]
    return found if status or any(re.search(r" (FAIL|WARN|ERROR)\b", line) for line in found) else []


def epubs(files, _):
    _, said = run(PREFIX / "bin/epubcheck-many", *files)
    found = [line for line in said.splitlines() if not re.search(r" PASS \(\d+ ms\)$|^INFO", line)]
    return found + ([] if said.count(" PASS (") == len(files) else ["EPUBCheck passed not all of them"])


def pdfs(files, _):
    broken = [f"{file}: qpdf: {said}" for file in files for status, said in [run("qpdf", "--check", file)] if status]
    return broken + told("pdfpage", "ua1,2a", *files)


def editions(files, schema):
    # libxml2 tells of an id that is given twice, and ends well all the same.
    said = [run("xmllint", "--huge", "--noout", *files)[1]]
    status, errors = run(PREFIX / "bin/jing", SCHEMAS / f"{RELAX_NG.get(schema, schema)}.rng", *files)
    said.append(errors or "RELAX NG" if status else "")
    found = [line for text in said for line in text.splitlines()]
    return found + (told("schcheck", SCHEMAS / f"{SCHEMATRON[schema]}.sch", *files) if schema in SCHEMATRON else [])


def texts(files, _):
    found = []
    for file in files:
        try:
            text = Path(file).read_bytes().decode()
        except UnicodeDecodeError as error:
            found.append(f"{file}: {error}")
            continue
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text.replace("\f", "")):
            found.append(f"{file}: control character")
        if not text.endswith("\n") or text.endswith("\n\n"):
            found.append(f"{file}: must end in exactly one newline")
    return found


KINDS = {".epub": epubs, ".pdf": pdfs, ".xml": editions, ".txt": texts}
files, schema = sys.argv[1:], "all"
if files[:1] == ["--schema"]:
    schema, files = files[1], files[2:]
by_kind = {kind: sorted(file for file in files if file.endswith(kind)) for kind in KINDS}
assert files and sum(map(len, by_kind.values())) == len(files), "no file, or one of another kind"

# Two processors: the files of a kind are dealt to two validators, the large and the small as they fall.
deals = [(KINDS[kind], hand) for kind, kinds in by_kind.items() for hand in (kinds[::2], kinds[1::2]) if hand]
with ThreadPoolExecutor(2) as pool:
    found = [line for deal in pool.map(lambda deal: deal[0](deal[1], schema), deals) for line in deal]
print("\n".join(f"FAIL {line}" for line in found), end="\n" if found else "")
print(f"validated ({schema}): " + ", ".join(f"{len(hand)} {kind[1:]}" for kind, hand in by_kind.items() if hand))
sys.exit(bool(found))
