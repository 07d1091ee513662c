//! What the program can say of itself, for editors, shells and scripts: schemas, completions, manual pages.

use clap::CommandFactory;

use super::Outcome;
use super::args::{self, Cli, CompletionsArgs, SchemaArgs, SchemaOf, TellingArgs};
use super::print::Printer;
use crate::{Kit, record};

/// `tetrapla schema`.
pub fn schema(args: &SchemaArgs) -> Outcome {
    let schema = match args.of {
        SchemaOf::Record => record::schema(),
        SchemaOf::Request => record::request_schema(),
        SchemaOf::Settings => settings(),
    };
    tell(&format!("{schema:#}\n"))
}

/// The JSON Schema of a `tetrapla.toml`.
fn settings() -> serde_json::Value {
    let mut schema = crate::settings::schema();
    let metadata: serde_json::Map<_, _> = crate::read::FIELDS
        .iter()
        .chain(crate::read::APPARATUS)
        .map(|field| ((*field).to_owned(), serde_json::json!({})))
        .collect();
    schema["title"] = "tetrapla.toml".into();
    schema["properties"]["files"] = serde_json::json!({
        "description": "The files of the work in reading order: names and patterns below its folder.",
        "type": "array", "items": { "type": "string" },
    });
    schema["properties"]["metadata"] = serde_json::json!({
        "description": "What the work is.", "type": "object", "properties": metadata,
    });
    schema
}

/// `tetrapla completions`.
pub fn completions(args: &CompletionsArgs, kit: Kit) -> Outcome {
    let mut command = args::with_names(Cli::command(), &kit);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "tetrapla", &mut script);
    tell(&String::from_utf8_lossy(&script))
}

/// `tetrapla man`: one page for the program and all its commands.
pub fn man(kit: Kit) -> Outcome {
    match manual(kit) {
        Ok(page) => tell(&page),
        Err(reason) => super::print::usage(&format!("the manual page can't be made: {reason}")),
    }
}

fn manual(kit: Kit) -> std::io::Result<String> {
    let mut command = args::with_names(Cli::command(), &kit);
    command.build();
    let mut page = Vec::new();
    let whole = clap_mangen::Man::new(command.clone());
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_subcommands_section(&mut page)?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        page.extend(format!(".SH TETRAPLA {}\n", inner.get_name().to_uppercase()).bytes());
        let about = clap_mangen::Man::new(inner.clone());
        let mut own = Vec::new();
        about.render_synopsis_section(&mut own)?;
        about.render_description_section(&mut own)?;
        about.render_options_section(&mut own)?;
        about.render_extra_section(&mut own)?;
        // Sections of the command are parts of its own section here.
        page.extend(String::from_utf8_lossy(&own).replace("\n.SH ", "\n.SS ").replace(".SH SYNOPSIS", ".SS SYNOPSIS").bytes());
    }
    whole.render_version_section(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The name that is meant by one that is not known.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|known| (strsim::damerau_levenshtein(&name.to_lowercase(), known), known));
    near.filter(|(distance, _)| *distance <= 2).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// Tells what was asked for.
pub fn tell(text: &str) -> Outcome {
    let printer = Printer::new(&TellingArgs::default()).beside_content();
    printer.answer(text);
    printer.end()
}
