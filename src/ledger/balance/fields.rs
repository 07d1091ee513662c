//! What describes the work: every value of a front matter or of a project's file is in the metadata, stands in the text, or is told.

use super::super::cut::{cut, is_word};
use super::super::front::{self, Value};
use super::super::pairs::NONE;
use super::super::{Difference, Ledger};
use super::rights::pieces;
use super::{Judge, shortened};
use crate::read::APPARATUS;
use crate::report::Diagnostic;
use crate::span::Span;
use crate::tree::Document;

/// A field's name, however it is written.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', ' '], "-")
}

impl Judge<'_, '_> {
    pub fn fields(&self, values: &[Value], doc: &Document, ledger: &mut Ledger) {
        let Some(end) = values.last().map(|value| value.range.end) else { return };
        // One remark may be about the fields of several files.
        let own = |found: &&Diagnostic| found.places().any(|span| span.file == self.file && (span.start as usize) < end);
        let remarks: Vec<_> = self.remarks.iter().filter(own).collect();
        let is_broken = remarks.iter().any(|found| found.code == "metadata-broken");
        // What stands below a field that no output has room for is told with it.
        let below: Vec<_> = remarks
            .iter()
            .filter(|found| found.code == "metadata-unknown")
            .flat_map(|found| found.places())
            .filter(|span| span.file == self.file)
            .map(|span| front::below(self.stream.source, span.start as usize))
            .collect();
        let known = front::words(&doc.meta);
        // They say how the work is made, and where its library is.
        let made = |value: &&Value| {
            value.name == "dialect" || [value.name, value.field].iter().any(|name| APPARATUS.contains(&&*plain(name)))
        };
        for value in values.iter().filter(|value| !made(value)) {
            let is_abstract = plain(value.field) == "abstract";
            // Of fields that can't be read all is doubtful, but for what the text shows.
            if is_broken && !(is_abstract && self.is_shown(Span::new(self.file, value.range.clone()))) {
                continue;
            }
            let parts = value.parts(self.stream.source).into_iter();
            let said = parts.map(|part| &self.stream.source[part]).collect::<Vec<_>>().join("  ");
            // The hour of a day is no book's.
            let said = front::day(&said).filter(|_| value.name == "date").unwrap_or(&said);
            let span = Span::new(self.file, value.range.clone());
            let mut missing = false;
            cut(said, false, &mut |range, own| {
                let own = own.unwrap_or_else(|| said[range].to_owned());
                missing |= is_word(&own) && !front::says(&known, &own);
            });
            missing &= !known.contains(&front::squeezed(said));
            missing &= !(value.name.starts_with("lang") && front::is_language(doc, said));
            let bare = said.trim().trim_matches(['"', '\'']);
            missing &= !(value.name == "role" && front::role(bare).is_some_and(|role| known.contains(role)));
            // What a part of the title is.
            missing &= !(value.field == "title"
                && value.name == "type"
                && matches!(bare, "main" | "subtitle" | "collection" | "edition"));
            // Which of several books a number is.
            let number = bare.split(['(', '[']).next().unwrap_or(bare);
            missing &= !(value.field == "isbn" && !number.trim().is_empty() && known.contains(&front::squeezed(number)));
            // An abstract describes the work and opens its text: it has to be in both.
            missing |= is_abstract && self.words_in(span).next().is_some();
            missing &= !self.is_in_text(span);
            missing &= !below.iter().any(|below| below.contains(&value.range.start));
            let covers = |span: Span| {
                span.file == self.file && span.start as usize <= value.range.start && span.end as usize >= value.range.end
            };
            let own = [value.name, value.field].map(plain);
            let names = |found: &Diagnostic| {
                let message = plain(&found.message);
                own.iter().any(|name| !name.is_empty() && message.contains(name.as_str()))
                    || !value.table.is_empty() && found.message.contains(&format!("\"{}\"", value.table))
            };
            // Only the reader takes the front of the line for a name: `notes-by-chapter:yes`.
            let named_in_front = |found: &Diagnostic| {
                // It may have a quotation mark of its own.
                let named = found.message.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
                let name = named.map(|(name, _)| name).filter(|name| !name.is_empty());
                let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
                name.is_some_and(|name| said.split_once(": ").is_some_and(|(own, _)| letters(own) == letters(name)))
                    || name
                        .and_then(|name| said.trim_start().strip_prefix(name))
                        .is_some_and(|rest| rest.trim_start().starts_with(':'))
            };
            // A table in one line, of which a field is told.
            let is_table = said.trim_start().starts_with("[{");
            let is_inside = |span: Span| {
                is_table && span.file == self.file && (value.range.start..value.range.end).contains(&(span.start as usize))
            };
            // A value that belongs to the name before it, of which no output has room.
            let is_before = |span: Span| {
                let (start, end) = (span.end as usize, value.range.start);
                span.file == self.file && self.stream.source.get(start..end).is_some_and(|between| between.trim() == ":")
            };
            let named = |found: &&&Diagnostic| {
                found.places().any(|span| {
                    // Only the reader took the front of it for a name.
                    let begins = span.file == self.file && span.start as usize == value.range.start;
                    covers(span) || is_inside(span) || found.code == "metadata-unknown" && (is_before(span) || begins)
                }) || names(found)
                    || named_in_front(found)
                    || found.message.contains(said.trim().trim_matches(['"', '\'']))
            };
            if missing && !remarks.iter().any(|found| named(&found)) {
                let message =
                    format!("the metadata's {}: “{}” is in no output and told in no remark", value.name, shortened(said));
                ledger.differences.push(Difference { code: "source-metadata-lost", span, message });
            }
        }
    }

    /// Whether the text shows a value: a chapter's title, a dedication.
    fn is_in_text(&self, span: Span) -> bool {
        let mut words = self.words_in(span).peekable();
        words.peek().is_some() && words.all(|at| self.pairs.source[at] != NONE)
    }

    /// Whether the text shows a word of a value.
    fn is_shown(&self, span: Span) -> bool {
        self.words_in(span).any(|at| self.pairs.source[at] != NONE)
    }

    fn words_in(&self, span: Span) -> impl Iterator<Item = usize> {
        pieces(self.stream, span).filter(|at| is_word(self.stream.said(*at)))
    }
}
