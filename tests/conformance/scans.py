"""scans.py BINARY REAL LAYOUT: real scans keep the quality that was reached.

REAL holds expect.py and its data, LAYOUT holds layout_score.py and dev/. Asked for: of what an editor expects, the share that is
met, and all of it where harm would be done: clean texts and items that are no notes; of text that must stay, all but one (`A$ … A$`
is a formula by pandoc's rule). Of texts with a printed layout, the means of each column.
"""
import json, pathlib, subprocess, sys, tempfile

binary, real, layout = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
REAL_LEAST = 0.96
MOST_MISSED = {"kept": 1, "not_notes": 0, "clean": 0}
# Least in the mean; of what is left in the text and what is lost from it, most.
LEAST = {"paras": 0.82, "foot": 0.89, "margin": 0.99, "breaks": 0.985, "labels": 0.965, "words": 0.975}
MOST = {"left": 0.04, "lost": 0.003}
wrong = []


def run(*words):
    return subprocess.run([sys.executable, *map(str, words)], check=False, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as folder:
    listed = pathlib.Path(folder) / "met.json"
    print(run(real / "expect.py", binary, "--json", listed), end="")
    found = [one for file in json.loads(listed.read_text(encoding="utf-8")).values() for one in file]
    met = sum(one["met"] for one in found) / len(found)
    if met < REAL_LEAST:
        wrong.append(f"real scans: {met:.3f} of what is expected is met, under {REAL_LEAST}")
    for kind, most in MOST_MISSED.items():
        missed = [one["wanted"] for one in found if one["kind"] == kind and not one["met"]]
        if len(missed) > most:
            wrong += [f"{kind}: {wanted}" for wanted in missed]

    truths = sorted((layout / "dev").glob("*.json"))
    subprocess.run([binary, "build", *[truth.with_suffix(".md") for truth in truths], "--to", "tei", "-o", folder], check=True, capture_output=True)
    pairs = [name for truth in truths for name in (truth, pathlib.Path(folder) / f"{truth.stem}.tei.xml")]
    said = run(layout / "layout_score.py", *pairs)
    print(said, end="")
    lines = [line.split() for line in said.splitlines() if line.strip()]
    columns = lines[0]
    rows = [dict(zip(columns, line)) | {"name": line[-1]} for line in lines if line[-1].endswith(".json")]
    assert len(rows) == len(truths), said
    mean = lambda column: (lambda values: sum(values) / len(values))([float(row[column]) for row in rows if row[column] != "-"])
    wrong += [f"layout, {column}: {mean(column):.4f}, under {least}" for column, least in LEAST.items() if mean(column) < least]
    wrong += [f"layout, {column}: {mean(column):.4f}, over {most}" for column, most in MOST.items() if mean(column) > most]

sys.exit("\n".join(wrong) or None)
