//! Pages measured against good setting, on our own works and on the sample where it is at hand. `cargo test --test all typography
//! -- --nocapture` prints the figures.

use std::collections::BTreeMap;

use crate::support::{read, root};
use tetrapla::report::Report;
use tetrapla::typeset::{Book, Design, Item, Page, Part, Role, typeset};

/// What is counted.
#[derive(Debug, Default)]
struct Figures {
    pages: usize,
    /// Lines that justification has filled.
    lines: usize,
    overfull: usize,
    /// Lines whose spaces are stretched beyond 1.6 times or shrunk under 0.75.
    uneven: usize,
    hyphens: usize,
    /// Three hyphens in a row.
    ladders: usize,
    widows: usize,
    orphans: usize,
    /// Pages that end in a hyphen.
    hyphens_at_end: usize,
    /// Last lines of fewer than four letters, or of nothing but a word's tail.
    scraps: usize,
    /// Hyphens that were put into an address.
    addresses: usize,
}

/// A line of a paragraph.
#[derive(Debug, Default)]
struct Line {
    right: f32,
    /// The widest space beside the face's own.
    spaces: Option<f32>,
    text: String,
}

#[test]
fn pages_are_set_as_a_printer_would() {
    let mut all = Figures::default();
    for path in ["input", "../shared/samples/essay-paged.md", "../shared/restore/dev"] {
        let path = root().join(path);
        if !path.exists() {
            continue;
        }
        for work in read(&path) {
            let doc = work.doc.as_ref().expect("a work that is read");
            let design = Design::default();
            let book = typeset(doc, &design, &work.env, &mut Report::default());
            let figures = measure(&book, &design);
            println!("{}: {figures:?}", work.work.stem);
            all.add(&figures);
        }
    }
    println!("together: {all:?}");
    assert!(all.lines > 200, "the works are not where they should be");
    assert_eq!((all.overfull, all.ladders, all.widows, all.orphans), (0, 0, 0, 0));
    assert!(all.uneven * 100 < all.lines, "1 line in 100 or more is too loose or too tight");
    assert!(all.hyphens * 100 < all.lines * 3, "3 lines in 100 or more end in a hyphen");
    assert_eq!(all.addresses, 0, "an address that is copied from the page leads nowhere");
    assert_eq!(all.scraps, 0, "a paragraph ends in a line of a word's tail, or of fewer than four letters");
}

/// A line of few long words has few spaces; letters fill it as the breaker reckoned, and it does not end before its measure.
#[test]
fn lines_of_few_words_are_filled() {
    let (mut lines, mut unfilled) = (0, Vec::new());
    for work in read(&root().join("tests/cases/pages/filled.md")) {
        let doc = work.doc.as_ref().expect("a work that is read");
        for step in 0..14_u8 {
            let mut design = Design::default();
            design.trim.width = 340.0 + 7.0 * f32::from(step);
            let book = typeset(doc, &design, &work.env, &mut Report::default());
            for page in &book.pages {
                for (_, paragraph) in paragraphs(&book, page) {
                    let Some((_, full)) = paragraph.split_last() else { continue };
                    lines += full.len();
                    let short = full.iter().filter(|line| line.spaces.is_none());
                    unfilled.extend(short.map(|line| format!("{}: {}", design.trim.width, line.text)));
                }
            }
        }
    }
    assert!(lines > 50, "{lines} lines");
    assert!(unfilled.is_empty(), "{unfilled:#?}");
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.lines += other.lines;
        self.overfull += other.overfull;
        self.uneven += other.uneven;
        self.hyphens += other.hyphens;
        self.ladders += other.ladders;
        self.widows += other.widows;
        self.orphans += other.orphans;
        self.hyphens_at_end += other.hyphens_at_end;
        self.scraps += other.scraps;
        self.addresses += other.addresses;
    }
}

fn measure(book: &Book, design: &Design) -> Figures {
    let mut figures = Figures { pages: book.pages.len(), ..Figures::default() };
    // For each paragraph, how many lines of it stand on each page.
    let mut spread: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (number, page) in book.pages.iter().enumerate() {
        // Text may reach into the margin by the width of a hanging sign, not further.
        let outer = if number % 2 == 0 { design.margins.outer } else { design.inner(book.pages.len()) };
        let edge = book.width - outer + design.text.size * 0.5;
        let mut last = None;
        for (paragraph, lines) in paragraphs(book, page) {
            spread.entry(paragraph).or_default().push(lines.len());
            figures.lines_of(&lines, edge);
            last = lines.last().map(|line| line.text.ends_with('\u{ad}')).or(last);
        }
        figures.hyphens_at_end += usize::from(last == Some(true));
    }
    for pages in spread.values().filter(|pages| pages.len() > 1) {
        figures.orphans += usize::from(pages[0] == 1);
        figures.widows += usize::from(pages[pages.len() - 1] == 1);
    }
    figures
}

impl Figures {
    fn lines_of(&mut self, lines: &[Line], edge: f32) {
        let mut ladder = 0;
        if let [.., before, last] = lines {
            let text = last.text.trim();
            let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
            let tail = before.text.ends_with('\u{ad}') && !text.contains(' ');
            // Only one that ends here: a page ends in full lines.
            self.scraps += usize::from(last.spaces.is_none() && letters > 0 && (tail || letters < 4));
        }
        for line in lines {
            self.lines += usize::from(line.spaces.is_some());
            self.overfull += usize::from(line.right > edge);
            self.uneven += usize::from(line.spaces.is_some_and(|spaces| !(0.745..=1.6).contains(&spaces)));
            let hyphen = line.text.ends_with(['\u{ad}', '-']);
            self.hyphens += usize::from(hyphen);
            let word = line.text.rsplit(' ').next().unwrap_or_default();
            let address = ["://", "www.", "@"].iter().any(|sign| word.contains(sign)) || word.starts_with("10.");
            self.addresses += usize::from(address && line.text.ends_with('\u{ad}'));
            ladder = if hyphen { ladder + 1 } else { 0 };
            self.ladders += usize::from(ladder == 3);
        }
    }
}

/// The lines of each paragraph on a page, in order.
fn paragraphs(book: &Book, page: &Page) -> Vec<(u32, Vec<Line>)> {
    let mut found: Vec<(u32, Vec<(i32, Line)>)> = Vec::new();
    for placed in &page.items {
        let (Item::Run(run), Part::Content { element, .. }) = (&placed.item, placed.part) else { continue };
        let mut at = element.0;
        while !matches!(book.elements[at as usize].role, Role::Paragraph | Role::Label | Role::Document) {
            at = book.elements[at as usize].parent.map_or(0, |parent| parent.0);
        }
        if book.elements[at as usize].role != Role::Paragraph {
            continue;
        }
        if found.last().is_none_or(|(paragraph, _)| *paragraph != at) {
            found.push((at, Vec::new()));
        }
        let lines = &mut found.last_mut().expect("it was pushed").1;
        let baseline = (placed.y * 10.0).round() as i32;
        // Raised and lowered signs stand on the line that they are raised or lowered from.
        if lines.last().is_none_or(|(known, _)| (known - baseline).abs() > 50) {
            lines.push((baseline, Line::default()));
        }
        let line = &mut lines.last_mut().expect("it was pushed").1;
        let unit = run.size / f32::from(book.faces[usize::from(run.font.0)].units_per_em);
        let end_space = run.text.ends_with(' ');
        let mut x = placed.x;
        for glyph in &run.glyphs {
            let own = f32::from(glyph.advance) * unit * run.expansion;
            x += own + run.letter_space + if glyph.space { run.word_space } else { 0.0 };
            if glyph.space && run.word_space != 0.0 {
                // White is what is seen between letters: tracking stands on both sides of it.
                let ratio = (own + run.word_space + 2.0 * run.letter_space) / own;
                let worse = line.spaces.is_none_or(|known| (ratio - 1.0).abs() > (known - 1.0).abs());
                line.spaces = if worse { Some(ratio) } else { line.spaces };
            }
            if !(glyph.space && end_space) {
                line.right = line.right.max(x);
            }
        }
        line.text.push_str(&run.text);
    }
    found.into_iter().map(|(at, lines)| (at, lines.into_iter().map(|(_, line)| line).collect())).collect()
}
