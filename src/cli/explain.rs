//! `tetrapla explain`: what a remark means, why it matters, and what cures it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Outcome;
use super::args::ExplainArgs;
use super::print;
use super::teach::{nearest, tell};
use crate::report::RepairKind;

/// The table of codes.
const CODES: &str = include_str!("../codes.toml");

/// What the table says of a code, or of a family of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Entry {
    what: Option<String>,
    why: Option<String>,
    cure: Option<String>,
    example: Option<String>,
}

/// What there is to say of a code.
struct Code {
    name: String,
    what: String,
    why: String,
    cure: String,
    example: String,
}

/// Every code, in the order of their names.
fn codes() -> Vec<Code> {
    let table: BTreeMap<String, Entry> = toml::from_str(CODES).expect("the table of codes is TOML");
    let family = |name: &str| {
        let fits = |known: &&String| known.strip_suffix('*').is_some_and(|beginning| name.starts_with(beginning));
        table
            .keys()
            .filter(fits)
            .max_by_key(|known| known.len())
            .and_then(|known| table.get(known))
            .cloned()
            .unwrap_or_default()
    };
    let said = |own: &Option<String>, shared: Option<String>| own.clone().or(shared).unwrap_or_default();
    let own = table.iter().filter(|(name, _)| !name.ends_with('*'));
    let code = |(name, entry): (&String, &Entry)| {
        let shared = family(name);
        Code {
            name: name.clone(),
            what: said(&entry.what, None),
            why: said(&entry.why, shared.why),
            cure: said(&entry.cure, shared.cure),
            example: said(&entry.example, shared.example),
        }
    };
    own.map(code).collect()
}

pub fn run(args: &ExplainArgs) -> Outcome {
    let codes = codes();
    let Some(name) = &args.code else {
        let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
        return tell(&codes.iter().map(|code| format!("{:width$}  {}\n", code.name, code.what)).collect::<String>());
    };
    if let Some(code) = codes.iter().find(|code| code.name == *name) {
        let example: String = code.example.lines().map(|line| format!("    {line}\n")).collect();
        let text =
            format!("{}\n\n{}\n\nWhy: {}\nCure: {}\n\nFor example:\n\n{example}", code.name, code.what, code.why, code.cure);
        return tell(&text);
    }
    // The kind of a repair, or one of them.
    let kind = RepairKind::ALL.into_iter().filter(|kind| name.starts_with(kind.name())).max_by_key(|kind| kind.name().len());
    if let Some(kind) = kind {
        let what = super::doubts::said(kind);
        let kind = kind.name();
        return tell(&format!(
            "{kind}\n\nA repair of page-broken or typed text: {what}.\n\nWhy: the print's pages are not the text's.\nCure: where it is wrong, \
             refuse it by its id, or all of its kind, on the command line or under [restore].\n\nFor example:\n\n    --refuse {name}\n"
        ));
    }
    let known = codes.iter().map(|code| code.name.as_str()).chain(RepairKind::ALL.map(RepairKind::name));
    let near = nearest(name, known).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
    print::usage(&format!("no remark is called {name}{near}; tetrapla explain lists all"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_whole() {
        for code in codes() {
            for (part, said) in [("what", &code.what), ("why", &code.why), ("cure", &code.cure), ("example", &code.example)] {
                assert!(!said.trim().is_empty(), "{}: it does not say {part}", code.name);
            }
        }
    }
}
