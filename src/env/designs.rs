//! The designs of the printed book: templates that vary others, and what the user says over them. Resolved here, once, for whoever
//! makes the book and for whoever proves it.

use serde::Deserialize;

use super::Env;
use crate::report::Report;
use crate::settings::PdfSettings;

/// The design that a book has when nobody says otherwise.
const DEFAULT: &str = "essay";

/// The designs that ship with the program.
pub const DESIGNS: [&str; 4] = ["essay", "novel", "monograph", "large-print"];

/// How many templates may vary each other: one that varies itself, by whatever way round, is cut short.
const LONGEST: usize = 8;

impl Env {
    /// What says how the printed book looks, from the template that varies nothing up to what the user says: the last that says
    /// something decides. What can't be had is remarked.
    pub fn designs(&self, report: &mut Report) -> Vec<PdfSettings> {
        let own = &self.settings.pdf;
        let mut layers = vec![own.clone()];
        let mut next = Some(own.design.clone().unwrap_or_else(|| DEFAULT.to_owned()));
        while let Some(name) = next.take().filter(|_| layers.len() <= LONGEST) {
            let Some(bytes) = self.templates.get(&format!("pdf/{name}.toml")) else {
                report.warn("design-unknown", None, format!("there is no design {name}")).hint(format!(
                    "choose one of {}, or put pdf/{name}.toml into a folder for --templates",
                    DESIGNS.join(", ")
                ));
                break;
            };
            match toml::Deserializer::parse(&String::from_utf8_lossy(bytes)).and_then(PdfSettings::deserialize) {
                Ok(template) => {
                    next.clone_from(&template.design);
                    layers.push(template);
                }
                Err(reason) => {
                    report
                        .warn("design-malformed", None, format!("the design {name} can't be understood: {}", reason.message()))
                        .hint("mend the template; the book is set without it");
                }
            }
        }
        layers.reverse();
        layers
    }

    /// Whether the numbers of printed pages stand in the margin of the printed book: where nothing says otherwise, they do.
    pub fn page_marks(&self) -> bool {
        self.designs(&mut Report::default()).iter().rev().find_map(|layer| layer.page_marks).unwrap_or(true)
    }
}
