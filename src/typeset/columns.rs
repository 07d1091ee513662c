//! An index in two columns: each page's half of its lines beside the other half, in small type, with white between the letters of the
//! alphabet. Where pages end is reckoned here, since what a page's right column begins with hangs on it.

use super::column::{NEARLY, Pen};
use super::design::Type;
use super::galley::{ASCENT, NEVER, Opens, Slug, WIDOW};
use super::paginate::Frame;
use super::setter::{Place, Setter};
use super::structure::Parent;
use crate::tree::{Index, plain_text};

/// A line of an index before it has a column; none: white between two letters.
struct Row {
    slug: Option<Slug>,
    /// Whether a column may begin with it.
    begins: bool,
}

/// The columns of a page: where the second stands from the first, and how many lines they have.
struct Columns {
    kind: Type,
    /// How far in each stands: what is read first, and what is read next.
    insets: [f32; 2],
    width: f32,
}

impl<'a> Setter<'a> {
    /// Sets an index in two columns, if it has the length and its page the room. It must stand where its page is known: behind its
    /// chapter's heading, in the running text.
    pub fn index_in_columns(&mut self, index: &'a Index, element: u32, place: &Place<'a>) -> bool {
        let flows = matches!(place.parent, Parent::Section(_)) && place.grid == Some(0.0) && place.width >= self.measure;
        let Some(columns) = self.columns(place).filter(|_| flows && index.entries.len() >= FEWEST) else { return false };
        let (height, leading) = (Frame::height(self.design), self.design.text.leading);
        let Some(top) = self.reached(height) else { return false };
        // The first baseline of a page is that of its text.
        let sink = (leading - columns.kind.leading).max(0.0) * ASCENT;
        let rows_in = |room: f32| ((room + NEARLY) / columns.kind.leading).floor().max(1.0) as usize;
        let white = self.flow.white.max(self.slugs.last().map_or(0.0, |last| last.below));
        let first = rows_in(height - top - white);
        if first < LEAST_ROWS {
            return false;
        }
        let own =
            Place { kind: columns.kind, grid: None, width: columns.width, parent: Parent::Element(element), ..place.clone() };
        let mut rows = std::collections::VecDeque::from(self.index_rows(index, &own));
        let mut turned = false;
        while !rows.is_empty() {
            let [one, two] = cut(&mut rows, if turned { rows_in(height - sink) } else { first });
            for (number, slug) in columns.beside(one, two, element).into_iter().enumerate() {
                let begins = turned && number == 0;
                let price = if number == 0 { 0 } else { NEVER };
                self.push(Slug { price, sink: if begins { sink } else { 0.0 }, ..slug });
            }
            turned = true;
        }
        self.flow.first = true;
        true
    }

    fn columns(&self, place: &Place<'a>) -> Option<Columns> {
        let kind = self.design.note;
        let gap = kind.size * GAP;
        let width = (place.width - gap) / 2.0;
        let insets = if place.right_to_left() { [width + gap, 0.0] } else { [0.0, width + gap] };
        (width >= kind.size * NARROWEST).then_some(Columns { kind, insets, width })
    }

    /// How far down its page what was set since its chapter's heading reaches; none, where that isn't known.
    fn reached(&self, height: f32) -> Option<f32> {
        let from = self.slugs.iter().rposition(|slug| slug.opens != Opens::Nothing)?;
        let mut pen = Pen::TOP;
        for slug in &self.slugs[from..] {
            let mut next = pen;
            next.pass(slug, self.design.text.leading);
            if next.y > height + NEARLY {
                // Only an index before this one ends its pages where it says.
                slug.row.filter(|_| slug.price == 0)?;
                next = Pen::TOP;
                next.pass(slug, self.design.text.leading);
            }
            pen = next;
        }
        Some(pen.y)
    }

    /// The lines of all entries, one below the other.
    fn index_rows(&mut self, index: &'a Index, place: &Place<'a>) -> Vec<Row> {
        let (mut rows, mut letter, mut leads) = (Vec::new(), None, false);
        for entry in &index.entries {
            if entry.depth <= 1 {
                let own = initial(&plain_text(&entry.text));
                let turns = letter.is_some_and(|letter| letter != own);
                rows.extend(turns.then_some(Row { slug: None, begins: false }));
                letter = Some(own);
            }
            let inset = f32::from(entry.depth.clamp(1, DEEPEST) - 1) * place.kind.size * STEP;
            let slugs = self.apart(|setter| setter.hanging(&entry.text, (inset, place.kind.size * TURNED), place));
            // What an entry leads over stays with it, and so do the lines that it turns over into.
            let first = |number: usize| number == 0 && !(leads && entry.depth > 1);
            let row = |(number, slug): (usize, Slug)| Row {
                begins: first(number) || number > 0 && slug.price < WIDOW,
                slug: Some(slug),
            };
            rows.extend(slugs.into_iter().enumerate().map(row));
            leads = entry.depth <= 1;
        }
        rows
    }
}

impl Columns {
    /// Two columns as lines over the whole measure, which are read one column after the other.
    fn beside(&self, one: Vec<Row>, two: Vec<Row>, element: u32) -> Vec<Slug> {
        let count = one.len().max(two.len());
        let mut slugs: Vec<Slug> = (0..count).map(|_| Slug { row: Some(element), ..Slug::of(self.kind) }).collect();
        for ((number, column), inset) in [one, two].into_iter().enumerate().zip(self.insets) {
            for (slug, row) in slugs.iter_mut().zip(column) {
                let Some(mut own) = row.slug else { continue };
                own.items.iter_mut().for_each(|placed| placed.x += inset);
                slug.cells.extend(own.items.iter().map(|_| number as u32));
                slug.items.append(&mut own.items);
                slug.notes.append(&mut own.notes);
                slug.marks.append(&mut own.marks);
                slug.ascent = slug.ascent.max(own.ascent);
                slug.descent = slug.descent.max(own.descent);
            }
        }
        slugs
    }
}

/// Takes the two columns of a page of so many rows. The last page's end alike.
fn cut(rows: &mut std::collections::VecDeque<Row>, most: usize) -> [Vec<Row>; 2] {
    let fitting = |rows: &std::collections::VecDeque<Row>, height: usize| {
        let one = column(rows, 0, height);
        (one, column(rows, one, height))
    };
    let even = (rows.len().div_ceil(2)..most).find(|height| fitting(rows, *height).1 == rows.len());
    let (one, two) = fitting(rows, even.unwrap_or(most));
    let mut taken: Vec<Row> = rows.drain(..two).collect();
    let mut right = taken.split_off(one);
    // White at a column's ends is none of its lines.
    for column in [&mut taken, &mut right] {
        let white = column.iter().take_while(|row| row.slug.is_none()).count();
        column.drain(..white);
    }
    [taken, right]
}

/// Where a column of so many rows ends that begins at `from`: before what may begin another.
fn column(rows: &std::collections::VecDeque<Row>, from: usize, height: usize) -> usize {
    let from = from + rows.iter().skip(from).take_while(|row| row.slug.is_none()).count();
    let most = (from + height).min(rows.len());
    let ends = |end: &usize| *end == rows.len() || rows[*end].begins || rows[*end].slug.is_none();
    (most.saturating_sub(MOST_BACK).max(from + 1)..=most).rev().find(ends).unwrap_or(most)
}

/// Under which letter an entry stands: marks on letters of Latin script aside. All figures are one.
fn initial(text: &str) -> char {
    match text.chars().find(|c| c.is_alphanumeric()) {
        Some(c) if c.is_numeric() => '0',
        Some(c) if c < '\u{250}' => {
            deunicode::deunicode_char(c).and_then(|said| said.chars().next()).unwrap_or(c).to_ascii_uppercase()
        }
        Some(c) => c.to_uppercase().next().unwrap_or(c),
        None => ' ',
    }
}

/// Fewer entries fill no two columns.
const FEWEST: usize = 16;
/// A page that has room for fewer rows is no place to begin on.
const LEAST_ROWS: usize = 4;
/// The narrowest column, the white between two, and how far lines stand in that an entry turns over into, and entries below others:
/// in ems.
const NARROWEST: f32 = 11.5;
const GAP: f32 = 1.5;
const TURNED: f32 = 2.0;
const STEP: f32 = 1.0;
/// Entries stand no deeper in.
const DEEPEST: u8 = 4;
/// So many rows at most stay empty at a column's foot for the sake of what belongs together.
const MOST_BACK: usize = 4;
