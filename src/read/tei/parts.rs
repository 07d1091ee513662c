//! Notes and paragraphs that go on on the next page, whose parts their editors tie together by `@next` and `@prev` (TEI P5, 16.7) or
//! number by `@part`: a book has them whole, a note where its first part is called.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::blocks::{holds_a_note_alone, holds_blocks};
use super::dom::{Child, Element};
use super::{is_space, phrase};

/// Puts what a note says on later pages behind what it says on the first.
pub fn continue_notes(root: &mut Element) {
    let before = parts(root);
    if before.is_empty() {
        return;
    }
    let mut taken = BTreeMap::new();
    take(root, &before, &mut taken);
    // By the place of the first part.
    let (mut rest, mut firsts): (BTreeMap<usize, Vec<Element>>, BTreeMap<usize, usize>) = Default::default();
    for (at, part) in taken {
        // Those before come before.
        let first = before.get(&at).map_or(at, |before| firsts.get(before).copied().unwrap_or(*before));
        firsts.insert(at, first);
        rest.entry(first).or_default().push(part);
    }
    put(root, &mut rest);
}

/// The part before each that goes on, both by their places.
fn parts(root: &Element) -> BTreeMap<usize, usize> {
    // What editors say before a reading and behind it stands there.
    let mut in_readings = BTreeSet::new();
    root.walk(&mut |element| {
        if matches!(element.name, "app" | "rdgGrp") {
            in_readings.extend(element.named("note").map(|note| note.range.start));
        }
    });
    let notes: Vec<_> = root.descendants("note").filter(|note| !in_readings.contains(&note.range.start)).collect();
    let ids: BTreeMap<_, _> = notes.iter().filter_map(|note| Some((note.id()?, note.range.start))).collect();
    let led = |from: &Element, name: &str| ids.get(from.attribute(name)?.trim().strip_prefix('#')?).copied();
    let mut before = BTreeMap::new();
    for note in notes {
        let at = note.range.start;
        before.extend(led(note, "next").filter(|next| *next > at).map(|next| (next, at)));
        before.extend(led(note, "prev").filter(|prev| *prev < at).map(|prev| (at, prev)));
    }
    if !before.is_empty() {
        // One that is called is a note of its own.
        let calls = ["ref", "ptr"].into_iter().flat_map(|name| root.descendants(name));
        let called: BTreeSet<_> = calls.filter_map(|call| led(call, "target")).collect();
        before.retain(|at, _| !called.contains(at));
    }
    before
}

/// Has a note that is all of a paragraph be called behind the words of the paragraph before, if nothing calls or moves it elsewhere.
pub fn call_lone_notes(root: &mut Element) {
    let mut led = BTreeSet::new();
    root.walk(&mut |element| {
        let target = element.attribute("target").filter(|_| matches!(element.name, "ref" | "ptr"));
        led.extend(target.into_iter().flat_map(str::split_whitespace).map(|id| id.trim_start_matches('#').to_owned()));
    });
    let stays = |note: &Element| {
        note.attribute("target").is_some() || note.id().is_some_and(|id| led.contains(id)) || super::notes::names_speaker(note)
    };
    call_behind(root, &stays);
}

fn call_behind(element: &mut Element, stays: &impl Fn(&Element) -> bool) {
    if element.name == "note" {
        return;
    }
    let mut children: Vec<Child> = Vec::with_capacity(element.children.len());
    // The paragraph right before, if it has words and ends in them.
    let mut words: Option<usize> = None;
    for mut child in std::mem::take(&mut element.children) {
        if let Child::Element(inner) = &mut child {
            let note = inner.child("note").filter(|_| inner.name == "p" && holds_a_note_alone(inner));
            let is_loose = note.is_some_and(|note| !stays(note));
            if is_loose && let Some(Child::Element(before)) = words.and_then(|at| children.get_mut(at)) {
                let own = std::mem::take(&mut inner.children);
                before.children.extend(own.into_iter().filter(|child| !is_space(child)));
                continue;
            }
            call_behind(inner, stays);
        }
        if !is_space(&child) {
            let ends_in_words =
                |inner: &Element| matches!(inner.name, "p" | "ab") && phrase::has_words(inner) && !holds_blocks(inner);
            words = matches!(&child, Child::Element(inner) if ends_in_words(inner)).then_some(children.len());
        }
        children.push(child);
    }
    element.children = children;
}

/// Takes the parts that go on out of their places.
fn take<'a>(element: &mut Element<'a>, before: &BTreeMap<usize, usize>, taken: &mut BTreeMap<usize, Element<'a>>) {
    for child in std::mem::take(&mut element.children) {
        match child {
            Child::Element(note) if note.name == "note" && before.contains_key(&note.range.start) => {
                taken.insert(note.range.start, note);
            }
            Child::Element(mut inner) => {
                take(&mut inner, before, taken);
                element.children.push(Child::Element(inner));
            }
            other => element.children.push(other),
        }
    }
}

fn put<'a>(element: &mut Element<'a>, rest: &mut BTreeMap<usize, Vec<Element<'a>>>) {
    if element.name == "note"
        && let Some(parts) = rest.remove(&element.range.start)
    {
        parts.into_iter().for_each(|part| go_on(element, part));
    }
    for child in &mut element.children {
        if let Child::Element(inner) = child {
            put(inner, rest);
        }
    }
}

/// Has a note go on with a later part, in its last paragraph where both have paragraphs.
fn go_on<'a>(note: &mut Element<'a>, part: Element<'a>) {
    // The page ends as a line does, a word on it as well; what goes on has a place of its own.
    let end = Child::Element(Element::empty("lb", note.range.end..note.range.end));
    let stretch = |words: Vec<Child<'a>>, range: Range<usize>| {
        let mut stretch = Element::empty("seg", range);
        stretch.children = words;
        Child::Element(stretch)
    };
    let mut own = part.children;
    let is_paragraph = |child: &Child| matches!(child, Child::Element(inner) if inner.name == "p");
    let first = own.iter().position(|child| !is_space(child)).filter(|at| is_paragraph(&own[*at]));
    let last = note.children.iter_mut().rfind(|child| !is_space(child));
    match last {
        Some(Child::Element(last)) if last.name == "p" => {
            last.children.push(end);
            match first.map(|first| own.remove(first)) {
                Some(Child::Element(goes_on)) => {
                    last.children.push(stretch(goes_on.children, goes_on.range));
                    note.children.append(&mut own);
                }
                _ => last.children.push(stretch(own, part.range)),
            }
        }
        _ => {
            note.children.push(end);
            match first {
                Some(_) => note.children.append(&mut own),
                None => note.children.push(stretch(own, part.range)),
            }
        }
    }
}

/// Joins the paragraphs that go on behind the end of a page.
pub fn join_paragraphs(element: &mut Element) {
    // The paragraph that goes on, with nothing behind it but ends of pages and lines.
    let mut open: Option<Open> = None;
    let mut children: Vec<Child> = Vec::with_capacity(element.children.len());
    for mut child in std::mem::take(&mut element.children) {
        if let Child::Element(inner) = &mut child {
            join_paragraphs(inner);
        }
        match &mut child {
            Child::Element(inner) if inner.name == "p" => {
                let begun = open.take().filter(|open| open.goes_on_in(inner)).map(|open| open.at);
                open = Open::of(inner, begun.unwrap_or(children.len()));
                if let Some(at) = begun {
                    let between = children.split_off(at + 1);
                    if let Some(Child::Element(first)) = children.last_mut() {
                        first.children.extend(between);
                        first.children.push(Child::Text(" ".to_owned(), inner.range.start..inner.range.start));
                        first.children.append(&mut inner.children);
                    }
                    continue;
                }
            }
            Child::Element(inner) if matches!(inner.name, "pb" | "fw" | "cb" | "lb" | "milestone") => {}
            child if is_space(child) => {}
            _ => open = None,
        }
        children.push(child);
    }
    element.children = children;
}

/// A paragraph that goes on: where its first part stands, and what the last one says.
struct Open {
    at: usize,
    id: Option<String>,
    next: Option<String>,
}

impl Open {
    fn of(part: &Element, at: usize) -> Option<Self> {
        let next = part.attribute("next").map(|next| next.trim().to_owned());
        let goes_on = matches!(part.attribute("part"), Some("I" | "M")) || next.is_some();
        goes_on.then(|| Self { at, id: part.id().map(str::to_owned), next })
    }

    /// Whether the paragraph goes on in another: one of them says so, or both are parts.
    fn goes_on_in(&self, other: &Element) -> bool {
        let leads = |said: Option<&str>, to: Option<&str>| Some(said?.trim().strip_prefix('#')? == to?);
        match (leads(self.next.as_deref(), other.id()), leads(other.attribute("prev"), self.id.as_deref())) {
            (Some(true), _) | (_, Some(true)) => true,
            (Some(false), _) | (_, Some(false)) => false,
            (None, None) => matches!(other.attribute("part"), Some("M" | "F")),
        }
    }
}
