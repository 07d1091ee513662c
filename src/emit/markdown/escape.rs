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
    /// A bracket is open outside of what is written by itself.
    pub bracket: bool,
    /// In a style, whose mark stands before it.
    pub inner: bool,
}

/// Adds `text` to `out`, whose end is what stands before it. `next` is the character that will stand behind it, where that is
/// known; at the end of its block nothing does.
pub fn push(out: &mut String, text: &str, next: Option<char>, place: Place) {
    let chars: Vec<char> = text.chars().collect();
    let start = out.len();
    for (at, &c) in chars.iter().enumerate() {
        let rest = &chars[at + 1..];
        let next = rest.first().copied().or(next);
        if is_line_start(out) && opens_block(out, c, rest, next, place) {
            continue;
        }
        match c {
            '\n' => line_end(out, next, place),
            // Behind the call of a note even an escaped bracket would make it a link; and an escaped one may open a formula.
            '[' | '(' if out.ends_with(']') => reference(out, c),
            '[' if is_mark(out, c, next, place) || next == Some('[') || closes_stretch(rest) => reference(out, c),
            // A key that no work has stays as it is, so that one can still be found for it.
            '@' if out.ends_with('`') || place.bracket || stands_in_bracket(out, start, rest) => out.push_str("\\@"),
            '\\' if names_command(out, rest) => out.push_str("\\\\"),
            '<' if names_address(rest) => out.push_str("\\<"),
            ':' if names_sign(out, rest) => out.push_str("\\:"),
            '{' if names_role(rest) => out.push_str("\\{"),
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
        '\\' => next.is_none_or(|c| c.is_ascii_punctuation() || matches!(c, '\n' | ' ')),
        '`' | '$' => true,
        '*' | '^' | '~' => !(white(before) && white(next)),
        '_' => !(white(before) && white(next) || word(before) && word(next)),
        '<' => next.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => next.is_none_or(|c| c.is_ascii_alphabetic() || c == '#'),
        '[' => place.link || matches!(next, None | Some('^')),
        // Marks of importance and comments: of three signs two would be left for a mark. Templates and attributes.
        '=' | '%' => next.is_none_or(|next| next == c),
        '{' => matches!(before, Some(']' | ')' | '`' | '$' | '*' | '_')) || next.is_none_or(|c| "{%+-=~>:/@".contains(c)),
        // The letter of a group, alone before the mark of a quotation.
        '>' => out.ends_with(|c: char| c.is_ascii_uppercase()) && is_line_start(&out[..out.len() - 1]) && white(next),
        ']' => place.link || matches!(next, None | Some('(' | '[' | ':')),
        '!' => matches!(next, None | Some('[')),
        // Behind the call of a note.
        ':' => before == Some(']'),
        '|' => place.cell,
        // `12.` and `12)` number the items of lists.
        '.' | ')' => white(next) && (numbers_line(out) || letters_line(out)),
        _ => false,
    }
}

/// Whether nothing but a number stands on the line so far.
fn numbers_line(out: &str) -> bool {
    let digits = out.bytes().rev().take(10).take_while(u8::is_ascii_digit).count();
    (1..10).contains(&digits) && is_line_start(&out[..out.len() - digits])
}

/// Whether nothing but a label in letters stands on the line so far, and another line above it in the same block: two that count on
/// are a list.
fn letters_line(out: &str) -> bool {
    let letters = out.bytes().rev().take(8).take_while(u8::is_ascii_alphabetic).count();
    (1..8).contains(&letters) && out[..out.len() - letters].ends_with('\n')
}

/// Whether brackets stand around an at sign that are not those of a citation as the reader writes it: with marks in them, or with what
/// is behind them part of a link.
fn stands_in_bracket(out: &str, start: usize, rest: &[char]) -> bool {
    let Some(open) = out.rfind('[').filter(|open| out.rfind(']').is_none_or(|close| close < *open)) else { return false };
    let is_marked = |c: char| "*_`<>[\\&\n".contains(c);
    let Some(close) = rest.iter().position(|c| *c == ']') else { return true };
    open < start
        || out[open + 1..].contains(is_marked)
        || rest[..close].iter().any(|c| is_marked(*c))
        || rest.get(close + 1).is_none_or(|c| "([{:".contains(*c))
}

/// Whether a backslash stands before a command that the reader takes for one. Others it leaves, and so they are left here.
fn names_command(out: &str, rest: &[char]) -> bool {
    const HOLDING: [&str; 14] = [
        "begin",
        "emph",
        "footnote",
        "index",
        "sout",
        "textbf",
        "textit",
        "textsc",
        "textsl",
        "textsubscript",
        "textsuperscript",
        "uline",
        "underline",
        "url",
    ];
    const SIGNS: [&str; 7] = ["LaTeX", "TeX", "dots", "ldots", "textellipsis", "textemdash", "textendash"];
    let name: String = rest.iter().take(20).take_while(|c| c.is_ascii_alphabetic()).collect();
    let behind = rest[name.len()..].iter().take_while(|c| **c != '\n').collect::<String>();
    // Alone on its line it may lay out a page.
    let is_alone = || is_line_start(out) && (behind.is_empty() || behind.starts_with(['*', '{']) && behind.ends_with('}'));
    !name.is_empty()
        && (HOLDING.contains(&name.as_str()) && behind.starts_with('{')
            || SIGNS.contains(&name.as_str())
            || name == "noindent" && behind.starts_with(' ')
            || is_alone() && !behind.contains(|c: char| c.is_alphabetic() && !"cmptexin".contains(c)))
}

/// Whether an angle bracket stands before an address of e-mail.
fn names_address(rest: &[char]) -> bool {
    let end = rest.iter().take(100).position(|c| c.is_whitespace() || matches!(c, '<' | '>'));
    end.is_some_and(|end| rest[end] == '>' && rest[..end].contains(&'@'))
}

/// Whether a brace stands before the name of a role and its words: `` {ref}` ``.
fn names_role(rest: &[char]) -> bool {
    let length = rest.iter().take(40).take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':')).count();
    length > 0 && rest[length..].starts_with(&['}', '`'])
}

/// Whether a bracket stands before what closes a forum's stretch (`[/b]`) or a scan reader's note: without it, what opens is text.
fn closes_stretch(rest: &[char]) -> bool {
    const NOTE: &str = "ENDFOOTNOTE]";
    let name = rest.strip_prefix(&['/']).unwrap_or_default();
    let letters = name.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    letters > 0 && name.get(letters) == Some(&']') || rest.iter().take(NOTE.len()).copied().eq(NOTE.chars())
}

/// Whether a colon stands before the name of a sign and another colon.
fn names_sign(out: &str, rest: &[char]) -> bool {
    let is_name = |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let length = rest.iter().take(40).take_while(is_name).count();
    length > 1 && rest.get(length) == Some(&':') && !out.ends_with(char::is_alphanumeric)
}

/// Writes what would open a block at the start of a line so that it doesn't; says whether it did.
fn opens_block(out: &mut String, c: char, rest: &[char], next: Option<char>, place: Place) -> bool {
    let white = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let line = || rest.iter().take_while(|&&c| c != '\n');
    let opens = match c {
        '#' | '>' | ':' | '*' => true,
        // What draws a table is no row of one.
        '+' | '-' | '=' if place.cell && matches!(next, Some('+' | '-' | '=')) => true,
        '-' => white(next) || next == Some('-') || line().all(|c| "-:| ".contains(*c)),
        '|' => true,
        '!' | '?' => matches!(rest, [a, b, ..] if *a == c && *b == c),
        '{' => true,
        // Comments, rules, blocks of slashes, the place of a table of contents.
        '%' | '_' => white(next),
        '/' => matches!(rest, ['/', '/', ..]),
        '@' => next == Some('['),
        // A definition.
        '~' => white(next),
        '+' => white(next) || next == Some('+'),
        '=' => line().all(|c| "= ".contains(*c)),
        // The box of a task.
        '[' if matches!(rest, [' ' | 'x' | 'X', ']', ..] | ['!', ..]) => {
            reference(out, c);
            return true;
        }
        '(' if matches!(rest, ['@', ..]) || out.ends_with('\n') && line().take(8).any(|c| *c == ')') => {
            reference(out, c);
            return true;
        }
        // The place of a table of contents.
        '[' if line().map(char::to_ascii_lowercase).eq("toc]".chars()) => {
            reference(out, c);
            return true;
        }
        'i' | 'e' if begins_statement(c, rest) => {
            reference(out, c);
            return true;
        }
        // The word of a caption.
        'T' | 't' if matches!(rest, ['a', 'b', 'l', 'e', ':', ' ', ..]) => {
            reference(out, c);
            return true;
        }
        _ => false,
    };
    if opens {
        out.push('\\');
        out.push(c);
        return true;
    }
    false
}

/// Whether a line begins as a statement of a script does: `import x from "y"`, `export const`.
fn begins_statement(c: char, rest: &[char]) -> bool {
    let line: String = rest.iter().take_while(|c| **c != '\n').collect();
    let begins = |behind: &str, words: &[&str]| words.iter().any(|word| behind.starts_with(word));
    match c {
        'i' => line.strip_prefix("mport ").is_some_and(|behind| behind.contains(['"', '\'', '{'])),
        _ => line.strip_prefix("xport ").is_some_and(|behind| {
            begins(behind, &["const ", "let ", "var ", "function ", "default ", "async ", "class ", "{", "* from "])
        }),
    }
}
