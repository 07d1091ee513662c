//! A TEI corpus whose texts are works of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Work;
use crate::driver::door;

/// The works with each TEI corpus (`teiCorpus`) among them parted: a work for each text, called by its `xml:id`, else by its number.
/// A file that is no corpus, or no XML, stays what it is.
pub fn texts_apart(works: Vec<Work>, budget: u64) -> Vec<Work> {
    works.into_iter().flat_map(|work| texts(&work, budget).unwrap_or_else(|| vec![work])).collect()
}

fn texts(work: &Work, budget: u64) -> Option<Vec<Work>> {
    let bytes = match &work.given {
        Some(given) => given.to_vec(),
        None if work.path.extension()?.eq_ignore_ascii_case("xml") => door::named(&work.path, budget).ok()?,
        None => return None,
    };
    let text = std::str::from_utf8(&bytes).ok()?;
    let found = parts(text)?;
    let digits = found.len().to_string().len();
    let mut known = BTreeMap::new();
    let all = found.into_iter().enumerate().map(|(at, part)| {
        let counted = || format!("{}-{:0digits$}", work.stem, at + 1);
        let id = part.id.filter(|id| known.insert(id.clone(), at).is_none());
        let stem = id.unwrap_or_else(counted);
        let path = work.path.with_file_name(format!("{stem}.xml"));
        Work { stem, path, given: Some(Arc::from(part.text.into_bytes())), under: work.under.join(&work.stem), ..work.clone() }
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then_some(all)
}

/// A text of a corpus as a document of its own.
struct Part {
    id: Option<String>,
    text: String,
}

/// The texts of a corpus, those of corpora in it, too; none where the root is none.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut reader = Reader::from_str(text);
    let mut corpora = Vec::new();
    let mut found = Vec::new();
    // The text that is open: where it begins, its own id, what it takes over from the corpora around it; how deep we are in it.
    let mut open: Option<(usize, Option<String>, String)> = None;
    let mut depth = 0_usize;
    loop {
        let from = reader.buffer_position() as usize;
        match reader.read_event().ok()? {
            Event::Start(_) if depth > 0 => depth += 1,
            Event::Start(tag) => match local(&text[from..]) {
                "teiCorpus" => corpora.push(taken_over(&tag)),
                _ if corpora.is_empty() => return None,
                "TEI" => {
                    let own = taken_over(&tag);
                    let inherited = corpora.iter().flatten().filter(|(name, _)| !own.contains_key(*name));
                    let inherited: BTreeMap<_, _> = inherited.map(|(name, value)| (name.clone(), value.clone())).collect();
                    let said = inherited.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
                    open = Some((from, id(&tag), said));
                    depth = 1;
                }
                _ => depth = 1,
            },
            Event::End(_) if depth > 0 => {
                depth -= 1;
                if let Some((start, id, said)) = open.take_if(|_| depth == 0) {
                    let whole = &text[start..reader.buffer_position() as usize];
                    let name = whole.find(|c: char| c.is_whitespace() || c == '>')?;
                    let text =
                        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}{said}{}\n", &whole[..name], &whole[name..]);
                    found.push(Part { id, text });
                }
            }
            Event::End(_) => drop(corpora.pop()),
            Event::Eof => return Some(found),
            Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

/// The name of the element whose tag begins here, without a prefix.
fn local(tag: &str) -> &str {
    let name = tag.trim_start_matches('<');
    let name = &name[..name.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(name.len())];
    name.rsplit(':').next().unwrap_or(name)
}

/// What holds in all of an element: names of namespaces, and the language. As it is written.
fn taken_over(tag: &BytesStart) -> BTreeMap<String, String> {
    let mut all = tag.attributes();
    let attributes = all.with_checks(false).flatten();
    let attributes = attributes.map(|attribute| (attribute.key.0.to_owned(), attribute.value.replace('"', "&quot;")));
    attributes.filter(|(name, _)| name == "xmlns" || name.starts_with("xmlns:") || name == "xml:lang").collect()
}

/// The id of a text, where a file can be called so.
fn id(tag: &BytesStart) -> Option<String> {
    let id = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.0 == "xml:id")?.value.into_owned();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (id.chars().all(plain) && id.len() < 100 && Path::new(&id).file_name().is_some()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_takes_over_what_holds_for_all() {
        let text = "<teiCorpus xmlns=\"urn:t\" xml:lang=\"de\"><teiHeader/><TEI xml:id=\"a\"><text>x</text></TEI>\
                    <teiCorpus><TEI xml:lang=\"en\"><TEI/></TEI></teiCorpus></teiCorpus>";
        let found = parts(text).expect("a corpus");
        let said: Vec<_> =
            found.iter().map(|part| (part.id.as_deref(), part.text.lines().nth(1).unwrap_or_default())).collect();
        assert_eq!(
            said,
            [
                (Some("a"), "<TEI xml:lang=\"de\" xmlns=\"urn:t\" xml:id=\"a\"><text>x</text></TEI>"),
                (None, "<TEI xmlns=\"urn:t\" xml:lang=\"en\"><TEI/></TEI>"),
            ]
        );
        assert!(parts("<TEI><text/></TEI>").is_none());
    }
}
