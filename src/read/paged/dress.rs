//! The dress of a file: how its lines stand, what marks its pages, what habits its line ends have. It is decided first, on
//! evidence from the whole file, and every later step asks it what it may do.

use std::collections::BTreeSet;
use std::ops::Range;

use super::evidence::{self, Ending};
use super::feet::is_rule;
use super::lines::{Lines, Role};
use super::vocabulary::{HYPHENS, Vocabulary};

/// How the lines of a text stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Setting {
    /// A paragraph is a line, or too few lines tell.
    #[default]
    Loose,
    /// A paragraph is one long line; a newline alone between two of them is a seam.
    Long,
    /// Lines end because the measure does, and blank lines part the paragraphs.
    Wrapped,
    /// Lines end because the measure does, and nothing parts the paragraphs but where they end.
    Solid,
}

/// What is known of a file as a whole.
#[derive(Clone, Debug, Default)]
pub struct Dress {
    pub setting: Setting,
    /// How long the lines are that only the measure ends, in characters.
    pub measure: usize,
    /// The same of the upper halves of pages, where no notes stand, which are set smaller.
    pub body: usize,
    /// Words that a line's end cut stand cut without a hyphen: the reader, or the printer, left it out.
    pub lost_hyphens: bool,
    /// Words are cut by a hyphen and a space inside lines: `ran- dom`.
    pub inner_hyphens: bool,
    /// How many line ends in a hundred cut a word with a hyphen.
    pub hyphens: f32,
    /// How many do.
    pub cuts: usize,
    /// Plain text, in which lines are set in to set them off: verse, quotations, signatures. Markdown would read code.
    pub plain: bool,
}

/// From so many lines on, lines tell their measure.
const ENOUGH: usize = 20;
/// Lines of more characters are paragraphs.
const LONG: usize = 160;
/// So many line ends in a hundred are cut, at least, where a printer hyphenates; a program that fills lines breaks compounds alone.
const HABIT: f32 = 4.0;
/// No author's paragraph has so many lines.
const RUNS_ON: usize = 40;
/// The measure of plain text, where its own can't be told.
const USUAL: usize = 72;
/// A measure is at most so wide.
const WIDEST: usize = 130;

impl Dress {
    /// Decides on the dress of the lines that nobody has claimed.
    pub fn of(lines: &Lines) -> Self {
        let body = |at: &usize| {
            lines.role(*at) == Role::Body && !lines.all[*at].code && !lines.line(*at).trim_start().starts_with('|')
        };
        let lengths: Vec<usize> = (0..lines.len()).filter(body).map(|at| lines.line(at).trim().chars().count()).collect();
        let whole: usize = lengths.iter().sum();
        let long: usize = lengths.iter().filter(|length| **length > LONG).sum();
        let mut dress = Self::default();
        if long * 2 > whole {
            dress.setting = Setting::Long;
            dress.inner_hyphens = inner_hyphens(lines) >= 3;
            return dress;
        }
        let groups = lines.groups(0..lines.len());
        dress.measure = measure(lines, &groups);
        dress.body = match upper_halves(lines) {
            Some(upper) => measure(lines, &upper),
            None => 0,
        };
        dress.body = if dress.body == 0 { dress.measure } else { dress.body };
        if dress.measure > 0 && lengths.len() >= ENOUGH {
            dress.setting = if is_solid(lines, &groups, dress.measure) { Setting::Solid } else { Setting::Wrapped };
            dress.hyphens(lines, &groups);
            if dress.setting == Setting::Wrapped {
                dress.is_plain(lines);
            }
        }
        dress
    }

    /// Whether lines end only because the measure does.
    pub fn is_wrapped(&self) -> bool {
        matches!(self.setting, Setting::Wrapped | Setting::Solid)
    }

    /// Whether hyphens at line ends are more likely the words' own: nobody hyphenated this text.
    pub fn keeps_hyphens(&self) -> bool {
        self.is_wrapped() && self.hyphens < HABIT && !self.lost_hyphens
    }

    /// Whether prose runs on, longer than any paragraph that an author wraps, over lines that only paragraphs end: nothing parts them, and
    /// Markdown would read all as one. Most lines of prose begin with a small letter, and fill the measure.
    pub fn runs_on(&self, lines: &Lines) -> bool {
        if self.setting != Setting::Solid {
            return false;
        }
        let full = |at: usize| lines.line(at).trim().chars().count() * 100 >= self.measure * 82;
        lines.groups(0..lines.len()).into_iter().filter(|group| group.len() >= RUNS_ON && !lines.all[group.start].code).any(
            |group| {
                // A line that says nothing parts what stands around it.
                let parts = |at: usize| !lines.line(at).contains(char::is_alphanumeric);
                let small = |at: &usize| lines.line(*at).trim_start().starts_with(char::is_lowercase);
                let ends = |at: &usize| full(at - 1) && full(at + 1) && ends_short(lines, *at, self.measure);
                !group.clone().any(parts)
                    && group.clone().filter(small).count() * 2 >= group.len()
                    && group.clone().filter(|at| full(*at)).count() * 10 >= group.len() * 8
                    && (group.start + 1..group.end - 1).filter(ends).nth(2).is_some()
            },
        )
    }

    /// Takes the text for plain, unless it has signs of Markdown. A short one has the usual measure.
    pub fn is_plain(&mut self, lines: &Lines) {
        let marked = |at: usize| lines.all[at].code || lines.line(at).starts_with("# ") || lines.line(at).starts_with("## ");
        self.plain = !(0..lines.len()).any(marked);
        if self.measure == 0 {
            self.measure = USUAL;
        }
    }

    /// Whether so many line ends cut words with a hyphen that only a printed measure can have done it.
    pub fn cuts_words(&self) -> bool {
        self.hyphens >= HABIT && self.cuts >= 4
    }

    /// Learns the habit of line ends: a book that is set to a measure cuts one word in ten lines or more.
    fn hyphens(&mut self, lines: &Lines, groups: &[Range<usize>]) {
        let (mut ends, mut cut) = (0, 0);
        for group in groups {
            for at in group.start..group.end.saturating_sub(1) {
                ends += 1;
                cut += usize::from(is_cut(lines.line(at), lines.line(at + 1)));
            }
        }
        self.cuts = cut;
        self.hyphens = cut as f32 * 100.0 / ends.max(1) as f32;
    }

    /// Learns from the words of the text whether some are cut without any sign.
    pub fn learn(&mut self, lines: &Lines, words: &Vocabulary) {
        if !self.is_wrapped() {
            return;
        }
        let (mut ends, mut halves) = (0, 0);
        for group in lines.groups(0..lines.len()) {
            for at in group.start..group.end.saturating_sub(1) {
                ends += 1;
                halves += usize::from(super::halves::is_known_cut(lines.line(at), lines.line(at + 1), words));
            }
        }
        self.lost_hyphens = halves >= 3 && halves * 150 >= ends;
    }
}

/// Whether a line ends in a hyphen behind which the next goes on with a small letter; `--` is a dash.
pub fn is_cut(line: &str, next: &str) -> bool {
    let line = line.trim_end();
    let stem = line.trim_end_matches(HYPHENS);
    // Values stand behind this sign as well: that lines end in it shows no scan.
    !line.ends_with('=')
        && line.chars().count() == stem.chars().count() + 1
        && stem.ends_with(char::is_alphabetic)
        && next.trim_start().starts_with(char::is_lowercase)
}

/// The groups of lines in the upper halves of pages, where marks set pages apart.
fn upper_halves(lines: &Lines) -> Option<Vec<Range<usize>>> {
    let marks: Vec<usize> = (0..lines.len()).filter(|&at| matches!(lines.role(at), Role::Mark(_))).collect();
    (marks.len() >= 4)
        .then(|| marks.windows(2).flat_map(|pair| lines.groups(pair[0] + 1..pair[0] + 1 + (pair[1] - pair[0]) / 2)).collect())
}

/// The length that most lines inside of paragraphs reach; 0 where lines are no measure's.
fn measure(lines: &Lines, groups: &[Range<usize>]) -> usize {
    let inner = groups
        .iter()
        .filter(|group| group.len() >= 3 && !lines.all[group.start].code)
        .flat_map(|group| group.start..group.end - 1);
    let mut lengths: Vec<usize> = inner.map(|at| lines.line(at).trim().chars().count()).filter(|length| *length > 0).collect();
    lengths.sort_unstable();
    let top = lengths.get(lengths.len() * 17 / 20).copied().unwrap_or(0);
    let near = lengths.iter().filter(|length| **length * 5 >= top * 4).count();
    let fits = lengths.len() >= ENOUGH && (20..=WIDEST).contains(&top) && near * 2 >= lengths.len();
    if fits { top } else { 0 }
}

/// Whether more paragraphs end inside of groups of lines than between them.
fn is_solid(lines: &Lines, groups: &[Range<usize>], measure: usize) -> bool {
    let ends = groups
        .iter()
        .flat_map(|group| group.start..group.end.saturating_sub(1))
        .filter(|&at| ends_short(lines, at, measure))
        .count();
    let inner: usize = groups.iter().map(|group| group.len() - 1).sum();
    let solid = |ends: usize, groups: usize| ends >= 3 && ends * 2 > groups && ends * 60 > inner;
    // Heads and notes stand apart where no paragraphs do; the last line of one follows a full line, which no item of a list does.
    let full = |at: usize| lines.line(at).trim().chars().count() * 100 >= measure * 82;
    let long = || groups.iter().filter(|group| group.len() >= PARAGRAPH);
    let inside = || long().flat_map(|group| group.start + 1..group.end - 1).filter(|&at| full(at - 1) && full(at + 1));
    let inner_ends = || inside().filter(|&at| ends_short(lines, at, measure)).count();
    solid(ends, groups.len()) || solid(inner_ends(), long().count() * 2 / 3)
}

/// So many lines have groups that could be paragraphs: a head, a caption, most notes have fewer.
const PARAGRAPH: usize = 5;

/// Whether a line is a paragraph's last by its shortness, its stop, and the capital behind it.
fn ends_short(lines: &Lines, at: usize, measure: usize) -> bool {
    let (line, next) = (lines.line(at).trim(), lines.line(at + 1).trim());
    let short = line.chars().count() * 100 < measure * 82;
    let stops = matches!(evidence::ending(line), Ending::Stop | Ending::Colon | Ending::Abbreviation | Ending::Initial);
    short && stops && !next.starts_with(char::is_lowercase) && !is_rule(next)
}

/// How many words are cut by a hyphen and a space in the midst of lines.
fn inner_hyphens(lines: &Lines) -> usize {
    let code = |at: &usize| lines.all[*at].code;
    (0..lines.len()).filter(|at| !code(at)).map(|at| super::halves::inner_cuts(lines.line(at)).count()).sum()
}

/// Parts the foot of a page from its text where lines grow longer, since notes are set smaller, and nothing else parts them.
pub fn mark_feet(lines: &mut Lines, leaves: &[Range<usize>], dress: &Dress) {
    if !dress.is_wrapped() || leaves.len() < 2 {
        return;
    }
    let length = |lines: &Lines, at: usize| lines.line(at).trim().chars().count() * 100;
    let mut starts = Vec::new();
    for leaf in leaves {
        let Some(group) = lines.groups(leaf.clone()).pop().filter(|_| dress.setting == Setting::Solid) else { continue };
        let body: Vec<usize> = leaf.clone().filter(|&at| lines.role(at) == Role::Body).collect();
        let first =
            body.iter().rposition(|&at| length(lines, at) < dress.body * 107 && !ends_note(lines, at, &body, dress.body));
        let Some(start) = first.and_then(|at| body.get(at + 1).copied()) else { continue };
        let wide = body.iter().filter(|&&at| at >= start && length(lines, at) >= dress.body * 112).count();
        if wide >= 2 && start > leaf.start && group.end > start && !lines.all[start].begins {
            starts.push(start);
        }
    }
    starts.into_iter().for_each(|at| lines.all[at].begins = true);
}

/// Whether a short line at a page's foot only ends a note: the line above it is a long one.
fn ends_note(lines: &Lines, at: usize, body: &[usize], measure: usize) -> bool {
    let n = body.partition_point(|&line| line < at);
    let above = n.checked_sub(1).map_or(0, |n| lines.line(body[n]).trim().chars().count() * 100);
    let marked = super::marks::opening(lines.line(at)).is_some();
    above >= measure * 112 || marked
}

/// The lines that begin a paragraph though no blank line stands above them.
pub fn mark_paragraphs(lines: &mut Lines, dress: &Dress) {
    let set_in = |lines: &Lines, at: usize| lines.line(at).starts_with("    ");
    if dress.plain {
        let groups = lines.groups(0..lines.len());
        let own: Vec<bool> = groups.iter().map(|group| group.clone().all(|at| set_in(lines, at))).collect();
        for (n, group) in groups.iter().enumerate() {
            lines.all[group.start].begins = own[n] || n > 0 && own[n - 1];
        }
    }
    let set_in = if dress.setting == Setting::Solid { first_lines_set_in(lines) } else { BTreeSet::new() };
    let starts: Vec<usize> = match dress.setting {
        Setting::Loose | Setting::Wrapped => return,
        Setting::Long => inner_lines(lines).filter(|&at| is_seam(lines, at)).collect(),
        Setting::Solid => inner_lines(lines).filter(|at| set_in.contains(at) || begins(lines, *at, dress.measure)).collect(),
    };
    // What sets a first line in is no code of Markdown's.
    for at in set_in {
        let line = lines.line(at);
        lines.drop_front(at, line.len() - line.trim_start().len());
    }
    starts.into_iter().for_each(|at| lines.all[at].begins = true);
}

/// So many first lines, at least, must be set in where that is what parts paragraphs.
const SET_IN: usize = 5;

/// So many lines in a row are verse, or a quotation, when all are set in; fewer are paragraphs of one line.
const ROW_SET_IN: usize = 3;

/// The first lines of paragraphs, by that they alone are set in.
fn first_lines_set_in(lines: &Lines) -> BTreeSet<usize> {
    let body = |at: usize| at < lines.len() && lines.role(at) == Role::Body && !lines.all[at].code;
    let indent = |at: usize| lines.line(at).len() - lines.line(at).trim_start().len();
    let set_in: Vec<usize> = (0..lines.len()).filter(|&at| body(at) && indent(at) > 0).collect();
    let (mut found, mut others) = (BTreeSet::new(), 0);
    for row in set_in.chunk_by(|above, below| above + 1 == *below) {
        if row.len() <= ROW_SET_IN && row.iter().all(|&at| (2..=12).contains(&indent(at))) {
            found.extend(row);
        } else {
            others += row.len();
        }
    }
    let is_inner = |at: usize| at > 0 && body(at - 1) && body(at + 1) && indent(at - 1) + indent(at + 1) == 0;
    let inner = found.iter().filter(|&&at| is_inner(at)).count();
    if inner >= SET_IN && others * 4 <= found.len() { found } else { BTreeSet::new() }
}

/// Lines of text that follow a line of text at once.
fn inner_lines<'a>(lines: &'a Lines) -> impl Iterator<Item = usize> + 'a {
    let groups = lines.groups(0..lines.len());
    groups.into_iter().filter(|group| !lines.all[group.start].code).flat_map(|group| group.start + 1..group.end)
}

/// Whether a newline between two long lines is a seam of pages, not a line's end inside a list, a table or verse.
fn is_seam(lines: &Lines, at: usize) -> bool {
    let (above, line) = (lines.line(at - 1).trim(), lines.line(at).trim());
    let marked =
        |line: &str| line.starts_with(['|', '-', '*', '+', '>', '#', '$', '\\', ':', '<', '=']) || line.ends_with('\\');
    let long = |line: &str| line.chars().count() > LONG / 2;
    let address = |line: &str| super::floats::is_address(line);
    let goes_on = !matches!(evidence::ending(above), Ending::Stop | Ending::Colon) && line.starts_with(char::is_lowercase);
    // What opens with a raised mark is a note, however the tool writes that.
    let noted = super::marks::opening(above).is_some_and(|found| found.mark.form.is_strong());
    (address(above) || address(line) || (noted || !marked(above)) && !marked(line) && (long(above) || long(line)))
        && !lines.line(at).starts_with("  ")
        && (!goes_on || address(above))
        && !(above.ends_with("  "))
}

/// Whether a line begins a paragraph in a text that parts them by nothing.
fn begins(lines: &Lines, at: usize, measure: usize) -> bool {
    let (above, line) = (lines.line(at - 1).trim(), lines.line(at).trim());
    let length = above.chars().count();
    let first = line.split_whitespace().next().unwrap_or("").chars().count();
    // The first word would have fitted behind the line above.
    let room = (length + 1 + first) * 100 <= measure * 97;
    let short = |share: usize| room && length * 100 < measure * share;
    let capital = !line.starts_with(char::is_lowercase) && !line.starts_with([',', ';', ')', ']', '.', ':', '%']);
    if line.starts_with(['§', '¶']) {
        return true;
    }
    let end = evidence::ending(above);
    // A speech begins with its dash, if that would have had room behind the line above; between sentences a dash stands, too.
    let speech = line.strip_prefix(['–', '—']).is_some_and(|said| said.trim_start().starts_with(char::is_uppercase));
    if speech && room && matches!(end, Ending::Stop | Ending::Colon) {
        return true;
    }
    let caps = |line: &str| line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase);
    match end {
        Ending::Stop | Ending::Colon | Ending::Abbreviation | Ending::Initial => {
            capital && short(if end == Ending::Stop { 88 } else { 75 })
        }
        Ending::Empty => false,
        Ending::Hyphen | Ending::HalfStop => false,
        // A heading has no stop.
        Ending::NoStop => {
            capital
                && (short(70) && !line.starts_with(char::is_numeric)
                    || short(85) && (caps(above) && above.chars().count() > 3 && !caps(line) || is_numbered_head(above)))
        }
    }
}

/// `2.1. State Spaces`: a heading's number.
fn is_numbered_head(line: &str) -> bool {
    let number = line.split(' ').next().unwrap_or("");
    let fits = number.starts_with(|c: char| c.is_ascii_digit())
        && number.contains('.')
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    fits && line[number.len()..].trim_start().starts_with(char::is_uppercase)
}
