//! The words that outputs add to a text, in the text's language: `templates/words.toml`.

use std::collections::BTreeMap;

use super::Templates;
use crate::tree::{Admonition, Group, GroupRole, plain_text};

/// The words of one language.
#[derive(Clone, Debug, Default)]
pub struct Words(BTreeMap<String, String>);

/// The words of each language: the program's, then the user's.
pub(super) type Tables = [BTreeMap<String, BTreeMap<String, String>>; 2];

impl Words {
    /// The words of `language`, a BCP 47 tag; in English what it has no word for. A table of the user's that can't be read
    /// counts as empty.
    pub fn of(language: &str, templates: &Templates) -> Self {
        let own = language.split('-').next().unwrap_or("").to_ascii_lowercase();
        let read = |text: &str| toml::from_str(text).unwrap_or_default();
        let tables = templates.words.get_or_init(|| {
            let users =
                if templates.own().contains_key("words.toml") { read(&templates.text("words.toml")) } else { BTreeMap::new() };
            [read(templates.built_in_text("words.toml")), users]
        });
        let known = tables.iter().flat_map(|table| ["en", &own].map(|language| table.get(language)));
        Self(known.flatten().flatten().map(|(key, word)| (key.clone(), word.clone())).collect())
    }

    /// The word for a key of the template, such as `contents`.
    ///
    /// # Panics
    /// On a key that the built-in template does not have in English.
    pub fn get(&self, key: &str) -> &str {
        self.0.get(key).expect("a key of templates/words.toml")
    }

    /// The name of a kind of box, such as "Warning": no word of the author's.
    pub fn of_box(&self, kind: Admonition) -> &str {
        self.get(&format!("box-{}", kind.name()))
    }

    /// What stands over a box where its own title doesn't say it: the name of its kind.
    pub fn over_box(&self, group: &Group) -> Option<&str> {
        let GroupRole::Admonition(kind) = group.role else { return None };
        Some(self.of_box(kind)).filter(|name| plain_text(&group.title).to_lowercase() != name.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_fall_back_to_english_word_by_word() {
        let templates = Templates::default();
        assert_eq!(Words::of("fr-CA", &templates).get("contents"), "Table des matières");
        assert_eq!(Words::of("la", &templates).get("cover"), "Cover");
        assert_eq!(Words::of("und", &templates).get("notes"), "Notes");
    }
}
