//! Cover, title page and imprint, by templates of which the user's stand in for the built-in ones, one by one.

use std::io::Cursor;

use image::ImageReader;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, context};
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

use super::flow::Writer;
use super::page::{Page, frame};
use super::plan::Piece;
use super::{Book, EmitError};
use crate::env::{self, Conspectus};
use crate::report::Report;
use crate::tree::{Block, Identifier, Medium, Metadata, Person, PrintedSource, Role};

/// The page that shows the cover, where the book has one.
pub(super) fn cover(book: &Book) -> Result<Option<Page>, EmitError> {
    let Some(cover) = &book.pictures.cover else { return Ok(None) };
    let said = book.words.get("cover");
    let title = &book.doc.meta.title;
    let authors = book.doc.meta.authors();
    let alt = if authors.is_empty() { format!("{said}: {title}") } else { format!("{said}: {title}, {authors}") };
    // A drawing around the picture fills the page of every device without being cut or stretched, which no style sheet that all
    // of them read can say of a picture.
    let size =
        ImageReader::new(Cursor::new(&cover.bytes)).with_guessed_format().ok().and_then(|found| found.into_dimensions().ok());
    let (width, height) = size.unwrap_or((super::cover::WIDTH, super::cover::HEIGHT));
    let body = render(book, "epub/cover.xhtml", context! { image => &cover.name, alt, width, height })?;
    let xhtml = frame(book, said, "frontmatter", |xml| {
        xml.raw(&body);
        xml.newline();
    });
    Ok(Some(Page { name: "cover.xhtml".into(), xhtml, mathml: false }))
}

/// The title page: the title as the text has it, with its notes, and who had a part in the work.
pub(super) fn title_page(book: &Book, report: &mut Report) -> Result<Page, EmitError> {
    let meta = &book.doc.meta;
    let file = &book.plan.files[0];
    let mut heading = Writer::new(book, 0, report);
    let at = heading.at();
    let title =
        book.doc.body.iter().find_map(|node| if let Block::Title(text) = &node.kind { Some((node, text)) } else { None });
    let id = title.and_then(|(node, _)| node.id());
    match title {
        Some((_, text)) => heading.inlines(text, at),
        None => heading.text(&meta.title, at),
    }
    let (heading, mathml) = heading.finish();
    // Page breaks before the first heading, where no text stands before it; and the title's notes.
    let mut rest = Writer::new(book, 0, report);
    for piece in &file.pieces {
        if let Piece::Blocks(blocks) = piece {
            rest.blocks(blocks, at);
        }
    }
    rest.notes();
    let (rest, _) = rest.finish();
    let subtitle = meta
        .subtitle
        .as_ref()
        .filter(|subtitle| !title.is_some_and(|(_, text)| crate::tree::plain_text(text).contains(subtitle.as_str())));
    let others: Vec<_> =
        meta.people.iter().filter(|person| person.role != Role::Author).map(|person| part(book, person)).collect();
    let authors: Vec<_> = meta.people_as(Role::Author).map(|person| person.name.clone()).collect();
    let year = meta.date.as_deref().and_then(|date| date.get(..4));
    let values = context! {
        title => Value::from_safe_string(heading),
        id,
        subtitle,
        authors,
        others,
        edition => &meta.edition,
        place => &meta.place,
        publisher => &meta.publisher,
        date => year,
        series => series(meta),
    };
    let body = render(book, "epub/title-page.xhtml", values)?;
    let xhtml = frame(book, &meta.title, "frontmatter", |xml| {
        xml.raw(&body);
        xml.newline();
        xml.raw(&rest);
    });
    Ok(Page { name: file.name.clone(), xhtml, mathml })
}

/// Who may do what with the book, and where it comes from. None where nothing of it is known.
pub(super) fn imprint(book: &Book) -> Result<Option<Page>, EmitError> {
    let meta = &book.doc.meta;
    // The date alone is on the title page.
    let published = meta.publisher.as_ref().map(|publisher| {
        let place = [Some(publisher), meta.place.as_ref(), meta.date.as_ref()];
        place.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    });
    let source = meta.source.as_ref().map(printed);
    let identifiers: Vec<_> = meta.identifiers_for(Medium::Ebook).map(shown).collect();
    if published.is_none() && source.is_none() && identifiers.is_empty() && meta.rights.is_none() && meta.licence.is_none() {
        return Ok(None);
    }
    let licence = meta.licence.as_ref().filter(|licence| licence.starts_with("https://") || licence.starts_with("http://"));
    let said = book.words.get("imprint");
    let values = context! {
        heading => said,
        title => &meta.title,
        words => context! {
            published => book.words.get("published"),
            source => book.words.get("source"),
            rights => book.words.get("rights"),
            licence => book.words.get("licence"),
        },
        published,
        source,
        identifiers,
        rights => &meta.rights,
        licence => &meta.licence,
        licence_address => licence,
    };
    let body = render(book, "epub/imprint.xhtml", values)?;
    let xhtml = frame(book, said, "frontmatter", |xml| {
        xml.raw(&body);
        xml.newline();
    });
    Ok(Some(Page { name: "imprint.xhtml".into(), xhtml, mathml: false }))
}

/// The witnesses and the signs of an edition. None where it has none.
pub(super) fn conspectus(book: &Book) -> Result<Option<Page>, EmitError> {
    let lists = env::conspectus(book.doc, &book.words);
    let Some(first) = lists.first().map(|list| list.title.clone()) else { return Ok(None) };
    let entry = |(sign, meaning): &(String, String)| context! { sign, meaning };
    let list =
        |list: &Conspectus| context! { title => &list.title, entries => list.entries.iter().map(entry).collect::<Vec<_>>() };
    let values = context! { lists => lists.iter().map(list).collect::<Vec<_>>() };
    let body = render(book, "epub/conspectus.xhtml", values)?;
    let xhtml = frame(book, &first, "frontmatter", |xml| {
        xml.raw(&body);
        xml.newline();
    });
    Ok(Some(Page { name: "conspectus.xhtml".into(), xhtml, mathml: false }))
}

/// `Translated by Emma Craufurd`.
fn part(book: &Book, person: &Person) -> String {
    format!("{} {}", book.words.get(person.role.name()), person.name)
}

fn series(meta: &Metadata) -> Option<String> {
    let series = meta.series.as_ref()?;
    Some(series.position.as_ref().map_or(series.name.clone(), |position| format!("{} {position}", series.name)))
}

/// The printed source in one line.
pub(super) fn printed(source: &PrintedSource) -> String {
    let people: Vec<_> = source.people.iter().map(|person| person.name.as_str()).collect();
    let people = (!people.is_empty()).then(|| people.join(", "));
    let place = match (&source.place, &source.publisher) {
        (Some(place), Some(publisher)) => Some(format!("{place}: {publisher}")),
        (place, publisher) => place.clone().or(publisher.clone()),
    };
    let (pages, note) = (source.pages.clone(), source.note.clone());
    let parts = [people, source.title.clone(), source.edition.clone(), place, source.date.clone(), pages, note];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn shown(id: &Identifier) -> String {
    match id.uri() {
        Some(uri) => uri,
        None if id.scheme.is_empty() => id.value.clone(),
        None => format!("{} {}", id.scheme.to_uppercase(), id.value),
    }
}

/// What a template makes of `values`. It is XML, or the book is not made.
fn render(book: &Book, name: &str, values: Value) -> Result<String, EmitError> {
    let failed = |reason: String| EmitError::Template { name: name.to_owned(), reason };
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    // The built-in escape writes a slash as `&#x2f;`, too.
    templates.set_formatter(|out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        let text = value.to_string();
        out.write_str(&if value.is_safe() { text.into() } else { escape(&text) }).map_err(minijinja::Error::from)
    });
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().expect("the usual marks"));
    let source = book.env.templates.text(name);
    let body = templates.render_str(&source, values).map_err(|reason| failed(format!("{reason:#}")))?;
    well_formed(&body).map_err(failed)?;
    Ok(body)
}

/// Whether a fragment is XML: a user's template may not be.
fn well_formed(fragment: &str) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(fragment);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|reason| format!("what comes out is not XML: {reason}"))? {
            Event::Start(tag) => {
                attributes(&tag)?;
                depth += 1;
            }
            Event::Empty(tag) => attributes(&tag)?,
            Event::End(_) => depth -= 1,
            Event::Eof if depth > 0 => return Err("what comes out is not XML: an element is not closed".to_owned()),
            Event::Eof => return Ok(()),
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
}

fn attributes(tag: &BytesStart) -> Result<(), String> {
    tag.attributes().try_for_each(|attribute| match attribute {
        Ok(_) => Ok(()),
        Err(reason) => Err(format!("what comes out is not XML: {reason}")),
    })
}
