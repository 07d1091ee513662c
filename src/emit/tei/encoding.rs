//! `encodingDesc` and `revisionDesc`: what was done to the text, and only that (TEI P5, sections 2.3 and 2.6).

use std::collections::BTreeMap;

use super::facts::Facts;
use super::header::Head;
use super::text::Written;
use crate::report::{Repair, RepairKind};
use crate::settings::TeiSettings;
use crate::tree::Document;

pub(super) fn encoding(head: &mut Head, doc: &Document, facts: &Facts, written: &Written, settings: &TeiSettings) {
    if head.profile.has("projectDesc") {
        head.section("projectDesc", |head| {
            head.leaf("p", &[], "Made together with an EPUB, a PDF and a plain text of the same words, from one source.");
        });
    }
    head.section("editorialDecl", |head| editorial(head, &doc.repairs, facts, settings));
    if head.profile.has("tagsDecl") {
        head.section("tagsDecl", |head| tags(head, &written.xml));
    }
    if head.profile.has("refsDecl") {
        references(head, facts);
    }
    if head.profile.has("appInfo") {
        head.section("appInfo", |head| {
            head.within("application", &[("ident", "tetrapla"), ("version", env!("CARGO_PKG_VERSION"))], |head| {
                head.leaf("label", &[], "Tetrapla");
            });
        });
    }
}

/// One statement, in the element that is made for it, or as a paragraph where the schema has none.
fn state(head: &mut Head, name: &'static str, attributes: &[(&'static str, &str)], text: &str) {
    if head.profile.has("editorial-parts") {
        head.within(name, attributes, |head| head.leaf("p", &[], text));
    } else {
        head.leaf("p", &[], text);
    }
}

fn editorial(head: &mut Head, repairs: &[Repair], facts: &Facts, settings: &TeiSettings) {
    let done = |kind| repairs.iter().any(|repair| repair.kind == kind);
    let mut correction = vec!["No letter of the source was corrected."];
    if done(RepairKind::HeadingMended) {
        correction.push("Headings that stood in two lines were put together, and their levels made even.");
    }
    if done(RepairKind::AnchorDropped) {
        correction.push("Anchors and links of the tool that read the print were taken out.");
    }
    if done(RepairKind::SpaceClosed) {
        correction.push("Spaces that the tool left between styled words and marks of punctuation were closed.");
    }
    state(head, "correction", &[], &correction.join(" "));
    let [normalization, quotation] = marks(done(RepairKind::PunctuationSet));
    state(head, "normalization", &[], normalization);
    state(head, "quotation", &[("marks", "all")], quotation);
    let hyphenation = match (done(RepairKind::WordJoined), facts.line_ends) {
        (true, true) => "Words that a hyphen had cut at the end of a line or a page were joined; each place bears a break.",
        (true, false) => "Words that a hyphen had cut at the end of a line or a page were joined.",
        (false, _) => "Hyphens are those of the source.",
    };
    let eol = if done(RepairKind::WordJoined) { "none" } else { "all" };
    state(head, "hyphenation", &[("eol", eol)], hyphenation);
    let mut segmentation = vec!["Divisions follow the headings of the source, paragraphs its blank lines."];
    if done(RepairKind::ParagraphJoined) {
        segmentation.push("Paragraphs that the end of a printed page had cut were joined.");
    }
    if done(RepairKind::ListMade) {
        segmentation.push("Lines that begin with a printed bullet were made items of lists, and the bullets left out.");
    }
    if done(RepairKind::VerseKept) {
        segmentation.push("Lines that were recognised as verse were kept apart.");
    }
    if settings.line_breaks {
        segmentation.push("The ends of the source's lines are kept.");
    }
    state(head, "segmentation", &[], &segmentation.join(" "));
    let other = kept(repairs, facts);
    if !other.is_empty() {
        head.leaf("p", &[], &other.join(" "));
    }
}

/// What is said of marks of punctuation; `set`: some were set as the language has them.
fn marks(set: bool) -> [&'static str; 2] {
    match set {
        true => [
            "Spelling and letters are those of the source; dashes, ellipses, apostrophes and spaces beside marks of punctuation \
             were set as the language has them. A run of white space is one space.",
            "Quotation marks stand as characters, straight ones set as the language has them; quotations that are set off are \
             marked as such.",
        ],
        false => [
            "Spelling, punctuation and letters are those of the source. A run of white space is one space.",
            "Quotation marks stand as characters, as the source has them; quotations that are set off are marked as such.",
        ],
    }
}

/// What became of notes, pages and formulas.
fn kept(repairs: &[Repair], facts: &Facts) -> Vec<&'static str> {
    let done = |kind| repairs.iter().any(|repair| repair.kind == kind);
    let mut other = Vec::new();
    if done(RepairKind::NoteAttached) {
        other.push("Notes from the foot of the printed page stand where they are called.");
    } else if facts.notes > 0 {
        other.push("Notes stand where they are called.");
    }
    if done(RepairKind::NoteContinued) {
        other.push("Notes that went on at the foot of the next page were put together.");
    }
    if done(RepairKind::NotePlaced) {
        other.push("Notes whose call is lost stand at the end of their page.");
    }
    if facts.furniture {
        other.push("Running heads, folios, signatures and catchwords are kept beside the page breaks, out of the text.");
    } else if done(RepairKind::HeadDropped) {
        other.push("Running heads and folios were taken out of the text.");
    }
    if facts.formulas {
        other.push("Formulas are kept as TeX.");
    }
    other
}

fn tags(head: &mut Head, text: &str) {
    head.within("namespace", &[("name", super::NAMESPACE)], |head| {
        for (name, count) in count_tags(text) {
            head.xml.empty("tagUsage", &[("gi", name), ("occurs", &count.to_string())]);
            head.xml.newline();
        }
    });
}

/// How often each element stands in `text`, which this program wrote: every `<` opens a tag or a comment.
fn count_tags(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with("!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end..]);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if end > 0 {
            *counts.entry(&rest[..end]).or_default() += 1;
        }
    }
    counts
}

/// How to cite: what is said, the pattern that it matches, where that leads.
type Citing = (&'static str, &'static str, &'static str);

const DIVISION: Citing =
    ("A division is cited by its xml:id, and every paragraph and note, too.", r"([\p{L}_][\w\-.]*)", "#$1");
const PARAGRAPH: Citing = (
    "A paragraph is cited by its division and its number in it, such as introduction:12.",
    r"([\p{L}_][\w\-.]*):(\d+)",
    "#xpath(//tei:div[@xml:id='$1']//tei:p[@n='$2'][ancestor::tei:div[1]/@xml:id='$1'])",
);
const PAGE: Citing = (
    "A page of the print is cited by its label, the n of the pb at which it begins, such as p. 12.",
    r"p\. ?(\S+)",
    "#xpath(//tei:pb[@n='$1'])",
);

fn references(head: &mut Head, facts: &Facts) {
    let mut all = vec![PARAGRAPH, DIVISION];
    if facts.labels {
        all.insert(0, PAGE);
    }
    head.section("refsDecl", |head| {
        for (said, pattern, leads) in all {
            if head.profile.has("cRefPattern") {
                head.within("cRefPattern", &[("matchPattern", pattern), ("replacementPattern", leads)], |head| {
                    head.leaf("p", &[], said);
                });
            } else {
                head.leaf("p", &[], said);
            }
        }
    });
}

/// The repairs summed up by kind. Each has an `xml:id`, so that places in the text can point to it by `@change`.
pub(super) fn revisions(head: &mut Head, repairs: &[Repair], written: &Written) {
    for kind in RepairKind::ALL.into_iter().rev() {
        let Some(id) = written.changes.get(&kind) else { continue };
        let of_kind: Vec<_> = repairs.iter().filter(|repair| repair.kind == kind).collect();
        let sure = of_kind.iter().map(|repair| f64::from(repair.confidence)).sum::<f64>() / of_kind.len() as f64;
        let said = format!("{}: {} (estimated confidence {sure:.2})", deed(kind), of_kind.len());
        head.leaf("change", &[("xml:id", id)], &said);
    }
    head.leaf("change", &[], concat!("Encoded by Tetrapla ", env!("CARGO_PKG_VERSION")));
}

/// What was done, for people to read.
fn deed(kind: RepairKind) -> &'static str {
    match kind {
        RepairKind::PageMarked => "Ends of printed pages recognised and marked",
        RepairKind::HeadDropped => "Running heads, folios, signatures and catchwords taken out of the text",
        RepairKind::NoteAttached => "Notes put where they are called",
        RepairKind::NoteContinued => "Notes put together that went on at the foot of the next page",
        RepairKind::NotePlaced => "Notes whose call is lost put at the end of their page",
        RepairKind::ParagraphJoined => "Paragraphs joined that a page end had cut",
        RepairKind::WordJoined => "Words joined that a hyphen had cut",
        RepairKind::HeadingMended => "Headings put together or their levels made even",
        RepairKind::VerseKept => "Lines kept apart as verse",
        RepairKind::AnchorDropped => "Anchors and links of the reading tool taken out",
        RepairKind::ListMade => "Lists made of lines that begin with a printed bullet",
        RepairKind::SpaceClosed => "Spaces of the reading tool between styled words and marks of punctuation closed",
        RepairKind::PunctuationSet => "Straight marks of punctuation set as the language has them",
    }
}
