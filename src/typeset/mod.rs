//! The typesetter: it knows no PDF. Shape, break into lines, fill pages; its product is a [`Book`] of placed items.
//!
//! The work is cut into stretches that are set side by side; the pages are filled in one pass over them all.

mod address;
mod blocks;
mod breaker;
mod column;
mod columns;
mod compose;
mod decimals;
mod design;
mod digits;
mod displayed;
mod ends;
mod figures;
mod folios;
mod fonts;
mod foot;
mod formula;
mod front;
mod galley;
mod groups;
mod hang;
mod heads;
mod hyphens;
mod initial;
mod joints;
mod kashida;
mod lacking;
mod leaders;
mod letters;
mod line;
mod locl;
mod math;
mod page;
mod paginate;
mod pairs;
mod scholar;
mod setter;
mod shape;
mod squares;
mod strand;
mod stretch;
mod structure;
mod table;
mod tex;
mod title;
mod verse;

pub use design::{Cut, Design, Faces, Folios, Front, Head, LeadIn, Margins, Opening, Size, Type};
pub use letters::Letters;
pub use page::{
    Book, Bookmark, Element, ElementId, Face, FontId, Furniture, Glyph, Item, Page, Part, Placed, Role, Run, Target,
};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::env::Env;
use crate::report::Report;
use crate::span::Span;
use crate::tree::{self, Document};

use folios::PagesOf;
use fonts::Fonts;
use front::Listed;
use galley::Galley;
use heads::Heads;
use joints::Joints;
use paginate::{Frame, Leaf};
use setter::Setter;
use shape::Shaper;
use stretch::{Plan, Stretch};
use structure::{Aim, Caption, Captioned, Lookup, Structure};

/// Sets a work in type.
pub fn typeset<'a>(doc: &Document, design: &Design, env: &'a Env, report: &mut Report) -> Book<'a> {
    typeset_beside(doc, design, env, report, &mut || ())
}

/// As [`typeset`]; calls `idle` when all stretches are set for the first time, and one thread fills the pages.
pub fn typeset_beside<'a>(
    doc: &Document,
    design: &Design,
    env: &'a Env,
    report: &mut Report,
    idle: &mut (dyn FnMut() + Send),
) -> Book<'a> {
    let design = &Design { naught: digits::naught(doc), ..design.for_language(&doc.meta.language) };
    let fonts = Fonts::load(&design.faces, env, report);
    let plan = Plan::of(doc, design);
    let joints = Joints::of(doc);
    let imprint = if design.front.imprint { title::imprint(doc, env, report) } else { Vec::new() };
    let title = if design.front.title_page { title::title_page(doc, env, report) } else { Vec::new() };
    let wanted = folios::wanted(doc);
    let room = Room {
        doc,
        title,
        imprint,
        design,
        env,
        fonts: &fonts,
        joints: &joints,
        plan: &plan,
        setters: Mutex::default(),
        note_marks: Arc::new(tree::NoteMarks::of(doc)),
        folios: Mutex::default(),
        kept: Mutex::default(),
        names_pages: !wanted.is_empty(),
    };
    let mut pages = room.estimate();
    let mut set = room.set(pages, None, idle);
    // The inner margin follows the number of pages, and they follow it. The estimate is right but where a book is near a limit;
    // two rounds settle it, and where it is right at the limit, the wider margin stays.
    for _ in 0..3 {
        if design.inner(set.leaves.len()) <= design.inner(pages) {
            break;
        }
        pages = set.leaves.len();
        set = room.set(pages, None, idle);
    }
    // Numbers of pages that the text names may move it.
    for round in 0..=ROUNDS {
        if wanted.is_empty() {
            break;
        }
        let found = folios::find(&wanted, &set.lookup, &set.leaves);
        if *room.folios() == found {
            break;
        }
        if round == ROUNDS {
            report
                .warn(
                    "page-reference-unsettled",
                    None,
                    "a reference to a page changes on which page its goal stands: a number may be one off",
                )
                .hint("say it in other words, or refer to the section");
            break;
        }
        *room.folios.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
        set = room.set(pages, Some(set), idle);
    }
    lacking::remark(&room.lacking(), report);
    room.remark_wide(report);
    for span in room.unset() {
        report
            .warn("formula-unset", span, "the printed book shows this formula as its TeX: it can't be laid out")
            .hint("say it in commands and environments of LaTeX's own or of amsmath");
    }
    let Set { leaves, elements, bookmarks, .. } = set;
    if design.explain {
        remark_costs(&leaves, report);
    }
    let pages = leaves.into_iter().map(|leaf| leaf.page).collect();
    Book { width: design.trim.width, height: design.trim.height, pages, elements, faces: fonts.faces, bookmarks }
}

/// The composing room: a work, what it is set with, and the setters, who remember the words they have shaped.
struct Room<'r> {
    doc: &'r Document,
    design: &'r Design,
    env: &'r Env,
    fonts: &'r Fonts<'r>,
    joints: &'r Joints,
    plan: &'r Plan<'r>,
    /// The paragraphs of the title page, and of the page behind it.
    title: Vec<title::TitleLine>,
    imprint: Vec<String>,
    setters: Mutex<Vec<Setter<'r>>>,
    note_marks: Arc<tree::NoteMarks>,
    /// The pages of what the text names by its page, as the last round had them.
    folios: Mutex<Arc<PagesOf>>,
    /// What names no pages stays as it was set when these are known.
    kept: Mutex<Kept>,
    names_pages: bool,
}

/// Stretches that are set, for pages of one width, and none of which names a page: up to the last chapter that begins before one does,
/// the pages stand as well.
#[derive(Default)]
struct Kept {
    width: f32,
    /// The galleys of stretches whose pages stand are not kept.
    stretches: Vec<Option<(Option<Galley>, Structure)>>,
    from: Resumption,
    /// How many pages stand.
    leaves: Option<usize>,
}

/// A chapter's beginning up to which pages stay as they are: its stretch, and its first slug there.
#[derive(Clone, Copy, Default)]
struct Resumption {
    stretch: usize,
    slug: usize,
}

/// Up to where pages stand as they were set before, and how many they are.
type Standing = (Resumption, usize);

impl Resumption {
    /// The last chapter that begins before any stretch that names pages.
    fn of(stretches: &[(Galley, Structure)], names_pages: &[bool]) -> Self {
        let first = names_pages.iter().position(|names| *names).unwrap_or(stretches.len());
        let opens = |stretch: usize| {
            let slug = stretches[stretch].0.slugs.iter().rposition(|slug| slug.opens != galley::Opens::Nothing)?;
            Some(Self { stretch, slug })
        };
        (0..first).rev().find_map(opens).unwrap_or_default()
    }

    /// The number of its slug among those of all stretches.
    fn slug(self, galleys: &[Galley]) -> usize {
        galleys[..self.stretch].iter().map(|galley| galley.slugs.len()).sum::<usize>() + self.slug
    }
}

/// A work on pages of one width.
struct Set {
    leaves: Vec<Leaf>,
    elements: Vec<Element>,
    bookmarks: Vec<Bookmark>,
    lookup: Lookup,
    /// How many pages stand before the text, and how many elements begin there.
    front: usize,
    shift: u32,
}

impl Set {
    /// The first `count` pages of the text, as they were before those in front of it were known.
    fn first(mut self, count: usize) -> Vec<Leaf> {
        let mut body = self.leaves.split_off(self.front);
        body.truncate(count);
        body.par_iter_mut().for_each(|leaf| paginate::shift(&mut leaf.page.items, self.shift.wrapping_neg()));
        body
    }
}

/// Rounds in which the numbers of pages in the text may settle.
const ROUNDS: usize = 3;

impl<'r> Room<'r> {
    /// What `act` sets by a setter who is free, for lines of this width.
    fn hire<T>(&self, width: f32, act: impl FnOnce(&mut Setter<'r>) -> T) -> T {
        let free = self.setters.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let shaper = || Shaper::new(self.fonts).with_joints(self.joints).with_kashida(self.design.letters.kashida);
        let mut setter = free.unwrap_or_else(|| Setter::new(self.design, self.env, width, shaper()));
        setter.measure = width;
        setter.folios = self.folios();
        setter.note_marks = self.note_marks.clone();
        let done = act(&mut setter);
        self.setters.lock().unwrap_or_else(PoisonError::into_inner).push(setter);
        done
    }

    fn folios(&self) -> Arc<PagesOf> {
        self.folios.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a book of so many pages leaves to its text.
    fn frame(&self, pages: usize) -> Frame {
        Frame::new(self.design, self.design.inner(pages), tree::is_right_to_left(&self.doc.meta.language))
    }

    fn galleys(&self, stretches: &[Stretch<'_, 'r>], frame: &Frame) -> Vec<(Galley, Structure)> {
        let lang = &self.doc.meta.language;
        let set = |stretch| self.hire(frame.width, |setter| stretch::set(stretch, lang, setter));
        stretches.par_iter().map(set).collect()
    }

    /// All stretches of the work. Those that name no pages are set once for two rounds; with them comes, in the second, up to where pages
    /// stand as they were, and how many.
    fn body(&self, frame: &Frame, again: bool) -> (Vec<(Galley, Structure)>, Option<Standing>) {
        let stretches = self.plan.stretches();
        if !self.names_pages {
            return (self.galleys(&stretches, frame), None);
        }
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        let lang = &self.doc.meta.language;
        let set = |stretch| self.hire(frame.width, |setter| stretch::set(stretch, lang, setter));
        let fits = again && kept.width == frame.width && kept.stretches.len() == stretches.len();
        if let Some(leaves) = kept.leaves.filter(|_| fits) {
            let all = stretches.par_iter().zip(kept.stretches);
            let made = |(stretch, kept): (_, Option<(Option<Galley>, Structure)>)| match kept {
                Some((galley, structure)) => (galley.unwrap_or_default(), structure),
                None => set(stretch),
            };
            return (all.map(made).collect(), Some((kept.from, leaves)));
        }
        let made: Vec<_> = stretches.par_iter().map(set).collect();
        let names_pages: Vec<bool> = stretches.par_iter().map(Stretch::names_pages).collect();
        let from = Resumption::of(&made, &names_pages);
        let copy = |(at, (galley, structure)): (usize, &(Galley, Structure))| {
            (!names_pages[at]).then(|| ((at >= from.stretch).then(|| galley.clone()), structure.clone()))
        };
        let copies = made.par_iter().enumerate().map(copy).collect();
        let kept = Kept { width: frame.width, stretches: copies, from, leaves: None };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        (made, None)
    }

    /// About how many pages the book will have: by its size, and if that leaves the inner margin in doubt, by what a few of its
    /// stretches come to.
    fn estimate(&self) -> usize {
        let guess = self.plan.guess(self.design, &self.doc.meta.title);
        let [least, most] = [0.7, 1.5].map(|factor| (guess as f32 * factor) as usize);
        let stretches = self.plan.stretches();
        if self.design.inner(least) >= self.design.inner(most) || stretches.len() < 2 * SAMPLED_OF {
            return guess;
        }
        let size: usize = stretches.iter().map(Stretch::size).sum();
        let step = SAMPLED_OF.max(stretches.len() / MOST_SAMPLED);
        let sample: Vec<Stretch> = stretches.into_iter().skip(step / 2).step_by(step).collect();
        let sampled: usize = sample.iter().map(Stretch::size).sum();
        let frame = self.frame(guess);
        let depth: f32 = self.galleys(&sample, &frame).iter().map(|(galley, _)| paginate::depth(galley, &frame)).sum();
        let text = depth / (frame.height - LOST * frame.leading) * size as f32 / sampled as f32;
        (text + self.plan.other_pages()) as usize
    }

    /// The work on as many pages as it takes, with margins for so many. `before`: the same but for the numbers of pages in the text.
    fn set(&self, pages: usize, before: Option<Set>, idle: &mut (dyn FnMut() + Send)) -> Set {
        let language = &self.doc.meta.language;
        let frame = self.frame(pages);
        let (stretches, standing) = self.body(&frame, before.is_some());
        idle();
        let (mut galleys, mut structures): (Vec<Galley>, Vec<Structure>) = stretches.into_iter().unzip();
        let starts = structures.iter().scan(1, |next, structure| {
            let start = *next;
            *next += structure.begun();
            Some(start)
        });
        let starts: Vec<u32> = starts.collect();
        let mut stand = 0;
        let mut body = match standing.zip(before) {
            Some(((from, leaves), before)) => {
                stand = leaves;
                let galleys = galleys.split_off(from.stretch);
                paginate::go_on(before.first(leaves), galleys, &starts[from.stretch..], from.slug, &frame)
            }
            None => {
                let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                let (leaves, before) = paginate::pages_with(kept.from.slug(&galleys), galleys, &starts, &frame);
                kept.leaves = before;
                leaves
            }
        };
        if body.is_empty() {
            body.push(Leaf { blank: true, ..Leaf::default() });
        }
        (1..).zip(&mut body).for_each(|(number, leaf): (usize, _)| leaf.page.label = number.to_string());
        body.iter_mut().take(1).for_each(|leaf| leaf.opens = true);

        let entries = self.plan.entries(&body);
        let lists = self.listed(&structures, &starts, &body);
        let (galley, mut structure) = self.hire(frame.width, |setter| {
            front::front(self.doc, self.plan, (&entries, &lists), (&self.title, &self.imprint), frame.height, setter)
        });
        let shift = structure.begun();
        structure.elements.iter_mut().for_each(|draft| {
            if let Some(Aim::Whole(element)) = &mut draft.aim {
                *element += shift;
            }
        });
        body.par_iter_mut().for_each(|leaf| paginate::shift(&mut leaf.page.items, shift));
        structures.insert(0, structure);
        let mut leaves = paginate::pages(vec![galley], &[1], &frame);
        // The text begins on a recto.
        if leaves.len() % 2 == 1 {
            leaves.push(Leaf { blank: true, ..Leaf::default() });
        }
        (1..).zip(&mut leaves).for_each(|(number, leaf)| leaf.page.label = roman(number));
        let (title, authors) = (&*self.doc.meta.title, self.doc.meta.authors());
        let left = if authors.is_empty() { [title, title] } else { [&*authors, title] };
        let right = |section: Option<u32>| {
            let chapter = section.map(|section| self.plan.chapter(section));
            let said = chapter.into_iter().flat_map(|chapter| chapter.short.iter().chain([&chapter.title]));
            said.map(String::as_str).chain([title]).collect()
        };
        let is_part = |section: u32| self.plan.headings[section as usize].part;
        let heads = Heads { left: &left, right: &right, is_part: &is_part, lang: language };
        self.hire(frame.width, |setter| heads::furnish(&mut body, stand, &heads, &frame, setter));
        let front = leaves.len();
        leaves.append(&mut body);
        let (elements, lookup) = Structure::join(structures, language);
        Set { leaves, elements, bookmarks: bookmarks(self.plan, &lookup), lookup, front, shift }
    }

    /// The captions that lists in front name, with the pages that they stand on.
    fn listed(&self, structures: &[Structure], starts: &[u32], leaves: &[Leaf]) -> Vec<Listed> {
        let front = self.design.front;
        let wanted = |caption: &&Caption| match caption.of {
            Captioned::Figure => front.figures,
            Captioned::Table => front.tables,
        };
        let all = structures.iter().zip(starts).flat_map(|(structure, start)| {
            let captions = structure.captions.iter().filter(wanted);
            captions.map(move |caption| Caption { element: caption.element + start, ..caption.clone() })
        });
        let mut all: Vec<Listed> = all.map(|caption| Listed { caption, page: String::new() }).collect();
        if all.is_empty() {
            return all;
        }
        // Figures may have moved behind others: each is looked for by itself.
        let places: BTreeMap<u32, usize> = all.iter().enumerate().map(|(at, listed)| (listed.caption.element, at)).collect();
        for leaf in leaves {
            for placed in &leaf.page.items {
                if let Part::Content { element, .. } = placed.part
                    && let Some(listed) =
                        places.get(&element.0).and_then(|at| all.get_mut(*at)).filter(|listed| listed.page.is_empty())
                {
                    listed.page.clone_from(&leaf.page.label);
                }
            }
        }
        all
    }

    /// The formulas that stand as their TeX.
    fn unset(&self) -> BTreeSet<Span> {
        let setters = self.setters.lock().unwrap_or_else(PoisonError::into_inner);
        setters.iter().flat_map(|setter| &setter.unset).copied().collect()
    }

    /// Tables that no size of type brings onto the page, in one remark.
    fn remark_wide(&self, report: &mut Report) {
        let setters = self.setters.lock().unwrap_or_else(PoisonError::into_inner);
        let wide: BTreeSet<(Span, usize)> = setters.iter().flat_map(|setter| &setter.wide).copied().collect();
        // One remark, too, for those that only smaller type brings onto it.
        let mut small: Vec<(Span, usize, f32)> = setters.iter().flat_map(|setter| &setter.small).copied().collect();
        small.sort_by_key(|(span, ..)| *span);
        small.dedup_by_key(|(span, ..)| *span);
        if let Some((first, columns, size)) = small.first() {
            let others = match small.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more are too small for it"),
            };
            report
                .remark(
                    "table-small",
                    *first,
                    format!("the table of {columns} columns is set in type of {size:.1} points, so that no word of it is cut{others}"),
                )
                .hint("divide it, shorten its longest words, or choose a larger page: trim under [pdf]");
        }
        let Some((first, columns)) = wide.first() else { return };
        let others = match wide.len() - 1 {
            0 => String::new(),
            more => format!(", and so are {more} more"),
        };
        report
            .warn(
                "table-wide",
                *first,
                format!("the table of {columns} columns is too wide for the printed page{others}: words in it are cut"),
            )
            .hint("divide it into two tables, shorten its longest words, or choose a larger page: trim under [pdf]");
    }

    /// The characters that no face has, each with its first place.
    fn lacking(&self) -> BTreeMap<char, Span> {
        let mut all: BTreeMap<char, Span> = BTreeMap::new();
        let setters = self.setters.lock().unwrap_or_else(PoisonError::into_inner);
        for (&c, &span) in setters.iter().flat_map(|setter| &setter.lacking) {
            all.entry(c).and_modify(|first| *first = span.min(*first)).or_insert(span);
        }
        all
    }
}

/// Tells what each page costs by where it ends: for whoever hunts a fault.
fn remark_costs(leaves: &[Leaf], report: &mut Report) {
    for leaf in leaves {
        let told: Vec<String> = leaf.cost.told().into_iter().map(|(what, cost)| format!("{what} ({cost:.0})")).collect();
        if !told.is_empty() {
            report.remark("page-cost", None, format!("page {}: {}", leaf.page.label, told.join(", ")));
        }
    }
}

/// One stretch of so many is set for the estimate, and no more than so many in all.
const SAMPLED_OF: usize = 6;
const MOST_SAMPLED: usize = 16;
/// How many lines a page loses by what may not be divided: measured.
const LOST: f32 = 1.5;

fn bookmarks(plan: &Plan, lookup: &Lookup) -> Vec<Bookmark> {
    let all = plan.headings.iter().enumerate();
    all.filter_map(|(section, heading)| {
        let element = lookup.heading(section as u32)?;
        Some(Bookmark { depth: heading.depth, title: heading.title.clone(), element })
    })
    .collect()
}

/// A number in small Roman letters: the folios of pages before the text.
pub fn roman(mut number: usize) -> String {
    const DIGITS: [(usize, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut out = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            out.push_str(digit);
            number -= value;
        }
    }
    out
}
