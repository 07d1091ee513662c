//! The one XML writer. Text is always escaped and every element that is opened is closed, so what comes out is well-formed
//! whatever the tree says. It stands on quick-xml.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesPI, BytesStart, BytesText, Event};
use quick_xml::name::QName;

use crate::tree::{Content, Element};

/// An XML document, or a part of one, in the making.
pub struct Xml {
    out: Writer<Vec<u8>>,
    open: Vec<&'static str>,
    bare_quotes: bool,
}

/// Attributes of one element, in the order in which they are written.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Xml {
    /// Begins a document with its declaration.
    pub fn document() -> Self {
        let mut xml = Self::fragment();
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.newline();
        xml
    }

    /// Begins a part without a declaration.
    pub fn fragment() -> Self {
        Self { out: Writer::new(Vec::new()), open: Vec::new(), bare_quotes: false }
    }

    /// Leaves quotation marks and apostrophes in text as they are, for people who read the XML itself.
    pub fn with_bare_quotes(self) -> Self {
        Self { bare_quotes: true, ..self }
    }

    pub fn open(&mut self, name: &'static str, attributes: Attributes) {
        self.write(Event::Start(tag(name, attributes)));
        self.open.push(name);
    }

    /// Closes what was opened last.
    pub fn close(&mut self) {
        let name = self.open.pop().expect("close matches an open");
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element without content: `<pb n="12"/>`.
    pub fn empty(&mut self, name: &'static str, attributes: Attributes) {
        self.write(Event::Empty(tag(name, attributes)));
    }

    /// An element around what `inner` writes.
    pub fn element(&mut self, name: &'static str, attributes: Attributes, inner: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        inner(self);
        self.close();
    }

    /// An element around text.
    pub fn leaf(&mut self, name: &'static str, attributes: Attributes, text: &str) {
        self.element(name, attributes, |xml| xml.text(text));
    }

    /// Text, escaped.
    pub fn text(&mut self, text: &str) {
        let text = match self.bare_quotes {
            true => BytesText::from_escaped(partial_escape(text)),
            false => BytesText::new(text),
        };
        self.write(Event::Text(text));
    }

    /// A comment. Two hyphens in a row, and one at the end, are forbidden in XML and get a space between or behind them.
    pub fn comment(&mut self, text: &str) {
        let mut calm = Cow::Borrowed(text);
        while calm.contains("--") {
            calm = Cow::Owned(calm.replace("--", "- -"));
        }
        if calm.ends_with('-') {
            calm.to_mut().push(' ');
        }
        self.write(Event::Comment(BytesText::from_escaped(calm)));
    }

    /// A line end between elements, where white space does not matter.
    pub fn newline(&mut self) {
        self.raw("\n");
    }

    /// XML that this program wrote itself, such as a finished [`Xml::fragment`]. Never text from a source.
    pub fn raw(&mut self, xml: &str) {
        self.out.get_mut().extend_from_slice(xml.as_bytes());
    }

    /// Parts of a document that somebody else wrote, as they were read.
    pub fn copy(&mut self, content: &[Content]) {
        for one in content {
            match one {
                Content::Element(element) => self.copy_element(element),
                Content::Text(text) => {
                    // Else a reader would take it for a line end.
                    let text = partial_escape(text);
                    let text = if text.contains('\r') { Cow::Owned(text.replace('\r', "&#13;")) } else { text };
                    self.write(Event::Text(BytesText::from_escaped(text)));
                }
                Content::Comment(text) => self.comment(&format!(" {text} ")),
                Content::Instruction(text) => self.write(Event::PI(BytesPI::new(text.replace("?>", "? >")))),
            }
        }
    }

    /// An element that somebody else wrote, with all that is in it.
    pub fn copy_element(&mut self, element: &Element) {
        let mut tag = BytesStart::new(element.name.as_str());
        for (name, value) in &element.attributes {
            let mut said = partial_escape(value.as_str()).replace('"', "&quot;");
            for (sign, reference) in [('\n', "&#10;"), ('\t', "&#9;"), ('\r', "&#13;")] {
                if said.contains(sign) {
                    said = said.replace(sign, reference);
                }
            }
            tag.push_attribute(Attribute { key: QName(name.as_str()), value: said.into() });
        }
        if element.content.is_empty() {
            return self.write(Event::Empty(tag));
        }
        self.write(Event::Start(tag));
        self.copy(&element.content);
        self.write(Event::End(BytesEnd::new(element.name.as_str())));
    }

    /// Bytes written so far.
    pub fn written(&self) -> usize {
        self.out.get_ref().len()
    }

    /// The whole, with what is still open closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        String::from_utf8(self.out.into_inner()).expect("only strings were written")
    }

    fn write(&mut self, event: Event) {
        self.out.write_event(event).expect("writing to memory does not fail");
    }
}

fn tag<'a>(name: &'static str, attributes: Attributes<'a>) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped_and_elements_closed() {
        let mut xml = Xml::fragment();
        xml.open("p", &[("n", "\"<1>\" & ]]>")]);
        xml.text("a < b & c ]]> d");
        xml.open("hi", &[]);
        assert_eq!(xml.finish(), "<p n=\"&quot;&lt;1&gt;&quot; &amp; ]]&gt;\">a &lt; b &amp; c ]]&gt; d<hi></hi></p>");
    }

    #[test]
    fn comments_can_not_end_early() {
        let mut xml = Xml::fragment();
        xml.comment("a -- b --> c ---");
        assert_eq!(xml.finish(), "<!--a - - b - -> c - - - -->");
    }
}
