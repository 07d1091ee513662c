//! `tetrapla templates`: what the books are made from, to look at and to change.

use std::path::Path;

use super::Outcome;
use super::args::{TemplatesArgs, TemplatesCommand};
use super::print::{self, Printer};
use super::teach::{nearest, tell};
use crate::driver;
use crate::env::Templates;
use crate::report::Report;

pub fn run(args: &TemplatesArgs) -> Outcome {
    match &args.command {
        TemplatesCommand::List => {
            let said = |name: &'static str| (name, what(name));
            let all: Vec<_> = Templates::names().map(said).collect();
            let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            tell(&all.iter().map(|(name, what)| format!("{name:width$}  {what}\n")).collect::<String>())
        }
        TemplatesCommand::Keys { name } => match known(name) {
            Ok(name) => keys(name),
            Err(message) => print::usage(&message),
        },
        TemplatesCommand::Export { names, output, telling } => {
            let mut chosen = Vec::new();
            for name in names {
                match known(name) {
                    Ok(name) => chosen.push(name),
                    Err(message) => return print::usage(&message),
                }
            }
            if names.is_empty() {
                chosen.extend(Templates::names());
            }
            export(&chosen, output, Printer::new(telling))
        }
    }
}

fn export(names: &[&'static str], folder: &Path, printer: Printer) -> Outcome {
    let mut report = Report::default();
    for name in names {
        let path = folder.join(name);
        if path.exists() {
            let message = format!("{} is there already, and is not overwritten", path.display());
            report.error("output-unwritable", None, message).hint("export to another folder with -o");
            continue;
        }
        driver::save(&path, Templates::built_in(name), &mut report);
        printer.note(&format!("{}\n", path.display()));
    }
    printer.remarks(&report);
    if !report.is_refused() {
        printer.note(&format!("change them, then: tetrapla build SOURCE --templates {}\n", folder.display()));
    }
    printer.end()
}

fn known(name: &str) -> Result<&'static str, String> {
    let found = Templates::names().find(|known| *known == name);
    found.ok_or_else(|| {
        let near = nearest(name, Templates::names()).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        format!("no template is called {name}{near}; tetrapla templates list names them")
    })
}

/// What a template is for.
fn what(name: &str) -> &'static str {
    match name.split_once('/') {
        Some(("fonts", _)) => "a font of the books",
        Some(("licences", _)) => "the text of a licence, for deposits",
        Some(("pdf", file)) if file.ends_with(".icc") => "a colour profile of the PDF",
        Some(("pdf", _)) => "a design of the printed book, in the fields of [pdf]",
        Some(("hyphens", _)) => "patterns of hyphenation",
        Some(("epub", file)) if file.ends_with(".css") => "the look of the e-book",
        Some(("epub", _)) => "a page of the e-book",
        Some(("deposit", _)) => "the page for people in a deposit",
        _ if name.starts_with("report") => "the report of a build",
        _ if name == "watch.html" => "the page of watch",
        _ if name == "words.toml" => "the words that outputs add to a text, by language",
        _ => "a template",
    }
}

/// What a template can say: the fields of a TOML file, the variables of a page.
fn keys(name: &str) -> Outcome {
    let Ok(text) = std::str::from_utf8(Templates::built_in(name)) else {
        return print::usage(&format!("{name} is no text: it can be replaced as a whole"));
    };
    let mut lines = Vec::new();
    if name.ends_with(".toml") {
        let table: toml::Table = text.parse().unwrap_or_default();
        fields(&table, "", &mut lines);
    } else {
        for (at, _) in text.match_indices("{{") {
            let inside = text[at + 2..].split("}}").next().unwrap_or_default().trim();
            let variable: String = inside.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
            lines.push(variable);
        }
        lines.retain(|line| !line.is_empty());
    }
    lines.sort();
    lines.dedup();
    tell(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())
}

fn fields(table: &toml::Table, path: &str, lines: &mut Vec<String>) {
    for (name, value) in table {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            toml::Value::Table(inner) => fields(inner, &path, lines),
            value => lines.push(format!("{path} = {}", serde_json::json!(value))),
        }
    }
}
