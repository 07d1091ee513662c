//! What generators of sites lay out between marks of their own, where its meaning is plain without them: listings (`{% highlight %}` of
//! Jekyll, `{{< highlight >}}` of Hugo) and pictures with their captions (`{{< figure >}}` of Hugo).

use std::ops::Range;

use super::commands::{fenced, made};
use super::{Line, Piece};

/// No listing has more lines.
const TALLEST: usize = 2_000;

/// Pairs of marks around what they call by name.
const MARKS: [(&str, &str); 3] = [("{% ", "%}"), ("{{< ", ">}}"), ("{{% ", "%}}")];

/// What such marks say that begin a line.
pub const SIGNS: [&str; 4] = ["{% highlight", "{{< highlight", "{{% highlight", "{{< figure"];

/// What begins at a line, as Markdown, and the line behind it.
pub fn at(lines: &[Line], at: usize) -> Option<(Vec<Piece>, usize)> {
    let line = &lines[at];
    let (open, close) = MARKS.iter().find(|(open, _)| line.own().starts_with(open))?;
    let inner = line.own().strip_prefix(open)?.strip_suffix(close)?.trim();
    match inner.split_whitespace().next()? {
        "highlight" => listing(lines, at, inner),
        "figure" if *open == "{{< " => Some((figure(line, inner)?, at + 1)),
        _ => None,
    }
}

/// A listing, up to the mark that ends it.
fn listing(lines: &[Line], at: usize, inner: &str) -> Option<(Vec<Piece>, usize)> {
    let first = &lines[at];
    let language = inner.split_whitespace().nth(1).unwrap_or("");
    let language =
        if language.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-#_".contains(&byte)) { language } else { "" };
    let ends = ["{% endhighlight %}", "{{< /highlight >}}", "{{< / highlight >}}", "{{% /highlight %}}"];
    let opens = |line: &Line| SIGNS.iter().any(|sign| line.own().starts_with(sign));
    let count = lines[at + 1..].iter().take(TALLEST).position(|line| ends.contains(&line.own()) || opens(line))?;
    ends.contains(&lines[at + 1 + count].own()).then_some(())?;
    let body = &lines[at + 1..at + 1 + count];
    let mut pieces = Vec::new();
    fenced(body, first.before(), language, &mut pieces);
    Some((pieces, at + count + 2))
}

/// A picture with what is said of it; one of which more is said stays as it is written.
fn figure(line: &Line, inner: &str) -> Option<Vec<Piece>> {
    let values = values(inner.strip_prefix("figure")?)?;
    let base = line.own().find(inner)? + "figure".len();
    let value = |key: &str| -> Option<Range<usize>> {
        let (_, place) = values.iter().find(|(known, _)| *known == key)?;
        Some(line.place(base + place.start..base + place.end))
    };
    let known = ["src", "title", "caption", "alt", "width", "height", "class", "loading"];
    (values.iter().all(|(key, _)| known.contains(key)) && !inner.contains(['<', '>', '&'])).then_some(())?;
    let before = line.before();
    let mut pieces = vec![made(&format!("{before}<figure>\n{before}<img src=\"")), Piece::Kept(value("src")?)];
    if let Some(alt) = value("alt") {
        pieces.extend([made("\" alt=\""), Piece::Kept(alt)]);
    }
    if let Some(width) = value("width") {
        pieces.extend([made("\" width=\""), Piece::Kept(width)]);
    }
    pieces.push(made("\">\n"));
    if value("title").is_some() || value("caption").is_some() {
        pieces.push(made(&format!("{before}<figcaption>\n{before}\n{before}")));
        for (key, _) in values.iter().filter(|(key, _)| matches!(*key, "title" | "caption")) {
            let mark = if *key == "title" { "**" } else { "" };
            pieces.extend([made(mark), Piece::Kept(value(key)?), made(mark), made(" ")]);
        }
        pieces.push(made(&format!("\n{before}\n{before}</figcaption>\n")));
    }
    pieces.push(made(&format!("{before}</figure>\n{before}\n")));
    Some(pieces)
}

/// `key="value"` behind each other, and where each value stands; none where anything else does.
fn values(text: &str) -> Option<Vec<(&str, Range<usize>)>> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if at == text.len() {
            return Some(found);
        }
        let length = text[at..].find("=\"")?;
        let key = &text[at..at + length];
        let from = at + length + 2;
        let to = from + text[from..].find('"')?;
        (key.bytes().all(|byte| byte.is_ascii_lowercase()) && !text[from..to].contains('\\')).then_some(())?;
        if !text[from..to].trim().is_empty() {
            found.push((key, from..to));
        }
        at = to + 1;
    }
}
