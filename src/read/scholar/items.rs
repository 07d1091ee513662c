//! Records of BibLaTeX, entries of Hayagriva and items of CSL JSON as one: an item of CSL JSON whose words may bear the marks of
//! [`super::tex`]. What the styles' library can't take is taken out here.

use std::collections::BTreeMap;
use std::ops::Not;

use hayagriva::Entry;
use hayagriva::citationberg::json::{Item, Value};
use serde_json::{Value as Json, json};

use super::bibtex::{MONTHS, Record};
use super::{tex, words};
use crate::read::clean;

/// An item from its fields; none where they are no item.
fn item(fields: BTreeMap<String, Json>) -> Option<Item> {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name, serde_json::from_value::<Value>(value).ok()?)));
    Some(Item(fields.collect()))
}

/// The type of CSL that a kind of record is.
fn kind(record: &Record) -> &'static str {
    let subtype = record.fields.get("entrysubtype").map(|subtype| subtype.to_lowercase()).unwrap_or_default();
    match record.kind.as_str() {
        "article" | "periodical" | "suppperiodical" => match subtype.as_str() {
            "magazine" => "article-magazine",
            "newspaper" => "article-newspaper",
            _ => "article-journal",
        },
        "book" | "mvbook" | "collection" | "mvcollection" | "proceedings" | "mvproceedings" | "reference" | "mvreference"
        | "manual" | "commentary" => "book",
        "booklet" => "pamphlet",
        "inbook" | "incollection" | "bookinbook" | "suppbook" | "suppcollection" => "chapter",
        "inreference" => "entry-encyclopedia",
        "inproceedings" | "conference" => "paper-conference",
        "thesis" | "phdthesis" | "mastersthesis" => "thesis",
        "report" | "techreport" => "report",
        "online" | "electronic" | "www" => "webpage",
        "unpublished" if ["eventdate", "eventtitle", "venue"].iter().any(|field| record.fields.contains_key(*field)) => {
            "speech"
        }
        "unpublished" => "manuscript",
        "newsarticle" => "article-newspaper",
        "performance" => "speech",
        "data" => "dataset",
        "dataset" => "dataset",
        "software" => "software",
        "patent" => "patent",
        "review" => "review",
        "letter" | "letters" => "personal_communication",
        "movie" | "video" => "motion_picture",
        "audio" | "music" => "song",
        "image" | "artwork" => "graphic",
        "legislation" => "legislation",
        "legal" => "treaty",
        "jurisdiction" => "legal_case",
        "standard" => "standard",
        _ => "document",
    }
}

/// What a record of BibLaTeX says. `english`: whether records that name no language are English.
/// `said_in`: the language in which the work says the names of kinds of works.
pub fn of_record(record: &Record, english: bool, said_in: &str) -> Option<Item> {
    let mut out: BTreeMap<String, Json> = BTreeMap::new();
    let get = |names: &[&str]| names.iter().find_map(|name| record.fields.get(*name)).filter(|raw| !raw.trim().is_empty());
    let kind = kind(record);
    out.insert("id".into(), json!(record.key));
    // What is of no kind has none: a style sets it as it sets the rest.
    if kind != "document" {
        out.insert("type".into(), json!(kind));
    }
    let language = get(&["langid", "hyphenation", "language"]).map(|raw| language(&tex::bare(&tex::text(raw))));
    // A style sets an English title among others as it stands.
    let english = english && language.as_ref().is_none_or(|tag| tag.starts_with("en"));
    if let Some(tag) = &language {
        out.insert("language".into(), json!(tag));
    }
    let titles = Titles { record, english };
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.insert(name.to_owned(), json!(value));
        }
    };
    put("title", titles.title());
    put("title-short", titles.short());
    put("volume-title", titles.of_volume());
    put("container-title", titles.container());
    put("container-title-short", get(&["shortjournal"]).map(|raw| tex::text(raw)));
    put("original-title", titles.said(&["origtitle"], &[], &[]));
    put("collection-title", get(&["series"]).map(|raw| series(tex::text(raw), said_in)));
    put("publisher", publisher(record));
    put("original-publisher", get(&["origpublisher"]).map(|raw| several(raw)));
    put("original-publisher-place", get(&["origlocation"]).map(|raw| several(raw)));
    // Where a patent is said to be, it holds.
    let (place, law) = if kind == "patent" { (&["address"][..], "jurisdiction") } else { (&["address", "location"][..], "") };
    put("publisher-place", get(place).map(|raw| several(raw)));
    if !law.is_empty() {
        put(law, get(&["location"]).map(|raw| several(&words::of_patents(raw, said_in))));
    }
    put("event-title", get(&["eventtitle"]).map(|raw| tex::text(raw)));
    put("event-place", get(&["venue"]).map(|raw| tex::text(raw)));
    put("edition", get(&["edition"]).map(|raw| edition(&tex::text(raw))));
    let part = get(&["part"]).map(|raw| tex::text(raw));
    put(
        "volume",
        match (get(&["volume"]).map(|raw| tex::text(raw)), part) {
            (Some(volume), Some(part)) => Some(format!("{volume}.{part}")),
            (volume, part) => volume.or(part),
        },
    );
    put("number-of-volumes", get(&["volumes"]).map(|raw| tex::text(raw)));
    put("number-of-pages", get(&["pagetotal"]).map(|raw| tex::text(raw)));
    put("chapter-number", get(&["chapter"]).map(|raw| tex::text(raw)));
    let number = get(&["number"]).map(|raw| tex::text(raw));
    if is_periodical(kind) {
        let issue = get(&["issue"]).map(|raw| tex::text(raw));
        put("issue", Some([number, issue].into_iter().flatten().collect::<Vec<_>>().join(", ")));
    } else if matches!(kind, "book" | "chapter" | "paper-conference" | "entry-encyclopedia") && record.kind != "manual" {
        put("collection-number", number);
    } else {
        put("number", number);
    }
    put(
        "page",
        get(&["pages"]).map(|raw| {
            let said = tex::bare(&tex::text(raw));
            // A page may have a hyphen itself: `22-1--22-9`.
            let is_plain = !said.contains('-');
            if is_plain {
                said.replace(['–', '—'], "-").replace(" - ", "-")
            } else {
                said.replace('—', "–").replace(" - ", "-")
            }
        }),
    );
    put("DOI", get(&["doi"]).map(|raw| doi(&tex::verbatim(raw))));
    put("ISBN", get(&["isbn"]).map(|raw| tex::verbatim(raw)));
    put("ISSN", get(&["issn"]).map(|raw| tex::verbatim(raw)));
    put("URL", get(&["url"]).map(|raw| tex::verbatim(raw)).or_else(|| eprint(record)));
    put("PMID", get(&["pmid"]).map(|raw| tex::verbatim(raw)));
    put("PMCID", get(&["pmcid"]).map(|raw| tex::verbatim(raw)));
    put("call-number", get(&["library"]).map(|raw| tex::text(raw)));
    let notes = ["note", "addendum"].into_iter().filter_map(|name| get(&[name])).map(|raw| tex::text(raw));
    put("note", notes.reduce(|said, further| joined(said, '.', &further)).filter(|_| record.kind != "periodical"));
    put("abstract", get(&["abstract"]).map(|raw| tex::text(raw)));
    put("annote", get(&["annotation", "annote"]).map(|raw| tex::text(raw)));
    put("genre", genre(record, get(&["type"]).map(|raw| tex::text(raw)), said_in));
    put("version", get(&["version"]).map(|raw| tex::text(raw)));
    put("status", get(&["pubstate"]).map(|raw| words::of_key(&tex::text(raw), said_in)));
    for (name, fields) in [
        ("author", &["author"][..]),
        ("editor", &["editor"]),
        ("translator", &["translator"]),
        ("container-author", &["bookauthor"]),
        ("director", &["director"]),
    ] {
        let people = get(fields).map(|raw| names(raw, has_option(record, "useprefix"))).unwrap_or_default();
        if !people.is_empty() {
            let directs = name == "editor" && get(&["editortype"]).is_some_and(|kind| kind == "director");
            let name = if directs { "director" } else { name };
            out.insert(name.to_owned(), json!(people));
        }
    }
    let issued = get(&["date"]).and_then(|raw| dated(&tex::verbatim(raw))).or_else(|| {
        let raw = get(&["year"])?;
        let year = if raw.contains('\\') { tex::bare(&tex::text(raw)) } else { tex::verbatim(raw) };
        let month = get(&["month"]).and_then(|raw| month(&tex::verbatim(raw)));
        let day = get(&["day"]).and_then(|raw| tex::verbatim(raw).parse::<u32>().ok());
        let (said, shown) = dated(&year)?;
        match (month.filter(|_| shown.is_none()), day) {
            (Some(month), Some(day)) => dated(&format!("{year}-{month:02}-{day:02}")),
            (Some(month), None) => dated(&format!("{year}-{month:02}")),
            (None, _) => Some((said, shown)),
        }
    });
    let (issued, shown) = issued.unzip();
    if let Some(shown) = shown.flatten() {
        out.insert(SHOWN.to_owned(), json!(shown));
    }
    for (name, field) in
        [("issued", "date"), ("original-date", "origdate"), ("event-date", "eventdate"), ("accessed", "urldate")]
    {
        let is_shown = out.contains_key(SHOWN) && name == "issued";
        if let Some(end) = get(&[field]).filter(|_| !is_shown).and_then(|raw| end(&tex::verbatim(raw))) {
            out.insert(format!("{name}{END}"), end);
        }
    }
    for (name, said) in [
        ("issued", issued),
        ("accessed", get(&["urldate"]).and_then(|raw| date(&tex::verbatim(raw)))),
        ("original-date", get(&["origdate"]).and_then(|raw| date(&tex::verbatim(raw)))),
        ("event-date", get(&["eventdate"]).and_then(|raw| date(&tex::verbatim(raw)))),
    ] {
        if let Some(said) = said {
            out.insert(name.to_owned(), said);
        }
    }
    item(out)
}

fn is_periodical(kind: &str) -> bool {
    matches!(kind, "article-journal" | "article-magazine" | "article-newspaper" | "review")
}

/// Whether a record's `options` switch something on.
fn has_option(record: &Record, name: &str) -> bool {
    let options = record.fields.get("options").map(String::as_str).unwrap_or_default();
    options.split(',').any(|option| {
        let (own, value) = option.split_once('=').unwrap_or((option, "true"));
        own.trim() == name && value.trim() == "true"
    })
}

/// The titles of a record, as BibLaTeX tells them apart: that of a volume from that of the whole, that of a part from that of its book.
struct Titles<'a> {
    record: &'a Record,
    /// Whether they are in English, whose capitals a style may not want.
    english: bool,
}

impl Titles<'_> {
    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.record.fields.get(*name)).filter(|raw| !raw.trim().is_empty()).map(String::as_str)
    }

    fn cased(&self, raw: &str) -> String {
        if self.english { tex::sentence_case(&tex::text(raw)) } else { tex::text(raw) }
    }

    /// A title with what stands behind it.
    fn said(&self, title: &[&str], sub: &[&str], addon: &[&str]) -> Option<String> {
        let mut said = self.cased(self.get(title)?);
        for (mark, names) in [(':', sub), ('.', addon)] {
            if let Some(further) = self.get(names) {
                said = joined(said, mark, &self.cased(further));
            }
        }
        Some(said)
    }

    fn is_periodical(&self) -> bool {
        self.record.kind == "periodical"
    }

    /// Whether it is a part of a book.
    fn is_part(&self) -> bool {
        matches!(
            self.record.kind.as_str(),
            "inbook"
                | "incollection"
                | "inproceedings"
                | "conference"
                | "inreference"
                | "bookinbook"
                | "suppbook"
                | "suppcollection"
        )
    }

    /// Whether it is a volume of a whole that has a title of its own.
    fn is_volume(&self) -> bool {
        self.get(&["maintitle"]).is_some() && !self.is_part()
    }

    fn title(&self) -> Option<String> {
        match (self.is_periodical(), self.is_volume()) {
            (true, _) if self.get(&["issuetitle"]).is_some() => self.said(&["issuetitle"], &["issuesubtitle"], &[]),
            (false, true) => self.said(&["maintitle"], &["mainsubtitle"], &["maintitleaddon"]),
            _ => self.said(&["title"], &["subtitle"], &["titleaddon"]).or_else(|| self.said(&["issuetitle"], &[], &[])),
        }
    }

    /// What is short for the title: what the record says, or what stands before the subtitle.
    fn short(&self) -> Option<String> {
        if self.is_volume() {
            return None;
        }
        if let Some(raw) = self.get(&["shorttitle"]) {
            return Some(self.cased(raw));
        }
        let title = self.cased(self.get(&["title"])?);
        let has_more = self.get(&["subtitle", "titleaddon"]).is_some();
        match title.split_once(':') {
            Some((short, _)) if tex::is_whole(short) => Some(short.to_owned()),
            None if has_more => Some(title),
            _ => None,
        }
    }

    fn of_volume(&self) -> Option<String> {
        self.get(&["maintitle"])?;
        match self.is_part() {
            true => self.said(&["booktitle"], &["booksubtitle"], &["booktitleaddon"]),
            false => self.said(&["title"], &["subtitle"], &["titleaddon"]),
        }
    }

    fn container(&self) -> Option<String> {
        // A journal's name keeps its capitals.
        let journal = |title: &[&str], sub: &[&str]| {
            let own = tex::text(self.get(title)?);
            Some(self.get(sub).map_or(own.clone(), |sub| joined(own.clone(), ':', &tex::text(sub))))
        };
        if self.is_periodical() && self.get(&["issuetitle"]).is_some() {
            return journal(&["title"], &["subtitle"]);
        }
        let of_book = || {
            self.said(&["maintitle"], &["mainsubtitle"], &["maintitleaddon"])
                .or_else(|| self.said(&["booktitle"], &["booksubtitle"], &["booktitleaddon"]))
        };
        let own = if self.is_part() { of_book() } else { None };
        own.or_else(|| journal(&["journaltitle", "journal"], &["journalsubtitle"]))
            .or_else(|| self.said(&["booktitle"], &["booksubtitle"], &["booktitleaddon"]))
    }
}

/// Two parts of a title or a note, with a mark between them unless the first ends with one.
fn joined(said: String, mark: char, further: &str) -> String {
    if tex::bare(&said).ends_with(['!', '?', '.', ',', ':', ';']) {
        return format!("{said} {further}");
    }
    format!("{said}{mark} {further}")
}

/// A series that has only a number: `2nd series`.
fn series(said: String, said_in: &str) -> String {
    match said.parse() {
        Ok(number) => words::of_series(number, said_in).unwrap_or(said),
        Err(_) => said,
    }
}

/// Those who brought a work out, of whatever kind.
fn publisher(record: &Record) -> Option<String> {
    let names = ["school", "institution", "organization", "howpublished", "publisher"];
    let mut all: Vec<String> = Vec::new();
    for raw in names.into_iter().filter_map(|name| record.fields.get(name)).filter(|raw| !raw.trim().is_empty()) {
        let said = several(raw);
        if !said.is_empty() && !all.contains(&said) {
            all.push(said);
        }
    }
    (!all.is_empty()).then(|| all.join("; "))
}

/// A list of publishers or places.
fn several(raw: &str) -> String {
    // Braces around the whole say that its words are one name.
    parts(raw).into_iter().map(tex::text).collect::<Vec<_>>().join("; ")
}

/// Parts between the word `and`, outside of braces.
fn parts(raw: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    let bytes = raw.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'a' | b'A' if depth == 0 && at > from && bytes[at - 1].is_ascii_whitespace() => {
                let is_and = bytes.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"and"));
                if is_and && bytes.get(at + 3).is_some_and(u8::is_ascii_whitespace) {
                    parts.push(raw[from..at].trim());
                    from = at + 3;
                }
            }
            _ => {}
        }
    }
    parts.push(raw[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// `kept`: words in small letters belong to the name as it is sorted.
fn names(raw: &str, kept: bool) -> Vec<Json> {
    let mut names: Vec<Json> = parts(raw).into_iter().map(|raw| name(raw, kept)).collect();
    if names.len() > 2
        && let Some(last) = names.last_mut().filter(|last| **last == others(tex::OTHERS))
    {
        *last = others(tex::MANY_OTHERS);
    }
    names
}

fn others(mark: char) -> Json {
    json!({"literal": mark.to_string()})
}

/// A person as BibTeX writes one: `First von Last`, `von Last, First`, `von Last, Jr, First`; as Biber does: `family=…, given=…`; a
/// society in braces.
fn name(raw: &str, kept: bool) -> Json {
    if raw == "others" {
        return others(tex::OTHERS);
    }
    let said = |raw: &str| tex::bare(&tex::text(raw)).trim().to_owned();
    if raw.starts_with('{') && closes_at_end(raw) {
        return json!({"literal": said(&raw[1..raw.len() - 1])});
    }
    let parts = outside(raw, ',');
    if let Some(name) = of_parts(&parts, kept) {
        return name;
    }
    let words = |raw| outside(raw, ' ').into_iter().filter(|word: &&str| !word.is_empty()).collect::<Vec<_>>();
    let is_small = |word: &&str| word.chars().next().is_some_and(char::is_lowercase);
    let (given, last, suffix) = match &parts[..] {
        [last, suffix, first, ..] => (said(first), words(last), Some(said(suffix))),
        [last, first] => (said(first), words(last), None),
        _ => {
            let words = words(raw);
            let at = match words.iter().position(is_small) {
                Some(at) if at > 0 && at + 1 < words.len() => at,
                _ => words.len().saturating_sub(1),
            };
            (said(&words[..at].join(" ")), words[at..].to_vec(), None)
        }
    };
    // Words in small letters that stand in braces are the family's own.
    let count = last.iter().take_while(|word| is_small(word)).count().min(last.len().saturating_sub(1));
    let particle = said(&last[..count].join(" "));
    person_of(given, particle, said(&last[count..].join(" ")), suffix, kept)
}

/// A name whose parts are named.
fn of_parts(parts: &[&str], kept: bool) -> Option<Json> {
    let said = |raw: &str| tex::bare(&tex::text(raw)).trim().to_owned();
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for part in parts {
        let (name, value) = part.split_once('=')?;
        found.insert(name.trim(), said(value.trim().trim_matches('"')));
    }
    let mut take = |name| found.remove(name).unwrap_or_default();
    let kept = kept || take("useprefix") == "true";
    let (given, prefix, family, suffix) = (take("given"), take("prefix"), take("family"), take("suffix"));
    (!family.is_empty()).then(|| person_of(given, prefix, family, Some(suffix), kept))
}

/// A person by the parts of the name. `kept`: the particle is the family's own; the styles' library sets it before the name as it is.
fn person_of(given: String, particle: String, family: String, suffix: Option<String>, kept: bool) -> Json {
    let (given, behind) = particle_behind(&given);
    let particle = if particle.is_empty() { behind } else { particle };
    let (particle, family) = if kept { (String::new(), beside(&particle, &family)) } else { (particle, family) };
    if given.is_empty() && particle.is_empty() {
        return json!({"literal": family});
    }
    let mut name = json!({"family": family, "given": given});
    if !particle.is_empty() {
        name["dropping-particle"] = json!(particle);
    }
    if let Some(suffix) = suffix.filter(|suffix| !suffix.is_empty()) {
        name["suffix"] = json!(suffix);
    }
    name
}

/// A given name and the words in small letters behind it, which stand before the family's: `Antoine de`.
fn particle_behind(given: &str) -> (String, String) {
    let words: Vec<&str> = given.split(' ').collect();
    let is_small = |word: &&&str| word.chars().next().is_some_and(char::is_lowercase);
    let count = words.iter().rev().take_while(is_small).count();
    let at = if count < words.len() { words.len() - count } else { words.len() };
    (words[..at].join(" "), words[at..].join(" "))
}

/// A particle before its name; an apostrophe or a hyphen joins them.
fn beside(particle: &str, family: &str) -> String {
    let space = if particle.is_empty() || particle.ends_with(['’', '\'', '-']) { "" } else { " " };
    format!("{particle}{space}{family}")
}

fn closes_at_end(raw: &str) -> bool {
    let mut depth = 0;
    for (at, c) in raw.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1 == raw.len();
        }
    }
    false
}

/// Pieces between signs that stand outside of braces.
fn outside(raw: &str, mark: char) -> Vec<&str> {
    let (mut pieces, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in raw.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 && (c == mark || mark == ' ' && c.is_whitespace()) => {
                pieces.push(raw[from..at].trim());
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(raw[from..].trim());
    pieces
}

/// `1999`, `1999-04-30`; of a range its beginning, since the styles' library takes no ranges.
fn date(said: &str) -> Option<Json> {
    let said = said.split('/').find(|part| !part.is_empty())?.trim();
    // Of the marks of ISO 8601-2 a question is no estimate.
    let circa = said.ends_with(['~', '%']) || said.starts_with(['~', '%']);
    let said = said.trim_matches(['~', '?', '%']);
    let (negative, digits) = match said.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, said),
    };
    let mut parts = digits.split('-');
    let year: i16 = parts.next()?.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    let mut all = vec![i64::from(if negative { -year } else { year })];
    let season = parts.clone().next().and_then(|part| part.parse().ok()).and_then(season);
    for (part, most) in parts.zip([12, 31]) {
        match part.parse::<i64>() {
            Ok(number) if (1..=most).contains(&number) => all.push(number),
            _ => break,
        }
    }
    let mut date = json!({"date-parts": [all]});
    if let Some(season) = season.filter(|_| all.len() == 1) {
        date["season"] = json!(season.to_string());
    }
    if circa {
        date["circa"] = json!(true);
    }
    Some(date)
}

/// The season that stands for a month: 21 is spring (ISO 8601-2), and so was 13.
fn season(month: i64) -> Option<i64> {
    [20, 12].into_iter().map(|before| month - before).find(|season| (1..=4).contains(season))
}

/// The field of what is said in the place of a date's year: styles' library knows years alone, neither ranges nor words.
pub const SHOWN: &str = "date-shown";

/// Behind the name of a field with a date: the field of the day on which that ends.
pub const END: &str = "-end";

/// Where a range of dates ends: `1988-05/1988-06`.
fn end(said: &str) -> Option<Json> {
    let (from, to) = said.split_once('/')?;
    let (from, to) = (date(from)?, date(to)?);
    (from != to).then_some(to)
}

/// The year of works that have none yet, among the others.
const NOT_YET: i64 = 9998;

/// A date, and what stands in the place of its year where that is more or other than a year: `1990–1995`, `forthcoming`.
fn dated(said: &str) -> Option<(Json, Option<String>)> {
    let said = said.trim();
    let is_year = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parted = ["/", "---", "--", "–", "-"].iter().find_map(|mark| said.split_once(mark));
    if let Some((from, to)) = parted.map(|(from, to)| (from.trim(), to.trim())).filter(|(from, _)| is_year(from)) {
        let by_slash = said.contains('/');
        if is_year(to) || by_slash && matches!(to, "" | "..") {
            return Some((date(from)?, Some(format!("{from}–{}", to.trim_matches('.')))));
        }
        if by_slash && to.len() == 2 && to.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some((date(from)?, Some(said.to_owned())));
        }
    }
    // Years of which not all digits are known (ISO 8601-2).
    let known = said.trim_end_matches(['X', 'x', 'u']);
    if said.len() == 4 && (1..4).contains(&known.len()) && known.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((date(&format!("{known:0<4}"))?, Some(said.to_owned())));
    }
    let is_plain = !said.contains(|c: char| c.is_alphabetic() && c != 'T' && c != 'Z' || matches!(c, '[' | '('));
    if let Some(date) = date(said).filter(|_| is_plain) {
        return Some((date, None));
    }
    let mut letters = said.split(|c: char| !c.is_ascii_digit());
    let year = letters.find(|part| is_year(part)).and_then(|part| part.parse().ok()).unwrap_or(NOT_YET);
    is_plain.not().then(|| (json!({"date-parts": [[year]]}), Some(clean::line(said))))
}

/// The number of a month that is said as a number or by its English name.
fn month(said: &str) -> Option<u32> {
    let low = said.trim_end_matches('.').to_lowercase();
    let named = || MONTHS.iter().position(|month| low.starts_with(month) && low.chars().all(char::is_alphabetic));
    low.parse().ok().or_else(|| u32::try_from(named()? + 1).ok())
}

fn doi(said: &str) -> String {
    let bare = said.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("dx.");
    bare.trim_start_matches("doi.org/").trim_start_matches("doi:").trim().to_owned()
}

/// The address of a text in an archive that numbers its own.
fn eprint(record: &Record) -> Option<String> {
    const ARCHIVES: &[(&str, &str)] = &[
        ("arxiv", "https://arxiv.org/abs/"),
        ("jstor", "https://www.jstor.org/stable/"),
        ("pubmed", "https://www.ncbi.nlm.nih.gov/pubmed/"),
        ("googlebooks", "https://books.google.com?id="),
    ];
    let kind = record.fields.get("eprinttype").or(record.fields.get("archiveprefix"))?;
    let id = record.fields.get("eprint")?;
    let (_, base) = ARCHIVES.iter().find(|(name, _)| kind.trim().eq_ignore_ascii_case(name))?;
    Some(format!("{base}{}", tex::verbatim(id)))
}

fn edition(said: &str) -> String {
    const WORDS: &[(&str, &str)] =
        &[("first", "1"), ("second", "2"), ("third", "3"), ("fourth", "4"), ("fifth", "5"), ("sixth", "6")];
    let low = said.to_lowercase();
    WORDS.iter().find(|(word, _)| *word == low).map_or(said.to_owned(), |(_, number)| (*number).to_owned())
}

fn genre(record: &Record, said: Option<String>, said_in: &str) -> Option<String> {
    let own = match record.kind.as_str() {
        "phdthesis" => Some("phdthesis"),
        "mastersthesis" => Some("mathesis"),
        _ => None,
    };
    Some(words::of_key(&said.or_else(|| own.map(str::to_owned))?, said_in))
}

/// A language by the names of Babel and Polyglossia.
fn language(said: &str) -> String {
    crate::read::language_tag(said).unwrap_or_else(|| match said.to_lowercase().as_str() {
        "ngerman" | "naustrian" | "nswissgerman" | "austrian" => "de".to_owned(),
        "american" | "usenglish" => "en-US".to_owned(),
        "british" | "ukenglish" => "en-GB".to_owned(),
        "brazil" | "brazilian" => "pt-BR".to_owned(),
        other => clean::line(other),
    })
}

/// An item of CSL JSON, with what can't be taken put right or left out.
pub fn of_json(value: &Json) -> Option<Item> {
    let fields = value.as_object()?;
    let mut out = BTreeMap::new();
    if let Some((_, Some(shown))) = fields.get("issued").and_then(Json::as_object).and_then(json_date) {
        out.insert(SHOWN.to_owned(), json!(shown));
    }
    let fields = &with_extra(fields);
    for (name, value) in fields {
        let value = match value {
            Json::String(said) if matches!(name.as_str(), "id" | "URL" | "DOI" | "type") => json!(clean::line(said)),
            Json::String(said) => json!(tex::html(said)),
            Json::Number(number) if name == "id" => json!(number.to_string()),
            Json::Number(number) => match number.as_i64() {
                Some(number) if (0..=i64::from(u32::MAX)).contains(&number) => json!(number),
                _ => json!(number.to_string()),
            },
            Json::Array(people) => json!(people.iter().filter_map(person).collect::<Vec<_>>()),
            Json::Object(said) => match json_date(said) {
                Some((date, shown)) => {
                    if let Some(end) = json_end(said).filter(|_| name != "issued" || shown.is_none()) {
                        out.insert(format!("{name}{END}"), end);
                    }
                    date
                }
                None => continue,
            },
            Json::Null | Json::Bool(_) => continue,
        };
        out.insert(name.clone(), value);
    }
    out.get("id")?;
    item(out)
}

/// Fields that Zotero has no room for stand in the note, each on a line of its own: `original-date: 1900`.
fn with_extra(fields: &serde_json::Map<String, Json>) -> serde_json::Map<String, Json> {
    const KNOWN: &[&str] = &[
        "original-date",
        "original-title",
        "original-publisher",
        "original-publisher-place",
        "event-date",
        "event-title",
        "event-place",
        "status",
        "genre",
        "medium",
        "number",
        "section",
        "volume-title",
        "container-title",
        "collection-title",
        "collection-number",
        "number-of-volumes",
        "part-number",
        "archive",
        "DOI",
        "PMID",
        "PMCID",
    ];
    let mut out = fields.clone();
    let Some(Json::String(note)) = fields.get("note") else { return out };
    let mut rest = Vec::new();
    for line in note.lines() {
        let said = line.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let known = said.and_then(|(name, value)| {
            let low = name.to_lowercase().replace(' ', "-");
            Some((KNOWN.iter().find(|own| own.to_lowercase() == low)?, value)).filter(|(_, value)| !value.is_empty())
        });
        match known {
            Some((name, value)) => {
                let value = if name.ends_with("-date") { json!({"raw": value}) } else { json!(value) };
                out.entry((*name).to_owned()).or_insert(value);
            }
            None => rest.push(line),
        }
    }
    out.insert("note".to_owned(), json!(rest.join("\n")));
    out
}

/// A work among the metadata, as pandoc has it: CSL JSON in YAML, whose names came here in small letters.
pub fn of_metadata(value: &Json) -> Option<Item> {
    const CAPITALS: &[&str] = &["doi", "isbn", "issn", "pmcid", "pmid", "url"];
    let is_date = |name: &str| matches!(name, "issued" | "accessed" | "event-date" | "original-date" | "submitted");
    let mut out = serde_json::Map::new();
    for (name, value) in value.as_object()? {
        let value = match value {
            _ if is_date(name) => date_of_metadata(value),
            Json::Object(fields) if fields.contains_key("family") || fields.contains_key("literal") => json!([value]),
            value => value.clone(),
        };
        let name = if CAPITALS.contains(&name.as_str()) { name.to_uppercase() } else { name.clone() };
        out.insert(name, value);
    }
    of_json(&Json::Object(out))
}

/// `2001-05`; a year, month and day by their names, or two of them; or as CSL JSON has it.
fn date_of_metadata(value: &Json) -> Json {
    let named = |value: &Json| -> Option<Json> {
        let year = value.get("year")?;
        let rest = ["month", "day"].into_iter().map_while(|name| value.get(name));
        Some(std::iter::once(year).chain(rest).cloned().collect())
    };
    match value {
        Json::String(said) => json!({"raw": said}),
        Json::Number(said) => json!({"raw": said.to_string()}),
        Json::Array(dates) => json!({"date-parts": dates.iter().filter_map(named).collect::<Vec<_>>()}),
        Json::Object(_) => named(value).map_or_else(|| value.clone(), |date| json!({"date-parts": [date]})),
        Json::Null | Json::Bool(_) => Json::Null,
    }
}

fn person(value: &Json) -> Option<Json> {
    let fields = value.as_object()?;
    let mut out = serde_json::Map::new();
    for (name, said) in fields {
        match said {
            Json::String(said) => drop(out.insert(name.clone(), json!(tex::bare(&tex::html(said))))),
            Json::Bool(said) if name == "comma-suffix" => drop(out.insert(name.clone(), json!(said))),
            _ => {}
        }
    }
    let text = |out: &serde_json::Map<String, Json>, name: &str| out.get(name).and_then(Json::as_str).map(str::to_owned);
    // The library parts every particle from its name.
    if let (Some(particle), Some(family)) = (text(&out, "non-dropping-particle"), text(&out, "family")) {
        out.remove("non-dropping-particle");
        out.insert("family".into(), json!(beside(&particle, &family)));
    }
    if let (Some(given), Some(_), None) = (text(&out, "given"), out.get("family"), out.get("dropping-particle")) {
        let (given, particle) = particle_behind(&given);
        if !particle.is_empty() {
            out.insert("given".into(), json!(given));
            out.insert("dropping-particle".into(), json!(particle));
        }
    }
    match (out.get("family"), out.get("given"), out.get("literal")) {
        (None, Some(given), None) => Some(json!({"literal": given})),
        (None, None, None) => None,
        (Some(family), None, None) if out.len() == 1 => Some(json!({"literal": family})),
        _ => Some(Json::Object(out)),
    }
}

/// Where a range of dates ends.
fn json_end(said: &serde_json::Map<String, Json>) -> Option<Json> {
    if let Some(raw) = said.get("raw").and_then(Json::as_str) {
        return end(raw);
    }
    let [from, to] = &said.get("date-parts")?.as_array()?[..] else { return None };
    let mut whole = said.clone();
    whole.insert("date-parts".to_owned(), json!([to]));
    let is_date = to.as_array().and_then(|to| to.first()).is_some_and(|year| year != &json!(0));
    json_date(&whole).filter(|_| is_date && from != to).map(|(date, _)| date)
}

fn json_date(said: &serde_json::Map<String, Json>) -> Option<(Json, Option<String>)> {
    if let Some(raw) = said.get("raw").or(said.get("literal")).and_then(Json::as_str) {
        return dated(raw);
    }
    let dates = said.get("date-parts")?.as_array()?;
    let number = |part: &Json| part.as_i64().or_else(|| part.as_str()?.trim().parse().ok());
    let parts = |date: &Json| -> Option<Vec<i64>> { Some(date.as_array()?.iter().map_while(number).take(3).collect()) };
    let (parts, end) = (parts(dates.first()?)?, dates.get(1).and_then(parts));
    let shown = match (&parts[..], end.as_deref()) {
        ([from], Some([to])) if *from > 0 && to > from => Some(format!("{from}–{to}")),
        _ => None,
    };
    // The year before the first of our era is -1 here, and 0 to the styles' library, which follows ISO 8601.
    let year = i16::try_from(*parts.first()?).ok()?;
    let year = if year < 0 { year + 1 } else { year };
    let rest = parts[1..].iter().zip([12, 31]).take_while(|(part, most)| (1..=*most).contains(*part)).map(|(part, _)| *part);
    let all: Vec<_> = std::iter::once(i64::from(year)).chain(rest).collect();
    let mut date = json!({"date-parts": [all]});
    let told = said.get("season").and_then(number).filter(|season| (1..=4).contains(season));
    if let Some(season) = told.or_else(|| parts.get(1).copied().and_then(season)).filter(|_| all.len() == 1) {
        date["season"] = json!(season.to_string());
    }
    if said.get("circa").is_some_and(|circa| !matches!(circa, Json::Bool(false) | Json::Null)) {
        date["circa"] = json!(true);
    }
    Some((date, shown))
}

/// An entry of Hayagriva's own format.
pub fn of_entry(entry: &Entry) -> Option<Item> {
    use hayagriva::types::EntryType;
    let mut out: BTreeMap<String, Json> = BTreeMap::new();
    let parent = entry.parents().first();
    let in_parent = parent.map(|parent| *parent.entry_type());
    let kind = match (*entry.entry_type(), in_parent) {
        (EntryType::Article, Some(EntryType::Newspaper)) => "article-newspaper",
        (EntryType::Article, Some(EntryType::Proceedings | EntryType::Conference)) => "paper-conference",
        (EntryType::Article, Some(EntryType::Blog)) => "post-weblog",
        (EntryType::Article, _) => "article-journal",
        (EntryType::Chapter | EntryType::Anthos, _) => "chapter",
        (EntryType::Entry, _) => "entry-encyclopedia",
        (EntryType::Book | EntryType::Anthology | EntryType::Proceedings | EntryType::Reference, _) => "book",
        (EntryType::Report, _) => "report",
        (EntryType::Thesis, _) => "thesis",
        (EntryType::Web | EntryType::Post | EntryType::Thread, _) => "webpage",
        (EntryType::Video, _) => "motion_picture",
        (EntryType::Audio, _) => "song",
        (EntryType::Artwork, _) => "graphic",
        (EntryType::Patent, _) => "patent",
        (EntryType::Case, _) => "legal_case",
        (EntryType::Legislation, _) => "legislation",
        (EntryType::Manuscript, _) => "manuscript",
        _ => "document",
    };
    out.insert("id".into(), json!(entry.key()));
    out.insert("type".into(), json!(kind));
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.map(|value| clean::line(&value)).filter(|value| !value.is_empty()) {
            out.insert(name.to_owned(), json!(value));
        }
    };
    put("title", entry.title().map(ToString::to_string));
    put("container-title", parent.and_then(Entry::title).map(ToString::to_string));
    let own = |get: &dyn Fn(&Entry) -> Option<String>| get(entry).or_else(|| parent.and_then(get));
    put(
        "publisher",
        own(&|entry| entry.publisher()?.name().map(ToString::to_string))
            .or_else(|| own(&|entry| entry.organization().map(ToString::to_string))),
    );
    put(
        "publisher-place",
        own(&|entry| entry.publisher()?.location().map(ToString::to_string))
            .or_else(|| own(&|entry| entry.location().map(ToString::to_string))),
    );
    put("volume", own(&|entry| entry.volume().map(ToString::to_string)));
    put("issue", own(&|entry| entry.issue().map(ToString::to_string)));
    put("edition", own(&|entry| entry.edition().map(ToString::to_string)));
    put("page", entry.page_range().map(|pages| pages.to_string().replace('–', "-")));
    put("genre", entry.genre().map(ToString::to_string));
    put("note", entry.note().map(ToString::to_string));
    put("language", entry.language().map(ToString::to_string));
    put("URL", own(&|entry| entry.url().map(|url| url.value.to_string())));
    put("DOI", own(&|entry| entry.doi().map(str::to_owned)));
    put("ISBN", own(&|entry| entry.isbn().map(str::to_owned)));
    put("ISSN", own(&|entry| entry.issn().map(str::to_owned)));
    let people = |people: &[hayagriva::types::Person]| -> Vec<Json> {
        let one = |person: &hayagriva::types::Person| match &person.given_name {
            Some(given) => {
                let mut name = json!({"family": person.name, "given": given});
                if let Some(prefix) = &person.prefix {
                    name["dropping-particle"] = json!(prefix);
                }
                if let Some(suffix) = &person.suffix {
                    name["suffix"] = json!(suffix);
                }
                name
            }
            None => json!({"literal": person.name}),
        };
        people.iter().map(one).collect()
    };
    if let Some(authors) = entry.authors() {
        out.insert("author".into(), json!(people(authors)));
    }
    if let Some(editors) = entry.editors().or_else(|| parent.and_then(Entry::editors)) {
        out.insert("editor".into(), json!(people(editors)));
    }
    let when = |date: &hayagriva::types::Date| {
        let mut parts = vec![i64::from(date.year)];
        parts.extend(date.month.map(|month| i64::from(month) + 1));
        parts.extend(date.day.filter(|_| date.month.is_some()).map(|day| i64::from(day) + 1));
        json!({"date-parts": [parts]})
    };
    if let Some(date) = entry.date().or_else(|| parent.and_then(Entry::date)) {
        out.insert("issued".into(), when(date));
    }
    if let Some(date) = entry.url().and_then(|url| url.visit_date.as_ref()) {
        out.insert("accessed".into(), when(date));
    }
    item(out)
}
