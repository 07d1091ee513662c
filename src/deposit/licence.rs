//! The licence behind an address: its name, its SPDX identifier (<https://spdx.org/licenses/>), and the legal text of those that
//! works are published under.

use crate::env::Templates;
use crate::tree::Metadata;

/// What is known of a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// As the metadata say it.
    pub address: String,
    pub name: Option<String>,
    /// The SPDX identifier.
    pub spdx: Option<String>,
}

/// The licence that the metadata name.
pub fn of(meta: &Metadata) -> Option<Licence> {
    meta.licence.as_deref().map(Licence::at)
}

impl Licence {
    /// What is known of the licence at `address`.
    pub fn at(address: &str) -> Self {
        let (spdx, name) = known(address).map_or((None, None), |(spdx, name)| (Some(spdx), Some(name)));
        Self { address: address.trim().to_owned(), name, spdx }
    }

    /// Whether the address can be followed: metadata may say a name in its place.
    pub fn is_address(&self) -> bool {
        self.address.contains("://") && !self.address.contains(char::is_whitespace)
    }

    /// The legal text, where the program carries it.
    pub fn text<'t>(&self, templates: &'t Templates) -> Option<std::borrow::Cow<'t, str>> {
        let name = format!("licences/{}.txt", self.spdx.as_ref()?);
        Templates::names().any(|known| known == name).then(|| templates.text(&name))
    }
}

/// SPDX identifier and name of the licence at `address`, of the kinds that books come under.
fn known(address: &str) -> Option<(String, String)> {
    let path = address.trim().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        ("creativecommons.org", "licenses", kind, Some(version)) => {
            let words = conditions(kind)?;
            Some((format!("CC-{}-{version}", kind.to_ascii_uppercase()), format!("Creative Commons {words} {version}")))
        }
        ("creativecommons.org", "publicdomain", "zero", Some(version)) => {
            Some((format!("CC0-{version}"), format!("Creative Commons Zero {version} Universal")))
        }
        ("creativecommons.org", "publicdomain", "mark", Some(version)) => {
            Some((format!("CC-PDM-{version}"), format!("Public Domain Mark {version} Universal")))
        }
        ("spdx.org", "licenses", id, None) => {
            let id = id.trim_end_matches(".html").trim_end_matches(".json");
            Some((id.to_owned(), id.to_owned()))
        }
        _ => None,
    }
}

/// `by-nc-sa` in words.
fn conditions(kind: &str) -> Option<String> {
    let words = kind.split('-').map(|part| {
        Some(match part {
            "by" => "Attribution",
            "nc" => "NonCommercial",
            "nd" => "NoDerivatives",
            "sa" => "ShareAlike",
            _ => return None,
        })
    });
    Some(words.collect::<Option<Vec<_>>>()?.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, spdx: Option<&str>, name: Option<&str>, text: bool) {
        let licence = Licence::at(address);
        assert_eq!((licence.spdx.as_deref(), licence.name.as_deref()), (spdx, name));
        assert_eq!(licence.text(&Templates::default()).is_some(), text);
    }

    #[test]
    fn licences_are_known_by_their_addresses() {
        let name = "Creative Commons Attribution-ShareAlike 4.0";
        check("https://creativecommons.org/licenses/by-sa/4.0/", Some("CC-BY-SA-4.0"), Some(name), true);
        check("http://creativecommons.org/licenses/by-sa/4.0/deed.fr", Some("CC-BY-SA-4.0"), Some(name), true);
        check(
            "https://creativecommons.org/licenses/by/3.0",
            Some("CC-BY-3.0"),
            Some("Creative Commons Attribution 3.0"),
            false,
        );
        let name = "Creative Commons Zero 1.0 Universal";
        check("https://creativecommons.org/publicdomain/zero/1.0/", Some("CC0-1.0"), Some(name), true);
        check("https://spdx.org/licenses/CC-BY-4.0.html", Some("CC-BY-4.0"), Some("CC-BY-4.0"), true);
        check("https://example.org/terms", None, None, false);
        check("all rights reserved", None, None, false);
    }
}
