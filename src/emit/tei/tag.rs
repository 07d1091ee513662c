//! The attributes of one element, put together.

use std::borrow::Cow;

use crate::settings::TeiProfile;
use crate::tree::Attrs;

/// Attributes in the making. `@rend` is gathered by itself: words of the writer's first, then the source's classes.
#[derive(Default)]
pub struct Tag<'a> {
    pairs: Vec<(&'static str, Cow<'a, str>)>,
    rend: Vec<&'a str>,
}

impl<'a> Tag<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.pairs.push((name, value.into()));
        self
    }

    pub fn maybe(self, name: &'static str, value: Option<impl Into<Cow<'a, str>>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn rend(mut self, word: &'a str) -> Self {
        self.rend.push(word);
        self
    }

    /// What the source gives the node: its id, its language, its direction, its classes.
    pub fn source(mut self, attrs: Option<&'a Attrs>) -> Self {
        let Some(attrs) = attrs else { return self };
        self.pairs.extend(attrs.id.iter().map(|id| ("xml:id", Cow::Borrowed(id.as_str()))));
        self.language(attrs).classes(attrs)
    }

    pub fn language(mut self, attrs: &'a Attrs) -> Self {
        self.pairs.extend(attrs.lang.iter().map(|lang| ("xml:lang", Cow::Borrowed(lang.as_str()))));
        // As the Guidelines have it (chapter vi, 1.4): the direction of writing is a matter of style.
        self.pairs.extend(attrs.dir.map(|dir| ("style", Cow::Owned(format!("direction: {}", dir.name())))));
        self
    }

    pub fn classes(mut self, attrs: &'a Attrs) -> Self {
        self.rend.extend(attrs.classes.iter().map(String::as_str).filter(|class| is_word(class)));
        self
    }

    /// What of it `profile` allows on `element`.
    pub fn finish(&mut self, element: &str, profile: TeiProfile) -> Vec<(&'static str, &str)> {
        if !self.rend.is_empty() {
            self.pairs.push(("rend", Cow::Owned(self.rend.join(" "))));
        }
        let pairs = self.pairs.iter().map(|(name, value)| (*name, &**value));
        pairs.filter(|(name, value)| profile.allows(element, name, value)).collect()
    }
}

/// Whether `@rend` can say a class: `teidata.word` has no white space and no control or format character.
fn is_word(class: &str) -> bool {
    let unseen = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E000}'..='\u{F8FF}')
    };
    !class.is_empty() && !class.contains(unseen)
}

/// An address as `teidata.pointer` wants it: what no address can have is written as `%XX`, and it is never empty.
pub fn pointer(target: &str) -> Cow<'_, str> {
    use std::fmt::Write;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"{}|\\^`[]".contains(c);
    let escaped = |rest: &str| rest.len() > 2 && rest.as_bytes()[1..3].iter().all(u8::is_ascii_hexdigit);
    let fits = |(at, c): (usize, char)| if c == '%' { escaped(&target[at..]) } else { plain(c) };
    if target.is_empty() {
        return "#".into();
    }
    // A second `#` can't be in an address.
    let first = target.find('#').unwrap_or(target.len());
    if target.char_indices().all(|(at, c)| fits((at, c)) && (c != '#' || at == first)) {
        return target.into();
    }
    let mut out = String::new();
    for (at, c) in target.char_indices() {
        if fits((at, c)) && (c != '#' || at == first) {
            out.push(c);
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| write!(out, "%{byte:02X}").expect("a string grows"));
        }
    }
    out.into()
}
