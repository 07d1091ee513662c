//! French sets white before its high punctuation and inside its guillemets, and writes it as ordinary spaces: no line may end at
//! them. A reading system breaks lines by itself, so the white is said in spaces that hold. Only a space that the source has is
//! changed, and only into another space: no white is put where the author set none.

use std::borrow::Cow;

/// The thin space before `;`, `!` and `?`, and the word's space before a colon and inside guillemets (Lexique des règles
/// typographiques en usage à l'Imprimerie nationale, "Ponctuation").
const THIN: char = '\u{202F}';
const WORD: char = '\u{A0}';

/// Whether a text in `language`, a BCP 47 tag, is French.
pub(super) fn is_french(language: &str) -> bool {
    language.split('-').next().is_some_and(|own| own.eq_ignore_ascii_case("fr"))
}

/// `text` with spaces that hold where French wants them.
pub(super) fn held(text: &str) -> Cow<'_, str> {
    let is_space = |c: char| matches!(c, ' ' | '\n');
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(is_space) {
        let (before, behind) = (text[..at].chars().next_back(), text[at + 1..].chars().next());
        // A row of spaces is indentation, or a table of the author's own.
        if before.is_some_and(is_space) || behind.is_some_and(is_space) {
            continue;
        }
        let space = match (before, behind) {
            (Some('«' | '‹'), _) | (_, Some(':' | '»' | '›')) => WORD,
            (_, Some(';' | '!' | '?')) => THIN,
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push(space);
        done = at + 1;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(held(text).replace(THIN, "~").replace(WORD, "_"), want);
    }

    #[test]
    fn spaces_hold_where_french_wants_them() {
        check("Il dit : « Viens ! » et part ; bien.", "Il dit_: «_Viens~!_» et part~; bien.");
        check("quoi\n?", "quoi~?");
        check("quoi? (12:30) http://a.b/c?d", "quoi? (12:30) http://a.b/c?d");
        check("a  ! b", "a  ! b");
        assert!(matches!(held("Rien à changer."), Cow::Borrowed(_)));
    }
}
