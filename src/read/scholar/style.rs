//! The one place that knows the library of citation styles: cites in, inlines out. What it is known to get wrong is put right around
//! it: people told apart in vain, works of one year that read the same, further authors who are not named.

mod dates;
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use hayagriva::archive::{ArchivedStyle, LOCALES};
use hayagriva::citationberg::json::{Item, Value};
use hayagriva::citationberg::taxonomy::{
    DateVariable, Locator as LocatorKind, NumberOrPageVariable, NumberVariable, StandardVariable, Variable,
};
use hayagriva::citationberg::{
    Collapse, DisambiguationRule, IndependentStyle, LayoutRenderingElement as Element, Locale, LocaleCode, LongShortForm,
    Style as StyleFile, StyleClass, Text, TextTarget,
};
use hayagriva::{
    BibliographyDriver, BibliographyItem, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    ElemMeta, LocatorPayload, Rendered, SpecificLocator, standalone_citation,
};
use quick_xml::Reader;
use quick_xml::events::Event;
use rayon::prelude::*;

use super::items::{END, SHOWN};
use super::mend::{self, Habits};
use super::prune;
use super::tex;
use crate::budget::{ATTRIBUTES, NESTING};
use dates::{Ranges, bare_years, both, date, dates_in, show, stretch};
pub use runs::{Look, Run, inlines};
use runs::{flatten, trim_end, trim_start};

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
    // The standard's styles are named with the language of their words (`iso690-author-date-fr`), which the work says here.
    let of_standard = name.strip_prefix("iso690-").and_then(|rest| {
        let kinds = ["author-date", "numeric"];
        kinds.iter().position(|kind| rest.starts_with(kind)).map(|at| ["iso-690-author-date", "iso-690-numeric"][at])
    });
    let known = NAMES.iter().find(|(own, _)| *own == name).map(|(_, known)| *known).or(of_standard);
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

    /// Whether works of one author stand together in a citation.
    pub fn groups(&self) -> bool {
        let citation = &self.style.citation;
        citation.cite_group_delimiter.is_some()
            || matches!(citation.collapse, Some(Collapse::Year | Collapse::YearSuffix | Collapse::YearSuffixRanged))
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
            let single: Vec<usize> = if in_text { perhaps_alike(&works, &|_| None) } else { Vec::new() };
            let mut of_text = style.clone();
            of_text.bibliography = None;
            let asked_for = each_once(of_cites, &at_places(&cited, &single));
            let styles = ByKind::of(&of_text, &asked_for);
            // Cites that say different years don't read the same.
            let year = |work: &Item| styles.says_year(work).then(|| mend::year(work, DateVariable::Issued));
            let single = if single.is_empty() { single } else { perhaps_alike(&works, &year) };
            let alone = at_places(&cited, &single);
            let said = || self.render(&styles, of_cites, &alone);
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
        // What stands for the author's name of the work above needs the works in their order.
        if whole.subsequent_author_substitute.is_some() {
            let ordered: Vec<&Item> =
                self.in_order(&listing, &sortable).into_iter().filter_map(|at| works.get(at).copied()).collect();
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
        let (in_order, mut by_kind) = rayon::join(|| self.in_order(&listing, &sortable), by_kind);
        Some(in_order.into_iter().filter_map(|at| by_kind.remove(key(works.get(at)?))).collect())
    }

    /// The places of works among `works`, in the order of a style's bibliography. They are sorted as one citation of all of them: for a
    /// bibliography the library would look for each work among all others, and say it twice.
    fn in_order(&self, listing: &IndependentStyle, works: &[Item]) -> Vec<usize> {
        // No style says it, and of each work it says where it stands.
        const PLACE: StandardVariable = StandardVariable::CitationKey;
        // The library says a work's place anew each time it compares it with another: works that are nearly in order are compared
        // with few.
        let mut places: Vec<(usize, &Item)> = works.iter().enumerate().collect();
        places.sort_by_cached_key(|(_, work)| mend::filed(work));
        let placed = |(at, work): (usize, &Item)| {
            let mut own = work.clone();
            own.0.insert(PLACE.to_string(), Value::String(at.to_string()));
            own
        };
        let placed: Vec<Item> = places.into_iter().map(placed).collect();
        let mut style = listing.clone();
        style.citation.sort = style.bibliography.take().and_then(|list| list.sort);
        says_only(&mut style, PLACE);
        let items = placed.iter().map(CitationItem::with_entry).collect();
        let said = standalone_citation(CitationRequest::new(items, &style, Some(self.locale.clone()), &self.locales, None));
        let mut runs = Vec::new();
        flatten(&said.0, &mut runs);
        let said: String = runs.iter().map(|run| run.text.as_str()).collect();
        said.split(';').filter_map(|place| place.parse().ok()).collect()
    }

    /// The entries of works, each by the whole of a style.
    fn listed(&self, style: &IndependentStyle, works: &[&Item]) -> Option<Vec<BibliographyItem>> {
        self.render(&ByKind::of_list(style, works), &[], works).bibliography.map(|list| list.items)
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
    /// The kinds of which each cite says the year, if a work has one.
    dated: Vec<bool>,
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
        Self { whole, kinds: Vec::new(), apart, dated: Vec::new(), kind_of: BTreeMap::new() }
    }

    fn of(whole: &'a IndependentStyle, works: &[&'a Item]) -> Self {
        let mut styles = Self::whole(whole);
        for kind in prune::kinds(works) {
            styles.kind_of.extend(kind.iter().map(|work| (key(work), styles.kinds.len())));
            let mut own = IndependentStyle { bibliography: None, ..whole.clone() };
            prune::prune(&mut own, &kind);
            styles.dated.push(mend::always_dates(&own));
            styles.kinds.push(own);
        }
        styles
    }

    /// Each work must be cited to be listed, but nobody asks what its cite says: its key, and that costs nothing.
    fn of_list(whole: &'a IndependentStyle, works: &[&'a Item]) -> Self {
        let mut own = IndependentStyle { bibliography: None, ..whole.clone() };
        says_only(&mut own, StandardVariable::CitationKey);
        let kind_of = works.iter().map(|work| (key(work), 0)).collect();
        Self { whole, kinds: vec![own], apart: None, dated: vec![false], kind_of }
    }

    /// Whether a cite of a work says its year, if it has one.
    fn says_year(&self, work: &Item) -> bool {
        self.kind_of.get(key(work)).is_some_and(|kind| self.dated[*kind])
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
    let citation = &mut listing.citation;
    (citation.disambiguate_add_givenname, citation.disambiguate_add_names) = (false, false);
    (citation.sort, citation.collapse, citation.cite_group_delimiter) = (None, None, None);
    citation.layout.elements = vec![variable(Variable::Number(NumberVariable::CitationNumber))];
    listing
}

/// An element that says a variable, as it is.
/// Lets the cites of a style say nothing but a variable of each work.
fn says_only(style: &mut IndependentStyle, said: StandardVariable) {
    let layout = &mut style.citation.layout;
    layout.elements = vec![variable(Variable::Standard(said))];
    (layout.prefix, layout.suffix, layout.delimiter) = (None, None, Some(";".to_owned()));
}

fn variable(var: Variable) -> Element {
    Element::Text(Text::with_target(TextTarget::Variable { var, form: LongShortForm::Long }))
}

/// Works whose cites may read the same, by their positions: they begin with the same family, or with no name at all, and are not told
/// apart by the `year` that the cites say. Of a work whose cites may say none it is not known.
fn perhaps_alike(works: &[&Item], year: &dyn Fn(&Item) -> Option<Option<i32>>) -> Vec<usize> {
    let mut families: BTreeMap<String, BTreeMap<Option<Option<i32>>, Vec<usize>>> = BTreeMap::new();
    for (at, work) in works.iter().enumerate() {
        let year = year(work);
        for family in mend::first_families(work) {
            families.entry(family).or_default().entry(year).or_default().push(at);
        }
    }
    let mut shared: BTreeSet<usize> = BTreeSet::new();
    for years in families.into_values() {
        let told_apart = !years.contains_key(&None);
        let count: usize = years.values().map(Vec::len).sum();
        shared.extend(years.into_values().filter(|own| if told_apart { own.len() > 1 } else { count > 1 }).flatten());
    }
    shared.into_iter().collect()
}

fn at_places<'a>(works: &[&'a Item], places: &[usize]) -> Vec<&'a Item> {
    places.iter().filter_map(|at| works.get(*at).copied()).collect()
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

    #[test]
    fn years_that_every_cite_says() {
        let dates = |layout: &str| {
            let style = of_file(&style(layout)).unwrap_or_else(|reason| panic!("{reason}"));
            mend::always_dates(&style)
        };
        let year = r#"<date variable="issued"><date-part name="year"/></date>"#;
        assert!(dates(year));
        let choice = |asks: &str, behind: &str| format!("<choose><if {asks}>{year}</if><else>{behind}</else></choose>");
        assert!(dates(&choice(r#"variable="issued""#, r#"<text term="no date"/>"#)));
        assert!(dates(&choice(r#"type="book""#, year)));
        assert!(!dates(&choice(r#"type="book""#, r#"<text variable="title"/>"#)));
        assert!(!dates(&choice(r#"variable="issued" type="book""#, r#"<text term="no date"/>"#)));
        assert!(!dates(&choice(r#"variable="issued" match="none""#, r#"<text term="no date"/>"#)));
    }
}
