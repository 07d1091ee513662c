//! The title page and the page behind it, as their templates make them of what is known of the work.

use serde_json::{Value, json};

use super::front::own_title;
use crate::env::{Env, Templates};
use crate::report::Report;
use crate::tree::{Document, Identifier, Medium, Role as Part, plain_text};

/// A paragraph of the title page.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleLine {
    pub kind: Kind,
    pub text: String,
}

/// How it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The work's title, which is the text's own where it has one.
    Title,
    /// A little larger than the text.
    Quiet,
    /// As a subtitle.
    Italic,
    Small,
    /// At the page's foot.
    Foot,
    /// White of so many ems.
    Space(f32),
}

impl TitleLine {
    /// A paragraph that says nothing of how it is set is small.
    fn of(paragraph: &str) -> Self {
        let (kind, text) = paragraph.split_once(':').map_or(("", paragraph), |(kind, text)| (kind, text.trim()));
        let (kind, text) = match kind {
            "title" => (Kind::Title, text),
            "quiet" => (Kind::Quiet, text),
            "italic" => (Kind::Italic, text),
            "small" => (Kind::Small, text),
            "foot" => (Kind::Foot, text),
            "space" if text.parse::<f32>().is_ok_and(|ems| (0.0..=MOST_SPACE).contains(&ems)) => {
                (Kind::Space(text.parse().unwrap_or(0.0)), "")
            }
            _ => (Kind::Small, paragraph),
        };
        Self { kind, text: text.to_owned() }
    }

    /// Whether it stands on the page at all: white does, whatever it says.
    fn stands(&self) -> bool {
        matches!(self.kind, Kind::Title | Kind::Space(_)) || !self.text.is_empty()
    }
}

/// The paragraphs of the title page. A template that leaves the title out is no title page.
pub fn title_page(doc: &Document, env: &Env, report: &mut Report) -> Vec<TitleLine> {
    let lines = |paragraphs: Vec<String>| -> Vec<TitleLine> {
        paragraphs.iter().map(|paragraph| TitleLine::of(paragraph)).filter(TitleLine::stands).collect()
    };
    let facts = facts(doc, env);
    let made = lines(paragraphs((TITLE, "title-template"), &facts, env, report));
    if made.iter().filter(|line| line.kind == Kind::Title).count() == 1 {
        return made;
    }
    report
        .warn("title-template", None, format!("the template {TITLE} must have one paragraph that begins with \"title:\""))
        .hint("mend it, or take it out of the folder of templates; the program's own stands in for it");
    lines(split(&Templates::default().render(TITLE, &facts).unwrap_or_default()))
}

/// The paragraphs of the page behind the title.
pub fn imprint(doc: &Document, env: &Env, report: &mut Report) -> Vec<String> {
    paragraphs((IMPRINT, "imprint-template"), &facts(doc, env), env, report)
}

/// What a template makes. A user's that can't be used is remarked, and the program's stands in.
fn paragraphs((name, code): (&'static str, &'static str), facts: &Value, env: &Env, report: &mut Report) -> Vec<String> {
    let text = env.templates.render(name, facts).unwrap_or_else(|reason| {
        report
            .warn(code, None, format!("the template {name} can't be used: {reason}"))
            .hint("mend it, or take it out of the folder of templates; the program's own stands in for it");
        Templates::default().render(name, facts).unwrap_or_default()
    });
    split(&text)
}

fn split(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect()
}

/// What templates may say of a work.
fn facts(doc: &Document, env: &Env) -> Value {
    let meta = &doc.meta;
    let words = env.words(&meta.language);
    let series = meta.series.as_ref().map(|series| match &series.position {
        Some(position) => format!("{}, {position}", series.name),
        None => series.name.clone(),
    });
    let source = meta.source.as_ref().map(|source| {
        let authors: Vec<&str> = source.people.iter().map(|person| person.name.as_str()).collect();
        let authors = (!authors.is_empty()).then(|| authors.join(", "));
        let rest = [&authors, &source.title, &source.edition, &source.place, &source.publisher, &source.date, &source.note];
        rest.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    });
    // Nobody asks for a book by a number that only machines can tell from another.
    let ids = meta.identifiers_for(Medium::Print).filter(|id| !id.scheme.eq_ignore_ascii_case("uuid")).map(named);
    let people = meta.people.iter().map(|person| json!({ "name": person.name, "role": person.role.name() }));
    let hands = HANDS.iter().filter_map(|(role, key)| {
        let names: Vec<&str> = meta.people_as(*role).map(|person| person.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("{} {}", words.get(key), names.join(", ")))
    });
    // The text's own title may have it already.
    let titled = |subtitle: &str| own_title(&doc.body).is_some_and(|(_, text)| plain_text(text).contains(subtitle));
    json!({
        "words": {
            "published": words.get("published"), "licence": words.get("licence"), "source": words.get("source"),
            "rights": words.get("rights"), "set_with": words.get("set-with"),
        },
        "title": meta.title, "subtitle": meta.subtitle, "authors": meta.authors(), "people": people.collect::<Vec<_>>(),
        "subtitle_apart": meta.subtitle.as_ref().filter(|subtitle| !titled(subtitle)), "hands": hands.collect::<Vec<_>>(),
        "publisher": meta.publisher, "place": meta.place, "date": meta.date,
        "year": meta.date.as_deref().and_then(|date| date.get(..4)), "edition": meta.edition, "series": series,
        "rights": meta.rights, "licence": meta.licence, "source": source, "description": meta.description,
        "subjects": meta.subjects, "identifiers": ids.collect::<Vec<_>>(),
        "program": concat!("Tetrapla ", env!("CARGO_PKG_VERSION")),
    })
}

const TITLE: &str = "pdf/title.txt";
const IMPRINT: &str = "pdf/imprint.txt";
/// More white than that, in ems, is a slip of the hand: no page has it.
const MOST_SPACE: f32 = 60.0;

/// Who had a part in the work beside its author, and the word that says so.
const HANDS: &[(Part, &str)] = &[
    (Part::Editor, "editor"),
    (Part::Translator, "translator"),
    (Part::Illustrator, "illustrator"),
    (Part::Annotator, "annotator"),
    (Part::Compiler, "compiler"),
    (Part::Introduction, "introduction"),
    (Part::Contributor, "contributor"),
];

fn named(id: &Identifier) -> String {
    format!("{} {}", id.scheme.to_uppercase(), id.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_say_how_they_are_set() {
        let line = |text: &str| TitleLine::of(text);
        assert_eq!(line("title: Faust: A Play"), TitleLine { kind: Kind::Title, text: "Faust: A Play".into() });
        assert_eq!(line("space: 2.5").kind, Kind::Space(2.5));
        assert_eq!(line("foot: Leeds").kind, Kind::Foot);
        // What only looks like it stays as it is.
        assert_eq!(line("space: the last frontier"), TitleLine { kind: Kind::Small, text: "space: the last frontier".into() });
        assert_eq!(line("Edited by: A"), TitleLine { kind: Kind::Small, text: "Edited by: A".into() });
    }
}
