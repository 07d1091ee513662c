//! Links lead somewhere: inside the work by `#id`, outside it by an address.

use std::collections::BTreeMap;

use super::clean::letters;
use super::{Manuscript, clean};
use crate::report::Report;
use crate::span::{FileId, Span};
use crate::tree::{
    Attrs, Block, Blocks, Document, Inline, Inlines, Node, PartMut, Reference, ReferenceForm, Visit, VisitMut,
    inline_children_mut, parts_mut, plain_text, portable, walk_blocks, walk_blocks_mut,
};

/// Schemes of links that lead somewhere in every output.
const SCHEMES: &[&str] = &["http", "https", "mailto", "ftp", "tel", "urn", "doi", "news", "geo"];

/// Schemes whose links run code or carry a file in them.
const REFUSED: &[&str] = &["javascript", "vbscript", "data", "file", "blob"];

/// How the target of a wiki's link begins until the work is known.
pub(super) const WIKI: &str = "wiki:";

/// The chapter that each file belongs to: a file that is set into another is part of it.
pub(super) struct Owners(BTreeMap<FileId, FileId>);

impl Owners {
    pub fn of(manuscript: &Manuscript) -> Self {
        let mut owners = BTreeMap::new();
        for include in &manuscript.includes {
            let owner = owners.get(&include.at.file).copied().unwrap_or(include.at.file);
            owners.insert(include.file, owner);
        }
        Self(owners)
    }

    pub fn of_file(&self, file: FileId) -> FileId {
        self.0.get(&file).copied().unwrap_or(file)
    }
}

/// What an id that its file says became, since another file says it, too.
pub(super) type Renamed = BTreeMap<(FileId, String), String>;

/// Where the names lead that links may use, in each file and in all of them.
#[derive(Default)]
struct Names {
    /// The ids of the work.
    ids: BTreeMap<String, FileId>,
    /// Headings by their letters, as other programs make ids of them: GitHub, pandoc and mdBook each in their own way. Two headings
    /// of one file with the same words are told apart by a number.
    in_file: BTreeMap<(FileId, String), String>,
    anywhere: BTreeMap<String, String>,
    /// The id of each file's first heading.
    opening: BTreeMap<FileId, String>,
}

impl Names {
    fn of(body: &Blocks, owners: &Owners) -> Self {
        let mut names = Self::default();
        let mut headings = Vec::new();
        walk_blocks(body, &mut |visit| {
            let Some(id) = visit.id() else { return };
            let file = owners.of_file(visit.span().file);
            names.ids.entry(id.to_owned()).or_insert(file);
            if let Visit::Block(Node { kind: Block::Heading { text, .. }, .. }) = visit {
                names.opening.entry(file).or_insert(id.to_owned());
                headings.push((file, letters(&plain_text(text)), id.to_owned()));
            }
        });
        let mut counts: BTreeMap<(FileId, &str), usize> = BTreeMap::new();
        let mut numbered = Vec::new();
        for (file, words, id) in &headings {
            let count = counts.entry((*file, words)).and_modify(|count| *count += 1).or_insert(0);
            if *count == 0 {
                names.in_file.insert((*file, words.clone()), id.clone());
                names.anywhere.entry(words.clone()).or_insert(id.clone());
            } else {
                numbered.push((*file, format!("{words}{count}"), id));
            }
            // Pandoc leaves out what stands before the first letter.
            numbered.push((*file, words.trim_start_matches(|c: char| c.is_numeric()).to_owned(), id));
        }
        for (file, words, id) in numbered.into_iter().filter(|(_, words, _)| !words.is_empty()) {
            names.in_file.entry((file, words.clone())).or_insert(id.clone());
            names.anywhere.entry(words).or_insert(id.clone());
        }
        names
    }
}

/// Gives every link of the work a target that holds; a link without one leaves its text. `lead_inside`: whether any may lead to a place
/// of the work, so that its names must be known.
pub(super) fn resolve(
    doc: &mut Document,
    lead_inside: bool,
    (manuscript, owners, renamed): (&Manuscript, &Owners, &Renamed),
    report: &mut Report,
) {
    let names = if lead_inside { Names::of(&doc.body, owners) } else { Names::default() };
    let mut links = Links { names, owners, renamed, manuscript, lost_pages: Vec::new(), report };
    let mut empty = false;
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        let VisitMut::Inline(node) = visit else { return };
        let Inline::Link(link) = &mut node.kind else { return };
        match links.target(&link.target, node.span) {
            Some(target) => link.target = target,
            // What should say the number or the title of a place that is not there.
            None if link.text.is_empty() && link.target.len() > 1 && link.target.starts_with('#') => {
                let text = vec![Node::new(Inline::Text("[?]".to_owned()), node.span)];
                let target = link.target.split_off(1);
                let form = ReferenceForm::Missing;
                node.kind = Inline::Reference(Reference { target, through: None, form, text });
            }
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

/// Takes out what is left of links without text and of anchors without a name, and paragraphs that held nothing else.
pub fn take_out_empty(body: &mut Blocks) {
    let words = |line: &mut Inlines| {
        let says = |node: &Node<Inline>| node.attrs.as_ref().is_some_and(|attrs| **attrs != Attrs::default());
        line.retain(|node| says(node) || !matches!(&node.kind, Inline::Span(inner) if inner.is_empty()));
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
    names: Names,
    owners: &'a Owners,
    renamed: &'a Renamed,
    manuscript: &'a Manuscript,
    /// Where links of a wiki lead nowhere.
    lost_pages: Vec<Span>,
    report: &'a mut Report,
}

impl Links<'_> {
    /// Where a link leads, if it may lead there.
    fn target(&mut self, target: &str, span: Span) -> Option<String> {
        if let Some(id) = target.strip_prefix('#') {
            return self.inner(id, self.owners.of_file(span.file), span);
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
            let known = self.names.ids.contains_key(words).then_some(words);
            let known = known.or_else(|| self.names.anywhere.get(&letters(words)).map(String::as_str));
            known.filter(|_| !letters(words).is_empty()).map(|id| format!("#{id}"))
        };
        let is_it = |path: &str| {
            let file = path.rsplit('/').next().unwrap_or(path);
            file.rsplit_once('.').map_or(file, |(stem, _)| stem).eq_ignore_ascii_case(last)
        };
        let file = self.manuscript.sources.iter().find(|(_, source)| !last.is_empty() && is_it(&source.name));
        let file = file.map(|(file, _)| self.owners.of_file(file));
        let in_file = || Some(format!("#{}", self.names.in_file.get(&(file?, letters(heading)))?));
        let opening = || Some(format!("#{}", self.names.opening.get(&file?)?));
        in_file().or_else(|| by_words(heading)).or_else(opening).or_else(|| by_words(last))
    }

    /// Where `id` leads, said of `file`: an id there, a heading there, then anywhere in the work.
    fn inner(&mut self, id: &str, file: FileId, span: Span) -> Option<String> {
        let decoded = clean::percent_decoded(id);
        let of_file = |id: &str| self.names.ids.get(id).filter(|own| **own == file).map(|_| id.to_owned());
        let known = |id: &str| {
            let words = letters(id);
            (self.renamed.get(&(file, id.to_owned())).cloned())
                .or_else(|| of_file(id))
                .or_else(|| self.names.in_file.get(&(file, words.clone())).filter(|_| !words.is_empty()).cloned())
                .or_else(|| self.names.ids.contains_key(id).then(|| id.to_owned()))
                .or_else(|| self.names.anywhere.get(&words).filter(|_| !words.is_empty()).cloned())
        };
        let found = known(id)
            .or_else(|| known(&decoded))
            .or_else(|| known(&portable(&decoded.replace(':', "-"))))
            .or_else(|| known(decoded.strip_prefix("section-")?));
        if found.is_none() {
            self.report
                .warn("link-broken", span, format!("nothing in the work has the id \"{}\"", clean::line(id)))
                .hint("give the heading that it leads to this id: ## Heading {#id}");
        }
        found.map(|id| format!("#{id}"))
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
        let file = self.file(path.split('?').next().unwrap_or_default(), span.file);
        match (file, id) {
            (Some(file), "") if self.names.opening.contains_key(&file) => Some(format!("#{}", self.names.opening[&file])),
            (Some(file), id) if !id.is_empty() => self.inner(id, file, span),
            // MyST's labels need no sign before them.
            (None, "") if self.names.ids.contains_key(path) => Some(format!("#{path}")),
            _ => {
                self.report
                    .warn("link-local", span, format!("\"{}\" leads out of the book to a file", clean::line(target)))
                    .hint("link to a web address or to an #id in the work; the link's text stays");
                None
            }
        }
    }

    /// The chapter that a path means, said in the file `from`: told from that file, from the chapter that it is set into, or from the
    /// work's folder.
    fn file(&self, path: &str, from: FileId) -> Option<FileId> {
        let path = clean::percent_decoded(path);
        if path.is_empty() {
            return None;
        }
        let name = |file: FileId| self.manuscript.sources.get(file).name.as_str();
        let bases = [name(from), name(self.owners.of_file(from))];
        let near = bases.iter().filter_map(|base| beside(base, &path)).find_map(|wanted| self.named(|name| name == wanted));
        let bare = beside("", &path)?;
        near.or_else(|| self.named(|name| name == bare || name.ends_with(&format!("/{bare}"))))
    }

    /// The chapter of the first file whose name fits. mdBook's links may lead to the page that it makes of a file.
    fn named(&self, fits: impl Fn(&str) -> bool) -> Option<FileId> {
        let files = self.manuscript.sources.iter().filter(|(file, _)| !self.manuscript.is_project(*file));
        let normal = files.filter_map(|(file, source)| Some((file, beside("", &source.name)?)));
        let page = |name: &str| name.strip_suffix(".md").map(|stem| format!("{stem}.html"));
        let found: Vec<_> = normal.filter(|(_, name)| fits(name) || page(name).is_some_and(|page| fits(&page))).collect();
        found.first().map(|(file, _)| self.owners.of_file(*file))
    }
}

/// The path that `path` means in the folder of the file `base`, without steps that lead nowhere; none where it leads out.
fn beside(base: &str, path: &str) -> Option<String> {
    let absolute = if base.is_empty() { path.starts_with('/') } else { base.starts_with('/') };
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    Some(format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))).filter(|path| !path.is_empty())
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
    // A fragment has no sign of its own kind in it (RFC 3986, 3.5): `https://example.org/#/#room`.
    let fragment = target.find('#').unwrap_or(target.len());
    for (at, c) in target.char_indices() {
        let escaped = |n: usize| bytes.get(at + n).is_some_and(u8::is_ascii_hexdigit);
        let plain = match c {
            '%' => escaped(1) && escaped(2),
            '#' => at == fragment,
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
