//! The structure tree, walked as a reader aloud walks it: what each element is, which marked stretches it holds, where its links
//! lead. Roles that are not the standard's are looked up in the role map.

use std::collections::{BTreeMap, BTreeSet};

use super::content::{Stretch, goes_on};
use super::file::File;
use super::object::{Dictionary, Object};
use super::{Page, picture, text_string};
use crate::verify::reading::{Call, Column, FoundNote, Height, Picture, Place, Reading, Target, arrives};
use crate::verify::script::{address, squeezed};
use crate::verify::words::Cut;

/// Elements inside a line (ISO 32000-1, 14.8.4.4).
const INLINE: &[&[u8]] = &[
    b"Span",
    b"Quote",
    b"Note",
    b"Reference",
    b"BibEntry",
    b"Code",
    b"Link",
    b"Annot",
    b"Ruby",
    b"RB",
    b"Em",
    b"Strong",
    b"Formula",
    b"Figure",
];

/// What an output adds for whoever looks something up.
const ADDED: &[&[u8]] = &[b"TOC", b"TOCI", b"Index", b"Artifact"];

/// Deeper trees are those of a damaged file.
const DEPTH: usize = crate::budget::XML_NESTING;

#[derive(Clone, Copy, PartialEq)]
enum To {
    Nowhere,
    /// The text of a label, of which its form says whether it is the work's.
    Label,
    /// The mark of a note, in a note.
    Mark(usize),
    Title,
    Body,
    /// The note at this position.
    Note(usize),
}

/// A call or the mark of a note: what it says, where it stands, and where its link leads.
#[derive(Default)]
struct Lead {
    said: String,
    place: Option<Spot>,
    goal: Option<(usize, f32)>,
}

/// A place on a page: the page from 0, the height of the baseline, and the size of the letters there.
#[derive(Clone, Copy)]
struct Spot {
    page: usize,
    height: f32,
    size: f32,
}

/// How the words of a PDF are cut: no glyph shows a joiner.
const CUT: Cut = Cut { joinerless: true, plain: false, pages: false, encoded: false };

pub fn read(file: &File, ids: &[u32], pages: &[Page], reading: Reading) -> Reading {
    let mut walker = Walker {
        file,
        pages,
        number: ids.iter().enumerate().map(|(at, id)| (*id, at)).collect(),
        roles: BTreeMap::new(),
        reading,
        title: Column::new(CUT),
        body: Column::new(CUT),
        notes: Vec::new(),
        labels: Labels::Numbers,
        above: false,
        heading: false,
        calls: Vec::new(),
        marks: Vec::new(),
        label: String::new(),
        lead: None,
        said: BTreeSet::new(),
        last: None,
        drawn: BTreeMap::new(),
        apart: (0, 0),
        cells: (Vec::new(), 0),
    };
    walker.root();
    walker.finish()
}

/// A note that is being read: its words, and where on the page its first stands.
type OpenNote = (FoundNote, Column, Option<Spot>);

/// What the labels of a list are (ISO 32000-1, table 347).
#[derive(Clone, Copy)]
enum Labels {
    Numbers,
    /// Letters or Roman numerals.
    Letters,
    /// Terms that are explained.
    Words,
}

/// What on a page is read in one go, and so drawn in one go, from top to bottom. A table or a figure may stand elsewhere on its page,
/// and its cells stand side by side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Text {
    Running,
    /// By its position.
    Note(usize),
    /// The beginnings of the notes of one series: those that letters call, as an apparatus has them, or those that figures and signs
    /// call. A page may have each series by itself.
    Notes(bool),
    /// A table or figure, by its count: what stands outside of cells, and the cells' beginnings.
    Apart(usize),
    /// A cell, by its count. Cells side by side are drawn line by line, each a line at a time.
    Cell(usize),
}

struct Walker<'d> {
    file: &'d File<'d>,
    pages: &'d [Page],
    number: BTreeMap<u32, usize>,
    roles: BTreeMap<Vec<u8>, Vec<u8>>,
    reading: Reading,
    title: Column,
    body: Column,
    notes: Vec<OpenNote>,
    calls: Vec<Lead>,
    /// The marks of notes, by the note's position.
    marks: Vec<(usize, Lead)>,
    label: String,
    labels: Labels,
    /// Whether what is read stands above its line.
    above: bool,
    /// Whether we are in a heading.
    heading: bool,
    /// The call or mark that is being read.
    lead: Option<Lead>,
    /// The stretches that the tree names, by page and MCID.
    said: BTreeSet<(usize, i64)>,
    /// The column and stretch that were read last.
    last: Option<(To, usize, i64)>,
    /// What was read last of each page's texts: how many stretches the page shows before it, and its height.
    drawn: BTreeMap<(usize, Text), (usize, f32)>,
    /// How many tables and figures are open, and how many there were before.
    apart: (usize, usize),
    /// The cells that are open, by their count, and how many there were before.
    cells: (Vec<usize>, usize),
}

/// What stands below an element: one thing, or a list.
fn listed<'k, 'd>(kids: &'k Object<'d>) -> &'k [Object<'d>] {
    kids.array().unwrap_or(std::slice::from_ref(kids))
}

impl<'d> Walker<'d> {
    fn root(&mut self) {
        let file = self.file;
        let Some(root) = file.catalog().and_then(|catalog| file.dictionary(&catalog, b"StructTreeRoot")) else {
            return self.reading.fault("structure-missing", "there is no structure tree: nobody can have it read aloud");
        };
        for (name, role) in file.dictionary(&root, b"RoleMap").unwrap_or_default().iter() {
            if let Object::Name(role) = role {
                self.roles.insert(name.to_vec(), role.to_vec());
            }
        }
        self.reading.paged = true;
        self.kids(&root, None, To::Body, 0);
        let pages = self.pages;
        let stretches = pages.iter().enumerate().flat_map(|(at, page)| page.shown.marked.iter().map(move |of| (at, of)));
        let lost = stretches
            .filter(|(page, (id, stretch))| !stretch.text.trim().is_empty() && !self.said.contains(&(*page, **id)))
            .map(|(page, (_, stretch))| (page, stretch));
        for (page, stretch) in lost.collect::<Vec<_>>() {
            let said = squeezed(&stretch.text);
            self.reading.fault("text-unread", format!("page {}: \"{said}\" is in no element of the structure tree", page + 1));
        }
        for (page, shown) in pages.iter().enumerate() {
            let beside = shown.shown.beside.iter().map(|beside| (page + 1, squeezed(&beside.text), beside.height));
            self.reading.beside.extend(beside);
        }
    }

    fn finish(mut self) -> Reading {
        self.lead_on();
        self.reading.title = self.title.finish();
        self.reading.body = self.body.finish();
        self.reading.notes =
            self.notes.into_iter().map(|(note, column, _)| FoundNote { found: column.finish(), ..note }).collect();
        self.reading
    }

    fn column(&mut self, to: To) -> Option<&mut Column> {
        match to {
            To::Nowhere | To::Label | To::Mark(_) => None,
            To::Title => Some(&mut self.title),
            To::Body => Some(&mut self.body),
            To::Note(at) => self.notes.get_mut(at).map(|(_, column, _)| column),
        }
    }

    fn kids(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize) {
        if depth > DEPTH {
            return self.reading.fault("structure-broken", "the structure tree is too deep, or goes in circles");
        }
        if let Some(kids) = self.file.get(dict, b"K") {
            listed(&kids).iter().for_each(|kid| self.kid(kid, page, to, depth));
        }
    }

    /// The page that a dictionary names.
    fn page_of(&self, dict: &Dictionary) -> Option<usize> {
        self.number.get(&dict.reference(b"Pg")?).copied()
    }

    fn kid(&mut self, kid: &Object<'d>, page: Option<usize>, to: To, depth: usize) {
        match self.file.follow(kid).as_deref() {
            Some(Object::Number(id)) => self.content(page, *id as i64, to),
            Some(Object::Dictionary(dict)) => {
                let own = self.page_of(dict);
                match dict.name(b"Type") {
                    b"MCR" => self.content(own.or(page), dict.integer(b"MCID").unwrap_or(-1), to),
                    b"OBJR" => self.annotation(dict, to),
                    _ => self.element(dict, own.or(page), to, depth),
                }
            }
            _ => self.reading.fault("structure-broken", "an element of the structure tree leads to nothing"),
        }
    }

    fn element(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize) {
        let name = dict.name(b"S");
        let mapped = self.roles.get(name).cloned();
        let role = mapped.as_deref().unwrap_or(name);
        if ADDED.contains(&role) {
            return self.kids(dict, page, To::Nowhere, depth + 1);
        }
        let alt = |key: &[u8]| dict.text(key).map(|bytes| squeezed(&text_string(bytes)));
        let block = !INLINE.contains(&role) && !INLINE.contains(&name);
        if block {
            self.close(to);
        }
        // What stands in columns begins again at their top.
        let apart = name == b"Columns" || matches!(role, b"Table" | b"Figure");
        if apart {
            self.apart = (self.apart.0 + 1, self.apart.1 + usize::from(self.apart.0 == 0));
        }
        let is_cell = matches!(role, b"TD" | b"TH");
        if is_cell {
            self.cells.0.push(self.cells.1);
            self.cells.1 += 1;
        }
        match (name, role) {
            (b"TitlePage" | b"Title", _) => {
                self.kids(dict, page, To::Title, depth + 1);
                self.title.lexer.close();
            }
            (_, b"Formula") => {
                let said = alt(b"Alt").or(alt(b"ActualText")).unwrap_or_default();
                let place = self.place_drawn(dict, page);
                self.kids(dict, page, To::Nowhere, depth + 1);
                if to == To::Label {
                    self.label.push(char::REPLACEMENT_CHARACTER);
                }
                if let Some(column) = self.column(to) {
                    column.lexer.close();
                    place.into_iter().for_each(|place| column.at(place));
                    column.formula(&said);
                }
            }
            (_, b"Figure") => self.figure(dict, page, to, depth, &alt(b"Alt").unwrap_or_default()),
            (_, b"Reference") if to != To::Nowhere => self.call(dict, page, to, depth),
            (_, b"Note") => self.note(dict, page, to, depth),
            // A reading stands above what it is read after.
            (_, b"RT") => {
                let outer = std::mem::replace(&mut self.above, true);
                self.kids(dict, page, to, depth + 1);
                self.above = outer;
            }
            (_, b"Lbl") => self.label(dict, page, to, depth),
            // The number of a division is its heading's label.
            (_, [b'H', ..]) => {
                let outer = std::mem::replace(&mut self.heading, true);
                self.kids(dict, page, to, depth + 1);
                self.heading = outer;
            }
            (_, b"L") => {
                let own = self.labels(dict);
                let outer = std::mem::replace(&mut self.labels, own);
                self.kids(dict, page, to, depth + 1);
                self.labels = outer;
            }
            (b"Folios", _) => self.folios(dict, page, depth),
            (_, b"Link") if self.lead.is_none() => {
                if let (Some(target), Some(column)) = (self.target(dict), self.column(to)) {
                    column.link(target);
                }
                self.kids(dict, page, to, depth + 1);
                if let Some(column) = self.column(to) {
                    column.link_ends();
                }
            }
            _ => self.kids(dict, page, to, depth + 1),
        }
        if apart {
            self.apart.0 -= 1;
        }
        if is_cell {
            self.cells.0.pop();
        }
        if block {
            self.close(to);
        }
    }

    /// Numbers of pages, each of which must be the label of the page that its link leads to. What stands between them is theirs.
    fn folios(&mut self, dict: &Dictionary<'d>, page: Option<usize>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let last = self.last.take();
        let Some(kids) = self.file.get(dict, b"K") else { return };
        for kid in listed(&kids) {
            let lead = self.lead.replace(Lead::default());
            self.kid(kid, page, To::Nowhere, depth + 1);
            let own = std::mem::replace(&mut self.lead, lead).unwrap_or_default();
            let Some((goal, _)) = own.goal else { continue };
            let label = self.pages.get(goal).map(|page| page.label.to_string()).unwrap_or_default();
            let said = squeezed(&own.said);
            if said != label {
                self.reading.fault("page-wrong", format!("a reference says page {said}, and leads to page {label}"));
            }
        }
        self.last = last;
    }

    fn close(&mut self, to: To) {
        if let Some(column) = self.column(to) {
            column.lexer.close();
        }
        self.last = None;
    }

    /// A call says the number of its note; where its link leads is what counts.
    fn call(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize) {
        let last = self.last.take();
        self.lead = Some(Lead::default());
        self.kids(dict, page, To::Nowhere, depth + 1);
        let lead = self.lead.take().unwrap_or_default();
        self.last = last;
        if to == To::Label {
            self.label.push(char::REPLACEMENT_CHARACTER);
        }
        let key = format!("call {}", self.calls.len());
        self.calls.push(lead);
        if let Some(column) = self.column(to) {
            column.call(Call { note: String::new(), key });
        }
    }

    fn note(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize) {
        let last = self.last.take();
        if to == To::Label {
            // It is read with the term that calls it.
            self.kids(dict, page, To::Nowhere, depth + 1);
            self.last = last;
            return;
        }
        let at = self.notes.len();
        let note = FoundNote { key: format!("note {at}"), back: Some(Vec::new()), ..FoundNote::default() };
        self.notes.push((note, Column::new(CUT), None));
        let inner = if to == To::Nowhere { To::Nowhere } else { To::Note(at) };
        // A note that a table calls stands with the others.
        let (apart, cells) = (std::mem::take(&mut self.apart.0), std::mem::take(&mut self.cells.0));
        self.kids(dict, page, inner, depth + 1);
        (self.apart.0, self.cells.0) = (apart, cells);
        self.last = last;
    }

    /// What a list says that the labels of its items are.
    fn labels(&self, dict: &Dictionary<'d>) -> Labels {
        let attributes = self.file.get(dict, b"A");
        let numbering = attributes.as_ref().and_then(|found| found.dictionary()).and_then(|found| found.get(b"ListNumbering"));
        match numbering {
            Some(Object::Name(name)) if name.ends_with(b"Alpha") || name.ends_with(b"Roman") => Labels::Letters,
            Some(Object::Name(name)) if &name[..] == b"None" => Labels::Words,
            _ => Labels::Numbers,
        }
    }

    /// The mark of a note leads back to its call, where there are links; it is what stands first in the note. The number or bullet of
    /// an item is no word of the work; the term of a list of terms is.
    fn label(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize) {
        if let (To::Note(at), None) = (to, &self.lead)
            && (self.target_below(dict, 0) || self.notes[at].2.is_none())
        {
            self.lead = Some(Lead::default());
            self.kids(dict, page, To::Mark(at), depth + 1);
            let lead = self.lead.take().unwrap_or_default();
            self.notes[at].2 = lead.place;
            self.marks.push((at, lead));
            return;
        }
        self.label.clear();
        let calls = self.calls.len();
        // Read once to see what it is; a term is then read again, as what it is.
        let said = std::mem::take(&mut self.said);
        self.kids(dict, page, To::Label, depth + 1);
        let read = std::mem::replace(&mut self.said, said);
        let label = squeezed(&self.label);
        let number = label.strip_suffix('.').is_some_and(|number| !number.is_empty() && number.chars().all(is_digit));
        let letters = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphabetic());
        let number = match self.labels {
            _ if self.heading || label.is_empty() => true,
            Labels::Words => false,
            Labels::Numbers | Labels::Letters if matches!(label.as_str(), "•" | "☐" | "☑" | "–") => true,
            Labels::Numbers => number,
            Labels::Letters => number || label.strip_suffix('.').is_some_and(letters),
        };
        if number {
            self.said.extend(read);
        } else {
            self.calls.truncate(calls);
            self.kids(dict, page, to, depth + 1);
        }
    }

    fn figure(&mut self, dict: &Dictionary<'d>, page: Option<usize>, to: To, depth: usize, alt: &str) {
        if to == To::Label {
            self.label.push(char::REPLACEMENT_CHARACTER);
        }
        let images = self.images(dict, page, 0);
        let picture = images.first().map_or(Picture::Missing, |id| picture::read(self.file, *id));
        let place = self.place_drawn(dict, page);
        if let Some(column) = self.column(to) {
            place.into_iter().for_each(|place| column.at(place));
            column.images.push(picture);
            column.image(alt);
        }
        // What it shows is said by its alternative text; its caption is an element of its own.
        let kids = self.file.get(dict, b"K");
        for kid in kids.as_deref().map_or(&[][..], listed) {
            let followed = self.file.follow(kid);
            let caption = followed.as_ref().and_then(|kid| kid.dictionary()).is_some_and(|kid| kid.get(b"S").is_some());
            self.kid(kid, page, if caption { to } else { To::Nowhere }, depth + 1);
        }
    }

    /// Where a figure or a formula is drawn: what stands before it may have moved to the next page, or it may itself.
    fn place_drawn(&self, dict: &Dictionary<'d>, page: Option<usize>) -> Option<Place> {
        let at = self.drawn_on(dict, self.page_of(dict).or(page))?;
        Some(Place::Pdf { page: at + 1, label: self.pages.get(at)?.label.clone() })
    }

    /// The page on which the first stretch of an element is drawn, the elements in it left out.
    fn drawn_on(&self, dict: &Dictionary<'d>, page: Option<usize>) -> Option<usize> {
        let kids = self.file.get(dict, b"K");
        kids.as_deref().map_or(&[][..], listed).iter().filter_map(|kid| self.file.follow(kid)).find_map(|kid| match &*kid {
            Object::Number(_) => page,
            Object::Dictionary(kid) if kid.get(b"S").is_none() => self.page_of(kid).or(page),
            _ => None,
        })
    }

    /// The images that the stretches of an element show.
    fn images(&self, dict: &Dictionary<'d>, page: Option<usize>, depth: usize) -> Vec<u32> {
        let mut images = Vec::new();
        let kids = self.file.get(dict, b"K");
        for kid in kids.as_deref().map_or(&[][..], listed).iter().filter_map(|kid| self.file.follow(kid)) {
            let (page, id) = match &*kid {
                Object::Number(id) => (page, *id as i64),
                Object::Dictionary(kid) if depth < 4 => {
                    let page = self.page_of(kid).or(page);
                    if kid.get(b"S").is_some() {
                        images.extend(self.images(kid, page, depth + 1));
                    }
                    (page, kid.integer(b"MCID").unwrap_or(-1))
                }
                _ => continue,
            };
            let Some(page) = page.and_then(|page| self.pages.get(page)) else { continue };
            let names = page.shown.marked.get(&id).map_or(&[][..], |stretch| &stretch.images);
            images.extend(names.iter().filter_map(|name| page.resources.images.get(name)));
        }
        images
    }

    fn content(&mut self, page: Option<usize>, id: i64, to: To) {
        let pages = self.pages;
        let found = page.and_then(|at| Some((at, pages.get(at)?)));
        let Some((at, stretch)) = found.and_then(|(at, page)| Some((at, page.shown.marked.get(&id)?))) else {
            let page = page.map_or("a page that is not there".to_owned(), |page| format!("page {}", page + 1));
            return self
                .reading
                .fault("structure-broken", format!("the structure tree names the stretch {id} of {page}: it is not there"));
        };
        if !self.said.insert((at, id)) {
            let said = squeezed(&stretch.text);
            self.reading.fault("text-twice", format!("page {}: \"{said}\" stands twice in the structure tree", at + 1));
        }
        let spot = stretch.first.map(|height| Spot { page: at, height, size: stretch.size });
        if let Some(lead) = &mut self.lead {
            lead.place = lead.place.or(spot);
            lead.said.push_str(stretch.text.trim());
        }
        if let To::Note(note) = to
            && self.notes[note].2.is_none()
        {
            self.notes[note].2 = spot;
        }
        if !self.above {
            self.in_order(at, stretch, to);
        }
        if to == To::Label {
            return self.label.push_str(&stretch.text);
        }
        // On another line or page a word ends, but where it goes on.
        let turned = self.last.is_some_and(|(last_to, last_page, last_id)| {
            let last = self.pages[last_page].shown.marked.get(&last_id);
            last_to == to && last.is_some_and(|last| !goes_on(&last.text) && (last_page != at || last.turns(stretch)))
        });
        let label = &pages[at].label;
        let Some(column) = self.column(to) else { return };
        if turned {
            column.lexer.close();
        }
        if let (Some(first), Some(last)) = (stretch.first, stretch.last) {
            column.heights.push(Height { item: column.lexer.count(), page: at + 1, first, last, size: stretch.size });
        }
        column.at(Place::Pdf { page: at + 1, label: label.clone() });
        column.text(&stretch.text);
        self.last = Some((to, at, id));
        if let To::Note(note) = to {
            let place = Place::Pdf { page: at + 1, label: label.clone() };
            self.notes[note].0.place.get_or_insert(place);
        }
    }

    /// Whoever looks at the page, or copies from it, goes by where and when things are drawn; what is read aloud must come in the
    /// same order: the text of a page, by itself each note, and the beginnings of notes.
    fn in_order(&mut self, page: usize, stretch: &Stretch, to: To) {
        let text = match to {
            To::Nowhere | To::Label => return,
            _ if self.apart.0 > 0 => return self.in_cells(page, stretch),
            To::Title | To::Body => Text::Running,
            To::Note(at) | To::Mark(at) => Text::Note(at),
        };
        let begins = matches!(text, Text::Note(_)) && !self.drawn.contains_key(&(page, text));
        self.follows(page, text, stretch);
        if begins {
            let letters = stretch.text.trim_start().starts_with(char::is_alphabetic);
            self.follows(page, Text::Notes(letters), stretch);
        }
    }

    /// Each cell comes in order by itself, and where it begins on the page, in what holds it.
    fn in_cells(&mut self, page: usize, stretch: &Stretch) {
        for at in (0..self.cells.0.len()).rev() {
            let text = Text::Cell(self.cells.0[at]);
            let begins = !self.drawn.contains_key(&(page, text));
            self.follows(page, text, stretch);
            if !begins {
                return;
            }
        }
        self.follows(page, Text::Apart(self.apart.1), stretch);
    }

    /// Whether a stretch is drawn behind the last of the same text, and not above it, but for the cells of a table.
    fn follows(&mut self, page: usize, text: Text, stretch: &Stretch) {
        let Some(height) = stretch.first else { return };
        let Some((rank, above)) = self.drawn.insert((page, text), (stretch.rank, stretch.last.unwrap_or(height))) else {
            return;
        };
        let side_by_side = matches!(text, Text::Apart(_) | Text::Cell(_));
        let risen = !side_by_side && height > above + 0.8 * stretch.size.max(10.0);
        if stretch.rank < rank || risen {
            let (said, how) = (squeezed(&stretch.text), if risen { "stands above" } else { "is drawn before" });
            let message = format!("page {}: \"{said}\" {how} what is read before it", page + 1);
            self.reading.fault("text-out-of-order", message);
        }
    }

    /// The link of a call, of a note's mark, of an entry: its annotation, which a reader clicks on.
    fn annotation(&mut self, dict: &Dictionary<'d>, to: To) {
        let target = self.file.dictionary(dict, b"Obj").and_then(|annotation| self.goal(&annotation));
        if let (Some(lead), Some(Goal::Place(page, height))) = (&mut self.lead, &target) {
            lead.goal = Some((*page, *height));
        }
        if target.is_none() {
            let what = if to == To::Nowhere { "a link of what is added" } else { "a link" };
            self.reading.fault("link-broken", format!("{what} leads nowhere"));
        }
    }

    fn goal(&self, annotation: &Dictionary<'d>) -> Option<Goal> {
        let action = self.file.dictionary(annotation, b"A").unwrap_or_default();
        if let Some(uri) = action.text(b"URI") {
            return Some(Goal::Address(String::from_utf8_lossy(uri).into_owned()));
        }
        let dest = self.file.get(annotation, b"Dest").or_else(|| self.file.get(&action, b"D"))?;
        let dest = dest.array()?;
        let page = self.number.get(&dest.first()?.reference()?)?;
        Some(Goal::Place(*page, if let Some(Object::Number(top)) = dest.get(3) { *top as f32 } else { f32::MAX }))
    }

    /// Where the annotations of a link lead: all of them to the same place.
    fn target(&mut self, dict: &Dictionary<'d>) -> Option<Target> {
        let goals: Vec<_> = self.annotations(dict).iter().filter_map(|annotation| self.goal(annotation)).collect();
        let first = goals.first()?;
        if goals.iter().any(|goal| goal != first) {
            self.reading.fault("link-broken", "the parts of a link on several lines lead to different places");
        }
        Some(match first {
            Goal::Address(said) => Target::Address(address(said)),
            Goal::Place(page, top) => Target::Page(page + 1, *top),
        })
    }

    fn annotations(&self, dict: &Dictionary<'d>) -> Vec<Dictionary<'d>> {
        let kids = self.file.get(dict, b"K");
        let of_kid = |kid: &Object<'d>| self.file.dictionary(self.file.follow(kid)?.dictionary()?, b"Obj");
        kids.as_deref().map_or(&[][..], listed).iter().filter_map(of_kid).collect()
    }

    /// Whether a link stands in an element.
    fn target_below(&self, dict: &Dictionary<'d>, depth: usize) -> bool {
        let kids = self.file.get(dict, b"K");
        let mut kids = kids.as_deref().map_or(&[][..], listed).iter().filter_map(|kid| self.file.follow(kid));
        let leads = |kid: &Dictionary<'d>| kid.get(b"Obj").is_some() || depth < 3 && self.target_below(kid, depth + 1);
        kids.any(|kid| kid.dictionary().is_some_and(leads))
    }

    /// Finds out to which note each call leads, and to which call each note: what stands first at or below the place at which a
    /// reader arrives.
    fn lead_on(&mut self) {
        let notes: Vec<_> = self.notes.iter().map(|(_, _, place)| *place).collect();
        let calls: Vec<_> = self.calls.iter().map(|call| call.place).collect();
        let to_note: Vec<_> = self.calls.iter().map(|call| first_below(call.goal, &notes)).collect();
        // As print shops want it: the numbers of calls and notes are all there is.
        let linkless = self.calls.iter().all(|call| call.goal.is_none());
        // Letters begin again behind the last: the note that is meant stands on the call's page, or behind it.
        let mut marked: BTreeMap<&str, Vec<(Option<usize>, usize)>> = BTreeMap::new();
        for (note, mark) in &self.marks {
            marked.entry(&mark.said).or_default().push((mark.place.map(|spot| spot.page), *note));
        }
        // Where chapters begin on one page, several notes of it have one mark: the first call of that mark is the first one's.
        let mut before: BTreeMap<(&str, Option<usize>), usize> = BTreeMap::new();
        let nth: Vec<usize> = self
            .calls
            .iter()
            .map(|call| {
                let known = before.entry((&call.said, call.place.map(|spot| spot.page))).or_default();
                std::mem::replace(known, *known + 1)
            })
            .collect();
        let by_mark = |at: usize| {
            let call = self.calls.get(at)?;
            let own = marked.get(&*call.said)?;
            let page = call.place.map(|spot| spot.page);
            let here = own.iter().filter(|(at, _)| *at == page).take(nth[at] + 1).last();
            here.or_else(|| own.iter().find(|(at, _)| *at >= page)).or(own.last()).map(|(_, note)| *note)
        };
        let mut counted = 0;
        let columns = [&mut self.title, &mut self.body].into_iter().chain(self.notes.iter_mut().map(|(_, column, _)| column));
        for call in columns.flat_map(|column| &mut column.calls) {
            let at: usize = call.key.trim_start_matches("call ").parse().unwrap_or(0);
            let note = if linkless { by_mark(at) } else { to_note.get(at).copied().flatten() };
            call.note = note.map_or(String::new(), |note| format!("note {note}"));
            counted += 1;
        }
        debug_assert!(counted <= self.calls.len());
        for (note, mark) in std::mem::take(&mut self.marks) {
            // Several calls may lead to one note, which leads back to the first.
            let own: Vec<_> = (0..calls.len()).filter(|at| to_note[*at] == Some(note)).collect();
            let back = mark.goal.is_some_and(|goal| own.iter().any(|at| lies_at(goal, calls[*at])));
            let keys = if back { own.iter().map(|at| format!("call {at}")).collect() } else { Vec::new() };
            self.notes[note].0.back = Some(keys);
        }
        if linkless {
            self.notes.iter_mut().for_each(|(note, _, _)| note.back = None);
        }
    }
}

#[derive(PartialEq)]
enum Goal {
    Address(String),
    /// The page, from 0, and the height on it.
    Place(usize, f32),
}

/// The highest of `places` that is not above the goal.
fn first_below(goal: Option<(usize, f32)>, places: &[Option<Spot>]) -> Option<usize> {
    let (page, top) = goal?;
    let here = places.iter().enumerate().filter_map(|(at, place)| Some((at, (*place)?)));
    let below = here.filter(|(_, spot)| spot.page == page && spot.height <= top);
    below.max_by(|(a, one), (b, other)| one.height.total_cmp(&other.height).then(b.cmp(a))).map(|(at, _)| at)
}

fn lies_at((page, top): (usize, f32), place: Option<Spot>) -> bool {
    place.is_some_and(|spot| spot.page == page && arrives(top, spot.height, spot.size))
}

/// A digit of those that items are counted with: a work in Arabic script has its own.
fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}
