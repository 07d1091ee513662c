//! The printed book says every word of the tree, in order, once: read back by its structure tree, on every case and on the works
//! that ship.

use tetrapla::driver::Finished;
use tetrapla::tree::{Block, Inline, ReferenceForm, Visit, VisitMut, for_output, walk_blocks, walk_blocks_mut};

use crate::support::pdf::Read;
use crate::support::{emit, files, read, root};

#[test]
fn the_structure_tree_says_the_words_of_the_tree() {
    let mut wrong = Vec::new();
    let (mut cases, mut words) = (files(&root().join("tests/cases"), ".md"), 0);
    cases.push(root().join("input"));
    for case in cases {
        for work in read(&case) {
            let (want, got) = (wanted(&work), said(&emit("pdf", &work)));
            words += want.len();
            let same = want.iter().zip(&got).take_while(|(want, got)| want == got).count();
            if same < want.len().max(got.len()) {
                let near =
                    |words: &[String]| words[same.min(words.len())..].iter().take(8).cloned().collect::<Vec<_>>().join(" ");
                wrong.push(format!("{}: at {same}\n  want {}\n  got  {}", work.work.stem, near(&want), near(&got)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(words > 1000, "the cases are not where they should be");
}

/// The letters and digits of the tree, by eights. What a book shows in other words is left out: pictures, formulas (the proof reads
/// what is said in their place), comments.
fn wanted(work: &Finished) -> Vec<String> {
    let mut text = String::new();
    let doc = for_output(work.doc.as_ref().expect("a work that is read"), "pdf");
    let body = &doc.body;
    // Where there is a title page, it alone says the title.
    let mut body: Vec<_> = body.iter().filter(|node| !matches!(node.kind, Block::Title(_))).cloned().collect();
    // Of pages the book has its own.
    walk_blocks_mut(&mut body, &mut |visit| {
        if let VisitMut::Inline(node) = visit
            && let Inline::Reference(reference) = &mut node.kind
            && matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio)
        {
            reference.text.clear();
        }
    });
    walk_blocks(&body, &mut |visit| match visit {
        Visit::Block(node) => {
            text.push(' ');
            match &node.kind {
                Block::Code { text: code, .. } => text.push_str(code),
                // Panels have captions of their own.
                Block::Figure(figure) if figure.images.len() > 1 => {
                    figure.images.iter().for_each(|image| text.push_str(&image.kind.title));
                }
                Block::Figure(_) => {}
                Block::Math(_)
                | Block::Title(_)
                | Block::Heading { .. }
                | Block::Paragraph(_)
                | Block::Quote(_)
                | Block::Group(_)
                | Block::Verse(_)
                | Block::List(_)
                | Block::Definitions(_)
                | Block::Table(_)
                | Block::Bibliography(_)
                | Block::Index(_)
                | Block::Rule
                | Block::PageBreak(_)
                | Block::Comment(_) => {}
            }
        }
        Visit::Inline(node) => match &node.kind {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::LineBreak | Inline::Note(_) => text.push(' '),
            Inline::Ruby { .. } => text.push(' '),
            Inline::PageBreak(page) if page.space => text.push(' '),
            Inline::Styled(..)
            | Inline::Span(_)
            | Inline::Link(_)
            | Inline::Citation(_)
            | Inline::Reference(_)
            | Inline::IndexTerm(_)
            | Inline::Image(_)
            | Inline::NoteCall(_)
            | Inline::PageBreak(_)
            | Inline::Math(_)
            | Inline::LineEnd
            | Inline::Comment(_) => {}
        },
        Visit::Cell(_) | Visit::Image(_) => text.push(' '),
    });
    letters(&text)
}

/// What the tree of a PDF says, without what the book adds: the pages before the text, calls, numbers and bullets.
fn said(pdf: &[u8]) -> Vec<String> {
    let read = Read::new(pdf);
    let mut text = String::new();
    for stretch in read.stretches() {
        let label = stretch.path.iter().any(|tag| tag == "Lbl") && added(&stretch.text);
        let has = |tag: &str| stretch.path.iter().any(|own| own == tag);
        let made = has("RT")
            || has("Folios")
            || has("Reference")
            || has("Title")
            || has("TitlePage")
            || has("TOC")
            || has("Formula")
            || has("Figure") && !has("Caption");
        if !label && !made {
            text.push_str(&stretch.text);
        }
    }
    letters(&text)
}

/// Whether a label is one that the book made: a number in digits or letters, a bullet, a box.
fn added(label: &str) -> bool {
    let letters = label.trim().strip_suffix('.').unwrap_or("");
    let is_number = (1..=6).contains(&letters.len()) && letters.chars().all(|letter| letter.is_ascii_alphabetic());
    is_number || label.chars().all(|letter| letter.is_numeric() || " .•☐☑".contains(letter))
}

/// All letters and digits in one row: where words end is the typesetter's own test, and differs by cells and lines here.
fn letters(text: &str) -> Vec<String> {
    let all: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
    all.chars().collect::<Vec<_>>().chunks(8).map(|chunk| chunk.iter().collect()).collect()
}
