//! Which way a language runs.

/// Which way text runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    /// That of a language, a BCP 47 tag.
    pub fn of(language: &str) -> Self {
        if is_right_to_left(language) { Self::RightToLeft } else { Self::LeftToRight }
    }

    /// What HTML's `dir` says.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }

    /// What a source says by HTML's `dir`; `auto` says nothing.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "ltr" => Some(Self::LeftToRight),
            "rtl" => Some(Self::RightToLeft),
            _ => None,
        }
    }
}

/// Whether text in `language`, a BCP 47 tag, runs from right to left: by its script subtag where it has one, else by the
/// script that the language is usually written in (CLDR's likely subtags).
pub fn is_right_to_left(language: &str) -> bool {
    let mut subtags = language.split('-');
    let own = subtags.next().unwrap_or("").to_ascii_lowercase();
    let script = subtags.take_while(|subtag| subtag.len() > 1).find(|subtag| subtag.len() == 4 && subtag.is_ascii());
    match script {
        Some(script) => {
            let script = script.to_ascii_lowercase();
            matches!(&*script, "arab" | "hebr" | "syrc" | "thaa" | "nkoo" | "adlm" | "mand" | "samr" | "rohg" | "aran")
        }
        None => matches!(
            &*own,
            "ar" | "arc"
                | "arz"
                | "azb"
                | "ckb"
                | "dv"
                | "fa"
                | "glk"
                | "he"
                | "iw"
                | "ks"
                | "lrc"
                | "mzn"
                | "nqo"
                | "pnb"
                | "prs"
                | "ps"
                | "sd"
                | "syr"
                | "ug"
                | "ur"
                | "yi"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::is_right_to_left;

    #[test]
    fn by_script_and_by_language() {
        for (tag, want) in
            [("ar", true), ("fa-IR", true), ("he", true), ("en", false), ("az-Arab", true), ("ar-Latn", false), ("und", false)]
        {
            assert_eq!(is_right_to_left(tag), want, "{tag}");
        }
    }
}
