//! Citations: found in the tree, said by the style, and put back; the bibliography where the text wants it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hayagriva::citationberg::json::{Item, Value};

use super::items::SHOWN;
use super::library::{Library, Work};
use super::style::{self, AS_SAID, Asked, Csl, Part, Said};
use super::{Apparatus, Words, said, tex};
use crate::read::paged::one_text_in;
use crate::read::{Manuscript, cites, clean};
use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Attrs, Bibliography, Block, Citation, Cite, CiteForm, CitedWork, Document, Field, Ids, Inline, Inlines, Link, Node, Note,
    NoteId, NotePlace, Style, Visit, chapter_level, division, is_name, lines_mut, lines_of_mut, plain_text, top_level,
    walk_blocks,
};

/// The style where the work names none.
const USUAL: &str = "chicago-author-date";

/// More remarks of one kind tell nobody more.
const MOST: usize = 20;

/// A citation of the text, in its order.
struct Found {
    cites: Vec<Cite>,
    span: Span,
    in_note: bool,
    /// How many citations stand before it, notes read where they are called.
    rank: usize,
    /// How many places for a bibliography stand before it.
    places: usize,
}

/// Resolves the citations of a work. False where it has none, or no library: then they stay as they are written.
pub fn resolve(doc: &mut Document, manuscript: &Manuscript, apparatus: &Apparatus, report: &mut Report) -> bool {
    let found = find(doc);
    if manuscript.library.is_empty() && apparatus.works.is_empty() {
        as_written(doc, manuscript, &found, report);
        drop_places(doc);
        return false;
    }
    if found.is_empty() && apparatus.listed.is_empty() {
        drop_places(doc);
        return false;
    }
    let all = apparatus.listed.iter().any(|key| key == "*");
    let wanted = found.iter().flat_map(|found| &found.cites).map(|cite| cite.key.clone()).chain(apparatus.listed.clone());
    let mut library = Library::load(manuscript, &apparatus.works, &doc.meta.language, &wanted.collect(), all, report);
    words_after_all(doc, &library, report);
    if apparatus.listed_by_chapter {
        places_by_chapter(doc);
    }
    let mut found: Vec<Found> = find(doc);
    missing(&found, &library, report);
    let csl = Csl::new(chosen(manuscript, apparatus, report), &doc.meta.language);
    library.works.values_mut().for_each(|work| csl.prepare(&mut work.item));
    let notes = csl.is_of_notes();
    if csl.groups() {
        found.iter_mut().for_each(|found| group(&mut found.cites, &library));
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|at| found[*at].rank);
    let asked = ask(order.iter().map(|at| &found[*at]), &library, notes);
    let listed: Vec<&str> = if all {
        library.order.iter().map(String::as_str).collect()
    } else {
        apparatus.listed.iter().map(String::as_str).collect()
    };
    let beside: Vec<&Item> = listed.iter().filter_map(|key| library.works.get(*key)).map(|work| &work.item).collect();
    let mut saying = csl.say(&asked, &beside);
    let mut said: Vec<_> = order.into_iter().zip(std::mem::take(&mut saying.citations)).collect();
    said.sort_by_key(|(at, _)| *at);
    saying.citations = said.into_iter().map(|(_, said)| said).collect();
    remark_alike(&saying, &found, report);
    let places = doc.body.iter().filter(|node| is_place(node)).count();
    let parts = parts(&saying, &found, places.max(1));
    let mut ids = Ids::of(&doc.body);
    let ids: Vec<BTreeMap<String, String>> =
        parts.iter().map(|keys| keys.iter().map(|key| ((*key).to_owned(), ids.fresh(id_of(key)))).collect()).collect();
    let scribe = Scribe { library: &library, said: &saying, ids: &ids, notes };
    let mut texts: Vec<Inlines> = found.iter().enumerate().map(|(at, found)| scribe.citation(found, at)).collect();
    put(doc, &mut texts, notes);
    let lists: Vec<_> = parts.iter().zip(&ids).map(|(keys, ids)| scribe.entries(keys, ids, report)).collect();
    if csl.has_bibliography() && lists.iter().any(|entries| !entries.is_empty()) {
        place(doc, lists, places > 0, apparatus.title.as_deref());
    }
    drop_places(doc);
    notes
}

/// The place for a bibliography that a work wants in each chapter, until it is filled. No source can write it.
const OF_CHAPTER: &str = "[@]:";

fn is_place(node: &Node<Block>) -> bool {
    matches!(&node.kind, Block::Bibliography(own) if own.entries.is_empty())
}

/// A place for a bibliography at the end of each chapter that cites anything and has none.
fn places_by_chapter(doc: &mut Document) {
    let level = chapter_level(doc);
    let mut body = Vec::with_capacity(doc.body.len());
    let (mut cites, mut has_place) = (false, false);
    let close = |body: &mut Vec<Node<Block>>, wanted: bool| {
        if wanted {
            let span = body.last().map_or(Span::default(), |node| node.span.after());
            let attrs = Attrs { classes: vec![OF_CHAPTER.to_owned()], ..Attrs::default() };
            let kind = Block::Bibliography(Bibliography { entries: Vec::new() });
            body.push(Node { kind, span, attrs: Some(Box::new(attrs)) });
        }
    };
    for mut node in std::mem::take(&mut doc.body) {
        if matches!(node.kind, Block::Heading { level: own, .. } if own <= level) {
            close(&mut body, cites && !has_place);
            (cites, has_place) = (false, false);
        }
        has_place |= is_place(&node);
        lines_of_mut(&mut node, false, &mut |line, _| {
            cites |= line.iter().any(|node| matches!(node.kind, Inline::Citation(_)))
        });
        body.push(node);
    }
    close(&mut body, cites && !has_place);
    doc.body = body;
}

/// The works of each bibliography, by their keys, in the style's order: where there are several, each lists what was cited since the
/// one before, the last all else.
fn parts<'s>(saying: &'s Said, found: &[Found], count: usize) -> Vec<Vec<&'s str>> {
    let mut cited: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); count];
    for found in found {
        cited[found.places.min(count - 1)].extend(found.cites.iter().map(|cite| cite.key.as_str()));
    }
    let keys = || saying.bibliography.iter().map(|(key, _)| key.as_str());
    let nowhere: BTreeSet<&str> = keys().filter(|key| !cited.iter().any(|own| own.contains(key))).collect();
    let last = |at: usize| at + 1 == count;
    let own = |at: usize| keys().filter(|key| cited[at].contains(key) || last(at) && nowhere.contains(key)).collect();
    (0..count).map(own).collect()
}

/// The citations of the work, line by line: those of a line before those of the notes in it.
fn find(doc: &mut Document) -> Vec<Found> {
    let mut found = Vec::new();
    let mut ranks: BTreeMap<Span, VecDeque<usize>> = BTreeMap::new();
    let mut count = 0;
    walk_blocks(&doc.body, &mut |visit| {
        if let Visit::Inline(Node { kind: Inline::Citation(citation), span, .. }) = visit
            && citation.text.is_empty()
        {
            ranks.entry(*span).or_default().push_back(count);
            count += 1;
        }
    });
    if count == 0 {
        return found;
    }
    let mut places = 0;
    for block in &mut doc.body {
        places += usize::from(is_place(block));
        lines_of_mut(block, false, &mut |line, in_note| {
            for node in line.iter() {
                if let Inline::Citation(citation) = &node.kind
                    && citation.text.is_empty()
                {
                    let rank = ranks.get_mut(&node.span).and_then(VecDeque::pop_front).unwrap_or(count);
                    found.push(Found { cites: citation.cites.clone(), span: node.span, in_note, rank, places });
                }
            }
        });
    }
    found
}

/// A work without a library: what looks like a citation stands as it is written.
fn as_written(doc: &mut Document, manuscript: &Manuscript, found: &[Found], report: &mut Report) {
    let Some(first) = found.first() else { return };
    replace(doc, &mut |citation, span| {
        // Where references stand beside it, its place is that of all of them.
        let source = manuscript.sources.slice(span);
        let whole = citation.source();
        let is_whole = cites::read(source, span).is_none_or(|cites| cites.len() == citation.cites.len());
        Some(cites::line(&clean::line(if is_whole { source } else { &whole }), span))
    });
    report
        .warn(
            "citation",
            first.span,
            format!("a citation stands in the text as its key ({} in all): the work has no library", found.len()),
        )
        .hint("name one in the metadata, bibliography: references.bib, or put it beside the work under that name");
}

/// A name behind an at sign that no library has is a word of the text.
fn words_after_all(doc: &mut Document, library: &Library, report: &mut Report) {
    let mut places = Vec::new();
    let mut first = String::new();
    replace(doc, &mut |citation, span| match &citation.cites[..] {
        [Cite { form: CiteForm::Narrative, key, locator: None, suffix, .. }]
            if !library.keys.contains(key) && suffix.is_empty() =>
        {
            // What has a year in it is hardly a name.
            if key.contains(|c: char| c.is_ascii_digit()) {
                places.push(span);
                if first.is_empty() {
                    first = clean::line(key);
                }
            }
            Some(vec![Node::new(Inline::Text(citation.source()), span)])
        }
        _ => None,
    });
    if let Some(place) = places.first() {
        let again = if places.len() > 1 { format!(" ({} such places)", places.len()) } else { String::new() };
        report
            .remark("citation-missing", *place, format!("@{first} stands as it is written: no library has such a work{again}"))
            .also(places[1..].iter().copied())
            .hint("add the work to the library; if it is no work, all is well");
    }
}

/// Makes text of the citations for which `how` says one.
fn replace(doc: &mut Document, how: &mut dyn FnMut(&Citation, Span) -> Option<Inlines>) {
    lines_mut(&mut doc.body, false, &mut |line, _| {
        if !line.iter().any(|node| matches!(node.kind, Inline::Citation(_))) {
            return;
        }
        for node in std::mem::take(line) {
            let said = match &node.kind {
                Inline::Citation(citation) if citation.text.is_empty() => how(citation, node.span),
                _ => None,
            };
            match said {
                Some(said) => line.extend(said),
                None => line.push(node),
            }
        }
        one_text_in(line);
    });
}

/// Takes out places for a bibliography that there is none for.
pub fn drop_places(doc: &mut Document) {
    doc.body.retain(|node| !is_place(node));
}

fn missing(found: &[Found], library: &Library, report: &mut Report) {
    let lost = found.iter().flat_map(|found| found.cites.iter().map(move |cite| (cite, found.span)));
    let lost = lost.filter(|(cite, _)| !library.works.contains_key(&cite.key));
    for (cite, span) in lost.take(MOST) {
        let key = clean::line(&cite.key);
        let near = library.keys.iter().map(|known| (strsim::damerau_levenshtein(known, &key), known)).min();
        let hint = match near {
            Some((distance, known)) if distance <= 2 => format!("did you mean @{known}? it stands as {key}? till then"),
            _ => format!("add it to the library; it stands as {key}? till then"),
        };
        report.warn("citation-missing", span, format!("no library has a work with the key {key}")).hint(hint);
    }
}

/// The style that the work names, or the usual one.
fn chosen(manuscript: &Manuscript, apparatus: &Apparatus, report: &mut Report) -> hayagriva::citationberg::IndependentStyle {
    let usual = || style::by_name(USUAL).expect("the usual style is in the archive");
    let Some(named) = &apparatus.style else { return usual() };
    if let Some(file) = manuscript.style {
        match style::of_file(&manuscript.sources.get(file).text) {
            Ok(style) => return style,
            Err(reason) => {
                report
                    .warn(
                        "citation-style",
                        named.span,
                        format!("the style {} can't be read: {}", named.name, clean::line(&reason)),
                    )
                    .hint(format!("take it from the repository of styles again; {USUAL} stands in for it"));
                return usual();
            }
        }
    }
    style::by_name(&named.name).unwrap_or_else(|| {
        let near = style::near(&named.name.to_lowercase());
        let hint = match near.is_empty() {
            true => "name a file that ends with .csl, or a style such as chicago-notes, apa, mla, ieee".to_owned(),
            false => format!("did you mean {}?", near.join(", ")),
        };
        report
            .warn("citation-style", named.span, format!("no style is called \"{}\"", clean::line(&named.name)))
            .hint(format!("{hint}; {USUAL} stands in for it"));
        usual()
    })
}

fn ask<'a>(found: impl Iterator<Item = &'a Found>, library: &'a Library, notes: bool) -> Vec<Asked<'a>> {
    let mut number = 0;
    found
        .map(|found| {
            let works = found.cites.iter().filter_map(|cite| {
                let work = library.works.get(&cite.key)?;
                // Styles have no word for the number of what a work counts.
                let place = cite.locator.as_ref().map(|at| match at.kind.as_str() {
                    "number" => (AS_SAID, at.said.as_str()),
                    // Several places of several kinds stand as the author has them.
                    _ if has_words(&at.value) => (AS_SAID, at.said.trim_matches(['{', '}'])),
                    kind => (kind, at.value.as_str()),
                });
                Some((&work.item, place))
            });
            number += 1;
            Asked { works: works.collect(), note: notes.then_some(number) }
        })
        .collect()
}

/// Puts works of the same people beside each other, where the first of them stands (CSL 1.0.2, "Cite Grouping"): the library that says
/// citations gives the name of one to what stands between two.
fn group(cites: &mut Vec<Cite>, library: &Library) {
    // In a sentence the first is the sentence's.
    let is_narrative = |cite: &Cite| cite.form == CiteForm::Narrative;
    if cites.len() < 3 || cites.iter().any(is_narrative) {
        return;
    }
    let names = |cite: &Cite| {
        let item = &library.works.get(&cite.key)?.item;
        ["author", "editor", "translator"].iter().find_map(|name| item.0.get(*name)).map(|names| format!("{names:?}"))
    };
    let mut groups: Vec<(Option<String>, Vec<Cite>)> = Vec::new();
    for cite in cites.drain(..) {
        let own = names(&cite);
        match groups.iter_mut().find(|(known, _)| known.is_some() && *known == own) {
            Some((_, group)) => group.push(cite),
            None => groups.push((own, vec![cite])),
        }
    }
    cites.extend(groups.into_iter().flat_map(|(_, group)| group));
}

/// Whether a place has words among its numbers: `4, sec. 2`.
fn has_words(value: &str) -> bool {
    let is_numeral = |word: &str| word.chars().all(|c| "ivxlcdmIVXLCDM".contains(c));
    let mut words = value.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2 && !is_numeral(word));
    let has_places = || value.split(", ").skip(1).any(cites::names_place);
    value.contains(|c: char| c.is_ascii_digit()) && (words.any(|word| !matches!(word, "and" | "und")) || has_places())
}

fn remark_alike(saying: &Said, found: &[Found], report: &mut Report) {
    for group in saying.alike.iter().take(MOST) {
        let span = found.iter().find(|found| found.cites.iter().any(|cite| group.contains(&cite.key))).map(|found| found.span);
        report
            .warn("citation-ambiguous", span, format!("citations of these works read the same: {}", group.join(", ")))
            .hint("give them dates in the library, or name their titles in the text");
    }
}

/// An id made of a key.
fn id_of(key: &str) -> String {
    let name: String = key.chars().map(|c| if is_name(c) { c } else { '_' }).collect();
    format!("ref-{name}")
}

/// Puts what the style says where the citations stand.
fn put(doc: &mut Document, texts: &mut [Inlines], notes: bool) {
    let mut next = 0;
    lines_mut(&mut doc.body, false, &mut |line, in_note| {
        let mut at = 0;
        while at < line.len() {
            if let Inline::Citation(citation) = &mut line[at].kind
                && citation.text.is_empty()
            {
                let Some(text) = texts.get_mut(next) else { return };
                citation.text = std::mem::take(text);
                next += 1;
                if notes && !in_note {
                    behind_punctuation(line, at);
                } else if notes
                    && goes_on(line, at)
                    && let Inline::Citation(citation) = &mut line[at].kind
                {
                    without_stop(&mut citation.text);
                }
            }
            at += 1;
        }
    });
}

/// Whether the sentence of a citation in a note goes on behind it, or ends by its own stop. A citation that begins the note is a
/// sentence if another follows.
fn goes_on(line: &Inlines, at: usize) -> bool {
    let behind = plain_text(&line[at + 1..]);
    let Some(next) = behind.trim_start().chars().next() else { return false };
    !(next.is_uppercase() && plain_text(&line[..at]).trim().is_empty())
}

/// Takes out the stop that a note's citation ends with.
fn without_stop(text: &mut Inlines) {
    let Some(last) = text.last_mut() else { return };
    match &mut last.kind {
        Inline::Text(words) => {
            if words.ends_with('.') {
                words.pop();
            }
            if words.is_empty() {
                text.pop();
            }
        }
        kind => crate::tree::inline_children_mut(kind).into_iter().for_each(without_stop),
    }
}

/// Takes out the stop that a text begins with.
fn without_first_stop(text: &mut Inlines) {
    if let Some(Node { kind: Inline::Text(words), .. }) = text.first_mut()
        && words.starts_with('.')
    {
        words.remove(0);
        if words.is_empty() {
            text.remove(0);
        }
    }
}

/// The call of a note stands close to the word before it and behind the stop that follows.
fn behind_punctuation(line: &mut Inlines, at: usize) {
    // Where the call stands in the citation: behind the name that the sentence says, or first.
    let Inline::Citation(citation) = &line[at].kind else { return };
    let Some(call) = citation.text.iter().position(|node| matches!(node.kind, Inline::Note(_))) else { return };
    if call == 0 && at == 0 {
        return;
    }
    let moved = match line.get_mut(at + 1).map(|node| &mut node.kind) {
        Some(Inline::Text(next)) => match next.chars().next().filter(|c| ".,;:!?".contains(*c)) {
            Some(mark) => {
                next.remove(0);
                Some(mark)
            }
            None => None,
        },
        _ => None,
    };
    if call == 0
        && let Inline::Text(before) = &mut line[at - 1].kind
    {
        before.truncate(before.trim_end_matches([' ', '\n']).len());
    }
    let span = line[at].span;
    if let (Some(mark), Inline::Citation(citation)) = (moved, &mut line[at].kind) {
        citation.text.splice(call..call, said(mark.to_string(), span));
    }
}

/// Writes citations and entries as inlines.
struct Scribe<'a> {
    library: &'a Library,
    said: &'a Said,
    /// Of each bibliography's entries, by their keys.
    ids: &'a [BTreeMap<String, String>],
    notes: bool,
}

impl Scribe<'_> {
    fn citation(&self, found: &Found, at: usize) -> Inlines {
        let span = found.span;
        let parts = &self.said.citations[at];
        if let [cite, more @ ..] = &found.cites[..]
            && cite.form == CiteForm::Narrative
        {
            return self.narrative((cite, more), parts, found, at);
        }
        let text = self.apart(&found.cites, parts, found);
        if self.notes && !found.in_note { vec![self.note(text, at, span)] } else { text }
    }

    /// All cites in the order of the style, with what the author says around each.
    fn apart(&self, cites: &[Cite], parts: &[Part], found: &Found) -> Inlines {
        let span = found.span;
        let known: Vec<&Cite> = cites.iter().filter(|cite| self.library.works.contains_key(&cite.key)).collect();
        let mut lost = cites.iter().filter(|cite| !self.library.works.contains_key(&cite.key)).peekable();
        let mut out = Vec::new();
        if known.is_empty() {
            out.extend(said("(", span));
            for (count, cite) in lost.enumerate() {
                if count > 0 {
                    out.extend(said("; ", span));
                }
                self.around(cite, vec![self.unknown(cite, span)], span, &mut out);
            }
            out.extend(said(")", span));
            return out;
        }
        let last = parts.iter().rposition(|part| matches!(part, Part::Cite { .. }));
        for (place, part) in parts.iter().enumerate() {
            match part {
                Part::Between(runs) => {
                    let mut text = style::inlines(runs, span);
                    // The author's words have a stop already: `33ff.`
                    if place > 0 && plain_text(&out).ends_with('.') {
                        without_first_stop(&mut text);
                    }
                    out.extend(text);
                }
                Part::Cite { at, rest, whole, .. } => {
                    let Some(cite) = known.get(*at) else { continue };
                    let runs = if cite.form == CiteForm::AuthorNamed && !rest.is_empty() { rest } else { whole };
                    let text = self.link(&cite.key, style::inlines(runs, span), found);
                    self.around(cite, text, span, &mut out);
                }
            }
            if Some(place) == last {
                while let Some(cite) = lost.next() {
                    out.extend(said("; ", span));
                    self.around(cite, vec![self.unknown(cite, span)], span, &mut out);
                    let _ = lost.peek();
                }
            }
        }
        out
    }

    fn around(&self, cite: &Cite, text: Inlines, span: Span, out: &mut Inlines) {
        if !cite.prefix.is_empty() {
            out.extend(cite.prefix.clone());
            out.extend(said(" ", span));
        }
        out.extend(text);
        if !cite.suffix.is_empty() {
            let begins = plain_text(&cite.suffix).chars().next();
            if begins.is_some_and(|c| !",;.:)".contains(c)) {
                let part = if cite.locator.is_some() || self.notes { " " } else { ", " };
                out.extend(said(part, span));
            }
            out.extend(cite.suffix.clone());
        }
    }

    fn unknown(&self, cite: &Cite, span: Span) -> Node<Inline> {
        Node::new(Inline::Styled(Style::Strong, said(format!("{}?", clean::line(&cite.key)), span)), span)
    }

    /// The author's name in the sentence, and the rest in the style's brackets or note.
    fn narrative(&self, (cite, more): (&Cite, &[Cite]), parts: &[Part], found: &Found, at: usize) -> Inlines {
        let span = found.span;
        let with = |first: Cite| -> Vec<Cite> { std::iter::once(first).chain(more.iter().cloned()).collect() };
        let Some(work) = self.library.works.get(&cite.key) else {
            let mut out = vec![self.unknown(cite, span)];
            if !more.is_empty() {
                out.extend(said(" ", span));
                out.extend(self.apart(more, parts, found));
            }
            return out;
        };
        let own = parts.iter().find_map(|part| match part {
            Part::Cite { at: 0, names, rest, .. } => Some((names, rest)),
            Part::Cite { .. } | Part::Between(_) => None,
        });
        let has_names = own.is_some_and(|(names, _)| !names.is_empty());
        let has_rest = own.is_some_and(|(_, rest)| !rest.is_empty());
        let by_style = has_names && (!self.notes || found.in_note);
        // A work that names nobody is said in the style's brackets alone.
        if !has_names && (!self.notes || found.in_note) && is_anonymous(work) {
            return self.apart(&with(Cite { form: CiteForm::Apart, ..cite.clone() }), parts, found);
        }
        let mut out = match own {
            Some((names, _)) if by_style => style::inlines(&unstopped(names), span),
            _ => said(short_names(work), span),
        };
        // A style that says nothing but the name has said all.
        if by_style && !has_rest && cite.suffix.is_empty() && more.is_empty() {
            return out;
        }
        let form = if has_names && has_rest { CiteForm::AuthorNamed } else { CiteForm::Apart };
        let behind = Cite { prefix: Vec::new(), form, ..cite.clone() };
        let text = self.apart(&with(behind), parts, found);
        if self.notes && !found.in_note {
            out.push(self.note(text, at, span));
            return out;
        }
        // In a note of the author's own, what follows the name is no bracket.
        out.extend(said(if self.notes { ", " } else { " " }, span));
        out.extend(text);
        out
    }

    /// The note of the citation at that place.
    fn note(&self, text: Inlines, at: usize, span: Span) -> Node<Inline> {
        let mut text = text;
        capital(&mut text);
        let body = vec![Node::new(Block::Paragraph(text), span)];
        // Numbered with the others when all stand.
        Node::new(
            Inline::Note(Note { id: NoteId(u32::MAX - at as u32), mark: String::new(), place: NotePlace::Foot, body }),
            span,
        )
    }

    /// A cite leads to its entry; addresses in it lead where they say.
    fn link(&self, key: &str, text: Inlines, found: &Found) -> Inlines {
        let span = found.span;
        let Some(id) = self.ids[found.places.min(self.ids.len() - 1)].get(key) else { return text };
        let mut out = Vec::new();
        let mut open: Inlines = Vec::new();
        let close = |open: &mut Inlines, out: &mut Inlines| {
            if !open.is_empty() {
                let link = Link { target: format!("#{id}"), title: String::new(), text: std::mem::take(open) };
                out.push(Node::new(Inline::Link(link), span));
            }
        };
        let mut linked = false;
        for node in text {
            match node.kind {
                Inline::Link(_) => {
                    linked |= !open.is_empty();
                    close(&mut open, &mut out);
                    out.push(node);
                }
                _ if linked => out.push(node),
                _ => open.push(node),
            }
        }
        close(&mut open, &mut out);
        out
    }

    /// The entries of these keys, which stand in the style's order.
    fn entries(&self, keys: &[&str], ids: &BTreeMap<String, String>, report: &mut Report) -> Vec<CitedWork> {
        let mut entries = Vec::new();
        let mut keys = keys.iter().peekable();
        for (key, runs) in &self.said.bibliography {
            if keys.next_if(|own| **own == key).is_none() {
                continue;
            }
            let Some(work) = self.library.works.get(key) else { continue };
            let span = work.span;
            let mut text = style::inlines(runs, span);
            if plain_text(&text).trim().is_empty() {
                report
                    .warn("bibliography-empty", span, format!("the style says nothing of the work {key}"))
                    .hint("look at its type and its fields; its title stands in for the entry");
                text = said(one(&work.item, "title").unwrap_or_else(|| key.clone()), span);
            }
            let attrs = Attrs { id: ids.get(key).cloned(), ..Attrs::default() };
            let text = vec![Node { kind: Inline::Span(text), span, attrs: Some(Box::new(attrs)) }];
            let kind = one(&work.item, "type").unwrap_or_else(|| "document".to_owned());
            entries.push(CitedWork { key: clean::line(key), kind, fields: fields(work), text });
        }
        entries
    }
}

/// A note begins with a capital, as a sentence does.
fn capital(text: &mut Inlines) {
    let Some(first) = text.first_mut() else { return };
    match &mut first.kind {
        Inline::Text(text) => {
            let mut letters = text.chars();
            if let Some(first) = letters.next().filter(|c| c.is_lowercase()) {
                *text = first.to_uppercase().chain(letters).collect();
            }
        }
        kind => crate::tree::inline_children_mut(kind).into_iter().for_each(capital),
    }
}

/// One field of an item as plain text.
fn one(item: &Item, name: &str) -> Option<String> {
    let said = item.0.get(name)?.to_str()?;
    Some(clean::line(&tex::bare(&said))).filter(|said| !said.is_empty())
}

fn people(item: &Item, name: &str) -> Vec<String> {
    use hayagriva::citationberg::json::NameValue;
    let Some(Value::Names(names)) = item.0.get(name) else { return Vec::new() };
    let said = names.iter().map(|name| match name {
        NameValue::Literal(name) if name.literal.contains([tex::OTHERS, tex::MANY_OTHERS]) => "et al.".to_owned(),
        NameValue::Literal(name) => name.literal.clone(),
        NameValue::Item(name) => {
            let particle = name.dropping_particle.iter().chain(&name.non_dropping_particle);
            let family = particle.map(|word| format!("{word} ")).collect::<String>() + &name.family;
            let suffix = name.suffix.as_ref().map(|suffix| format!(", {suffix}")).unwrap_or_default();
            match &name.given {
                Some(given) => format!("{family}, {given}{suffix}"),
                None => family,
            }
        }
    });
    said.map(|name| clean::line(&tex::bare(&name))).filter(|name| !name.is_empty()).collect()
}

/// What is known of a work, for outputs that say it field by field.
fn fields(work: &Work) -> Vec<(Field, String)> {
    let item = &work.item;
    let mut fields = Vec::new();
    for field in Field::ALL {
        let names: &[&str] = match field {
            Field::Author => &["author"],
            Field::Editor => &["editor"],
            Field::Translator => &["translator"],
            Field::Title => &["title"],
            Field::Container => &["container-title"],
            Field::Edition => &["edition"],
            Field::Series => &["collection-title"],
            Field::Publisher => &["publisher"],
            Field::Place => &["publisher-place"],
            Field::Date => &["issued"],
            Field::Volume => &["volume"],
            Field::Issue => &["issue"],
            Field::Pages => &["page"],
            Field::Doi => &["DOI"],
            Field::Isbn => &["ISBN"],
            Field::Issn => &["ISSN"],
            Field::Url => &["URL"],
            Field::Note => &["note"],
        };
        for name in names {
            match field {
                Field::Author | Field::Editor | Field::Translator => {
                    fields.extend(people(item, name).into_iter().map(|name| (field, name)))
                }
                Field::Date => fields.extend(date(item).map(|date| (field, date))),
                _ => fields.extend(one(item, name).map(|said| (field, said))),
            }
        }
    }
    fields
}

fn date(item: &Item) -> Option<String> {
    use hayagriva::citationberg::json::{DateValue, FixedDateRange};
    if let Some(shown) = one(item, SHOWN) {
        return Some(shown);
    }
    let Value::Date(date) = item.0.get("issued")? else { return None };
    let date: DateValue = date.clone();
    let start = FixedDateRange::try_from(date).ok()?.start;
    let mut said = if start.year < 0 { format!("{:05}", start.year) } else { format!("{:04}", start.year) };
    if let Some(month) = start.month {
        said += &format!("-{:02}", u32::from(month) + 1);
        if let Some(day) = start.day {
            said += &format!("-{:02}", u32::from(day) + 1);
        }
    }
    Some(said)
}

/// Names without the comma that the style sets behind a title in their place.
fn unstopped(names: &[style::Run]) -> Vec<style::Run> {
    let mut names = names.to_vec();
    if let Some(last) = names.last_mut()
        && let Some(words) = last.text.strip_suffix(",”")
    {
        last.text = format!("{words}”");
    }
    names
}

fn is_anonymous(work: &Work) -> bool {
    ["author", "editor", "translator"].into_iter().all(|name| people(&work.item, name).is_empty())
}

/// Particles that a family's name is called without.
fn particles(item: &Item) -> Vec<String> {
    use hayagriva::citationberg::json::NameValue;
    let names = item.0.values().filter_map(|value| match value {
        Value::Names(names) => Some(names),
        _ => None,
    });
    let particle = |name: &NameValue| match name {
        NameValue::Item(name) => name.dropping_particle.clone(),
        NameValue::Literal(_) => None,
    };
    names.flatten().filter_map(particle).collect()
}

/// The names by which a sentence calls a work.
fn short_names(work: &Work) -> String {
    let item = &work.item;
    let names: Vec<_> = ["author", "editor", "translator"]
        .into_iter()
        .map(|name| people(item, name))
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    let particles = particles(item);
    let family = |name: &String| {
        let family = name.split(", ").next().unwrap_or(name);
        let bare = particles.iter().find_map(|particle| family.strip_prefix(particle.as_str())?.strip_prefix(' '));
        bare.unwrap_or(family).to_owned()
    };
    match &names[..] {
        [] => one(item, "title-short").or_else(|| one(item, "title")).unwrap_or_default(),
        [one] => family(one),
        [one, other] if other == "et al." => format!("{} et al.", family(one)),
        [one, other] => format!("{} and {}", family(one), family(other)),
        [one, ..] => format!("{} et al.", family(one)),
    }
}

/// Sets the bibliographies where the text wants them: at their marks, below a heading that says so, else at the end.
fn place(doc: &mut Document, lists: Vec<Vec<CitedWork>>, has_place: bool, title: Option<&str>) {
    let span = lists.iter().flatten().next().and_then(|work| work.text.first()).map_or(Span::default(), |node| node.span);
    let words = title.map_or(Words::of(&doc.meta.language).bibliography.to_owned(), str::to_owned);
    let mut ids = Ids::of(&doc.body);
    let mut lists = lists.into_iter();
    let mut heading = |level: u8, span: Span| super::heading("bibliography", words.clone(), level, span, &mut ids);
    if has_place {
        let level = chapter_level(doc).clamp(1, 5) + 1;
        let mut body = Vec::with_capacity(doc.body.len());
        for mut node in std::mem::take(&mut doc.body) {
            if is_place(&node)
                && let Some(entries) = lists.next()
            {
                let own = node.attrs.take_if(|attrs| attrs.classes == [OF_CHAPTER]);
                if own.is_some() && !entries.is_empty() {
                    body.push(heading(level, node.span));
                }
                node.kind = Block::Bibliography(Bibliography { entries });
            }
            body.push(node);
        }
        doc.body = body;
        return;
    }
    let bibliography = Block::Bibliography(Bibliography { entries: lists.next().unwrap_or_default() });
    let is_heading = |node: &Node<Block>| match &node.kind {
        Block::Heading { text, level, .. } => {
            let classes = node.attrs.as_ref().map(|attrs| &attrs.classes[..]).unwrap_or_default();
            division(classes, &plain_text(text), usize::from(*level)).0 == "bibliography"
        }
        _ => false,
    };
    if let Some(at) = doc.body.iter().rposition(is_heading).filter(|at| super::is_bare(&doc.body, *at)) {
        doc.body.insert(at + 1, Node::new(bibliography, span));
        return;
    }
    let heading = heading(top_level(doc).max(1), span);
    doc.body.push(heading);
    doc.body.push(Node::new(bibliography, span));
}
