//! TEI P5: the deposit for archives. A header made from the metadata and from what was really done to the text, and the text with
//! its divisions, notes and printed pages. Valid against `tei_all` (<https://tei-c.org/release/doc/tei-p5-doc/en/html/>).

mod blocks;
mod eltec;
mod encoding;
mod facts;
mod header;
mod inlines;
mod profile;
mod scholar;
mod tag;
mod text;

use super::xml::Xml;
use super::{Backend, EmitError, Output};
use crate::env::Env;
use crate::format::Format;
use crate::report::Report;
use crate::settings::TeiProfile;
use crate::tree::{Content, Document, Encoding};

/// The TEI backend.
pub struct Tei;

const NAMESPACE: &str = "http://www.tei-c.org/ns/1.0";

impl Backend for Tei {
    fn name(&self) -> &'static str {
        Format::Tei.name()
    }

    fn emit(&self, doc: &Document, env: &Env, report: &mut Report) -> Result<Output, EmitError> {
        if let Some(encoding) = env.handed_on(doc) {
            if let Some((span, names)) = &encoding.beside {
                report
                    .remark(
                        "tei-header-kept",
                        *span,
                        format!("the TEI keeps its editors' header, without what is said here: {names}"),
                    )
                    .hint("say it in the file's teiHeader; --tei simplePrint writes a header of its own from the metadata");
            }
            return Ok(Output::File { extension: "tei.xml", bytes: handed_on(encoding).into_bytes() });
        }
        let settings = &env.settings.tei;
        if settings.profile.is_eltec() {
            let bytes = eltec::write(doc, env, report).into_bytes();
            return Ok(Output::File { extension: Format::Tei.extension(), bytes });
        }
        // The header counts the elements of the text, so the text comes first.
        let written = text::text(doc, settings, report);
        let mut xml = Xml::document().with_bare_quotes();
        match settings.profile {
            TeiProfile::Dtabf => xml.open("TEI", &[("xmlns", NAMESPACE)]),
            _ => xml.open("TEI", &[("xmlns", NAMESPACE), ("xml:lang", &doc.meta.language)]),
        }
        xml.newline();
        header::header(&mut xml, doc, &written, settings);
        xml.raw(&written.xml);
        xml.close();
        xml.newline();
        Ok(Output::File { extension: Format::Tei.extension(), bytes: xml.finish().into_bytes() })
    }
}

/// An edition as its editors encoded it.
fn handed_on(encoding: &Encoding) -> String {
    let mut xml = Xml::document().with_bare_quotes();
    let beside = |xml: &mut Xml, content: &[Content]| {
        for one in content {
            xml.copy(std::slice::from_ref(one));
            xml.newline();
        }
    };
    beside(&mut xml, &encoding.before);
    xml.copy_element(&encoding.root);
    xml.newline();
    beside(&mut xml, &encoding.after);
    xml.finish()
}
