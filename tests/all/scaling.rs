//! Twice the text is twice the work: shapes that were made to hurt, at n, 2n and 4n, through a reader, all backends, the ledger and the
//! proof. Work is what is allocated, which is the same each time; what only compares and never allocates is measured by
//! `tests/conformance/scaling.py`, in instructions.

use std::path::Path;
use std::process::Command;

use tetrapla::driver;
use tetrapla::emit::Output;
use tetrapla::ledger::account;
use tetrapla::report::Report;
use tetrapla::verify::{File, verify};

use crate::support::order;

/// From 2n to 4n the work may grow by this power of what it grew by from n to 2n: n log n is below it.
const MOST: f64 = 1.3;

/// A name, the file, how large n is, and the text for it.
type Shape = (&'static str, &'static str, usize, fn(usize) -> String);

fn each(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect()
}

fn tei(body: &str) -> String {
    let head = "<teiHeader><fileDesc><titleStmt><title>T</title></titleStmt><publicationStmt><p/></publicationStmt><sourceDesc><p/></sourceDesc></fileDesc></teiHeader>";
    format!("<TEI xmlns=\"http://www.tei-c.org/ns/1.0\">{head}<text><body>{body}</body></text></TEI>")
}

const SHAPES: &[Shape] = &[
    ("words", "a.md", 2_000, |n| format!("# T\n\n{}\n", "of hay and straw ".repeat(n))),
    ("paragraphs", "a.md", 400, |n| "Seven bales of hay.\n\n".repeat(n)),
    ("headings", "a.md", 60, |n| each(n, |i| format!("# H {i}\n\nw\n\n"))),
    ("headings alike", "a.md", 60, |n| "# Same\n\nw\n\n".repeat(n)),
    ("notes", "a.md", 150, |n| each(n, |i| format!("w[^{i}]\n\n[^{i}]: note {i}\n\n"))),
    ("notes in one line", "a.md", 300, |n| {
        format!("{}\n\n{}", each(n, |i| format!("w[^{i}] ")), each(n, |i| format!("[^{i}]: note\n\n")))
    }),
    ("notes longer than the text", "a.md", 60, |n| {
        format!(
            "{}\n\n{}",
            each(n, |i| format!("w[^{i}] ")),
            each(n, |i| format!("[^{i}]: {}\n\n", "of hay and straw ".repeat(40)))
        )
    }),
    ("a note that is a book", "a.md", 2_000, |n| format!("w[^1]\n\n[^1]: {}\n", "of hay and straw ".repeat(n))),
    ("calls of a note", "a.md", 600, |n| format!("{}\n\n[^1]: n\n", "w[^1] ".repeat(n))),
    ("links defined", "a.md", 400, |n| each(n, |i| format!("[r{i}]: /u{i}\n")) + "\n" + &each(n, |i| format!("[r{i}] "))),
    ("links in a line", "a.md", 500, |n| "[x](#nowhere) ".repeat(n)),
    ("brackets", "a.md", 3_000, |n| "[".repeat(n)),
    ("backticks", "a.md", 400, |n| each(n, |i| "`".repeat(i % 70 + 1) + " ")),
    ("items", "a.md", 400, |n| "- x\n".repeat(n)),
    ("rows", "a.md", 300, |n| format!("|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(n))),
    ("columns", "a.md", 100, |n| format!("|{}\n|{}\n|{}\n", "a|".repeat(n), "-|".repeat(n), "1|".repeat(n))),
    ("verse", "a.md", 400, |n| "a line\\\n".repeat(n)),
    ("formulas", "a.md", 150, |n| "$x_1^2$ ".repeat(n)),
    ("entities", "a.md", 1_000, |n| "&copy;&#65; ".repeat(n)),
    ("tags", "a.md", 600, |n| format!("# T\n\n{}", "<b>w</b> ".repeat(n))),
    ("spans open", "a.md", 400, |n| format!("w {}", "<span lang=fr>".repeat(n))),
    ("milestones", "a.md", 500, |n| format!("# T\n\nw {}w\n", "<pb n=\"12\"/>".repeat(n))),
    ("a long word", "a.md", 8_000, |n| "w".repeat(n)),
    ("pages", "a.md", 150, |n| {
        each(n, |i| format!("A HEAD THAT RUNS {}\n\nwords that go on to the next and\n\n\u{c}\n", i + 100))
    }),
    ("pages with notes", "a.md", 100, |n| {
        each(n, |i| format!("Text of page {i}, and more of it.<sup>1</sup>\n\n---\n\n<sup>1</sup> note {i}\n\n\u{c}\n"))
    }),
    ("pages of figures", "a.md", 150, |n| each(n, |i| format!("![plate {i}](none.png)\n\n\u{c}\n"))),
    ("rules", "a.md", 200, |n| "words go on\n\n---\n\n".repeat(n)),
    ("title", "a.md", 300, |n| format!("---\ntitle: {}\n---\n\nx\n", "word ".repeat(n))),
    ("authors", "a.md", 200, |n| format!("---\ntitle: T\nauthor:\n{}---\n\nx\n", each(n, |i| format!(" - P{i}\n")))),
    ("elements", "a.tei.xml", 400, |n| tei(&"<p>a <hi>b</hi></p>".repeat(n))),
    ("references", "a.tei.xml", 300, |n| {
        let refs = each(n, |i| format!("<ref target=\"#n{i}\">x</ref> "));
        tei(&format!("<p>{refs}</p>{}", each(n, |i| format!("<p xml:id=\"n{i}\">y</p>"))))
    }),
    ("apparatus of TEI", "a.xml", 150, |n| {
        tei(&format!("<p>{}</p>", each(n, |i| format!("w <app><lem wit=\"#A\">l{i}</lem><rdg wit=\"#B\">r{i}</rdg></app> "))))
    }),
    ("apparatus among notes", "a.xml", 100, |n| {
        let one = |i| format!("w <app><lem wit=\"#A\">l{i}</lem><rdg wit=\"#B\">r{i}</rdg></app> <note>n {i}</note> ");
        tei(&format!("<p>{}</p>", each(n, one)))
    }),
    ("notes that cite notes", "a.xml", 150, |n| {
        let one = |i: usize| format!("w<note xml:id=\"n{i}\">as <ref target=\"#n{}\">there</ref></note> ", i * 7 % n);
        tei(&format!("<p>{}</p>", each(n, one)))
    }),
    ("notes called from afar", "a.xml", 200, |n| {
        let calls = each(n, |i| format!("w<ref target=\"#n{i}\">{i}</ref> "));
        tei(&format!("<p>{calls}</p>{}", each(n, |i| format!("<note xml:id=\"n{i}\">note {i}</note>"))))
    }),
    ("pages of TEI", "a.xml", 200, |n| {
        tei(&each(n, |i| format!("<pb n=\"{i}\"/><fw type=\"catch\">c{i}</fw><p>words of {i}</p>")))
    }),
    ("attributes", "a.xml", 300, |n| {
        let words = each(n, |i| format!("<w lemma=\"l{i}\" pos=\"n\" xml:id=\"w{i}\" next=\"#w{}\">w</w> ", i + 1));
        tei(&format!("<p>{words}</p>"))
    }),
    ("definitions of TEI", "a.xml", 150, |n| {
        tei(&format!("<list type=\"gloss\">{}</list>", each(n, |i| format!("<label>t{i}</label><item>what {i} is</item>"))))
    }),
    ("entries of a dictionary", "a.xml", 100, |n| {
        tei(&each(n, |i| format!("<entry><form><orth>w{i}</orth></form><sense n=\"1\"><def>one</def></sense></entry>")))
    }),
    ("speeches", "a.xml", 150, |n| {
        let one = |i| format!("<sp><speaker>Ann</speaker><l n=\"{i}\">a line {i}</l></sp>");
        tei(&format!("<div><head>I</head>{}</div>", each(n, one)))
    }),
    ("divisions that are numbered", "a.xml", 150, |n| {
        tei(&each(n, |i| format!("<div type=\"section\" n=\"{i}\"><p>w {i}</p></div>")))
    }),
    ("notes of TEI", "a.tei.xml", 200, |n| tei(&format!("<p>{}</p>", each(n, |i| format!("w<note n=\"{i}\">x</note> "))))),
];

#[test]
fn twice_the_text_is_twice_the_work() {
    let mut wrong = Vec::new();
    for (name, _, n, _) in SHAPES {
        let [one, two, four] = [1, 2, 4].map(|times| allocated(name, n * times));
        let power = ((four - two) / (two - one).max(1.0)).log2();
        println!("{name:20}{n:6} {one:12} {two:12} {four:12}  {power:.2}");
        if power > MOST {
            wrong.push(format!("{name}: {one}, {two}, {four} bytes: power {power:.2}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a shape of the size `n` makes the program allocate, in a process of its own.
fn allocated(name: &str, n: usize) -> f64 {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "scaling::one_shape", "--ignored", "--nocapture"]).env("RAYON_NUM_THREADS", "1");
    let ran = command.env("SCALING_SHAPE", name).env("SCALING_SIZE", n.to_string()).output().expect("the test starts");
    let said = String::from_utf8_lossy(&ran.stdout);
    let figure = said.lines().find_map(|line| line.split_once("ALLOCATED ")?.1.trim().parse().ok());
    figure.unwrap_or_else(|| panic!("{name} at {n}: {said}{}", String::from_utf8_lossy(&ran.stderr)))
}

#[test]
#[ignore = "the test above runs it"]
fn one_shape() {
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    let shape = SHAPES.iter().find(|shape| shape.0 == said("SCALING_SHAPE"));
    let (_, file, _, text) = shape.expect("the test above says which");
    let desk = tempfile::tempdir().expect("a folder for the test");
    let path = desk.path().join(file);
    std::fs::write(&path, text(said("SCALING_SIZE").parse().expect("a size"))).expect("room for a text");
    // What is loaded once is not the text's.
    let before = crate::COUNTED.stats().bytes_allocated;
    let order = order(Path::new("."));
    let work = driver::find(&[path], &mut Report::default()).remove(0);
    let finished = driver::check(work, &order);
    let doc = finished.doc.as_ref().expect("a text is read");
    drop(account(doc, &finished.manuscript, &finished.report.diagnostics));
    for (output, _) in driver::emit_all(doc, &finished.env, &order.to) {
        if let Ok(Output::File { extension, bytes }) = output {
            let name = format!("a.{extension}");
            drop(verify(doc, &finished.env, &[File { name: &name, bytes: &bytes }]));
        }
    }
    println!("\nALLOCATED {}", crate::COUNTED.stats().bytes_allocated - before);
}
