//! EPUB 3.3, for every reading system and shop: files of XHTML, one a chapter, with their notes, print pages and navigation, and
//! a package document that says what the book is and what it offers to whom (<https://www.w3.org/TR/epub-33/>,
//! <https://www.w3.org/TR/epub-a11y-11/>).
//!
//! A [`plan::Plan`] first says what goes where; then files are written side by side; then the archive is packed.

mod access;
mod cover;
mod flow;
mod fonts;
mod front;
mod math;
mod mend;
mod nav;
mod package;
mod page;
mod palette;
mod pictures;
mod plan;
mod raster;
mod semantics;
mod spaces;
mod weight;

use rayon::prelude::*;

use super::{Backend, EmitError, Output};
use crate::env::{Env, Words};
use crate::format::Format;
use crate::report::Report;
use crate::tree::{Document, outline};

use access::Facts;
use fonts::Font;
use page::Page;
use pictures::Pictures;
use plan::{Kind, Plan};

/// The EPUB backend.
pub struct Epub;

impl Backend for Epub {
    fn name(&self) -> &'static str {
        Format::Epub.name()
    }

    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError> {
        let view = outline(&doc.body);
        let words = env.words(&doc.meta.language);
        let plan = Plan::new(doc, &view, &env.settings.epub, &words, report);
        let mut found = Report::default();
        let (cover, mut pictures) = rayon::join(|| cover::cover(doc, env, report), || Pictures::new(doc, env, &mut found));
        pictures.cover = cover?;
        report.absorb(found);
        let fonts = fonts::fonts(doc, env, report);
        let style = fonts::with_fonts(env.templates.text("epub/style.css").into_owned(), &fonts);
        let book = Book { doc, env, words, plan: &plan, pictures: &pictures, fonts: &fonts, style };
        let front = book.front(report)?;
        let text = book.text(report);
        let nav = nav::nav(&book, &view, &front);
        let read = nav.read.then_some(&nav.page);
        let pages: Vec<_> = front.iter().chain(read).chain(&text).collect();
        let facts = Facts::of(&book, &view, &pages);
        let package = package::package(&book, &pages, &facts, report);
        let ncx = nav::ncx(&book, &view);
        let bytes = mend::pack(&book, &pages, &mend::Texts { package, nav: &nav.page.xhtml, ncx })?;
        Ok(Output::File { extension: Format::Epub.extension(), bytes })
    }
}

/// What every file of the book is made from.
struct Book<'a> {
    doc: &'a Document,
    env: &'a Env,
    words: Words,
    plan: &'a Plan<'a>,
    pictures: &'a Pictures<'a>,
    fonts: &'a [Font],
    style: String,
}

impl Book<'_> {
    /// Cover, title page, imprint, and what an edition explains before its text.
    fn front(&self, report: &mut Report) -> Result<Vec<Page>, EmitError> {
        let mut pages = Vec::new();
        pages.extend(front::cover(self)?);
        pages.push(front::title_page(self, report)?);
        pages.extend(front::imprint(self)?);
        pages.extend(front::conspectus(self)?);
        Ok(pages)
    }

    /// The files of the plan that carry text, written side by side, in order.
    fn text(&self, report: &mut Report) -> Vec<Page> {
        let files: Vec<_> = (0..self.plan.files.len()).filter(|at| self.plan.files[*at].kind != Kind::TitlePage).collect();
        let written: Vec<_> = files
            .into_par_iter()
            .map(|at| {
                let mut found = Report::default();
                (flow::page(self, at, &mut found), found)
            })
            .collect();
        let mut pages = Vec::new();
        for (page, found) in written {
            report.absorb(found);
            pages.push(page);
        }
        pages
    }
}
