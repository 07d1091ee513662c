//! Files of BibTeX and BibLaTeX: records with their raw fields and places. A record that is broken is remarked and left out; the next
//! one that begins a line is read.

use std::collections::BTreeMap;
use std::ops::Range;

/// One `@kind{key, field = value}`.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// In lower case.
    pub kind: String,
    pub key: String,
    /// Names in lower case, values as TeX, without their outer braces or quotes.
    pub fields: BTreeMap<String, String>,
    /// In bytes of the file.
    pub range: Range<usize>,
}

/// What can't be read, and where.
#[derive(Debug)]
pub struct Problem {
    pub range: Range<usize>,
    pub what: &'static str,
}

pub const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a file.
pub fn records(text: &str) -> (Vec<Record>, Vec<Problem>) {
    let mut parser = Parser { text, at: 0, strings: BTreeMap::new() };
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    while let Some(start) = parser.text[parser.at..].find('@').map(|length| parser.at + length) {
        parser.at = start + 1;
        match parser.record(start) {
            Ok(record) => records.extend(record),
            Err(what) => {
                let end = parser.at.max(start + 1);
                problems.push(Problem { range: start..parser.line_end(start).min(end.max(start + 1)), what });
                // What stands in a broken record is no record, but the next that begins a line is.
                parser.at = text[start + 1..].find("\n@").map_or(text.len(), |length| start + 2 + length);
            }
        }
    }
    (records, problems)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    strings: BTreeMap<String, String>,
}

impl Parser<'_> {
    fn line_end(&self, from: usize) -> usize {
        self.text[from..].find('\n').map_or(self.text.len(), |length| from + length)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn white(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            // A comment of TeX.
            match self.peek() {
                Some('%') => self.at = self.line_end(self.at),
                _ => return,
            }
        }
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| c.is_whitespace() || "{}(),=#\"%@".contains(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn take(&mut self, c: char) -> bool {
        self.white();
        let is = self.peek() == Some(c);
        if is {
            self.at += c.len_utf8();
        }
        is
    }

    fn record(&mut self, start: usize) -> Result<Option<Record>, &'static str> {
        self.white();
        let kind = self.word().to_lowercase();
        self.white();
        let close = match self.peek() {
            Some('{') => '}',
            Some('(') => ')',
            // A sign in words between records, which are comments.
            _ => return Ok(None),
        };
        match kind.as_str() {
            "comment" => {
                // Whatever stands in it, even what never closes.
                let _ = self.braced();
                return Ok(None);
            }
            "preamble" => return self.braced().map(|_| None),
            "string" => {
                self.at += 1;
                self.white();
                let name = self.word().to_lowercase();
                if !self.take('=') {
                    return Err("this @string has no value");
                }
                let value = self.value()?;
                self.strings.insert(name, value);
                return if self.take(close) { Ok(None) } else { Err("this @string has no end") };
            }
            "" => return Ok(None),
            _ => {}
        }
        self.at += 1;
        self.white();
        let rest = &self.text[self.at..];
        let end = rest.find([',', '}', '\n', '=']).unwrap_or(rest.len());
        let key = rest[..end].trim().to_owned();
        if key.is_empty() || rest[end..].starts_with('=') {
            return Err("this record has no key");
        }
        self.at += end;
        let mut record = Record { kind, key, fields: BTreeMap::new(), range: start..start };
        loop {
            while self.take(',') {}
            if self.take(close) {
                record.range.end = self.at;
                return Ok(Some(record));
            }
            let name = self.word().to_lowercase();
            if name.is_empty() || !self.take('=') {
                return Err("a field of this record has no value, or the record has no end");
            }
            let value = self.value()?;
            record.fields.entry(name).or_insert(value);
            self.white();
            if !matches!(self.peek(), Some(',')) && self.peek() != Some(close) {
                return Err("a comma is missing between two fields of this record, or the record has no end");
            }
        }
    }

    /// Parts that are joined by `#`.
    fn value(&mut self) -> Result<String, &'static str> {
        let mut all = String::new();
        loop {
            self.white();
            match self.peek() {
                Some('{') => all += &self.braced()?,
                Some('"') => all += &self.quoted()?,
                Some(_) => {
                    let word = self.word();
                    if word.is_empty() {
                        return Err("a field of this record has no value");
                    }
                    let low = word.to_lowercase();
                    match (self.strings.get(&low), MONTHS.iter().position(|month| low.starts_with(month) && low.len() < 10)) {
                        (Some(said), _) => all += said,
                        (None, Some(month)) => all += &(month + 1).to_string(),
                        (None, None) => all += &word,
                    }
                }
                None => return Err("this record has no end"),
            }
            if !self.take('#') {
                return Ok(all);
            }
        }
    }

    /// What stands in braces, those inside it with it.
    fn braced(&mut self) -> Result<String, &'static str> {
        let bytes = self.text.as_bytes();
        let open = bytes.get(self.at).copied();
        let close = if open == Some(b'(') { b')' } else { b'}' };
        let start = self.at + 1;
        let (mut depth, mut at) = (1_usize, start);
        while let Some(byte) = bytes.get(at) {
            match *byte {
                b'\\' => at += 1,
                byte if byte == close && depth == 1 => {
                    self.at = at + 1;
                    return Ok(self.text[start..at].to_owned());
                }
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1).max(1),
                // A record that begins here shows that the brace before it never closed.
                b'@' if bytes[at - 1] == b'\n' && at > start + 1 => return Err("a brace of this record never closes"),
                _ => {}
            }
            at += 1;
        }
        Err("a brace of this record never closes")
    }

    fn quoted(&mut self) -> Result<String, &'static str> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let (mut depth, mut at) = (0_usize, start);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'"' if depth == 0 => {
                    self.at = at + 1;
                    return Ok(self.text[start..at].to_owned());
                }
                b'@' if bytes[at - 1] == b'\n' => return Err("a quotation mark of this record never closes"),
                _ => {}
            }
            at += 1;
        }
        Err("a quotation mark of this record never closes")
    }
}

/// What a record has from another by `crossref` and `xdata`, as BibLaTeX's manual says (appendix B). A circle ends where it closes.
pub fn inherit(records: &mut [Record]) -> Vec<(usize, &'static str)> {
    let known: BTreeMap<String, usize> =
        records.iter().enumerate().rev().map(|(at, record)| (record.key.clone(), at)).collect();
    let mut problems = Vec::new();
    let own: Vec<Record> = records.to_vec();
    for (at, record) in records.iter_mut().enumerate() {
        let mut seen = vec![at];
        let mut waiting = parents(&own[at]);
        while let Some((key, whole)) = waiting.pop() {
            let Some(&parent) = known.get(&key) else {
                problems.push((at, "it refers to a record that is not there"));
                continue;
            };
            if seen.contains(&parent) {
                problems.push((at, "it refers to itself, in a circle"));
                continue;
            }
            seen.push(parent);
            for (name, value) in &own[parent].fields {
                let Some(name) = inherited(name, &own[parent].kind, &record.kind, whole) else { continue };
                record.fields.entry(name.to_owned()).or_insert_with(|| value.clone());
            }
            waiting.extend(parents(&own[parent]));
        }
    }
    problems
}

/// The records that one has fields from, and whether it has all of theirs as they are.
fn parents(record: &Record) -> Vec<(String, bool)> {
    let list =
        |name: &str| record.fields.get(name).into_iter().flat_map(|keys| keys.split(',').map(str::trim).map(str::to_owned));
    list("crossref")
        .map(|key| (key, false))
        .chain(list("xdata").map(|key| (key, true)))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

fn inherited<'a>(name: &'a str, parent: &str, kind: &str, whole: bool) -> Option<&'a str> {
    if whole {
        return (!matches!(name, "xdata" | "ids")).then_some(name);
    }
    let in_whole = matches!(
        kind,
        "inbook" | "incollection" | "inproceedings" | "bookinbook" | "suppbook" | "inreference" | "suppcollection"
    );
    Some(match name {
        "crossref" | "xref" | "xdata" | "ids" | "entryset" | "related" | "shorttitle" | "sorttitle" | "label" | "keywords"
        | "options" | "abstract" | "annotation" => return None,
        "title" if in_whole => "booktitle",
        "subtitle" if in_whole => "booksubtitle",
        "title" if matches!(parent, "periodical") => "journaltitle",
        "author" if in_whole && matches!(parent, "book" | "mvbook") => {
            if kind == "inbook" {
                "author"
            } else {
                "bookauthor"
            }
        }
        "title" | "subtitle" | "author" | "pages" if in_whole => return None,
        "title" | "subtitle" => return None,
        name => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_whatever_stands_between_them() {
        let text = "words @ and a@b.c\n@string{ou = \"Oxford UP\"}\n@Book{k1, title = {A {B} c}, publisher = ou # {, Inc.}, month = jan}\n\
            @article(k2, year = 1999)\n@book{broken, title = {never\n@book{k3, title=\"x\",}\n@comment{ @book{no,} }";
        let (records, problems) = records(text);
        let keys: Vec<_> = records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys, ["k1", "k2", "k3"]);
        assert_eq!(records[0].fields["publisher"], "Oxford UP, Inc.");
        assert_eq!(records[0].fields["title"], "A {B} c");
        assert_eq!(records[0].fields["month"], "1");
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn circles_end() {
        let (mut records, _) = records("@inbook{a, crossref={b}}\n@inbook{b, crossref={a}, title={T}}\n@book{c, crossref={c}}");
        assert_eq!(inherit(&mut records).len(), 3);
        assert_eq!(records[0].fields["booktitle"], "T");
    }
}
