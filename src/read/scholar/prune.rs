//! A style without what it says of works that are not there. Styles ask at every turn whether a work is a map, a hearing or a score,
//! and the library of citation styles asks them all of it anew for each part of each cite.

use std::collections::BTreeSet;
use std::str::FromStr;

use hayagriva::citationberg::json::Item;
use hayagriva::citationberg::taxonomy::Kind;
use hayagriva::citationberg::{
    Choose, ChooseBranch, ChooseMatch, ElseBranch, IndependentStyle, LayoutRenderingElement as Element,
};

use super::mend;

/// Which types of works there are.
struct Types {
    known: Vec<Kind>,
    /// Whether each work is of a type that the language of styles knows.
    all: bool,
}

/// Whether a branch is taken.
enum Taken {
    Never,
    Always,
    /// That depends on more than the work's type, or on which work it is.
    Perhaps,
}

/// Takes the branches out of a style that no work of `works` takes. What it says of these works stays the same.
pub fn prune(style: &mut IndependentStyle, works: &[&Item]) {
    let said: BTreeSet<Option<String>> = works.iter().map(|work| Some(work.0.get("type")?.to_str()?.into_owned())).collect();
    let known: Vec<Option<Kind>> = said.iter().map(|said| Kind::from_str(said.as_deref()?).ok()).collect();
    let types = Types { all: known.iter().all(Option::is_some), known: known.into_iter().flatten().collect() };
    // Inner choices go with the branch that holds them.
    mend::each(style, &mut |element| {
        if let Element::Choose(choose) = element {
            types.prune(choose);
        }
    });
}

impl Types {
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

    /// Whether a branch is taken. Of the types that it asks for, those stay of which there is a work.
    fn taken(&self, branch: &mut ChooseBranch) -> Taken {
        let Some(asked) = &mut branch.type_ else { return Taken::Perhaps };
        let alone = branch.disambiguate.is_none()
            && branch.is_numeric.is_none()
            && branch.is_uncertain_date.is_none()
            && branch.locator.is_none()
            && branch.position.is_none()
            && branch.variable.is_none();
        let whole = asked.len();
        asked.retain(|kind| self.known.contains(kind));
        let each_is_asked = self.all && self.known.iter().all(|kind| asked.contains(kind));
        match branch.match_ {
            ChooseMatch::All if asked.len() < whole => Taken::Never,
            ChooseMatch::All if alone && each_is_asked && self.known.len() == 1 => Taken::Always,
            ChooseMatch::All => Taken::Perhaps,
            ChooseMatch::Any if asked.is_empty() && alone => Taken::Never,
            ChooseMatch::Any if each_is_asked => Taken::Always,
            ChooseMatch::Any => Taken::Perhaps,
            ChooseMatch::None if each_is_asked => Taken::Never,
            ChooseMatch::None if asked.is_empty() && alone => Taken::Always,
            ChooseMatch::None => Taken::Perhaps,
        }
    }
}

/// A branch that is not taken.
fn never() -> ChooseBranch {
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
    use super::*;
    use crate::read::scholar::style;

    fn work(kind: &str) -> Item {
        serde_json::from_value(serde_json::json!({"id": kind, "type": kind})).expect("an item")
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
        let (book, map, odd) = (work("book"), work("map"), work("no such type"));
        let left = |works: &[&Item]| {
            let mut own = style.clone();
            prune(&mut own, works);
            branches(&mut own)
        };
        assert!(left(&[&book]) < left(&[&book, &map]));
        assert!(left(&[&book]) < left(&[&book, &odd]) && left(&[&book, &odd]) < whole);
        prune(&mut style, &[]);
    }
}
