//! `--ascii`: for machines that know nothing else. Nothing is replaced silently: the text lists every character and what stands
//! for it, and so does a remark.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::report::Report;

const NO_BREAK: char = '\u{A0}';
const NARROW_NO_BREAK: char = '\u{202F}';

/// Replaces what ASCII lacks, and remembers it.
pub struct Ascii {
    wanted: bool,
    replaced: BTreeMap<char, String>,
}

impl Ascii {
    pub fn new(wanted: bool) -> Self {
        Self { wanted, replaced: BTreeMap::new() }
    }

    /// `text` as it can be shown. Spaces at which no line may end are still told from others: [`Ascii::finish`] evens them.
    pub fn of<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if !self.wanted || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_ascii() {
                shown.push(c);
                continue;
            }
            let said = self.replaced.entry(c).or_insert_with(|| replacement(c));
            shown.push_str(if matches!(c, NO_BREAK | NARROW_NO_BREAK) { "\u{A0}" } else { said });
        }
        Cow::Owned(shown)
    }

    /// The finished text.
    pub fn finish(&self, text: String) -> String {
        if self.wanted && !text.is_ascii() { text.replace(NO_BREAK, " ") } else { text }
    }

    /// One line for each character that was replaced: `U+00E9 "e"`.
    pub fn list(&self) -> Vec<String> {
        self.replaced.iter().map(|(c, said)| format!("U+{:04X} \"{said}\"", u32::from(*c))).collect()
    }

    pub fn report(&self, report: &mut Report) {
        if self.replaced.is_empty() {
            return;
        }
        let said: Vec<_> = self.replaced.iter().map(|(c, said)| format!("{c} by \"{said}\"")).collect();
        report.remark("ascii-replaced", None, format!("in the plain text, ASCII replaced {}", said.join(", ")));
    }
}

/// What stands for a character, as a typist would write it; else its sound in Latin letters; else its number.
fn replacement(c: char) -> String {
    let typed = match c {
        '‘' | '’' | '‚' | '‛' | '′' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => "\"",
        '‹' | '›' => "'",
        '\u{2010}'..='\u{2013}' | '−' => "-",
        '\u{2014}' | '\u{2015}' => "--",
        '…' => "...",
        '•' => "*",
        '©' => "(c)",
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => " ",
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => "",
        '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' => "",
        c => match deunicode::deunicode_char(c) {
            Some(said) => return said.trim_end().to_owned(),
            None => return format!("[U+{:04X}]", u32::from(c)),
        },
    };
    typed.to_owned()
}
