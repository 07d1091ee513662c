//! The frame of every file of the book: language, direction, title, style sheet.

use super::Book;
use crate::emit::xml::Xml;
use crate::tree::is_right_to_left;

/// A file of the book that is read.
pub(super) struct Page {
    /// Its path beside the package document.
    pub name: String,
    pub xhtml: String,
    /// Whether it has formulas, which the manifest must say.
    pub mathml: bool,
}

/// A page with the body that `inner` writes. `matter` is the part of a book that it belongs to, such as `bodymatter`.
pub(super) fn frame(book: &Book, title: &str, matter: &'static str, inner: impl FnOnce(&mut Xml)) -> String {
    let language = book.doc.meta.language.as_str();
    let mut body = Xml::fragment();
    inner(&mut body);
    let body = body.finish();
    let mut xml = Xml::document();
    xml.raw("<!DOCTYPE html>\n");
    let mut attributes = vec![
        ("xmlns", "http://www.w3.org/1999/xhtml"),
        ("xmlns:epub", "http://www.idpf.org/2007/ops"),
        ("lang", language),
        ("xml:lang", language),
        ("dir", direction(language)),
    ];
    // Only what EPUB's own vocabulary has no word for is named in another's.
    if body.contains("\"z3998:") {
        attributes.push(("epub:prefix", "z3998: http://www.daisy.org/z3998/2012/vocab/structure/#"));
    }
    xml.open("html", &attributes);
    xml.newline();
    xml.open("head", &[]);
    xml.newline();
    xml.empty("meta", &[("charset", "utf-8")]);
    xml.newline();
    xml.leaf("title", &[], title);
    xml.newline();
    xml.empty("link", &[("rel", "stylesheet"), ("type", "text/css"), ("href", super::package::STYLE)]);
    xml.newline();
    xml.close();
    xml.newline();
    xml.open("body", &[("epub:type", matter)]);
    xml.newline();
    xml.raw(&body);
    xml.close();
    xml.newline();
    xml.close();
    xml.newline();
    xml.finish()
}

/// The value of `dir` for a language.
pub(super) fn direction(language: &str) -> &'static str {
    if is_right_to_left(language) { "rtl" } else { "ltr" }
}
