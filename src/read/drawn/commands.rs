//! What commands of TeX lay out, as tools that read scholarly scans write it into Markdown (Mathpix) and authors who print with LaTeX:
//! the title, who wrote it, headings, the abstract, lists, figures, notes. Each stands on lines of its own.

use std::collections::BTreeMap;
use std::ops::Range;

use super::environments;
use super::tabular::{Text, id_of};
use super::{Line, Piece};
use crate::tree::Numbering;

/// No construct has more lines.
const TALLEST: usize = 2_000;

/// What stands in a longer one is taken as it is, since each may hold others.
const SHALLOW: usize = 400;

/// What is set in so far may be code.
const CODE: usize = 4;

/// Headings, from the highest down.
const HEADINGS: [&str; 6] = ["part", "chapter", "section", "subsection", "subsubsection", "paragraph"];

/// Commands whose argument may take lines.
const ARGUMENTS: [&str; 4] = ["\\title{", "\\author{", "\\date{", "\\footnotetext{"];

/// What a text as a whole says of what is in it.
#[derive(Debug)]
pub struct Around {
    /// Of its headings: the levels of all follow from it.
    highest: usize,
    /// A title stands over them.
    titled: bool,
    /// Its lines may be a page's: no fence reaches over them.
    pub scanned: bool,
    /// Where each argument that begins a line ends, by lines, and at which byte of the last line's own text.
    arguments: BTreeMap<usize, (usize, usize)>,
    /// Where each environment that a line begins ends, by lines.
    environments: BTreeMap<usize, usize>,
}

impl Around {
    pub fn of(text: &str, lines: &[Line], scanned: bool) -> Self {
        let is_there = |name: &&str| text.contains(&format!("\\{name}{{")) || text.contains(&format!("\\{name}*{{"));
        let highest = HEADINGS.iter().position(is_there).unwrap_or(0);
        let (arguments, environments) = (arguments(lines), environments(lines));
        Self { highest, titled: text.contains("\\title{"), scanned, arguments, environments }
    }
}

impl Around {
    /// The line that closes the environment which one opens.
    fn end(&self, at: usize) -> Option<usize> {
        self.environments.get(&at).copied().filter(|last| *last < at + TALLEST)
    }
}

/// Finds where arguments end, all in one pass: who looks from each of many that nothing closes looks forever.
fn arguments(lines: &[Line]) -> BTreeMap<usize, (usize, usize)> {
    let mut found = BTreeMap::new();
    // The line whose argument a brace opens, for each that is open.
    let mut open: Vec<Option<usize>> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let own = line.own();
        let begins = ARGUMENTS.iter().find(|command| own.starts_with(**command)).map(|command| command.len() - 1);
        let mut escaped = false;
        for (place, byte) in own.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'{' => open.push((begins == Some(place)).then_some(number)),
                b'}' => {
                    if let Some(first) = open.pop().flatten() {
                        found.insert(first, (number, place));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Finds where environments end. Each end stands alone on its line: one that doesn't leaves those of its name open.
fn environments(lines: &[Line]) -> BTreeMap<usize, usize> {
    const END: &str = "\\end{";
    let mut found = BTreeMap::new();
    let mut open: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        let own = line.own();
        if let Some((name, _)) = opened(own) {
            open.entry(name).or_default().push(number);
        }
        for (at, _) in own.match_indices(END) {
            let Some((name, behind)) = own[at + END.len()..].split_once('}') else { continue };
            let Some(begun) = open.get_mut(name) else { continue };
            match at == 0 && behind.is_empty() {
                true => found.extend(begun.pop().map(|begin| (begin, number))),
                false => begun.clear(),
            }
        }
    }
    found
}

/// What begins at a line, as Markdown, and the line behind it.
pub fn at(lines: &[Line], at: usize, around: &Around) -> Option<(Vec<Piece>, usize)> {
    let line = &lines[at];
    let own = line.own();
    // Marks of quotation would stand between its lines.
    (own.starts_with('\\') && line.before().trim().is_empty() && line.prefix < CODE).then_some(())?;
    let name = &own[1..];
    let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
    match name {
        "begin" => environment(lines, at, around),
        "title" | "author" | "date" | "footnotetext" => argument(lines, at, name, around),
        _ => heading(line, HEADINGS.iter().position(|known| *known == name)?, around).map(|pieces| (pieces, at + 1)),
    }
}

pub fn made(text: &str) -> Piece {
    Piece::Made(text.to_owned())
}

/// Lines as they stand, between fences of code that are longer than any in them; `before`: what containers write before each fence.
pub fn fenced(lines: &[Line], before: &str, language: &str, pieces: &mut Vec<Piece>) {
    let longest = lines.iter().map(|line| line.own().bytes().take_while(|byte| *byte == b'`').count()).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    pieces.push(made(&format!("{before}{fence}{language}\n")));
    for line in lines {
        pieces.push(Piece::Kept(line.start..line.end()));
        pieces.push(made("\n"));
    }
    pieces.push(made(&format!("{before}{fence}\n")));
}

/// `\section*{1. Of the weir}`, with a label behind it or none.
fn heading(line: &Line, rank: usize, around: &Around) -> Option<Vec<Piece>> {
    let own = line.own();
    let open = own.find('{')?;
    let close = open + closing(&own[open..])?;
    let inner = own[open + 1..close].trim();
    let between = &own[1 + HEADINGS[rank].len()..open];
    (matches!(between, "" | "*") && !inner.is_empty()).then_some(())?;
    let label = own[close + 1..].trim();
    let label = match label.is_empty() {
        true => String::new(),
        false => {
            let name = label.strip_prefix("\\label{")?.strip_suffix('}')?;
            format!(" {{#{}}}", id_of(name)?)
        }
    };
    let level = (rank.saturating_sub(around.highest) + 1 + usize::from(around.titled)).min(6);
    let from = open + 1 + own[open + 1..close].len() - own[open + 1..close].trim_start().len();
    let hashes = made(&format!("\n{} ", "#".repeat(level)));
    Some(vec![hashes, Piece::Kept(line.place(from..from + inner.len())), made(&format!("{label}\n\n"))])
}

/// Where the brace closes with which a text begins.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => depth += 1,
            b'}' if depth <= 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `\title{…}` and its like, over as many lines as it takes.
fn argument(lines: &[Line], at: usize, name: &str, around: &Around) -> Option<(Vec<Piece>, usize)> {
    // Nothing stands behind it.
    let (last, close) = *around.arguments.get(&at)?;
    (last < at + TALLEST && close + 1 == lines[last].own().len()).then_some(())?;
    let open = 1 + name.len();
    let mut pieces = vec![made(match name {
        "title" => "\n# ",
        "author" if !around.scanned => "\n::: byline\n",
        _ => "\n",
    })];
    let begin = pieces.len();
    let mut ended = false;
    for (number, line) in lines.iter().enumerate().take(last + 1).skip(at) {
        let own = line.own();
        let from = if number == at { open + 1 } else { 0 };
        let to = if number == last { own.len() - 1 } else { own.len() };
        let said = own[from..to].trim();
        let breaks = said.ends_with("\\\\");
        let bare = said.strip_suffix("\\\\").unwrap_or(said).trim_end();
        if bare.is_empty() {
            let is_edge = number == at || number == last;
            // Notes stand one below the other; anything else an empty line would part.
            (name == "footnotetext" || is_edge).then_some(())?;
            if !is_edge && pieces.len() > begin {
                pieces.push(made("\n"));
            }
            continue;
        }
        // A call before a line would make a note of it.
        let is_one_line = name != "footnotetext";
        if is_one_line && pieces.len() > begin {
            pieces.push(made(if ended { "<br>" } else { " " }));
        }
        ended = breaks && name != "title";
        let start = from + own[from..to].len() - own[from..to].trim_start().len();
        pieces.push(Piece::Kept(line.place(start..start + bare.len())));
        if !is_one_line {
            pieces.push(made("\n"));
        }
    }
    // A note that says nothing is a tool's.
    (pieces.len() > begin || name == "footnotetext").then_some(())?;
    pieces.push(made(if name == "author" && !around.scanned { "\n:::\n\n" } else { "\n\n" }));
    Some((pieces, last + 1))
}

/// What stands between `\begin{name}` and `\end{name}`.
fn environment(lines: &[Line], at: usize, around: &Around) -> Option<(Vec<Piece>, usize)> {
    let (name, is_bare) = opened(lines[at].own())?;
    let last = around.end(at)?;
    let inner = at + 1..last;
    let mut pieces = vec![made("\n")];
    match name {
        "itemize" | "enumerate" if is_bare || has_options(lines[at].own()) => {
            list(lines, (inner, Counting::of(lines[at].own())), "", around, &mut pieces)?
        }
        "figure" | "figure*" => pieces.extend(figure(lines, at..last + 1)?),
        "abstract" if is_bare && !(around.scanned && lines[inner.clone()].iter().any(Line::is_blank)) => {
            pieces.push(made("::: abstract\n"));
            kept(lines, inner, "", around, &mut pieces);
            pieces.push(made(":::\n"));
        }
        "quote" | "quotation" | "displayquote" if is_bare => kept(lines, inner, "> ", around, &mut pieces),
        "abstract" | "center" | "flushleft" | "flushright" if is_bare => kept(lines, inner, "", around, &mut pieces),
        _ => return environments::read(lines, name, (at, last), around).map(|pieces| (pieces, last + 1)),
    }
    pieces.push(made("\n"));
    Some((pieces, last + 1))
}

/// The name of the environment that a line opens, and whether it says nothing else.
pub fn opened(own: &str) -> Option<(&str, bool)> {
    let rest = own.strip_prefix("\\begin{")?;
    let close = rest.find('}')?;
    // How a list counts and where a float stands is the design's.
    let options = rest[close + 1..].trim();
    let is_bare =
        options.is_empty() || options.starts_with('[') && options.ends_with(']') && !options[1..].contains(['[', '{', '\\']);
    Some((&rest[..close], is_bare))
}

/// Lines as they stand, and what commands lay out among them.
pub fn kept(lines: &[Line], range: Range<usize>, prefix: &str, around: &Around, pieces: &mut Vec<Piece>) {
    let mut next = range.start;
    while next < range.end {
        let number = next;
        let line = &lines[number];
        next += 1;
        if prefix.is_empty()
            && range.len() < SHALLOW
            && line.own().starts_with("\\begin{")
            && let Some((inner, behind)) = at(lines, number, around).filter(|(_, behind)| *behind <= range.end)
        {
            pieces.extend(inner);
            next = behind;
            continue;
        }
        pieces.push(made(prefix));
        if !line.is_blank() {
            pieces.push(Piece::Kept(line.place(0..line.own().len())));
        }
        pieces.push(made("\n"));
    }
}

/// Whether nothing but options in brackets stands behind the name of the environment that a line opens.
fn has_options(own: &str) -> bool {
    let options = own.split_once('}').map_or("", |(_, rest)| rest.trim());
    options.starts_with('[') && options.ends_with(']')
}

/// What stands before the items of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    Bullets,
    Numbers,
    /// Letters or Roman numerals, between brackets or before one or a stop.
    Signs {
        numbering: Numbering,
        open: bool,
        close: char,
    },
}

impl Counting {
    /// As the options of an environment have it: `\begin{enumerate}[label=(\alph*)]`, `[(i)]`, `[A.]`.
    fn of(own: &str) -> Self {
        if !own.starts_with("\\begin{enumerate}") {
            return Self::Bullets;
        }
        const WAYS: [(&str, char, Numbering); 4] = [
            ("\\alph", 'a', Numbering::LowerAlpha),
            ("\\Alph", 'A', Numbering::UpperAlpha),
            ("\\roman", 'i', Numbering::LowerRoman),
            ("\\Roman", 'I', Numbering::UpperRoman),
        ];
        let options = own["\\begin{enumerate}".len()..].trim().trim_start_matches('[').trim_end_matches(']');
        let named = WAYS.iter().find_map(|(name, _, way)| Some((options.find(name)?, name.len(), *way)));
        let short = options.find(|c: char| c != '(').and_then(|at| {
            let (_, _, way) = WAYS.iter().find(|(_, first, _)| options[at..].starts_with(*first))?;
            let behind = &options[at + 1..];
            (behind.is_empty() || behind.starts_with([')', '.'])).then_some((at, 1, *way))
        });
        let Some((at, length, numbering)) = named.or(short) else { return Self::Numbers };
        let behind = options[at + length..].trim_start_matches('*').trim_start_matches('}');
        let close = behind.chars().next().filter(|c| matches!(c, ')' | '.')).unwrap_or('.');
        Self::Signs { numbering, open: options[..at].ends_with('(') && close == ')', close }
    }

    /// The mark of an item; where a page's lines begin with nothing of their own, a number.
    fn mark(self, number: u64, scanned: bool) -> String {
        match self {
            Self::Bullets => "- ".to_owned(),
            Self::Signs { numbering, open, close } if !scanned && number <= LETTERS => {
                // A capital before a stop would be a name's, did it not stand so far off (pandoc).
                format!("{}{}{close}  ", if open { "(" } else { "" }, numbering.say(number))
            }
            Self::Numbers | Self::Signs { .. } => "1. ".to_owned(),
        }
    }
}

/// So many letters there are to count by.
const LETTERS: u64 = 26;

/// Items, each behind its mark, and the lists in them.
fn list(
    lines: &[Line],
    (range, counting): (Range<usize>, Counting),
    indent: &str,
    around: &Around,
    pieces: &mut Vec<Piece>,
) -> Option<()> {
    // A label of its own stands in the place of a number.
    let mut depth = 0_usize;
    let is_labelled = lines[range.clone()].iter().any(|line| {
        let own = line.own();
        depth = (depth + usize::from(own.starts_with("\\begin{"))).saturating_sub(usize::from(own.starts_with("\\end{")));
        depth == 0 && own.starts_with("\\item[")
    });
    // One letter alone counts nothing.
    let is_one = lines[range.clone()].iter().filter(|line| line.own().starts_with("\\item")).nth(1).is_none();
    let counting = match counting {
        _ if is_labelled => Counting::Bullets,
        Counting::Signs { .. } if is_one => Counting::Numbers,
        counting => counting,
    };
    let mut mark = counting.mark(1, around.scanned);
    let mut within = format!("{indent}{}", " ".repeat(mark.len()));
    let mut at = range.start;
    let (mut has_items, mut number) = (false, 0);
    while at < range.end {
        let line = &lines[at];
        let own = line.own();
        at += 1;
        if own.is_empty() {
            pieces.push(made("\n"));
            continue;
        }
        if let Some(rest) = own.strip_prefix("\\item").filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic())) {
            has_items = true;
            number += 1;
            mark = counting.mark(number, around.scanned);
            within = format!("{indent}{}", " ".repeat(mark.len()));
            let from = own.len() - rest.trim_start().len();
            pieces.push(made(&format!("{indent}{mark}")));
            let rest = &own[from..];
            // A label of its own.
            let label = rest.strip_prefix('[').and_then(|inner| inner.find(']'));
            match label {
                Some(close) => {
                    pieces.push(Piece::Kept(line.place(from + 1..from + 1 + close)));
                    pieces.push(made(" "));
                    let behind = from + close + 2;
                    pieces.push(Piece::Kept(
                        line.place(behind + own[behind..].len() - own[behind..].trim_start().len()..own.len()),
                    ));
                }
                None => pieces.push(Piece::Kept(line.place(from..own.len()))),
            }
            pieces.push(made("\n"));
            continue;
        }
        has_items.then_some(())?;
        if let Some((_, is_bare)) = opened(own).filter(|(inner, _)| matches!(*inner, "itemize" | "enumerate")) {
            (is_bare || has_options(own)).then_some(())?;
            let last = around.end(at - 1).filter(|last| *last < range.end)?;
            let counting = Counting::of(own);
            if matches!(counting, Counting::Signs { .. }) {
                // Letters count on in no paragraph.
                pieces.push(made("\n"));
            }
            list(lines, (at..last, counting), &within, around, pieces)?;
            at = last + 1;
            continue;
        }
        pieces.push(made(&within));
        pieces.push(Piece::Kept(line.place(0..own.len())));
        pieces.push(made("\n"));
    }
    has_items.then_some(())
}

/// Pictures and their caption.
fn figure(lines: &[Line], range: Range<usize>) -> Option<Vec<Piece>> {
    let text = Text { lines: &lines[range.clone()] };
    let (first, last) = (&lines[range.start], &lines[range.end - 1]);
    let from = text.optional(first.start + first.prefix + first.own().find('}')? + 1, first.end());
    let end = last.start + last.prefix;
    let (mut pictures, mut caption, mut label) = (Vec::new(), Vec::new(), None);
    text.commands(&(from..end), |name, behind| match name {
        "includegraphics" => {
            let (inner, next) = text.argument(behind, end)?;
            let is_path = !text.said(&inner).contains(['<', '>', '\n', '{', '\\']);
            pictures.push(inner);
            is_path.then_some(next)
        }
        "centering" => Some(behind),
        _ => {
            let (id, next) = text.described(name, behind..end, &mut caption)?;
            label = id.or(label.take());
            Some(next)
        }
    })?;
    (!pictures.is_empty()).then_some(())?;
    let id = label.map_or(String::new(), |id: String| format!(" id=\"{id}\""));
    let mut pieces = vec![made(&format!("<figure{id}>\n\n"))];
    for picture in pictures {
        pieces.extend([made("![](<"), Piece::Kept(picture), made(">)\n\n")]);
    }
    if !caption.is_empty() {
        pieces.push(made("<figcaption>\n\n"));
        for part in caption {
            pieces.extend([Piece::Kept(part), made("\n")]);
        }
        pieces.push(made("\n</figcaption>\n\n"));
    }
    pieces.push(made("</figure>\n"));
    Some(pieces)
}
