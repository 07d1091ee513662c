//! What the library of citation styles takes otherwise than the Citation Style Language says, put right in the style before it is used.

use std::collections::{BTreeMap, BTreeSet};

use hayagriva::citationberg::json::{FixedDateRange, Item, NameItem, NameValue, Value};
use hayagriva::citationberg::taxonomy::{DateVariable, NameVariable, StandardVariable, Variable};
use hayagriva::citationberg::{
    Choose, ChooseBranch, ChooseMatch, CslMacro, Date, DatePartName, DateParts, DateStrongAnyForm, DelimiterBehavior,
    IndependentStyle, InheritableNameOptions, LayoutRenderingElement as Element, LongShortForm, Name, Names, NamesChild,
    SortKey, Text, TextCase, TextTarget,
};

use super::items::SHOWN;
use super::prune::never;
use super::tex;

/// What a style says of names that the library does not ask it for.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// Whether given names are cut to initials.
    pub initials: bool,
    /// Whether a comma stands before "et al." behind a single name.
    pub comma: bool,
    /// Whether none stands there behind several.
    pub no_comma: bool,
    /// What may stand in for authors, and the variables by which the style asks whether there is any: what once stood in counts as
    /// absent, and the style would say nothing of what stands beside it.
    witnesses: Vec<(Variable, StandardVariable)>,
    /// The variable for the year of a work whose title stands in for an author: see [`years_stand_in`].
    year: Option<StandardVariable>,
    /// What the style sets all in capitals, or all in small letters, by its variable's name; `*`: what macros say.
    all_of_a_case: BTreeSet<String>,
}

/// Fields in which styles look for numbers.
const COUNTED: &[&str] = &[
    "edition",
    "volume",
    "issue",
    "number",
    "collection-number",
    "chapter-number",
    "number-of-volumes",
    "number-of-pages",
    "version",
    "part-number",
    "supplement-number",
    "section",
];

/// Fields whose words styles set in capitals or without.
const TITLES: &[&str] = &[
    "title",
    "title-short",
    "container-title",
    "container-title-short",
    "collection-title",
    "volume-title",
    "original-title",
    "reviewed-title",
    "part-title",
    "event-title",
    "event",
    "event-place",
    "publisher",
    "publisher-place",
    "genre",
    "medium",
    "note",
    "annote",
    "archive",
    "section",
    "status",
];

/// What may stand in for an author.
const STANDING_IN: &[Variable] = &[
    Variable::Name(NameVariable::Author),
    Variable::Name(NameVariable::Editor),
    Variable::Name(NameVariable::Translator),
    Variable::Name(NameVariable::Director),
    Variable::Standard(StandardVariable::ContainerTitle),
    Variable::Name(NameVariable::Illustrator),
    Variable::Name(NameVariable::Compiler),
    Variable::Name(NameVariable::Composer),
    Variable::Name(NameVariable::Host),
    Variable::Name(NameVariable::Guest),
    Variable::Name(NameVariable::Performer),
    Variable::Name(NameVariable::Interviewer),
];

/// Variables that few styles know, and of which no output says anything.
const FREE: &[StandardVariable] = &[
    StandardVariable::Annote,
    StandardVariable::Keyword,
    StandardVariable::CitationKey,
    StandardVariable::Abstract,
    StandardVariable::Source,
    StandardVariable::Dimensions,
    StandardVariable::Scale,
    StandardVariable::License,
    StandardVariable::PMCID,
    StandardVariable::PMID,
    StandardVariable::CallNumber,
    StandardVariable::Jurisdiction,
    StandardVariable::Division,
    StandardVariable::ReviewedGenre,
    StandardVariable::References,
];

/// Mends a style, and says what it is like.
pub fn mend(style: &mut IndependentStyle) -> Habits {
    sorts_bare(style);
    each(style, &mut |element| {
        if let Element::Choose(choose) = element {
            one_type_each(choose);
        }
    });
    each(style, &mut |element| {
        if let Element::Names(names) = element {
            name_names(names);
        }
    });
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    each(style, &mut |element| match element {
        Element::Text(Text { target: TextTarget::Variable { var, .. }, .. }) => drop(known.insert(var.to_string())),
        Element::Choose(choose) => {
            tests(choose, &mut |variable| asked.extend([variable.to_string()]));
            let numeric = std::iter::once(&choose.if_).chain(&choose.else_if).filter_map(|branch| branch.is_numeric.as_ref());
            known.extend(numeric.flatten().map(ToString::to_string));
        }
        _ => {}
    });
    let mut free = FREE.iter().filter(|name| !known.contains(&name.to_string()) && !asked.contains(&name.to_string())).copied();
    let year = free.next().filter(|year| years_stand_in(style, *year));
    let witnesses: Vec<_> = STANDING_IN.iter().filter(|name| asked.contains(&name.to_string())).copied().zip(free).collect();
    let mut habits = Habits { year, witnesses, ..Habits::default() };
    let general = [Some(&style.settings.options), Some(&style.citation.name_options)];
    let of_works = style.bibliography.as_ref().map(|works| &works.name_options);
    for options in general.into_iter().chain([of_works]).flatten() {
        habits.see(options);
    }
    let none = InheritableNameOptions::default();
    each(style, &mut |element| match element {
        Element::Names(names) => {
            for child in &names.children {
                if let NamesChild::Name(name) = child {
                    let own = name.options(&none);
                    habits.initials |= own.initialize_with.is_some();
                    habits.comma |= precedes(own.delimiter_precedes_et_al);
                    habits.no_comma |= own.delimiter_precedes_et_al == DelimiterBehavior::Never;
                }
            }
            inherit(names);
        }
        Element::Choose(choose) => tests(choose, &mut |variable| {
            if let Some((_, witness)) = habits.witnesses.iter().find(|(own, _)| own == variable) {
                *variable = Variable::Standard(*witness);
            }
        }),
        Element::Text(Text { text_case: Some(TextCase::Uppercase | TextCase::Lowercase), target, .. }) => {
            let _ = match target {
                TextTarget::Variable { var: Variable::Standard(name), .. } => habits.all_of_a_case.insert(name.to_string()),
                TextTarget::Macro { .. } => habits.all_of_a_case.insert("*".to_owned()),
                _ => false,
            };
        }
        _ => {}
    });
    habits
}

impl Habits {
    fn see(&mut self, options: &InheritableNameOptions) {
        self.initials |= options.initialize_with.is_some();
        self.comma |=
            matches!(options.delimiter_precedes_et_al, Some(DelimiterBehavior::Always | DelimiterBehavior::AfterInvertedName));
        self.no_comma |= options.delimiter_precedes_et_al == Some(DelimiterBehavior::Never);
    }

    /// Makes an item's words ready for the style.
    pub fn dress(&self, item: &mut Item) {
        for (name, value) in &mut item.0 {
            match value {
                Value::String(said) if TITLES.contains(&name.as_str()) => {
                    let shields = !self.all_of_a_case.contains("*") && !self.all_of_a_case.contains(name);
                    *said = tex::passing(said, shields);
                }
                Value::String(said) if COUNTED.contains(&name.as_str()) => *said = tex::counted(said),
                Value::Names(people) => {
                    for person in people {
                        if let NameValue::Item(NameItem { given: Some(given), .. }) = person {
                            *given = initials_apart(given);
                        }
                        if let NameValue::Item(person) = person {
                            whole_family(person);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Gives an item the variables by which the style asks for people who may stand in.
    pub fn witness(&self, item: &mut Item) {
        if let Some(variable) = self.year {
            let shown = item.0.get(SHOWN).and_then(Value::to_str).map(|said| said.into_owned());
            // The language of styles has words for the years before and behind these.
            let year =
                year(item, DateVariable::Issued).filter(|year| (1000..=9999).contains(year)).map(|year| year.to_string());
            match shown.or(year) {
                Some(said) => drop(item.0.insert(variable.to_string(), Value::String(said))),
                None => drop(item.0.remove(&variable.to_string())),
            }
        }
        for (name, witness) in &self.witnesses {
            let has = match item.0.get(&name.to_string()) {
                Some(Value::Names(people)) => !people.is_empty(),
                Some(Value::String(said)) => !said.trim().is_empty(),
                other => other.is_some(),
            };
            item.0.remove(&witness.to_string());
            if has {
                item.0.insert(witness.to_string(), Value::String("1".to_owned()));
            }
        }
    }
}

/// A year that is said within what stands in for an author is said by a variable of its own: there the library takes a date for said when
/// it asks whether there is one. Whether the style says any.
fn years_stand_in(style: &mut IndependentStyle, variable: StandardVariable) -> bool {
    let mut wanted: Vec<String> = Vec::new();
    each(style, &mut |element| {
        let Element::Names(names) = element else { return };
        for child in &mut names.children {
            let NamesChild::Substitute(others) = child else { continue };
            for other in &mut others.children {
                if let Element::Text(Text { target: TextTarget::Macro { name }, .. }) = other {
                    wanted.push(name.clone());
                    *name = standing_in(name);
                }
            }
        }
    });
    let (mut done, mut found) = (BTreeSet::new(), false);
    while let Some(name) = wanted.pop() {
        let Some(own) = style.macros.iter().find(|own| own.name == name).filter(|_| done.insert(name.clone())) else {
            continue;
        };
        let mut copy = CslMacro { name: standing_in(&name), children: own.children.clone() };
        copy.children.iter_mut().for_each(|child| {
            walk(child, &mut |element| match element {
                Element::Text(Text { target: TextTarget::Macro { name }, .. }) if !name.ends_with(STANDING) => {
                    wanted.push(name.clone());
                    *name = standing_in(name);
                }
                Element::Date(date) if is_year(date) => {
                    found = true;
                    *element = Element::Text(Text {
                        target: TextTarget::Variable { var: Variable::Standard(variable), form: LongShortForm::Long },
                        formatting: date.formatting,
                        affixes: date.affixes.clone(),
                        display: date.display,
                        quotes: false,
                        strip_periods: false,
                        text_case: None,
                    });
                }
                _ => {}
            });
        });
        style.macros.push(copy);
    }
    found
}

const STANDING: &str = " (standing in)";

/// The name of a macro's copy that stands in for an author.
fn standing_in(name: &str) -> String {
    format!("{name}{STANDING}")
}

/// Whether an element says the year in which a work came out, and no more.
fn is_year(date: &Date) -> bool {
    let says_year = match (date.form, date.parts) {
        (Some(_), parts) => parts == Some(DateParts::Year),
        (None, _) => !date.date_part.is_empty() && date.date_part.iter().all(|part| part.name == DatePartName::Year),
    };
    date.variable == Some(DateVariable::Issued) && says_year
}

/// A family's name of several words stays one: the library takes those before the last for given names (`Ortega y Gasset`) unless it
/// sees a particle.
fn whole_family(person: &mut NameItem) {
    if person.dropping_particle.is_none()
        && person.non_dropping_particle.is_none()
        && let Some((first, rest)) = person.family.split_once(' ')
    {
        // What begins with a capital is no particle to it.
        let mark = if first.starts_with(char::is_uppercase) { tex::COUNTS.to_string() } else { String::new() };
        (person.non_dropping_particle, person.family) = (Some(format!("{first}{mark}")), rest.to_owned());
    }
}

/// A family's name with the particle that belongs to it.
fn family(person: &NameItem) -> String {
    tex::bare(&person.non_dropping_particle.iter().map(|particle| format!("{particle} ")).collect::<String>()) + &person.family
}

/// A given name whose initials that stand close are parted for those who look for spaces.
fn initials_apart(given: &str) -> String {
    let mut out = String::with_capacity(given.len());
    for c in given.chars() {
        if c.is_uppercase() && out.ends_with('.') {
            out.push(tex::PARTED);
        }
        out.push(c);
    }
    out
}

/// An item as works are sorted: without marks.
pub fn sortable(item: &Item) -> Item {
    let mut item = item.clone();
    for (name, value) in &mut item.0 {
        if let Value::String(said) = value
            && TITLES.contains(&name.as_str())
        {
            *said = tex::bare(said);
        }
    }
    item
}

/// The families of those who may be named first for a work, whatever part they had in it, without case or marks; an empty one where it
/// names nobody.
pub fn first_families(item: &Item) -> BTreeSet<String> {
    let bare = |name: &str| folded(name, char::is_alphanumeric);
    let mut families: BTreeSet<String> = item
        .0
        .values()
        .filter_map(|value| match value {
            Value::Names(names) => Some(match names.first()? {
                NameValue::Literal(name) => bare(&name.literal),
                NameValue::Item(name) => bare(&family(name)),
            }),
            _ => None,
        })
        .collect();
    if families.is_empty() {
        families.insert(String::new());
    }
    families
}

/// Those letters of a text that are `kept`, without case.
fn folded(text: &str, kept: impl Fn(char) -> bool) -> String {
    text.chars().filter(|c| kept(*c)).flat_map(char::to_lowercase).collect()
}

/// The year of one of a work's dates.
pub fn year(item: &Item, date: DateVariable) -> Option<i32> {
    let Value::Date(date) = item.0.get(&date.to_string())? else { return None };
    FixedDateRange::try_from(date.clone()).ok().map(|range| i32::from(range.start.year))
}

/// What lists of works go by, nearly: the authors' names, or the title, without case or marks, and the year.
pub fn filed(item: &Item) -> (Vec<String>, i32) {
    let bare = |name: &str| folded(name, |c| c.is_alphanumeric() || c == ' ');
    let name = |name: &NameValue| match name {
        NameValue::Literal(name) => bare(&name.literal),
        NameValue::Item(name) => bare(&format!("{} {}", family(name), name.given.as_deref().unwrap_or_default())),
    };
    let names =
        [NameVariable::Author, NameVariable::Editor].iter().find_map(|variable| match item.0.get(&variable.to_string())? {
            Value::Names(names) if !names.is_empty() => Some(names.iter().map(name).collect()),
            _ => None,
        });
    let title = || item.0.get("title").and_then(Value::to_str).map(|said| vec![bare(&said)]);
    (names.or_else(title).unwrap_or_default(), year(item, DateVariable::Issued).unwrap_or_default())
}

/// The mark between the cites of a style whose layout chooses between parts of a cite: the library sets it between those parts, too.
/// Another stands for it till then.
pub fn mark_between(style: &mut IndependentStyle) -> String {
    let layout = &mut style.citation.layout;
    match &mut layout.delimiter {
        Some(own) if layout.elements.iter().any(|part| matches!(part, Element::Choose(_))) => {
            std::mem::replace(own, tex::BETWEEN.to_string())
        }
        _ => String::new(),
    }
}

/// Whether a comma stands before "et al." behind a single name that begins with the family's.
fn precedes(delimiter: DelimiterBehavior) -> bool {
    matches!(delimiter, DelimiterBehavior::Always | DelimiterBehavior::AfterInvertedName)
}

/// Calls `see` with every element of a style, outer ones first.
pub fn each(style: &mut IndependentStyle, see: &mut dyn FnMut(&mut Element)) {
    for part in &mut style.macros {
        part.children.iter_mut().for_each(|child| walk(child, see));
    }
    style.citation.layout.elements.iter_mut().for_each(|child| walk(child, see));
    if let Some(works) = &mut style.bibliography {
        works.layout.elements.iter_mut().for_each(|child| walk(child, see));
    }
}

/// Calls `see` with an element and every element in it, outer ones first.
pub fn walk(element: &mut Element, see: &mut dyn FnMut(&mut Element)) {
    see(element);
    match element {
        Element::Names(names) => {
            for child in &mut names.children {
                if let NamesChild::Substitute(others) = child {
                    others.children.iter_mut().for_each(|child| walk(child, see));
                }
            }
        }
        Element::Group(group) => group.children.iter_mut().for_each(|child| walk(child, see)),
        Element::Choose(choose) => branches(choose, &mut |child| walk(child, see)),
        Element::Text(_) | Element::Date(_) | Element::Number(_) | Element::Label(_) => {}
    }
}

fn branches(choose: &mut Choose, see: &mut dyn FnMut(&mut Element)) {
    choose.if_.children.iter_mut().for_each(&mut *see);
    choose.else_if.iter_mut().flat_map(|branch| &mut branch.children).for_each(&mut *see);
    choose.otherwise.iter_mut().flat_map(|branch| &mut branch.children).for_each(see);
}

/// A work is of one type: a branch that asks for all of several means any of them. The library asks for all.
fn one_type_each(choose: &mut Choose) {
    let is_several =
        |branch: &ChooseBranch| branch.match_ == ChooseMatch::All && branch.type_.as_ref().is_some_and(|types| types.len() > 1);
    if !is_several(&choose.if_) && !choose.else_if.iter().any(is_several) {
        return;
    }
    let all: Vec<ChooseBranch> = std::iter::once(&choose.if_)
        .chain(&choose.else_if)
        .flat_map(|branch| match &branch.type_ {
            Some(types) if is_several(branch) => {
                types.iter().map(|kind| ChooseBranch { type_: Some(vec![*kind]), ..branch.clone() }).collect()
            }
            _ => vec![branch.clone()],
        })
        .collect();
    let mut all = all.into_iter();
    if let Some(first) = all.next() {
        choose.if_ = first;
    }
    choose.else_if = all.collect();
}

/// Orders go by what macros say without quotation marks, which would stand before every letter: each has its own copies of the macros.
fn sorts_bare(style: &mut IndependentStyle) {
    let mut wanted: Vec<String> = Vec::new();
    let bibliography = style.bibliography.as_mut().and_then(|works| works.sort.as_mut());
    for key in style.citation.sort.iter_mut().chain(bibliography).flat_map(|sort| &mut sort.keys) {
        if let SortKey::MacroName { name, .. } = key {
            wanted.push(name.clone());
            *name = sorting(name);
        }
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        let Some(own) = style.macros.iter().find(|own| own.name == name).filter(|_| done.insert(name.clone())) else {
            continue;
        };
        let mut copy = CslMacro { name: sorting(&name), children: own.children.clone() };
        copy.children.iter_mut().for_each(|child| {
            walk(child, &mut |element| {
                let Element::Text(text) = element else { return };
                text.quotes = false;
                if let TextTarget::Macro { name } = &mut text.target {
                    wanted.push(name.clone());
                    *name = sorting(name);
                }
            });
        });
        style.macros.push(copy);
    }
}

/// The name of a macro's copy by which works are sorted.
fn sorting(name: &str) -> String {
    format!("{name} (sorting)")
}

/// The variables that a choice asks for.
fn tests(choose: &mut Choose, see: &mut dyn FnMut(&mut Variable)) {
    let all = std::iter::once(&mut choose.if_).chain(&mut choose.else_if);
    all.filter_map(|branch| branch.variable.as_mut()).flatten().for_each(see);
}

/// Names with a label or with others who stand in for them, but without an element of their own for how names look, look as names do
/// by themselves (Citation Style Language 1.0.2, cs:names); the library says nothing of them in a group. Of those who stand in, such as
/// have a label alone look as those do for whom they stand.
fn name_names(names: &mut Names) {
    if names.children.is_empty() {
        return;
    }
    if names.name().is_none() {
        names.children.insert(0, NamesChild::Name(Name::default()));
    }
    let own = names.name().cloned().unwrap_or_default();
    let others = names.children.iter_mut().filter_map(|child| match child {
        NamesChild::Substitute(others) => Some(&mut others.children),
        _ => None,
    });
    for child in others.flatten() {
        if let Element::Names(names) = child
            && !names.children.is_empty()
            && names.name().is_none()
        {
            names.children.insert(0, NamesChild::Name(own.clone()));
        }
    }
}

/// Names that stand in look as those do for which they stand, also inside a choice (Citation Style Language 1.0.2, cs:substitute).
fn inherit(names: &mut Names) {
    let own = names.clone();
    for child in &mut names.children {
        if let NamesChild::Substitute(others) = child {
            others.children.iter_mut().for_each(|child| dress(child, &own));
        }
    }
}

fn dress(element: &mut Element, like: &Names) {
    match element {
        Element::Names(names) if names.children.is_empty() => *names = like.from_names_substitute(names),
        Element::Choose(choose) => branches(choose, &mut |child| dress(child, like)),
        Element::Group(group) => group.children.iter_mut().for_each(|child| dress(child, like)),
        Element::Names(_) | Element::Text(_) | Element::Date(_) | Element::Number(_) | Element::Label(_) => {}
    }
}

/// The works whose first authors share their family's name and not their given names, by key, each with the name by which a cite
/// tells it apart. `by_year`: only works of one year are told apart; `by_cite`: only such as have the same authors beside the first.
pub fn told_apart<'a>(works: &[&'a Item], by_year: bool, by_cite: bool, initials: bool) -> BTreeMap<&'a str, String> {
    let mut families: BTreeMap<(String, String), Vec<(&str, &str)>> = BTreeMap::new();
    for work in works {
        if let Some((key, family, given)) = first_author(work) {
            let mut year = work.0.get("issued").filter(|_| by_year).map(|date| format!("{date:?}")).unwrap_or_default();
            if by_cite {
                year += &further_authors(work);
            }
            families.entry((family, year)).or_default().push((key, given));
        }
    }
    let mut told = BTreeMap::new();
    for ((family, _), own) in families {
        let cut = |given: &str| {
            let words = given.split([' ', '.', '\u{A0}', tex::PARTED]).filter(|word| !word.is_empty());
            words.filter_map(|word| word.chars().next()).map(|first| format!("{first}.")).collect::<Vec<_>>().join(" ")
        };
        if own.iter().all(|(_, given)| *given == own[0].1) {
            continue;
        }
        for (key, given) in &own {
            let short = cut(given);
            let is_enough = initials && own.iter().all(|(_, other)| other == given || cut(other) != short);
            told.insert(*key, format!("{} {family}", if is_enough { &short } else { *given }));
        }
    }
    told
}

/// Whether the cites of a style say when a work came out.
pub fn cites_dates(style: &IndependentStyle) -> bool {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<Element> = style.citation.layout.elements.clone();
    let mut found = false;
    while let Some(mut element) = waiting.pop() {
        walk(&mut element, &mut |element| match element {
            Element::Date(date) => found |= date.variable == Some(DateVariable::Issued),
            Element::Text(Text { target: TextTarget::Macro { name }, .. }) if seen.insert(name.clone()) => {
                let own = style.macros.iter().find(|own| own.name == *name);
                waiting.extend(own.into_iter().flat_map(|own| own.children.iter().cloned()));
            }
            _ => {}
        });
    }
    found
}

/// Whether a branch asks for nothing but whether it is known when a work came out.
fn asks_for_year(branch: &ChooseBranch) -> bool {
    branch.variable.as_deref() == Some(&[Variable::Date(DateVariable::Issued)])
        && branch.match_ != ChooseMatch::None
        && ChooseBranch { variable: None, match_: ChooseMatch::Any, children: Vec::new(), ..branch.clone() } == never()
}

/// Whether the cites of a style say the year in which a work came out of every work that has one, whatever else they choose.
pub fn always_dates(style: &IndependentStyle) -> bool {
    /// Macros that use each other in a ring end nowhere.
    const DEEPEST: usize = 32;
    fn any(style: &IndependentStyle, elements: &[Element], depth: usize) -> bool {
        depth < DEEPEST && elements.iter().any(|element| says(style, element, depth + 1))
    }
    fn says(style: &IndependentStyle, element: &Element, depth: usize) -> bool {
        match element {
            Element::Date(date) if date.variable == Some(DateVariable::Issued) => {
                let mut years = date.date_part.iter().filter(|part| part.name == DatePartName::Year).peekable();
                let is_said = date.form.is_some() || years.peek().is_some();
                is_said && years.all(|part| part.form() != DateStrongAnyForm::Year(LongShortForm::Short))
            }
            Element::Text(Text { target: TextTarget::Macro { name }, .. }) => {
                style.macros.iter().find(|own| own.name == *name).is_some_and(|own| any(style, &own.children, depth))
            }
            Element::Group(group) => any(style, &group.children, depth),
            Element::Choose(choose) => {
                for branch in choose.branches().filter(|branch| !branch.children.is_empty()) {
                    let is_said = any(style, &branch.children, depth);
                    // What is behind a branch for all works that have a year is for the others.
                    if !is_said || asks_for_year(branch) {
                        return is_said;
                    }
                }
                choose.otherwise.as_ref().is_some_and(|branch| any(style, &branch.children, depth))
            }
            Element::Date(_) | Element::Text(_) | Element::Names(_) | Element::Number(_) | Element::Label(_) => false,
        }
    }
    any(style, &style.citation.layout.elements, 0)
}

/// What else a cite says of a work's authors, nearly.
fn further_authors(item: &Item) -> String {
    use hayagriva::citationberg::json::NameValue;
    let Some(Value::Names(names)) = item.0.get("author") else { return String::new() };
    let said = |name: &NameValue| match name {
        NameValue::Item(name) => family(name),
        NameValue::Literal(name) => name.literal.clone(),
    };
    match &names[..] {
        [_, second] => said(second),
        [_, _, ..] => "et al.".to_owned(),
        _ => String::new(),
    }
}

/// A work's key, and the family's and given name of its first author.
fn first_author(item: &Item) -> Option<(&str, String, &str)> {
    use hayagriva::citationberg::json::NameValue;
    let Some(Value::String(key)) = item.0.get("id") else { return None };
    let Some(Value::Names(names)) = item.0.get("author") else { return None };
    match names.first()? {
        NameValue::Item(name) => Some((key, family(name), name.given.as_deref().filter(|given| !given.is_empty())?)),
        NameValue::Literal(_) => None,
    }
}

/// A work whose first author is called by `name` wherever a style says the family's name.
pub fn called(item: &Item, name: &str) -> Item {
    use hayagriva::citationberg::json::{LiteralName, NameValue};
    let mut item = item.clone();
    if let Some(Value::Names(names)) = item.0.get_mut("author")
        && let Some(first) = names.first_mut()
    {
        *first = NameValue::Literal(LiteralName { literal: name.to_owned() });
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, family: &str, given: &str) -> Item {
        let said = serde_json::json!({"id": key, "author": [{"family": family, "given": given}]});
        serde_json::from_value(said).expect("an item")
    }

    #[test]
    fn authors_of_one_name_are_told_apart() {
        let all =
            [item("a", "Carr", "Alan B."), item("b", "Carr", "Beth"), item("c", "Dale", "Iris"), item("d", "Dale", "Iris")];
        let all: Vec<&Item> = all.iter().collect();
        let said = |initials| told_apart(&all, false, false, initials).into_values().collect::<Vec<_>>().join("; ");
        assert_eq!(said(true), "A. B. Carr; B. Carr");
        assert_eq!(said(false), "Alan B. Carr; Beth Carr");
        let close = [item("a", "Carr", "Alan"), item("b", "Carr", "Anna")];
        assert_eq!(told_apart(&close.iter().collect::<Vec<_>>(), false, false, true)["b"], "Anna Carr");
    }
}
