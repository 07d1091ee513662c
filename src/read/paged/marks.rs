//! How notes are marked, in print and by the tools that read it: at the front of a note, and in the text where it is called.

use super::numbers;

/// How a mark is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `<sup>4</sup>`
    Sup,
    /// `⁴`
    Raised,
    /// `${ }^{4}$`, `\(^{4}\)`, `\textsuperscript{4}`
    Tex,
    /// `[^4]`
    Caret,
    /// `[4](#page-7-2)`
    Link,
    /// `*`, `†`, `*)`
    Symbol,
    /// `[4]`
    Bracket,
    /// `(4)`
    Paren,
    /// `4.`
    Dot,
    /// `4)`
    HalfParen,
    /// `4`, then a space
    Bare,
    /// `Footnote 4:`, `[Footnote 4: …]`, `<footnote>4 …</footnote>`
    Named,
    /// A number that lost its raised place: `word4`, `word.4`
    Glued,
    /// A number between spaces before a stop: `word 4 .`
    Spaced,
    /// A number between spaces that nothing else sets off: `word. 1 Then`, or `word 12` where its line ends
    Parted,
    /// A number that stands in a sentence as one of its words: `to decide 12 whether`
    Between,
    /// A letter that lost its raised place: `word.d`
    Letter,
    /// A letter in brackets that stands apart from its word: `word (a)`
    Apart,
}

impl Form {
    /// Whether a paragraph that opens with such a mark can hardly be anything but a note.
    pub fn is_strong(self) -> bool {
        matches!(self, Form::Sup | Form::Raised | Form::Tex | Form::Caret | Form::Link | Form::Named)
    }

    /// Whether a note that is marked in this form can be called in the other. Lists' forms call nothing: only what is raised or
    /// bracketed does.
    pub fn answers(self, call: Form) -> bool {
        match call {
            Form::Sup | Form::Raised | Form::Tex | Form::Link => self != Form::Symbol || call != Form::Link,
            Form::Symbol => matches!(self, Form::Symbol | Form::Sup | Form::Tex),
            Form::Caret => matches!(self, Form::Caret | Form::Sup | Form::Raised | Form::Bracket | Form::Dot | Form::Named),
            Form::Bracket => {
                matches!(
                    self,
                    Form::Bracket | Form::Caret | Form::Dot | Form::HalfParen | Form::Bare | Form::Link | Form::Named
                )
            }
            // A list with stops answers no enumeration in brackets: `(1) … (2) …`.
            Form::Paren => matches!(self, Form::Paren | Form::Bare | Form::Named),
            Form::HalfParen => matches!(self, Form::HalfParen | Form::Paren),
            Form::Glued => matches!(
                self,
                Form::Bare | Form::Dot | Form::HalfParen | Form::Named | Form::Bracket | Form::Sup | Form::Raised
            ),
            Form::Spaced | Form::Parted => matches!(self, Form::Bare | Form::Sup | Form::Raised | Form::Named),
            Form::Between => self == Form::Bare,
            Form::Letter => matches!(self, Form::Letter),
            Form::Apart => self == Form::Paren,
            Form::Dot | Form::Bare | Form::Named => false,
        }
    }
}

/// A mark: `key` is what it says (`4`, `*`, `a`), in ASCII digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub form: Form,
    pub key: String,
}

impl Mark {
    /// The number that the mark says, if it says one.
    pub fn number(&self) -> Option<u32> {
        self.key.parse().ok()
    }

    /// Whether this mark comes right after `other` where notes are counted.
    pub fn follows(&self, other: &Mark) -> bool {
        match (self.number(), other.number()) {
            (Some(own), Some(before)) => own == before + 1,
            (None, None) if self.key.starts_with(is_symbol) && self.key.strip_prefix(&other.key).is_some_and(is_one) => true,
            (None, None) => rank(&self.key) == rank(&other.key).map(|rank| rank + 1) && rank(&self.key).is_some(),
            _ => false,
        }
    }

    /// Whether this mark comes after `other`, perhaps with some between.
    pub fn is_after(&self, other: &Mark) -> bool {
        match (self.number(), other.number()) {
            (Some(own), Some(before)) => own > before,
            (None, None) => match (rank(&self.key), rank(&other.key)) {
                (Some(own), Some(before)) => own > before || self.key == other.key,
                _ => false,
            },
            _ => true,
        }
    }
}

/// Whether a text is one sign of those that mark notes: what `**` has more than `*`.
fn is_one(rest: &str) -> bool {
    let mut signs = rest.chars();
    signs.next().is_some_and(is_symbol) && signs.next().is_none()
}

/// The place of a symbol or a letter in the row in which notes of a page bear them.
fn rank(key: &str) -> Option<u32> {
    let mut chars = key.chars();
    let first = chars.next()?;
    let more = key.chars().count() as u32 - 1;
    if !key.chars().all(|c| c == first) {
        return numbers::roman(key);
    }
    if let Some(place) = SYMBOLS.iter().position(|&known| known == first) {
        return Some(place as u32 + more * SYMBOLS.len() as u32);
    }
    first.is_alphabetic().then_some(u32::from(first) + more * 100)
}

/// The symbols of notes in their usual order, and some that stand for them.
const SYMBOLS: [char; 9] = ['*', '†', '‡', '§', '¶', '‖', '#', '∗', '⁎'];

/// What stands in a superscript, a bracket or a formula, as a mark's key.
pub fn key(inner: &str) -> Option<String> {
    let inner = inner.trim();
    // Behind the brackets of a link its address may stand, and no words.
    let is_address = |rest: &str| {
        let rest = rest.trim();
        !rest.contains(char::is_alphanumeric) || rest.starts_with('(') && rest.find(')') == Some(rest.len() - 1)
    };
    let named = inner.strip_prefix('[').and_then(|text| text.split_once(']')).filter(|(_, rest)| is_address(rest));
    let inner = named.map_or(inner, |(text, _)| text);
    let inner = inner.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(inner);
    let inner = inner.trim_end_matches(['.', ')', ':', ',']).trim_start_matches(['(', '^']).trim();
    let inner = inner.strip_prefix('_').and_then(|text| text.strip_suffix('_')).unwrap_or(inner);
    let plain = inner.replace('\\', "");
    if plain.is_empty() || plain.chars().count() > 5 {
        return None;
    }
    if let Some(number) = lone_circled(&plain) {
        return Some(number.to_string());
    }
    let digits: Option<String> =
        plain.chars().map(|c| numbers::digit(c).and_then(|digit| char::from_digit(digit, 10))).collect();
    if let Some(digits) = digits {
        let digits = digits.trim_start_matches('0');
        return (!digits.is_empty() && digits.len() <= 4).then(|| digits.to_owned());
    }
    if plain.chars().all(|c| SYMBOLS.contains(&c)) {
        return Some(plain.replace(['∗', '⁎'], "*"));
    }
    let mut chars = plain.chars();
    let first = chars.next()?;
    let lone = chars.next().is_none() && first.is_alphabetic();
    let roman = plain.bytes().all(|byte| byte.is_ascii_lowercase()) && numbers::roman(&plain).is_some();
    (lone || roman).then(|| plain.to_lowercase())
}

/// The number that a circle stands around: `①`.
fn lone_circled(text: &str) -> Option<u32> {
    let mut signs = text.chars();
    signs.next().and_then(numbers::circled).filter(|_| signs.next().is_none())
}

/// The key in a formula that is only a raised mark: `{ }^{4}`, `^4`, `^{\dagger}`, `{}^{\mathrm{a}}`.
pub fn tex_key(tex: &str) -> Option<String> {
    let tex = tex.trim();
    let base = tex.find('^')?;
    if !tex[..base].chars().all(|c| matches!(c, '{' | '}' | ' ')) {
        return None;
    }
    let raised = tex[base + 1..].trim().trim_matches(['{', '}', ' ']);
    const COMMANDS: [(&str, &str); 10] = [
        ("\\dagger", "†"),
        ("\\ddagger", "‡"),
        ("\\dag", "†"),
        ("\\ddag", "‡"),
        ("\\ast", "*"),
        ("\\star", "*"),
        ("\\S", "§"),
        ("\\P", "¶"),
        ("\\|", "‖"),
        ("\\#", "#"),
    ];
    if let Some((_, symbol)) = COMMANDS.iter().find(|(name, _)| *name == raised) {
        return Some((*symbol).to_owned());
    }
    // What stands before it in braces says how it looks, and nothing else.
    let (before, inner) = raised.rsplit_once('{').unwrap_or(("", raised));
    let is_command =
        |word: &str| word.strip_prefix('\\').is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()));
    before.split(['{', ' ']).all(|word| word.is_empty() || is_command(word)).then_some(())?;
    key(inner)
}

/// `{ }^{2} \mathrm{~A}`: a note's mark that a tool put into one formula with the first word of the note. The key, and the length of the
/// mark.
pub fn before_word(tex: &str) -> Option<(String, usize)> {
    let bare = tex.strip_prefix("{ }").or_else(|| tex.strip_prefix("{}")).unwrap_or(tex);
    let (key, length) = raised(bare)?;
    let word = bare[length..].trim_start();
    word.starts_with("\\mathrm{~").then(|| (key, tex.len() - word.len()))
}

/// `^{4}`: a raised number of few figures that a text begins with. Its key, and its length.
fn raised(text: &str) -> Option<(String, usize)> {
    let (number, _) = text.strip_prefix("^{")?.split_once('}')?;
    let fits = !number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    key(number).filter(|_| fits).map(|key| (key, "^{}".len() + number.len()))
}

/// `^{4}$` behind the stop that a formula ends in: the call of a note, which a tool took for a part of the formula. Its key, and its length
/// without the sign that closes the formula.
fn behind_formula(text: &str) -> Option<(String, usize)> {
    raised(text).filter(|(_, length)| text[*length..].starts_with('$'))
}

/// The call at the end of a formula, behind its stop: its key, and where it begins.
pub fn ending_formula(tex: &str) -> Option<(String, usize)> {
    let tex = tex.trim_end();
    let at = tex.rfind('^').filter(|&at| tex[..at].ends_with(['.', ',']))?;
    let (key, length) = raised(&tex[at..])?;
    (at + length == tex.len()).then_some((key, at))
}

/// A mark at the front of a line, and where the note's text begins in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub mark: Mark,
    pub text: usize,
}

/// Reads the front of a line as a note's mark.
pub fn opening(line: &str) -> Option<Opening> {
    let mut at = line.len() - line.trim_start().len();
    let rest = &line[at..];
    if opens_with_word(rest) {
        return None;
    }
    // A heading of Markdown.
    let level = rest.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && rest[level..].starts_with(' ') {
        return None;
    }
    let raised = |item: &str| {
        item.starts_with(|c| numbers::superscript(c).is_some()) || item.starts_with("$^") || item.starts_with("${")
    };
    if let Some(item) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix("* ")).map(str::trim_start)
        && (item.starts_with('<') || item.starts_with("[^") || raised(item))
    {
        at = line.len() - item.len();
    }
    // PyMuPDF4LLM takes the small type of notes for a quotation's: `> 1 The note.`, `> 1The note.`, `> _∗_ The note.`
    let marked = |item: &&str| item.starts_with(|c: char| c.is_ascii_digit() || is_symbol(c)) || slanted(item).is_some();
    let quoted = rest.strip_prefix("> ").filter(marked);
    if let Some(item) = quoted {
        at = line.len() - item.len();
    }
    while let Some(length) = anchor_at(&line[at..]) {
        at += length;
        at += line[at..].len() - line[at..].trim_start().len();
    }
    at += label_before_mark(&line[at..]);
    if let Some((key, length)) = named(&line[at..]) {
        return Some(Opening { mark: Mark { form: Form::Named, key }, text: at + length });
    }
    if let Some((key, _)) = line[at..].strip_prefix('$').and_then(before_word) {
        return Some(Opening { mark: Mark { form: Form::Tex, key }, text: at });
    }
    let (mark, length) = quoted.and_then(slanted).or_else(|| mark_at(&line[at..])).or_else(|| letter(&line[at..]))?;
    let behind = &line[at + length..];
    let text = line.len() - behind.trim_start().len();
    // A mark that must be set off from its note by a space, or it is the beginning of a word.
    let circled = || line[at..at + length].starts_with(|c| numbers::circled(c).is_some());
    let spaced = behind.is_empty() || behind.starts_with(char::is_whitespace) || circled();
    let glued = || mark.form == Form::Bare && is_glued(&mark.key, behind, quoted.is_some());
    (mark.form.is_strong() || spaced || glued()).then_some(Opening { mark, text })
}

/// Whether a line begins with a word that names no note, as most lines do: told by its first two letters.
fn opens_with_word(line: &str) -> bool {
    match line.as_bytes() {
        [first, second, ..] => {
            let may_name = matches!(first.to_ascii_lowercase(), b'f' | b'n' | b'v' | b'p');
            first.is_ascii_alphabetic() && second.is_ascii_alphabetic() && !may_name
        }
        _ => false,
    }
}

/// `[^0]: ${ }^{1}$ The note`: how long the label is that a tool has made up, the same on each page, before the mark that is printed.
fn label_before_mark(text: &str) -> usize {
    let Some((label, behind)) = text.strip_prefix("[^").and_then(|rest| rest.split_once("]: ")) else { return 0 };
    let marked = behind.trim_start();
    let fits = label.len() <= 3 && label.bytes().all(|byte| byte.is_ascii_digit()) && marked.starts_with(['$', '<', '\\']);
    let raised = || mark_at(marked).is_some_and(|(mark, _)| matches!(mark.form, Form::Sup | Form::Tex));
    if fits && raised() { text.len() - marked.len() } else { 0 }
}

/// `_∗_`, `*†*`: a note's symbol that a tool found slanted. Its mark, and its length.
fn slanted(text: &str) -> Option<(Mark, usize)> {
    let fence = text.chars().next().filter(|c| matches!(c, '_' | '*'))?;
    let (symbol, behind) = text[1..].split_once(fence)?;
    let fits = !symbol.is_empty() && symbol.chars().count() <= 3 && symbol.chars().all(|c| is_symbol(c) && c != fence);
    let key = key(symbol).filter(|_| fits && (behind.is_empty() || behind.starts_with(char::is_whitespace)))?;
    Some((Mark { form: Form::Symbol, key }, symbol.len() + 2))
}

/// Whether a raised number has lost its place to the word behind it: `1The note`. A number of a few figures alone does: `2nd` and `3D` are
/// words, and only of what a tool has `quoted` a small letter may be a note's first.
fn is_glued(key: &str, behind: &str, quoted: bool) -> bool {
    let mut chars = behind.chars();
    let (first, second) = (chars.next(), chars.next());
    let capital = first.is_some_and(char::is_uppercase) && second.is_some_and(char::is_lowercase);
    let ordinal = ["st", "nd", "rd", "th"].iter().any(|end| behind.starts_with(end));
    let small = first.is_some_and(char::is_alphabetic) && second.is_some_and(|c| c.is_alphanumeric() || c == '.') && !ordinal;
    key.len() <= 2 && (capital || quoted && small)
}

/// What tools and transcribers call a note, in lower case.
const NAMES: &[&str] = &[
    "footnote",
    "fn",
    "fußnote",
    "fussnote",
    "note de bas de page",
    "nota al pie",
    "nota de rodapé",
    "nota a piè di pagina",
    "voetnoot",
    "fotnot",
    "fotnote",
    "przypis",
    "сноска",
    "υποσημείωση",
    "הערת שוליים",
    "脚注",
    "脚註",
];

/// `1. ↑ The note.`, `1. [↑](#cite_ref-1) The note.`: what MediaWiki writes before a note, with the way back to its call.
fn with_way_back(text: &str) -> Option<(String, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[digits..].strip_prefix('.').filter(|_| (1..=3).contains(&digits))?.trim_start();
    let linked = |mark: &str| {
        let behind = rest.strip_prefix(mark)?.strip_prefix("](#cite_ref")?;
        behind.split_once(')').map(|(_, behind)| behind.trim_start_matches('*'))
    };
    let behind = rest.strip_prefix('↑').or_else(|| linked("[↑")).or_else(|| linked("[^")).or_else(|| linked("**[^"))?;
    let note = behind.trim_start();
    Some((key(&text[..digits])?, text.len() - note.len())).filter(|_| !note.is_empty())
}

/// `Footnote 3:`, `[Footnote 3: `, `<footnote>3 `: the key, and the length up to the note's text.
fn named(text: &str) -> Option<(String, usize)> {
    let tag = text.get(..10).is_some_and(|tag| tag.eq_ignore_ascii_case("<footnote>")).then_some("<footnote>".len());
    if let Some(open) = tag {
        let rest = &text[open..];
        let inner = rest.trim_start();
        let at = open + rest.len() - inner.len();
        let (mark, length) = mark_at(inner).or_else(|| letter(inner))?;
        let gap = inner[length..].len() - inner[length..].trim_start().len();
        return Some((mark.key, at + length + gap));
    }
    // Nougat's: `[FOOTNOTE:3]The note.[ENDFOOTNOTE]`.
    if let Some((number, behind)) = text.strip_prefix("[FOOTNOTE:").and_then(|rest| rest.split_once(']')) {
        let note = behind.trim_start();
        return Some((key(number)?, text.len() - note.len())).filter(|_| !note.is_empty());
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return with_way_back(text);
    }
    let bare = text.strip_prefix('[').unwrap_or(text);
    let bracketed = bare.len() < text.len();
    // Of all that begins lines little begins as one of the names.
    let mut front = bare.chars();
    let fits = match front.next()? {
        'f' | 'F' => front.next().is_some_and(|c| matches!(c, 'o' | 'O' | 'n' | 'N' | 'u' | 'U')),
        'n' | 'N' | 'v' | 'V' => front.next().is_some_and(|c| matches!(c, 'o' | 'O')),
        'p' | 'P' => front.next().is_some_and(|c| matches!(c, 'r' | 'R')),
        'с' | 'С' | 'υ' | 'Υ' | 'ה' | '脚' => true,
        _ => false,
    };
    if !fits {
        return None;
    }
    let lower: String = bare.chars().take(28).flat_map(char::to_lowercase).collect();
    let name =
        NAMES.iter().find(|name| lower.strip_prefix(**name).is_some_and(|rest| rest.starts_with([' ', '\u{A0}', '.', '['])))?;
    let name_length: usize = bare.chars().take(name.chars().count()).map(char::len_utf8).sum();
    let rest = &bare[name_length..];
    let end = rest
        .find([':', '.', ')'])
        .filter(|end| *end <= 12)
        .or_else(|| rest[1..].find(' ').map(|at| at + 1).filter(|_| bracketed))?;
    let key = key(rest[..end].trim().trim_matches(['[', ']', '.']))?;
    let behind = rest[end..].trim_start_matches([':', '.', ')', ']']).trim_start();
    Some((key, text.len() - behind.len()))
}

/// A lone small letter that opens a note in the margin or at the foot, as printers of old set it: `d Bal. in rub.`
fn letter(text: &str) -> Option<(Mark, usize)> {
    let first = text.chars().next().filter(|c| c.is_lowercase() || *c == '⁊')?;
    let behind = &text[first.len_utf8()..];
    let next = behind.trim_start().chars().next()?;
    let fits = behind.starts_with(' ') && (next.is_uppercase() || matches!(next, '¶' | '§'));
    fits.then(|| (Mark { form: Form::Letter, key: first.to_string() }, first.len_utf8()))
}

/// The length of an empty anchor at the front, as marker writes it.
fn anchor_at(text: &str) -> Option<usize> {
    let name = ["span", "a"].into_iter().find(|name| {
        text.strip_prefix('<')
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with(char::is_whitespace))
    })?;
    let open = text.find('>')? + 1;
    // One whose quotation mark nobody closes, or that stands around no value, is text.
    let between: Vec<&str> = text[..open].split('"').step_by(2).collect();
    let is_name = |own: &str| own.strip_suffix('=').is_some_and(|own| own.ends_with(|c: char| c.is_ascii_alphanumeric()));
    (text[..open].matches('"').count().is_multiple_of(2)).then_some(())?;
    let is_end = |own: &str| own.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"<>/= -_:.'".contains(&byte));
    let fits = |(last, before): (&&str, &[&str])| is_end(last) && before.iter().all(|own| is_name(own));
    between.split_last().is_none_or(fits).then_some(())?;
    let close = format!("</{name}>");
    text[open..].starts_with(&close).then(|| open + close.len())
}

fn mark_at(text: &str) -> Option<(Mark, usize)> {
    // A mark is short: one that never closes must not cost the rest of the text at each of its kind.
    let end = (0..=text.len().min(400)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let text = &text[..end];
    let first = text.chars().next()?;
    let whole = |form: Form, key: Option<String>, length: usize| Some((Mark { form, key: key? }, length));
    match first {
        '<' => {
            let length = text.find("</sup>")? + "</sup>".len();
            let inner = text.strip_prefix("<sup>")?.get(..length - "<sup></sup>".len())?;
            whole(Form::Sup, key(strip_anchors(inner)), length + after(&text[length..], &['.', ')', ':']))
        }
        '$' => {
            let length = text[1..].find('$')? + 2;
            whole(Form::Tex, tex_key(&text[1..length - 1]), length + after(&text[length..], &['.', ')']))
        }
        '\\' if text.starts_with("\\(") => {
            let length = text.find("\\)")? + 2;
            whole(Form::Tex, tex_key(&text[2..length - 2]), length)
        }
        '\\' if text.starts_with("\\[") => {
            let length = text.find("\\]")? + 2;
            let inner = &text[2..length - 2];
            let number = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
            whole(Form::Bracket, key(inner).filter(|_| number), length)
        }
        '\\' if text.starts_with("\\textsuperscript{") => {
            let length = text.find('}')? + 1;
            whole(Form::Tex, key(&text["\\textsuperscript{".len()..length - 1]), length)
        }
        '^' => {
            let length = text[1..].find('^')? + 2;
            whole(Form::Raised, key(&text[1..length - 1]), length)
        }
        '[' => bracket(text),
        c if numbers::circled(c).is_some() => whole(Form::Bracket, key(&text[..c.len_utf8()]), c.len_utf8()),
        '(' => {
            let length = text.find(')')? + 1;
            whole(Form::Paren, key(&text[1..length - 1]), length)
        }
        c if numbers::superscript(c).is_some() => {
            let length = text.find(|c| numbers::superscript(c).is_none()).unwrap_or(text.len());
            whole(Form::Raised, key(&text[..length]), length + after(&text[length..], &['.', ')']))
        }
        c if is_symbol(c) || c == '\\' => {
            let signs = symbols(text);
            // Printers of German close it: `*)`, and scanners set the bracket apart.
            let close = if text[signs..].starts_with(" )") { 2 } else { after(&text[signs..], &[')']) };
            whole(Form::Symbol, key(&text[..signs]), signs + close)
        }
        c if numbers::digit(c).is_some() => {
            let length = text.find(|c| numbers::digit(c).is_none()).unwrap_or(text.len());
            let (form, length) = match text[length..].chars().next() {
                Some('.') => (Form::Dot, length + 1),
                Some(')') => (Form::HalfParen, length + 1),
                Some(' ') if text[length..].starts_with(" ) ") => (Form::HalfParen, length + 2),
                _ => (Form::Bare, length),
            };
            whole(form, key(text[..length].trim_end_matches(['.', ')', ' '])), length)
        }
        c if c.is_alphabetic() => {
            let length = c.len_utf8();
            text[length..].starts_with(')').then(|| whole(Form::HalfParen, key(&text[..length]), length + 1))?
        }
        _ => None,
    }
}

/// `[4]`, `[^4]`, `[4](#page-7-2)`, each with a colon perhaps.
fn bracket(text: &str) -> Option<(Mark, usize)> {
    let length = text.find(']')? + 1;
    let inner = &text[1..length - 1];
    let behind = &text[length..];
    if let Some(label) = inner.strip_prefix('^') {
        let fits = !label.is_empty() && label.len() <= 40 && !label.contains(char::is_whitespace);
        let key = key(label).unwrap_or_else(|| label.to_lowercase());
        return fits.then(|| (Mark { form: Form::Caret, key }, length + after(behind, &[':'])));
    }
    let key = key(inner)?;
    if behind.starts_with("(#") {
        // An address has no white space.
        let end = behind.find(|c: char| c == ')' || c.is_whitespace()).filter(|at| behind[*at..].starts_with(')'))? + 1;
        return Some((Mark { form: Form::Link, key }, length + end + after(&behind[end..], &['.', ':'])));
    }
    // `[4]: http://…` defines a link.
    let defines = behind.strip_prefix(':').is_some_and(|address| {
        let word = address.split_whitespace().next().unwrap_or("");
        word.contains("://") || word.starts_with(['#', '/', '<']) || address.split_whitespace().count() < 2
    });
    (!defines).then(|| (Mark { form: Form::Bracket, key }, length + after(behind, &[':', '.'])))
}

/// The length of one of `signs` at the front of `text`.
fn after(text: &str, signs: &[char]) -> usize {
    text.chars().next().filter(|c| signs.contains(c)).map_or(0, char::len_utf8)
}

fn strip_anchors(inner: &str) -> &str {
    let mut inner = inner;
    while let Some(length) = anchor_at(inner) {
        inner = &inner[length..];
    }
    inner
}

pub fn is_symbol(c: char) -> bool {
    SYMBOLS.contains(&c)
}

/// How long the run of one symbol, escaped or not, is at the front of `text`.
fn symbols(text: &str) -> usize {
    let mut length = 0;
    let mut kind = None;
    loop {
        let rest = &text[length..];
        let bare = rest.strip_prefix('\\').unwrap_or(rest);
        match bare.chars().next() {
            Some(c) if is_symbol(c) && kind.is_none_or(|known| known == c) => {
                kind = Some(c);
                length += rest.len() - bare.len() + c.len_utf8();
            }
            _ => return length,
        }
    }
}

/// A call in a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub mark: Mark,
    /// Bytes of the text.
    pub start: usize,
    pub end: usize,
}

/// Every stretch of `text` that could call a note, in order. `text` is source, or the text of a tree's node.
pub fn calls(text: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut at = 0;
    // Whether an asterisk opened emphasis that its fellow is still to close.
    let mut emphasis = false;
    while let Some(found) = text[at..].find(begins_call) {
        let start = at + found;
        let first = text[start..].chars().next().unwrap_or(' ');
        if first == '\n' {
            emphasis &= !text[start + 1..].starts_with(['\n', ' ']);
            at = start + 1;
            continue;
        }
        if matches!(first, 'l' | 'I') && !(text[start + 1..].starts_with(')') || text[start + 1..].starts_with(" )")) {
            at = start + 1;
            continue;
        }
        if matches!(first, '.' | ',')
            && let Some((key, length)) = behind_formula(&text[start + 1..])
        {
            let mark = Mark { form: Form::Tex, key };
            calls.push(Call { mark, start: start + 1, end: start + 1 + length });
            at = start + 1 + length;
            continue;
        }
        if matches!(first, '.' | ',' | ':' | ';')
            && let Some(mark) = fallen_letter(text, start + 1)
        {
            let end = start + 1 + mark.key.len();
            calls.push(Call { mark, start: start + 1, end });
            at = end;
            continue;
        }
        match call_at(text, start) {
            Some((_, length)) if first == '*' && emphasis => {
                emphasis = false;
                at = start + length;
            }
            Some((mark, length)) => {
                calls.push(Call { mark, start, end: start + length });
                at = start + length;
            }
            None => {
                at = start + first.len_utf8();
                // Before white space it opens nothing.
                emphasis |= first == '*' && text[at..].starts_with(|c: char| !c.is_whitespace());
                if first.is_ascii_digit() {
                    at = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
                }
                if first == '\\' && text[at..].starts_with('*') {
                    at += 1;
                }
            }
        }
    }
    calls
}

fn begins_call(c: char) -> bool {
    match c {
        '<' | '$' | '\\' | '^' | '[' | '(' | '\n' => true,
        '.' | ',' | ':' | ';' => true,
        c if c.is_ascii() => c == '*' || c == '#' || c.is_ascii_digit() || c == 'l' || c == 'I',
        c => numbers::superscript(c).is_some() || numbers::circled(c).is_some() || is_symbol(c),
    }
}

fn call_at(text: &str, start: usize) -> Option<(Mark, usize)> {
    let rest = &text[start..];
    match rest.as_bytes()[0] {
        b'0'..=b'9' => return fallen(text, start),
        b'l' | b'I' => return misread_one(text, start),
        b'.' | b',' | b':' | b';' => return None,
        _ => {}
    }
    // `(^{4})` is what `\(^{4}\)` is once its backslashes are read.
    if let Some(inner) = rest.strip_prefix("(^").or_else(|| rest.strip_prefix("({"))
        && let Some(end) = inner.find(')')
        && let Some(key) = tex_key(&rest[1..end + 2])
    {
        return Some((Mark { form: Form::Tex, key }, end + 3));
    }
    let (mut mark, length) = mark_at(rest)?;
    let before = text[..start].chars().next_back();
    if mark.form == Form::Paren && mark.key.chars().any(char::is_alphabetic) && before.is_none_or(char::is_whitespace) {
        mark.form = Form::Apart;
    }
    let behind = rest[length..].chars().next();
    // Punctuation behind the mark belongs to the sentence.
    let length = length - rest[..length].len() + rest[..length].trim_end_matches([':', ',']).len();
    let length = match mark.form {
        Form::Sup => rest.find("</sup>")? + "</sup>".len(),
        Form::Raised | Form::Tex => rest[..length].trim_end_matches('.').len(),
        Form::Link => rest.find(')')? + 1,
        Form::Bracket | Form::Caret if rest.starts_with(['[', '\\']) => rest.find(']')? + 1,
        // `(see the map*)`: the bracket is the sentence's.
        Form::Symbol if rest[..length].ends_with(')') && is_bracketed(&text[..start]) => rest[..length - 1].trim_end().len(),
        _ => length,
    };
    let fits = match mark.form {
        // A symbol hangs on a word or on punctuation, and none follows at once.
        Form::Symbol => {
            let closed = rest[..length].ends_with(')');
            let hangs = |c: char| !c.is_whitespace() && !matches!(c, '*' | '_' | '(' | '[' | '\\');
            // One that is closed may stand apart from its word.
            let word = text[..start].strip_suffix(' ').filter(|_| closed).unwrap_or(&text[..start]);
            // So may one at a line's end.
            let ends = rest[length..].trim_start_matches(' ').chars().next().is_none_or(|c| c == '\n');
            let above = text[..start].trim_end_matches(' ');
            let apart = ends && above.len() < start && above.ends_with(char::is_alphabetic);
            apart || word.chars().next_back().is_some_and(hangs) && behind.is_none_or(|c| !c.is_alphanumeric())
        }
        // A letter in brackets counts something, where it doesn't hang on a word; only the file can tell what.
        Form::Apart => {
            let word = text[..start].trim_end_matches(' ').chars().next_back();
            word.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';' | '.' | ':' | '»' | '”' | '’' | '?' | '!'))
        }
        Form::Dot | Form::HalfParen | Form::Bare => false,
        _ => true,
    };
    fits.then_some((mark, length))
}

/// Whether a bracket is open at the end of a text: one that opened in its last letters.
fn is_bracketed(text: &str) -> bool {
    let from = text.char_indices().rev().nth(60).map_or(0, |(at, _)| at);
    text[from..].rfind('(').is_some_and(|open| !text[from + open..].contains(')'))
}

/// A number that was raised, or stood small, and lost that: `word4`, `word.4`, `word 4)`, `word 4 .`
fn fallen(text: &str, start: usize) -> Option<(Mark, usize)> {
    let rest = &text[start..];
    let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = &rest[..length];
    if length > 3 || number.starts_with('0') {
        return None;
    }
    let mark = |form: Form, length: usize| Some((Mark { form, key: number.to_owned() }, length));
    let behind = &rest[length..];
    let next = behind.chars().next();
    let mut before = text[..start].chars().rev();
    let (last, second) = (before.next(), before.next());
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || matches!(c, ')' | '’' | '”' | '"' | '»' | ']'));
    let bracket = if behind.starts_with(" )") { 2 } else { usize::from(behind.starts_with(')')) };
    if bracket > 0 {
        let open = is_bracketed(&text[..start]);
        let stopped = last.is_some_and(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '“' | '”' | '»' | '«'));
        let hangs = last.is_some_and(|c| c == ' ' || c.is_alphabetic()) && second.is_some_and(|c| !c.is_whitespace())
            || stopped && second.is_some_and(char::is_alphabetic);
        return if open || !hangs || length > 2 { None } else { mark(Form::HalfParen, length + bracket) };
    }
    if last == Some(' ') && length <= 2 && word(second) {
        let stop = behind.strip_prefix(' ').is_some_and(|rest| {
            rest.starts_with(['.', ',', ';', ':']) && !rest[1..].starts_with(|c: char| c.is_alphanumeric())
        });
        // Two spaces stand behind what was raised in the print (docling).
        let raised = behind.starts_with("  ") && behind.trim_start().starts_with(char::is_lowercase);
        let ends = behind.is_empty() || behind.starts_with('\n');
        return match () {
            () if stop || raised => mark(Form::Spaced, length),
            () if ends => mark(Form::Parted, length),
            () => mark(Form::Between, length).filter(|_| is_between(&text[..start - 1], behind)),
        };
    }
    if last == Some(' ') && is_parted(&text[..start - 1], behind) {
        return mark(Form::Parted, length);
    }
    if last == Some(' ') && is_between(&text[..start - 1], behind) {
        return mark(Form::Between, length);
    }
    let ends = match next {
        None => true,
        Some('.' | ',') => !behind[1..].starts_with(|c: char| c.is_alphanumeric()),
        Some(c) => {
            c.is_whitespace() || matches!(c, ';' | ':' | '!' | '?' | '”' | '’' | '"' | '»' | '“' | '—' | '–' | ']' | '*' | '<')
        }
    };
    let hangs = match last {
        Some(c) if c.is_alphabetic() => {
            second.is_some_and(char::is_lowercase) || c.is_lowercase() && second.is_some_and(char::is_alphabetic)
        }
        Some('.' | ',' | ';' | ':' | '!' | '?' | '”' | '’' | '"' | '»' | ')' | ']') => {
            let word: String = text[..start]
                .chars()
                .rev()
                .skip(1)
                .skip_while(|c| matches!(c, '.' | ',' | '”' | '’' | '"' | '»' | ')'))
                .take(3)
                .collect();
            let letters = word.chars().take_while(|c| c.is_alphabetic()).count();
            // `it.1`: a word of two letters that is no abbreviation.
            let short = || last == Some('.') && letters == 2 && word.ends_with(' ') && word.chars().all(|c| !c.is_uppercase());
            letters == 3 || short() && super::evidence::ending(&text[..start]) == super::evidence::Ending::Stop
        }
        _ => false,
    };
    if ends && hangs { mark(Form::Glued, length) } else { None }
}

/// Whether a number stands apart behind a sentence or a part of one: `May. 1 The`. Behind an abbreviation it counts something.
fn is_parted(before: &str, behind: &str) -> bool {
    let stop = |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '”' | '’' | '"' | '»' | ')');
    let stopped =
        before.ends_with(stop) && before.trim_end_matches(stop).ends_with(|c: char| c.is_alphabetic() && c.is_lowercase());
    stopped
        && (behind.is_empty() || behind.starts_with([' ', '\n']))
        && !matches!(super::evidence::ending(before), super::evidence::Ending::Abbreviation | super::evidence::Ending::Initial)
}

/// Whether a number stands between two words, or right behind what is emphasised.
fn is_between(before: &str, behind: &str) -> bool {
    let word = |c: char| c.is_alphabetic() || matches!(c, ')' | '’' | '”' | '"' | '»' | ']' | '*' | '_');
    let next = behind.strip_prefix([' ', '\n']).and_then(|rest| rest.chars().next());
    // `in 2012. 15 It has`: behind a year that ends a sentence.
    let year = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    if before.strip_suffix(['.', ',', ';']).is_some_and(year) && next.is_some_and(char::is_uppercase) {
        return true;
    }
    before.chars().next_back().is_none_or(word) && next.is_some_and(|c| c.is_alphabetic() || matches!(c, '(' | '“' | '"' | '«'))
}

/// A letter that a scanner puts for the number one, with a bracket and apart from its word: `herrschte l )`.
fn misread_one(text: &str, start: usize) -> Option<(Mark, usize)> {
    let length = if text[start + 1..].starts_with(')') { 2 } else { 3 };
    let before = text[..start].strip_suffix(' ')?;
    let hangs = before.ends_with(char::is_alphabetic) && !is_bracketed(before);
    hangs.then(|| (Mark { form: Form::HalfParen, key: "1".to_owned() }, length))
}

/// A small letter right behind a stop, alone: `rescibe.d ¶`.
fn fallen_letter(text: &str, at: usize) -> Option<Mark> {
    let letter = text[at..].chars().next().filter(|c| c.is_lowercase() || *c == '⁊')?;
    let behind = &text[at + letter.len_utf8()..];
    let behind = behind.strip_prefix('.').unwrap_or(behind);
    let alone = behind.chars().next().is_none_or(|c| c.is_whitespace() || c == '¶');
    let word = text[..at - 1].chars().rev().take(3).filter(|c| c.is_alphabetic()).count() == 3;
    (alone && word).then(|| Mark { form: Form::Letter, key: letter.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn opens(line: &str, want: &str) {
        let found = opening(line).map(|found| format!("{:?} {} | {}", found.mark.form, found.mark.key, &line[found.text..]));
        assert_eq!(found.unwrap_or_default(), want);
    }

    #[test]
    fn marks_at_the_front_of_notes() {
        opens("<sup>4</sup> Ibid.", "Sup 4 | Ibid.");
        opens("<span id=\"page-7-2\"></span><sup>4.</sup> note", "Sup 4 | note");
        opens("<sup>[4](#page-7-2)</sup> note", "Sup 4 | note");
        opens("- <sup>a</sup> note", "Sup a | note");
        opens("- ⁴ note", "Raised 4 | note");
        opens("⁴² note", "Raised 42 | note");
        opens("${ }^{4}$ note", "Tex 4 | note");
        opens("$^{\\dagger}$ note", "Tex † | note");
        opens("\\(^{4}\\) note", "Tex 4 | note");
        opens("\\textsuperscript{4} note", "Tex 4 | note");
        opens("[4] note", "Bracket 4 | note");
        opens("[^4]: note", "Caret 4 | note");
        opens("[^4] note", "Caret 4 | note");
        opens("[4](#page-7-2) note", "Link 4 | note");
        opens("[4](#page 7) note", "");
        opens("(4) note", "Paren 4 | note");
        opens("\\[4\\] note", "Bracket 4 | note");
        opens("④注", "Bracket 4 | 注");
        opens("4. ↑ note", "Named 4 | note");
        opens("4. [↑](#cite_ref-4) note", "Named 4 | note");
        opens("4. **[^](#cite_ref-4)** note", "Named 4 | note");
        opens("4. note", "Dot 4 | note");
        opens("4) note", "HalfParen 4 | note");
        opens("4 note", "Bare 4 | note");
        opens("\\*\\* note", "Symbol ** | note");
        opens("* note", "Symbol * | note");
        opens("> _∗_ note", "Symbol * | note");
        opens("<sup>_∗_</sup> note", "Sup * | note");
        opens("1The note", "Bare 1 | The note");
        opens("> 4see there", "Bare 4 | see there");
        opens("[^0]: ${ }^{4}$ note", "Tex 4 | note");
        opens("[FOOTNOTE:4]note", "Named 4 | note");
        opens("2nd edition", "");
        opens("> 2nd edition", "");
        opens("3D models", "");
        opens("†† note", "Symbol †† | note");
        opens("*) Anmerkung", "Symbol * | Anmerkung");
        opens("(٤) حاشية", "Paren 4 | حاشية");
        opens("a) note", "HalfParen a | note");
        opens("[4]: http://example.org", "");
        opens("*emphasis* and", "");
        opens("1850 was a year", "Bare 1850 | was a year");
        opens("A plain line", "");
    }

    #[track_caller]
    fn called(text: &str, want: &[&str]) {
        let found: Vec<_> =
            calls(text).iter().map(|call| format!("{} {}", call.mark.key, &text[call.start..call.end])).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn calls_in_the_text() {
        called("a<sup>4</sup>, b", &["4 <sup>4</sup>"]);
        called("a⁴. b¹²", &["4 ⁴", "12 ¹²"]);
        called("a[4]: b [^5]", &["4 [4]", "5 [^5]"]);
        called(
            "a${ }^{4}$ and \\(^{5}\\) and (^{6}) and \\textsuperscript{7}",
            &["4 ${ }^{4}$", "5 \\(^{5}\\)", "6 (^{6})", "7 \\textsuperscript{7}"],
        );
        called("word\\*, *emphasis* and word.† end", &["* \\*", "† †"]);
        called("a [4](#page-7-2) b", &["4 [4](#page-7-2)"]);
        called("Hof.*) Da, Tor *) und **) dort (am Weg*)", &["* *)", "* *)", "** **)", "* *"]);
        called("a④ and \\[5\\]", &["4 ④", "5 \\[5\\]"]);
        called("to decide 12 whether *Lister* 13 (or 2 )", &["12 12", "13 13"]);
        called("the 1<sup>st</sup>", &[]);
        called("herrschte l ), sowie all) und", &["1 l )"]);
        called("de Tours (b). Item (c)", &["b (b)", "c (c)"]);
        called("(a) la", &[]);
    }
}
