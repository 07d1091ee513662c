//! Who is fed, with what, and what must hold.

use std::collections::BTreeMap;
use std::path::Path;

use tetrapla::Kit;
use tetrapla::budget::Budget;
use tetrapla::deposit;
use tetrapla::driver::{self, Finished};
use tetrapla::env::Env;
use tetrapla::report::Report;
use tetrapla::tree::Document;
use tetrapla::verify::{self, File};

use super::made;
use super::mutate::Target;
use crate::support::{emit, files, order, read, read_text, root, same};

pub fn all() -> Vec<Target> {
    let cases = |folder: &str, ending: &str| -> Vec<Vec<u8>> {
        files(&root().join("tests/cases").join(folder), ending)
            .iter()
            .map(|path| std::fs::read(path).expect("a case"))
            .collect()
    };
    let made = made();
    let one = |name: &str| vec![made[name].clone()];
    vec![
        Target {
            name: "markdown",
            seeds: [cases("block", ".md"), cases("inline", ".md"), cases("notes", ".md")].concat(),
            words: MARKDOWN,
            run: text,
        },
        Target {
            name: "restore",
            seeds: [cases("block", ".md"), cases("inline", ".md"), cases("html", ".md")].concat(),
            words: MARKDOWN,
            run: restored,
        },
        Target { name: "paged", seeds: [cases("paged", ".md"), cases("pages", ".md")].concat(), words: PAGED, run: text },
        Target { name: "html", seeds: cases("html", ".md"), words: HTML, run: text },
        Target { name: "metadata", seeds: cases("metadata", ".md"), words: METADATA, run: text },
        Target { name: "tei", seeds: one("tei"), words: TEI, run: tei },
        Target { name: "svg", seeds: DRAWINGS.iter().map(|svg| svg.as_bytes().to_vec()).collect(), words: SVG, run: svg },
        Target {
            name: "picture",
            seeds: vec![std::fs::read(root().join("tests/pictures/books.png")).expect("a picture")],
            words: &[],
            run: picture,
        },
        Target { name: "read-epub", seeds: one("epub"), words: &[], run: |bytes| finished("a.epub", bytes) },
        Target { name: "read-pdf", seeds: one("pdf"), words: &[], run: |bytes| finished("a.pdf", bytes) },
        Target { name: "read-tei", seeds: one("tei"), words: TEI, run: |bytes| finished("a.tei.xml", bytes) },
        Target { name: "read-txt", seeds: one("txt"), words: MARKDOWN, run: |bytes| finished("a.txt", bytes) },
        Target {
            name: "bibtex",
            seeds: cases("scholar", ".bib").into_iter().chain([BIBTEX.as_bytes().to_vec()]).collect(),
            words: BIB,
            run: |bytes| library("a.bib", bytes),
        },
        Target {
            name: "csl-json",
            seeds: vec![CSL_JSON.as_bytes().to_vec()],
            words: JSON,
            run: |bytes| library("a.json", bytes),
        },
        Target {
            name: "hayagriva",
            seeds: vec![YAML.as_bytes().to_vec()],
            words: METADATA,
            run: |bytes| library("a.yaml", bytes),
        },
        Target {
            name: "ledger-alarm",
            seeds: [cases("block", ".md"), cases("inline", ".md"), cases("notes", ".md"), cases("paged", ".md")].concat(),
            words: MARKDOWN,
            run: made::no_alarm,
        },
        Target {
            name: "ledger-dialects",
            seeds: [cases("dialect", ".md"), cases("html", ".md"), cases("pages", ".md"), cases("scholar", ".md")].concat(),
            words: DIALECTS,
            run: made::no_alarm,
        },
        Target { name: "ledger-tei", seeds: one("tei"), words: TEI, run: made::no_alarm_of_tei },
        Target { name: "ledger-miss", seeds: vec![b"choose".to_vec()], words: METADATA, run: made::no_miss },
        Target { name: "tree", seeds: vec![b"choose".to_vec()], words: METADATA, run: made::tree },
        Target { name: "bag-damaged", seeds: vec![b"choose".to_vec()], words: METADATA, run: made::damaged_bag },
        Target { name: "bag", seeds: vec![b"manifest".to_vec(), b"data/a.xml".to_vec()], words: BAG, run: bag },
    ]
}

const MARKDOWN: &[&str] = &[
    "\n\n",
    "# ",
    "> ",
    "- ",
    "1. ",
    ": ",
    "***",
    "---\n",
    "```\n",
    "`",
    "*",
    "**",
    "_",
    "~",
    "^",
    "$",
    "$$",
    "[",
    "](",
    ")",
    "[^1]",
    "[^1]: ",
    "![",
    "<http://a.b>",
    "{#x .y lang=fr}",
    "| a | b |\n|---|:-:|\n",
    "\\",
    "&amp;",
    "&#10;",
    "<b>",
    "</b>",
    "<br>",
    "<pb n=\"12\"/>",
    "<!--",
    "-->",
    "<div>",
    "    ",
    "\t",
    "\u{a0}",
    "\u{ad}",
    "\u{202e}",
    "\u{301}",
    "\u{fb01}",
    "{{#include a.md}}",
    ":::",
    "::: verse\n",
];
/// What dialects, programs and the readers of scans write.
const DIALECTS: &[&str] = &[
    "\n\n",
    "\n",
    "\\begin{itemize}\n",
    "\\item hay\n",
    "\\item[oats] ",
    "\\end{itemize}\n",
    "\\begin{tabular}{ll}\n",
    "a & b \\\\\n",
    "\\hline\n",
    "\\end{tabular}\n",
    "\\footnote{",
    "\\textit{",
    "\\section{Hay}\n",
    "\\begin{equation}\n",
    "\\end{equation}\n",
    "[b]",
    "[/b]",
    "[quote]",
    "[/quote]",
    "[url=http://a.b]",
    "[/url]",
    "{++",
    "++}",
    "{--",
    "--}",
    "{~~hay~>oats~~}",
    "{==",
    "==}",
    "{>>",
    "<<}",
    "[Footnote 1: ",
    "[^1]: ",
    "[^1]",
    "<sup>1</sup> ",
    "<page_number>3</page_number>\n",
    "<!-- page 4 -->\n\n",
    "\n\n[Pg 12]\n\n",
    "\n{12}------------------------------------------------\n\n",
    "\u{c}",
    "<table><tr><td>",
    "</td><td>",
    "</td></tr></table>",
    "<th colspan=\"2\">",
    "<div markdown=\"1\">\n",
    "</div>\n",
    "<img src=\"a.png\" alt=\"hay\">",
    "| a | b |\n|---|---|\n",
    "+---+---+\n| a | b |\n+---+---+\n",
    "::: note\n",
    ":::\n",
    "```{note}\n",
    "```\n",
    "!!! note \"Hay\"\n    ",
    "> [!NOTE]\n> ",
    "[@hay, p. 3]",
    "@hay",
    "{#fig:hay .oats}",
    "![[hay.png]]",
    "[[hay|oats]]",
    "%% hay %%",
    "{{< hay >}}",
    "{{hay}}",
    "{% hay %}",
    ": ",
    "~ ",
    "| ",
    "(1) ",
    "a. ",
    "$x^2$",
    "$$",
    "\\(x\\)",
    "#",
    "*",
    "**",
    "`",
    "---\n",
];
const PAGED: &[&str] = &[
    "\u{c}",
    "\n\n---\n\n",
    "<sup>1</sup> ",
    "{12}------\n\n",
    "<!-- page 12 -->\n\n",
    "12\n\n",
    "ON LIBERTY 3\n\n",
    "mid-\n\n",
    "[p. 12]\n\n",
    "1. ",
    "* ",
    "xii\n\n",
    "# ",
    "CHAPTER II\n\n",
    "${ }^{4}$",
    "![](a.png)\n\n",
    "|a|b|\n|-|-|\n",
];
const HTML: &[&str] = &[
    "<table>",
    "<tr>",
    "<td colspan=99999>",
    "</td>",
    "<th rowspan=0>",
    "</table>",
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "<div class='x'>",
    "</div>",
    "<a href='",
    "\">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script>",
    "<svg>",
    "</svg>",
    "<i>",
    "</b>",
    "&lt;",
    "&#x0;",
    "<br/>",
    "<pre>",
    "<ruby>",
    "<rt>",
    "<details>",
    "<q>",
    "<dl>",
    "<dt>",
    "<sup>",
    "style='",
    "lang=\"",
    "\n\n",
];
const METADATA: &[&str] = &[
    "---\n",
    "+++\n",
    "title: ",
    "author:\n",
    " - ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "|\n",
    ">\n",
    "'",
    "\"",
    ": ",
    "? ",
    "#",
    "\n  ",
    "date: 2026-02-30",
    "language: zxx-",
    "cover: ../x.png",
    "licence: ",
    "[pdf]\n",
    "a.b.c = 1\n",
    "\\u0000",
];
const TEI: &[&str] = &[
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<note xml:id='a'>",
    "</note>",
    "<ref target='#a'>",
    "</ref>",
    "<pb n='1'/>",
    "<lb break='no'/>",
    "<choice>",
    "<sic>",
    "<corr>",
    "</choice>",
    "<table>",
    "<row>",
    "<cell cols='99999'>",
    "<lg>",
    "<l>",
    "<hi rend='italic'>",
    "</hi>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "&#0;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x?>",
    "xmlns='x'",
    "<formula>",
    "<graphic url='a.png'/>",
    "<sp>",
    "<list>",
    "<item>",
];
const SVG: &[&str] = &[
    "<g>",
    "</g>",
    "<use href='#a'/>",
    "<path d='M0 0L9 9'/>",
    "<mask id='a'>",
    "<filter id='a'>",
    "<feGaussianBlur stdDeviation='9'/>",
    "fill='url(#a)'",
    "transform='scale(1e9)'",
    "<text>",
    "</text>",
    "<style>",
    "</style>",
    "@import url(x);",
    "<image href='data:image/png;base64,AA=='/>",
    "&a;",
    "1e38",
    "-0",
    "NaN",
    "%",
    "<pattern id='a'>",
    "<marker id='a'>",
    "marker-mid='url(#a)'",
    "opacity='.5'",
    "<switch>",
    "<foreignObject>",
    "width='0'",
    "viewBox='0 0 1 1'",
];
const BIB: &[&str] = &[
    "@book{",
    "@string{a = ",
    "@comment{",
    "@preamble{",
    "}",
    "{",
    "\"",
    " # ",
    ",\n",
    "author = {",
    " and ",
    "crossref = {one}",
    "title = {",
    "year = ",
    "date = {1842/..}",
    "{\\\"o}",
    "\\'e",
    "$x^2$",
    "\\textit{",
    "%",
    "pages = {1--2}",
    "{{{",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "1e999",
    "\\u0000",
    "\"id\": ",
    "\"issued\": ",
    "\"date-parts\": [[1842]]",
    "\"type\": \"book\"",
    "<i>",
];
const BAG: &[&str] = &[
    "\n",
    "  ",
    "../",
    "data/",
    "%0A",
    "%",
    "\0",
    "00",
    "manifest-sha512.txt",
    "tagmanifest-sha512.txt",
    "bagit.txt",
    "/",
    ".xml",
    ".pdf",
    ".epub",
    ".png",
];

const DRAWINGS: &[&str] = &[
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><defs><linearGradient id='a'><stop offset='0' stop-color='red'/></linearGradient></defs><rect width='9' height='9' fill='url(#a)'/><text x='1' y='9'>Hay <tspan>bales</tspan></text></svg>",
    "<svg viewBox='0 0 10 10'><filter id='f'><feGaussianBlur stdDeviation='1'/></filter><g filter='url(#f)' opacity='.5'><circle r='3'/></g><marker id='m'><path d='M0 0L1 1'/></marker><path marker-mid='url(#m)' d='M0 0L5 5L9 0'/></svg>",
    "<svg width='9' height='9'><mask id='k'><rect width='5' height='5' fill='white'/></mask><pattern id='p' width='2' height='2' patternUnits='userSpaceOnUse'><path d='M0 0H1'/></pattern><rect mask='url(#k)' width='9' height='9' fill='url(#p)' stroke='black' stroke-dasharray='1 2'/></svg>",
];

const BIBTEX: &str = "@book{one, author = {Byron, Ada and {The Press}}, title = {On {Hay} \\& {\\\"O}ats}, year = 1842, publisher = {Press}, address = {York}}\n@article{two, author = {Bell, A.}, title = \"Straw\", journal = {Fields}, volume = 3, number = {4}, pages = {1--9}, date = {1843-05}, crossref = {one}}\n";
const CSL_JSON: &str = r#"[{"id": "one", "type": "book", "title": "On <i>Hay</i>", "author": [{"family": "Byron", "given": "Ada"}], "issued": {"date-parts": [[1842, 3]]}}, {"id": "two", "type": "article-journal", "title": "Straw", "container-title": "Fields", "page": "1-9", "author": [{"literal": "The Press"}], "issued": {"raw": "1843"}}]"#;
const YAML: &str = "one:\n  type: book\n  title: On Hay\n  author: [\"Byron, Ada\"]\n  date: 1842-03\n  publisher: {name: Press, location: York}\ntwo:\n  type: article\n  title: Straw\n  author: Bell, A.\n  parent:\n    type: periodical\n    title: Fields\n    volume: 3\n";

/// The four outputs of a short work, by their backends' names.
fn made() -> BTreeMap<&'static str, Vec<u8>> {
    let desk = tempfile::tempdir().expect("a folder for the test");
    let path = desk.path().join("a.md");
    std::fs::write(&path, WORK).expect("room for a text");
    let work = read(&path).remove(0);
    ["epub", "pdf", "tei", "txt"].map(|name| (name, emit(name, &work))).into()
}

pub const WORK: &str = "---\ntitle: Hay\nlanguage: en\nauthor: Ada Byron\n---\n\n# One {#one}\n\nSeven *bales*[^1] of hay, see [two](#two).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<pb n=\"12\"/>\n\n# Two {#two}\n\n> A quotation, $x^2$.\n\n- one\n- two\n\n[^1]: A note.\n";

/// What is read by itself goes into every format.
pub fn emitted(doc: &Document) -> Result<(), String> {
    for backend in Kit::BUILTIN.backends {
        backend.emit(doc, &Env::default(), &mut Report::default()).map_err(|reason| format!("{}: {reason}", backend.name()))?;
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<(), String> {
    emitted(&read_text(&String::from_utf8_lossy(bytes), &mut Report::default()))
}

/// Clean Markdown is read back as the same tree.
fn restored(bytes: &[u8]) -> Result<(), String> {
    let doc = read_text(&format!("---\ndialect: markdown\n---\n\n{}", String::from_utf8_lossy(bytes)), &mut Report::default());
    let written = tetrapla::emit::Markdown;
    let Ok(tetrapla::emit::Output::File { bytes, .. }) =
        tetrapla::emit::Backend::emit(&written, &doc, &Env::default(), &mut Report::default())
    else {
        return Err("no Markdown comes of it".to_owned());
    };
    let again = read_text(&String::from_utf8_lossy(&bytes), &mut Report::default());
    same::difference(&doc, &again).map_or(Ok(()), Err)
}

/// What a file on the disk is read into.
pub fn opened(name: &str, bytes: &[u8], beside: &str) -> Finished {
    let desk = tempfile::tempdir().expect("a folder for the test");
    std::fs::write(desk.path().join(name), bytes).expect("room for a file");
    let path = if beside.is_empty() { desk.path().join(name) } else { desk.path().join("a.md") };
    if !beside.is_empty() {
        std::fs::write(&path, beside).expect("room for a text");
    }
    let work = driver::find(&[path], &mut Report::default()).remove(0);
    driver::check(work, &order(Path::new(".")))
}

fn all_of(finished: &Finished) -> Result<(), String> {
    let Some(doc) = finished.doc.as_ref().filter(|_| !finished.report.is_refused()) else { return Ok(()) };
    for (output, _) in driver::emit_all(doc, &finished.env, &order(Path::new(".")).to) {
        output.map_err(|reason| reason.to_string())?;
    }
    Ok(())
}

fn tei(bytes: &[u8]) -> Result<(), String> {
    all_of(&opened("a.tei.xml", bytes, ""))
}

fn svg(bytes: &[u8]) -> Result<(), String> {
    all_of(&opened("b.svg", bytes, "# One\n\n![A drawing](b.svg)\n"))
}

/// A library whose works a text cites.
fn library(name: &str, bytes: &[u8]) -> Result<(), String> {
    let text = format!(
        "---\ntitle: Hay\nlanguage: en\nbibliography: {name}\n---\n\nCited: [@one, p. 3; see @two], and @one.\n\n# Works {{#refs}}\n"
    );
    all_of(&opened(name, bytes, &text))
}

fn picture(bytes: &[u8]) -> Result<(), String> {
    all_of(&opened("b.png", bytes, "# One\n\n![A picture](b.png)\n"))
}

fn finished(name: &str, bytes: &[u8]) -> Result<(), String> {
    drop(verify::words(&File { name, bytes }, &Env::default()));
    Ok(())
}

/// A bag whose tag files say whatever.
fn bag(bytes: &[u8]) -> Result<(), String> {
    let files = [
        "bagit.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha512.txt",
        "bag-info.txt",
        "data/a.xml",
        "data/a.pdf",
        "data/a.epub",
        "ro-crate-metadata.json",
    ];
    let files = files.map(|name| (name.to_owned(), bytes.to_vec())).into();
    let mut report = Report::default();
    deposit::verify(&files, &Budget::default(), &mut report);
    if report.is_refused() { Ok(()) } else { Err("it passes for a whole bag".to_owned()) }
}
