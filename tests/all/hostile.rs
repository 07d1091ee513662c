//! Bad input: each ends in valid outputs with a clear remark, or in one clear error that names the file, the line and the cure. No
//! panic, nothing half-written, no other work of the batch harmed.

use std::path::Path;

use tempfile::tempdir;

use crate::support::{Ran, files, program, unpack};

/// What a source must give: its bytes, and the codes of remarks that must be said of it.
struct Case(&'static str, Vec<u8>, &'static [&'static str]);

fn cases() -> Vec<Case> {
    let text = |text: &str| text.as_bytes().to_vec();
    let nested = |open: &str| open.repeat(10_000).into_bytes();
    let formula = |open: &str, close: &str| format!("${}x{}$\n", open.repeat(3_000), close.repeat(3_000)).into_bytes();
    vec![
        Case("nul", b"a\0b\0c".to_vec(), &["character-replaced"]),
        Case("control", (1..32).chain([127]).collect(), &["character-replaced"]),
        Case("not-characters", text("a\u{FFFE}b\u{FFFF}c &#1; &#xFFFE; &#0; &#xD800;"), &["character-replaced"]),
        Case("bom", text("\u{FEFF}# Title\n\nText.\n"), &[]),
        Case("crlf", text("---\r\ntitle: T\r\n---\r\n\r\nA line\r\nanother.\r\n\r\n> quote\r\n"), &[]),
        Case("lone-cr", text("# Title\r\rA line\ranother.\r\r> quote\r"), &[]),
        Case("empty", Vec::new(), &["language-guessed"]),
        Case("white", text(" \n\t\n \n"), &["language-guessed"]),
        Case("no-title", text("Only words.\n"), &["metadata-missing"]),
        Case("quotes", nested("> "), &["nesting-capped"]),
        Case("quotes-with-words", [nested(">"), text(" words")].concat(), &["nesting-capped"]),
        Case("brackets", nested("["), &[]),
        Case("brackets-closed", [nested("["), text("a"), nested("]")].concat(), &[]),
        Case("images", nested("!["), &[]),
        Case("links", [nested("["), text("a"), nested("](b)")].concat(), &[]),
        Case("emphasis", [nested("*a "), nested("b* ")].concat(), &[]),
        Case("stars", nested("*"), &[]),
        Case("underscores", nested("_a"), &[]),
        Case("backticks", (1..200).flat_map(|n| format!("{} ", "`".repeat(n)).into_bytes()).collect(), &[]),
        Case(
            "lists",
            (0..10_000usize).flat_map(|n| format!("{:1$}- a\n", "", n.min(4_000)).into_bytes()).take(600_000).collect(),
            &[],
        ),
        Case("list-marks", nested("+ "), &["nesting-capped"]),
        Case("tags", nested("<b>"), &[]),
        Case("spans", [nested("<span lang=fr>"), text("a")].concat(), &[]),
        Case("comment", text("<!-- -- --> a <!-- never closed\n\nwords"), &[]),
        Case("note-undefined", text("A call.[^1]\n"), &["note-undefined"]),
        Case("note-uncalled", text("Words.\n\n[^1]: Never called.\n"), &["note-uncalled"]),
        Case("note-twice", text("A call.[^1]\n\n[^1]: One.\n\n[^1]: Two.\n"), &["note-defined-twice"]),
        Case("note-itself", text("A call.[^1]\n\n[^1]: See [^1].\n"), &["note-recursive"]),
        Case("note-circle", text("A call.[^1]\n\n[^1]: See [^2].\n[^2]: See [^1].\n"), &["note-recursive"]),
        Case(
            "note-chain",
            (0..2_000)
                .flat_map(|n| format!("[^{n}]: Note.[^{}]\n", n + 1).into_bytes())
                .chain(text("\nWords.[^0]\n"))
                .collect(),
            &["nesting-capped"],
        ),
        Case("formula-groups", formula("{", "}"), &[]),
        Case("formula-fractions", formula("\\frac{", "}{1}"), &["formula-unset"]),
        Case("formula-roots", formula("\\sqrt", ""), &["formula-unset"]),
        Case("formula-powers", formula("x^{", "}"), &["formula-unset"]),
        Case("formula-brackets", formula("\\left(", "\\right)"), &["formula-unset"]),
        Case("image-missing", text("![alt](nowhere.png)\n"), &["image-missing"]),
        Case("image-outside", text("![alt](../../../../../../etc/passwd)\n"), &["image-outside"]),
        Case("image-outside-escaped", text("![alt](%2e%2e/%2e%2e/etc/passwd)\n"), &["image-outside"]),
        Case("image-absolute", text("![alt](/etc/passwd)\n"), &["image-outside"]),
        Case("image-http", text("![alt](http://example.org/a.png)\n"), &["image-remote"]),
        Case("image-data", text("![alt](data:image/png;base64,AAAA)\n"), &["image-broken"]),
        Case("image-folder", text("![alt](.)\n"), &["image-missing"]),
        Case("cover-missing", text("---\ntitle: T\ncover: nowhere.png\n---\n\nWords.\n"), &["image-missing"]),
        Case("script", text("<script>alert(1)</script>\n\n<SCRIPT SRC=x>\n\nWords.\n"), &["html-hidden"]),
        Case("handlers", text("<b onclick=\"alert(1)\">Words</b> <img src=x onerror=alert(1)>\n"), &["image-missing"]),
        Case(
            "javascript",
            text("[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java&#10;script:alert(1))\n"),
            &["link-refused"],
        ),
        Case("title", text("---\ntitle: \"]]></dc:title><script>&amp;&#0;\"\nauthor: \"</dc:creator>\"\n---\n\nWords.\n"), &[]),
        Case("yaml", text("---\ntitle: [\n---\n\nWords.\n"), &["metadata-broken"]),
        Case("yaml-bomb", text("---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\ntitle: T\n---\n\nWords.\n"), &[]),
        Case("toml", text("+++\ntitle = \n+++\n\nWords.\n"), &["metadata-broken"]),
        Case(
            "ids",
            text("# A {#x}\n\n# B {#x}\n\n# C {#1bad}\n\n<span id=\"x\">a</span> [to](#x) [to](#nowhere)\n"),
            &["link-broken"],
        ),
        Case("bidi", text("a\u{202E}b\u{2066}c\u{200F} \u{0301}\u{0301}\u{0301}\n"), &[]),
        Case("directions", nested("\u{202E}\u{2067}\u{2066}a"), &[]),
        Case("hangul-letters", nested("\u{1100}\u{1161}\u{11A8}"), &[]),
        Case("unknown-script", text("𓀀 𒀀 \u{E000} \u{10FFFD}\n"), &[]),
        Case("cells-loose", text("A, <td class=x></td> b><iframe src=\"https://example.org/x\"><td class=\n></iframe>\n"), &[]),
        Case("pages-alike", "w <pb n=\"12\"/>".repeat(3_000).into_bytes(), &[]),
        Case("ticks", (0..2_000).flat_map(|n| format!("{} ", "`".repeat(n % 90 + 1)).into_bytes()).collect(), &[]),
        Case("wide", format!("{}\n", "W".repeat(20_000)).into_bytes(), &[]),
        Case("table", format!("|{}\n|{}\n|{}\n", "a|".repeat(300), "-|".repeat(300), "b|".repeat(300)).into_bytes(), &[]),
        Case("formula", text("$\\frac{1}{$ and $$\\end{x}$$ and $\\href{javascript:alert(1)}{x}$\n"), &[]),
        Case("paged", text("Words<sup>1</sup> cut\n\n---\n\n<sup>1</sup> Note.\n\n---\n\n---\n\n<sup>1</sup>\n\n---\n"), &[]),
    ]
}

#[test]
fn each_gives_valid_outputs_and_says_what_is_wrong() {
    let desk = tempdir().expect("a folder for the test");
    let (works, out) = (desk.path().join("works"), desk.path().join("out"));
    std::fs::create_dir(&works).expect("a folder");
    for Case(name, bytes, _) in cases() {
        std::fs::write(works.join(name).with_extension("md"), bytes).expect("the text is laid out");
    }
    let mut command = program("build");
    command.arg(&works).arg("-o").arg(&out).args(["--message-format", "json"]);
    let ran = Ran::of(command);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for Case(name, _, codes) in cases() {
        valid(&out, name);
        let file = works.join(name).with_extension("md");
        for code in codes {
            let said = ran.out.lines().any(|line| {
                line.contains(&format!("\"code\":\"{code}\""))
                    && (line.contains(&*file.to_string_lossy()) || line.contains("\"file\":null"))
            });
            assert!(said, "{name}: nobody says {code}");
        }
    }
    assert_eq!(files(&out, "").len(), cases().len() * 4, "every work has its four outputs, and nothing else is there");
    assert!(!ran.err.contains("has a defect"), "{}", ran.err);
    assert!(!ran.err.contains("passwd can't be read"), "{}", ran.err);
}

/// Looks at the outputs of one work with parsers that are not ours.
fn valid(out: &Path, name: &str) {
    let bytes = |ending: &str| {
        let path = out.join(format!("{name}.{ending}"));
        std::fs::read(&path).unwrap_or_else(|reason| panic!("{}: {reason}", path.display()))
    };
    let xml = |path: &str, text: &str| {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let doc = roxmltree::Document::parse_with_options(text, options);
        let doc = doc.unwrap_or_else(|reason| panic!("{name}: {path}: {reason}"));
        for node in doc.descendants() {
            assert!(!node.tag_name().name().eq_ignore_ascii_case("script"), "{name}: {path} holds a script");
            for attribute in node.attributes() {
                let value = attribute.value().trim_start().to_ascii_lowercase();
                assert!(!value.starts_with("javascript:"), "{name}: {path}: {value}");
                assert!(!attribute.name().starts_with("on"), "{name}: {path}: {}", attribute.name());
            }
        }
    };
    let tei = String::from_utf8(bytes("tei.xml")).expect("TEI is UTF-8");
    xml("tei.xml", &tei);
    for (path, text) in unpack(&bytes("epub")) {
        if [".xhtml", ".opf", ".ncx", ".xml"].iter().any(|ending| path.ends_with(ending)) {
            xml(&path, &text);
        }
    }
    let pdf = lopdf::Document::load_mem(&bytes("pdf")).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    assert!(!pdf.get_pages().is_empty(), "{name}: the PDF has no page");
    String::from_utf8(bytes("txt")).expect("text is UTF-8");
}

#[test]
fn a_megabyte_on_one_line() {
    let desk = tempdir().expect("a folder for the test");
    let (text, out) = (desk.path().join("line.md"), desk.path().join("out"));
    std::fs::write(&text, "word and another, ".repeat(1_000_000 / 18)).expect("the text is laid out");
    let mut command = program("build");
    command.arg(&text).arg("-o").arg(&out);
    let ran = Ran::of(command);
    assert_eq!(ran.code, 0, "{}", ran.err);
    valid(&out, "line");
    assert!(ran.err.len() < 10_000, "the remarks quote the whole line");
}

#[test]
fn a_text_that_is_not_utf8_is_refused_and_the_others_are_made() {
    let desk = tempdir().expect("a folder for the test");
    let (works, out) = (desk.path().join("works"), desk.path().join("out"));
    std::fs::create_dir(&works).expect("a folder");
    std::fs::write(works.join("bad.md"), b"Good line.\n\ncaf\xE9\n").expect("the text is laid out");
    std::fs::write(works.join("good.md"), "Good.\n").expect("the text is laid out");
    let mut command = program("build");
    command.arg(&works).arg("-o").arg(&out);
    let ran = Ran::of(command);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error[not-utf8]") && ran.err.contains("bad.md:3:4") && ran.err.contains("iconv"), "{}", ran.err);
    valid(&out, "good");
    assert_eq!(files(&out, "").len(), 4, "nothing is written for the text that was refused");
}

#[test]
fn a_work_with_a_missing_file_is_refused_and_the_others_are_made() {
    let desk = tempdir().expect("a folder for the test");
    let (works, out) = (desk.path().join("works"), desk.path().join("out"));
    std::fs::create_dir_all(works.join("book")).expect("a folder");
    std::fs::write(works.join("book/tetrapla.toml"), "files = [\"one.md\", \"nowhere.md\"]\n").expect("a file");
    std::fs::write(works.join("book/one.md"), "One.\n").expect("a file");
    std::fs::write(works.join("good.md"), "Good.\n").expect("a file");
    let mut command = program("build");
    command.arg(&works).arg("-o").arg(&out);
    let ran = Ran::of(command);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("nowhere.md"), "{}", ran.err);
    valid(&out, "good");
    assert_eq!(files(&out, "").len(), 4);
}

#[test]
fn a_broken_image_is_named_and_its_alt_text_stands_in() {
    let desk = tempdir().expect("a folder for the test");
    let out = desk.path().join("out");
    let picture = std::fs::read(crate::support::root().join("input/the-foot-of-the-page.png")).expect("a picture");
    for (name, bytes) in [("cut.png", &picture[..picture.len() / 2]), ("text.png", b"no picture"), ("empty.png", b"")] {
        std::fs::write(desk.path().join(name), bytes).expect("a file");
    }
    let text = desk.path().join("images.md");
    let source = "![The cut one](cut.png)\n\n![The text](text.png)\n\nIn a line ![the empty](empty.png).\n";
    std::fs::write(&text, source).expect("the text is laid out");
    let mut command = program("build");
    command.arg(&text).arg("-o").arg(&out);
    let ran = Ran::of(command);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err.matches("warning[image-broken]").count(), 3, "{}", ran.err);
    valid(&out, "images");
    let txt = std::fs::read_to_string(out.join("images.txt")).expect("the text");
    assert!(["The cut one", "The text", "the empty"].iter().all(|alt| txt.contains(alt)), "{txt}");
}

#[test]
fn an_output_folder_that_cant_be_written() {
    let desk = tempdir().expect("a folder for the test");
    let text = desk.path().join("text.md");
    std::fs::write(&text, "Words.\n").expect("the text is laid out");
    // Neither below a file, nor where a folder has the output's name: that holds for root, too.
    let below_a_file = text.join("out");
    let in_the_way = desk.path().join("busy");
    std::fs::create_dir_all(in_the_way.join("text.txt/inner")).expect("a folder");
    for out in [&below_a_file, &in_the_way] {
        let mut command = program("build");
        command.arg(&text).arg("-o").arg(out);
        let ran = Ran::of(command);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains("error[output-unwritable]") && ran.err.contains("help:"), "{}", ran.err);
        assert!(files(&in_the_way, "").is_empty(), "what could be written is not left by itself");
    }
}

/// A file that may grow no further stands for a disk that is full: the same call fails at the same place.
#[cfg(unix)]
#[test]
fn a_disk_that_fills() {
    let desk = tempdir().expect("a folder for the test");
    let (text, out) = (desk.path().join("text.md"), desk.path().join("out"));
    std::fs::write(&text, "Words.\n").expect("the text is laid out");
    let build = |limit: &str| {
        let mut command = std::process::Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" build \"$1\" -o \"$2\"");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_tetrapla")).arg(&text).arg(&out);
        Ran::of(command)
    };
    let full = build("8");
    assert_eq!(full.code, 1, "{}", full.err);
    assert!(full.err.contains("error[output-unwritable]") && full.err.contains("make room"), "{}", full.err);
    assert!(files(&out, "").is_empty(), "a part was left: {:?}", files(&out, ""));
    // And a good build that stands there is not harmed by one that fails.
    assert_eq!(build("unlimited").code, 0);
    let before: Vec<_> = files(&out, "").iter().map(|path| std::fs::read(path).expect("an output")).collect();
    std::fs::write(&text, "Other words.\n").expect("the text is laid out");
    assert_eq!(build("8").code, 1);
    let after: Vec<_> = files(&out, "").iter().map(|path| std::fs::read(path).expect("an output")).collect();
    assert!(before == after, "a failed build changed what stood there");
}

#[cfg(unix)]
#[test]
fn what_takes_bytes_and_is_no_file_gets_them_and_stays() {
    let desk = tempdir().expect("a folder for the test");
    let (text, pipe) = (desk.path().join("text.md"), desk.path().join("pipe"));
    std::fs::write(&text, "Words.\n").expect("the text is laid out");
    let shell = |script: &str| {
        let mut command = std::process::Command::new("sh");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_tetrapla")).args([&text, &pipe]);
        Ran::of(command)
    };
    let ran = shell(
        "mkfifo \"$2\" && { cat \"$2\" & \"$0\" restore \"$1\" -o \"$2\"; code=$?; wait; test -p \"$2\" || exit 9; exit $code; }",
    );
    // Whether the reader is there before the writer is the system's affair: if not, the writer says so, and the pipe is a pipe.
    if ran.code == 0 {
        assert!(ran.out.contains("Words."), "{}", ran.out);
    } else {
        assert_eq!(ran.code, 1, "{}", ran.err);
    }
    let ran = shell(
        "test -L /dev/stdout || exit 0; \"$0\" restore \"$1\" -o /dev/stdout; code=$?; test -L /dev/stdout || exit 9; exit $code",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = shell("\"$0\" restore \"$1\" -o /dev/null; code=$?; test -c /dev/null || exit 9; exit $code");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_told() {
    let desk = tempdir().expect("a folder for the test");
    let text = desk.path().join("text.md");
    std::fs::write(&text, "Words.\n").expect("the text is laid out");
    for line in ["build \"$1\" --to txt -o -", "restore \"$1\"", "tree \"$1\""] {
        let ran = |closed: &str| {
            let mut command = std::process::Command::new("sh");
            let script = format!("exec \"$0\" {line} {closed}");
            command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_tetrapla")).arg(&text);
            Ran::of(command)
        };
        assert_eq!(ran("").code, 0, "{line}");
        let closed = ran(">&-");
        assert_eq!(closed.code, 1, "{line}: {}", closed.err);
        assert!(closed.err.contains("standard output can't be written"), "{line}: {}", closed.err);
    }
}
