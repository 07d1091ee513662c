//! TEI P5: the deposit for archives. A header made from the metadata and from what was really done to the text, and the text with
//! its divisions, notes and printed pages. Valid against `tei_all` (<https://tei-c.org/release/doc/tei-p5-doc/en/html/>).

mod header;
mod text;

use super::xml::Xml;
use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::report::Report;
use crate::tree::Document;

/// The TEI backend.
pub struct Tei;

const NAMESPACE: &str = "http://www.tei-c.org/ns/1.0";

impl Backend for Tei {
    fn name(&self) -> &'static str {
        "tei"
    }

    fn emit(&self, doc: &Document, _: &Env, _: &mut Report) -> Result<Output, EmitError> {
        // The header counts the elements of the text, so the text comes first.
        let text = text::text(doc);
        let mut xml = Xml::document();
        xml.open("TEI", &[("xmlns", NAMESPACE), ("xml:lang", &doc.meta.language)]);
        xml.newline();
        header::header(&mut xml, doc, &text);
        xml.raw(&text);
        xml.close();
        xml.newline();
        Ok(Output::File { extension: "tei.xml", bytes: xml.finish().into_bytes() })
    }
}
