//! `teiHeader` becomes the fields that front matter would have.

use serde_json::{Map, Value, json};

use super::dom::Element;
use super::phrase;
use crate::read::clean::letters;
use crate::tree::Role;

/// Authority files, by how their addresses begin.
const AUTHORITIES: &[(&str, &str)] = &[
    ("orcid", "https://orcid.org/"),
    ("orcid", "http://orcid.org/"),
    ("viaf", "https://viaf.org/viaf/"),
    ("viaf", "http://viaf.org/viaf/"),
    ("gnd", "https://d-nb.info/gnd/"),
    ("gnd", "http://d-nb.info/gnd/"),
    ("isni", "https://isni.org/isni/"),
    ("isni", "http://isni.org/isni/"),
    ("wikidata", "https://www.wikidata.org/entity/"),
    ("wikidata", "http://www.wikidata.org/entity/"),
    ("wikidata", "https://www.wikidata.org/wiki/"),
    ("doi", "https://doi.org/"),
    ("hdl", "https://hdl.handle.net/"),
];

/// What a publisher is called whom nobody knows.
const NOBODY: &[&str] = &["unknown", "not stated", "unpublished", "n/a"];

/// Whether this program wrote the file, so that its text says all that there is to know.
pub fn is_own(header: &Element) -> bool {
    header.find("application").is_some_and(|application| application.attribute("ident") == Some("tetrapla"))
}

/// The language of the work.
pub fn language(header: &Element, root: &Element) -> String {
    let of = |name: &str| root.find(name).and_then(|element| element.attribute("xml:lang").or(element.attribute("lang")));
    // A file has one language for its header, and often another for its text.
    let listed = || {
        let languages: Vec<_> =
            header.find("langUsage")?.named("language").filter(|one| one.attribute("ident").is_some()).collect();
        // One, or that of most of the text (in per cent).
        let usage = |one: &Element| one.attribute("usage").and_then(|usage| usage.parse::<f64>().ok()).unwrap_or(0.0);
        match &languages[..] {
            [only] => only.attribute("ident"),
            several => several.iter().find(|one| usage(one) > 50.0)?.attribute("ident"),
        }
    };
    of("text")
        .or_else(listed)
        .or_else(|| of("TEI"))
        .or_else(|| of("TEI.2"))
        .or_else(|| of("body"))
        .unwrap_or_default()
        .to_owned()
}

/// What a title page may say again.
pub fn title_words(header: &Element) -> Vec<String> {
    let Some(statement) = header.find("titleStmt") else { return Vec::new() };
    let mut said: Vec<_> = statement.elements().map(Element::line).collect();
    let authors: Vec<_> = statement.named("author").map(Element::line).collect();
    said.push(authors.join(", "));
    let folded: Vec<_> = said.iter().map(|line| letters(line)).filter(|letters| !letters.is_empty()).collect();
    said.extend(folded);
    said
}

/// The fields of the header.
pub fn fields(header: &Element, root: &Element) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let text = |element: Option<&Element>| element.map(phrase::words).filter(|line| !line.is_empty()).map(Value::String);
    let language = language(header, root);
    set("language", Some(language).filter(|tag| !tag.is_empty()).map(Value::String));
    let Some(file) = header.child("fileDesc") else { return Value::Object(fields) };
    let statement = file.child("titleStmt");
    let titles: Vec<_> = statement.into_iter().flat_map(|statement| statement.named("title")).collect();
    let sub = titles.iter().find(|title| matches!(title.attribute("type"), Some("sub" | "subordinate")));
    set("title", text(main_title(&titles)));
    set("subtitle", text(sub.copied()));
    let people = statement.map(people).unwrap_or_default();
    set("people", Some(Value::Array(people)).filter(|people| *people != json!([])));
    set("edition", text(file.child("editionStmt").and_then(|statement| statement.child("edition"))));
    if let Some(publication) = file.child("publicationStmt") {
        set("publisher", publisher(publication));
        set("place", place(publication));
        set("date", publication.child("date").and_then(date));
        set("identifiers", identifiers(publication));
        if let Some(availability) = publication.child("availability") {
            let (licence, rights) = rights(availability);
            set("licence", licence);
            set("rights", rights);
        }
    }
    let of_series = titles.iter().find(|title| title.attribute("level") == Some("s")).filter(|_| titles.len() > 1);
    if let (Some(series), None) = (of_series, file.child("seriesStmt")) {
        set("series", Some(json!({"name": phrase::words(series)})));
    }
    if let Some(series) = file.child("seriesStmt") {
        let title = series.child("title").map(Element::line).filter(|title| !title.is_empty());
        let position = text(series.child("biblScope"));
        set("series", title.map(|name| position.map_or(json!({"name": name}), |at| json!({"name": name, "position": at}))));
    }
    let notes = file.child("notesStmt");
    let note = |kind: &str| notes.and_then(|notes| notes.named("note").find(|note| note.attribute("type") == Some(kind)));
    let cover = note("cover").and_then(|note| note.child("graphic")).and_then(|graphic| graphic.attribute("url"));
    set("notes-by-chapter", note("notes-by-chapter").map(|_| json!("true")));
    set("cover", cover.map(|cover| json!(cover)));
    // Witnesses are listed by themselves.
    let witnesses = |description: &&Element| description.child("listWit").is_none() || root.find("app").is_none();
    set("source", file.child("sourceDesc").filter(witnesses).and_then(source));
    let profile = header.child("profileDesc");
    let described = profile.and_then(|profile| profile.child("abstract")).or(note("abstract"));
    set("description", text(described));
    let terms: Vec<_> = profile.into_iter().flat_map(subjects).collect();
    set("subjects", (!terms.is_empty()).then_some(Value::Array(terms)));
    Value::Object(fields)
}

/// The title of the work: that of the series or the journal that it belongs to is another's.
fn main_title<'e, 'a>(titles: &[&'e Element<'a>]) -> Option<&'e Element<'a>> {
    let level = |title: &Element| match title.attribute("level") {
        Some("a") => 0,
        Some("m") => 1,
        None => 2,
        Some("u") => 3,
        Some("j") => 4,
        Some(_) => 5,
    };
    let main = titles.iter().filter(|title| matches!(title.attribute("type"), None | Some("main")));
    main.min_by_key(|title| level(title)).or(titles.first()).copied()
}

/// What somebody is called, without where to find him.
fn name(element: &Element) -> String {
    let said = phrase::words_but(element, &["address", "affiliation", "email", "idno", "note", "ptr"]);
    let said = said.trim_end_matches([',', ';', ':', '(', ' ']);
    // A catalogue ends its fields by a full stop (EEBO-TCP); a short last word may be an abbreviation.
    let last = said.rsplit([' ', ',']).next().and_then(|last| last.strip_suffix('.')).unwrap_or_default();
    let is_word = last.chars().count() > 3 && last.chars().skip(1).all(char::is_lowercase);
    if is_word { said[..said.len() - 1].to_owned() } else { said.to_owned() }
}

/// Where it appeared, without the mark by which catalogues part it from the publisher.
fn place(publication: &Element) -> Option<Value> {
    let said = publication.child("pubPlace").map(phrase::words)?;
    let said = said.trim_end_matches([',', ';', ':', ' ']);
    (!said.is_empty()).then(|| json!(said))
}

fn publisher(publication: &Element) -> Option<Value> {
    let agent = ["publisher", "authority", "distributor"].into_iter().find_map(|name| publication.child(name))?;
    // Without its address.
    let named = ["orgName", "name", "persName"].into_iter().find_map(|name| agent.child(name));
    let name = name(named.filter(|_| !phrase::has_words(agent)).unwrap_or(agent));
    let known = !name.is_empty() && !NOBODY.contains(&name.to_lowercase().as_str());
    known.then_some(Value::String(name))
}

/// Authors, editors and the others of a statement, in order.
fn people(statement: &Element) -> Vec<Value> {
    let mut people = Vec::new();
    for element in statement.elements() {
        let role = match element.name {
            "author" => Role::Author,
            "editor" => editor(element),
            "respStmt" => responsible(element),
            "principal" => Role::Editor,
            // Who paid wrote nothing of it, and a title page would say so: they stay in the TEI's header.
            _ => continue,
        };
        let is_name = |inner: &&Element| matches!(inner.name, "persName" | "name" | "orgName");
        let mut names: Vec<_> = element.elements().filter(is_name).collect();
        if names.is_empty() && element.name != "respStmt" {
            names.push(element);
        }
        people.extend(names.into_iter().filter_map(|name| person(name, role)));
    }
    people
}

fn editor(element: &Element) -> Role {
    let said = element.attribute("role").unwrap_or_default();
    Role::ALL.into_iter().find(|role| said == role.name() || said == role.marc()).unwrap_or(Role::Editor)
}

/// The role of a statement of responsibility: by the code of the relator, else by its words.
fn responsible(element: &Element) -> Role {
    let Some(resp) = element.child("resp") else { return Role::Contributor };
    let code = resp.attribute("ref").or(resp.attribute("key")).unwrap_or_default();
    let code = code.rsplit(['/', ':']).next().unwrap_or_default();
    let words = resp.line().to_lowercase();
    let by_code = Role::ALL.into_iter().find(|role| code == role.marc());
    let by_words = || Role::ALL.into_iter().find(|role| words.contains(role.name()) || words.contains(stem(*role)));
    by_code.or_else(by_words).unwrap_or(Role::Contributor)
}

/// How other words for the same part begin: `translated by`.
fn stem(role: Role) -> &'static str {
    match role {
        Role::Author => "written",
        Role::Editor => "edit",
        Role::Translator => "translat",
        Role::Illustrator => "illustrat",
        Role::Annotator => "annotat",
        Role::Compiler => "compil",
        Role::Introduction => "introduc",
        Role::Contributor => "contribut",
    }
}

/// What somebody is called as a title page has it, whatever the order of the parts of the name.
pub fn called(element: &Element) -> String {
    let part = |wanted: &str| element.find(wanted).map(phrase::words).filter(|part| !part.is_empty());
    let parts: Vec<_> = ["forename", "nameLink", "surname", "genName"].into_iter().map(part).collect();
    match &parts[..] {
        [Some(_), _, Some(_), _] => {
            let several = element.descendants("forename").map(phrase::words).collect::<Vec<_>>().join(" ");
            let rest = parts[1..].iter().flatten().cloned();
            std::iter::once(several).chain(rest).collect::<Vec<_>>().join(" ")
        }
        _ => name(element),
    }
}

fn person(element: &Element, role: Role) -> Option<Value> {
    let part = |wanted: &str| element.find(wanted).map(phrase::words).filter(|part| !part.is_empty());
    let name = called(element);
    if name.is_empty() {
        return None;
    }
    let mut person = json!({"name": name, "role": role.name()});
    let sort = match (part("surname"), part("forename")) {
        (Some(surname), Some(forename)) => Some(format!("{surname}, {forename}")),
        _ => element.attribute("key").filter(|key| key.contains(' ') || key.contains(',')).map(str::to_owned),
    };
    if let Some(sort) = sort.or_else(|| element.attribute("key").map(str::to_owned)) {
        person["sort"] = Value::String(sort);
    }
    let references = element.attribute("ref").into_iter().flat_map(str::split_whitespace);
    let ids: Vec<_> = references.filter(|address| !address.starts_with('#')).map(authority).collect();
    if !ids.is_empty() {
        person["identifiers"] = Value::Array(ids);
    }
    Some(person)
}

fn authority(address: &str) -> Value {
    let known = AUTHORITIES.iter().find_map(|(scheme, start)| Some((*scheme, address.strip_prefix(start)?)));
    let own = || address.split_once(':').filter(|(_, value)| !value.starts_with("//"));
    let (scheme, value) = known.or_else(own).unwrap_or(("uri", address));
    json!({"scheme": scheme, "value": value})
}

fn identifiers(statement: &Element) -> Option<Value> {
    fn each<'e, 'a>(element: &'e Element<'a>, all: &mut Vec<&'e Element<'a>>) {
        for id in element.named("idno") {
            let before = all.len();
            each(id, all);
            if all.len() == before {
                all.push(id);
            }
        }
    }
    let mut all = Vec::new();
    each(statement, &mut all);
    let ids: Vec<_> = all.into_iter().filter_map(identifier).collect();
    (!ids.is_empty()).then_some(Value::Array(ids))
}

fn identifier(element: &Element) -> Option<Value> {
    let value = element.line();
    let scheme = element.attribute("type").unwrap_or(if value.contains("://") { "uri" } else { "local" });
    let scheme = scheme.to_lowercase();
    // The name of the scheme before a value says it twice.
    let scheme = if value.starts_with("urn:") { "urn".to_owned() } else { scheme };
    let value = value.strip_prefix(&format!("{scheme}:")).map_or(value.clone(), |rest| rest.trim().to_owned());
    let medium = element.attribute("subtype").map_or(Value::Null, |medium| json!(medium));
    (!value.is_empty()).then(|| json!({"scheme": scheme, "value": value, "medium": medium}))
}

/// The date that `@when` says, or its form by ISO 8601, else its words if they are a date.
fn date(element: &Element) -> Option<Value> {
    let said = element.attribute("when").or(element.attribute("when-iso")).map_or_else(|| element.line(), str::to_owned);
    // A catalogue puts a full stop behind it, brackets around what it infers.
    let said = said.split('T').next().unwrap_or_default().trim_matches(['.', '[', ']', '?', ' ']).to_owned();
    let looks = said.len() >= 4 && said.chars().all(|c| c.is_ascii_digit() || c == '-');
    looks.then_some(Value::String(said))
}

/// The licence's address, and the rights in words.
fn rights(availability: &Element) -> (Option<Value>, Option<Value>) {
    let licence = availability.child("licence");
    let address = licence.and_then(|licence| licence.attribute("target")).filter(|target| target.contains("://"));
    let words = phrase::words(availability);
    let said = !words.is_empty() && address != Some(&words);
    (address.map(|address| json!(address)), said.then_some(Value::String(words)))
}

/// The print, as far as it is described.
fn source(description: &Element) -> Option<Value> {
    let full = description.child("biblFull").or(description.child("bibl")).or(description.child("biblStruct"));
    let Some(full) = full else { return said_source(description) };
    let statement = full.child("titleStmt").or(full.child("monogr")).unwrap_or(full);
    let publication = full.child("publicationStmt").or_else(|| full.find("imprint")).unwrap_or(full);
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let text = |element: Option<&Element>| element.map(phrase::words).filter(|line| !line.is_empty()).map(Value::String);
    set("title", text(statement.child("title")));
    let people = people(statement);
    set("people", (!people.is_empty()).then_some(Value::Array(people)));
    set("edition", text(full.child("editionStmt").or(full.child("edition"))));
    set("place", place(publication));
    set("publisher", publisher(publication));
    set("date", publication.child("date").and_then(date));
    set("pages", text(full.child("extent")));
    set("identifiers", identifiers(publication));
    let note = full.child("notesStmt").and_then(|notes| notes.child("note")).or(full.child("note"));
    set("note", text(note));
    if fields.is_empty() {
        return said_source(description);
    }
    Some(Value::Object(fields))
}

/// A source that is described in words. What this program says where it knows nothing is no source.
fn said_source(description: &Element) -> Option<Value> {
    let words = phrase::catalogued(description);
    let nothing =
        words.is_empty() || words.contains("The metadata do not name it") || words.starts_with("The metadata name no");
    (!nothing).then_some(Value::String(words))
}

fn subjects(profile: &Element) -> Vec<Value> {
    let mut terms = Vec::new();
    profile.walk(&mut |element| {
        if matches!(element.name, "term" | "classCode") {
            terms.push(element.line());
        }
    });
    terms.retain(|term| !term.is_empty());
    terms.into_iter().map(Value::String).collect()
}
