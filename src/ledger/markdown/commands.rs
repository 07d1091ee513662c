//! What commands of TeX lay out on lines of their own: which of its bytes are marks, which are words.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::stream::Gap;
use super::drawn::Drawn;

/// No construct is longer, in bytes.
const LONGEST: usize = 200_000;

/// What is set in so far may be code.
const CODE: usize = 4;

/// Environments that lay out what stands in them.
const ENVIRONMENTS: [&str; 28] = [
    "itemize",
    "enumerate",
    "figure",
    "figure*",
    "abstract",
    "quote",
    "quotation",
    "displayquote",
    "center",
    "flushleft",
    "flushright",
    "verse",
    "description",
    "verbatim",
    "verbatim*",
    "Verbatim",
    "lstlisting",
    "minted",
    "proof",
    "theorem",
    "lemma",
    "corollary",
    "proposition",
    "conjecture",
    "definition",
    "example",
    "exercise",
    "remark",
];

/// Those in which each line stands as it is.
const CODE_OF: [&str; 5] = ["verbatim", "verbatim*", "Verbatim", "lstlisting", "minted"];

/// Those that have a name of their own behind the first line's.
const THEOREMS: [&str; 9] =
    ["theorem", "lemma", "corollary", "proposition", "conjecture", "definition", "example", "exercise", "remark"];

/// What ends a line of verse, longest first.
const ENDS_OF_LINE: [&str; 4] = ["\\\\*", "\\\\!", "\\\\", "\\newline"];

/// Where what commands open ends, by where it begins: asked once of a text, since many may be open that nothing closes.
pub struct Ends {
    /// The braces that close arguments, by those that open them.
    braces: BTreeMap<usize, usize>,
    /// The lines that close environments, by where these are opened.
    environments: BTreeMap<usize, Range<usize>>,
}

impl Ends {
    fn of(source: &str, range: Range<usize>) -> Self {
        let mut ends = Self { braces: BTreeMap::new(), environments: BTreeMap::new() };
        let (mut open, mut escaped) = (Vec::new(), false);
        for (at, byte) in source.as_bytes()[range.clone()].iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'{' => open.push(range.start + at),
                b'}' => {
                    let begun = open.pop().filter(|begun| source[..*begun].ends_with(|c: char| c.is_ascii_alphabetic()));
                    ends.braces.extend(begun.map(|begun| (begun, range.start + at)));
                }
                _ => {}
            }
        }
        let mut begun: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for line in lines_of(source, range) {
            let said = source[line.clone()].trim();
            for name in ENVIRONMENTS.iter().filter(|name| said.contains(**name)) {
                let (begin, close) = (format!("\\begin{{{name}}}"), format!("\\end{{{name}}}"));
                let own = begun.entry(name).or_default();
                if said.starts_with(&begin) {
                    own.push(line.start + source[line.clone()].len() - source[line.clone()].trim_start().len());
                }
                if said == close {
                    ends.environments.extend(own.pop().map(|begun| (begun, line.clone())));
                } else if said.contains(&close) {
                    own.clear();
                }
            }
        }
        ends
    }
}

/// The construct that begins with the line at `start`, in a text that goes to `end`.
pub fn at(source: &str, start: usize, end: usize, ends: &mut Option<Ends>) -> Option<Drawn> {
    let stop = source[start..end].find('\n').map_or(end, |length| start + length);
    let own = start + source[start..stop].len() - source[start..stop].trim_start().len();
    (own - start < CODE).then_some(())?;
    let rest = source[own..end].strip_prefix('\\')?;
    let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let behind = own + 1 + name.len();
    match name {
        "part" | "chapter" | "section" | "subsection" | "subsubsection" | "paragraph" => {
            let open = behind + usize::from(source[behind..].starts_with('*'));
            let close = closing(source, open, stop)?;
            let label = source[close + 1..stop].trim();
            let is_label = label.strip_prefix("\\label{").and_then(|rest| rest.strip_suffix('}')).is_some_and(is_name);
            (label.is_empty() || is_label).then_some(())?;
            (!source[open + 1..close].trim().is_empty()).then_some(())?;
            let cells = vec![vec![open + 1..close]];
            Some(Drawn { cells, marks: vec![own..open + 1, close..stop], end: stop, ..Drawn::default() })
        }
        "title" | "author" | "date" | "footnotetext" => {
            let ends = ends.get_or_insert_with(|| Ends::of(source, start..end));
            let close = *ends.braces.get(&behind).filter(|close| **close < behind + LONGEST)?;
            let stop = source[close..end].find('\n').map_or(end, |length| close + length);
            source[close + 1..stop].trim().is_empty().then_some(())?;
            let mut drawn = Drawn { end: stop, ..Drawn::default() };
            drawn.marks.push(own..behind + 1);
            let mut lines = Vec::new();
            for mut line in lines_of(source, behind + 1..close) {
                // What ends its lines.
                let said = source[line.clone()].trim_end();
                if let Some(bare) = said.strip_suffix("\\\\") {
                    let at = line.start + bare.len();
                    drawn.light.push((at..at + 2, Gap::Verse));
                    line.end = at;
                }
                lines.push(line);
            }
            // Empty lines would part it.
            let blank = lines.iter().filter(|line| source[(*line).clone()].trim().is_empty()).count();
            let outer = [lines.first(), lines.last()].into_iter().flatten();
            let at_ends = outer.filter(|line| source[(*line).clone()].trim().is_empty()).count();
            (name == "footnotetext" || blank < lines.len() && blank == at_ends).then_some(())?;
            drawn.marks.push(close..stop);
            let paragraphs = lines.split(|line| source[line.clone()].trim().is_empty());
            drawn.cells.extend(paragraphs.filter(|lines| !lines.is_empty()).map(<[Range<usize>]>::to_vec));
            Some(drawn)
        }
        "begin" => environment(source, own, end, ends.get_or_insert_with(|| Ends::of(source, start..end))),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
}

/// Where the brace closes that opens at a place.
fn closing(source: &str, open: usize, end: usize) -> Option<usize> {
    source[open..].starts_with('{').then_some(())?;
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, byte) in source.as_bytes()[open..end].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open + at);
                }
            }
            _ => {}
        }
    }
    None
}

fn lines_of(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut at = range.start;
    source[range]
        .split('\n')
        .map(|line| {
            let own = at..at + line.len();
            at += line.len() + 1;
            own
        })
        .collect()
}

fn environment(source: &str, own: usize, end: usize, ends: &Ends) -> Option<Drawn> {
    let open = own + "\\begin{".len();
    let name = source.get(open..end)?;
    let name = &name[..name.bytes().take(20).position(|byte| byte == b'}')?];
    let last = ends.environments.get(&own).filter(|last| last.end <= own + LONGEST)?;
    let begin = format!("\\begin{{{name}}}");
    let lines = lines_of(source, own..last.end);
    let last = lines.len() - 1;
    let options = source[lines[0].clone()].trim()[begin.len()..].trim();
    let is_bare =
        options.is_empty() || options.starts_with('[') && options.ends_with(']') && !options[1..].contains(['[', '{', '\\']);
    let mut drawn = Drawn { end: lines[last].end, ..Drawn::default() };
    if name.starts_with("figure") {
        figure(source, own + begin.len()..lines[last].start, &mut drawn)?;
        drawn.marks.push(own..own + begin.len());
        drawn.marks.push(lines[last].clone());
        return Some(drawn);
    }
    match name {
        "verse" => {
            drawn.marks.extend([lines[0].clone(), lines[last].clone()]);
            verse(source, &lines[1..last], &mut drawn);
            return Some(drawn);
        }
        name if CODE_OF.contains(&name) => {
            drawn.marks.extend([lines[0].clone(), lines[last].clone()]);
            drawn.code = lines[1..last].to_vec();
            return Some(drawn);
        }
        name if THEOREMS.contains(&name) => {
            let first = theorem(source, own + begin.len(), &lines, &mut drawn)?;
            drawn.marks.extend([own..own + begin.len(), lines[last].clone()]);
            within(source, &lines[first..last], end, ends, &mut drawn);
            return Some(drawn);
        }
        // How a list counts, its options say.
        "itemize" | "enumerate" if options.starts_with('[') && options.ends_with(']') => {}
        _ => is_bare.then_some(())?,
    }
    drawn.marks.extend([lines[0].clone(), lines[last].clone()]);
    if !matches!(name, "itemize" | "enumerate" | "description") {
        within(source, &lines[1..last], end, ends, &mut drawn);
        return Some(drawn);
    }
    let mut cell: Vec<Range<usize>> = Vec::new();
    let mut has_items = false;
    for line in &lines[1..last] {
        let said = source[line.clone()].trim();
        let from = line.start + source[line.clone()].len() - source[line.clone()].trim_start().len();
        let is_list = name != "description"
            && ["\\begin{itemize}", "\\begin{enumerate}", "\\end{itemize}", "\\end{enumerate}"].iter().any(|mark| {
                said.strip_prefix(mark).is_some_and(|rest| {
                    rest.is_empty() || mark.starts_with("\\begin") && rest.starts_with('[') && rest.ends_with(']')
                })
            });
        let item = said.strip_prefix("\\item").filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        if !is_list && item.is_none() {
            (has_items || said.is_empty()).then_some(())?;
            cell.push(line.clone());
            continue;
        }
        drawn.cells.push(std::mem::take(&mut cell));
        if is_list {
            has_items.then_some(())?;
            drawn.marks.push(line.clone());
            continue;
        }
        has_items = true;
        let mut behind = from + "\\item".len();
        behind += source[behind..line.end].len() - source[behind..line.end].trim_start().len();
        drawn.marks.push(from..behind);
        match source[behind..line.end].find(']').filter(|_| source[behind..line.end].starts_with('[')) {
            Some(close) => {
                let parts = if name == "description" { Gap::Block } else { Gap::Space };
                drawn.light.extend([behind..behind + 1, behind + close..behind + close + 1].map(|mark| (mark, parts)));
                match name {
                    "description" => {
                        drawn.cell(behind + 1..behind + close);
                        cell.push(behind + close + 1..line.end);
                    }
                    _ => cell.extend([behind + 1..behind + close, behind + close + 1..line.end]),
                }
            }
            None => cell.push(behind..line.end),
        }
    }
    drawn.cells.push(cell);
    has_items.then_some(drawn)
}

/// Lines of text, and the environments that stand among them.
fn within(source: &str, lines: &[Range<usize>], end: usize, ends: &Ends, drawn: &mut Drawn) {
    const SHALLOW: usize = 400;
    let mut cell = Vec::new();
    let mut behind = 0;
    for line in lines {
        if line.start < behind {
            continue;
        }
        let own = line.start + source[line.clone()].len() - source[line.clone()].trim_start().len();
        let last = lines.last().map_or(0, |last| last.end);
        let inner = source[own..line.end].starts_with("\\begin{") && lines.len() < SHALLOW;
        match inner.then(|| environment(source, own, end, ends)).flatten().filter(|inner| inner.end <= last) {
            Some(inner) => {
                behind = inner.end;
                drawn.cells.push(std::mem::take(&mut cell));
                drawn.cells.extend(inner.cells);
                drawn.marks.extend(inner.marks);
                drawn.light.extend(inner.light);
                drawn.code.extend(inner.code);
            }
            None => cell.push(line.clone()),
        }
    }
    drawn.cells.push(cell);
}

/// Lines whose ends are the author's.
fn verse(source: &str, lines: &[Range<usize>], drawn: &mut Drawn) {
    let mut cell = Vec::new();
    for line in lines {
        let said = source[line.clone()].trim_end();
        let skip = said.strip_suffix(']').and_then(|rest| rest.rsplit_once("\\\\[")).map(|(bare, _)| bare.len());
        let end = skip.or_else(|| ENDS_OF_LINE.iter().find_map(|end| said.strip_suffix(end)).map(str::len));
        let mut own = line.clone();
        if let Some(length) = end {
            drawn.light.push((line.start + length..line.start + said.len(), Gap::Verse));
            own.end = line.start + length;
        }
        let lead = source[own.clone()].len() - source[own.clone()].trim_start().len();
        if source[own.start + lead..own.end].starts_with("\\vin ") {
            drawn.light.push((own.start + lead..own.start + lead + 4, Gap::Close));
            own.start += lead + 4;
        }
        cell.push(own);
    }
    drawn.cells.push(cell);
}

/// What stands behind a theorem's opening: a title in brackets, a label there or on the next line. Gives the line where it begins.
fn theorem(source: &str, from: usize, lines: &[Range<usize>], drawn: &mut Drawn) -> Option<usize> {
    let mut at = from;
    if source[at..lines[0].end].starts_with('[') {
        let close = at + source[at..lines[0].end].find(']')?;
        drawn.marks.extend([at..at + 1, close..close + 1]);
        drawn.cell(at + 1..close);
        at = close + 1;
    }
    let is_label = |said: &str| said.starts_with("\\label{") && said.ends_with('}') && !said[7..].contains("}{");
    let rest = source[at..lines[0].end].trim();
    if rest.is_empty() {
        let next = lines.get(1).filter(|next| is_label(source[(*next).clone()].trim()));
        drawn.marks.extend(next.cloned());
        return Some(1 + usize::from(next.is_some()));
    }
    is_label(rest).then_some(())?;
    drawn.marks.push(at..lines[0].end);
    Some(1)
}

/// Pictures and captions, and nothing else.
fn figure(source: &str, range: Range<usize>, drawn: &mut Drawn) -> Option<()> {
    let mut at = optional(source, range.start, range.end);
    drawn.marks.push(range.start..at);
    let mut has_picture = false;
    while at < range.end {
        let rest = &source[at..range.end];
        if let Some(c) = rest.chars().next().filter(|c| c.is_whitespace()) {
            at += c.len_utf8();
            continue;
        }
        let name = rest.strip_prefix('\\')?;
        let name = &name[..name.bytes().take_while(u8::is_ascii_alphabetic).count()];
        let behind = at + 1 + name.len();
        if name == "centering" {
            drawn.marks.push(at..behind);
            at = behind;
            continue;
        }
        let open = optional(source, behind, range.end);
        let close = closing(source, open, range.end)?;
        match name {
            "includegraphics" | "label" | "captionsetup" => {
                has_picture |= name == "includegraphics";
                drawn.marks.push(at..close + 1);
            }
            "caption" => {
                drawn.marks.extend([at..open + 1, close..close + 1]);
                drawn.cells.push(lines_of(source, open + 1..close));
            }
            _ => return None,
        }
        at = close + 1;
    }
    has_picture.then_some(())
}

/// Behind an option in brackets.
fn optional(source: &str, at: usize, end: usize) -> usize {
    match source[at..end].strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(length) => at + length + 2,
        None => at,
    }
}
