//! Fields of BibTeX and CSL JSON as text with marks: what is set in italics, raised, or keeps its capitals. The marks are private
//! characters, which no source has left; the words pass through the style, and the marks come out of it as inlines.

use crate::read::clean;
use crate::read::signs::{short_sign, sign};

/// Opens a stretch; the character behind it closes it.
pub const ITALIC: char = '\u{E000}';
pub const BOLD: char = '\u{E002}';
pub const SMALL_CAPS: char = '\u{E004}';
pub const RAISED: char = '\u{E006}';
pub const LOWERED: char = '\u{E008}';
/// Keeps its capitals, and says nothing.
pub const KEPT: char = '\u{E00A}';
/// Quotation marks in a field: what they look like depends on whether the style sets some around it.
pub const QUOTED: char = '\u{E00C}';
/// Stands for the people of a work who are not named.
pub const OTHERS: char = '\u{E010}';
/// The same behind several who are.
pub const MANY_OTHERS: char = '\u{E011}';
/// Stands between two cites till the style's own mark does.
pub const BETWEEN: char = '\u{E012}';
/// Stands in a word that the library would take for one that has no capital in titles.
pub const COUNTS: char = '\u{E013}';

/// The character that closes what `open` opens.
pub fn close(open: char) -> char {
    char::from_u32(open as u32 + 1).unwrap_or(open)
}

pub fn is_mark(c: char) -> bool {
    ('\u{E000}'..='\u{E00D}').contains(&c)
}

/// Ends an initial to which the next one stands close: `J.M.`; styles that cut names to initials part them at a space.
pub const PARTED: char = '\u{2028}';

/// A letter that no style may change stands as a private character this far behind it, which is neither large nor small.
const SHIELDED: u32 = 0xF_0000;

fn shield(c: char) -> char {
    let own = u32::from(c);
    char::from_u32(SHIELDED + own).filter(|_| is_shielded(c) && own < 0xFFFE).unwrap_or(c)
}

/// A letter of which a style knows nothing, as it is.
pub fn bared(c: char) -> char {
    let own = u32::from(c).checked_sub(SHIELDED).filter(|own| *own < 0xFFFE).and_then(char::from_u32);
    own.filter(|own| is_shielded(*own)).unwrap_or(c)
}

/// Pages of which the second is said by its last digits (`612-13`): the library would say all.
pub fn as_it_is(pages: &str) -> String {
    let is_short = |(from, to): (&str, &str)| {
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        are_digits(from) && are_digits(to) && to.len() < from.len()
    };
    match pages.split_once('-').filter(|parts| is_short(*parts)) {
        Some((from, to)) => format!("{from}–{}", to.chars().map(shield).collect::<String>()),
        None => pages.to_owned(),
    }
}

fn is_shielded(c: char) -> bool {
    c.is_uppercase() || c.is_lowercase() || c.is_ascii_digit()
}

/// What stands where a number is looked for: what is no number is shielded, or the library takes its digits for one (`TR-2016-07`).
/// Each part of a number has a digit (Citation Style Language 1.0.2, "is-numeric").
pub fn counted(text: &str) -> String {
    let mut parts =
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '&' | '-' | '–')).filter(|part| !part.is_empty());
    match parts.all(|part| part.contains(|c: char| c.is_ascii_digit())) {
        true => with_small_beginning(text),
        false => {
            with_small_beginning(&text.chars().map(|c| if c.is_ascii_digit() { shield(c) } else { c }).collect::<String>())
        }
    }
}

/// A word that begins small and has capitals inside keeps its small letter: `arXiv:2101.1`.
fn with_small_beginning(text: &str) -> String {
    let word = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    match text.chars().next().filter(|c| c.is_lowercase() && word.contains(char::is_uppercase)) {
        Some(first) => format!("{}{}", shield(first), &text[first.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// Words that stand in small letters in titles, but at their beginning.
const STOPS: &[&str] =
    &["a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of", "on", "or", "the", "to", "with"];

/// Words that have small letters in titles though the library would give them a capital.
const SMALL: &[&str] = &["about", "van", "von", "de"];

/// Words that the library never gives a capital in titles, though those who count words by the language of styles do.
const LARGE: &[&str] = &[
    "above",
    "across",
    "against",
    "among",
    "around",
    "behind",
    "below",
    "beneath",
    "beside",
    "between",
    "during",
    "front",
    "inside",
    "near",
    "since",
    "toward",
    "under",
    "underneath",
    "until",
    "within",
];

/// Text as it passes through a style, which sets capitals by rules of its own: words with capitals inside them (`eLife`, `H2O`) and
/// words that braces keep are shielded, if it `shields`. A mark stands before the space of its word, since a word that begins with a
/// sign is none to those who set capitals.
pub fn passing(text: &str, shields: bool) -> String {
    let mut letters: Vec<(char, bool)> = Vec::new();
    let mut kept = 0_u32;
    for c in text.chars() {
        match c {
            KEPT => kept += 1,
            c if c == close(KEPT) => kept = kept.saturating_sub(1),
            c => letters.push((c, kept > 0)),
        }
    }
    let mut from = 0;
    while shields && from < letters.len() {
        let parts = |(c, _): &(char, bool)| c.is_whitespace() || matches!(c, '-' | '–' | '—');
        let end = letters[from..].iter().position(parts).map_or(letters.len(), |length| from + length);
        let is_hyphen = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|(c, _)| !c.is_whitespace());
        let joined = is_hyphen(Some(end)) || is_hyphen(from.checked_sub(1));
        let spaced = from > 0 && !is_hyphen(Some(from - 1));
        let last = end == letters.len();
        keep_word(&mut letters[from..end], from == 0, last, spaced, joined);
        let begins = from == 0 || letters[from - 1].0.is_whitespace() && from > 1 && ".!?:".contains(letters[from - 2].0);
        if !begins && !last && spaced {
            small_word(&mut letters[from..end]);
        }
        // The library takes what a comma begins for a title of its own.
        let follows = from > 1 && spaced && letters[from - 2].0 == ',';
        if follows && STOPS.contains(&letters[from..end].iter().map(|(c, _)| *c).collect::<String>().as_str()) {
            letters[from].0 = shield(letters[from].0);
        }
        from = end + 1;
    }
    let mut out = String::new();
    let mut large = larger(&letters).into_iter().peekable();
    for (at, (c, _)) in letters.into_iter().enumerate() {
        if large.next_if_eq(&at).is_some() {
            out.push(COUNTS);
        }
        let opens = is_mark(c) && (c as u32).is_multiple_of(2);
        match c {
            c if opens && out.ends_with(' ') => {
                out.pop();
                out.extend([c, ' ']);
            }
            c => out.push(c),
        }
    }
    out
}

/// Shields the small letter of a word that gets no capital inside a title: single letters, some small words.
fn small_word(word: &mut [(char, bool)]) {
    let said: String = word.iter().map(|(c, _)| *c).filter(|c| c.is_alphanumeric()).collect();
    let is_small = said.chars().count() == 1 || SMALL.contains(&said.as_str());
    if let Some((first, _)) = word.iter_mut().find(|(c, _)| c.is_alphanumeric()).filter(|(c, _)| is_small && c.is_lowercase()) {
        *first = shield(*first);
    }
}

/// The places in words of [`LARGE`] at which a mark shows that they are none of the library's.
fn larger(letters: &[(char, bool)]) -> Vec<usize> {
    const INSIDE: usize = 3;
    let mut places = Vec::new();
    let mut from = 0;
    for word in letters.split(|(c, _)| !c.is_ascii_alphabetic()) {
        let said: String = word.iter().map(|(c, _)| c.to_ascii_lowercase()).collect();
        if LARGE.contains(&said.as_str()) {
            places.push(from + INSIDE);
        }
        from += word.len() + 1;
    }
    places
}

/// Shields a word if it keeps its case. `first`: nothing stands before it; `last`: nothing behind it; `spaced`: a space stands before
/// it; `joined`: a hyphen stands beside it.
fn keep_word(word: &mut [(char, bool)], first: bool, last: bool, spaced: bool, joined: bool) {
    let Some(begin) = word.iter().position(|(c, _)| c.is_alphanumeric()) else { return };
    let inside = word[begin + 1..].iter().any(|(c, _)| c.is_uppercase());
    let all = word.iter().filter(|(c, _)| c.is_alphanumeric()).count();
    // Words all in capitals are known to the library, by their letters alone.
    // The last word is not.
    let is_plain = !joined && !last && all > 1 && word.iter().all(|(c, _)| c.is_uppercase() || c.is_ascii_punctuation());
    let is_address = word.windows(3).any(|signs| signs.iter().map(|(c, _)| *c).eq("://".chars()));
    let single = all == 1 && !first && word[begin].0.is_uppercase();
    let keeps = !is_plain && (inside || single || is_address || word.iter().any(|(_, kept)| *kept));
    // The library sees no beginning of a word behind a mark, unless that goes before the space.
    let hidden = word[..begin].iter().any(|(c, _)| is_mark(*c)) && !(spaced && word[..begin].iter().all(|(c, _)| is_mark(*c)));
    for (at, (c, _)) in word.iter_mut().enumerate() {
        let shielded = match at == begin {
            // What begins a text has its capital anyhow, and works may be sorted by it.
            true => hidden && c.is_uppercase() || keeps && !(first && c.is_uppercase()),
            false => keeps && c.is_uppercase(),
        };
        if shielded {
            *c = shield(*c);
        }
    }
}

/// Whether every mark that a text opens is closed in it.
pub fn is_whole(text: &str) -> bool {
    let signs = text.chars().filter(|c| is_mark(*c));
    signs.map(|c| if u32::from(c).is_multiple_of(2) { 1 } else { -1 }).sum::<i32>() == 0
}

/// Text without marks.
pub fn bare(text: &str) -> String {
    let said = |c: char| match c {
        QUOTED => Some('“'),
        c if c == close(QUOTED) => Some('”'),
        c => Some(bared(c)).filter(|_| !is_mark(c) && !matches!(c, PARTED | COUNTS)),
    };
    text.chars().filter_map(said).collect()
}

/// A value of BibTeX.
pub fn text(raw: &str) -> String {
    let mut reader = Reader { chars: raw.chars().collect(), at: 0, out: String::new(), depth: 0 };
    reader.run(None);
    tidy(&reader.out)
}

/// A value as it is, without braces: an address, a number.
pub fn verbatim(raw: &str) -> String {
    let inner = raw.trim().strip_prefix("\\url{").and_then(|rest| rest.strip_suffix('}')).unwrap_or(raw);
    clean::line(&inner.replace(['{', '}'], "").replace("\\_", "_").replace("\\%", "%").replace("\\&", "&").replace("\\#", "#"))
}

fn tidy(text: &str) -> String {
    let safe: String =
        clean::clean(text).chars().filter(|c| !('\u{E00E}'..='\u{F8FF}').contains(c) && bared(*c) == *c).collect();
    safe.split([' ', '\t', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A value of CSL JSON, in which some tags of HTML are marks.
pub fn html(raw: &str) -> String {
    const TAGS: &[(&str, char)] = &[
        ("<i>", ITALIC),
        ("<em>", ITALIC),
        ("<b>", BOLD),
        ("<strong>", BOLD),
        ("<sup>", RAISED),
        ("<sub>", LOWERED),
        ("<sc>", SMALL_CAPS),
        ("<span class=\"nocase\">", KEPT),
        ("<span style=\"font-variant:small-caps;\">", SMALL_CAPS),
        ("<span style=\"font-variant: small-caps;\">", SMALL_CAPS),
    ];
    let mut raw: String = raw.chars().filter(|c| !('\u{E000}'..='\u{F8FF}').contains(c)).collect();
    raw = raw.replace('“', &QUOTED.to_string()).replace('”', &close(QUOTED).to_string());
    let (mut out, mut open, mut rest) = (String::new(), Vec::new(), raw.as_str());
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((tag, mark)) = TAGS.iter().find(|(tag, _)| rest.starts_with(tag)) {
            let name = tag[1..].split([' ', '>']).next().unwrap_or("");
            open.push((name, *mark));
            out.push(*mark);
            rest = &rest[tag.len()..];
            continue;
        }
        let closing = open.last().filter(|(name, _)| {
            rest.strip_prefix("</").is_some_and(|tag| tag.strip_prefix(name).is_some_and(|tag| tag.starts_with('>')))
        });
        match closing {
            Some((name, mark)) => {
                out.push(close(*mark));
                rest = &rest[name.len() + 3..];
                open.pop();
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    open.iter().rev().for_each(|(_, mark)| out.push(close(*mark)));
    tidy(&out)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    out: String,
    depth: usize,
}

/// What a command alone stands for in a bibliography, beside what it does in every text.
const SIGNS: &[(&str, &str)] = &[
    ("i", "ı"),
    ("j", "ȷ"),
    ("dh", "ð"),
    ("DH", "Ð"),
    ("th", "þ"),
    ("dj", "đ"),
    ("DJ", "Đ"),
    ("ng", "ŋ"),
    ("NG", "Ŋ"),
    ("TH", "Þ"),
    ("slash", "/"),
    ("quotedblbase", "„"),
    ("quotesinglbase", "‚"),
    ("glqq", "„"),
    ("grqq", "“"),
    ("flqq", "«"),
    ("frqq", "»"),
    ("textunderscore", "_"),
    ("textless", "<"),
    ("textgreater", ">"),
    ("textbar", "|"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("lambda", "λ"),
    ("mu", "µ"),
    ("pi", "π"),
    ("omega", "ω"),
    ("times", "×"),
    ("bibstring", ""),
    ("newline", " "),
    ("par", " "),
    ("quad", " "),
    ("qquad", " "),
    ("infty", "∞"),
    ("cdot", "·"),
];

/// The combining characters of TeX's accents.
const ACCENTS: &[(char, char)] = &[
    ('\'', '\u{301}'),
    ('`', '\u{300}'),
    ('^', '\u{302}'),
    ('"', '\u{308}'),
    ('~', '\u{303}'),
    ('=', '\u{304}'),
    ('.', '\u{307}'),
    ('u', '\u{306}'),
    ('v', '\u{30C}'),
    ('H', '\u{30B}'),
    ('c', '\u{327}'),
    ('k', '\u{328}'),
    ('d', '\u{323}'),
    ('b', '\u{331}'),
    ('r', '\u{30A}'),
    ('t', '\u{361}'),
];

const STYLES: &[(&str, char)] = &[
    ("emph", ITALIC),
    ("textit", ITALIC),
    ("textsl", ITALIC),
    ("mkbibemph", ITALIC),
    ("mkbibitalic", ITALIC),
    ("textbf", BOLD),
    ("mkbibbold", BOLD),
    ("textsc", SMALL_CAPS),
    ("textsuperscript", RAISED),
    ("textsubscript", LOWERED),
    ("enquote", QUOTED),
    ("mkbibquote", QUOTED),
];

/// Deeper braces say nothing.
const DEEPEST: usize = 40;

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn run(&mut self, end: Option<char>) {
        while let Some(c) = self.peek() {
            self.at += 1;
            if Some(c) == end {
                return;
            }
            match c {
                '\\' => self.command(),
                '{' => self.group(),
                '}' => {}
                '~' => self.out.push('\u{A0}'),
                '$' => self.formula(),
                '-' => self.dashes(),
                '`' if self.peek() == Some('`') => self.sign(QUOTED),
                '\'' if self.peek() == Some('\'') => self.sign(close(QUOTED)),
                '“' => self.out.push(QUOTED),
                '”' => self.out.push(close(QUOTED)),
                '`' => self.out.push('‘'),
                '\'' => self.out.push('’'),
                c if ('\u{E000}'..='\u{F8FF}').contains(&c) => {}
                c => self.out.push(c),
            }
        }
    }

    fn sign(&mut self, sign: char) {
        self.at += 1;
        self.out.push(sign);
    }

    fn dashes(&mut self) {
        let count = 1 + self.chars[self.at..].iter().take_while(|c| **c == '-').count();
        self.at += count - 1;
        self.out.push_str(match count {
            1 => "-",
            2 => "–",
            _ => "—",
        });
    }

    /// Braces keep the capitals in them. Around a command they are the command's.
    fn group(&mut self) {
        self.depth += 1;
        let is_command = self.peek() == Some('\\');
        let start = self.out.len();
        if self.depth > DEEPEST {
            self.depth -= 1;
            return;
        }
        let font = self.font();
        self.run(Some('}'));
        self.depth -= 1;
        if let Some(mark) = font {
            self.out.insert(start, mark);
            self.out.push(close(mark));
        }
        let is_command = is_command && font.is_none();
        let capitals = self.out[start..].chars().any(char::is_uppercase);
        if !is_command && capitals && self.depth == 0 {
            self.out.insert(start, KEPT);
            self.out.push(close(KEPT));
        }
    }

    /// What looks otherwise to the end of its braces, as TeX once had it: `{\\it Quercus robur}`.
    fn font(&mut self) -> Option<char> {
        const FONTS: &[(&str, char)] = &[
            ("it", ITALIC),
            ("em", ITALIC),
            ("sl", ITALIC),
            ("itshape", ITALIC),
            ("bf", BOLD),
            ("bfseries", BOLD),
            ("sc", SMALL_CAPS),
            ("scshape", SMALL_CAPS),
        ];
        let rest = self.chars.get(self.at..)?.strip_prefix(&['\\'])?;
        let name: String = rest.iter().take_while(|c| c.is_ascii_alphabetic()).collect();
        let (_, mark) = FONTS.iter().find(|(own, _)| *own == name)?;
        self.at += 1 + name.len();
        self.white();
        Some(*mark)
    }

    fn command(&mut self) {
        let Some(c) = self.peek() else { return };
        if let Some((_, accent)) = ACCENTS.iter().find(|(own, _)| *own == c) {
            let next = self.chars.get(self.at + 1).copied();
            if !c.is_alphabetic() || next.is_some_and(|next| !next.is_alphabetic()) {
                self.at += 1;
                return self.accent(*accent);
            }
        }
        if !c.is_alphabetic() {
            self.at += 1;
            match c {
                '\\' | ',' | ';' | ' ' => self.out.push(' '),
                '-' | '/' | '@' | '(' | ')' => {}
                c => self.out.push(c),
            }
            return;
        }
        let length = self.chars[self.at..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
        let name: String = self.chars[self.at..self.at + length].iter().collect();
        self.at += length;
        if let Some((_, mark)) = STYLES.iter().find(|(own, _)| *own == name) {
            let (open, shut) = (*mark, close(*mark));
            self.white();
            if self.peek() == Some('{') {
                self.at += 1;
                self.out.push(open);
                self.run(Some('}'));
                self.out.push(shut);
            }
            return;
        }
        if let Some(sign) = short_sign(&name).or_else(|| sign(&name, SIGNS)) {
            self.out.push_str(sign);
            // The space behind a command ends its name.
            self.white();
            if self.peek() == Some('{') && self.chars.get(self.at + 1) == Some(&'}') {
                self.at += 2;
            }
            return;
        }
        // Of other commands the words stay.
        self.white();
        if matches!(name.as_str(), "url" | "path" | "nolinkurl") && self.peek() == Some('{') {
            return self.address();
        }
        if name.eq_ignore_ascii_case("noopsort") || name.eq_ignore_ascii_case("sortnoop") {
            let before = self.out.len();
            if self.peek() == Some('{') {
                self.at += 1;
                self.run(Some('}'));
            }
            return self.out.truncate(before);
        }
        if name == "href" && self.peek() == Some('{') {
            self.at += 1;
            let before = self.out.len();
            self.run(Some('}'));
            self.out.truncate(before);
        }
    }

    /// An address in braces: its signs are signs.
    fn address(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '\\' => {}
                c if ('\u{E000}'..='\u{F8FF}').contains(&c) => {}
                c => self.out.push(c),
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn white(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn accent(&mut self, accent: char) {
        self.white();
        let start = self.out.len();
        match self.peek() {
            Some('{') => {
                self.at += 1;
                self.run(Some('}'));
            }
            Some('\\') => {
                self.at += 1;
                self.command();
            }
            Some(c) => {
                self.at += 1;
                self.out.push(c);
            }
            None => {}
        }
        let said = self.out.split_off(start);
        let mut letters = said.chars();
        let first = letters.next().map(|c| match c {
            'ı' => 'i',
            'ȷ' => 'j',
            c => c,
        });
        if let Some(first) = first {
            let letter = composed(first, accent);
            self.out.push_str(&letter);
        }
        self.out.extend(letters);
    }

    /// The signs of a formula keep their letters.
    fn formula(&mut self) {
        self.out.push(KEPT);
        self.signs();
        self.out.push(close(KEPT));
    }

    fn signs(&mut self) {
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '$' => return,
                '\\' => self.command(),
                '^' | '_' => {
                    let mark = if c == '^' { RAISED } else { LOWERED };
                    self.out.push(mark);
                    match self.peek() {
                        Some('{') => {
                            self.at += 1;
                            self.run(Some('}'));
                        }
                        Some(c) => {
                            self.at += 1;
                            self.out.push(c);
                        }
                        None => {}
                    }
                    self.out.push(close(mark));
                }
                '{' | '}' => {}
                c => self.out.push(c),
            }
        }
    }
}

/// A letter with its accent as one character where there is one.
fn composed(letter: char, accent: char) -> String {
    const COMPOSED: &[(char, &str, &str)] = &[
        ('\u{301}', "aeiouyAEIOUYcnszCNSZlLrR", "áéíóúýÁÉÍÓÚÝćńśźĆŃŚŹĺĹŕŔ"),
        ('\u{300}', "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ('\u{302}', "aeiouAEIOUcghjswyCGHJSWY", "âêîôûÂÊÎÔÛĉĝĥĵŝŵŷĈĜĤĴŜŴŶ"),
        ('\u{308}', "aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"),
        ('\u{303}', "anoANOiuIU", "ãñõÃÑÕĩũĨŨ"),
        ('\u{304}', "aeiouAEIOU", "āēīōūĀĒĪŌŪ"),
        ('\u{307}', "zZcgeCGEI", "żŻċġėĊĠĖİ"),
        ('\u{306}', "agueioAGUEIO", "ăğŭĕĭŏĂĞŬĔĬŎ"),
        ('\u{30C}', "cszrentdCSZREND", "čšžřěňťďČŠŽŘĚŇĎ"),
        ('\u{30B}', "ouOU", "őűŐŰ"),
        ('\u{327}', "csCStT", "çşÇŞţŢ"),
        ('\u{328}', "aeiuAEIU", "ąęįųĄĘĮŲ"),
        ('\u{323}', "hdtsnHDTSN", "ḥḍṭṣṇḤḌṬṢṆ"),
        ('\u{30A}', "auAU", "åůÅŮ"),
    ];
    let found = COMPOSED.iter().find(|(own, ..)| *own == accent);
    let done = found.and_then(|(_, plain, done)| {
        let at = plain.chars().position(|own| own == letter)?;
        done.chars().nth(at)
    });
    match done {
        Some(done) => done.to_string(),
        None => format!("{letter}{accent}"),
    }
}

/// A title of English BibTeX, which is written with capitals that its style may not want: all but the first word of the title and of
/// its subtitle in small letters, unless braces or other capitals in the word keep them (as pandoc has it).
pub fn sentence_case(title: &str) -> String {
    let (mut out, mut kept, mut first) = (String::new(), 0_u32, true);
    let mut word = String::new();
    // Behind a colon a sentence begins.
    let begins = |out: &str| {
        let said = out.trim_end_matches([QUOTED, ITALIC]);
        said.len() > said.trim_end().len() && said.trim_end().ends_with([':', '?', '!'])
    };
    let flush = |word: &mut String, out: &mut String, first: &mut bool, kept: bool| {
        if word.is_empty() {
            return;
        }
        let rest_has_capitals = word.chars().skip(1).any(char::is_uppercase);
        let single = word.chars().count() == 1;
        if !kept && word.chars().all(char::is_lowercase) && begins(out) {
            let mut letters = word.chars();
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters));
        } else if *first || kept || rest_has_capitals || single && word.as_str() != "A" {
            out.push_str(word);
        } else {
            out.extend(word.chars().flat_map(char::to_lowercase));
        }
        *first = false;
        word.clear();
    };
    for c in title.chars() {
        match c {
            KEPT => {
                flush(&mut word, &mut out, &mut first, kept > 0);
                kept += 1;
                out.push(c);
            }
            c if c == close(KEPT) => {
                flush(&mut word, &mut out, &mut first, kept > 0);
                kept = kept.saturating_sub(1);
                out.push(c);
            }
            c if c.is_alphanumeric() || c == '’' || c == '\u{301}' => word.push(c),
            c => {
                flush(&mut word, &mut out, &mut first, kept > 0);
                out.push(c);
                first |= matches!(c, ':' | '?' | '!' | '.');
            }
        }
    }
    flush(&mut word, &mut out, &mut first, kept > 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tex_is_text() {
        for (raw, want) in [
            ("G{\\\"o}del, Erd\\H{o}s, \\v{C}apek, Fran\\c{c}ois, \\'{\\i}", "Gödel, Erdős, Čapek, François, í"),
            ("Stra\\ss e \\& Co., 10--20 --- ``so''", "Straße & Co., 10–20 — “so”"),
            ("\\O{} and \\L\\'od\\'z", "Ø and Łódź"),
            ("$x^2$ of H$_{2}$O", "x2 of H2O"),
        ] {
            assert_eq!(bare(&text(raw)), want);
        }
        assert_eq!(text("On \\emph{Hamlet}"), format!("On {ITALIC}Hamlet{}", close(ITALIC)));
        assert_eq!(html("<i>x</i> < y"), format!("{ITALIC}x{} < y", close(ITALIC)));
    }

    #[test]
    fn english_titles_in_small_letters() {
        for (raw, want) in [
            ("The Rise of the {Roman} Empire: A History", "The rise of the Roman empire: A history"),
            ("DNA and iPhones in Use", "DNA and iPhones in use"),
            ("The Novel: an Answer---The {NASA} Way", "The novel: An answer—the NASA way"),
        ] {
            assert_eq!(bare(&sentence_case(&text(raw))), want);
        }
    }
}
