//! How books are made: the tables of settings as flags, the same for every command that makes or reads back outputs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::budget::Budget;
use crate::driver::Order;
use crate::env::Templates;
use crate::settings::Tables;

/// How the outputs are made.
#[derive(Args, Default)]
pub struct MakingArgs {
    /// A folder of templates that stand in for the built-in ones of the same path, such as DIR/epub/style.css.
    ///
    /// `tetrapla templates` lists them and writes them out.
    #[arg(long, value_name = "DIR", help_heading = "Making", value_hint = clap::ValueHint::DirPath)]
    pub templates: Option<PathBuf>,
    #[command(flatten)]
    pub epub: EpubArgs,
    #[command(flatten)]
    pub pdf: PdfArgs,
    #[command(flatten)]
    pub tei: TeiArgs,
    #[command(flatten)]
    pub text: TextArgs,
}

impl MakingArgs {
    /// Adds to an order how its outputs are made.
    ///
    /// # Errors
    /// The template that can't be read, for people.
    pub fn set(&self, order: &mut Order) -> Result<(), String> {
        if let Some(folder) = &self.templates {
            order.env.templates = Arc::new(templates(folder, &order.env.budget)?);
        }
        self.tables(&mut order.settings);
        Ok(())
    }

    /// The settings that the flags say.
    pub fn tables(&self, settings: &mut Tables) {
        self.epub.set(settings);
        self.pdf.set(settings);
        self.tei.set(settings);
        self.text.set(settings);
    }
}

/// The table `[epub]`, as flags.
#[derive(Args, Default)]
#[command(next_help_heading = "E-book")]
pub struct EpubArgs {
    /// Where the e-book has its notes: behind each chapter, or at the end. Most reading systems show them at their call.
    #[arg(long, value_name = "PLACE", value_parser = ["chapter", "end"])]
    pub epub_notes: Option<String>,
    /// How many levels of headings the e-book's navigation shows [3].
    #[arg(long, value_name = "N")]
    pub toc_depth: Option<usize>,
    /// Bring fonts with the e-book, cut down to its letters; else it is set in the reader's.
    #[arg(long)]
    pub epub_fonts: bool,
    /// Draw no cover for an e-book that has none of its own.
    #[arg(long)]
    pub no_cover: bool,
    /// Who vouches that the e-book meets EPUB Accessibility 1.1, WCAG level AA: claimed where nothing speaks against it.
    #[arg(long, value_name = "NAME")]
    pub certified_by: Option<String>,
}

/// The table `[tei]`, as flags.
#[derive(Args, Default)]
#[command(next_help_heading = "TEI")]
pub struct TeiArgs {
    /// The customisation of TEI P5 in whose words the TEI is written, and against whose schema it is valid.
    ///
    /// `all` says everything, and can be read back as a source.
    #[arg(long, value_name = "PROFILE", value_parser = crate::settings::TeiProfile::NAMES)]
    pub tei: Option<String>,
}

/// The table `[pdf]`, as far as flags say it.
#[derive(Args, Default)]
#[command(next_help_heading = "Printed book")]
pub struct PdfArgs {
    /// The book's design: essay, novel, monograph, large-print, or pdf/NAME.toml in the folder of templates.
    ///
    /// The table [pdf] of a tetrapla.toml changes any part of it: trim, margins, fonts, type sizes.
    #[arg(long, value_name = "NAME")]
    pub design: Option<String>,
    /// For whom the PDF is made: readers and archives (PDF/UA-1 and PDF/A-2a), or a print shop (PDF/X-4 in black; x1a: PDF/X-1a).
    #[arg(long, value_name = "PROFILE", value_parser = crate::settings::PdfProfile::NAMES)]
    pub pdf_profile: Option<String>,
}

/// The table `[text]`, as flags.
#[derive(Args, Default)]
#[command(next_help_heading = "Plain text")]
pub struct TextArgs {
    /// Columns of a line in the plain text [72]; 0: a paragraph is one line.
    #[arg(long, value_name = "N")]
    pub width: Option<usize>,
    /// Write the plain text in ASCII; every character that is replaced is listed at its end.
    #[arg(long)]
    pub ascii: bool,
    /// Where the plain text has its notes: behind each chapter, at the end, or behind each paragraph.
    #[arg(long, value_name = "PLACE", value_parser = ["chapter", "end", "paragraph"])]
    pub text_notes: Option<String>,
    /// Show emphasis in the plain text, as _so_ and =so=.
    #[arg(long)]
    pub text_emphasis: bool,
    /// Show in the plain text where printed pages begin, as {12}.
    #[arg(long)]
    pub text_pages: bool,
}

impl PdfArgs {
    fn set(&self, settings: &mut Tables) {
        for (field, value) in [("design", &self.design), ("profile", &self.pdf_profile)] {
            value.iter().for_each(|value| settings.set("pdf", field, value.as_str()));
        }
    }
}

impl EpubArgs {
    fn set(&self, settings: &mut Tables) {
        if let Some(place) = &self.epub_notes {
            settings.set("epub", "notes", place.as_str());
        }
        if let Some(depth) = self.toc_depth {
            settings.set("epub", "toc-depth", depth);
        }
        if self.epub_fonts {
            settings.set("epub", "fonts", true);
        }
        if self.no_cover {
            settings.set("epub", "draw-cover", false);
        }
        if let Some(name) = &self.certified_by {
            settings.set("epub", "certified-by", name.as_str());
        }
    }
}

impl TeiArgs {
    fn set(&self, settings: &mut Tables) {
        if let Some(profile) = &self.tei {
            settings.set("tei", "profile", profile.as_str());
        }
    }
}

impl TextArgs {
    fn set(&self, settings: &mut Tables) {
        if let Some(width) = self.width {
            settings.set("text", "width", width);
        }
        if let Some(place) = &self.text_notes {
            settings.set("text", "notes", place.as_str());
        }
        if self.ascii {
            settings.set("text", "ascii", true);
        }
        if self.text_emphasis {
            settings.set("text", "emphasis", "marked");
        }
        if self.text_pages {
            settings.set("text", "pages", true);
        }
    }
}

/// # Errors
/// The template that can't be read, for people.
pub fn templates(folder: &Path, budget: &Budget) -> Result<Templates, String> {
    crate::driver::templates(folder, budget)
        .map_err(|(path, reason)| format!("the template {} can't be read: {reason}", path.display()))
}
