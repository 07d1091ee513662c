//! The front of a file: YAML between `---`, TOML between `+++`, JSON between braces, pandoc's title block, or MultiMarkdown's fields
//! without fences.

use std::ops::Range;

use super::said::{Entry, Said, Value};
use super::{MOST_PROBLEMS, broken, known, later, settings, toml_source, yaml};
use crate::report::Report;
use crate::settings::Tables;
use crate::span::{FileId, Sources, Span};

/// What a file's front matter says.
#[derive(Debug, Default)]
pub(in crate::read) struct Opening {
    /// Where the text begins, in bytes.
    pub text: usize,
    /// The dialect that the file says it is written in.
    pub dialect: Option<String>,
    pub span: Span,
    /// What it says of the work, or of its chapter.
    pub entries: Vec<Entry>,
    /// Tables of settings, which only a work of one file may have there.
    pub tables: Vec<Entry>,
    /// Blocks of metadata that stand in the text, in bytes of the file, which are none of it.
    pub later: Vec<Range<usize>>,
}

/// Reads the front matter of a file, if it has some, and the blocks of metadata that stand further behind.
pub(in crate::read) fn front_matter(sources: &Sources, file: FileId, report: &mut Report) -> Opening {
    let mut opening = at_front(sources, file, report);
    let text = &sources.get(file).text;
    for block in later::blocks(file, text, opening.text) {
        opening.span =
            if opening.later.is_empty() && opening.text == 0 { Span::new(file, block.range.clone()) } else { opening.span };
        opening.later.push(block.range);
        opening.take(block.entries);
    }
    opening
}

fn at_front(sources: &Sources, file: FileId, report: &mut Report) -> Opening {
    let text = &sources.get(file).text;
    let Some(front) = Front::find(text) else {
        // One field of such a header may as well be a line of the text.
        if let Some(own) = Front::bare(text) {
            let first = own.inner.lines().next().unwrap_or("");
            let place = Span::new(file, 0..first.trim_end().len());
            report
                .remark("metadata-unfenced", place, "this may be meant as metadata, and stands in the text")
                .hint("put it between two lines of three hyphens: ---");
        }
        tell_unclosed(text, file, report);
        return Opening::default();
    };
    let Some((entries, problems)) = front.entries(file) else { return Opening::default() };
    let end = front.end;
    problems.into_iter().take(MOST_PROBLEMS).for_each(|problem| broken(problem, report));
    let mut opening = Opening { text: end, span: Span::new(file, 0..end), ..Opening::default() };
    opening.take(entries);
    opening
}

impl Opening {
    fn take(&mut self, entries: Vec<Entry>) {
        for Entry { name, written, key, said } in entries {
            match (name.as_str(), said.value) {
                ("dialect", value) => self.dialect = Some(Said { value, span: said.span }.line().unwrap_or_default()),
                ("metadata", Value::Table(inner)) => self.entries.extend(inner),
                (table, value @ Value::Table(_)) if Tables::NAMES.contains(&table) => {
                    self.tables.push(Entry { name, written, key, said: Said { value, span: said.span } });
                }
                (_, value) => self.entries.push(Entry { name, written, key, said: Said { value, span: said.span } }),
            }
        }
    }
}

/// Says of a fence at the front of a text, with a field behind it, that nothing closes it.
fn tell_unclosed(text: &str, file: FileId, report: &mut Report) {
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or("").trim_end(), lines.next().unwrap_or("").trim_end());
    if matches!(first, "---" | "+++") && bare_field(second).is_some() {
        report
            .warn("metadata-unfenced", Span::new(file, 0..3), "nothing closes these metadata, and they stand in the text")
            .hint(format!("write {first} on a line of its own behind the last field"));
    }
}

/// The settings that the front matter of a work's only file has.
pub(in crate::read) fn settings_in_front(sources: &Sources, file: FileId) -> Tables {
    let mut tables = Tables::default();
    for entry in front_matter(sources, file, &mut Report::default()).tables {
        settings(&mut tables, &entry.name, entry.said);
    }
    tables
}

/// A block of metadata at the front of a file.
struct Front<'a> {
    form: Form,
    inner: &'a str,
    /// Where the block's inner text begins, in bytes.
    start: usize,
    /// Where the text after it begins, in bytes.
    end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Toml,
    /// What Hugo reads, too.
    Json,
    TitleBlock,
    /// MultiMarkdown's header, which has no fences.
    Bare,
}

/// A field of a header without fences: its name, where that stands, and its lines with where each begins, in bytes.
type BareField<'a> = (&'a str, Span, Vec<(usize, &'a str)>);

impl<'a> Front<'a> {
    fn find(text: &'a str) -> Option<Self> {
        // Blank lines before it are nobody's text.
        let lead = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
        let lead = text[..lead].rfind('\n').map_or(0, |at| at + 1);
        let first = text[lead..].lines().next()?;
        let form = match first.trim_end() {
            "---" => Form::Yaml,
            "+++" => Form::Toml,
            _ if first.starts_with('%') => return Self::title_block(text, lead),
            _ if first.starts_with('{') => return Self::json(text, lead),
            _ if lead == 0 => return Self::bare(text).filter(|_| is_sure(text)),
            _ => return None,
        };
        let start = lead + text[lead..].find('\n')? + 1;
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            let mark = line.trim_end();
            if mark == first.trim_end() || form == Form::Yaml && mark == "..." {
                return Some(Self { form, inner: &text[start..at], start, end: at + line.len() });
            }
            at += line.len();
        }
        None
    }

    /// Up to three lines that begin with a per cent sign, each with lines indented below it, and a blank line behind them (pandoc's
    /// manual, "Extension: `pandoc_title_block`").
    fn title_block(text: &'a str, lead: usize) -> Option<Self> {
        let (mut at, mut marks) = (lead, 0);
        for line in text[lead..].split_inclusive('\n') {
            let bare = line.trim_end();
            match bare.strip_prefix('%') {
                // A comment of TeX and a directive of YAML are none: pandoc asks for a space.
                Some(rest) if rest.is_empty() || rest.starts_with([' ', '\t']) => marks += 1,
                None if bare.is_empty() => {
                    at += line.len();
                    break;
                }
                None if line.starts_with([' ', '\t']) => {}
                _ => return None,
            }
            at += line.len();
        }
        (1..=3).contains(&marks).then(|| Self { form: Form::TitleBlock, inner: &text[lead..at], start: lead, end: at })
    }

    /// A table of JSON with a name that describes works, and nothing behind its last brace on that line.
    fn json(text: &'a str, lead: usize) -> Option<Self> {
        let mut values = serde_json::Deserializer::from_str(&text[lead..]).into_iter::<serde_json::Map<_, serde_json::Value>>();
        let table = values.next()?.ok()?;
        let inner = lead + values.byte_offset();
        let line = text[inner..].find('\n').map_or(text.len(), |length| inner + length + 1);
        let is_front = table.keys().any(|name| known::FIELDS.contains(&&*name.to_ascii_lowercase()))
            && text[inner..line].trim().is_empty();
        is_front.then(|| Self { form: Form::Json, inner: &text[lead..inner], start: lead, end: line })
    }

    /// Lines of `Name: value` at the front of a file, up to an empty line (MultiMarkdown's guide, "Metadata").
    fn bare(text: &'a str) -> Option<Self> {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            if bare.is_empty() {
                return (at > 0).then(|| Self { form: Form::Bare, inner: &text[..at], start: 0, end: at + line.len() });
            }
            (at > 0 && line.starts_with([' ', '\t']) || bare_field(bare).is_some()).then_some(())?;
            at += line.len();
        }
        None
    }

    /// What it says; none where it is text after all.
    fn entries(&self, file: FileId) -> Option<(Vec<Entry>, Vec<toml_source::Problem>)> {
        match self.form {
            Form::Toml => Some(toml_source::parse(file, self.start, self.inner)),
            Form::Json => yaml::parse(file, self.start, self.inner),
            Form::Yaml if self.inner.trim().is_empty() => Some((Vec::new(), Vec::new())),
            // Three hyphens are a rule, too: what is no mapping is text, and so are headings, which look like comments.
            Form::Yaml if self.inner.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) => None,
            Form::Yaml if self.looks_like_fields() => yaml::parse(file, self.start, self.inner),
            Form::Yaml => yaml::parse(file, self.start, self.inner).filter(|(_, problems)| problems.is_empty()),
            Form::TitleBlock => Some((self.title_lines(file), Vec::new())),
            Form::Bare => Some((self.bare_fields(file), Vec::new())),
        }
    }

    /// Each field of a header without fences. A value that goes on over indented lines is one; of people each line is one's name.
    fn bare_fields(&self, file: FileId) -> Vec<Entry> {
        let mut fields: Vec<BareField> = Vec::new();
        let mut at = self.start;
        for line in self.inner.split_inclusive('\n') {
            let value = match fields.last_mut() {
                Some((_, _, values)) if line.starts_with([' ', '\t']) => {
                    values.push((at + line.len() - line.trim_start().len(), line.trim()));
                    at += line.len();
                    continue;
                }
                _ => bare_field(line.trim_end()),
            };
            if let Some((name, value)) = value {
                let start = at + line.trim_end().len() - value.len();
                fields.push((name, Span::new(file, at..at + name.len()), vec![(start, value)]));
            }
            at += line.len();
        }
        let entry = |(name, key, values): BareField| {
            let values: Vec<_> = values.into_iter().filter(|(_, words)| !words.is_empty()).collect();
            let place = |(start, words): &(usize, &str)| Span::new(file, *start..start + words.len());
            let span = values.first().map_or(key, |first| place(first).to(values.last().map_or(key, place)));
            let is_people = known::is_of_people(&name.to_ascii_lowercase());
            let said = match &values[..] {
                [] => Said { value: Value::Nothing, span },
                several if is_people && several.len() > 1 => {
                    let names = several.iter().map(|value| Said::text(value.1, place(value)));
                    Said { value: Value::List(names.collect()), span }
                }
                several => Said::text(several.iter().map(|(_, words)| *words).collect::<Vec<_>>().join(" "), span),
            };
            Entry::new(name, key, said)
        };
        fields.into_iter().map(entry).collect()
    }

    fn title_lines(&self, file: FileId) -> Vec<Entry> {
        let mut parts: Vec<Vec<(usize, &str)>> = Vec::new();
        let mut at = self.start;
        for line in self.inner.split_inclusive('\n') {
            let bare = line.strip_prefix('%').unwrap_or(line);
            let words = bare.trim();
            let start = at + (line.len() - bare.trim_start().len());
            match parts.last_mut() {
                Some(part) if !line.starts_with('%') => part.push((start, words)),
                _ => parts.push(vec![(start, words)]),
            }
            at += line.len();
        }
        let place = |start: usize, words: &str| Span::new(file, start..start + words.len());
        let mut entries = Vec::new();
        for (name, part) in ["title", "author", "date"].into_iter().zip(parts) {
            let part: Vec<_> = part.into_iter().filter(|(_, words)| !words.is_empty()).collect();
            let Some((first, words)) = part.first() else { continue };
            let span = place(*first, words);
            let said = if name == "author" {
                let names = part.iter().flat_map(|(start, line)| {
                    line.split(';').map(move |name| (start + (name.as_ptr() as usize - line.as_ptr() as usize), name))
                });
                let names = names.map(|(start, name)| (start + name.len() - name.trim_start().len(), name.trim()));
                let names = names.filter(|(_, name)| !name.is_empty());
                Said { value: Value::List(names.map(|(start, name)| Said::text(name, place(start, name))).collect()), span }
            } else {
                Said::text(part.iter().map(|(_, words)| *words).collect::<Vec<_>>().join(" "), span)
            };
            entries.push(Entry::new(name, span, said));
        }
        entries
    }

    /// Whether the first line says `name: value` or `name = value`, so that it is meant as metadata.
    fn looks_like_fields(&self) -> bool {
        let line = self.inner.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("");
        let name = line.split([':', '=']).next().unwrap_or("").trim();
        name.len() < line.trim().len() && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.\"'".contains(c))
    }
}

/// The names that fields of a header without fences have beside those of a work (MultiMarkdown's guide, "Metadata keys").
const BARE: &[&str] = &[
    "subject",
    "affiliation",
    "email",
    "web",
    "comment",
    "css",
    "format",
    "phone",
    "address",
    "base header level",
    "html header level",
    "latex header level",
    "latex mode",
    "latex input",
    "latex footer",
    "latex config",
    "latex title",
    "quotes language",
    "html header",
    "bibtex",
    "bibliography",
    "csl",
    "mmd header",
    "mmd footer",
    "transclude base",
];

/// `Name: value`, if fields of a header have that name.
fn bare_field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    // MultiMarkdown compares its keys without their spaces.
    let own = name.to_ascii_lowercase().replace(' ', "");
    let fits = known::FIELDS.contains(&own.as_str()) || BARE.iter().any(|known| known.replace(' ', "") == own);
    (fits && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| (name, value.trim()))
}

/// Whether a header without fences is one beyond doubt: two fields or more, the title among them.
fn is_sure(text: &str) -> bool {
    let head = text.lines().take_while(|line| !line.trim().is_empty());
    let fields: Vec<_> = head.filter(|line| !line.starts_with([' ', '\t'])).filter_map(bare_field).collect();
    fields.len() > 1 && fields.iter().any(|(name, value)| name.eq_ignore_ascii_case("title") && !value.is_empty())
}
