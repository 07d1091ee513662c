//! Links lead somewhere: inside the work by `#id`, outside it by an address.

use std::collections::{BTreeMap, BTreeSet};

use super::{Manuscript, clean};
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree::{
    Block, Blocks, Document, Inline, Inlines, Node, PartMut, Visit, VisitMut, inline_children_mut, parts_mut, plain_text, slug,
    walk_blocks, walk_blocks_mut,
};

/// Schemes of links that lead somewhere in every output.
const SCHEMES: &[&str] = &["http", "https", "mailto", "ftp", "tel", "urn", "doi", "news", "geo"];

/// Schemes whose links run code or carry a file in them.
const REFUSED: &[&str] = &["javascript", "vbscript", "data", "file", "blob"];

/// How the target of a wiki's link begins until the work is known.
pub(super) const WIKI: &str = "wiki:";

/// Gives every link of the work a target that holds; a link without one leaves its text.
pub(super) fn resolve(doc: &mut Document, manuscript: &Manuscript, report: &mut Report) {
    let (mut ids, mut named, mut opening) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    let mut seen = BTreeMap::new();
    walk_blocks(&doc.body, &mut |visit| {
        let Some(id) = visit.id() else { return };
        ids.insert(id.to_owned());
        if let Visit::Block(Node { kind: Block::Heading { text, .. }, span, .. }) = visit {
            // GitHub, pandoc and mdBook number the second heading of a name -1.
            let words = slug(&plain_text(text));
            let again = seen.entry(words.clone()).or_insert(0_usize);
            let name = if *again == 0 { words } else { format!("{words}-{again}") };
            *again += 1;
            named.entry(name).or_insert(id.to_owned());
            opening.entry(span.file).or_insert(id.to_owned());
        }
    });
    let mut links = Links { ids, named, opening, manuscript, lost_pages: Vec::new(), report };
    let mut empty = false;
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        let VisitMut::Inline(node) = visit else { return };
        let Inline::Link(link) = &mut node.kind else { return };
        match links.target(&link.target, node.span) {
            Some(target) => link.target = target,
            None => {
                empty |= link.text.is_empty();
                node.kind = Inline::Span(std::mem::take(&mut link.text));
            }
        }
    });
    if let Some(first) = links.lost_pages.first() {
        let places = links.lost_pages.len();
        links
            .report
            .warn(
                "wiki-link",
                *first,
                format!("a wiki link [[…]] leads to no heading or file of the work: its words stay ({places} in all)"),
            )
            .hint("add the page that it names to the work, or give a heading its name");
    }
    if empty {
        take_out_empty(&mut doc.body);
    }
}

/// Takes out what is left of links without text, and paragraphs that held nothing else.
fn take_out_empty(body: &mut Blocks) {
    let words = |line: &mut Inlines| {
        line.retain(|node| node.attrs.is_some() || !matches!(&node.kind, Inline::Span(inner) if inner.is_empty()));
    };
    let paragraphs = |blocks: &mut Blocks| {
        blocks.retain_mut(|node| match &mut node.kind {
            Block::Paragraph(line) => {
                words(line);
                !line.is_empty()
            }
            _ => true,
        });
    };
    paragraphs(body);
    walk_blocks_mut(body, &mut |visit| match visit {
        VisitMut::Block(node) => parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Line(line) => words(line),
            PartMut::Blocks(inner) => paragraphs(inner),
            PartMut::Cell(cell) => paragraphs(&mut cell.kind.body),
            PartMut::Image(_) => {}
        }),
        VisitMut::Cell(_) | VisitMut::Image(_) => {}
        VisitMut::Inline(node) => match &mut node.kind {
            Inline::Note(note) => paragraphs(&mut note.body),
            kind => inline_children_mut(kind).into_iter().for_each(words),
        },
    });
}

struct Links<'a> {
    ids: BTreeSet<String>,
    /// The ids of headings, by their words, as other programs make ids of them.
    named: BTreeMap<String, String>,
    /// The id of each file's first heading.
    opening: BTreeMap<FileId, String>,
    manuscript: &'a Manuscript,
    /// Where links of a wiki lead nowhere.
    lost_pages: Vec<Span>,
    report: &'a mut Report,
}

impl Links<'_> {
    /// Where a link leads, if it may lead there.
    fn target(&mut self, target: &str, span: Span) -> Option<String> {
        if let Some(id) = target.strip_prefix('#') {
            return self.inner(id, span);
        }
        if let Some(page) = target.strip_prefix(WIKI) {
            let found = self.page(page);
            self.lost_pages.extend(found.is_none().then_some(span));
            return found;
        }
        let scheme = target.split_once(':').map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
        let scheme = scheme
            .filter(|scheme| !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)));
        match scheme.as_deref() {
            Some(scheme) if REFUSED.contains(&scheme) => {
                self.report
                    .warn("link-refused", span, format!("a link to {scheme}: is not passed on"))
                    .hint("link to a web address; the link's text stays");
                None
            }
            Some(scheme) if SCHEMES.contains(&scheme) => self.address(target, scheme, span),
            _ => self.other_file(target, span),
        }
    }

    /// Where the page of a wiki's link stands in the work: a file, or a heading.
    fn page(&self, page: &str) -> Option<String> {
        let (name, heading) = page.split_once('#').unwrap_or((page, ""));
        let heading = heading.trim_start_matches('^');
        let last = name.rsplit('/').next().unwrap_or(name);
        let by_words = |words: &str| {
            let known = self.ids.get(words).or_else(|| self.named.get(&slug(words)));
            known.filter(|_| !words.is_empty()).map(|id| format!("#{id}"))
        };
        let file = || {
            let is_it = |path: &str| {
                let file = path.rsplit('/').next().unwrap_or(path);
                file.rsplit_once('.').map_or(file, |(stem, _)| stem).eq_ignore_ascii_case(last)
            };
            let (file, _) = self.manuscript.sources.iter().find(|(_, source)| !last.is_empty() && is_it(&source.name))?;
            self.opening.get(&file).map(|id| format!("#{id}"))
        };
        by_words(heading).or_else(file).or_else(|| by_words(last))
    }

    fn inner(&mut self, id: &str, span: Span) -> Option<String> {
        let known = self.ids.get(id).or_else(|| self.named.get(&slug(id)));
        if known.is_none() {
            self.report
                .warn("link-broken", span, format!("nothing in the work has the id \"{}\"", clean::line(id)))
                .hint("give the heading that it leads to this id: ## Heading {#id}");
        }
        known.map(|id| format!("#{id}"))
    }

    /// A web address, its characters that no address can have written as `%XX` (RFC 3986, section 2.1).
    fn address(&mut self, target: &str, scheme: &str, span: Span) -> Option<String> {
        let host = target.get(scheme.len() + 1..).unwrap_or("").strip_prefix("//");
        let host = host.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(""));
        let whole = match scheme {
            "http" | "https" | "ftp" => host.is_some_and(is_host),
            _ => target.len() > scheme.len() + 1,
        };
        if !whole {
            self.report
                .warn("link-malformed", span, format!("\"{}\" is no address", clean::line(target)))
                .hint("a web address looks like https://example.org/page");
        }
        whole.then(|| escape(target))
    }

    /// A link to another file of the work leads to that file's text.
    fn other_file(&mut self, target: &str, span: Span) -> Option<String> {
        let (path, id) = target.split_once('#').unwrap_or((target, ""));
        let path = path.strip_prefix("./").unwrap_or(path);
        let file = self
            .manuscript
            .sources
            .iter()
            .find(|(_, source)| !path.is_empty() && (source.name == path || source.name.ends_with(&format!("/{path}"))));
        match (file, id) {
            (Some((file, _)), "") if self.opening.contains_key(&file) => Some(format!("#{}", self.opening[&file])),
            (Some(_), id) if !id.is_empty() => self.inner(id, span),
            _ => {
                self.report
                    .warn("link-local", span, format!("\"{}\" leads out of the book to a file", clean::line(target)))
                    .hint("link to a web address or to an #id in the work; the link's text stays");
                None
            }
        }
    }
}

/// Whether the authority part of an address has a host, and a port that is a number.
fn is_host(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or("");
    let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let named = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    named && host.chars().any(char::is_alphanumeric) && port.chars().all(|c| c.is_ascii_digit())
}

fn escape(target: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    let bytes = target.as_bytes();
    for (at, c) in target.char_indices() {
        let escaped = |n: usize| bytes.get(at + n).is_some_and(u8::is_ascii_hexdigit);
        let plain = match c {
            '%' => escaped(1) && escaped(2),
            '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '}' | '|' | '[' | ']' => false,
            c => !c.is_whitespace() && !c.is_control(),
        };
        if plain {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            c.encode_utf8(&mut buffer).bytes().for_each(|byte| write!(out, "%{byte:02X}").expect("a string grows"));
        }
    }
    out
}
