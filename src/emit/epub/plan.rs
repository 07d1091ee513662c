//! Which file of the book each piece of the work goes to, and by which ids they find each other. All of it is known before the
//! first file is written, so that links lead across files and files can be written side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::semantics::{Division, Divisions, divisions};
use super::weight;
use crate::env::Words;
use crate::report::Report;
use crate::settings::{EpubSettings, NotesAt};
use crate::span::Span;
use crate::tree::{
    Block, Document, GroupRole, Ids, Inline, Node, Note, NoteId, NoteMarks, Outline, PageBreak, Part, Section, Visit,
    inline_children, parts, walk_blocks,
};

/// Reading systems of small devices grow slow on files above some 300 kB; the weight is an estimate, so it stays below.
const LIMIT: usize = 230_000;

/// What a pop-up of Kindle's holds, in characters. A longer note is not cut in two: its pop-up leads on to the whole of it, and
/// wherever nothing pops up a second half would be a note that nobody called.
const POP_UP: usize = 5_000;

/// The book's files and the ids in them.
pub(super) struct Plan<'a> {
    pub files: Vec<File<'a>>,
    /// The file of the text that stands before the first heading.
    pub opening: Option<usize>,
    /// The printed pages whose label is known, in order.
    pub pages: Vec<PrintPage<'a>>,
    /// Which sections are parts, and which are chapters in them.
    pub divisions: Divisions<'a>,
    /// The file of each id that the source gives.
    homes: BTreeMap<&'a str, usize>,
    /// The ids that are made up, by the address of their node: looked up, never listed, so no output can depend on it.
    names: BTreeMap<usize, String>,
    notes: BTreeMap<NoteId, NoteHome<'a>>,
}

/// A file of the book that carries text of the work.
pub(super) struct File<'a> {
    pub name: String,
    pub title: String,
    pub kind: Kind,
    pub pieces: Vec<Piece<'a>>,
    /// The notes that stand at its end, in the order of their numbers.
    pub notes: Vec<&'a Note>,
    /// Of which chapters the notes are that stand together, if they are of several: before which of them each begins, and its name.
    pub chapters: Vec<(usize, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    TitlePage,
    /// A dedication, mottoes: what stands in front of the text.
    Preliminaries,
    Text,
    /// All notes, or a part of them, where they stand behind the text.
    Notes,
}

#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// A section with all that is in it.
    Whole(&'a Section<'a>),
    /// The head of a section that is cut: what belongs to it follows, in this file and others.
    Opening(&'a Section<'a>),
    Blocks(&'a [Node<Block>]),
}

/// A page of the printed source.
pub(super) struct PrintPage<'a> {
    pub label: &'a str,
    pub file: usize,
    pub id: String,
}

/// Where a note stands and whence it is called.
#[derive(Default)]
pub(super) struct NoteHome<'a> {
    pub file: usize,
    pub id: String,
    /// The language of the block that calls it, where that isn't the book's.
    pub lang: Option<&'a str>,
    /// What calls it.
    pub mark: String,
    /// File and id of each call, the first one first.
    pub calls: Vec<(usize, String)>,
}

impl<'a> Plan<'a> {
    pub fn new(doc: &'a Document, view: &'a Outline<'a>, settings: &EpubSettings, words: &Words, report: &mut Report) -> Self {
        let mut cutter = Cutter::new(doc, settings.notes == NotesAt::Chapter);
        cutter.preamble(view, words);
        let divisions = divisions(view, words);
        for section in &view.sections {
            match divisions.get(section.id) {
                Some(Division::Part) => cutter.part(section),
                Some(Division::Chapter) | None => cutter.chapter(section),
            }
        }
        let plan = Plan {
            files: cutter.files,
            opening: cutter.opening,
            pages: Vec::new(),
            divisions,
            homes: BTreeMap::new(),
            names: BTreeMap::new(),
            notes: BTreeMap::new(),
        };
        let mut scan = Scan {
            plan,
            ids: Ids::of(&doc.body),
            marks: NoteMarks::of(doc),
            lang: &doc.meta.language,
            title: &doc.meta.title,
            chapter: String::new(),
            together: (settings.notes == NotesAt::End).then(|| Together {
                title: words.get("notes").to_owned(),
                names: cutter.names,
                weight: 0,
            }),
            unlabelled: 0,
            in_notes: Vec::new(),
            long: Vec::new(),
        };
        scan.files();
        scan.forget_only_chapter();
        scan.list_pages_in_notes();
        if scan.unlabelled > 0 {
            let message = format!("{} page break(s) of the printed source have no label", scan.unlabelled);
            report
                .remark("page-unlabelled", None, message + " and are not in the e-book")
                .hint("readers find printed pages by their labels; name the pages in the source");
        }
        for (note, span, length) in &scan.long {
            report
                .remark("note-long", *span, format!("note {} has {length} characters: pop-ups show its beginning only", note.0))
                .hint(format!(
                    "up to {POP_UP} are shown whole; every reader finds the rest behind the text, where the pop-up leads"
                ));
        }
        scan.plan
    }

    /// How a link in the file `from` names the id `id` of the source. None where nothing that is read has that id.
    pub fn href(&self, from: usize, id: &str) -> Option<String> {
        self.homes.get(id).map(|home| self.across(from, *home, id))
    }

    /// How a link in the file `from` names an id in the file `to`.
    pub fn across(&self, from: usize, to: usize, id: &str) -> String {
        if from == to { format!("#{id}") } else { self.address(to, id) }
    }

    /// An id with its file.
    pub fn address(&self, file: usize, id: &str) -> String {
        format!("{}#{id}", self.files[file].name)
    }

    /// The address of an id of the source, as the navigation writes it.
    pub fn place(&self, id: &str) -> Option<String> {
        self.homes.get(id).map(|home| self.address(*home, id))
    }

    /// The id that was made up for a page break or a call.
    pub fn name<K>(&self, node: &Node<K>) -> Option<&str> {
        self.names.get(&address(node)).map(String::as_str)
    }

    pub fn note(&self, id: NoteId) -> Option<&NoteHome<'a>> {
        self.notes.get(&id)
    }
}

fn address<K>(node: &Node<K>) -> usize {
    std::ptr::from_ref(node).addr()
}

/// Cuts the work into files.
struct Cutter<'a> {
    files: Vec<File<'a>>,
    opening: Option<usize>,
    names: Names,
    /// Whether notes weigh where they are called.
    notes: bool,
    /// The weight of the last file.
    weight: usize,
    title: &'a str,
}

impl<'a> Cutter<'a> {
    fn new(doc: &'a Document, notes: bool) -> Self {
        Self { files: Vec::new(), opening: None, names: Names::default(), notes, weight: 0, title: &doc.meta.title }
    }

    fn open(&mut self, name: &str, title: String, kind: Kind) {
        let name = self.names.fresh(name);
        self.files.push(File { name, title, kind, pieces: Vec::new(), notes: Vec::new(), chapters: Vec::new() });
        self.weight = 0;
    }

    fn put(&mut self, piece: Piece<'a>, weight: usize) {
        self.weight += weight;
        let pieces = &mut self.files.last_mut().expect("a file is open").pieces;
        pieces.push(piece);
    }

    /// The title page, and what stands before the first heading.
    fn preamble(&mut self, view: &'a Outline<'a>, words: &Words) {
        self.open("title-page", words.get("title-page").to_owned(), Kind::TitlePage);
        let seen = |node: &Node<Block>| !matches!(node.kind, Block::Title(_) | Block::PageBreak(_) | Block::Comment(_));
        let in_front = |node: &Node<Block>| matches!(&node.kind, Block::Group(group) if matches!(group.role, GroupRole::Dedication | GroupRole::Epigraph));
        // Behind the text's first words they belong to these.
        let front = view.preamble.iter().position(|node| seen(node) && !in_front(node)).unwrap_or(view.preamble.len());
        let front = view.preamble[..front].iter().rposition(in_front).map_or(0, |last| last + 1);
        let (front, text) = view.preamble.split_at(front);
        if !front.is_empty() {
            self.open("preliminaries", self.title.to_owned(), Kind::Preliminaries);
            self.put(Piece::Blocks(front), 0);
        }
        if text.iter().any(seen) {
            self.opening = Some(self.files.len());
            self.open("text", self.title.to_owned(), Kind::Text);
            self.blocks(text, "text", self.title);
        } else {
            self.put(Piece::Blocks(text), 0);
        }
    }

    fn chapter(&mut self, section: &'a Section<'a>) {
        let title = section.name();
        let title = if title.is_empty() { self.title.to_owned() } else { title };
        let name = ascii(section.id);
        self.open(&name, title.clone(), Kind::Text);
        self.section(section, &name, &title);
    }

    /// A part: its heading and what stands before its first chapter in a file of its own, then its chapters.
    fn part(&mut self, section: &'a Section<'a>) {
        let title = section.name();
        let name = ascii(section.id);
        self.open(&name, title.clone(), Kind::Text);
        self.put(Piece::Opening(section), weight::blocks(section.lead, self.notes) + 200);
        self.blocks(section.body, &name, &title);
        section.sections.iter().for_each(|chapter| self.chapter(chapter));
    }

    /// A section, whole where it fits.
    fn section(&mut self, section: &'a Section<'a>, name: &str, title: &str) {
        let weight = weight::section(section, self.notes);
        if self.weight + weight <= LIMIT {
            return self.put(Piece::Whole(section), weight);
        }
        if weight <= LIMIT {
            self.open(name, title.to_owned(), Kind::Text);
            return self.put(Piece::Whole(section), weight);
        }
        if self.weight > LIMIT / 2 {
            self.open(name, title.to_owned(), Kind::Text);
        }
        self.put(Piece::Opening(section), weight::blocks(section.lead, self.notes) + 200);
        self.blocks(section.body, name, title);
        section.sections.iter().for_each(|inner| self.section(inner, name, title));
    }

    /// Blocks, in as many files as they need. A single block is never cut.
    fn blocks(&mut self, blocks: &'a [Node<Block>], name: &str, title: &str) {
        let mut from = 0;
        for (at, node) in blocks.iter().enumerate() {
            let weight = weight::blocks(std::slice::from_ref(node), self.notes);
            // Never right behind a heading.
            if at > 0 && self.weight + weight > LIMIT {
                self.put(Piece::Blocks(&blocks[from..at]), 0);
                self.open(name, title.to_owned(), Kind::Text);
                from = at;
            }
            self.weight += weight;
        }
        self.put(Piece::Blocks(&blocks[from..]), 0);
    }
}

/// The names of files that are taken; those of the book's other files are from the start.
struct Names {
    taken: BTreeSet<String>,
    /// The number to try next for each: headings that begin alike may be many.
    next: BTreeMap<String, usize>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            taken: ["nav", "cover", "imprint", "conspectus"].into_iter().map(str::to_owned).collect(),
            next: BTreeMap::new(),
        }
    }
}

impl Names {
    fn fresh(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let count = self.next.entry(wanted.to_owned()).or_insert(1);
        while !self.taken.insert(name.clone()) {
            *count += 1;
            name = format!("{wanted}-{count}");
        }
        name + ".xhtml"
    }
}

/// An id as a file's name: some reading systems and shops still stumble over more than ASCII.
pub(super) fn ascii(id: &str) -> String {
    let mut name = String::new();
    for c in deunicode::deunicode(id).chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(40);
    let name = name.trim_end_matches('-');
    if name.is_empty() { "section".to_owned() } else { name.to_owned() }
}

/// Finds what bears an id, and makes ids for what needs one.
struct Scan<'a> {
    plan: Plan<'a>,
    ids: Ids,
    marks: NoteMarks,
    /// The book's language and its title.
    lang: &'a str,
    title: &'a str,
    /// The chapter that is looked through.
    chapter: String,
    /// Where notes stand together.
    together: Option<Together>,
    unlabelled: usize,
    /// The pages that begin inside notes: before which of the text's pages each is passed, and the address of its node.
    in_notes: Vec<(usize, usize, PrintPage<'a>)>,
    /// The notes that no pop-up shows whole: which, where it is called, how many characters.
    long: Vec<(NoteId, Span, usize)>,
}

struct Together {
    title: String,
    names: Names,
    /// Of the last file of notes.
    weight: usize,
}

/// Where a node stands.
#[derive(Clone, Copy)]
struct At<'a> {
    file: usize,
    in_note: bool,
    lang: Option<&'a str>,
}

impl<'a> Scan<'a> {
    fn files(&mut self) {
        // Files of notes are added on the way: they are filled by what calls the notes.
        for file in 0..self.plan.files.len() {
            let at = At { file, in_note: false, lang: None };
            self.chapter = match self.plan.files[file].kind {
                Kind::Text => self.plan.files[file].title.clone(),
                Kind::TitlePage | Kind::Preliminaries | Kind::Notes => self.title.to_owned(),
            };
            for piece in self.plan.files[file].pieces.clone() {
                match piece {
                    Piece::Whole(section) => self.section(section, at),
                    Piece::Opening(section) => self.opening(section, at),
                    Piece::Blocks(blocks) => self.blocks(blocks, at),
                }
            }
        }
    }

    /// Notes of a single chapter need not say whose they are.
    fn forget_only_chapter(&mut self) {
        let named: BTreeSet<&String> = self.plan.files.iter().flat_map(|file| &file.chapters).map(|(_, name)| name).collect();
        if named.len() < 2 {
            self.plan.files.iter_mut().for_each(|file| file.chapters.clear());
        }
    }

    fn section(&mut self, section: &'a Section<'a>, at: At<'a>) {
        self.opening(section, at);
        self.blocks(section.body, at);
        section.sections.iter().for_each(|inner| self.section(inner, at));
    }

    fn opening(&mut self, section: &'a Section<'a>, at: At<'a>) {
        self.blocks(section.lead, at);
        self.blocks(std::slice::from_ref(section.heading), at);
    }

    fn blocks(&mut self, blocks: &'a [Node<Block>], at: At<'a>) {
        for node in blocks {
            // The title is on the title page, whatever file the blocks around it are in.
            let at = if matches!(node.kind, Block::Title(_)) { At { file: 0, ..at } } else { at };
            let at = At { lang: node.lang().or(at.lang), ..at };
            if !matches!(node.kind, Block::Comment(_)) {
                self.plan.homes.extend(node.id().map(|id| (id, at.file)));
            }
            if let Block::PageBreak(page) = &node.kind {
                self.page(node, page, at);
            }
            parts(&node.kind, &mut |part| match part {
                Part::Line(text) => self.inlines(text, at),
                Part::Blocks(inner) => self.blocks(inner, at),
                Part::Cell(cell) => {
                    self.plan.homes.extend(cell.id().map(|id| (id, at.file)));
                    self.blocks(&cell.kind.body, At { lang: cell.lang().or(at.lang), ..at });
                }
                Part::Image(image) => self.plan.homes.extend(image.id().map(|id| (id, at.file))),
            });
        }
    }

    fn inlines(&mut self, inlines: &'a [Node<Inline>], at: At<'a>) {
        for node in inlines {
            match &node.kind {
                Inline::Note(note) => self.note(node, note, at),
                Inline::NoteCall(id) => self.call(node, *id, at),
                Inline::PageBreak(page) => self.page(node, page, at),
                Inline::LineEnd | Inline::Comment(_) => continue,
                Inline::Text(_)
                | Inline::LineBreak
                | Inline::Styled(..)
                | Inline::Span(_)
                | Inline::Ruby { .. }
                | Inline::Code(_)
                | Inline::Math(_)
                | Inline::Link(_)
                | Inline::Citation(_)
                | Inline::Reference(_)
                | Inline::IndexTerm(_)
                | Inline::Image(_) => {}
            }
            self.plan.homes.extend(node.id().map(|id| (id, at.file)));
            self.inlines(inline_children(&node.kind), at);
        }
    }

    /// A page without a label can't be named. One inside a note is marked where no other place has its label: a note that runs over
    /// to the next page passes a break that the text has, too, and a list of pages has one place for each.
    fn page<K>(&mut self, node: &Node<K>, page: &'a PageBreak, at: At<'a>) {
        let Some(label) = page.label.as_deref().map(str::trim).filter(|label| !label.is_empty()) else {
            self.unlabelled += 1;
            return;
        };
        let id = match node.id() {
            Some(own) => own.to_owned(),
            None if at.in_note => self.ids.fresh(format!("note-page-{}", name(label))),
            None => self.ids.fresh(format!("page-{}", name(label))),
        };
        let page = PrintPage { label, file: at.file, id };
        if at.in_note {
            self.in_notes.push((self.plan.pages.len(), address(node), page));
        } else {
            self.plan.names.insert(address(node), page.id.clone());
            self.plan.pages.push(page);
        }
    }

    /// Lists the pages that begin in notes alone: behind the page before them by number, else where they are passed.
    fn list_pages_in_notes(&mut self) {
        let mut listed: BTreeSet<&str> = self.plan.pages.iter().map(|page| page.label).collect();
        let mut added = 0;
        for (place, node, page) in std::mem::take(&mut self.in_notes) {
            if !listed.insert(page.label) {
                continue;
            }
            self.plan.names.insert(node, page.id.clone());
            let number = |page: &PrintPage| page.label.parse::<u32>().ok();
            let before = number(&page).and_then(|own| {
                let lower = |other: &PrintPage| number(other).is_some_and(|other| other < own);
                self.plan.pages.iter().rposition(lower).map(|at| at + 1)
            });
            let at = before.unwrap_or(place + added).min(self.plan.pages.len());
            self.plan.pages.insert(at, page);
            added += 1;
        }
    }

    fn note(&mut self, node: &Node<Inline>, note: &'a Note, at: At<'a>) {
        let home = self.home(note, at);
        let id = self.ids.fresh(format!("note-{}", note.id.0));
        let entry = self.plan.notes.entry(note.id).or_default();
        (entry.file, entry.id, entry.mark) = (home, id, self.marks.mark(note.id));
        entry.lang = at.lang.filter(|lang| *lang != self.lang);
        let file = &mut self.plan.files[home];
        if self.together.is_some() && file.chapters.last().is_none_or(|(_, name)| *name != self.chapter) {
            file.chapters.push((file.notes.len(), self.chapter.clone()));
        }
        file.notes.push(note);
        let length = length(note);
        if length > POP_UP {
            self.long.push((note.id, node.span, length));
        }
        self.call(node, note.id, at);
        self.blocks(&note.body, At { file: home, in_note: true, ..at });
    }

    /// The file in which a note stands.
    fn home(&mut self, note: &Note, at: At<'a>) -> usize {
        let Some(together) = &mut self.together else { return at.file };
        let weight = weight::blocks(&note.body, false) + 200;
        let last = self.plan.files.len() - 1;
        if self.plan.files[last].kind == Kind::Notes && together.weight + weight <= LIMIT {
            together.weight += weight;
            return last;
        }
        together.weight = weight;
        let name = together.names.fresh("notes");
        let title = together.title.clone();
        let (pieces, notes, chapters) = (Vec::new(), Vec::new(), Vec::new());
        self.plan.files.push(File { name, title, kind: Kind::Notes, pieces, notes, chapters });
        last + 1
    }

    fn call(&mut self, node: &Node<Inline>, id: NoteId, at: At<'a>) {
        let count = self.plan.notes.get(&id).map_or(0, |note| note.calls.len());
        let wanted = if count == 0 { format!("call-{}", id.0) } else { format!("call-{}-{}", id.0, count + 1) };
        let own = node.id().map(str::to_owned);
        let name = own.unwrap_or_else(|| self.ids.fresh(wanted));
        self.plan.names.insert(address(node), name.clone());
        self.plan.notes.entry(id).or_default().calls.push((at.file, name));
    }
}

/// About how many characters a note has; those of notes on it are among them.
fn length(note: &Note) -> usize {
    let mut length = 0;
    walk_blocks(&note.body, &mut |visit| {
        if let Visit::Inline(node) = visit {
            length += match &node.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => text.chars().count(),
                Inline::Note(_)
                | Inline::LineBreak
                | Inline::LineEnd
                | Inline::Styled(..)
                | Inline::Span(_)
                | Inline::Ruby { .. }
                | Inline::Link(_)
                | Inline::Citation(_)
                | Inline::Reference(_)
                | Inline::IndexTerm(_)
                | Inline::Image(_)
                | Inline::NoteCall(_)
                | Inline::PageBreak(_)
                | Inline::Comment(_) => 0,
            };
        }
    });
    length
}

/// A label as a part of an id.
fn name(label: &str) -> String {
    let name: String = label.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    name.to_lowercase()
}
