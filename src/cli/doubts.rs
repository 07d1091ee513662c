//! Repairs as an editor wants to see them: the doubtful ones first and one by one, what is alike told once, so that a whole book
//! fits on a screen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::record::Change;
use crate::report::RepairKind;

/// Repairs of which the reader is less sure than this are shown one by one.
const DOUBTFUL: f64 = 0.75;
/// Of one kind, so many of these at most.
const SHOWN: usize = 12;
/// From so many alike on, repairs are told together.
const ALIKE: usize = 3;

/// The repairs of a work, for people.
pub fn told(repairs: &[Change]) -> String {
    let mut groups: BTreeMap<(RepairKind, String), Vec<&Change>> = BTreeMap::new();
    let mut doubtful: BTreeMap<RepairKind, Vec<&Change>> = BTreeMap::new();
    for repair in repairs {
        let Some(kind) = RepairKind::named(&repair.kind) else { continue };
        match repair.confidence < DOUBTFUL {
            true => doubtful.entry(kind).or_default().push(repair),
            false => groups.entry((kind, form(kind, repair))).or_default().push(repair),
        }
    }
    let mut lines: Vec<(f64, String)> = Vec::new();
    for (kind, mut own) in doubtful {
        own.sort_by(|a, b| {
            a.confidence.total_cmp(&b.confidence).then((&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)))
        });
        let more = own.len().saturating_sub(SHOWN);
        lines.extend(own.iter().take(SHOWN).map(|repair| (repair.confidence, one(repair))));
        if more > 0 {
            lines.push((
                own[SHOWN].confidence,
                format!("{more} more {} as doubtful as these; --repairs FILE lists each\n", kind.name()),
            ));
        }
    }
    for ((kind, form), own) in groups {
        let least = own.iter().map(|repair| repair.confidence).fold(1.0, f64::min);
        match own.len() >= ALIKE {
            true => lines.push((least, together(kind, &form, &own))),
            false => lines.extend(own.iter().map(|repair| (repair.confidence, one(repair)))),
        }
    }
    // Equal doubts keep the order of kinds and places.
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn one(repair: &Change) -> String {
    let Change { file, line, column, .. } = repair;
    let sure = (repair.confidence * 100.0).round();
    format!("{file}:{line}:{column}: {} ({sure} %)\n  - {}\n  + {}\n", repair.id, repair.before, repair.after)
}

fn together(kind: RepairKind, form: &str, own: &[&Change]) -> String {
    let sure = |repair: &&&Change| (repair.confidence * 100.0).round() as u32;
    let (low, high) = (
        own.iter().min_by_key(sure).map_or(0, |repair| sure(&repair)),
        own.iter().max_by_key(sure).map_or(0, |repair| sure(&repair)),
    );
    let sure = if low == high { format!("{high} %") } else { format!("{low}-{high} %") };
    let rows = [own.first(), own.last()].map(|repair| repair.map_or(0, |repair| repair.line));
    let mut line = format!("{} {}", own.len(), said(kind));
    if !form.is_empty() {
        let _ = match kind {
            RepairKind::PageMarked => write!(line, " marked by {form:?}"),
            RepairKind::PunctuationSet => write!(line, " from {form}"),
            _ => write!(line, ", such as {:?}", own[0].before),
        };
    }
    let _ = write!(line, " ({}, {sure}), lines {}-{}", kind.name(), rows[0], rows[1]);
    if form.is_empty() {
        let _ = write!(line, "\n  - {}\n  + {}", own[0].before, own[0].after);
    }
    line + "\n"
}

/// What repairs of a kind have in common: the mark of a page without its number, a running head without its folio.
fn form(kind: RepairKind, repair: &Change) -> String {
    match kind {
        RepairKind::PageMarked => numbers_as_n(&repair.before),
        RepairKind::HeadDropped if repair.before.chars().any(char::is_alphabetic) => {
            // What scanners misread is alike by its first letters.
            let letters: String = repair.before.chars().filter(|c| c.is_alphabetic()).take(6).collect();
            letters.to_uppercase()
        }
        RepairKind::HeadDropped => "N".to_owned(),
        RepairKind::PunctuationSet => format!("{} to {}", repair.before, repair.after),
        _ => String::new(),
    }
}

fn numbers_as_n(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if out.ends_with('N') => {}
            true => out.push('N'),
            false => out.push(c),
        }
    }
    out
}

/// What repairs of a kind are called where many are told together.
pub fn said(kind: RepairKind) -> &'static str {
    match kind {
        RepairKind::PageMarked => "page ends",
        RepairKind::HeadDropped => "running heads, folios and the like taken out",
        RepairKind::NoteAttached => "notes put to their calls",
        RepairKind::NoteContinued => "notes that run on",
        RepairKind::NotePlaced => "notes without a call, put at the end of their pages",
        RepairKind::ParagraphJoined => "paragraphs joined",
        RepairKind::WordJoined => "words joined",
        RepairKind::HeadingMended => "headings mended",
        RepairKind::VerseKept => "stretches kept as verse",
        RepairKind::AnchorDropped => "anchors and tags of tools taken out",
        RepairKind::ListMade => "lists made of lines with printed bullets",
        RepairKind::SpaceClosed => "spaces closed beside marks of punctuation",
        RepairKind::PunctuationSet => "marks of punctuation set",
    }
}
