//! A work whose metadata name no language gets a guess: hyphenation, screen readers and archives all need one.

use super::Manuscript;
use crate::report::Report;
use crate::span::FileId;
use crate::tree::Document;

/// The language that the text of a file looks to be in, if it looks to be in any.
pub(super) type Guess = (FileId, Option<&'static str>);

/// How much text the language is guessed from, in bytes: more does not change the guess, and takes time.
const GUESS_FROM: usize = 20_000;

/// Guesses the language of a work whose metadata name none: that of its first file, as it was `found` or is found now.
pub(super) fn guess(doc: &mut Document, manuscript: &Manuscript, found: Option<Guess>, report: &mut Report) {
    if !doc.meta.language.is_empty() {
        return;
    }
    let first = manuscript.chapters().into_iter().find_map(|place| place.file);
    let text = || first.map_or("", |file| &manuscript.sources.get(file).text);
    let tag = found.filter(|(file, _)| Some(*file) == first).map_or_else(|| of_text(text()), |(_, tag)| tag);
    doc.meta.language = tag.unwrap_or("und").to_owned();
    let message = match tag {
        Some(tag) => format!("the language was guessed: {tag}"),
        None => "the language is not known".to_owned(),
    };
    report.remark("language-guessed", None, message).hint("name it in the metadata: language: en");
}

/// The language that a text looks to be in.
pub(super) fn of_text(text: &str) -> Option<&'static str> {
    let end = (0..=GUESS_FROM.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let guess = whatlang::detect(&text[..end]).filter(|guess| guess.is_reliable());
    guess.and_then(|guess| two_letters(guess.lang()))
}

/// The shortest code of a language, which is the one that BCP 47 asks for (RFC 5646, section 2.2.1).
fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang::*;
    Some(match lang {
        Eng => "en",
        Fra => "fr",
        Deu => "de",
        Spa => "es",
        Ita => "it",
        Por => "pt",
        Lat => "la",
        Nld => "nl",
        Dan => "da",
        Swe => "sv",
        Nob => "nb",
        Fin => "fi",
        Pol => "pl",
        Ces => "cs",
        Slk => "sk",
        Slv => "sl",
        Hun => "hu",
        Ron => "ro",
        Hrv => "hr",
        Cat => "ca",
        Ell => "el",
        Rus => "ru",
        Ukr => "uk",
        Bel => "be",
        Bul => "bg",
        Srp => "sr",
        Mkd => "mk",
        Tur => "tr",
        Est => "et",
        Lav => "lv",
        Lit => "lt",
        Epo => "eo",
        Afr => "af",
        Ara => "ar",
        Pes => "fa",
        Heb => "he",
        Yid => "yi",
        Urd => "ur",
        Hin => "hi",
        Ben => "bn",
        Jpn => "ja",
        Cmn => "zh",
        Kor => "ko",
        Hye => "hy",
        Kat => "ka",
        _ => return None,
    })
}
