//! Records of BibLaTeX, entries of Hayagriva and items of CSL JSON as one: an item of CSL JSON whose words may bear the marks of
//! [`super::tex`]. What the styles' library can't take is taken out here.

use std::collections::BTreeMap;

use hayagriva::Entry;
use hayagriva::citationberg::json::{Item, Value};
use serde_json::{Value as Json, json};

use super::bibtex::{MONTHS, Record};
use super::tex;
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
        "article" | "suppperiodical" => match subtype.as_str() {
            "magazine" => "article-magazine",
            "newspaper" => "article-newspaper",
            _ => "article-journal",
        },
        "book" | "mvbook" | "collection" | "mvcollection" | "proceedings" | "mvproceedings" | "reference" | "mvreference"
        | "manual" => "book",
        "booklet" => "pamphlet",
        "inbook" | "incollection" | "bookinbook" | "suppbook" | "suppcollection" => "chapter",
        "inreference" => "entry-encyclopedia",
        "inproceedings" | "conference" => "paper-conference",
        "thesis" | "phdthesis" | "mastersthesis" => "thesis",
        "report" | "techreport" => "report",
        "online" | "electronic" | "www" => "webpage",
        "unpublished" => "manuscript",
        "dataset" => "dataset",
        "software" => "software",
        "patent" => "patent",
        "review" => "review",
        "letter" => "personal_communication",
        "periodical" => "periodical",
        "movie" | "video" => "motion_picture",
        "audio" | "music" => "song",
        "image" | "artwork" => "graphic",
        "legislation" => "legislation",
        "jurisdiction" => "legal_case",
        "standard" => "standard",
        _ => "document",
    }
}

/// What a record of BibLaTeX says. `english`: whether records that name no language are English.
pub fn of_record(record: &Record, english: bool) -> Option<Item> {
    let mut out: BTreeMap<String, Json> = BTreeMap::new();
    let get = |names: &[&str]| names.iter().find_map(|name| record.fields.get(*name)).filter(|raw| !raw.trim().is_empty());
    let kind = kind(record);
    out.insert("id".into(), json!(record.key));
    // What is of no kind has none: a style sets it as it sets the rest.
    if kind != "document" {
        out.insert("type".into(), json!(kind));
    }
    let language = get(&["langid", "hyphenation", "language"]).map(|raw| language(&tex::bare(&tex::text(raw))));
    let english = language.as_ref().map_or(english, |tag| tag.starts_with("en"));
    if let Some(tag) = &language {
        out.insert("language".into(), json!(tag));
    }
    let cased = |raw: &str| if english { tex::sentence_case(&tex::text(raw)) } else { tex::text(raw) };
    let titled = |title: &[&str], sub: &[&str], addon: &[&str]| {
        let mut said = cased(get(title)?);
        if let Some(sub) = get(sub) {
            said += if tex::bare(&said).ends_with(['?', '!', '.']) { " " } else { ": " };
            said += &cased(sub);
        }
        if let Some(addon) = get(addon) {
            said += &format!(". {}", cased(addon));
        }
        Some(said)
    };
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.insert(name.to_owned(), json!(value));
        }
    };
    put(
        "title",
        titled(&["title"], &["subtitle"], &["titleaddon"])
            .or_else(|| titled(&["maintitle", "issuetitle"], &["mainsubtitle"], &[])),
    );
    // The title that a subtitle follows is short enough.
    put("title-short", get(&["shorttitle"]).or_else(|| get(&["subtitle"]).and(get(&["title"]))).map(|raw| cased(raw)));
    let is_periodical = matches!(kind, "article-journal" | "article-magazine" | "article-newspaper" | "review");
    let container = if is_periodical {
        // A journal's name keeps its capitals.
        get(&["journaltitle", "journal"]).map(|raw| {
            let sub = get(&["journalsubtitle"]).map(|sub| format!(": {}", tex::text(sub))).unwrap_or_default();
            tex::text(raw) + &sub
        })
    } else {
        titled(&["booktitle"], &["booksubtitle"], &["booktitleaddon"]).or_else(|| {
            get(&["maintitle", "journaltitle", "journal"]).filter(|_| record.fields.contains_key("title")).map(|raw| cased(raw))
        })
    };
    put("container-title", container);
    put("container-title-short", get(&["shortjournal"]).map(|raw| tex::text(raw)));
    put("collection-title", get(&["series"]).map(|raw| tex::text(raw)));
    put("publisher", get(&["publisher", "institution", "school", "organization", "howpublished"]).map(|raw| several(raw)));
    put("publisher-place", get(&["location", "address"]).map(|raw| several(raw)));
    put("event-title", get(&["eventtitle"]).map(|raw| tex::text(raw)));
    put("event-place", get(&["venue"]).map(|raw| tex::text(raw)));
    put("edition", get(&["edition"]).map(|raw| edition(&tex::text(raw))));
    put("volume", get(&["volume"]).map(|raw| tex::text(raw)));
    put("number-of-volumes", get(&["volumes"]).map(|raw| tex::text(raw)));
    put("number-of-pages", get(&["pagetotal"]).map(|raw| tex::text(raw)));
    put("chapter-number", get(&["chapter"]).map(|raw| tex::text(raw)));
    let number = get(&["number"]).map(|raw| tex::text(raw));
    if is_periodical {
        put("issue", number.or_else(|| get(&["issue"]).map(|raw| tex::text(raw))));
    } else if record.fields.contains_key("series") {
        put("collection-number", number);
    } else {
        put("number", number);
    }
    put(
        "page",
        get(&["pages"]).map(|raw| tex::bare(&tex::text(raw)).replace(['–', '—'], "-").replace("--", "-").replace(" - ", "-")),
    );
    put("DOI", get(&["doi"]).map(|raw| doi(&tex::verbatim(raw))));
    put("ISBN", get(&["isbn"]).map(|raw| tex::verbatim(raw)));
    put("ISSN", get(&["issn"]).map(|raw| tex::verbatim(raw)));
    put("URL", get(&["url"]).map(|raw| tex::verbatim(raw)).or_else(|| arxiv(record)));
    put("note", get(&["note", "addendum"]).map(|raw| tex::text(raw)));
    put("genre", genre(record, get(&["type"]).map(|raw| tex::text(raw))));
    put("version", get(&["version"]).map(|raw| tex::text(raw)));
    put("status", get(&["pubstate"]).map(|raw| tex::text(raw)));
    for (name, fields) in [
        ("author", &["author"][..]),
        ("editor", &["editor"]),
        ("translator", &["translator"]),
        ("container-author", &["bookauthor"]),
        ("director", &["director"]),
    ] {
        let people = get(fields).map(|raw| names(raw)).unwrap_or_default();
        if !people.is_empty() {
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

fn names(raw: &str) -> Vec<Json> {
    let mut names: Vec<Json> = parts(raw).into_iter().map(name).collect();
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

/// A person as BibTeX writes one: `First von Last`, `von Last, First`, `von Last, Jr, First`; a society in braces.
fn name(raw: &str) -> Json {
    if raw == "others" {
        return others(tex::OTHERS);
    }
    let said = |raw: &str| tex::bare(&tex::text(raw)).trim().to_owned();
    if raw.starts_with('{') && closes_at_end(raw) {
        return json!({"literal": said(&raw[1..raw.len() - 1])});
    }
    let parts = outside(raw, ',');
    let (given, last, suffix) = match &parts[..] {
        [last, suffix, first, ..] => (said(first), said(last), Some(said(suffix))),
        [last, first] => (said(first), said(last), None),
        _ => {
            let words = outside(raw, ' ');
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            let is_small = |word: &&str| word.chars().next().is_some_and(char::is_lowercase);
            let at = match words.iter().position(is_small) {
                Some(at) if at > 0 && at + 1 < words.len() => at,
                _ => words.len().saturating_sub(1),
            };
            (said(&words[..at].join(" ")), said(&words[at..].join(" ")), None)
        }
    };
    let (particle, family) = particle(&last);
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

/// The words in small letters before a family's name.
fn particle(last: &str) -> (String, String) {
    let words: Vec<_> = last.split(' ').collect();
    let small = |word: &&&str| word.chars().next().is_some_and(char::is_lowercase);
    let count = words.iter().take_while(small).count().min(words.len().saturating_sub(1));
    (words[..count].join(" "), words[count..].join(" "))
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
    let circa = said.ends_with(['~', '?', '%']) || said.starts_with("c");
    let said = said.trim_end_matches(['~', '?', '%']);
    let (negative, digits) = match said.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, said),
    };
    let mut parts = digits.split('-');
    let year: i16 = parts.next()?.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    let mut all = vec![i64::from(if negative { -year } else { year })];
    for (part, most) in parts.zip([12, 31]) {
        match part.parse::<i64>() {
            Ok(number) if (1..=most).contains(&number) => all.push(number),
            _ => break,
        }
    }
    let mut date = json!({"date-parts": [all]});
    if circa {
        date["circa"] = json!(true);
    }
    Some(date)
}

/// The field of what is said in the place of a date's year: styles' library knows years alone, neither ranges nor words.
pub const SHOWN: &str = "date-shown";

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
    if let Some(date) = date(said) {
        return Some((date, None));
    }
    let mut letters = said.split(|c: char| !c.is_ascii_digit());
    let year = letters.find(|part| is_year(part)).and_then(|part| part.parse().ok()).unwrap_or(NOT_YET);
    let is_said = said.contains(char::is_alphabetic);
    is_said.then(|| (json!({"date-parts": [[year]]}), Some(clean::line(said))))
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

fn arxiv(record: &Record) -> Option<String> {
    let kind = record.fields.get("eprinttype").or(record.fields.get("archiveprefix"))?;
    let id = record.fields.get("eprint")?;
    kind.eq_ignore_ascii_case("arxiv").then(|| format!("https://arxiv.org/abs/{}", tex::verbatim(id)))
}

fn edition(said: &str) -> String {
    const WORDS: &[(&str, &str)] =
        &[("first", "1"), ("second", "2"), ("third", "3"), ("fourth", "4"), ("fifth", "5"), ("sixth", "6")];
    let low = said.to_lowercase();
    WORDS.iter().find(|(word, _)| *word == low).map_or(said.to_owned(), |(_, number)| (*number).to_owned())
}

fn genre(record: &Record, said: Option<String>) -> Option<String> {
    let said = said.or(match record.kind.as_str() {
        "phdthesis" => Some("phdthesis".to_owned()),
        "mastersthesis" => Some("mathesis".to_owned()),
        "techreport" => Some("techreport".to_owned()),
        _ => None,
    })?;
    Some(match said.as_str() {
        "phdthesis" => "PhD thesis".to_owned(),
        "mathesis" => "Master’s thesis".to_owned(),
        "techreport" => "technical report".to_owned(),
        _ => said,
    })
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
                Some((date, _)) => date,
                None => continue,
            },
            Json::Null | Json::Bool(_) => continue,
        };
        out.insert(name.clone(), value);
    }
    out.get("id")?;
    item(out)
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
    match (out.get("family"), out.get("given"), out.get("literal")) {
        (None, Some(given), None) => Some(json!({"literal": given})),
        (None, None, None) => None,
        (Some(family), None, None) if out.len() == 1 => Some(json!({"literal": family})),
        _ => Some(Json::Object(out)),
    }
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
