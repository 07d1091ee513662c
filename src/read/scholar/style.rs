//! The one place that knows the library of citation styles: cites in, inlines out. What it is known to get wrong is put right around
//! it: people told apart in vain, works of one year that read the same, further authors who are not named.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use hayagriva::archive::{ArchivedStyle, LOCALES};
use hayagriva::citationberg::json::{Item, Value};
use hayagriva::citationberg::taxonomy::{DateVariable, Locator as LocatorKind, NumberOrPageVariable, NumberVariable, Variable};
use hayagriva::citationberg::{
    DisambiguationRule, FontStyle, FontVariant, FontWeight, IndependentStyle, LayoutRenderingElement as Element, Locale,
    LocaleCode, LongShortForm, Style as StyleFile, StyleClass, TextDecoration, TextTarget, VerticalAlign,
};
use hayagriva::{
    BibliographyDriver, BibliographyItem, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    ElemMeta, Formatting, LocatorPayload, Rendered, SpecificLocator,
};
use quick_xml::Reader;
use quick_xml::events::Event;
use rayon::prelude::*;

use super::items::{END, SHOWN};
use super::mend::{self, Habits};
use super::prune;
use super::tex;
use crate::budget::{ATTRIBUTES, NESTING};
use crate::span::Span;
use crate::tree::{Inline, Inlines, Link, Node, Style};

/// A style, ready to be used in a language.
pub struct Csl {
    style: IndependentStyle,
    locale: LocaleCode,
    locales: Vec<Locale>,
    habits: Habits,
    /// What [`tex::BETWEEN`] stands for.
    between: String,
    language: Language,
}

/// What a language asks of the marks between words.
#[derive(Clone, Copy, Debug, Default)]
struct Language {
    english: bool,
    german: bool,
    /// No space stands before a colon.
    close_colon: bool,
    /// Stops stand before the closing quotation mark.
    american: bool,
}

impl Language {
    /// The marks around what is quoted, and around what is quoted in that.
    fn quotes(self) -> [char; 4] {
        if self.german { ['„', '“', '‚', '‘'] } else { ['“', '”', '‘', '’'] }
    }
}

/// The kind of a locator that the style says as the author does.
pub const AS_SAID: &str = "as said";

/// One citation that is asked for: which works, where in them, and in which note.
pub struct Asked<'a> {
    pub works: Vec<(&'a Item, Option<(&'a str, &'a str)>)>,
    pub note: Option<usize>,
}

/// What the style says: of each citation its parts in order, of each work its entry by key.
pub struct Said {
    pub citations: Vec<Vec<Part>>,
    pub bibliography: Vec<(String, Vec<Run>)>,
    /// Groups of works whose cites read the same, however they were told apart.
    pub alike: Vec<Vec<String>>,
}

/// A part of a citation.
#[derive(Clone, Debug)]
pub enum Part {
    /// Between cites, and around them all.
    Between(Vec<Run>),
    /// The cite of that position among those that were asked for: its author's name, and the rest.
    Cite { at: usize, names: Vec<Run>, rest: Vec<Run>, whole: Vec<Run> },
}

/// A stretch in one look.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub text: String,
    pub look: Look,
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    italic: bool,
    bold: bool,
    small_caps: bool,
    underline: bool,
    script: i8,
}

/// The names by which people call styles that the library knows by others.
const NAMES: &[(&str, &str)] = &[
    ("chicago", "chicago-author-date"),
    ("chicago-notes-bibliography", "chicago-notes"),
    ("chicago-fullnote-bibliography", "chicago-notes"),
    ("chicago-note-bibliography", "chicago-shortened-notes"),
    ("apa", "american-psychological-association"),
    ("mla", "modern-language-association"),
    ("ieee", "institute-of-electrical-and-electronics-engineers"),
    ("iso690", "iso-690-author-date"),
    ("iso-690", "iso-690-author-date"),
    ("harvard", "harvard-cite-them-right"),
    ("vancouver", "vancouver"),
    ("ama", "american-medical-association"),
    ("mhra", "modern-humanities-research-association"),
];

/// The style of a name.
pub fn by_name(name: &str) -> Option<IndependentStyle> {
    let name = name.trim().trim_end_matches(".csl").to_lowercase().replace(' ', "-");
    let known = NAMES.iter().find(|(own, _)| *own == name).map(|(_, known)| *known);
    let found = ArchivedStyle::by_name(&name).or_else(|| ArchivedStyle::by_name(known?));
    match found?.get() {
        StyleFile::Independent(style) => Some(style),
        StyleFile::Dependent(_) => None,
    }
}

/// The names that come near to one that no style has.
pub fn near(name: &str) -> Vec<&'static str> {
    let mut near: Vec<_> = ArchivedStyle::all()
        .iter()
        .flat_map(|style| style.names())
        .map(|known| (strsim::damerau_levenshtein(known, name), *known))
        .filter(|(distance, known)| *distance <= 3 || !name.is_empty() && known.contains(name))
        .collect();
    near.sort();
    near.into_iter().map(|(_, known)| known).take(4).collect()
}

/// The style of a file.
///
/// # Errors
/// Why it is none.
pub fn of_file(text: &str) -> Result<IndependentStyle, String> {
    within_budget(text)?;
    match StyleFile::from_xml(text) {
        Ok(StyleFile::Independent(style)) => Ok(style),
        Ok(StyleFile::Dependent(style)) => {
            let parent = &style.parent_link.href;
            let name = parent.rsplit('/').next().unwrap_or(parent);
            by_name(name).ok_or_else(|| format!("it is only a name for the style {parent}, which is not there"))
        }
        Err(reason) => Err(reason.to_string()),
    }
}

/// The library reads a style with a parser that compares each attribute of an element with all before it (RUSTSEC-2026-0194), and
/// goes down into its elements by recursion.
fn within_budget(text: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0usize;
    loop {
        let opened = match reader.read_event() {
            Ok(Event::Start(element)) => {
                depth += 1;
                element
            }
            Ok(Event::Empty(element)) => element,
            Ok(Event::End(_)) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            // What is no XML is refused by the library, with its reason.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => continue,
        };
        if opened.attributes().with_checks(false).nth(ATTRIBUTES).is_some() {
            return Err(format!("an element has more than {ATTRIBUTES} attributes"));
        }
        if depth > NESTING {
            return Err(format!("its elements nest more than {NESTING} deep"));
        }
    }
}

impl Csl {
    pub fn new(mut style: IndependentStyle, language: &str) -> Self {
        let habits = mend::mend(&mut style);
        let between = mend::mark_between(&mut style);
        let base = language.split('-').next().unwrap_or(language);
        let codes: Vec<&str> = LOCALES.iter().map(|bytes| code(bytes)).collect();
        let usual = match base {
            "en" => "en-US",
            "de" => "de-DE",
            "pt" => "pt-PT",
            "zh" => "zh-CN",
            base => codes.iter().find(|code| code.split('-').next() == Some(base)).copied().unwrap_or("en-US"),
        };
        let chosen = if codes.contains(&language) { language } else { usual };
        // Reading all of them takes a fifth of a second; English stands for what another has no word for.
        let wanted = LOCALES.iter().zip(&codes).filter(|(_, code)| {
            let same = code.split('-').next() == chosen.split('-').next();
            same || **code == "en-US"
        });
        let locales = wanted.filter_map(|(bytes, _)| ciborium::from_reader(*bytes).ok()).collect();
        let language =
            Language { english: base == "en", german: base == "de", close_colon: base != "fr", american: chosen == "en-US" };
        Self { style, locale: LocaleCode(chosen.to_owned()), locales, habits, between, language }
    }

    /// Gives a work what the style asks for.
    pub fn prepare(&self, item: &mut Item) {
        // A style that has no rule for ranges of pages says them as they are.
        if self.style.settings.page_range_format.is_none()
            && let Some(Value::String(pages)) = item.0.get_mut("page")
        {
            *pages = tex::as_it_is(pages);
        }
        self.habits.dress(item);
        self.habits.witness(item);
    }

    /// Whether citations stand in notes.
    pub fn is_of_notes(&self) -> bool {
        self.style.settings.class == StyleClass::Note
    }

    /// Whether citations are numbers.
    pub fn has_bibliography(&self) -> bool {
        self.style.bibliography.is_some()
    }

    /// What the style says of the citations, which are in the order of the text, and of `beside`, works that are only listed.
    pub fn say(&self, asked: &[Asked], beside: &[&Item]) -> Said {
        // Letters behind years are set here: the library gives them in the order of citations, and leaves some out. So are given
        // names, which it leaves out for some works and puts into the entries of others.
        let lettered = self.style.citation.disambiguate_add_year_suffix;
        let mut style = self.style.clone();
        style.citation.disambiguate_add_year_suffix = false;
        let in_text = !self.is_of_notes();
        let works = each_once(asked, beside);
        prune::prune(&mut style, &works);
        let mut called = BTreeMap::new();
        if in_text && style.citation.disambiguate_add_givenname {
            style.citation.disambiguate_add_givenname = false;
            let (by_year, initials) = match style.citation.givenname_disambiguation_rule {
                DisambiguationRule::ByCite => (mend::cites_dates(&style), self.habits.initials),
                DisambiguationRule::AllNames | DisambiguationRule::PrimaryName => (false, self.habits.initials),
                DisambiguationRule::AllNamesWithInitials | DisambiguationRule::PrimaryNameWithInitials => (false, true),
            };
            let by_cite = style.citation.givenname_disambiguation_rule == DisambiguationRule::ByCite;
            let told = mend::told_apart(&works, by_year, by_cite, initials);
            called = works.iter().filter_map(|work| Some((key(work), mend::called(work, told.get(key(work))?)))).collect();
        }
        let own = |work: &'_ Item| -> Item { called.get(key(work)).unwrap_or(work).clone() };
        let copies: Vec<Vec<Item>> = match called.is_empty() {
            true => Vec::new(),
            false => asked.iter().map(|asked| asked.works.iter().map(|(work, _)| own(work)).collect()).collect(),
        };
        let renamed: Vec<Asked> = asked
            .iter()
            .zip(&copies)
            .map(|(asked, own)| Asked {
                works: own.iter().zip(&asked.works).map(|(own, (_, place))| (own, *place)).collect(),
                note: asked.note,
            })
            .collect();
        let cited: Vec<&Item> = works.iter().map(|work| called.get(key(work)).unwrap_or(work)).collect();
        let of_cites = if called.is_empty() { asked } else { &renamed[..] };
        // Numbers are given in the order of the bibliography, so both must be said together. Else they are said side by side, and of the
        // works by themselves only what may read as another does.
        let numbered = has_numbers(&mut style);
        let (single, (mut rendered, bibliography)) = if numbered {
            let rendered = self.render(&ByKind::of(&style, &cited), of_cites, &cited);
            let apart = if called.is_empty() { None } else { self.listed(&style, &works) };
            ((0..works.len()).collect(), (rendered, apart))
        } else {
            let single: Vec<usize> = if in_text { perhaps_alike(&works) } else { Vec::new() };
            let alone: Vec<&Item> = single.iter().map(|at| cited[*at]).collect();
            let mut of_text = style.clone();
            of_text.bibliography = None;
            let said = || self.render(&ByKind::of(&of_text, &each_once(of_cites, &alone)), of_cites, &alone);
            (single, rayon::join(said, || self.list(listing(&style), &works)))
        };
        let bibliography = bibliography.or(rendered.bibliography.take().map(|list| list.items));
        let ranges = self.ranges(&style, &works);
        let mut groups = if in_text { alike(&rendered, asked.len(), &single) } else { Vec::new() };
        let mut letters: BTreeMap<String, String> = BTreeMap::new();
        if lettered {
            let order: Vec<&str> = match &bibliography {
                Some(list) => list.iter().map(|item| item.key.as_str()).collect(),
                None => works.iter().map(|work| key(work)).collect(),
            };
            for group in &groups {
                let mut group: Vec<_> = group.iter().map(|at| key(works[*at])).collect();
                group.sort_by_key(|key| order.iter().position(|own| own == key));
                for (count, key) in group.into_iter().enumerate() {
                    letters.insert(key.to_owned(), letter(count));
                }
            }
        }
        if !groups.is_empty() && style.citation.disambiguate_add_names {
            // Further authors who were named in vain: of those works what is said without that is taken.
            style.citation.disambiguate_add_names = false;
            if !numbered {
                style.bibliography = None;
            }
            let beside: &[&Item] = if numbered { &cited } else { &[] };
            let plain = self.render(&ByKind::of(&style, &each_once(of_cites, beside)), of_cites, beside);
            for ((citation, plain), asked) in rendered.citations.iter_mut().zip(plain.citations).zip(asked) {
                if !asked.works.is_empty() && asked.works.iter().all(|(work, _)| letters.contains_key(key(work))) {
                    *citation = plain;
                }
            }
        }
        if lettered {
            groups.retain(|group| group.iter().any(|at| !is_dated(works[*at])));
        }
        let citations = rendered.citations.into_iter().take(asked.len()).zip(asked);
        let citations = citations.map(|(said, asked)| self.parts(said.citation, asked, &letters, &ranges)).collect();
        let shown: BTreeMap<&str, &Item> =
            works.iter().filter(|work| work.0.contains_key(SHOWN)).map(|work| (key(work), *work)).collect();
        let bibliography = bibliography.unwrap_or_default().into_iter().map(|mut item| {
            bare_years(&mut item.content.0);
            if let Some(ranges) = ranges.get(&item.key) {
                stretch(&mut item.content.0, ranges);
            }
            if let Some(letter) = letters.get(&item.key) {
                date(&mut item.content, letter);
            }
            if let Some(work) = shown.get(item.key.as_str()) {
                show(&mut item.content, work);
            }
            let mut runs = Vec::new();
            if let Some(field) = item.first_field {
                flatten(&[field], &mut runs);
                runs.push(Run { text: " ".to_owned(), look: Look::default(), url: None });
            }
            flatten(&item.content.0, &mut runs);
            let mut runs = self.settle(runs);
            trim_end(&mut runs);
            (item.key, runs)
        });
        let alike = groups.iter().map(|group| group.iter().map(|at| key(works[*at]).to_owned()).collect()).collect();
        Said { citations, bibliography: bibliography.collect(), alike }
    }

    /// What the bibliography says of each work, in its order. `listing`: as `listing` makes it.
    fn list(&self, listing: IndependentStyle, works: &[&Item]) -> Option<Vec<BibliographyItem>> {
        let whole = listing.bibliography.as_ref()?;
        // Works are sorted by their words as they are, not by the marks in them.
        let sortable: Vec<Item> = works.iter().map(|work| mend::sortable(work)).collect();
        let in_order = || {
            // The library says a work's place anew each time it compares it with another: works that are nearly in order are compared
            // with few.
            let mut works: Vec<&Item> = sortable.iter().collect();
            works.sort_by_cached_key(|work| mend::filed(work));
            let works = &works[..];
            let mut numbered = listing.clone();
            numbered.bibliography.as_mut()?.layout.elements.clone_from(&listing.citation.layout.elements);
            self.listed(&numbered, works)
        };
        // What stands for the author's name of the work above needs the works in their order.
        if whole.subsequent_author_substitute.is_some() {
            if works.iter().zip(&sortable).all(|(work, own)| *work == own) {
                return self.listed(&listing, works);
            }
            let by_key: BTreeMap<&str, &Item> = works.iter().map(|work| (key(work), *work)).collect();
            let ordered: Vec<&Item> = in_order()?.iter().filter_map(|place| by_key.get(place.key.as_str()).copied()).collect();
            let mut own = listing.clone();
            own.bibliography.as_mut()?.sort = None;
            return self.listed(&own, &ordered);
        }
        let by_kind = || {
            let said = prune::kinds(works).into_par_iter().map(|kind| {
                let mut own = listing.clone();
                own.bibliography.as_mut()?.sort = None;
                prune::prune(&mut own, &kind);
                self.listed(&own, &kind)
            });
            said.flatten().flatten_iter().map(|item| (item.key.clone(), item)).collect::<BTreeMap<_, _>>()
        };
        let (in_order, mut by_kind) = rayon::join(in_order, by_kind);
        Some(in_order?.iter().filter_map(|place| by_kind.remove(&place.key)).collect())
    }

    /// The entries of works, each by the whole of a style.
    fn listed(&self, style: &IndependentStyle, works: &[&Item]) -> Option<Vec<BibliographyItem>> {
        self.render(&ByKind::whole(style), &[], works).bibliography.map(|list| list.items)
    }

    fn render(&self, styles: &ByKind, asked: &[Asked], works: &[&Item]) -> Rendered {
        let mut driver = BibliographyDriver::new();
        let request = |items, style, note| CitationRequest::new(items, style, Some(self.locale.clone()), &self.locales, note);
        for asked in asked {
            let items = asked.works.iter().map(|(work, at)| {
                let place = at.map(|(kind, value)| {
                    let kind = match kind {
                        AS_SAID => LocatorKind::Custom,
                        kind => LocatorKind::from_str(kind).unwrap_or(LocatorKind::Page),
                    };
                    SpecificLocator(kind, LocatorPayload::Str(value))
                });
                CitationItem::with_locator(*work, place)
            });
            driver.citation(request(items.collect(), styles.of_cite(asked.works.iter().map(|(work, _)| *work)), asked.note));
        }
        // Each work once more by itself: to see which read the same, and to list those that are not cited.
        for work in works {
            let note = asked.last().and_then(|asked| asked.note);
            driver.citation(request(vec![CitationItem::with_entry(*work)], styles.of_cite(std::iter::once(*work)), note));
        }
        driver.finish(BibliographyRequest {
            style: styles.whole,
            locale: Some(self.locale.clone()),
            locale_files: &self.locales,
        })
    }

    /// What the style says of dates that are ranges: of each such work what it says of the first day, and what is to be said of both.
    /// The library takes no ranges: both days are said, and what they share is said once.
    fn ranges(&self, style: &IndependentStyle, works: &[&Item]) -> Ranges {
        let mut ranges = Ranges::new();
        for work in works.iter().filter(|work| work.0.keys().any(|name| name.ends_with(END))) {
            let mut last = (*work).clone();
            let ends: Vec<_> = work.0.iter().filter(|(name, _)| name.ends_with(END)).collect();
            ends.into_iter().for_each(|(name, end)| drop(last.0.insert(name.trim_end_matches(END).to_owned(), end.clone())));
            let said = |work: &Item| {
                let note = self.is_of_notes().then_some(1);
                let asked = [Asked { works: vec![(work, None)], note }];
                let cites = self.render(&ByKind::whole(style), &asked, &[]).citations;
                let mut dates = Vec::new();
                cites.iter().for_each(|cite| dates_in(&cite.citation.0, &mut dates));
                let entries = self.listed(style, &[work]).unwrap_or_default();
                entries.iter().for_each(|entry| dates_in(&entry.content.0, &mut dates));
                dates
            };
            let own = said(work).into_iter().zip(said(&last)).filter(|(from, to)| from != to);
            ranges.insert(key(work).to_owned(), own.map(|(from, to)| (from.clone(), both(&from, &to))).collect());
        }
        ranges
    }

    /// A citation as its parts.
    fn parts(&self, citation: ElemChildren, asked: &Asked, letters: &BTreeMap<String, String>, ranges: &Ranges) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut between = Vec::new();
        for child in citation.0 {
            let ElemChild::Elem(mut elem) = child else {
                flatten(&[child], &mut between);
                continue;
            };
            let Some(ElemMeta::Entry(at)) = elem.meta else {
                flatten(&elem.children.0, &mut between);
                continue;
            };
            bare_years(&mut elem.children.0);
            if let Some(ranges) = asked.works.get(at).and_then(|(work, _)| ranges.get(key(work))) {
                stretch(&mut elem.children.0, ranges);
            }
            if let Some(letter) = asked.works.get(at).and_then(|(work, _)| letters.get(key(work))) {
                date(&mut elem.children, letter);
            }
            if let Some((work, _)) = asked.works.get(at) {
                show(&mut elem.children, work);
            }
            if !between.is_empty() {
                parts.push(Part::Between(self.around(std::mem::take(&mut between))));
            }
            let mut whole = Vec::new();
            flatten(&elem.children.0, &mut whole);
            let mut names = Vec::new();
            if let Some(found) = elem.children.find_names_mut() {
                flatten(&found.children.0, &mut names);
                found.children.0.clear();
            }
            let mut rest = Vec::new();
            flatten(&elem.children.0, &mut rest);
            let mut rest = self.settle(rest);
            trim_start(&mut rest);
            // A year alone: the name was said with the year before it.
            if names.is_empty()
                && rest.first().is_some_and(|run| run.text.starts_with(|c: char| c.is_ascii_digit()))
                && whole.first().is_some_and(|run: &Run| run.text.starts_with(|c: char| c.is_ascii_digit()))
                && let [.., Part::Cite { .. }, Part::Between(between)] = &mut parts[..]
                && let [Run { text, .. }] = &mut between[..]
                && text == "; "
                && !asked.works.is_empty()
            {
                *text = ", ".to_owned();
            }
            parts.push(Part::Cite { at, names: self.settle(names), rest, whole: self.settle(whole) });
        }
        if !between.is_empty() {
            let mut between = self.around(between);
            // A stop behind a closing quotation mark stands before it.
            if self.language.american
                && let Some(Run { text, .. }) = between.first_mut()
                && let Some(stop) = text.chars().next().filter(|c| matches!(c, '.' | ','))
                && let Some(Part::Cite { rest, whole, .. }) = parts.last_mut()
                && whole.last().is_some_and(|run| run.text.ends_with('”'))
            {
                text.remove(0);
                for last in [rest.last_mut(), whole.last_mut()].into_iter().flatten() {
                    let at = last.text.len() - if last.text.ends_with('”') { '”'.len_utf8() } else { 0 };
                    last.text.insert(at, stop);
                }
            }
            between.retain(|run| !run.text.is_empty());
            parts.push(Part::Between(between));
        }
        parts
    }

    /// Answers the marks in the words, and puts right what two neighbours say twice.
    fn settle(&self, runs: Vec<Run>) -> Vec<Run> {
        let mut out: Vec<Run> = Vec::new();
        let mut open: Vec<char> = Vec::new();
        // Of each quotation that is open, whether it stands in another.
        let mut quoted: Vec<bool> = Vec::new();
        // Marks wait until the space before their word is said.
        let mut waiting: Vec<char> = Vec::new();
        for run in runs {
            for (place, c) in run.text.char_indices() {
                if matches!(c, tex::OTHERS | tex::MANY_OTHERS) {
                    others(&mut out, self.habits.comma, c == tex::MANY_OTHERS && !self.habits.no_comma);
                    continue;
                }
                if matches!(c, tex::PARTED | tex::BETWEEN | tex::COUNTS) {
                    continue;
                }
                let quotes = self.language.quotes();
                if c == tex::close(tex::QUOTED) {
                    let inner = quoted.pop() == Some(true);
                    push(&mut out, if inner { quotes[3] } else { quotes[1] }, run.look, &run.url);
                    continue;
                }
                let c = tex::bared(c);
                if tex::is_mark(c) {
                    let opens = (c as u32).is_multiple_of(2);
                    match opens {
                        true => waiting.push(c),
                        false if waiting.last().is_some_and(|open| tex::close(*open) == c) => drop(waiting.pop()),
                        false => drop(open.iter().rposition(|open| tex::close(*open) == c).map(|at| open.remove(at))),
                    }
                    continue;
                }
                if c != ' ' {
                    for mark in waiting.drain(..) {
                        if mark == tex::QUOTED {
                            let inner = is_quoted(&out, quotes);
                            quoted.push(inner);
                            push(&mut out, if inner { quotes[2] } else { quotes[0] }, run.look, &run.url);
                        } else {
                            open.push(mark);
                        }
                    }
                }
                let mut look = run.look;
                for mark in &open {
                    match *mark {
                        tex::ITALIC => look.italic = !look.italic,
                        tex::BOLD => look.bold = !look.bold,
                        tex::SMALL_CAPS => look.small_caps = true,
                        tex::RAISED => look.script = 1,
                        tex::LOWERED => look.script = -1,
                        _ => {}
                    }
                }
                let last = out.iter().rev().find_map(|run| run.text.chars().next_back());
                // A stop behind a stop, a space behind a space.
                let quoted_stop = || out.last().is_some_and(|run| ends_quoted(&run.text));
                let ended = matches!(last, Some('.' | '?' | '!')) || quoted_stop();
                let next = run.text[place..].chars().nth(1);
                if c == '.' && (last == Some(':') || ends(&out, ". ") && next.is_none_or(|next| next == ' '))
                    || c == ',' && next == Some('”') && matches!(last, Some('?' | '!'))
                {
                    continue;
                }
                if c == '.' && ended || c == ':' && matches!(last, Some('?' | '!')) || c == ' ' && matches!(last, Some(' ')) {
                    continue;
                }
                // The stop of a part that says nothing, the comma of a list whose last part says nothing, the space before such a part.
                if c == '.' && place == 0 && ends(&out, ". ") {
                    continue;
                }
                if matches!(c, ')' | ']' | '.') && last == Some(',')
                    || matches!(c, ':' | ';') && self.language.close_colon && is_number_before_space(&out)
                {
                    out.last_mut().and_then(|run| run.text.pop());
                }
                // A stop stands before the quotation mark of a title that the style sets in none.
                if self.language.american && matches!(c, '.' | ',') && last == Some('”') && place == 0 {
                    if let Some(Run { text, .. }) = out.last_mut() {
                        text.insert(text.len() - '”'.len_utf8(), c);
                    }
                    continue;
                }
                push(&mut out, c, look, &run.url);
            }
        }
        out.retain(|run| !run.text.is_empty());
        close_bracket(&mut out);
        if self.language.english {
            out.iter_mut().for_each(|run| several_pages(&mut run.text));
        }
        out
    }

    /// What stands between cites, or around them.
    fn around(&self, mut runs: Vec<Run>) -> Vec<Run> {
        runs.iter_mut().for_each(|run| run.text = run.text.replace(tex::BETWEEN, &self.between));
        self.settle(runs)
    }
}

/// Says a letter as it looks.
fn push(out: &mut Vec<Run>, c: char, look: Look, url: &Option<String>) {
    match out.last_mut() {
        Some(last) if last.look == look && last.url == *url => last.text.push(c),
        _ => out.push(Run { text: c.to_string(), look, url: url.clone() }),
    }
}

/// A bracket that closes behind another: of the two the library says one.
fn close_bracket(out: &mut [Run]) {
    let letters = || out.iter().flat_map(|run| run.text.chars());
    let (opened, closed) = (letters().filter(|c| *c == '(').count(), letters().filter(|c| *c == ')').count());
    if opened == closed + 1
        && let Some(last) = out.last_mut()
        && last.text.ends_with(").")
    {
        last.text.insert(last.text.len() - 1, ')');
    }
}

/// Whether a text ends with a quotation that has its own stop.
fn ends_quoted(text: &str) -> bool {
    let inner = text.trim_end_matches(['”', '’', '“', '‘', '»', '›', '\u{A0}', '\u{202F}']);
    let is_closed = inner.len() < text.trim_end_matches(['\u{A0}', '\u{202F}']).len();
    is_closed && (inner.ends_with(['?', '!']) || inner.ends_with('.') && text.ends_with(['”', '’']))
}

/// Whether a quotation is open.
fn is_quoted(out: &[Run], quotes: [char; 4]) -> bool {
    let last = out.iter().rev().flat_map(|run| run.text.chars().rev()).find(|c| *c == quotes[0] || *c == quotes[1]);
    last == Some(quotes[0])
}

/// Pages of which the library reads no numbers (`iv–xii`, `S12–S15`) are several all the same.
fn several_pages(text: &mut String) {
    const PAGE: &str = "p. ";
    let letters = |side: &str| side.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let is_roman = |side: &str| !side.is_empty() && side.chars().all(|c| "ivxlcdm".contains(c));
    let found: Vec<usize> = text
        .match_indices(PAGE)
        .map(|(at, _)| at)
        .filter(|at| text[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
        .filter(|at| {
            let behind = &text[at + PAGE.len()..];
            let word = behind.split([' ', ',', ';', '.', ')']).next().unwrap_or_default();
            word.split_once('–').is_some_and(|(from, to)| {
                let counted = |side: &str| side.ends_with(|c: char| c.is_ascii_digit());
                is_roman(from) && is_roman(to) || counted(from) && counted(to) && letters(from) == letters(to)
            })
        })
        .collect();
    found.into_iter().rev().for_each(|at| text.insert(at, 'p'));
}

/// Whether a text so far ends with these words, whatever its runs.
fn ends(out: &[Run], words: &str) -> bool {
    let said: String = out.iter().rev().take(2).collect::<Vec<_>>().into_iter().rev().map(|run| run.text.as_str()).collect();
    said.ends_with(words)
}

fn is_number_before_space(out: &[Run]) -> bool {
    out.last().is_some_and(|run| run.text.strip_suffix(' ').is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit())))
}

/// The language of a locale of the archive: the text behind the first name, which is its own.
fn code(bytes: &'static [u8]) -> &'static str {
    const NAME: &[u8] = b"@xml:lang";
    // A text of CBOR shorter than 24 bytes says its length in the byte before it (RFC 8949, section 3.1).
    let found = bytes.windows(NAME.len()).position(|window| window == NAME).map(|at| at + NAME.len());
    let said = found.and_then(|at| {
        let length = usize::from(bytes.get(at)?.checked_sub(0x60)?);
        bytes.get(at + 1..at + 1 + length)
    });
    said.and_then(|said| std::str::from_utf8(said).ok()).unwrap_or_default()
}

/// A style, and what is left of it for the cites of each kind of works: a style that asks only what that kind answers.
struct ByKind<'a> {
    whole: &'a IndependentStyle,
    kinds: Vec<IndependentStyle>,
    /// The style without years said together, where it says them so: for works that have two the library says but the first.
    apart: Option<IndependentStyle>,
    /// The kind of each work, by its key.
    kind_of: BTreeMap<&'a str, usize>,
}

impl<'a> ByKind<'a> {
    fn whole(whole: &'a IndependentStyle) -> Self {
        let apart = whole.citation.collapse.is_some().then(|| {
            let mut own = IndependentStyle { bibliography: None, ..whole.clone() };
            own.citation.collapse = None;
            own
        });
        Self { whole, kinds: Vec::new(), apart, kind_of: BTreeMap::new() }
    }

    fn of(whole: &'a IndependentStyle, works: &[&'a Item]) -> Self {
        let mut styles = Self::whole(whole);
        for kind in prune::kinds(works) {
            styles.kind_of.extend(kind.iter().map(|work| (key(work), styles.kinds.len())));
            let mut own = IndependentStyle { bibliography: None, ..whole.clone() };
            prune::prune(&mut own, &kind);
            styles.kinds.push(own);
        }
        styles
    }

    /// The style of a cite: that of the kind of all its works, if they are of one.
    fn of_cite<'i>(&self, works: impl Iterator<Item = &'i Item> + Clone) -> &IndependentStyle {
        if let Some(apart) = &self.apart
            && works.clone().nth(1).is_some()
            && works.clone().any(|work| work.0.contains_key("original-date"))
        {
            return apart;
        }
        let mut kinds = works.map(|work| self.kind_of.get(key(work)));
        let first = kinds.next().flatten();
        first
            .filter(|first| kinds.all(|kind| kind == Some(*first)))
            .and_then(|kind| self.kinds.get(*kind))
            .unwrap_or(self.whole)
    }
}

/// The works of all citations, each once, then those beside them.
fn each_once<'a>(asked: &[Asked<'a>], beside: &[&'a Item]) -> Vec<&'a Item> {
    let mut seen = BTreeSet::new();
    let cited = asked.iter().flat_map(|asked| asked.works.iter().map(|(work, _)| *work));
    cited.chain(beside.iter().copied()).filter(|work| seen.insert(key(work).to_owned())).collect()
}

fn key(item: &Item) -> &str {
    match item.0.get("id") {
        Some(hayagriva::citationberg::json::Value::String(key)) => key,
        _ => "",
    }
}

fn is_dated(item: &Item) -> bool {
    item.0.contains_key("issued")
}

/// Whether a style says the number of a work anywhere.
fn has_numbers(style: &mut IndependentStyle) -> bool {
    let mut found = false;
    mend::each(style, &mut |element| match element {
        Element::Text(text) => {
            if let TextTarget::Variable { var: Variable::Number(NumberVariable::CitationNumber), .. } = text.target {
                found = true;
            }
        }
        Element::Number(number) => found |= number.variable == NumberOrPageVariable::Number(NumberVariable::CitationNumber),
        _ => {}
    });
    found
}

/// A style that lists works as `style` does, and of cites says a number, which tells all of them apart.
fn listing(style: &IndependentStyle) -> IndependentStyle {
    let mut listing = style.clone();
    let number = TextTarget::Variable { var: Variable::Number(NumberVariable::CitationNumber), form: LongShortForm::Long };
    // Whatever else an element says, its target is what it names.
    let mut text = None;
    mend::each(&mut listing, &mut |element| {
        if let (None, Element::Text(own)) = (&text, element) {
            text = Some(own.clone());
        }
    });
    let Some(mut text) = text else { return listing };
    text.target = number;
    let citation = &mut listing.citation;
    (citation.disambiguate_add_givenname, citation.disambiguate_add_names) = (false, false);
    (citation.sort, citation.collapse, citation.cite_group_delimiter) = (None, None, None);
    citation.layout.elements = vec![Element::Text(text)];
    listing
}

/// Works whose cites may read the same, by their positions: they begin with the same family, or with no name at all.
fn perhaps_alike(works: &[&Item]) -> Vec<usize> {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, work) in works.iter().enumerate() {
        mend::first_families(work).into_iter().for_each(|family| families.entry(family).or_default().push(at));
    }
    let shared: BTreeSet<usize> = families.into_values().filter(|own| own.len() > 1).flatten().collect();
    shared.into_iter().collect()
}

/// The works whose cites say the same, by their positions. `single`: the works that are said by themselves, from `from` on.
fn alike(rendered: &Rendered, from: usize, single: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, said) in single.iter().copied().zip(rendered.citations.iter().skip(from)) {
        let mut runs = Vec::new();
        flatten(&said.citation.0, &mut runs);
        let text: String = runs.iter().map(|run| run.text.as_str()).collect();
        // Numbers tell their works apart.
        if !text.trim().is_empty() {
            groups.entry(text).or_default().push(at);
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// `a` for 0, `aa` for 26.
fn letter(count: usize) -> String {
    let own = char::from(b'a' + (count % 26) as u8);
    if count < 26 { own.to_string() } else { letter(count / 26 - 1) + &own.to_string() }
}

/// By a work's key, what its style says of the first days of its dates, and of the whole ranges.
type Ranges = BTreeMap<String, Vec<(String, String)>>;

/// The words of every date, in order.
fn dates_in(children: &[ElemChild], dates: &mut Vec<String>) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        match elem.meta == Some(ElemMeta::Date) {
            true => dates.push(words(&elem.children.0)),
            false => dates_in(&elem.children.0, dates),
        }
    }
}

fn words(children: &[ElemChild]) -> String {
    let mut runs = Vec::new();
    flatten(children, &mut runs);
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// Says whole ranges in the place of their first days.
fn stretch(children: &mut [ElemChild], ranges: &[(String, String)]) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        if elem.meta != Some(ElemMeta::Date) {
            stretch(&mut elem.children.0, ranges);
            continue;
        }
        let said = words(&elem.children.0);
        if let Some((_, whole)) = ranges.iter().find(|(first, _)| *first == said) {
            set_words(&mut elem.children.0, &mut Some(whole.clone()));
        }
    }
}

/// Takes the season from before a bare year, which the library says with it: `Winter/1999`.
fn bare_years(children: &mut [ElemChild]) {
    for child in children {
        let ElemChild::Elem(elem) = child else { continue };
        if elem.meta != Some(ElemMeta::Date) {
            bare_years(&mut elem.children.0);
            continue;
        }
        let said = words(&elem.children.0);
        let year = said.trim_start_matches(char::is_alphabetic);
        let bare = year.strip_prefix(['/', '.', '-']).filter(|_| year.len() < said.len());
        if let Some(year) = bare
            && !year.is_empty()
            && year.bytes().all(|byte| byte.is_ascii_digit())
        {
            set_words(&mut elem.children.0, &mut Some(year.to_owned()));
        }
    }
}

/// Sets words in the place of all that parts say, as the first of them looks.
fn set_words(children: &mut [ElemChild], whole: &mut Option<String>) {
    for child in children {
        match child {
            ElemChild::Text(said) => said.text = whole.take().unwrap_or_default(),
            ElemChild::Elem(elem) => set_words(&mut elem.children.0, whole),
            ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => {}
        }
    }
}

/// Two dates with a dash, what they begin or end with in common said once: `March 5–9, 1990`.
fn both(from: &str, to: &str) -> String {
    let parts = |text: &str| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for c in text.chars() {
            match parts.last_mut() {
                Some(last) if last.ends_with(char::is_alphanumeric) == c.is_alphanumeric() => last.push(c),
                _ => parts.push(c.to_string()),
            }
        }
        parts
    };
    let (from, to) = (parts(from), parts(to));
    let most = from.len().min(to.len());
    let before = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let behind = from.iter().rev().zip(to.iter().rev()).take_while(|(a, b)| a == b).count().min(most - before.min(most));
    let middle = |all: &[String]| all[before..all.len() - behind].concat();
    format!("{}{}–{}{}", from[..before].concat(), middle(&from), middle(&to), from[from.len() - behind..].concat())
}

/// Puts a letter behind the first year of a date; false where there is none.
fn date(children: &mut ElemChildren, letter: &str) -> bool {
    for child in &mut children.0 {
        let ElemChild::Elem(elem) = child else { continue };
        let is_date = elem.meta == Some(ElemMeta::Date);
        if is_date && year(&mut elem.children, letter) || !is_date && date(&mut elem.children, letter) {
            return true;
        }
    }
    false
}

fn year(children: &mut ElemChildren, letter: &str) -> bool {
    for child in &mut children.0 {
        match child {
            ElemChild::Text(said) => {
                let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
                let found =
                    (0..said.text.len()).filter(|at| said.text.is_char_boundary(*at)).find(|at| digits(&said.text[*at..]) >= 3);
                if let Some(at) = found {
                    let mut end = at + digits(&said.text[at..]);
                    // Of a range of years behind the second.
                    if let Some(next) = said.text[end..].strip_prefix('–').map(digits).filter(|length| *length > 0) {
                        end += '–'.len_utf8() + next;
                    }
                    said.text.insert_str(end, letter);
                    return true;
                }
            }
            ElemChild::Elem(elem) => {
                if year(&mut elem.children, letter) {
                    return true;
                }
            }
            ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => {}
        }
    }
    false
}

/// Puts in the place of the year of a work's date what is shown there.
fn show(children: &mut ElemChildren, work: &Item) {
    if let Some(shown) = work.0.get(SHOWN).and_then(Value::to_str) {
        let year = mend::year(work, DateVariable::Issued).unwrap_or_default();
        // A style may say the date twice; that of another thing may be of the same year.
        let others = [DateVariable::Accessed, DateVariable::EventDate, DateVariable::OriginalDate];
        let is_only = !others.into_iter().any(|date| mend::year(work, date) == Some(year));
        in_date(&mut children.0, false, &year.to_string(), &shown, is_only);
    }
}

/// The same below some parts, where they are of a date: of all dates of that year, or of the first; whether none is left to look for.
fn in_date(children: &mut [ElemChild], is_date: bool, year: &str, shown: &str, all: bool) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    children.iter_mut().any(|child| match child {
        ElemChild::Text(said) if is_date => {
            let whole =
                |at: &usize| !said.text[..*at].ends_with(is_digit) && !said.text[at + year.len()..].starts_with(is_digit);
            let Some(at) = said.text.match_indices(year).map(|(at, _)| at).find(whole) else { return false };
            // A letter behind a word.
            let is_lettered = said.text[at + year.len()..].starts_with(|c: char| c.is_ascii_lowercase());
            let hyphen = if is_lettered && shown.ends_with(char::is_alphabetic) { "-" } else { "" };
            said.text.replace_range(at..at + year.len(), &format!("{shown}{hyphen}"));
            !all
        }
        ElemChild::Elem(elem) => in_date(&mut elem.children.0, is_date || elem.meta == Some(ElemMeta::Date), year, shown, all),
        ElemChild::Text(_) | ElemChild::Markup(_) | ElemChild::Link { .. } | ElemChild::Transparent { .. } => false,
    })
}

/// Takes out what stood between a name and the rest.
fn trim_start(runs: &mut Vec<Run>) {
    while let Some(first) = runs.first_mut() {
        first.text = first.text.trim_start_matches([' ', ',', '.', ';', ':', '\u{A0}']).to_owned();
        if !first.text.is_empty() {
            return;
        }
        runs.remove(0);
    }
}

/// Takes out the space at the end, which a style leaves before what a work doesn't say.
fn trim_end(runs: &mut Vec<Run>) {
    while let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end_matches([' ', '\u{A0}']).len());
        if !last.text.is_empty() {
            return;
        }
        runs.pop();
    }
}

fn look(formatting: Formatting) -> Look {
    Look {
        italic: formatting.font_style == FontStyle::Italic,
        bold: formatting.font_weight == FontWeight::Bold,
        small_caps: formatting.font_variant == FontVariant::SmallCaps,
        underline: formatting.text_decoration == TextDecoration::Underline,
        script: match formatting.vertical_align {
            VerticalAlign::Sup => 1,
            VerticalAlign::Sub => -1,
            _ => 0,
        },
    }
}

fn flatten(children: &[ElemChild], out: &mut Vec<Run>) {
    for child in children {
        match child {
            ElemChild::Text(said) => out.push(Run { text: said.text.clone(), look: look(said.formatting), url: None }),
            ElemChild::Link { text, url } => {
                out.push(Run { text: text.text.clone(), look: look(text.formatting), url: Some(url.clone()) });
            }
            ElemChild::Markup(text) => out.push(Run { text: text.clone(), look: Look::default(), url: None }),
            ElemChild::Elem(elem) => {
                let apart = elem.display.is_some() && !out.is_empty();
                if apart && out.last().is_some_and(|run| !run.text.ends_with(' ')) {
                    out.push(Run { text: " ".to_owned(), look: Look::default(), url: None });
                }
                flatten(&elem.children.0, out);
            }
            ElemChild::Transparent { .. } => {}
        }
    }
}

/// Further authors who are not named: the comma and the word for "and" before them go.
fn others(out: &mut Vec<Run>, keeps_comma: bool, wants_comma: bool) {
    let mut comma = wants_comma;
    const ANDS: &[&str] = &["and", "&", "und", "et", "y", "e", "en", "og", "och", "ja", "i", "и", "και"];
    while let Some(last) = out.last_mut() {
        let mut text = last.text.trim_end_matches([' ', '\u{A0}']).to_owned();
        if let Some(and) =
            ANDS.iter().find(|and| text.strip_suffix(**and).is_some_and(|rest| rest.ends_with([' ', ',']) || rest.is_empty()))
        {
            text.truncate(text.len() - and.len());
        }
        comma |= keeps_comma && text.trim_end().ends_with(',');
        text = text.trim_end_matches([' ', ',', ';', '\u{A0}']).to_owned();
        last.text = text;
        if !last.text.is_empty() {
            break;
        }
        out.pop();
    }
    if let Some(last) = out.last_mut() {
        last.text += if comma { ", et al." } else { " et al." };
    }
}

/// Runs as inlines, addresses and numbers of the DOI as links.
pub fn inlines(runs: &[Run], span: Span) -> Inlines {
    let mut out = Vec::new();
    for run in runs {
        match &run.url {
            Some(url) => {
                let text = styled(vec![Node::new(Inline::Text(run.text.clone()), span)], run.look, span);
                out.push(Node::new(Inline::Link(Link { target: url.clone(), title: String::new(), text }), span));
            }
            None => out.extend(styled(linked(&run.text, span), run.look, span)),
        }
    }
    out
}

fn styled(text: Inlines, look: Look, span: Span) -> Inlines {
    let looks = [
        (look.italic, Style::Emphasis),
        (look.bold, Style::Strong),
        (look.small_caps, Style::SmallCaps),
        (look.underline, Style::Underline),
        (look.script > 0, Style::Superscript),
        (look.script < 0, Style::Subscript),
    ];
    looks.into_iter().filter(|(is, _)| *is).fold(text, |text, (_, style)| vec![Node::new(Inline::Styled(style, text), span)])
}

/// Words in which addresses are links.
fn linked(text: &str, span: Span) -> Inlines {
    let mut out = Vec::new();
    let mut rest = text;
    let say = |text: &str, out: &mut Inlines| {
        if !text.is_empty() {
            out.push(Node::new(Inline::Text(text.to_owned()), span));
        }
    };
    loop {
        let found = ["https://", "http://", "doi:10."].iter().filter_map(|begin| rest.find(begin)).min();
        let Some(at) = found else {
            say(rest, &mut out);
            return out;
        };
        let length = rest[at..].find(|c: char| c.is_whitespace() || "<>\"”".contains(c)).unwrap_or(rest.len() - at);
        let address = rest[at..at + length].trim_end_matches(['.', ',', ';', ')', ']', ':']);
        say(&rest[..at], &mut out);
        let target = match address.strip_prefix("doi:") {
            Some(doi) => format!("https://doi.org/{doi}"),
            None => address.to_owned(),
        };
        let words = vec![Node::new(Inline::Text(address.to_owned()), span)];
        out.push(Node::new(Inline::Link(Link { target, title: String::new(), text: words }), span));
        rest = &rest[at + address.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(layout: &str) -> String {
        format!(
            r#"<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>T</title><id>x</id>
            <updated>2020-01-01T00:00:00+00:00</updated></info><citation><layout>{layout}</layout></citation></style>"#
        )
    }

    #[test]
    fn a_style_keeps_within_the_budget() {
        let deep = |depth: usize| style(&("<group>".repeat(depth) + "<text variable=\"title\"/>" + &"</group>".repeat(depth)));
        assert!(of_file(&deep(40)).is_ok());
        assert!(of_file(&deep(100_000)).is_err_and(|reason| reason.contains("nest")));
        let wide: String = (0..80_000).map(|number| format!(" a{number}=\"x\"")).collect();
        assert!(
            of_file(&style(&format!("<text variable=\"title\"{wide}/>"))).is_err_and(|reason| reason.contains("attributes"))
        );
    }
}
