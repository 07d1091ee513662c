//! The structure tree, walked as a reader aloud walks it: what each element is, which marked stretches it holds, where its links
//! lead. Roles that are not the standard's are looked up in the role map.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::{Page, follow, get, text_string};
use crate::verify::reading::{Call, Column, FoundNote, Picture, Place, Reading, Target};
use crate::verify::script::{address, squeezed};
use crate::verify::words::Kind;

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
    b"Em",
    b"Strong",
    b"Formula",
    b"Figure",
];

/// What an output adds for whoever looks something up.
const ADDED: &[&[u8]] = &[b"TOC", b"TOCI", b"Index", b"Artifact"];

/// Deeper trees are those of a damaged file.
const DEPTH: usize = 256;

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

/// A call or the mark of a note: the page and height on which it stands, and where its link leads.
struct Lead {
    place: Option<(usize, f32)>,
    goal: Option<(usize, f32)>,
}

pub fn read(doc: &Document, ids: &[ObjectId], pages: &[Page], reading: Reading) -> Reading {
    let number: BTreeMap<_, _> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let (title, body) = (Column::new(false), Column::new(false));
    let mut walker = Walker {
        doc,
        pages,
        number,
        roles: BTreeMap::new(),
        reading,
        title,
        body,
        notes: Vec::new(),
        calls: Vec::new(),
        marks: Vec::new(),
        label: String::new(),
        lead: None,
        said: BTreeSet::new(),
        last: None,
    };
    walker.root();
    walker.finish()
}

/// A note that is being read: its words, and where on the page its first stands.
type OpenNote = (FoundNote, Column, Option<(usize, f32)>);

struct Walker<'d> {
    doc: &'d Document,
    pages: &'d [Page],
    number: BTreeMap<ObjectId, usize>,
    roles: BTreeMap<&'d [u8], &'d [u8]>,
    reading: Reading,
    title: Column,
    body: Column,
    notes: Vec<OpenNote>,
    calls: Vec<Lead>,
    /// The marks of notes, by the note's position.
    marks: Vec<(usize, Lead)>,
    label: String,
    /// The call or mark that is being read.
    lead: Option<Lead>,
    /// The stretches that the tree names, by page and MCID.
    said: BTreeSet<(usize, i64)>,
    /// The column and stretch that were read last.
    last: Option<(To, usize, i64)>,
}

impl<'d> Walker<'d> {
    fn root(&mut self) {
        let root = self.doc.catalog().ok().and_then(|catalog| get(self.doc, catalog, b"StructTreeRoot"));
        let Some(root) = root.and_then(|root| root.as_dict().ok()) else {
            return self.reading.fault("structure-missing", "there is no structure tree: nobody can have it read aloud");
        };
        let map = get(self.doc, root, b"RoleMap").and_then(|map| map.as_dict().ok());
        for (name, role) in map.into_iter().flat_map(Dictionary::iter) {
            self.roles.extend(role.as_name().ok().map(|role| (name.as_slice(), role)));
        }
        self.kids(root, None, To::Body, 0);
        let lost: Vec<_> = (0..self.pages.len())
            .flat_map(|page| self.pages[page].shown.order.iter().map(move |id| (page, *id)))
            .filter(|place| !self.said.contains(place))
            .filter(|(page, id)| self.pages[*page].shown.marked.get(id).is_some_and(|stretch| !stretch.text.trim().is_empty()))
            .collect();
        for (page, id) in lost {
            let said = squeezed(&self.pages[page].shown.marked[&id].text);
            self.reading.fault("text-unread", format!("page {}: \"{said}\" is in no element of the structure tree", page + 1));
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

    fn kids(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize) {
        if depth > DEPTH {
            return self.reading.fault("structure-broken", "the structure tree is too deep, or goes in circles");
        }
        match get(self.doc, dict, b"K") {
            Some(Object::Array(kids)) => kids.iter().for_each(|kid| self.kid(kid, page, to, depth)),
            Some(kid) => self.kid(kid, page, to, depth),
            None => {}
        }
    }

    fn kid(&mut self, kid: &'d Object, page: Option<usize>, to: To, depth: usize) {
        match follow(self.doc, kid) {
            Some(Object::Integer(id)) => self.content(page, *id, to),
            Some(Object::Dictionary(dict)) => {
                let own = dict.get(b"Pg").and_then(Object::as_reference).ok().and_then(|id| self.number.get(&id).copied());
                match dict.get(b"Type").and_then(Object::as_name).unwrap_or(b"StructElem") {
                    b"MCR" => {
                        let id = dict.get(b"MCID").and_then(Object::as_i64).unwrap_or(-1);
                        self.content(own.or(page), id, to);
                    }
                    b"OBJR" => self.annotation(dict, to),
                    _ => self.element(dict, own.or(page), to, depth),
                }
            }
            _ => self.reading.fault("structure-broken", "an element of the structure tree leads to nothing"),
        }
    }

    fn element(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize) {
        let name = dict.get(b"S").and_then(Object::as_name).unwrap_or(b"");
        let role = self.roles.get(name).copied().unwrap_or(name);
        if ADDED.contains(&role) {
            return self.kids(dict, page, To::Nowhere, depth + 1);
        }
        let alt = |key: &[u8]| dict.get(key).and_then(Object::as_str).ok().map(|bytes| squeezed(&text_string(bytes)));
        let block = !INLINE.contains(&role) && !INLINE.contains(&name);
        if block {
            self.close(to);
        }
        match (name, role) {
            (b"TitlePage" | b"Title", _) => {
                self.kids(dict, page, To::Title, depth + 1);
                self.title.lexer.close();
            }
            (_, b"Formula") => {
                let said = alt(b"Alt").or(alt(b"ActualText")).unwrap_or_default();
                self.kids(dict, page, To::Nowhere, depth + 1);
                if let Some(column) = self.column(to) {
                    column.lexer.close();
                    column.lexer.put(Kind::Formula, &said);
                }
            }
            (_, b"Figure") => self.figure(dict, page, to, depth, &alt(b"Alt").unwrap_or_default()),
            (_, b"Reference") if to != To::Nowhere => self.call(dict, page, to, depth),
            (_, b"Note") => self.note(dict, page, to, depth),
            (_, b"Lbl") => self.label(dict, page, to, depth),
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
        if block {
            self.close(to);
        }
    }

    fn close(&mut self, to: To) {
        if let Some(column) = self.column(to) {
            column.lexer.close();
        }
        self.last = None;
    }

    /// A call says the number of its note; where its link leads is what counts.
    fn call(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize) {
        let last = self.last.take();
        self.lead = Some(Lead { place: None, goal: None });
        self.kids(dict, page, To::Nowhere, depth + 1);
        let lead = self.lead.take().unwrap_or(Lead { place: None, goal: None });
        self.last = last;
        let key = format!("call {}", self.calls.len());
        self.calls.push(lead);
        if let Some(column) = self.column(to) {
            column.call(Call { note: String::new(), key });
        }
    }

    fn note(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize) {
        let last = self.last.take();
        let at = self.notes.len();
        let note = FoundNote { key: format!("note {at}"), back: Some(Vec::new()), ..FoundNote::default() };
        self.notes.push((note, Column::new(false), None));
        let inner = if to == To::Nowhere { To::Nowhere } else { To::Note(at) };
        self.kids(dict, page, inner, depth + 1);
        self.last = last;
    }

    /// The mark of a note leads back to its call. The number or bullet of an item is no word of the work; the term of a list of
    /// terms is.
    fn label(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize) {
        if let (To::Note(at), None) = (to, &self.lead)
            && self.target_below(dict, 0)
        {
            self.lead = Some(Lead { place: None, goal: None });
            self.kids(dict, page, To::Mark(at), depth + 1);
            let lead = self.lead.take().unwrap_or(Lead { place: None, goal: None });
            self.notes[at].2 = lead.place;
            self.marks.push((at, lead));
            return;
        }
        self.label.clear();
        // Read once to see what it is; a term is then read again, as what it is.
        let said = std::mem::take(&mut self.said);
        self.kids(dict, page, To::Label, depth + 1);
        let read = std::mem::replace(&mut self.said, said);
        let label = squeezed(&self.label);
        let number = label
            .strip_suffix('.')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        if number || matches!(label.as_str(), "" | "•" | "☐" | "☑" | "–") {
            self.said.extend(read);
        } else {
            self.kids(dict, page, to, depth + 1);
        }
    }

    fn figure(&mut self, dict: &'d Dictionary, page: Option<usize>, to: To, depth: usize, alt: &str) {
        let images = self.images(dict, page, 0);
        let picture = images.first().map_or(Picture::Missing, |id| picture(self.doc, *id));
        if let Some(column) = self.column(to) {
            column.images.push(picture);
            column.image(alt);
        }
        // What it shows is said by its alternative text; its caption is an element of its own.
        let kids = match get(self.doc, dict, b"K") {
            Some(Object::Array(kids)) => kids.as_slice(),
            Some(kid) => std::slice::from_ref(kid),
            None => &[],
        };
        for kid in kids {
            let caption = follow(self.doc, kid).and_then(|kid| kid.as_dict().ok()).is_some_and(|kid| kid.has(b"S"));
            self.kid(kid, page, if caption { to } else { To::Nowhere }, depth + 1);
        }
    }

    /// The images that the stretches of an element show.
    fn images(&self, dict: &'d Dictionary, page: Option<usize>, depth: usize) -> Vec<ObjectId> {
        let mut images = Vec::new();
        let kids = match get(self.doc, dict, b"K") {
            Some(Object::Array(kids)) => kids.as_slice(),
            Some(kid) => std::slice::from_ref(kid),
            None => &[],
        };
        for kid in kids.iter().filter_map(|kid| follow(self.doc, kid)) {
            let (page, id) = match kid {
                Object::Integer(id) => (page, *id),
                Object::Dictionary(kid) if depth < 4 => {
                    let own = kid.get(b"Pg").and_then(Object::as_reference).ok().and_then(|id| self.number.get(&id).copied());
                    if kid.has(b"S") {
                        images.extend(self.images(kid, own.or(page), depth + 1));
                    }
                    (own.or(page), kid.get(b"MCID").and_then(Object::as_i64).unwrap_or(-1))
                }
                _ => continue,
            };
            let Some(page) = page.and_then(|page| self.pages.get(page)) else { continue };
            let names = page.shown.marked.get(&id).map_or(&[][..], |stretch| &stretch.images);
            images.extend(names.iter().filter_map(|name| page.images.get(name)));
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
        if let Some(lead) = &mut self.lead
            && lead.place.is_none()
        {
            lead.place = stretch.first.map(|height| (at, height));
        }
        if let To::Note(note) = to
            && self.notes[note].2.is_none()
        {
            self.notes[note].2 = stretch.first.map(|height| (at, height));
        }
        if to == To::Label {
            return self.label.push_str(&stretch.text);
        }
        // On another line or page a word ends, but where a soft hyphen says that it goes on.
        let turned = self.last.is_some_and(|(last_to, last_page, last_id)| {
            let last = self.pages[last_page].shown.marked.get(&last_id);
            last_to == to && last.is_some_and(|last| !last.text.ends_with('\u{AD}') && (last_page != at || last.turns(stretch)))
        });
        let label = &pages[at].label;
        let Some(column) = self.column(to) else { return };
        if turned {
            column.lexer.close();
        }
        column.at(Place::Pdf { page: at + 1, label: label.clone() });
        column.text(&stretch.text);
        self.last = Some((to, at, id));
        if let To::Note(note) = to {
            let place = Place::Pdf { page: at + 1, label: label.clone() };
            self.notes[note].0.place.get_or_insert(place);
        }
    }

    /// The link of a call, of a note's mark, of an entry: its annotation, which a reader clicks on.
    fn annotation(&mut self, dict: &'d Dictionary, to: To) {
        let annotation = get(self.doc, dict, b"Obj").and_then(|object| object.as_dict().ok());
        let target = annotation.and_then(|annotation| self.goal(annotation));
        if let (Some(lead), Some(Goal::Place(page, height))) = (&mut self.lead, &target) {
            lead.goal = Some((*page, *height));
        }
        if target.is_none() {
            let what = if to == To::Nowhere { "a link of what is added" } else { "a link" };
            self.reading.fault("link-broken", format!("{what} leads nowhere"));
        }
    }

    fn goal(&self, annotation: &'d Dictionary) -> Option<Goal> {
        let action = get(self.doc, annotation, b"A").and_then(|object| object.as_dict().ok());
        if let Some(uri) = action.and_then(|action| action.get(b"URI").ok()).and_then(|uri| uri.as_str().ok()) {
            return Some(Goal::Address(String::from_utf8_lossy(uri).into_owned()));
        }
        let dest = get(self.doc, annotation, b"Dest").or(action.and_then(|action| get(self.doc, action, b"D")))?;
        let dest = dest.as_array().ok()?;
        let page = self.number.get(&dest.first()?.as_reference().ok()?)?;
        Some(Goal::Place(*page, dest.get(3).and_then(|top| top.as_float().ok()).unwrap_or(f32::MAX)))
    }

    /// Where the annotations of a link lead: all of them to the same place.
    fn target(&mut self, dict: &'d Dictionary) -> Option<Target> {
        let goals: Vec<_> = self.annotations(dict).into_iter().filter_map(|annotation| self.goal(annotation)).collect();
        let first = goals.first()?;
        if goals.iter().any(|goal| goal != first) {
            self.reading.fault("link-broken", "the parts of a link on several lines lead to different places");
        }
        Some(match first {
            Goal::Address(said) => Target::Address(address(said)),
            Goal::Place(page, _) => Target::Page(page + 1),
        })
    }

    fn annotations(&self, dict: &'d Dictionary) -> Vec<&'d Dictionary> {
        let kids = match get(self.doc, dict, b"K") {
            Some(Object::Array(kids)) => kids.as_slice(),
            Some(kid) => std::slice::from_ref(kid),
            None => &[],
        };
        let of_kid = |kid: &'d Object| {
            let kid = follow(self.doc, kid)?.as_dict().ok()?;
            get(self.doc, kid, b"Obj")?.as_dict().ok()
        };
        kids.iter().filter_map(of_kid).collect()
    }

    /// Whether a link stands in an element.
    fn target_below(&self, dict: &'d Dictionary, depth: usize) -> bool {
        let kids = match get(self.doc, dict, b"K") {
            Some(Object::Array(kids)) => kids.as_slice(),
            Some(kid) => std::slice::from_ref(kid),
            None => &[],
        };
        let dicts = kids.iter().filter_map(|kid| follow(self.doc, kid)?.as_dict().ok());
        !self.annotations(dict).is_empty() || depth < 3 && dicts.into_iter().any(|kid| self.target_below(kid, depth + 1))
    }

    /// Finds out to which note each call leads, and to which call each note: what stands first at or below the place at which a
    /// reader arrives.
    fn lead_on(&mut self) {
        let notes: Vec<_> = self.notes.iter().map(|(_, _, place)| *place).collect();
        let calls: Vec<_> = self.calls.iter().map(|call| call.place).collect();
        let to_note: Vec<_> = self.calls.iter().map(|call| first_below(call.goal, &notes)).collect();
        let linkless = self.calls.iter().all(|call| call.goal.is_none());
        let mut counted = 0;
        let columns = [&mut self.title, &mut self.body].into_iter().chain(self.notes.iter_mut().map(|(_, column, _)| column));
        for call in columns.flat_map(|column| &mut column.calls) {
            let at: usize = call.key.trim_start_matches("call ").parse().unwrap_or(0);
            // Without links, as print shops want it, the order of calls and notes is all there is.
            let note = if linkless { Some(at) } else { to_note.get(at).copied().flatten() };
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
fn first_below(goal: Option<(usize, f32)>, places: &[Option<(usize, f32)>]) -> Option<usize> {
    let (page, top) = goal?;
    let here = places.iter().enumerate().filter_map(|(at, place)| Some((at, (*place)?)));
    let below = here.filter(|(_, (own, height))| *own == page && *height <= top);
    below.max_by(|(a, (_, one)), (b, (_, other))| one.total_cmp(other).then(b.cmp(a))).map(|(at, _)| at)
}

/// How far below a destination its line may lie: the tallest heading's size.
const LINE: f32 = 40.0;

fn lies_at((page, top): (usize, f32), place: Option<(usize, f32)>) -> bool {
    place.is_some_and(|(own, height)| own == page && height <= top && top - height < LINE)
}

/// The pixels of an image (ISO 32000-1, 8.9.5): JPEG as it is kept, else grey or colour of eight bits.
fn picture(doc: &Document, id: ObjectId) -> Picture {
    let Ok(stream) = doc.get_object(id).and_then(Object::as_stream) else { return Picture::Missing };
    let number = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).unwrap_or(0).max(0) as u32;
    let filters = stream.filters().unwrap_or_default();
    if filters.iter().any(|filter| **filter == *b"DCTDecode") {
        return Picture::Bytes(stream.content.clone());
    }
    if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form") {
        return Picture::Drawing;
    }
    let Ok(content) = stream.decompressed_content() else { return Picture::Missing };
    let (width, height) = (number(b"Width"), number(b"Height"));
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || !(content.len() as u64).is_multiple_of(pixels) {
        return Picture::Missing;
    }
    let channels = (content.len() as u64 / pixels) as usize;
    let mask = get(doc, &stream.dict, b"SMask")
        .and_then(|mask| mask.as_stream().ok())
        .and_then(|mask| mask.decompressed_content().ok());
    let grey = content.chunks(channels).enumerate().map(|(at, pixel)| {
        let value = luma(pixel);
        let alpha = mask.as_ref().and_then(|mask| mask.get(at)).map_or(255, |alpha| u32::from(*alpha));
        ((value * alpha + 255 * (255 - alpha)) / 255) as u8
    });
    Picture::Pixels(width, height, grey.collect())
}

/// The grey value of a pixel in grey, RGB or CMYK.
fn luma(pixel: &[u8]) -> u32 {
    match pixel {
        [r, g, b] => (2126 * u32::from(*r) + 7152 * u32::from(*g) + 722 * u32::from(*b)) / 10_000,
        [c, m, y, k] => {
            let ink = (2126 * u32::from(*c) + 7152 * u32::from(*m) + 722 * u32::from(*y)) / 10_000 + u32::from(*k);
            255_u32.saturating_sub(ink)
        }
        [grey, ..] => u32::from(*grey),
        [] => 255,
    }
}
