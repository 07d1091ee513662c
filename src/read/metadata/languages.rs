//! Names of languages, as people write them where a tag of BCP 47 is asked for.

use oxilangtag::LanguageTag;

/// Tags, each with the names that mean it: English ones, the language's own, and the codes of ISO 639-2, which BCP 47 replaces by
/// the shorter ones of ISO 639-1 (RFC 5646, section 2.2.1).
const NAMES: &[(&str, &str)] = &[
    ("af", "afrikaans afr"),
    ("ar", "arabic arabisch arabe ara"),
    ("be", "belarusian bel"),
    ("bg", "bulgarian bul"),
    ("bn", "bengali bangla ben"),
    ("ca", "catalan català catala cat"),
    ("cs", "czech čeština cestina tschechisch ces cze"),
    ("cy", "welsh cymraeg cym wel"),
    ("da", "danish dansk dänisch dan"),
    ("de", "german deutsch allemand deu ger"),
    ("el", "greek modern-greek ελληνικά griechisch ell gre"),
    ("en", "english englisch anglais inglés ingles inglese eng"),
    ("en-GB", "british british-english uk-english"),
    ("en-US", "american american-english us-english"),
    ("eo", "esperanto epo"),
    ("es", "spanish español espanol castilian castellano spanisch espagnol spa"),
    ("et", "estonian eesti est"),
    ("eu", "basque euskara eus baq"),
    ("fa", "persian farsi فارسی fas per"),
    ("fi", "finnish suomi fin"),
    ("fr", "french français francais französisch fra fre"),
    ("ga", "irish gaeilge gle"),
    ("gl", "galician galego glg"),
    ("grc", "ancient-greek classical-greek altgriechisch"),
    ("he", "hebrew עברית heb"),
    ("hi", "hindi हिन्दी hin"),
    ("hr", "croatian hrvatski hrv"),
    ("hu", "hungarian magyar hun"),
    ("hy", "armenian hye arm"),
    ("id", "indonesian ind"),
    ("is", "icelandic íslenska islenska isl ice"),
    ("it", "italian italiano italienisch italien ita"),
    ("ja", "japanese 日本語 jpn"),
    ("ka", "georgian kat geo"),
    ("ko", "korean 한국어 kor"),
    ("la", "latin latina lateinisch latein lat"),
    ("lt", "lithuanian lietuvių lit"),
    ("lv", "latvian latviešu lav"),
    ("mk", "macedonian mkd mac"),
    ("nb", "norwegian-bokmål bokmål bokmal nob"),
    ("nl", "dutch nederlands flemish niederländisch nld dut"),
    ("nn", "nynorsk norwegian-nynorsk nno"),
    ("no", "norwegian norsk nor"),
    ("oc", "occitan oci"),
    ("pl", "polish polski polnisch pol"),
    ("pt", "portuguese português portugues por"),
    ("pt-BR", "brazilian-portuguese brazilian"),
    ("ro", "romanian română romana ron rum"),
    ("ru", "russian русский russisch rus"),
    ("sa", "sanskrit san"),
    ("sk", "slovak slovenčina slk slo"),
    ("sl", "slovenian slovene slovenščina slv"),
    ("sq", "albanian shqip sqi alb"),
    ("sr", "serbian српски srpski srp"),
    ("sv", "swedish svenska schwedisch swe"),
    ("th", "thai tha"),
    ("tr", "turkish türkçe turkce tur"),
    ("uk", "ukrainian українська ukr"),
    ("ur", "urdu urd"),
    ("vi", "vietnamese vie"),
    ("yi", "yiddish ייִדיש yid"),
    ("zh", "chinese mandarin 中文 zho chi"),
    ("zh-Hans", "simplified-chinese"),
    ("zh-Hant", "traditional-chinese"),
];

/// The tag that a name, a locale (`de_DE.UTF-8`) or a tag means, if it means one.
pub fn tag(said: &str) -> Option<String> {
    let said = said.trim();
    // A locale ends in its encoding or its variant.
    let bare = said.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    let name = bare.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    if let Some((tag, _)) = NAMES.iter().find(|(_, names)| names.split(' ').any(|known| known == name)) {
        return Some((*tag).to_owned());
    }
    let (primary, rest) = name.split_once('-').unwrap_or((&name, ""));
    let short = NAMES.iter().find(|(tag, names)| !tag.contains('-') && names.split(' ').any(|known| known == primary));
    let whole = match short {
        Some((tag, _)) if !rest.is_empty() => format!("{tag}-{rest}"),
        _ => bare,
    };
    // Primary subtags of four letters and more are well-formed, and nothing is registered there (RFC 5646, section 2.2.1): they are
    // words. `i-klingon` and `x-own` are tags all the same.
    let is_word = primary.len() > 3;
    LanguageTag::parse_and_normalize(&whole).ok().map(LanguageTag::into_inner).filter(|_| !is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_locales_and_tags_are_understood() {
        for (said, want) in [
            ("english", Some("en")),
            ("Deutsch", Some("de")),
            ("de_DE", Some("de-DE")),
            ("fr_CA.UTF-8", Some("fr-CA")),
            ("eng", Some("en")),
            ("deu-AT", Some("de-AT")),
            ("Ancient Greek", Some("grc")),
            ("en-gb", Some("en-GB")),
            ("grc", Some("grc")),
            ("x-own", Some("x-own")),
            ("klingonese", None),
            ("xx_yy_zz!", None),
            ("", None),
        ] {
            assert_eq!(tag(said).as_deref(), want, "{said}");
        }
    }
}
