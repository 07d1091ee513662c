#!/usr/bin/env python3
"""Eighty sources that are made to hurt, each beside a work that must come out whole. Usage: hostile.py BINARY [--only TEXT] [--factor 1]

Each is built (or read back) with a good work in the same batch, under 4 GB of address space and 10 s of processor time (times --factor, for
a program that was not optimised). Wanted: exit 0, or 1 with a word; no signal, no panic; under 1 GiB; the good work's four outputs
byte for byte as when it is built alone; nothing of a secret that lies beside the works; no passing folder left. Prints a line for each
that falls short, and a total; ends with 1 if any does. Python 3.11, nothing else.
"""
import argparse
import gzip
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

GOOD = "---\ntitle: Good\nlanguage: en\ndate: 2020-01-01\n---\n\n# One\n\nSeven bales[^1] of hay.\n\n[^1]: Or eight.\n"
SECRET = "the-words-that-nobody-may-read-7f3a"
TEI = ('<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>T</title></titleStmt><publicationStmt><p/>'
       "</publicationStmt><sourceDesc><p/></sourceDesc></fileDesc></teiHeader><text>{}</text></TEI>")


def png(width, height, data=b"", bits=8, colour=2, more=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def svg(inner, attributes='width="90" height="60"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'


def texts():
    """Markdown, one file each."""
    t = "# T\n\n"
    yield "quote-fence", t + "> ```\n" * 20_000
    yield "list-steps", t + "".join("  " * min(i, 300) + "- s\n" for i in range(3000))
    yield "table-escapes", t + "|" + "\\|" * 100_000 + "|\n|-|\n"
    yield "pipes", t + "|" * 200_000 + "\n" + "|-" * 100_000 + "\n"
    yield "code-ticks", t + " ".join("`" * i for i in range(1, 900)) + "\n"
    yield "html-comment", t + "<!-" * 100_000
    yield "html-quotes", t + '<a b="' * 30_000
    yield "html-table", t + "<table><tr><td>" * 20_000
    yield "html-spans", t + "<table>" + "<tr>" + "<td rowspan=65534 colspan=1000>x</td>" * 300 + "</tr></table>\n"
    yield "html-lists", t + "<ul><li>" * 10_000
    yield "html-ruby", t + "<ruby>a<rt>b</rt></ruby>" * 10_000
    yield "entities", t + "&CounterClockwiseContourIntegral;" * 20_000
    yield "numbers", t + "&#x10FFFF;&#xD800;&#0;&#9999999999;" * 10_000
    yield "notes-nested", t + "a[^n0]\n\n" + "".join(f"[^n{i}]: x[^n{i + 1}] y[^n{i + 2}]\n\n" for i in range(3000))
    yield "notes-long", t + "a[^n]\n\n[^n]: " + "    more words\n\n" * 20_000
    yield "links-same", t + "[x](#t) " * 40_000
    yield "links-nested", t + "[" * 3000 + "x" + "](y)" * 3000
    yield "images-alt", t + "![" + "a *b* " * 30_000 + "](none.png)\n"
    yield "images-data", t + "![a](data:image/png;base64,{})\n\n".format("A" * 40_000) * 100
    yield "ids", "".join(f"# H {{#same}}\n\n" for _ in range(10_000))
    yield "headings-deep", "".join("#" * (i % 6 + 1) + f" H{i}\n\nw\n\n" for i in range(8000))
    yield "formula-nest", t + "$" + "\\sqrt{" * 400 + "x" + "}" * 400 + "$ " * 50
    yield "formula-def", t + "$\\def\\x{\\x\\x}\\x$ $\\newcommand\\y[9]{#1#1\\y{#1}}\\y{a}$\n"
    yield "formula-array", t + "$$\\begin{array}{" + "c" * 5000 + "}" + "a&" * 5000 + "\\end{array}$$\n"
    yield "formula-text", t + "$\\text{" + "w " * 50_000 + "}$\n"
    yield "word", t + "w" * 2_000_000 + "\n"
    yield "combining", t + ("e" + "\u0301" * 200 + " ") * 1000
    yield "bidi", t + "\u202e\u2067\u2066a" * 30_000
    yield "variation", t + "\ufe0f\u200d" * 100_000
    yield "private", t + "".join(chr(0xE000 + i) for i in range(6000))
    yield "hangul", t + "\u1100\u1161\u11a8" * 30_000
    yield "arabic", t + "\u0628\u0640" * 40_000
    yield "page-marks", "".join(f"<!-- page {i} -->\n\n" for i in range(30_000))
    yield "page-numbers", "".join(f"{i}\n\n\f\n" for i in range(25_000))
    yield "page-roman", "".join("M" * (i % 300) + "\n\n\f\n" for i in range(3000))
    yield "page-heads", "".join(f"A HEAD THAT RUNS {i}\n\nwords go on and\n\n\f\n" for i in range(6000))
    yield "page-notes", "".join(f"w<sup>{i % 9}</sup>\n\n---\n\n<sup>{i % 9}</sup> n\n\n\f\n" for i in range(6000))
    yield "milestones", t + '<pb n="12"/>' * 40_000
    yield "includes", t + "{{#include includes.md}}\n\n" * 5000
    yield "include-outside", t + "{{#include ../secret.md}}\n\n{{#include /etc/passwd}}\n\n{{#include ..%2Fsecret.md}}\n"
    yield "image-outside", t + "![a](../secret.png) ![b](..\\secret.png) ![c](%2e%2e/secret.png) ![d](file:../secret.png)\n"
    yield "front-bomb", "---\n" + "a: &a " + "[" * 31 + "]" * 31 + "\n" + "".join(f"k{i}: [*a,*a,*a]\n" for i in range(3000)) + "title: T\n---\n\nx\n"
    yield "front-string", '---\ntitle: "' + "\\u0041" * 200_000 + '"\n---\n\nx\n'
    yield "front-people", "---\ntitle: T\nauthor: [" + "'A; B & C'," * 20_000 + "]\n---\n\nx\n"
    yield "front-dates", "---\ntitle: T\ndate: -9999999999-99-99\nlanguage: " + "x-" * 5000 + "\n---\n\nx\n"
    yield "front-own-limits", "---\ntitle: T\nlimit: pixels=99G\nlimits: {pixels: 99999999999}\n---\n\n![a](big.png)\n"
    yield "toml-arrays", "+++\ntitle = 'T'\na = [" + "[1]," * 100_000 + "]\n+++\n\nx\n"
    yield "nothing", ""
    yield "zeros", "\0" * 100_000
    yield "latin", "# T\n\ncaf\xe9 cr\xe8me br\xfbl\xe9e\n".encode("latin-1")


def xml():
    """TEI, one file each."""
    yield "xml-deep", TEI.format("<body>" + "<div>" * 60_000 + "<p>x</p>" + "</div>" * 60_000 + "</body>")
    yield "xml-attributes", TEI.format("<body><p " + " ".join(f'a{i}="1"' for i in range(50_000)) + ">x</p></body>")
    yield "xml-names", TEI.format("<body>" + "".join(f"<x{i}>a</x{i}>" for i in range(30_000)) + "</body>")
    yield "xml-entity", '<!DOCTYPE TEI [<!ENTITY a SYSTEM "../secret.md"><!ENTITY % b SYSTEM "../secret.md">%b;]>' + TEI.format("<body><p>&a;</p></body>")
    yield "xml-laughs", ("<!DOCTYPE TEI [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{i + 1} '{f'&l{i};' * 9}'>" for i in range(12)) + "]>"
                         + TEI.format("<body><p>&l12;</p></body>"))
    yield "xml-notes", TEI.format("<body><p>" + "a<note>b" * 5000 + "</note>" * 5000 + "</p></body>")
    yield "xml-refs", TEI.format("<body><p>" + "".join(f"<ref target='#p{i}'>x</ref>" for i in range(10_000)) + "</p>" + "".join(f"<p xml:id='p{i}'>y</p>" for i in range(10_000)) + "</body>")
    yield "xml-ids", TEI.format("<body>" + "<p xml:id='a'>x</p>" * 20_000 + "</body>")
    yield "xml-cut", TEI.format("<body><p>" + "x " * 50_000)[:-60]
    yield "xml-text", TEI.format("<body><p>" + "&#65;" * 200_000 + "</p></body>")
    yield "xml-gaps", TEI.format("<body><p>" + "<gap/><unclear>a</unclear><add>b</add><del>c</del>" * 10_000 + "</p></body>")


def pictures():
    """Images, each shown by a text."""
    yield "big.png", png(65_000, 65_000, zlib.compress(bytes(100)))
    yield "deep.png", png(9_000, 9_000, zlib.compress(bytes(100)), 16, 6)
    yield "text.png", png(4, 4, zlib.compress((b"\0" + b"\xff\0\0" * 4) * 4), more=struct.pack(">I", 2 ** 31 - 1) + b"zTXt")
    yield "cut.jpg", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    yield "frames.gif", b"GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff" + b"\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02\x44\x01\x00" * 2000 + b";"
    yield "riff.webp", b"RIFF\xff\xff\xff\x7fWEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\xff\xff"
    yield "markers.svg", svg("<style>path{marker-mid:url(#m)}</style><marker id='m'><path d='" + "M0 0h1" * 900 + "'/></marker><path d='M0 0" + "h1" * 90_000 + "'/>").encode()
    yield "turbulence.svg", svg("<filter id='f'><feTurbulence numOctaves='2000' baseFrequency='.1'/></filter><rect width='90' height='60' filter='url(#f)'/>").encode()
    yield "morphology.svg", svg("<filter id='f'><feMorphology radius='3000'/></filter><rect width='90' height='60' filter='url(#f)'/>").encode()
    yield "layers.svg", svg("<g opacity='.9'><g opacity='.8'><rect width='90' height='60'/></g><rect width='9' height='9'/></g>" * 6000).encode()
    yield "masks.svg", svg("".join(f"<mask id='m{i}'><rect width='90' height='60' fill='white' mask='url(#m{i + 1})'/></mask>" for i in range(150)) + "<rect width='90' height='60' mask='url(#m0)'/>").encode()
    yield "uses.svg", svg("<g id='a'><path d='M0 0h9'/></g>" + "".join(f"<g id='b{i}'>" + f"<use href='#{'a' if i == 0 else f'b{i - 1}'}'/>" * 9 + "</g>" for i in range(12))).encode()
    yield "far.svg", svg("<rect x='1e8' y='-1e8' width='9e8' height='1' opacity='.5'/>", "width='1' height='9e8'").encode()
    yield "outside.svg", svg("<image href='../secret.png'/><use href='../secret.svg#a'/><style>@import '../secret.css';</style>").encode()
    yield "packed.svg", gzip.compress(svg(" " * 30_000_000).encode())


def finished(folder):
    """Damaged outputs that are read back; the text beside each is whole."""
    def epub(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("mimetype", "application/epub+zip")
            book.writestr("META-INF/container.xml", b" " * 900_000_000)
    yield "bomb.epub", epub
    yield "bomb.pdf", lambda path: path.write_bytes(pdf(zlib.compress(b" " * 900_000_000)))
    yield "kids.pdf", lambda path: path.write_bytes(kids())
    yield "deep.tei.xml", lambda path: path.write_text("<TEI>" + "<p>" * 400_000)


def objects(bodies):
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj " % number + body + b" endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)


def pdf(packed):
    stream = b"<</Length %d /Filter /FlateDecode>> stream\n" % len(packed) + packed + b"\nendstream"
    page = b"<</Type /Page /Parent 2 0 R /Contents 4 0 R>>"
    return objects([b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Count 1 /Kids [3 0 R]>>", page, stream])


def kids():
    """Each level of pages names the next twice: 2^28 leaves."""
    nodes = [b"<</Type /Pages /Kids [%d 0 R %d 0 R]>>" % (i + 3, i + 3) for i in range(28)]
    return objects([b"<</Type /Catalog /Pages 2 0 R>>", *nodes, b"<</Type /Page>>"])


def limits(factor):
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (4_000_000 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (10 * factor, 10 * factor + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ran(line, factor):
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, preexec_fn=lambda: limits(factor))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, usage.ru_maxrss >> 10, usage.ru_utime + usage.ru_stime, said.read(1 << 20).decode("utf-8", "replace")


def contents(path):
    yield path.read_bytes()
    if path.suffix == ".epub" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            yield from (book.read(name) for name in book.namelist())


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("binary", type=Path)
    ask.add_argument("--only", default="")
    ask.add_argument("--factor", type=int, default=1)
    args = ask.parse_args()
    binary, count, short, begin = str(args.binary.resolve()), 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostile-") as desk:
        desk = Path(desk)
        (desk / "secret.md").write_text(SECRET)
        (desk / "secret.png").write_bytes(png(4, 4, zlib.compress((b"\0" + b"\1\2\3" * 4) * 4), more=b""))
        good = desk / "good"
        good.mkdir()
        (good / "good.md").write_text(GOOD)
        alone = desk / "alone"
        subprocess.run([binary, "build", str(good / "good.md"), "-o", str(alone)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = {path.name: path.read_bytes() for path in alone.iterdir() if path.name.startswith("good.")}
        cases = [(name, "md", content, None) for name, content in texts()] + [(name, "tei.xml", content, None) for name, content in xml()]
        cases += [(name, "md", f"# T\n\n![a]({name})\n", content) for name, content in pictures()]
        cases += [(name, None, make, None) for name, make in finished(desk)]
        for name, ending, content, beside in cases:
            if args.only not in name:
                continue
            with tempfile.TemporaryDirectory(prefix="case-", dir=desk) as work:
                work = Path(work)
                out = work / "out"
                if ending is None:
                    out.mkdir()
                    source = work / (name.split(".")[0] + ".md")
                    source.write_text(GOOD)
                    content(out / name)
                    line = [binary, "verify", str(source), "-o", str(out)]
                else:
                    folder = work / "in"
                    folder.mkdir()
                    source = folder / f"{name.split('.')[0]}.{ending}"
                    source.write_bytes(content if isinstance(content, bytes) else content.encode())
                    if beside is not None:
                        (folder / name).write_bytes(beside)
                    line = [binary, "build", str(source), str(good / "good.md"), "-o", str(out)]
                status, peak, seconds, said = ran([*line, "--jobs", "1"], args.factor)
                wrong = []
                if status not in (0, 1):
                    wrong.append(f"exit {status}")
                if status == 1 and not said.strip() or ending is None and status != 1:
                    wrong.append(f"exit {status} without need or a word")
                if "panicked" in said or "has a defect" in said:
                    wrong.append("a defect")
                if peak > 1024:
                    wrong.append(f"{peak} MiB")
                if ending is not None:
                    made = {path.name: path.read_bytes() for path in out.glob("good.*")} if out.is_dir() else {}
                    if made != wanted:
                        wrong.append("the other work is not whole")
                    if any(SECRET.encode() in data for path in out.rglob("*") if path.is_file() for data in contents(path)):
                        wrong.append("the secret is in an output")
                if out.is_dir() and any(path.name.startswith(".tetrapla-") for path in out.iterdir()):
                    wrong.append("a passing folder is left")
                count += 1
                if wrong:
                    short += 1
                    print(f"{name}: {'; '.join(wrong)} ({seconds:.1f} s, {peak} MiB)", flush=True)
    print(f"{count} run, {short} fall short, {time.monotonic() - begin:.0f} s")
    sys.exit(short > 0)


if __name__ == "__main__":
    main()
