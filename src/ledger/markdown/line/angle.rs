//! Angle brackets: addresses, and HTML.

use super::super::super::stream::{Gap, Markup, Page};
use super::super::html;
use super::Scanner;

impl Scanner<'_, '_> {
    pub(super) fn angle(&mut self) {
        if let Some(length) = address(self.rest()) {
            self.mark(1, Markup::Mark);
            self.literal(length - 2);
            return self.mark(1, Markup::Mark);
        }
        if self.rest().starts_with("<![CDATA[")
            && let Some(length) = self.find("]]>", 0)
        {
            let construct = self.out.construct();
            self.part(construct, 9, Markup::Tag, Gap::Close);
            self.literal(length - 9);
            return self.part(construct, 3, Markup::Tag, Gap::Close);
        }
        if self.rest().starts_with("<!--") && self.find("-->", 0).is_none() {
            return self.whole(4, Markup::Comment);
        }
        let found = if self.lines.is_raw { html::raw_tag(self.rest()) } else { html::tag(self.rest()) };
        let Some(tag) = found else { return };
        if self.is_cut(tag.length) {
            return;
        }
        // One that begins inside a comment: the first may be none that anything closes.
        if tag.is_comment
            && let Some(inner) = self.rest()[4..tag.length].find("<!--")
        {
            return self.mark(4 + inner, Markup::Comment);
        }
        self.flush(self.at);
        let construct = self.out.construct();
        let length = tag.length;
        let said = &self.rest()[..length];
        let has = |name: &str, word: &str| html::value(said, name).is_some_and(|(value, _)| value.contains(word));
        if tag.name == "pb" || tag.opens && (has("epub:type", "pagebreak") || has("role", "doc-pagebreak")) {
            let names = if tag.name == "pb" { ["n", "n"] } else { ["title", "aria-label"] };
            let label = names.iter().find_map(|name| html::value(said, name)).map(|(value, _)| value.trim().to_owned());
            let label = label.filter(|label| label.contains(char::is_alphanumeric));
            let at = self.lines.place(self.at);
            self.out.pages.push(Page { at, label });
        }
        let is_field = || {
            let kind = html::value(&self.rest()[..length], "type").map(|(kind, _)| kind.trim().to_ascii_lowercase());
            !kind.is_some_and(|kind| ["hidden", "checkbox", "radio"].contains(&kind.as_str()))
        };
        let shown = match tag.name.as_str() {
            "img" => ["alt", "title"],
            // What is filled in.
            "input" if is_field() => ["value", ""],
            "svg" => ["aria-label", ""],
            _ => ["", ""],
        };
        // HTML makes an empty paragraph of an end that nothing opened, and a browser shows none.
        let is_stray = tag.name == "p" && !tag.opens && !self.opens_paragraph();
        // Where an end that nothing opened stands in a line, words may be apart or not.
        let own = self.lines.place(self.at)..self.lines.place(self.at + length - 1) + 1;
        let is_void = !self.literal.is_text(&own) && self.out.ends_nothing(&tag);
        if is_void {
            self.out.loosen(self.lines.place(self.at));
        }
        let parts = match tag.parts {
            _ if is_void => Gap::Close,
            _ if is_stray => Gap::Space,
            parts => parts,
        };
        let end = self.at + length;
        let mut shown: Vec<_> =
            shown.iter().filter_map(|name| html::value(&self.text[self.at..end], name).map(|(_, range)| range)).collect();
        shown.sort_by_key(|range| range.start);
        let base = self.at;
        for range in shown {
            self.part(construct, base + range.start - self.at, Markup::Tag, parts);
            self.flush(self.at + range.len());
            self.at += range.len();
        }
        let markup = if tag.is_comment { Markup::Comment } else { Markup::Tag };
        self.part(construct, end - self.at, markup, parts);
        if tag.name == "svg" && tag.opens && !self.text[base..end].ends_with("/>") {
            return self.drawing(html::value(&self.text[base..end], "aria-label").is_some());
        }
        // A formula that is said in TeX, too, is read from there.
        if let Some(length) = html::before_tex(&tag, self.rest()) {
            return self.whole(length, Markup::Alternative);
        }
        if let Some(length) = html::hidden(&tag, self.rest()) {
            if tag.name == "fw" {
                let range = self.lines.place(self.at)..self.lines.place(self.at + length);
                self.out.furniture.push(range);
                return self.whole(length, Markup::Furniture);
            }
            self.whole(length, Markup::Code);
        }
    }

    /// Whether the tag of a paragraph stands somewhere before.
    fn opens_paragraph(&self) -> bool {
        let before = &self.out.source[..self.lines.place(self.at)];
        let is_tag =
            |(at, _): (usize, &str)| before[at + 2..].starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
        ["<p", "<P"].iter().any(|tag| before.rmatch_indices(tag).any(is_tag))
    }

    /// What a drawing says that stands in the text. Its title is how it is described, where nothing else describes it.
    fn drawing(&mut self, described: bool) {
        let Some(length) = self.rest().to_ascii_lowercase().find("</svg") else { return };
        let end = self.at + length;
        let mut described = described;
        while self.at < end {
            let next = self.text[self.at..end].find('<').map_or(end, |found| self.at + found);
            self.flush(next);
            self.at = next;
            let Some(tag) = html::tag(&self.text[self.at..]).filter(|tag| self.at + tag.length <= end) else {
                self.at = (self.at + 1).min(end);
                continue;
            };
            let is_hidden = ["style", "script"].contains(&tag.name.as_str()) || tag.name == "title" && described;
            described |= tag.name == "title";
            self.whole(tag.length, Markup::Tag);
            if is_hidden && tag.opens {
                let close = format!("</{}", tag.name);
                let length = self.text[self.at..end].to_ascii_lowercase().find(&close).unwrap_or(end - self.at);
                self.whole(length, Markup::Code);
            }
        }
    }
}

/// `<https://…>` or `<who@where>`, as long as it is.
pub(super) fn address(text: &str) -> Option<usize> {
    let end = text.find(['>', ' ', '\n'])?;
    let inner = text.get(1..end).filter(|_| text.as_bytes()[end] == b'>')?;
    let scheme = inner.split(':').next().unwrap_or("");
    // Tags of office programs and of readers of e-books.
    let absolute = inner.contains(':')
        && (inner.contains("//") || !["o", "v", "w", "m", "st1", "mbp"].contains(&scheme))
        && (2..=32).contains(&scheme.len())
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let mail = inner.split_once('@').is_some_and(|(who, place)| {
        !who.is_empty()
            && who.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
            && place.starts_with(|c: char| c.is_ascii_alphanumeric())
            && place.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
    });
    (absolute && !inner.contains('<') || mail).then_some(end + 1)
}
