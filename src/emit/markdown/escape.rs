//! Text that Markdown reads as text: a backslash or a character reference wherever it would see more in it, and only there, so
//! that an editor meets few of them.

/// Where a stretch of text stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// The line can't go on below: a heading, a cell, a term.
    pub one_line: bool,
    /// In a cell a bar ends it.
    pub cell: bool,
    /// In the text of a link a bracket ends it.
    pub link: bool,
}

/// Adds `text` to `out`, whose end is what stands before it. `next` is the character that will stand behind it, where that is
/// known; at the end of its block nothing does.
pub fn push(out: &mut String, text: &str, next: Option<char>, place: Place) {
    let chars: Vec<char> = text.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let rest = &chars[at + 1..];
        let next = rest.first().copied().or(next);
        if is_line_start(out) && opens_block(out, c, rest, next) {
            continue;
        }
        match c {
            '\n' => line_end(out, next, place),
            // Behind the call of a note even an escaped bracket would make it a link.
            '[' | '(' if out.ends_with(']') => reference(out, c),
            ' ' | '\t' if is_line_start(out) || matches!(next, Some('\n') | None) => reference(out, c),
            _ => {
                if is_mark(out, c, next, place) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
}

fn is_line_start(out: &str) -> bool {
    out.is_empty() || out.ends_with('\n')
}

/// A character reference, which is never a mark.
fn reference(out: &mut String, c: char) {
    out.push_str(&format!("&#{};", u32::from(c)));
}

fn line_end(out: &mut String, next: Option<char>, place: Place) {
    if place.one_line || is_line_start(out) || matches!(next, None | Some('\n')) {
        reference(out, '\n');
    } else {
        out.push('\n');
    }
}

/// Whether `c` in the middle of a line would be more than text.
fn is_mark(out: &str, c: char, next: Option<char>, place: Place) -> bool {
    let before = out.chars().next_back();
    let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_none_or(|c| c.is_ascii_punctuation() || c == '\n'),
        '`' | '$' => true,
        '*' | '^' | '~' => !(white(before) && white(next)),
        '_' => !(white(before) && white(next) || word(before) && word(next)),
        '<' => next.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => next.is_none_or(|c| c.is_ascii_alphabetic() || c == '#'),
        '[' => place.link || matches!(next, None | Some('^')),
        ']' => place.link || matches!(next, None | Some('(' | '[' | ':')),
        '!' => matches!(next, None | Some('[')),
        // Behind the call of a note.
        ':' => before == Some(']'),
        '|' => place.cell,
        // `12.` and `12)` number the items of lists.
        '.' | ')' => white(next) && numbers_line(out),
        _ => false,
    }
}

/// Whether nothing but a number stands on the line so far.
fn numbers_line(out: &str) -> bool {
    let digits = out.bytes().rev().take(10).take_while(u8::is_ascii_digit).count();
    (1..10).contains(&digits) && is_line_start(&out[..out.len() - digits])
}

/// Writes what would open a block at the start of a line so that it doesn't; says whether it did.
fn opens_block(out: &mut String, c: char, rest: &[char], next: Option<char>) -> bool {
    let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let line = || rest.iter().take_while(|&&c| c != '\n');
    let opens = match c {
        '#' | '>' | ':' | '*' => true,
        '-' => white(next) || next == Some('-') || line().all(|c| "-:| ".contains(*c)),
        '|' => line().all(|c| "-:| ".contains(*c)),
        '+' => white(next) || next == Some('+'),
        '=' => line().all(|c| "= ".contains(*c)),
        // The box of a task.
        '[' => matches!(rest, [' ' | 'x' | 'X', ']', ..]),
        _ => false,
    };
    if opens {
        out.push('\\');
        out.push(c);
        return true;
    }
    false
}
