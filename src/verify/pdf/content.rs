//! A page's content stream, as a viewer runs it (ISO 32000-1, 7.8, 9.4 and 14.6): which words are shown in which marked stretch,
//! at what height, and which images. Only what text needs is understood; the rest is stepped over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fonts::Font;
use super::object::{Lexer, Object, Token};

/// A marked stretch.
#[derive(Debug, Default)]
pub struct Stretch {
    pub text: String,
    /// The names of the images shown.
    pub images: Vec<Box<[u8]>>,
    /// The baseline of its first letter, and of its last, in points from the sheet's lower edge.
    pub first: Option<f32>,
    pub last: Option<f32>,
    /// The size of its first letter, in points.
    pub size: f32,
    /// How many stretches the page shows before it.
    pub rank: usize,
}

/// Words that stand on the page beside the text, such as the number of a printed page, and their height.
#[derive(Debug)]
pub struct Beside {
    pub text: String,
    pub height: f32,
}

/// What a page shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// By their MCIDs.
    pub marked: BTreeMap<i64, Stretch>,
    /// Words outside of every marked stretch, artifacts aside.
    pub unmarked: String,
    pub beside: Vec<Beside>,
    /// Codes for which a font says no character.
    pub mute: usize,
}

/// A marked-content sequence that is open.
enum Mark {
    /// With whether it may say something: running heads and folios are the output's own.
    Artifact(bool),
    Content(i64, Stretch),
    /// Its text is stated, whatever its glyphs say. Said at its first glyph.
    Actual(Option<String>),
    Other,
}

/// Runs a page's content.
pub fn run(stream: &[u8], fonts: &BTreeMap<Box<[u8]>, Arc<Font>>) -> Shown {
    let (shown, state) = (Shown::default(), State::default());
    let mut machine =
        Machine { fonts, shown, marks: Vec::new(), artifacts: 0, stated: 0, beside: None, stack: Vec::new(), state };
    let mut lexer = Lexer::of_content(stream);
    let mut operands = Vec::new();
    while let Some(token) = lexer.next() {
        match token {
            Token::Operand(operand) => operands.push(operand),
            Token::Word(b"BI") => {
                lexer.skip_image();
                operands.clear();
            }
            Token::Word(name) => {
                machine.operator(name, &operands);
                operands.clear();
            }
        }
    }
    while !machine.marks.is_empty() {
        machine.end_mark();
    }
    machine.shown
}

#[derive(Clone, Default)]
struct State<'f> {
    font: Option<&'f Font>,
    size: f32,
    leading: f32,
    /// The height of the line, by the text matrix and that of the page.
    line: f32,
    scale: f32,
    /// The height to which the page's own matrix lifts what is drawn.
    lift: f32,
}

struct Machine<'f> {
    fonts: &'f BTreeMap<Box<[u8]>, Arc<Font>>,
    shown: Shown,
    marks: Vec<Mark>,
    /// How many of the marks are artifacts, and how many state their text.
    artifacts: usize,
    stated: usize,
    /// The height of what the open artifact says: one may hold several lines.
    beside: Option<f32>,
    stack: Vec<State<'f>>,
    state: State<'f>,
}

impl<'f> Machine<'f> {
    fn operator(&mut self, name: &[u8], operands: &[Object]) {
        let number = |at: usize| match operands.get(at) {
            Some(Object::Number(number)) => *number as f32,
            _ => 0.0,
        };
        match name {
            b"q" => self.stack.push(self.state.clone()),
            b"Q" => self.state = self.stack.pop().unwrap_or_default(),
            b"cm" => self.state.lift += number(5),
            b"BT" => (self.state.line, self.state.scale) = (0.0, 1.0),
            b"Tf" => {
                if let Some(Object::Name(font)) = operands.first() {
                    self.state.font = self.fonts.get(&**font).map(Arc::as_ref);
                }
                self.state.size = number(1);
            }
            b"TL" => self.state.leading = number(0),
            b"Td" => self.state.line += number(1) * self.state.scale,
            b"TD" => {
                self.state.leading = -number(1);
                self.state.line += number(1) * self.state.scale;
            }
            b"Tm" => (self.state.scale, self.state.line) = (number(3), number(5)),
            b"T*" => self.state.line -= self.state.leading * self.state.scale,
            b"Tj" => self.show(operands),
            b"'" | b"\"" => {
                self.state.line -= self.state.leading * self.state.scale;
                self.show(operands);
            }
            b"TJ" => {
                if let Some(Object::Array(items)) = operands.first() {
                    self.show(items);
                }
            }
            b"BMC" => self.mark(operands.first(), None),
            b"BDC" => self.mark(operands.first(), operands.get(1)),
            b"EMC" => self.end_mark(),
            b"Do" => {
                if let (Some(Object::Name(name)), Some(stretch)) = (operands.first(), self.stretch()) {
                    stretch.images.push(name.as_ref().into());
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, tag: Option<&Object>, properties: Option<&Object>) {
        let properties = properties.and_then(Object::dictionary);
        let get = |key: &[u8]| properties.and_then(|properties| properties.get(key));
        let mark = match (tag, get(b"MCID"), get(b"ActualText")) {
            (Some(Object::Name(name)), _, _) if **name == *b"Artifact" => {
                self.artifacts += 1;
                self.beside = None;
                Mark::Artifact(properties.is_some_and(|properties| properties.name(b"Type") == b"Layout"))
            }
            (_, Some(Object::Number(id)), _) => {
                let rank = self.shown.marked.len() + self.marks.len();
                Mark::Content(*id as i64, Stretch { rank, ..Stretch::default() })
            }
            (_, _, Some(Object::Text(said))) => {
                self.stated += 1;
                Mark::Actual(Some(super::text_string(said)))
            }
            _ => Mark::Other,
        };
        self.marks.push(mark);
    }

    fn end_mark(&mut self) {
        match self.marks.pop() {
            Some(Mark::Artifact(_)) => self.artifacts -= 1,
            Some(Mark::Content(id, stretch)) => {
                // A stretch that is opened again under its number goes on.
                match self.shown.marked.get_mut(&id) {
                    Some(open) => open.text.push_str(&stretch.text),
                    None => drop(self.shown.marked.insert(id, stretch)),
                }
            }
            Some(Mark::Actual(_)) => self.stated -= 1,
            Some(Mark::Other) | None => {}
        }
    }

    /// The marked stretch that is open, if no artifact is.
    fn stretch(&mut self) -> Option<&mut Stretch> {
        if self.artifacts > 0 {
            return None;
        }
        self.marks.iter_mut().rev().find_map(|mark| match mark {
            Mark::Content(_, stretch) => Some(stretch),
            Mark::Artifact(_) | Mark::Actual(_) | Mark::Other => None,
        })
    }

    /// Shows strings on one line; what stands between them moves the pen.
    fn show(&mut self, items: &[Object]) {
        let strings = || {
            items.iter().filter_map(|item| match item {
                Object::Text(codes) => Some(&**codes),
                _ => None,
            })
        };
        if strings().next().is_none() {
            return;
        }
        // Stated once, at the first glyph; the others in it say nothing.
        let stated = (self.stated > 0).then(|| self.take_stated());
        let (font, height) = (self.state.font, self.state.line + self.state.lift);
        let size = self.state.size * self.state.scale.abs();
        let mut mute = 0;
        let mut say = |out: &mut String| match (&stated, font) {
            (Some(text), _) => out.push_str(text),
            (None, Some(font)) => mute += strings().map(|codes| font.say(codes, out)).sum::<usize>(),
            (None, None) => mute += strings().map(<[u8]>::len).sum::<usize>(),
        };
        if self.artifacts > 0 {
            let mut text = String::new();
            say(&mut text);
            let counts = self.marks.iter().any(|mark| matches!(mark, Mark::Artifact(true)));
            match self.shown.beside.last_mut() {
                Some(last) if counts && self.beside == Some(height) => last.text.push_str(&text),
                _ if counts => self.shown.beside.push(Beside { text, height }),
                _ => {}
            }
            self.beside = Some(height);
        } else if let Some(stretch) = self.stretch() {
            if stretch.first.is_none() {
                (stretch.first, stretch.size) = (Some(height), size);
            }
            // Another line: a space, but where the word goes on.
            let turned = stretch.last.is_some_and(|last| (last - height).abs() > 0.6 * size);
            if turned && !goes_on(&stretch.text) {
                stretch.text.push(' ');
            }
            stretch.last = Some(height);
            say(&mut stretch.text);
        } else {
            say(&mut self.shown.unmarked);
        }
        self.shown.mute += mute;
    }

    /// What the innermost mark that states its text says, if it was not said yet.
    fn take_stated(&mut self) -> String {
        let stated = self.marks.iter_mut().rev().find_map(|mark| match mark {
            Mark::Actual(text) => Some(text.take()),
            Mark::Artifact(_) | Mark::Content(..) | Mark::Other => None,
        });
        stated.flatten().unwrap_or_default()
    }
}

/// Whether a line's last word goes on in the next: a soft hyphen says so, or it is an address, into which no sign may be set: that
/// one ends where white space says so.
pub fn goes_on(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or("");
    let bare = last.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_address = |start: &str| bare.len() > start.len() && bare.starts_with(start);
    text.ends_with('\u{AD}')
        || bare.contains("://")
        || bare.split_once('@').is_some_and(|(_, host)| host.len() > 2)
        || ["www.", "doi.org/", "doi:10.", "10.", "mailto:"].into_iter().any(is_address)
}

impl Stretch {
    /// Whether the text of `next`, on the same page or another, stands on another line.
    pub fn turns(&self, next: &Stretch) -> bool {
        match (self.last, next.first) {
            (Some(last), Some(first)) => (last - first).abs() > 6.0,
            _ => false,
        }
    }
}
