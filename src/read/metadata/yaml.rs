//! YAML with its places, every scalar in the words of the source. Where the whole can't be read, each field is read by itself:
//! people write `title: Ashby: Its Rolls`, and mean it.

use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde_json::{Value as Json, json};

use super::said::{Entry, Said, Value};
use super::toml_source::Problem;
use crate::budget::{METADATA_NESTING as DEPTH, METADATA_VALUES as MOST};
use crate::span::{FileId, Span};

/// Reads `text`, which begins at byte `base` of its file. None: it is YAML, but no mapping.
pub fn parse(file: FileId, base: usize, text: &str) -> Option<(Vec<Entry>, Vec<Problem>)> {
    if fields(text).iter().any(|(_, part)| begins_with_sign(part, text)) {
        return Some(field_by_field(file, base, text));
    }
    match document(file, base, text) {
        Ok(Said { value: Value::Table(entries), .. }) => Some((entries, Vec::new())),
        Ok(Said { value: Value::Nothing, .. }) if !text.trim().is_empty() => Some((Vec::new(), Vec::new())),
        Ok(_) => None,
        Err(_) => Some(field_by_field(file, base, text)),
    }
}

fn document(file: FileId, base: usize, text: &str) -> Result<Said, Problem> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(text, options),
        place: Place { file, base, text },
        anchors: Vec::new(),
        left: MOST,
    };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd | Event::DocumentEnd => return Ok(Said { value: Value::Nothing, span }),
            event if event.is_node() => {
                let said = reader.node(event, span, 0)?;
                return reader.ended().map(|()| said);
            }
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    file: FileId,
    base: usize,
    text: &'a str,
}

impl Place<'_> {
    fn at(self, start: usize, end: usize) -> Span {
        let boundary = |at: usize| (0..=at.min(self.text.len())).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        Span::new(self.file, self.base + boundary(start)..self.base + boundary(end).max(boundary(start)))
    }
}

struct Reader<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    place: Place<'a>,
    /// Values that aliases name.
    anchors: Vec<(usize, Said)>,
    left: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        let end = self.place.text.len();
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, self.place.at(end, end))),
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                Ok((event, self.place.at(range.start, range.end)))
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                Err(Problem::new(self.place.at(at, at + 1), error.info()))
            }
        }
    }

    /// Nothing stands behind the first document: a line that begins with a per cent sign ends it, whatever stands below.
    fn ended(&mut self) -> Result<(), Problem> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (_, span) => return Err(Problem::new(span, "they end above this line")),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Said, Problem> {
        self.left = self.left.saturating_sub(1);
        if depth > DEPTH || self.left == 0 {
            return Err(Problem::new(span, "they nest too deeply, or are too many"));
        }
        let anchor = event.anchor_id().unwrap_or(0);
        let said = match event {
            Event::Scalar(text, style, ..) => Said { value: scalar(&text, style), span },
            Event::SequenceStart(..) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => list.push(self.node(event, span, depth + 1)?),
                    }
                }
                Said { value: Value::List(list), span }
            }
            Event::MappingStart(..) => Said { value: Value::Table(self.mapping(depth)?), span },
            Event::Alias(id) => {
                let known = self.anchors.iter().rev().find(|(anchor, _)| *anchor == id).map(|(_, said)| said.clone());
                let said = known.ok_or_else(|| Problem::new(span, "an alias names nothing"))?;
                self.left = self.left.saturating_sub(weight(&said));
                Said { span, ..said }
            }
            _ => return Err(Problem::new(span, "they end too early")),
        };
        if anchor > 0 {
            self.anchors.push((anchor, said.clone()));
        }
        Ok(said)
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Entry>, Problem> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let name = self.node(event, span, depth + 1)?;
            let (event, at) = self.next()?;
            let said = self.node(event, at, depth + 1)?;
            let words = name.line().ok_or_else(|| Problem::new(span, "a name is no word"))?;
            match said.value {
                // Merging, as YAML 1.1 has it.
                Value::Table(merged) if words == "<<" => entries.extend(merged),
                _ => entries.push(Entry::new(&words, span, said)),
            }
        }
    }
}

fn weight(said: &Said) -> usize {
    match &said.value {
        Value::Nothing | Value::Text(..) => 1,
        Value::List(list) => list.iter().map(weight).sum::<usize>() + 1,
        Value::Table(entries) => entries.iter().map(|entry| weight(&entry.said)).sum::<usize>() + 1,
    }
}

/// By YAML's core schema, for settings; metadata take the words.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned(), json!(text));
    }
    let json = match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Nothing,
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        text => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => json!(number),
            (_, Ok(number)) if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => json!(number),
            _ => json!(text),
        },
    };
    Value::Text(text.to_owned(), json)
}

/// Reads each field by itself. One that isn't YAML is taken by its words where it is one line, which is what people mean; what
/// belongs to no field, or runs over lines and isn't YAML, is a problem.
fn field_by_field(file: FileId, base: usize, text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for (start, part) in fields(text) {
        let signed = begins_with_sign(part, text);
        let read = match signed {
            true => Err(Problem::new(Span::new(file, base + start..base + start), "its first sign has a meaning of its own")),
            false => document(file, base + start, part),
        };
        match read {
            Ok(Said { value: Value::Table(found), .. }) => entries.extend(found),
            Ok(Said { value: Value::Nothing, .. }) => {}
            failed => {
                let place = Place { file, base: base + start, text: part };
                let reason = failed.err();
                match by_its_words(place, signed).or_else(|| list_by_its_words(place)) {
                    Some(entry) => {
                        let reason = format!("the field \"{}\" is no YAML; it was taken by its words", entry.name);
                        problems.push(Problem { span: entry.said.span, reason, is_mended: true });
                        entries.push(entry);
                    }
                    None => {
                        let line = part.trim_end().len();
                        let why = reason.map_or_else(|| "it names no field".to_owned(), |problem| problem.reason);
                        let first = part.lines().next().unwrap_or("").len().min(line);
                        problems.push(Problem::new(place.at(0, first), why));
                    }
                }
            }
        }
    }
    (entries, problems)
}

/// Whether a field of one line begins with a sign that YAML takes for itself, with nothing that makes sense of it: `title: &Mill` marks a
/// value to which nothing leads, `subtitle: !Kung` says of which kind the value is. A word behind it would be lost.
fn begins_with_sign(part: &str, text: &str) -> bool {
    let mut lines = part.lines().filter(|line| !line.trim().is_empty());
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let Some((_, value)) = line.split_once(": ") else { return false };
    let value = value.trim();
    let word = value.split_whitespace().next().unwrap_or("");
    match word.chars().next() {
        Some('&') => {
            let alias = format!("*{}", &word[1..]);
            let is_alias = |at: usize| {
                let behind = text[at + alias.len()..].chars().next();
                behind.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ']' | '}'))
            };
            !text.match_indices(&alias).any(|(at, _)| is_alias(at))
        }
        Some('!') => !word.starts_with("!!") && !word.starts_with("!<"),
        _ => false,
    }
}

/// The stretches of a text that begin with `name:` at the margin, and what stands before the first.
fn fields(text: &str) -> Vec<(usize, &str)> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indented = line.starts_with([' ', '\t', '-', '#', ']', '}', '\n', '\r']);
        // A stray line is a stretch of its own, so that it takes no field along.
        if !indented && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    starts.windows(2).map(|pair| (pair[0], &text[pair[0]..pair[1]])).filter(|(_, part)| !part.trim().is_empty()).collect()
}

/// `name:` and a list of lines below it, each item one line.
fn list_by_its_words(place: Place) -> Option<Entry> {
    let mut lines = place.text.lines().filter(|line| !line.trim().is_empty());
    let head = lines.next()?;
    let name =
        head.trim_end().strip_suffix(':').filter(|name| name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)))?;
    let at = |words: &str| words.as_ptr() as usize - place.text.as_ptr() as usize;
    let item = |line: &str| {
        let words = line.trim_start().strip_prefix("- ")?.trim();
        // A table in a list is more than words.
        let is_words = !words.is_empty() && !words.starts_with(['[', '{', '|', '>', '&', '!']) && !words.ends_with(':');
        let bare = words.trim_matches(['"', '\'']);
        is_words.then(|| Said::text(bare, place.at(at(words), at(words) + words.len())))
    };
    let items = lines.map(item).collect::<Option<Vec<_>>>().filter(|items| !items.is_empty())?;
    let span = items[0].span;
    Some(Entry::new(name, place.at(at(name), at(name) + name.len()), Said { value: Value::List(items), span }))
}

/// `name: words`, where that is one line.
fn by_its_words(place: Place, signed: bool) -> Option<Entry> {
    let mut lines = place.text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let start = line.as_ptr() as usize - place.text.as_ptr() as usize;
    let (name, words) = line.split_once(':')?;
    let plain = !name.trim().is_empty() && name.trim().chars().all(|c| c.is_alphanumeric() || "_- ".contains(c));
    // An open bracket or quote says that more was meant than a line: what stands in it isn't the author's words.
    let value = words.trim();
    if !plain || value.is_empty() || value.starts_with(['[', '{', '|', '>']) || value.starts_with(['&', '!']) && !signed {
        return None;
    }
    let bare = value.strip_prefix(['"', '\'']).unwrap_or(value);
    let bare = bare.strip_suffix(['"', '\'']).filter(|_| bare.len() < value.len()).unwrap_or(bare);
    let from = start + line.len() - words.trim_start().len();
    let lead = name.len() - name.trim_start().len();
    let key = place.at(start + lead, start + name.trim_end().len());
    Some(Entry::new(name, key, Said::text(bare, place.at(from, from + value.len()))))
}
