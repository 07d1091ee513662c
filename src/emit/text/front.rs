//! What stands around the text: the title block before it, and behind it what the text is and who may do what with it.

use super::Galley;
use crate::env::conspectus;
use crate::tree::{Block, Document, Metadata, Outline, PrintedSource, Role, plain_text};

impl<'a> Galley<'a> {
    pub(super) fn title_block(&mut self, doc: &'a Document, view: &Outline<'a>) {
        let meta = &doc.meta;
        let own = view.preamble.iter().find_map(|node| match &node.kind {
            Block::Title(text) => Some(text),
            _ => None,
        });
        let title = match own {
            Some(text) => self.flow(text),
            // The text's first heading says it.
            None if view.sections.first().is_some_and(|section| plain_text(section.title) == meta.title) => String::new(),
            None => meta.title.clone(),
        };
        if !title.is_empty() {
            self.fill(&title);
        }
        if let Some(subtitle) = meta.subtitle.as_ref().filter(|subtitle| !title.contains(subtitle.as_str())) {
            self.fill(subtitle);
        }
        self.people(meta);
        let series =
            meta.series.as_ref().map(|series| list([&Some(series.name.clone()), &series.position]).unwrap_or_default());
        let lines: Vec<_> = [meta.edition.clone(), series, self.published(meta)].into_iter().flatten().collect();
        self.gap(1);
        lines.iter().for_each(|line| self.fill(line));
        self.gap(2);
    }

    fn people(&mut self, meta: &Metadata) {
        let authors = meta.authors();
        if !authors.is_empty() {
            self.gap(1);
            self.fill(&authors);
        }
        self.gap(1);
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Author) {
            let names: Vec<_> = meta.people_as(role).map(|person| person.name.as_str()).collect();
            if !names.is_empty() {
                let line = format!("{} {}", self.words.get(role.name()), names.join(", "));
                self.hang(&line, "", "  ");
            }
        }
    }

    fn published(&self, meta: &Metadata) -> Option<String> {
        let place = list([&meta.publisher, &meta.place, &meta.date])?;
        Some(if meta.publisher.is_some() { format!("{} {place}", self.words.get("published")) } else { place })
    }

    /// The witnesses and the signs of an edition, before its text.
    pub(super) fn conspectus(&mut self, doc: &Document) {
        for list in conspectus(doc, &self.words) {
            self.gap(2);
            self.fill(&list.title);
            self.gap(1);
            for (sign, meaning) in &list.entries {
                self.hang(&format!("{sign}  {meaning}"), "", "    ");
            }
        }
    }

    /// What the text is and who may do what with it.
    pub(super) fn imprint(&mut self, meta: &Metadata) {
        let labelled = [
            ("source", meta.source.as_ref().and_then(printed)),
            ("rights", meta.rights.clone()),
            ("licence", meta.licence.clone()),
        ];
        let labelled = labelled.into_iter().filter_map(|(key, said)| Some(format!("{}: {}", self.words.get(key), said?)));
        let identified = meta.identifiers.iter().map(|id| format!("{}: {}", id.scheme.to_uppercase(), id.value));
        let lines: Vec<_> = identified.chain(labelled).collect();
        self.gap(4);
        lines.iter().for_each(|line| self.hang(line, "", "  "));
    }

    /// The characters that `--ascii` replaced, by their numbers in Unicode.
    pub(super) fn replacements(&mut self) {
        if self.ascii.list().is_empty() {
            return;
        }
        self.gap(4);
        let label = self.words.get("replaced").to_owned();
        self.fill(&label);
        self.gap(1);
        // The label's own characters are in the list, too.
        for line in self.ascii.list() {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }
}

/// The printed source, as a reader would note it down.
fn printed(source: &PrintedSource) -> Option<String> {
    let people: Vec<_> = source.people.iter().map(|person| person.name.as_str()).collect();
    let people = (!people.is_empty()).then(|| people.join(", "));
    let place = match (&source.place, &source.publisher) {
        (Some(place), Some(publisher)) => Some(format!("{place}: {publisher}")),
        (place, publisher) => place.clone().or(publisher.clone()),
    };
    list([&people, &source.title, &source.edition, &place, &source.date, &source.pages, &source.note])
}

fn list<const N: usize>(parts: [&Option<String>; N]) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
