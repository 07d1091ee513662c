//! The ways into the book: the navigation document with contents, printed pages and landmarks, and the NCX that says the same to
//! reading systems of before EPUB 3.

use std::collections::BTreeSet;

use super::Book;
use super::flow::element;
use super::package::{NAV, unique_identifier};
use super::page::{Page, direction, frame};
use super::plan::Kind;
use crate::emit::xml::Xml;
use crate::tree::{Outline, Section, TitleRun, title_runs};

/// The navigation document.
pub(super) struct Nav {
    pub page: Page,
    /// Whether it is a page of the book, too.
    pub read: bool,
}

/// An entry in the contents.
struct Entry {
    title: String,
    /// The title as its heading sets it; nothing where it has words of its own here.
    runs: Vec<TitleRun>,
    href: String,
    inner: Vec<Entry>,
}

/// The entries of the contents, to the depth that the user sets. Never empty.
fn entries(book: &Book, view: &Outline) -> Vec<Entry> {
    let leaf =
        |title: &str, href: &str| Entry { title: title.to_owned(), runs: Vec::new(), href: href.to_owned(), inner: Vec::new() };
    let plan = book.plan;
    let depth = book.env.settings.epub.toc_depth.max(1);
    let mut entries = Vec::new();
    // The text before the first heading goes by the title of the work.
    entries.extend(plan.opening.map(|file| leaf(&book.doc.meta.title, &plan.files[file].name)));
    entries.extend(view.sections.iter().filter_map(|section| entry(book, section, depth)));
    // Several files of notes are one entry: nobody looks for a note by its file.
    entries.extend(plan.files.iter().find(|file| file.kind == Kind::Notes).map(|file| leaf(&file.title, &file.name)));
    if entries.is_empty() {
        entries.push(leaf(&book.doc.meta.title, &plan.files[0].name));
    }
    entries
}

fn entry(book: &Book, section: &Section, depth: usize) -> Option<Entry> {
    let title = section.short().map_or_else(|| section.name(), str::to_owned);
    let runs = if section.short().is_none() { title_runs(section.title) } else { Vec::new() };
    // An entry without words can't be followed.
    let title = if title.is_empty() { "* * *".to_owned() } else { title };
    let inner = if depth > 1 {
        section.sections.iter().filter_map(|inner| entry(book, inner, depth - 1)).collect()
    } else {
        Vec::new()
    };
    Some(Entry { title, runs, href: book.plan.place(section.id)?, inner })
}

/// The navigation document.
pub(super) fn nav(book: &Book, view: &Outline, pages: &[Page]) -> Nav {
    let entries = entries(book, view);
    // Contents of one entry are not worth a page; what is no page can't be a landmark.
    let read = entries.len() > 1;
    let title = book.words.get("contents");
    let xhtml = frame(book, title, "frontmatter", |xml| {
        xml.open("nav", &[("epub:type", "toc"), ("role", "doc-toc"), ("id", "toc"), ("aria-labelledby", "toc-title")]);
        xml.newline();
        xml.leaf("h1", &[("id", "toc-title")], title);
        xml.newline();
        list(xml, &entries);
        xml.close();
        xml.newline();
        page_list(xml, book);
        landmarks(xml, book, pages, read);
    });
    Nav { page: Page { name: NAV.to_owned(), xhtml, mathml: false }, read }
}

fn list(xml: &mut Xml, entries: &[Entry]) {
    xml.open("ol", &[]);
    xml.newline();
    for entry in entries {
        xml.open("li", &[]);
        xml.element("a", &[("href", &entry.href)], |xml| match &entry.runs[..] {
            [] => xml.text(&entry.title),
            runs => runs.iter().for_each(|run| say(xml, run)),
        });
        if !entry.inner.is_empty() {
            xml.newline();
            list(xml, &entry.inner);
        }
        xml.close();
        xml.newline();
    }
    xml.close();
    xml.newline();
}

/// What is emphasised, raised or lowered in a heading is so in the contents: the NCX alone has plain words.
fn say(xml: &mut Xml, run: &TitleRun) {
    let mut open = 0;
    if let Some(lang) = &run.lang {
        xml.open("span", &[("lang", lang), ("xml:lang", lang), ("dir", direction(lang))]);
        open += 1;
    }
    for style in &run.styles {
        let (name, class) = element(*style);
        let class = (!class.is_empty()).then_some(("class", class));
        xml.open(name, class.as_slice());
        open += 1;
    }
    xml.text(&run.text);
    (0..open).for_each(|_| xml.close());
}

fn page_list(xml: &mut Xml, book: &Book) {
    if book.plan.pages.is_empty() {
        return;
    }
    let label = book.words.get("pages");
    xml.open("nav", &[("epub:type", "page-list"), ("role", "doc-pagelist"), ("aria-label", label), ("hidden", "hidden")]);
    xml.newline();
    xml.open("ol", &[]);
    xml.newline();
    for page in &book.plan.pages {
        xml.open("li", &[]);
        xml.leaf("a", &[("href", &book.plan.address(page.file, &page.id))], page.label);
        xml.close();
        xml.newline();
    }
    xml.close();
    xml.newline();
    xml.close();
    xml.newline();
}

fn landmarks(xml: &mut Xml, book: &Book, pages: &[Page], read: bool) {
    let words = &book.words;
    let kind = |kind: Kind| book.plan.files.iter().find(|file| file.kind == kind).map(|file| file.name.as_str());
    let named = |name: &'static str| pages.iter().find(|page| page.name == name).map(|_| name);
    let marks = [
        ("cover", words.get("cover"), named("cover.xhtml")),
        ("titlepage", words.get("title-page"), kind(Kind::TitlePage)),
        ("copyright-page", words.get("imprint"), named("imprint.xhtml")),
        ("toc", words.get("contents"), read.then_some("nav.xhtml#toc")),
        ("bodymatter", words.get("begin-reading"), kind(Kind::Text)),
        ("endnotes", words.get("notes"), kind(Kind::Notes)),
    ];
    xml.open("nav", &[("epub:type", "landmarks"), ("hidden", "hidden")]);
    xml.newline();
    xml.open("ol", &[]);
    xml.newline();
    for (kind, said, href) in marks.into_iter().filter_map(|(kind, said, href)| Some((kind, said, href?))) {
        xml.open("li", &[]);
        xml.leaf("a", &[("epub:type", kind), ("href", href)], said);
        xml.close();
        xml.newline();
    }
    xml.close();
    xml.newline();
    xml.close();
    xml.newline();
}

/// The NCX (<https://daisy.org/activities/standards/daisy/daisy-3/z39-86-2005-r2012-specifications-for-the-digital-talking-book/>).
pub(super) fn ncx(book: &Book, view: &Outline) -> String {
    let meta = &book.doc.meta;
    let entries = entries(book, view);
    let mut xml = Xml::document();
    xml.open("ncx", &[("xmlns", "http://www.daisy.org/z3986/2005/ncx/"), ("version", "2005-1"), ("xml:lang", &meta.language)]);
    xml.newline();
    xml.open("head", &[]);
    xml.newline();
    let pages = &book.plan.pages;
    let highest = pages.iter().filter_map(|page| page.label.parse::<u32>().ok()).max().unwrap_or(0);
    for (name, content) in [
        ("dtb:uid", unique_identifier(meta)),
        ("dtb:depth", deepest(&entries).to_string()),
        ("dtb:totalPageCount", pages.len().to_string()),
        ("dtb:maxPageNumber", highest.to_string()),
    ] {
        xml.empty("meta", &[("name", name), ("content", &content)]);
        xml.newline();
    }
    xml.close();
    xml.newline();
    labelled(&mut xml, "docTitle", &meta.title);
    let authors = meta.authors();
    if !authors.is_empty() {
        labelled(&mut xml, "docAuthor", &authors);
    }
    xml.open("navMap", &[]);
    xml.newline();
    let mut order = 0;
    points(&mut xml, &entries, &mut order);
    xml.close();
    xml.newline();
    page_targets(&mut xml, book, order);
    xml.close();
    xml.newline();
    xml.finish()
}

fn deepest(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| 1 + deepest(&entry.inner)).max().unwrap_or(0)
}

fn labelled(xml: &mut Xml, name: &'static str, text: &str) {
    xml.element(name, &[], |xml| xml.leaf("text", &[], text));
    xml.newline();
}

fn points(xml: &mut Xml, entries: &[Entry], order: &mut usize) {
    for entry in entries {
        *order += 1;
        xml.open("navPoint", &[("id", &format!("point-{order}")), ("playOrder", &order.to_string())]);
        labelled(xml, "navLabel", &entry.title);
        xml.empty("content", &[("src", &entry.href)]);
        xml.newline();
        points(xml, &entry.inner, order);
        xml.close();
        xml.newline();
    }
}

fn page_targets(xml: &mut Xml, book: &Book, mut order: usize) {
    if book.plan.pages.is_empty() {
        return;
    }
    xml.open("pageList", &[]);
    xml.newline();
    let mut numbers = BTreeSet::new();
    for (count, page) in book.plan.pages.iter().enumerate() {
        order += 1;
        let (id, order) = (format!("target-{}", count + 1), order.to_string());
        // The number of a page that has no other's.
        let number = page.label.parse::<u32>().ok().filter(|number| numbers.insert(*number)).map(|number| number.to_string());
        let mut own = vec![("id", id.as_str()), ("playOrder", &order)];
        own.push(("type", if number.is_some() { "normal" } else { "special" }));
        own.extend(number.iter().map(|number| ("value", number.as_str())));
        xml.open("pageTarget", &own);
        labelled(xml, "navLabel", page.label);
        xml.empty("content", &[("src", &book.plan.address(page.file, &page.id))]);
        xml.newline();
        xml.close();
        xml.newline();
    }
    xml.close();
    xml.newline();
}
