"""restoration.py FOLDER TEI_FOLDER: holds restored texts against their truths.

FOLDER holds NAME.json beside score.py and ceiling.py one level up; TEI_FOLDER holds NAME.tei.xml. Asked for: notes at least
0.99 and words at least 0.998 in the mean; paragraphs and page breaks in the mean within 0.01 of what the evidence allows, and
in no text more than 0.03 under it.
"""
import pathlib, subprocess, sys

truths = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
made = [pathlib.Path(sys.argv[2]) / f"{truth.stem}.tei.xml" for truth in truths]
tools = truths[0].parent.parent


def table(tool, files, columns):
    """The tool's figures, a row a text, without head and mean."""
    said = subprocess.run([sys.executable, tools / tool, *files], check=True, capture_output=True, text=True).stdout
    print(said, end="")
    rows = [line.split() for line in said.splitlines() if line.rstrip().endswith(".json")]
    assert len(rows) == len(truths), f"{tool} told of {len(rows)} texts, not of {len(truths)}"
    return [[float(row[column]) for column in columns] for row in rows]


scores = table("score.py", [name for pair in zip(truths, made) for name in pair], (0, 1, 2, 3))
ceilings = table("ceiling.py", truths, (0, 2))
mean = lambda values: sum(values) / len(values)
wrong = []
for name, column, least in (("notes", 1, 0.99), ("words", 3, 0.998)):
    if mean([row[column] for row in scores]) < least:
        wrong.append(f"{name}: the mean is under {least}")
for name, column, ceiling in (("paras", 0, 0), ("breaks", 2, 1)):
    gaps = [best[ceiling] - row[column] for row, best in zip(scores, ceilings)]
    if mean(gaps) > 0.01:
        wrong.append(f"{name}: {mean(gaps):.4f} under the ceiling in the mean")
    wrong += [f"{name}: {truth.stem} is {gap:.4f} under its ceiling" for truth, gap in zip(truths, gaps) if gap > 0.03]
sys.exit("\n".join(wrong) or None)
