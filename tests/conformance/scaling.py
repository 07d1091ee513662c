#!/usr/bin/env python3
"""How a program's work grows, by its processor time. Usage: scaling.py BINARY [--only TEXT] [--limit 1.4] [--command build]

Builds each shape at n, 2n and 4n, the better of two runs each; prints seconds of processor time and the power by which they grow: log2 of
(4n less 2n) over (2n less n), so that what a start costs is left out. 1 is linear, 2 quadratic; "-" where all is too quick to say.
Ends with 1 if a power is over the limit, or a run doesn't end within a minute. What is over it on a busy machine is measured again
with --only. Python 3.11 and nothing else; the shapes are below, a line each.
"""
import argparse
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

H = "# T\n\n"
TEI = ('<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>T</title></titleStmt><publicationStmt><p/>'
       "</publicationStmt><sourceDesc><p/></sourceDesc></fileDesc></teiHeader><text><body>{}</body></text></TEI>")


def each(n, text):
    return "".join(text.replace("{i}", str(i)) for i in range(n))


def svg(inner):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">{inner}</svg>'


SHAPES = {  # name: (file, n, text for n)
    "words": ("x.md", 20_000, lambda n: H + "of hay and straw " * n),
    "paragraphs": ("x.md", 5000, lambda n: H + "Seven bales of hay.\n\n" * n),
    "a long word": ("x.md", 100_000, lambda n: "w" * n),
    "a word with marks": ("x.md", 20_000, lambda n: "w-" * n),
    "combining": ("x.md", 20_000, lambda n: "e" + "\u0301" * n),
    "joiners": ("x.md", 20_000, lambda n: "\u200d\ufe0f" * n),
    "right to left": ("x.md", 20_000, lambda n: "\u05d0 1 a " * n),
    "CJK": ("x.md", 20_000, lambda n: "\u6f22\u5b57" * n),
    "headings": ("x.md", 3000, lambda n: each(n, "# H {i}\n\nw\n\n")),
    "headings alike": ("x.md", 3000, lambda n: "# Same words\n\nw\n\n" * n),
    "headings that begin alike": ("x.md", 2000, lambda n: each(n, "# " + "the same words in front " * 4 + "{i}\n\nw\n\n")),
    "ids": ("x.md", 3000, lambda n: "# H {#same}\n\nw\n\n" * n),
    "notes": ("x.md", 4000, lambda n: each(n, "w[^{i}]\n\n[^{i}]: note\n\n")),
    "references to notes": ("x.md", 4000, lambda n: H + each(n, "w[^{i}] ") + "\n\n" + each(n, "[^{i}]: note\n\n")),
    "calls of a note": ("x.md", 10_000, lambda n: "w[^1] " * n + "\n\n[^1]: n\n"),
    "notes uncalled": ("x.md", 5000, lambda n: each(n, "[^{i}]: note\n\n")),
    "calls unanswered": ("x.md", 5000, lambda n: each(n, "w[^{i}] ")),
    "links defined": ("x.md", 5000, lambda n: each(n, "[r{i}]: /u{i}\n") + "\n" + each(n, "[r{i}] ")),
    "links to nowhere": ("x.md", 5000, lambda n: each(n, "[x](#n{i}) ")),
    "brackets": ("x.md", 20_000, lambda n: "[" * n),
    "brackets closed": ("x.md", 20_000, lambda n: "]" * n),
    "stars": ("x.md", 20_000, lambda n: "*a " * n),
    "underscores": ("x.md", 20_000, lambda n: "_a" * n),
    "backticks": ("x.md", 300, lambda n: " ".join("`" * i for i in range(1, int(math.sqrt(n) * 20)))),
    "one backtick each": ("x.md", 10_000, lambda n: "`a `` b " * n),
    "dollars": ("x.md", 10_000, lambda n: "$a " * n),
    "braces": ("x.md", 10_000, lambda n: "{a " * n),
    "angles": ("x.md", 10_000, lambda n: "<a " * n),
    "comments open": ("x.md", 10_000, lambda n: "a <!-- b " * n),
    "tags open": ("x.md", 5000, lambda n: "<div>\n\n" * n),
    "tags": ("x.md", 10_000, lambda n: H + "<b>w</b> " * n),
    "entities": ("x.md", 20_000, lambda n: "&copy;&#65; " * n),
    "quotations": ("x.md", 10_000, lambda n: "> a\n\n" * n),
    "items": ("x.md", 8000, lambda n: "- x\n" * n),
    "items apart": ("x.md", 8000, lambda n: "- x\n\n" * n),
    "definitions": ("x.md", 5000, lambda n: "term\n: meaning\n\n" * n),
    "rows": ("x.md", 12_000, lambda n: "|a|b|\n|-|-|\n" + "|1|2|\n" * n),
    "columns": ("x.md", 1000, lambda n: "|" + "a|" * n + "\n|" + "-|" * n + "\n|" + "1|" * n + "\n"),
    "tables": ("x.md", 2000, lambda n: "|a|b|\n|-|-|\n|1|2|\n\nw\n\n" * n),
    "tables of HTML": ("x.md", 2000, lambda n: "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>\n\n" * n),
    "verse": ("x.md", 8000, lambda n: "a line\\\n" * n),
    "code": ("x.md", 10_000, lambda n: "```\n" + "fn a() {}\n" * n + "```\n"),
    "formulas": ("x.md", 4000, lambda n: "$x_1^2$ " * n),
    "a formula": ("x.md", 4000, lambda n: "$$" + "x+" * n + "$$\n"),
    "images missing": ("x.md", 4000, lambda n: each(n, "![a](x{i}.png)\n\n")),
    "milestones": ("x.md", 8000, lambda n: H + 'w <pb n="12"/>' * n),
    "milestones numbered": ("x.md", 8000, lambda n: H + each(n, '<pb n="{i}"/>w ')),
    "groups": ("x.md", 4000, lambda n: "::: note\nw\n:::\n\n" * n),
    "index terms": ("x.md", 4000, lambda n: each(n, "w[]{.index entry=\"e{i}\"} ") + "\n\n::: {.index}\n:::\n"),
    "pages": ("x.md", 1000, lambda n: each(n, "A HEAD THAT RUNS\n\nsome text that is broken off in the mid-\n\n\f")),
    "pages numbered": ("x.md", 1000, lambda n: each(n, "some text that goes on and on\n\n{i}\n\n\f")),
    "pages empty": ("x.md", 2000, lambda n: each(n, "\n{i}\n\n\f")),
    "pages with notes": ("x.md", 1000, lambda n: each(n, "Text of page {i}, more of it.<sup>1</sup>\n\n---\n\n<sup>1</sup> note {i}\n\n\f")),
    "pages of figures": ("x.md", 2000, lambda n: each(n, "![plate {i}](none.png)\n\n\f")),
    "pages with marks": ("x.md", 2000, lambda n: each(n, "<!-- page {i} -->\n\nwords that go on\n\n")),
    "calls on a page": ("x.md", 2000, lambda n: each(n, "w<sup>{i}</sup> ") + "\n\n---\n\n" + each(n, "<sup>{i}</sup> n\n\n")),
    "rules": ("x.md", 4000, lambda n: "words go on\n\n---\n\n" * n),
    "rules alone": ("x.md", 4000, lambda n: "---\n\n" * n),
    "title": ("x.md", 5000, lambda n: "---\ntitle: " + "word " * n + "\n---\n\nx\n"),
    "authors": ("x.md", 3000, lambda n: "---\ntitle: T\nauthor:\n" + each(n, " - P{i}\n") + "---\n\nx\n"),
    "author's name": ("x.md", 10_000, lambda n: "---\ntitle: T\nauthor: " + "n" * n + "\n---\n\nx\n"),
    "subjects": ("x.md", 3000, lambda n: "---\ntitle: T\nsubjects:\n" + each(n, " - S{i}\n") + "---\n\nx\n"),
    "elements": ("x.tei.xml", 5000, lambda n: TEI.format("<p>a <hi>b</hi></p>" * n)),
    "references of TEI": ("x.tei.xml", 4000, lambda n: TEI.format("<p>" + each(n, '<ref target="#n{i}">x</ref> ') + "</p>" + each(n, '<p xml:id="n{i}">y</p>'))),
    "notes of TEI": ("x.tei.xml", 4000, lambda n: TEI.format("<p>" + each(n, 'w<note n="{i}">x</note> ') + "</p>")),
    "notes far from calls": ("x.tei.xml", 4000, lambda n: TEI.format("<p>" + each(n, 'w<ref target="#n{i}" type="noteAnchor">{i}</ref> ') + "</p>" + each(n, '<note xml:id="n{i}">x</note>'))),
    "pages of TEI": ("x.tei.xml", 5000, lambda n: TEI.format("<p>" + each(n, 'w <pb n="{i}"/>') + "</p>")),
    "choices of TEI": ("x.tei.xml", 4000, lambda n: TEI.format("<p>" + "<choice><sic>a</sic><corr>b</corr></choice> " * n + "</p>")),
    "lists of TEI": ("x.tei.xml", 4000, lambda n: TEI.format("<list>" + "<item>a</item>" * n + "</list>")),
    "names of elements": ("x.tei.xml", 4000, lambda n: TEI.format("<p>" + each(n, "<x{i}>a</x{i}> ") + "</p>")),
    "SVG paths": ("x.svg", 1000, lambda n: svg("<path d='M0 0L9 9'/>" * n)),
    "SVG ids": ("x.svg", 1000, lambda n: svg(each(n, "<path id='a{i}' d='M0 0L9 9'/>"))),
    "SVG ids alike": ("x.svg", 500, lambda n: svg("".join(f"<path id='a{chr(0x2200 + i % 400)}{'!' * (i // 400)}' d='M0 0L9 9'/>" for i in range(n)))),
    "SVG rules": ("x.svg", 300, lambda n: svg("<style>" + each(n, ".c{i}{fill:red}") + "</style>" + each(n, "<path class='c{i}' d='M0 0L9 9'/>"))),
    "SVG text": ("x.svg", 500, lambda n: svg("<text>" + "word " * n + "</text>")),
    "SVG gradients": ("x.svg", 300, lambda n: svg(each(n, "<linearGradient id='g{i}'><stop offset='0'/></linearGradient><path d='M0 0L9 9H3z' fill='url(#g{i})'/>"))),
    "a library": ("x.bib", 300, lambda n: each(n, "@book{k{i}, title = {T {i}}, author = {Bell, Ada}, year = 1842}\n")),
    "a library cited": ("x.cited.bib", 100, lambda n: each(n, "@book{k{i}, title = {T {i}}, author = {Bell, Ada}, year = 1842}\n")),
}


def limits():
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_AS, (4_000_000 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 61))


def cost(binary, command, folder, name, text, n):
    """Processor time of the better of two runs, in seconds; none where one did not end well."""
    path = folder / name
    path.write_text(text)
    if not name.endswith((".md", ".xml")):
        path = folder / "y.md"
        cites = " ".join(f"[@k{i}]" for i in range(n if "cited" in name else 1))
        front = f"---\ntitle: T\nlanguage: en\nbibliography: {name}\n---\n\n{cites}\n" if name.endswith(".bib") else f"{H}![a]({name})\n"
        path.write_text(front)
    out = folder / "out"
    best = None
    for _ in range(2):
        for step in ["build", "verify"][:1 + (command == "verify")]:
            process = subprocess.Popen([binary, step, str(path), "-o", str(out), "--jobs", "1"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limits)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        shutil.rmtree(out, ignore_errors=True)
        if process.returncode not in (0, 1):
            return None
        seconds = usage.ru_utime + usage.ru_stime
        best = seconds if best is None else min(best, seconds)
    return best


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("binary")
    ask.add_argument("--only", default="")
    ask.add_argument("--limit", type=float, default=1.4)
    ask.add_argument("--command", default="build", choices=["build", "verify"])
    args = ask.parse_args()
    over = 0
    with tempfile.TemporaryDirectory(prefix="scaling-") as folder:
        folder = Path(folder)
        for name, (file, n, text) in SHAPES.items():
            if args.only not in name:
                continue
            runs = [cost(args.binary, args.command, folder, file, text(n * times), n * times) for times in (1, 2, 4)]
            power = None
            if None not in runs and runs[2] > 0.06:
                power = math.log2(max(runs[2] - runs[1], 0.005) / max(runs[1] - runs[0], 0.005))
            bad = None in runs or power is not None and power > args.limit
            over += bad
            shown = " ".join("none" if run is None else f"{run:.2f}" for run in runs)
            print(f"{name:28}{n:8}  {shown:28}{'-' if power is None else f'{power:.2f}':>6}{'  <<' if bad else ''}", flush=True)
    print(f"{over} over {args.limit} or without an end")
    sys.exit(over > 0)


if __name__ == "__main__":
    main()
