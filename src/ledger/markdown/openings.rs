//! What a line begins with: marks of lists, of headings, of definitions, of blocks of HTML.

/// `(label)=` on a line of its own (MyST).
pub(super) fn is_label(text: &str) -> bool {
    let name = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(")="));
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
    })
}

/// A capital before the mark of a quotation (Leanpub): `W> Mind the gap.`
pub(super) fn lettered(text: &str) -> bool {
    let mut chars = text.chars();
    let is_one = chars.next().is_some_and(|c| "ABCDEIQTWX".contains(c)) && chars.next() == Some('>');
    is_one && chars.next().is_none_or(char::is_whitespace)
}

/// Leanpub's braces on a line of their own: `{aside}`, `{/aside}`, `{id: x, class: y}`.
pub(super) fn spoken(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { return false };
    let is_name =
        |said: &str| !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'));
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let first = inner.split([',', ':']).next().unwrap_or("").trim();
    is_name(first) && (first.len() == inner.len() || inner[first.len()..].starts_with([',', ':']))
}

/// Where the term ends and the meaning begins of `*[HTML]: Hypertext Markup Language` (PHP Markdown Extra).
pub(super) fn abbreviation(text: &str) -> Option<(usize, usize)> {
    let close = text.strip_prefix("*[")?.find(']')? + 2;
    let behind = text[close..].strip_prefix("]:")?;
    let meaning = text.len() - behind.trim_start().len();
    (!text[2..close].trim().is_empty() && meaning < text.len()).then_some((close, meaning))
}

/// How far a line is indented.
pub(super) fn indent(text: &str) -> usize {
    columns(&text[..text.len() - text.trim_start_matches([' ', '\t']).len()])
}

/// How many columns the front of a line takes, a tabulator to the next that four divides.
pub(super) fn columns(front: &str) -> usize {
    front.bytes().fold(0, |column, byte| if byte == b'\t' { column + 4 - column % 4 } else { column + 1 })
}

/// Three or more of one mark, and nothing else.
pub(super) fn is_rule(text: &str) -> bool {
    let marks: Vec<_> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    marks.len() >= 3 && matches!(marks[0], b'-' | b'*' | b'_') && marks.iter().all(|byte| *byte == marks[0])
}

/// The length of a bullet or number, with the space behind it left out.
pub(super) fn list_mark(text: &str) -> Option<usize> {
    let ends = |length: usize| text[length..].is_empty() || text[length..].starts_with([' ', '\t']);
    let bytes = text.as_bytes();
    if matches!(bytes.first(), Some(b'-' | b'*' | b'+')) && ends(1) {
        return Some(1);
    }
    // A bullet as it is printed.
    if text.starts_with("• ") && !text.trim_end().ends_with('•') {
        return Some('•'.len_utf8());
    }
    let open = usize::from(bytes.first() == Some(&b'('));
    let word = bytes[open..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'#' | b'_' | b'-'))
        .count();
    let said = &text[open..open + word];
    let number = !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) && said.len() < 10;
    let roman = !said.is_empty() && said.bytes().all(|byte| b"ivxlcdmIVXLCDM".contains(&byte));
    let fits =
        number || roman || said == "#" || said.starts_with('@') || said.len() == 1 && said.as_bytes()[0].is_ascii_alphabetic();
    let close = bytes.get(open + word).is_some_and(|byte| *byte == b')' || *byte == b'.' && open == 0);
    (fits && close && ends(open + word + 1)).then_some(open + word + 1)
}

/// Behind which words a block of HTML ends that an empty line does not end.
pub(super) fn html_until(text: &str) -> Option<&'static str> {
    if text.starts_with("<!--") {
        return Some("-->");
    }
    if text.starts_with("{::comment}") {
        return Some("{:/");
    }
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.rfind("<pre").is_some_and(|at| !lower[at..].contains("</pre")) {
        return Some("</pre>");
    }
    if text.strip_prefix("<!").is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return Some(">");
    }
    let closes = [
        ("<![cdata[", "]]>"),
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<pre", "</pre>"),
        ("<textarea", "</textarea>"),
        ("<?", "?>"),
    ];
    closes.into_iter().find(|(open, _)| lower.starts_with(open)).map(|(_, close)| close)
}

/// How many marks a heading begins with.
pub(super) fn heading(text: &str) -> Option<usize> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && (text[level..].trim().is_empty() || text[level..].starts_with([' ', '\t']))).then_some(level)
}

/// `| ` before a line of verse or of an address.
pub(super) fn line_block(text: &str) -> Option<usize> {
    (text == "|" || text.starts_with("| ")).then_some(1)
}

/// What begins a definition, a caption, an alert.
pub(super) fn leading_mark(text: &str) -> Option<usize> {
    if (text.starts_with(':') || text.starts_with('~')) && text[1..].starts_with([' ', '\t']) || text.trim_end() == ":" {
        return Some(1);
    }
    if let Some(caption) = ["Table:", "table:", "Figure:", "Listing:", "listing:"].iter().find(|word| text.starts_with(**word))
    {
        return Some(caption.len());
    }
    if let Some(word) = ["!!!", "???+", "???"].iter().find(|mark| text.starts_with(**mark)) {
        let behind = &text[word.len()..];
        let lead = behind.len() - behind.trim_start().len();
        let name =
            behind.trim_start().bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
        return (name > 0).then_some(word.len() + lead + name);
    }
    // `=== "Title"`: one of several tabs.
    if let Some(mark) = ["===! ", "===+ ", "=== "].iter().find(|mark| text.starts_with(**mark)) {
        let title = text[mark.len()..].trim();
        return (title.len() > 1 && title.starts_with('"') && title.ends_with('"')).then_some(mark.len());
    }
    let alert = text.strip_prefix("[!")?;
    let end = alert.find(']').filter(|end| {
        alert[..*end].split('|').next().unwrap_or("").bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    })?;
    let fold = usize::from(alert[end + 1..].starts_with(['+', '-']));
    Some(end + 3 + fold)
}
