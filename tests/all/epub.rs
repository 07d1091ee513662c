//! What every e-book must keep, whatever the work: no word is lost, every link, note and page leads where it says, no file is too
//! long, images are as they were, templates and settings do what they promise.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use crate::support::{emit, emit_in, files, read, root, unpack};
use roxmltree::{Document, Node};
use tetrapla::Kit;
use tetrapla::driver::Finished;
use tetrapla::emit::EmitError;
use tetrapla::env::Templates;
use tetrapla::report::Report;
use tetrapla::settings::NotesAt;
use tetrapla::tree::{self, Block, Inline, Part, for_output, inline_children, parts};

/// The files of a book that are text, by path.
type Files = Vec<(String, String)>;

/// Every work that there is to try, and both places for its notes.
fn books() -> Vec<(String, Finished, Files)> {
    let mut sources = files(&root().join("tests/cases"), ".md");
    sources.extend(files(&root().join("input"), ".md").into_iter().filter(|path| path.parent() == Some(&root().join("input"))));
    let mut books = Vec::new();
    for source in sources {
        for notes in [NotesAt::Chapter, NotesAt::End] {
            let work = read(&source).remove(0);
            let mut env = work.env.clone();
            (env.settings.epub.notes, env.settings.epub.draw_cover) = (notes, false);
            let epub = unpack(&emit_in("epub", &work, &env));
            books.push((format!("{} with notes at {notes:?}", source.display()), work, epub));
        }
    }
    assert!(books.len() > 30, "the cases are not where they should be");
    books
}

/// The files of the text in the order of the spine.
fn spine(epub: &[(String, String)]) -> Vec<(&str, Document<'_>)> {
    let file = |name: &str| &epub.iter().find(|(known, _)| known == name).expect("a file of the book").1;
    let package = Document::parse(file("OEBPS/content.opf")).expect("XML");
    let item = |id: &str| package.descendants().find(|node| node.has_tag_name("item") && node.attribute("id") == Some(id));
    let refs = package.descendants().filter_map(|node| node.attribute("idref"));
    let names: Vec<_> = refs.map(|id| item(id).and_then(|item| item.attribute("href")).expect("an item").to_owned()).collect();
    let known = |name: String| epub.iter().find(|(known, _)| *known == format!("OEBPS/{name}")).expect("a file of the spine");
    names.into_iter().map(known).map(|(name, text)| (&name[6..], parse(text))).collect()
}

fn parse(text: &str) -> Document<'_> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    Document::parse_with_options(text, options).expect("XML")
}

#[test]
fn no_word_is_lost() {
    for (name, work, epub) in books() {
        let doc = for_output(work.doc.as_ref().expect("a work that is read"), "epub");
        let mut want = Said::default();
        want.blocks(&doc.body);
        let mut got = Said::default();
        for (name, file) in spine(&epub) {
            if !["cover.xhtml", "title-page.xhtml", "imprint.xhtml", "nav.xhtml"].contains(&name) {
                got.element(file.root_element());
            } else if name == "title-page.xhtml" {
                file.descendants().filter(|node| node.attribute("class") == Some("note")).for_each(|note| got.note(note));
            }
        }
        for (place, want) in &want.notes {
            let got = got.notes.get(place).unwrap_or_else(|| panic!("{name}: note {place} is lost"));
            assert_eq!(words(got), words(want), "{name}: note {place}");
        }
        assert_eq!(words(&got.text), words(&want.text), "{name}");
        assert_eq!(got.notes.len(), want.notes.len(), "{name}");
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// What a tree or a book says, notes apart, by their number.
#[derive(Default)]
struct Said {
    text: String,
    notes: BTreeMap<String, String>,
}

impl Said {
    fn blocks(&mut self, blocks: &[tree::Node<Block>]) {
        for block in blocks {
            match &block.kind {
                Block::Title(text) => {
                    // Said on the title page: only its notes are looked for here.
                    let before = self.text.len();
                    self.inlines(text);
                    self.text.truncate(before);
                }
                Block::Code { text, .. } | Block::Math(text) => self.text += text,
                _ => {}
            }
            self.text.push('\n');
            let panels = matches!(&block.kind, Block::Figure(figure) if figure.images.len() > 1);
            if !matches!(block.kind, Block::Title(_)) {
                parts(&block.kind, &mut |part| {
                    match part {
                        Part::Line(text) => self.inlines(text),
                        Part::Blocks(inner) => self.blocks(inner),
                        Part::Cell(cell) => self.blocks(&cell.kind.body),
                        Part::Image(image) => {
                            self.text += &image.kind.alt;
                            self.text += if panels { &image.kind.title } else { "" };
                        }
                    }
                    self.text.push('\n');
                });
            }
        }
    }

    fn inlines(&mut self, inlines: &[tree::Node<Inline>]) {
        for inline in inlines {
            match &inline.kind {
                Inline::Text(text) | Inline::Code(text) | Inline::Math(text) => self.text += text,
                Inline::LineBreak => self.text.push('\n'),
                Inline::Image(image) => self.text += &image.alt,
                Inline::PageBreak(page) if page.space => self.text.push(' '),
                Inline::Note(note) => {
                    let outer = std::mem::take(&mut self.text);
                    self.blocks(&note.body);
                    let body = std::mem::replace(&mut self.text, outer);
                    self.notes.insert(note.id.0.to_string(), body);
                }
                Inline::Ruby { base, reading } => {
                    self.inlines(base);
                    self.text += reading;
                }
                kind => self.inlines(inline_children(kind)),
            }
        }
    }

    fn element(&mut self, node: Node) {
        if node.is_text() {
            self.text += node.text().unwrap_or("");
        }
        if !node.is_element() || node.has_tag_name("head") {
            return;
        }
        let name = node.tag_name().name();
        match (name, node.attribute("role"), node.attribute("class")) {
            (_, Some("doc-noteref" | "doc-backlink"), _) => return,
            ("section", _, Some("notes")) => return node.children().for_each(|inner| self.note(inner)),
            ("math", ..) => self.text += node.attribute("alttext").unwrap_or(""),
            ("img", ..) => self.text += node.attribute("alt").unwrap_or(""),
            ("li", ..) => {
                let before = self.text.len();
                node.children().for_each(|inner| self.element(inner));
                // The sign of a task stands for what the tree says otherwise.
                let said = self.text.split_off(before);
                self.text += said.trim_start_matches(['☑', '☐']);
            }
            _ => node.children().for_each(|inner| self.element(inner)),
        }
        let inline =
            ["a", "em", "strong", "s", "sup", "sub", "u", "small", "span", "code", "mark", "ruby", "rt", "math", "img", "abbr"];
        let line = node.parent_element().is_some_and(|parent| parent.tag_name().name() == "p") && name == "span";
        let in_verse = node.ancestors().any(|node| node.attribute("class") == Some("verse"));
        if !inline.contains(&name) || line && in_verse {
            self.text.push('\n');
        }
    }

    fn note(&mut self, node: Node) {
        if node.attribute("class") != Some("note") {
            return;
        }
        let number = node.descendants().find(|node| node.attribute("role") == Some("doc-backlink"));
        assert!(number.and_then(|link| link.text()).is_some(), "a way back");
        // Chapters may count their notes anew; ids are the work's.
        let number = node.attribute("id").and_then(|id| id.strip_prefix("note-")).expect("a note's id").to_owned();
        let outer = std::mem::take(&mut self.text);
        node.children().for_each(|inner| self.element(inner));
        let body = std::mem::replace(&mut self.text, outer);
        assert!(self.notes.insert(number, body).is_none(), "two notes have one number");
    }
}

#[test]
fn every_link_note_and_page_leads_where_it_says() {
    let (mut notes, mut pages) = (0, 0);
    for (name, _, epub) in books() {
        let parsed: BTreeMap<&str, Document> =
            epub.iter().filter(|(file, _)| file.ends_with(".xhtml")).map(|(file, text)| (&file[6..], parse(text))).collect();
        let target = |from: &str, href: &str| -> Option<(String, Node)> {
            let (file, id) = href.split_once('#').unwrap_or((href, ""));
            let file = if file.is_empty() { from } else { file };
            let whole = parsed.get(file).unwrap_or_else(|| panic!("{name}: there is no {file}"));
            let found = whole.descendants().find(|node| node.attribute("id") == Some(id));
            if id.is_empty() { None } else { Some((file.to_owned(), found.unwrap_or_else(|| panic!("{name}: no {href}")))) }
        };
        for (file, text) in &parsed {
            let ids: Vec<_> = text.descendants().filter_map(|node| node.attribute("id")).collect();
            assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name}: an id stands twice in {file}");
            for link in text.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/1999/xhtml", "a"))) {
                assert!(!link.ancestors().skip(1).any(|node| node.tag_name() == link.tag_name()), "{name}: a link in a link");
                let href = link.attribute("href").expect("a link leads somewhere");
                if href.contains(':') {
                    continue;
                }
                let found = target(file, href);
                if link.attribute("role") == Some("doc-noteref") {
                    let (home, note) = found.expect("a note has an id");
                    assert_eq!(note.attribute("role"), Some("doc-footnote"), "{name}: {href}");
                    let own = link.attribute("id").expect("a call has an id");
                    let mut ways = note.descendants().filter(|node| node.attribute("role") == Some("doc-backlink"));
                    let back = |way: Node| {
                        let there = target(&home, way.attribute("href").unwrap_or_default());
                        there.is_some_and(|(there, call)| there == *file && call.attribute("id") == Some(own))
                    };
                    assert!(ways.any(back), "{name}: no way back to {own}");
                    assert!(
                        home != *file
                            || note.range().start > link.range().start
                            || note.ancestors().any(|a| a == link)
                            || link.ancestors().any(|node| node.attribute("class") == Some("note")),
                        "{name}: {href} stands before its call"
                    );
                    notes += 1;
                } else if link.ancestors().any(|node| node.attribute("role") == Some("doc-pagelist")) {
                    let (_, page) = found.expect("a page has an id");
                    assert_eq!(page.attribute("role"), Some("doc-pagebreak"), "{name}: {href}");
                    assert_eq!(page.attribute("aria-label"), link.text(), "{name}: {href}");
                    assert!(!page.has_children(), "{name}: the label of {href} would be read aloud");
                    pages += 1;
                }
            }
        }
    }
    assert!(notes > 40 && pages > 20, "{notes} notes and {pages} pages are too few to tell");
}

/// A work made of `text`, in a folder of its own.
fn work(text: &str) -> Finished {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("work.md");
    #[allow(clippy::disallowed_methods, reason = "a source for a test")]
    std::fs::write(&path, text).expect("a file");
    read(&path).remove(0)
}

#[test]
fn no_file_is_too_long() {
    let sentence = "The river carried the letters of the village to the sea, and *nobody* wrote them again.[^a] ";
    let paragraph = sentence.replace("[^a]", "").repeat(8) + "\n\n";
    let mut long = "# A chapter of sections\n\nIt begins.\n\n".to_owned();
    for section in 0..40 {
        long += &format!("## Section {section} {{#s{section}}}\n\nSee [the next](#s{}).\n\n", (section + 1) % 40);
        long += &paragraph.repeat(20);
        long += &sentence.replace("[^a]", &format!("[^n{section}]\n\n[^n{section}]: A note.\n\n"));
    }
    long += "# A chapter without\n\n";
    long += &paragraph.repeat(1200);
    let work = work(&long);
    let epub = unpack(&emit("epub", &work));
    let lengths: Vec<_> = epub.iter().filter(|(name, _)| name.ends_with(".xhtml")).map(|(_, text)| text.len()).collect();
    assert!(lengths.iter().all(|length| *length < 300_000), "{lengths:?}");
    assert!(lengths.iter().filter(|length| **length > 150_000).count() >= 5, "files are cut too small: {lengths:?}");
    // Links lead across the cuts, and nothing falls between them.
    let mut got = Said::default();
    spine(&epub)
        .iter()
        .filter(|(name, _)| name.starts_with("a-chapter"))
        .for_each(|(_, file)| got.element(file.root_element()));
    let mut want = Said::default();
    want.blocks(&work.doc.as_ref().expect("a work that is read").body);
    assert!(words(&got.text) == words(&want.text), "words are lost where the text is cut");
    assert_eq!(got.notes.len(), 40);
}

#[test]
fn the_archive_is_as_ocf_wants_it_and_images_are_as_they_were() {
    let work = read(&root().join("tests/cases/epub/content.md")).remove(0);
    let bytes = emit("epub", &work);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a ZIP archive");
    assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip");
    let stamp = zip::DateTime::from_date_and_time(2024, 1, 1, 0, 0, 0).ok();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).expect("an entry");
        assert_eq!(entry.last_modified(), stamp, "{}", entry.name());
        assert_ne!(entry.name(), "META-INF/com.apple.ibooks.display-options.xml");
    }
    let mut ship = archive.by_name("OEBPS/images/ship.png").expect("the image");
    assert_eq!(ship.compression(), zip::CompressionMethod::Stored);
    let mut got = Vec::new();
    ship.read_to_end(&mut got).expect("the image");
    assert_eq!(got, std::fs::read(root().join("tests/cases/epub/ship.png")).expect("the image"));
    assert_eq!(bytes, emit("epub", &work), "the same book twice");
}

#[test]
fn large_images_are_made_smaller() {
    let folder = tempfile::tempdir().expect("a folder");
    let large = image::RgbImage::from_fn(2600, 2000, |x, y| image::Rgb([(x / 11) as u8, (y / 9) as u8, 90]));
    large.save(folder.path().join("large.png")).expect("an image");
    let path = folder.path().join("work.md");
    #[allow(clippy::disallowed_methods, reason = "a source for a test")]
    std::fs::write(&path, "# Work\n\n![large](large.png)\n").expect("a file");
    let bytes = emit("epub", &read(&path).remove(0));
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a ZIP archive");
    let mut got = Vec::new();
    archive.by_name("OEBPS/images/large.png").expect("the image").read_to_end(&mut got).expect("the image");
    let small = image::load_from_memory(&got).expect("a PNG");
    assert!(small.width() * small.height() <= 4_000_000 && small.width() * small.height() > 3_900_000);
}

/// A photograph that is red above when it is held as the camera says: turned by a quarter to the right.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let lying =
        image::RgbImage::from_fn(width, height, |x, _| image::Rgb(if x < width / 2 { [200, 30, 30] } else { [30, 30, 200] }));
    let mut jpeg = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(lying).write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("in memory");
    let mut jpeg = jpeg.into_inner();
    // Exif in big-endian TIFF: a directory of one entry, the orientation (0112), a SHORT, 6.
    let exif = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let segment = [&[0xFF, 0xE1], &length[..], exif].concat();
    jpeg.splice(2..2, segment);
    jpeg
}

#[test]
fn photographs_stand_upright() {
    let folder = tempfile::tempdir().expect("a folder");
    #[allow(clippy::disallowed_methods, reason = "a source for a test")]
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file");
    // Red is on the left as the pixels lie, so a turn to the right brings it up.
    write("small.jpg", &photograph(60, 40));
    write("large.jpg", &photograph(2010, 2000));
    write("work.md", b"# Work\n\n![small](small.jpg)\n\n![large](large.jpg)\n");
    let work = read(&folder.path().join("work.md")).remove(0);
    let bytes = emit("epub", &work);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a ZIP archive");
    let mut got = |name: &str| {
        let mut got = Vec::new();
        archive.by_name(name).expect("the image").read_to_end(&mut got).expect("the image");
        got
    };
    assert_eq!(got("OEBPS/images/small.jpg"), photograph(60, 40), "with what the camera noted");
    let large = image::load_from_memory(&got("OEBPS/images/large.jpg")).expect("a JPEG").to_rgb8();
    assert!(large.height() > large.width() && large.get_pixel(50, 50).0[0] > 150, "turned before it was made smaller");
    let doc = work.doc.as_ref().expect("a work that is read");
    let pdf = emit("pdf", &work);
    for (name, bytes) in [("work.epub", &bytes), ("work.pdf", &pdf)] {
        let file = tetrapla::verify::File { name, bytes };
        assert_eq!(tetrapla::verify::verify(doc, &work.env, &[file]).files[0].differences, [], "{name}");
    }
    let pdf = lopdf::Document::load_mem(&pdf).expect("a PDF");
    let contents = pdf.page_iter().map(|id| pdf.get_and_decode_page_content(id).expect("a content"));
    let number = |object: &lopdf::Object| object.as_float().unwrap_or(f32::NAN);
    let turned = contents.flat_map(|content| content.operations).filter(|one| {
        let numbers = one.operands.iter().map(number).collect::<Vec<_>>();
        let turns = |&[a, b, c, d, _, _]: &[f32; 6]| a == 0.0 && d == 0.0 && b < 0.0 && c > 0.0 && c < -b;
        one.operator == "cm" && <[f32; 6]>::try_from(numbers).is_ok_and(|matrix| turns(&matrix))
    });
    assert_eq!(turned.count(), 2, "the page turns them");
}

#[test]
fn templates_stand_in_one_by_one_and_must_be_xml() {
    let work = work("---\ntitle: A & B\nlang: en\n---\n# One\n\nText.\n");
    let with = |text: &str| {
        let mut env = work.env.clone();
        let files = [("epub/title-page.xhtml", text), ("epub/style.css", "p { color: inherit }")];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        env.templates = Templates::new(files.into_iter().collect()).into();
        let epub = Kit::BUILTIN.backends.iter().find(|backend| backend.name() == "epub").expect("the backend");
        epub.emit(work.doc.as_ref().expect("a work that is read"), &env, &mut Report::default()).map(|_| env)
    };
    let env = with("<section><h1>{{ title }}!</h1></section>").expect("a template that is XML");
    let epub = unpack(&emit_in("epub", &work, &env));
    let file = |name: &str| &epub.iter().find(|(known, _)| known == name).expect("a file").1;
    assert!(file("OEBPS/title-page.xhtml").contains("<h1>A &amp; B!</h1>"));
    assert_eq!(file("OEBPS/stylesheet.css"), "p { color: inherit }");
    for wrong in ["<section>", "{{ title", "<p a=1/>"] {
        assert!(matches!(with(wrong), Err(EmitError::Template { .. })), "{wrong}");
    }
}

#[test]
fn fonts_come_along_where_they_are_wanted() {
    let work = work("---\nlang: en\n---\n# One\n\nText with *emphasis*, `code` and שלום.\n");
    let mut env = work.env.clone();
    env.settings.epub.fonts = true;
    let bytes = emit_in("epub", &work, &env);
    let epub = unpack(&bytes);
    let file = |name: &str| &epub.iter().find(|(known, _)| known == name).expect("a file").1;
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a ZIP archive");
    for (name, there) in [
        ("EBGaramond-Italic", true),
        ("FrankRuhlLibre-Regular", true),
        ("SourceCodePro-Regular", true),
        ("Amiri-Regular", false),
    ] {
        let href = format!("fonts/{name}.ttf");
        assert_eq!(file("OEBPS/stylesheet.css").contains(&format!("url({href})")), there, "{name}");
        assert_eq!(file("OEBPS/content.opf").contains(&href), there, "{name}");
        assert_eq!(archive.by_name(&format!("OEBPS/{href}")).is_ok(), there, "{name}");
    }
    assert!(!emit("epub", &work).windows(5).any(|bytes| bytes == b"fonts"));
}

#[test]
fn conformance_is_claimed_only_where_it_holds() {
    let claims = |text: &str, certifier: Option<&str>| {
        let work = work(text);
        let mut env = work.env.clone();
        env.settings.epub.certified_by = certifier.map(str::to_owned);
        let epub = unpack(&emit_in("epub", &work, &env));
        let package = &epub.iter().find(|(name, _)| name == "OEBPS/content.opf").expect("a package").1;
        package.contains("dcterms:conformsTo") && package.contains("a11y:certifiedBy")
    };
    assert!(claims("---\nlang: en\n---\n# One\n\nText.\n", Some("A. Press")));
    assert!(!claims("---\nlang: en\n---\n# One\n\nText.\n", None));
    assert!(!claims("---\nlang: und\n---\n# One\n\nText.\n", Some("A. Press")));
}
