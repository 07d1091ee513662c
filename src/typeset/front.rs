//! What stands before the text: half-title, title page, imprint, contents. Its pages are numbered apart, so that the text's
//! numbers are known when the contents are set.

use super::design::{Cut, Type};
use super::galley::{Galley, NEVER, Opens, decorate};
use super::line::Side;
use super::page::Role;
use super::setter::{Place, Setter, Voice};
use super::stretch::Plan;
use super::structure::{Aim, Caption, Captioned, Parent, Structure};
use super::title::{Kind, TitleLine};
use crate::env::{Words, conspectus};
use crate::tree::{Block, Document, Inlines, Node, TitleRun};

/// An entry of the contents.
#[derive(Clone, Debug)]
pub struct Entry {
    pub depth: usize,
    pub title: String,
    /// The title in the styles of its heading; nothing where it has none of its own.
    pub runs: Vec<TitleRun>,
    /// The label of the page that its heading stands on.
    pub page: String,
    /// Where it leads.
    pub aim: Aim,
}

/// A caption that a list names, and the label of its page.
#[derive(Clone, Debug)]
pub struct Listed {
    pub caption: Caption,
    pub page: String,
}

impl Listed {
    fn entry(&self) -> Entry {
        let (title, page) = (self.caption.text.clone(), self.page.clone());
        Entry { depth: LISTED_DEPTH, title, runs: Vec::new(), page, aim: Aim::Whole(self.caption.element) }
    }
}

/// Captions stand close to each other, as sections do.
const LISTED_DEPTH: usize = 2;

/// The sizes of the title, on its own page and on the one before it: so many times the text's.
pub const TITLE: f32 = 2.1;
pub const HALF_TITLE: f32 = 1.2;
/// Those of the author's name and of the subtitle.
const QUIET: f32 = 1.15;
const SUBTITLE: f32 = 1.3;

/// A contents of fewer entries tells nobody anything.
const FEWEST_ENTRIES: usize = 3;

/// Sets all that the design wants before the text.
pub fn front<'a>(
    doc: &'a Document,
    plan: &Plan<'a>,
    (entries, lists): (&[Entry], &[Listed]),
    (title, imprint): (&[TitleLine], &[String]),
    height: f32,
    setter: &mut Setter<'a>,
) -> (Galley, Structure) {
    let front = setter.design.front;
    let explained = !conspectus(doc, &setter.env.words(&doc.meta.language)).is_empty();
    if front.half_title || front.title_page || front.imprint || explained {
        setter.structure.begin(Role::Front, Parent::Root);
    }
    let words = setter.env.words(&doc.meta.language);
    let mut maker = Maker { doc, words, height, setter };
    if front.half_title {
        maker.half_title();
    }
    if front.title_page {
        maker.title_page(title);
    }
    if front.imprint {
        maker.imprint(imprint, &plan.imprint);
    }
    maker.conspectus();
    plan.preliminaries.iter().for_each(|node| maker.preliminary(node));
    // Parts stand over the chapters that are asked for.
    let depth = if front.contents > 0 { front.contents + usize::from(plan.has_parts()) } else { 0 };
    let listed: Vec<&Entry> = entries.iter().filter(|entry| entry.depth <= depth).collect();
    if listed.len() >= FEWEST_ENTRIES {
        maker.contents("contents", &listed.into_iter().cloned().collect::<Vec<_>>());
    }
    for (of, key) in [(Captioned::Figure, "figures"), (Captioned::Table, "tables")] {
        let own = lists.iter().filter(|listed| listed.caption.of == of);
        let entries: Vec<Entry> = own.map(Listed::entry).collect();
        if !entries.is_empty() {
            maker.contents(key, &entries);
        }
    }
    setter.take()
}

struct Maker<'m, 'a> {
    doc: &'a Document,
    words: Words,
    /// Of the text on a page.
    height: f32,
    setter: &'m mut Setter<'a>,
}

impl<'a> Maker<'_, 'a> {
    fn place(&self, size: f32, voice: Voice, side: Side) -> Place<'a> {
        let design = self.setter.design;
        let voice = Voice { hyphenate: false, old_style_figures: design.old_style_figures, ..voice };
        let base = Place::text(design, self.setter.measure, Parent::Element(0), &self.doc.meta.language);
        Place { kind: Type { size, leading: size * 1.25 }, voice, side, justify: false, grid: None, ..base }
    }

    /// A line or more of a text without markup, a paragraph of its own.
    fn say(&mut self, text: &str, role: Role, place: &Place<'a>) {
        let element = self.setter.structure.begin(role, place.parent);
        let copy = self.setter.plain(text, place, element);
        if place.side == Side::Centre {
            self.setter.set_balanced(copy, place);
        } else {
            self.setter.set(copy, place, 0.0);
        }
        self.setter.keep();
    }

    /// Everything since `start` begins a page, so far down.
    fn page(&mut self, start: usize, opens: Opens, sink: f32) {
        self.setter.flow.price = 0;
        self.setter.flow.white = 0.0;
        self.setter.opens(start, opens, sink);
    }

    fn half_title(&mut self) {
        let start = self.setter.slugs.len();
        let size = self.setter.design.text.size * HALF_TITLE;
        let title = self.doc.meta.title.clone();
        // What the title page says again is no part of the work's structure.
        let place = self.place(size, Voice::PLAIN, Side::Centre);
        let copy = self.setter.plain(&title, &place, 0);
        self.setter.set_balanced(copy, &place);
        decorate(&mut self.setter.slugs[start..]);
        self.page(start, Opens::Recto, self.height * 0.22);
    }

    /// The title page, as its template says.
    fn title_page(&mut self, lines: &[TitleLine]) {
        let (start, size) = (self.setter.slugs.len(), self.setter.design.text.size);
        let small = self.place(size, Voice::PLAIN, Side::Centre);
        for line in lines {
            match line.kind {
                Kind::Title => self.title(&self.place(size * TITLE, Voice::PLAIN, Side::Centre)),
                Kind::Quiet => self.say(&line.text, Role::Paragraph, &self.place(size * QUIET, Voice::PLAIN, Side::Centre)),
                Kind::Italic => {
                    let voice = Voice { italic: true, ..Voice::PLAIN };
                    self.say(&line.text, Role::Paragraph, &self.place(size * SUBTITLE, voice, Side::Centre));
                }
                Kind::Small => self.say(&line.text, Role::Paragraph, &small),
                Kind::Space(ems) => self.setter.space(size * ems),
                Kind::Foot => {}
            }
        }
        let foot: Vec<&str> = lines.iter().filter(|line| line.kind == Kind::Foot).map(|line| &*line.text).collect();
        let above: f32 = self.setter.slugs[start..].iter().map(|slug| slug.space + slug.height()).sum();
        let room = self.height * 0.84 - above - foot.len() as f32 * small.kind.leading;
        self.setter.flow.white = room.max(small.kind.leading);
        foot.into_iter().for_each(|line| self.say(line, Role::Paragraph, &small));
        self.page(start, Opens::Recto, self.height * 0.14);
    }

    /// The title: the text's own where it has one, with the notes that it calls.
    fn title(&mut self, place: &Place<'a>) {
        match own_title(&self.doc.body) {
            Some((node, text)) => {
                let element = self.setter.open(Role::Title, node, place);
                let copy = self.setter.copy(text, place, element);
                self.setter.set_balanced(copy, place);
                self.setter.keep();
            }
            None => self.say(&self.doc.meta.title, Role::Title, place),
        }
    }

    /// Who made the book, whose it is, how it was made: small, at the foot of the page behind the title.
    fn imprint(&mut self, lines: &[String], own: &[&'a Node<Block>]) {
        let start = self.setter.slugs.len();
        let note = self.setter.design.note;
        let place = Place { kind: note, ..self.place(note.size, Voice::PLAIN, Side::Start) };
        for line in lines {
            self.setter.space(note.leading * 0.5);
            self.say(line, Role::Paragraph, &place);
        }
        for node in own {
            self.setter.space(note.leading);
            self.setter.block(node, &Place { parent: Parent::Root, ..place.clone() });
            self.setter.keep();
        }
        let height: f32 = self.setter.slugs[start..].iter().map(|slug| slug.space + slug.height()).sum();
        self.page(start, Opens::Page, (self.height - height).max(0.0));
    }

    /// The witnesses and the signs of an edition, on a page of their own.
    fn conspectus(&mut self) {
        let start = self.setter.slugs.len();
        let text = self.setter.design.text;
        for list in conspectus(self.doc, &self.words) {
            let small_caps = Voice { small_caps: true, ..Voice::PLAIN };
            self.setter.space(text.leading);
            self.say(&list.title, Role::Paragraph, &self.place(text.size * 1.1, small_caps, Side::Centre));
            self.setter.space(text.leading * 0.5);
            let whole = self.place(text.size, Voice::PLAIN, Side::Start);
            let place = Place { kind: text, ..whole.inset(text.size * 2.0) };
            for (sign, meaning) in &list.entries {
                let element = self.setter.structure.begin(Role::Paragraph, place.parent);
                let copy = self.setter.plain(&format!("{sign}\u{2002}{meaning}"), &place, element);
                self.setter.set(copy, &place, -text.size * 2.0);
            }
        }
        if self.setter.slugs.len() > start {
            let sink = self.setter.design.sink;
            self.page(start, Opens::Recto, sink);
        }
    }

    /// A dedication or a motto, on a right-hand page of its own.
    fn preliminary(&mut self, node: &'a Node<Block>) {
        let start = self.setter.slugs.len();
        let place = Place::text(self.setter.design, self.setter.measure, Parent::Root, &self.doc.meta.language);
        self.setter.block(node, &Place { grid: None, ..place });
        let sink = self.setter.part_sink();
        self.page(start, Opens::Recto, sink);
    }

    /// The contents, or a list of figures or tables, by the word that it stands under.
    fn contents(&mut self, key: &str, entries: &[Entry]) {
        let start = self.setter.slugs.len();
        let list = self.setter.structure.begin(Role::Contents, Parent::Root);
        let head = *self.setter.design.head(1);
        let title = self.words.get(key).to_owned();
        let voice = Voice {
            bold: head.cut == Cut::Bold,
            italic: head.cut == Cut::Italic,
            small_caps: head.cut == Cut::SmallCaps,
            ..Voice::PLAIN
        };
        let side = if head.centred { Side::Centre } else { Side::Start };
        let place = Place { parent: Parent::Element(list), ..self.place(head.size, voice, side) };
        self.say(&title, Role::Paragraph, &place);
        self.setter.space(self.setter.design.text.leading * head.below.max(1.0));
        for entry in entries {
            if entry.depth == 1 {
                self.setter.space(self.setter.design.text.leading * 0.35);
            }
            self.entry(entry, list);
        }
        let sink = self.setter.design.sink;
        self.page(start, Opens::Recto, sink);
    }

    /// A title and its page's number, on the last of its lines.
    fn entry(&mut self, entry: &Entry, list: u32) {
        let text = self.setter.design.text;
        let element = self.setter.structure.begin(Role::ContentsEntry, Parent::Element(list));
        self.setter.structure.last().aim = Some(entry.aim.clone());
        let whole = Place { kind: text, ..self.place(text.size, Voice::PLAIN, Side::Start) };
        let depth = if matches!(entry.aim, Aim::Whole(_)) { 1 } else { entry.depth };
        let own = Setter::beside_numbers(&whole).inset((depth - 1) as f32 * text.size * 1.4 + text.size);
        // A heading of nothing but a picture still has its place in the contents.
        let title = if entry.title.is_empty() { "\u{2026}" } else { &entry.title };
        let copy = match &entry.runs[..] {
            [] => self.setter.plain(title, &own, element),
            runs => self.setter.title_copy(runs, &own, element),
        };
        let from = self.setter.slugs.len();
        self.setter.set(copy, &own, -text.size);
        // A heading may say nothing that can be set.
        if self.setter.slugs.len() == from {
            return;
        }
        self.setter.slugs[from + 1..].iter_mut().for_each(|slug| slug.price = NEVER);
        // The space parts the title from the number for whoever has the page read aloud.
        let number = self.setter.plain(&format!("\u{a0}{}", self.setter.counted(&entry.page)), &whole, element);
        self.setter.lead_to(number, &own, &whole);
    }
}

/// The work's title where its text carries it.
pub fn own_title(body: &[Node<Block>]) -> Option<(&Node<Block>, &Inlines)> {
    body.iter().find_map(|node| match &node.kind {
        Block::Title(text) => Some((node, text)),
        _ => None,
    })
}
