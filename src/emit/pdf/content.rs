//! What a page shows, as a content stream, and what was marked in it: which element each marked stretch belongs to, where links
//! and pictures lie. Pages are written side by side.

use std::io::Write;

use super::clusters::{Cluster, clusters, glyph};
use super::file::deflate;
use super::fonts::{Font, told};
use super::pictures::Shown;
use super::syntax;
use crate::typeset::{ElementId, Furniture, Glyph, Item, Page, Part, Placed, Run};

/// What all pages share.
pub struct Sheet<'a> {
    pub fonts: Vec<Font<'a>>,
    /// How each picture is called, by its path.
    pub pictures: std::collections::BTreeMap<&'a str, Shown>,
    /// For each element, what its marked stretches are called, and the link that it lies in.
    pub tags: Vec<&'static str>,
    pub links: &'a [Option<ElementId>],
    /// The height of the trimmed page and how far its left bottom corner lies inside the sheet.
    pub height: f32,
    pub origin: (f32, f32),
    /// What every page begins with: its ink, and marks outside the page.
    pub head: String,
}

/// A page as it goes into the file.
#[derive(Default)]
pub struct Content {
    pub stream: Vec<u8>,
    /// The marked stretches: the position is the stretch's number.
    pub marks: Vec<Mark>,
    pub links: Vec<Area>,
    pub pictures: Vec<Area>,
}

/// A marked stretch of content, in the words of [`Part::Content`].
pub struct Mark {
    pub element: ElementId,
    pub after: u32,
    /// The top of what it shows, on the sheet.
    pub top: f32,
}

/// A box on the sheet that belongs to an element: left, bottom, right, top.
pub struct Area {
    pub element: ElementId,
    pub bounds: [f32; 4],
}

/// Writes a page, its stream compressed: pages are many, and nobody looks into them again.
pub fn write(page: &Page, sheet: &Sheet) -> Content {
    let mut writer = Writer { sheet, out: Content::default(), open: None, text: None, spacing: Spacing::NONE };
    writer.out.stream.extend_from_slice(sheet.head.as_bytes());
    for placed in &page.items {
        writer.item(placed);
    }
    writer.close();
    writer.out.stream = deflate(&writer.out.stream);
    writer.out
}

struct Writer<'a> {
    sheet: &'a Sheet<'a>,
    out: Content,
    /// The stretch that is being marked.
    open: Option<Part>,
    /// The text object that is open.
    text: Option<TextState>,
    /// What is set behind text objects, too.
    spacing: Spacing,
}

/// How glyphs are set apart and widened (ISO 32000-1, 9.3): `Tc` in thousandths of a point, `Tz` in tenths of a per cent.
#[derive(Clone, Copy, PartialEq)]
struct Spacing {
    between: i64,
    scale: i64,
}

impl Spacing {
    const NONE: Self = Self { between: 0, scale: 1000 };

    fn of(run: &Run) -> Self {
        let between = (f64::from(run.letter_space / run.expansion) * 1000.0).round() as i64;
        Self { between, scale: (f64::from(run.expansion) * 1000.0).round() as i64 }
    }
}

/// What a text object remembers: the start of the last line, in hundredths of a point, and the face and size.
#[derive(Default)]
struct TextState {
    x: i64,
    y: i64,
    font: Option<(u16, f32)>,
}

impl Writer<'_> {
    fn item(&mut self, placed: &Placed) {
        let (x, y) = (placed.x + self.sheet.origin.0, self.sheet.origin.1 + self.sheet.height - placed.y);
        self.mark(placed.part, top(&placed.item, y));
        if let Part::Content { element, .. } = placed.part {
            self.area(element, &placed.item, x, y);
        }
        match &placed.item {
            Item::Run(run) => self.run(run, x, y),
            Item::Rule { width, height } => {
                self.end_text();
                self.numbers(&[x, y - height, *width, *height]);
                self.out.stream.extend_from_slice(b"re f\n");
            }
            Item::Image { target, width, height } => {
                self.end_text();
                // A drawing has text of its own, which would be set so, too.
                self.space(Spacing::NONE);
                // One that is not among the resources was remarked when it was looked for.
                let Some(shown) = self.sheet.pictures.get(target.as_str()) else { return };
                self.out.stream.extend_from_slice(b"q ");
                let [a, b, c, d, e, f] = shown.turn.map(f32::from);
                self.numbers(&[a * width, b * height, c * width, d * height, x + e * width, y - height + f * height]);
                let _ = writeln!(self.out.stream, "cm/{} Do Q", shown.name);
            }
        }
    }

    /// Sees to it that what follows is marked as `part`.
    fn mark(&mut self, part: Part, top: f32) {
        if self.open == Some(part) {
            return;
        }
        self.close();
        match part {
            Part::Content { element, after } => {
                let _ = writeln!(self.out.stream, "/{}<</MCID {}>>BDC", self.tag(element), self.out.marks.len());
                self.out.marks.push(Mark { element, after, top });
            }
            Part::Furniture(furniture) => {
                self.out.stream.extend_from_slice(match furniture {
                    Furniture::RunningHead => b"/Artifact<</Type/Pagination/Subtype/Header>>BDC\n",
                    Furniture::Folio => b"/Artifact<</Type/Pagination/Subtype/Footer>>BDC\n",
                    Furniture::Decoration => b"/Artifact<</Type/Layout>>BDC\n",
                });
            }
        }
        self.open = Some(part);
    }

    fn tag(&self, element: ElementId) -> &'static str {
        self.sheet.tags[element.0 as usize]
    }

    fn close(&mut self) {
        self.end_text();
        if self.open.take().is_some() {
            self.out.stream.extend_from_slice(b"EMC\n");
        }
    }

    fn end_text(&mut self) {
        if self.text.take().is_some() {
            self.out.stream.extend_from_slice(b"ET\n");
        }
    }

    /// Remembers where links and pictures lie. What follows on the same line joins the box before.
    fn area(&mut self, element: ElementId, item: &Item, x: f32, y: f32) {
        if let Item::Image { width, height, .. } = item {
            self.out.pictures.push(Area { element, bounds: [x, y - height, x + width, y] });
        }
        let Some(link) = self.sheet.links[element.0 as usize] else { return };
        let bounds = match item {
            Item::Run(run) => {
                let font = &self.sheet.fonts[usize::from(run.font.0)];
                let width: f32 = run.glyphs.iter().map(|glyph| advance(run, font, glyph)).sum();
                [x, y - 0.22 * run.size, x + width * run.size * run.expansion / 1000.0, top(item, y)]
            }
            Item::Rule { width, height } | Item::Image { width, height, .. } => [x, y - height, x + width, y],
        };
        match self.out.links.last_mut() {
            Some(last) if last.element == link && (last.bounds[1] - bounds[1]).abs() < 2.0 => {
                last.bounds[0] = last.bounds[0].min(bounds[0]);
                last.bounds[1] = last.bounds[1].min(bounds[1]);
                last.bounds[2] = last.bounds[2].max(bounds[2]);
                last.bounds[3] = last.bounds[3].max(bounds[3]);
            }
            _ => self.out.links.push(Area { element: link, bounds }),
        }
    }

    fn numbers(&mut self, numbers: &[f32]) {
        for number in numbers {
            syntax::length(&mut self.out.stream, *number);
            self.out.stream.push(b' ');
        }
    }

    fn space(&mut self, spacing: Spacing) {
        let out = &mut self.out.stream;
        if spacing.between != self.spacing.between {
            syntax::thousandths(out, spacing.between);
            out.extend_from_slice(b" Tc\n");
        }
        if spacing.scale != self.spacing.scale {
            syntax::hundredths(out, spacing.scale * 10);
            out.extend_from_slice(b" Tz\n");
        }
        self.spacing = spacing;
    }

    fn run(&mut self, run: &Run, x: f32, y: f32) {
        self.space(Spacing::of(run));
        let out = &mut self.out.stream;
        let state = self.text.get_or_insert_with(|| {
            out.extend_from_slice(b"BT\n");
            TextState::default()
        });
        if state.font != Some((run.font.0, run.size)) {
            let _ = write!(out, "/F{} ", run.font.0);
            syntax::length(out, run.size);
            out.extend_from_slice(b" Tf\n");
            state.font = Some((run.font.0, run.size));
        }
        let (to_x, to_y) = ((f64::from(x) * 100.0).round() as i64, (f64::from(y) * 100.0).round() as i64);
        syntax::hundredths(out, to_x - state.x);
        out.push(b' ');
        syntax::hundredths(out, to_y - state.y);
        out.extend_from_slice(b" Td");
        (state.x, state.y) = (to_x, to_y);
        let mut line = Line::new(out, run, &self.sheet.fonts[usize::from(run.font.0)]);
        clusters(run, |cluster| line.cluster(cluster));
        line.end();
    }
}

/// The upper edge of an item at the height `y`: a run's is that of most of its letters.
fn top(item: &Item, y: f32) -> f32 {
    match item {
        Item::Run(run) => y + 0.72 * run.size,
        Item::Rule { .. } | Item::Image { .. } => y,
    }
}

/// How far a glyph moves the pen, in thousandths of the type size, before all is widened.
fn advance(run: &Run, font: &Font, glyph: &Glyph) -> f32 {
    f32::from(glyph.advance) * 1000.0 / font.units_per_em + besides(run, glyph.space)
}

/// What of that is not the glyph's own width.
fn besides(run: &Run, is_space: bool) -> f32 {
    let space = if is_space { run.word_space } else { 0.0 };
    (space + run.letter_space) * 1000.0 / (run.size * run.expansion)
}

/// Glyphs being shown: a string is open between two adjustments of the pen. Everything is in thousandths of the type size.
struct Line<'a> {
    out: &'a mut Vec<u8>,
    run: &'a Run,
    font: &'a Font<'a>,
    /// Where a reader's pen stands, and where the next glyph wants to stand.
    pen: f32,
    place: f32,
    scale: f32,
    /// What the reader's pen moves by behind every glyph, besides the glyph's own width.
    between: f32,
    /// What [`besides`] says of a letter and of a space.
    besides: [f32; 2],
    /// Whether an array of strings and adjustments is open, and a string in it.
    array: bool,
    string: bool,
    /// The rise that is set, in font units.
    rise: i16,
}

impl<'a> Line<'a> {
    fn new(out: &'a mut Vec<u8>, run: &'a Run, font: &'a Font<'a>) -> Self {
        // From right to left, the glyphs are still shown in the order of the letters, so that they are read in it.
        let place = if run.right_to_left { run.glyphs.iter().map(|glyph| advance(run, font, glyph)).sum() } else { 0.0 };
        let scale = 1000.0 / font.units_per_em;
        let between = Spacing::of(run).between as f32 / run.size;
        let besides = [false, true].map(|is_space| besides(run, is_space));
        Self { out, run, font, pen: 0.0, place, scale, between, besides, array: false, string: false, rise: 0 }
    }

    /// Shows a cluster; states its text where the glyphs can't say it themselves.
    fn cluster(&mut self, cluster: Cluster) {
        let says = |at: usize| self.font.says[usize::from(glyph(self.run, at).id)];
        if cluster.count == 1 && says(cluster.first) == Some(told(cluster.text)) {
            return self.glyph(cluster.first);
        }
        let said = cluster.pairs().is_some_and(|mut pairs| pairs.all(|(at, text)| says(at) == Some(told(text))));
        if !said {
            self.end_array();
            self.out.extend_from_slice(b"/Span<</ActualText");
            syntax::utf16(self.out, cluster.text);
            self.out.extend_from_slice(b">>BDC");
        }
        (cluster.first..cluster.first + cluster.count).for_each(|at| self.glyph(at));
        if !said {
            self.end_array();
            self.out.extend_from_slice(b"EMC");
        }
    }

    fn glyph(&mut self, at: usize) {
        let shown = glyph(self.run, at);
        let own = f32::from(shown.advance) * 1000.0 / self.font.units_per_em;
        let advance = own + self.besides[usize::from(shown.space)];
        if self.run.right_to_left {
            self.place -= advance;
        }
        let id = usize::from(shown.id);
        let cid = self.font.cids[id];
        if cid > 0 {
            self.rise(shown.dy);
            self.move_to(self.place + f32::from(shown.dx) * self.scale);
            if !self.string {
                self.out.extend_from_slice(if self.array { b"(" } else { b"[(" });
                (self.array, self.string) = (true, true);
            }
            let bytes = cid.to_be_bytes();
            match bytes.into_iter().any(syntax::is_escaped) {
                true => bytes.into_iter().for_each(|byte| syntax::escaped(self.out, byte)),
                false => self.out.extend_from_slice(&bytes),
            }
            self.pen += self.font.widths[id] + self.between;
        }
        if !self.run.right_to_left {
            self.place += advance;
        }
    }

    /// Brings the pen to a place. Rounded to whole thousandths; what is lost is made good at the next move.
    fn move_to(&mut self, place: f32) {
        let by = self.pen - place;
        if by.abs() < 0.5 {
            return;
        }
        let by = by.round();
        if self.string {
            self.out.push(b')');
            self.string = false;
        } else if !self.array {
            self.out.push(b'[');
            self.array = true;
        }
        syntax::integer(self.out, by as i64);
        self.pen -= by;
    }

    fn rise(&mut self, dy: i16) {
        if dy == self.rise {
            return;
        }
        self.end_array();
        self.out.push(b' ');
        syntax::length(self.out, f32::from(dy) * self.scale * self.run.size / 1000.0);
        self.out.extend_from_slice(b" Ts");
        self.rise = dy;
    }

    fn end_array(&mut self) {
        if self.string {
            self.out.push(b')');
        }
        if self.array {
            self.out.extend_from_slice(b"]TJ ");
        }
        (self.array, self.string) = (false, false);
    }

    fn end(mut self) {
        self.rise(0);
        self.end_array();
        self.out.push(b'\n');
    }
}
