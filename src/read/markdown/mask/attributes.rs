//! What braces say of the thing before them: `{#id .class key="value"}`, as pandoc, Quarto and kramdown (`{: …}`) write it. One
//! parser for all of them. Braces that say nothing of the kind are text: `{4, 5}`, `bale{s}`.

/// The longest that is looked at: braces that never close must not cost their length again at each of them.
const LONGEST: usize = 2000;

/// What a pair of braces says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub id: Option<String>,
    pub classes: Vec<String>,
    pub pairs: Vec<(String, String)>,
}

impl Attributes {
    pub fn value(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

/// Reads the braces at the front of `text`; gives what they say and how many bytes they are.
pub fn braces(text: &str) -> Option<(Attributes, usize)> {
    let bytes = text.as_bytes();
    let mut at = 1;
    if bytes.first() != Some(&b'{') {
        return None;
    }
    // kramdown's form.
    if bytes.get(at) == Some(&b':') {
        at += 1;
    }
    let mut found = Attributes::default();
    let mut said = false;
    loop {
        at = skip_white(bytes, at)?;
        if said && bytes.get(at) == Some(&b',') {
            at = skip_white(bytes, at + 1)?;
        }
        match bytes.get(at)? {
            b'}' if said => return Some((found, at + 1)),
            b'}' => return None,
            b'#' => {
                let end = word_end(bytes, at + 1);
                found.id = Some(text.get(at + 1..end).filter(|id| !id.is_empty())?.to_owned());
                at = end;
            }
            b'.' => {
                let end = word_end(bytes, at + 1);
                let class = text.get(at + 1..end)?;
                // `{.5}` and `{...}` are text.
                class.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '-').then_some(())?;
                found.classes.extend(class.split_whitespace().map(str::to_owned));
                at = end;
            }
            // pandoc's sign of a heading without a number.
            b'-' if matches!(bytes.get(at + 1), Some(b'}' | b' ')) => {
                found.classes.push("unnumbered".to_owned());
                at += 1;
            }
            // kramdown's name of attributes that are listed elsewhere, which say nothing here.
            byte if byte.is_ascii_lowercase() && text.starts_with("{: ") && is_bare(text, at) => at = word_end(bytes, at),
            _ => at = pair(text, at, &mut found)?,
        }
        said = true;
        if at > LONGEST {
            return None;
        }
    }
}

/// Whether a word stands at `at`, and no value behind it.
fn is_bare(text: &str, at: usize) -> bool {
    let word = &text[at..word_end(text.as_bytes(), at)];
    let is_name = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name && !text[at + word.len()..].starts_with('=')
}

/// `key=value`; gives where it ends.
fn pair(text: &str, at: usize, found: &mut Attributes) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    let mut end = at;
    while end < at + 80 && bytes.get(end).is_some_and(|byte| is_key(*byte)) {
        end += 1;
    }
    let key = text.get(at..end).filter(|key| key.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    (bytes.get(end) == Some(&b'=')).then_some(())?;
    let from = end + 1;
    let (value, behind) = match bytes.get(from)? {
        quote @ (b'"' | b'\'') => {
            let length = bytes[from + 1..].iter().take(LONGEST).position(|byte| byte == quote)?;
            (text.get(from + 1..from + 1 + length)?, from + length + 2)
        }
        _ => {
            let end = word_end(bytes, from);
            // Leanpub parts them by commas.
            let value = text.get(from..end)?;
            (value.strip_suffix(',').unwrap_or(value), end)
        }
    };
    (!value.contains("\n\n")).then_some(())?;
    found.pairs.push((key.to_owned(), value.replace('\n', " ")));
    Some(behind)
}

/// White space, but no blank line.
fn skip_white(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut lines = 0;
    while let Some(b' ' | b'\t' | b'\n') = bytes.get(at) {
        lines += usize::from(bytes[at] == b'\n');
        at += 1;
    }
    (lines < 2).then_some(at)
}

fn word_end(bytes: &[u8], from: usize) -> usize {
    let ends =
        |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'}' | b'{' | b'"' | b'\'' | b'<' | b'>' | b'=' | b'`' | b'\\');
    let rest = &bytes[from.min(bytes.len())..];
    from + rest.iter().take(LONGEST).position(ends).unwrap_or(rest.len().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let said = braces(text).map_or("text".to_owned(), |(found, length)| {
            let pairs: Vec<_> = found.pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("{} [{}] [{}] {length}", found.id.unwrap_or_default(), found.classes.join(" "), pairs.join("; "))
        });
        assert_eq!(said, want);
    }

    #[test]
    fn what_braces_say() {
        check("{#a .b}", "a [b] [] 7");
        check("{lang=fr} and", " [] [lang=fr] 9");
        check("{ title=\"of two\nwords\" .x }", " [x] [title=of two words] 27");
        check("{: .x #b}", "b [x] [] 9");
        check("{-}", " [unnumbered] [] 3");
        check("{: note .x}", " [x] [] 11");
    }

    #[test]
    fn braces_of_text() {
        for text in
            ["{4, 5}", "{s}", "{}", "{ }", "{...}", "{.5}", "{#}", "{a=", "{a=\"b}", "{a b}", "{\n\n.x}", "{=latex}", "{#a"]
        {
            check(text, "text");
        }
    }
}
