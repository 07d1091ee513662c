//! A style without what it says of works that are not there. Styles ask at every turn whether a work is a map, a hearing or a score,
//! and whether it has a series or a number; the library of citation styles asks them all of it anew for each part of each cite.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use hayagriva::citationberg::json::{Item, NameValue, Value};
use hayagriva::citationberg::taxonomy::{Kind, NameVariable, NumberVariable, StandardVariable, Variable};
use hayagriva::citationberg::{
    Choose, ChooseBranch, ChooseMatch, ElseBranch, IndependentStyle, LayoutRenderingElement as Element, Name, Names,
    NamesChild, SortKey, Text, TextTarget,
};

use super::mend;

/// What works there are.
struct Works<'a> {
    /// Their types.
    types: Vec<Kind>,
    /// Whether each is of a type that the language of styles knows.
    typed: bool,
    /// What is said of any of them.
    fields: BTreeSet<&'a str>,
    /// The works themselves.
    items: &'a [&'a Item],
}

/// Whether a branch is taken.
enum Taken {
    Never,
    Always,
    /// That depends on more than the works' types and fields, or on which work it is.
    Perhaps,
}

/// What an element says of works.
enum Says {
    /// Nothing of any of them; with a field for want of which a group of such elements and words is left out.
    Nothing(Option<Box<Element>>),
    /// The same of all of them, whatever fields they have.
    Words,
    Perhaps,
}

/// Takes the branches out of a style that no work of `works` takes. What it says of these works stays the same.
pub fn prune(style: &mut IndependentStyle, works: &[&Item]) {
    let said: BTreeSet<Option<String>> = works.iter().map(|work| Some(work.0.get("type")?.to_str()?.into_owned())).collect();
    let types: Vec<Option<Kind>> = said.iter().map(|said| Kind::from_str(said.as_deref()?).ok()).collect();
    let works = Works {
        typed: types.iter().all(Option::is_some),
        types: types.into_iter().flatten().collect(),
        fields: works.iter().flat_map(|work| work.0.keys().map(String::as_str)).collect(),
        items: works,
    };
    // Inner choices go with the branch that holds them.
    mend::each(style, &mut |element| match element {
        Element::Choose(choose) => works.prune(choose),
        Element::Names(names) if works.all_name(names) => {
            names.children.retain(|child| !matches!(child, NamesChild::Substitute(_)));
        }
        _ => {}
    });
    works.silence(style);
    mend::each(style, &mut |element| match element {
        Element::Group(group) => without_choices(&mut group.children),
        Element::Choose(choose) => {
            let branches = std::iter::once(&mut choose.if_).chain(&mut choose.else_if).map(|branch| &mut branch.children);
            branches.chain(choose.otherwise.as_mut().map(|branch| &mut branch.children)).for_each(without_choices);
        }
        _ => {}
    });
    keep_used(style);
}

/// Puts what is always chosen into the place of its choice, in a group or a branch: the library asks for each level of a style anew
/// whether it says anything. Groups of words alone count for more in a group than in a choice inside it.
fn without_choices(elements: &mut Vec<Element>) {
    let mut at = 0;
    while let Some(element) = elements.get(at) {
        let is_decided = matches!(element, Element::Choose(choose) if choose.else_if.is_empty() && choose.if_ == never()
            && !choose.otherwise.iter().flat_map(|branch| &branch.children).any(is_of_words));
        if !is_decided {
            at += 1;
            continue;
        }
        let Element::Choose(choose) = elements.remove(at) else { return };
        let chosen = choose.otherwise.map(|branch| branch.children);
        elements.splice(at..at, chosen.into_iter().flatten());
    }
}

/// Whether an element is a group that may say words without any field.
fn is_of_words(element: &Element) -> bool {
    match element {
        Element::Group(group) => group.children.iter().all(|child| match child {
            Element::Text(text) => matches!(text.target, TextTarget::Term { .. } | TextTarget::Value { .. }),
            Element::Choose(_) => true,
            child => is_of_words(child),
        }),
        _ => false,
    }
}

/// Leaves of a style's macros those that its layouts and orders use: each is looked for by its name among all.
fn keep_used(style: &mut IndependentStyle) {
    let macros = std::mem::take(&mut style.macros);
    let mut wanted = Vec::new();
    let bibliography = style.bibliography.as_ref().and_then(|works| works.sort.as_ref());
    for key in style.citation.sort.iter().chain(bibliography).flat_map(|sort| &sort.keys) {
        if let SortKey::MacroName { name, .. } = key {
            wanted.push(name.clone());
        }
    }
    let mut see = |element: &mut Element| {
        if let Element::Text(Text { target: TextTarget::Macro { name }, .. }) = element {
            wanted.push(name.clone());
        }
    };
    mend::each(style, &mut see);
    let mut rest = macros;
    while let Some(name) = wanted.pop() {
        if let Some(at) = rest.iter().position(|own| own.name == name) {
            style.macros.push(rest.remove(at));
            let Some(own) = style.macros.last_mut() else { continue };
            own.children.iter_mut().for_each(|child| {
                mend::walk(child, &mut |element| {
                    if let Element::Text(Text { target: TextTarget::Macro { name }, .. }) = element {
                        wanted.push(name.clone());
                    }
                });
            });
        }
    }
}

/// Works that a style says much the same of, together: those of one type with the same fields, and few others of that type where few
/// have the same.
pub fn kinds<'a>(works: &[&'a Item]) -> Vec<Vec<&'a Item>> {
    /// A style of its own costs about as much as what it saves for that many works.
    const FEW: usize = 8;
    /// So many are said in one go, that no core waits long for another.
    const MANY: usize = 64;
    let kind = |work: &&'a Item| (work.0.get("type"), work.0.keys().collect::<Vec<_>>());
    let mut sorted: Vec<_> = works.iter().map(|work| (kind(work), *work)).collect();
    sorted.sort_by(|(one, _), (other, _)| {
        one.0.map(|said| said.to_str()).cmp(&other.0.map(|said| said.to_str())).then_with(|| one.1.cmp(&other.1))
    });
    let mut kinds: Vec<Vec<&Item>> = Vec::new();
    let mut last = None;
    for (kind, work) in sorted {
        let own = kinds.last_mut().filter(|own| {
            last.as_ref().is_some_and(|last: &(_, _)| *last == kind && own.len() < MANY || last.0 == kind.0 && own.len() < FEW)
        });
        match own {
            Some(own) => own.push(work),
            None => kinds.push(vec![work]),
        }
        last = Some(kind);
    }
    kinds
}

impl Works<'_> {
    fn prune(&self, choose: &mut Choose) {
        let first = std::mem::replace(&mut choose.if_, never());
        let mut kept = Vec::new();
        for mut branch in std::iter::once(first).chain(std::mem::take(&mut choose.else_if)) {
            match self.taken(&mut branch) {
                Taken::Never => {}
                Taken::Perhaps => kept.push(branch),
                Taken::Always => {
                    choose.otherwise = Some(ElseBranch { children: branch.children });
                    break;
                }
            }
        }
        let mut kept = kept.into_iter();
        if let Some(first) = kept.next() {
            choose.if_ = first;
        }
        choose.else_if = kept.collect();
    }

    /// Whether a branch is taken. Of the types and fields that it asks for, those stay of which there is a work.
    fn taken(&self, branch: &mut ChooseBranch) -> Taken {
        // Each of a branch's questions has an answer of its own (Citation Style Language 1.0.2, cs:choose); whether all must be yes,
        // or one, or none, is asked of all of them together.
        let mut yes = false;
        let mut no = false;
        let mut open = branch.disambiguate.is_some()
            || branch.is_uncertain_date.is_some()
            || branch.locator.is_some()
            || branch.position.is_some();
        if let Some(asked) = &mut branch.type_ {
            let whole = asked.len();
            asked.retain(|kind| self.types.contains(kind));
            no |= asked.len() < whole;
            // A work is of one type: it can't be of all of several.
            let single = !matches!(branch.match_, ChooseMatch::All) || self.types.len() == 1;
            let each = self.typed && single && self.types.iter().all(|kind| asked.contains(kind));
            yes |= each;
            open |= !each && !asked.is_empty();
        }
        for asked in [&mut branch.variable, &mut branch.is_numeric].into_iter().flatten() {
            let whole = asked.len();
            asked.retain(|variable| self.may_have(*variable));
            no |= asked.len() < whole;
            open |= !asked.is_empty();
        }
        match branch.match_ {
            ChooseMatch::All if no => Taken::Never,
            ChooseMatch::All if yes && !open => Taken::Always,
            ChooseMatch::Any if yes => Taken::Always,
            ChooseMatch::Any if no && !open => Taken::Never,
            ChooseMatch::None if yes => Taken::Never,
            ChooseMatch::None if no && !open => Taken::Always,
            ChooseMatch::All | ChooseMatch::Any | ChooseMatch::None => Taken::Perhaps,
        }
    }

    /// Whether each work has one of the names that an element says, so that nothing ever stands in for them. The library asks what
    /// stands in whether it would say anything all the same, titles and editors above all, each time that it asks for the names.
    fn all_name(&self, names: &Names) -> bool {
        // Where names may be counted as none for being too many, what stands in is asked for.
        let may_show_none = |name: &Name| name.options(&names.options()).et_al_use_first == Some(0);
        let shows_them = names.name().is_some_and(|name| !may_show_none(name));
        let has = |work: &Item, variable: NameVariable| match work.0.get(&variable.to_string()) {
            Some(Value::Names(said)) => said.iter().any(|name| match name {
                NameValue::Literal(_) => true,
                NameValue::Item(name) => !name.family.trim().is_empty(),
            }),
            _ => false,
        };
        shows_them && self.items.iter().all(|work| names.variable.iter().any(|variable| has(work, *variable)))
    }

    /// Leaves a single field that no work has of all groups and macros that say nothing for want of fields: of each group the library
    /// asks all its fields whether they are there, and once more for each group around it.
    fn silence(&self, style: &mut IndependentStyle) {
        let mut silent = BTreeMap::new();
        // A macro is silent where those are that it uses. Such as use each other in a ring are not.
        loop {
            let known = silent.len();
            for own in &mut style.macros {
                if !silent.contains_key(&own.name)
                    && let Says::Nothing(Some(field)) = self.together(&own.children, &silent)
                {
                    own.children = vec![(*field).clone()];
                    silent.insert(own.name.clone(), field);
                }
            }
            if silent.len() == known {
                break;
            }
        }
        mend::each(style, &mut |element| {
            let is_whole = matches!(element, Element::Group(_) | Element::Text(Text { target: TextTarget::Macro { .. }, .. }));
            if is_whole && let Says::Nothing(Some(field)) = self.says(element, &silent) {
                *element = *field;
            }
        });
    }

    /// What elements say together, in a group (Citation Style Language 1.0.2, cs:group) or a macro.
    fn together(&self, group: &[Element], silent: &BTreeMap<String, Box<Element>>) -> Says {
        let mut field = None;
        let mut words = false;
        for child in group {
            match self.says(child, silent) {
                Says::Perhaps => return Says::Perhaps,
                Says::Words => words = true,
                Says::Nothing(own) => field = field.or(own),
            }
        }
        // Words without any field are said.
        if words && field.is_none() { Says::Perhaps } else { Says::Nothing(field) }
    }

    fn says(&self, element: &Element, silent: &BTreeMap<String, Box<Element>>) -> Says {
        let nothing = |is: bool| if is { Says::Nothing(None) } else { Says::Perhaps };
        let are_silent = |group: &[Element]| group.iter().all(|child| matches!(self.says(child, silent), Says::Nothing(_)));
        match element {
            Element::Text(text) => match &text.target {
                TextTarget::Variable { var, .. } if self.may_have(*var) => Says::Perhaps,
                TextTarget::Variable { .. } => Says::Nothing(Some(Box::new(element.clone()))),
                TextTarget::Macro { name } => {
                    silent.get(name).map_or(Says::Perhaps, |field| Says::Nothing(Some(field.clone())))
                }
                TextTarget::Term { .. } | TextTarget::Value { .. } => Says::Words,
            },
            Element::Number(number) => nothing(!self.may_have(number.variable.into())),
            Element::Label(label) => nothing(!self.may_have(label.variable.into())),
            Element::Date(date) => nothing(date.variable.is_some_and(|date| !self.may_have(date.into()))),
            Element::Names(names) => {
                let of_others = |child: &NamesChild| match child {
                    NamesChild::Substitute(others) => are_silent(&others.children),
                    _ => true,
                };
                let absent = names.variable.iter().all(|name| !self.may_have((*name).into()));
                nothing(absent && names.children.iter().all(of_others))
            }
            Element::Choose(choose) => {
                let otherwise = choose.otherwise.as_ref().is_none_or(|branch| are_silent(&branch.children));
                nothing(otherwise && choose.branches().all(|branch| are_silent(&branch.children)))
            }
            Element::Group(group) => self.together(&group.children, silent),
        }
    }

    /// Whether a work may have a variable: one that is a field of its own, or that is found out elsewhere.
    fn may_have(&self, variable: Variable) -> bool {
        let name = match variable {
            Variable::Standard(StandardVariable::YearSuffix | StandardVariable::CitationLabel) => return true,
            // The short title stands for it where a style asks for a short form.
            Variable::Standard(StandardVariable::Title) if self.fields.contains("title-short") => return true,
            Variable::Standard(name) => name.to_string(),
            Variable::Number(
                NumberVariable::CitationNumber | NumberVariable::Locator | NumberVariable::FirstReferenceNoteNumber,
            ) => return true,
            Variable::Number(NumberVariable::PageFirst) if self.fields.contains("page") => return true,
            Variable::Number(name) => name.to_string(),
            Variable::Page(name) => name.to_string(),
            Variable::Date(name) => name.to_string(),
            Variable::Name(name) => name.to_string(),
        };
        self.fields.contains(name.as_str())
    }
}

/// A branch that is not taken.
pub fn never() -> ChooseBranch {
    ChooseBranch {
        disambiguate: None,
        is_numeric: None,
        is_uncertain_date: None,
        locator: None,
        position: None,
        type_: None,
        variable: None,
        match_: ChooseMatch::Any,
        children: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use hayagriva::citationberg::json::Value;

    use super::*;
    use crate::read::scholar::style;

    fn bare(kind: &str) -> Item {
        serde_json::from_value(serde_json::json!({"id": kind, "type": kind})).expect("an item")
    }

    fn work(kind: &str) -> Item {
        let mut work = bare(kind);
        for field in
            ["title", "genre", "medium", "number", "publisher", "container-title", "section", "scale", "URL", "archive"]
        {
            work.0.insert(field.to_owned(), Value::String("1".to_owned()));
        }
        work
    }

    fn branches(style: &mut IndependentStyle) -> usize {
        let mut count = 0;
        mend::each(style, &mut |element| {
            if let Element::Choose(choose) = element {
                count += choose.branches().count();
            }
        });
        count
    }

    #[test]
    fn what_no_work_asks_for_is_left_out() {
        let mut style = style::by_name("chicago-author-date").expect("a style");
        let whole = branches(&mut style.clone());
        let (book, bill, odd) = (work("book"), work("bill"), work("no such type"));
        let left = |works: &[&Item]| {
            let mut own = style.clone();
            prune(&mut own, works);
            branches(&mut own)
        };
        assert!(left(&[&bare("book")]) < left(&[&book]) && left(&[&book]) < left(&[&book, &bill]));
        assert!(left(&[&book]) < left(&[&book, &odd]) && left(&[&book, &odd]) < whole);
        prune(&mut style, &[]);
    }
}
