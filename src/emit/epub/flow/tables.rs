//! Tables: whole words in every column, and a box to scroll in where a phone is too narrow for them.

use super::{At, Pairs, Writer, is_mute};
use crate::tree::{Align, Attrs, Blocks, Cell, Node, Row, Table, places, plain_text, texts};

impl<'p> Writer<'p, '_> {
    pub(super) fn table(&mut self, table: &'p Table, attrs: Option<&Attrs>, at: At) {
        if table.columns.is_empty() {
            return;
        }
        let label = self.scrolls(table, at);
        let inner = At { boxed: at.boxed || label.is_some(), ..at };
        if let Some(label) = &label {
            self.xml.open("div", &[("class", "scrolls"), ("role", "region"), ("aria-label", label), ("tabindex", "0")]);
            self.line();
        }
        self.grid(table, attrs, inner);
        if label.is_some() {
            self.line();
            self.xml.close();
        }
    }

    /// The name of the box that a table scrolls in where it may be too wide for a phone; none where it can't be, or stands in such
    /// a box already. A box can be reached by keys, which a narrow table must not ask of those who read by them.
    fn scrolls(&mut self, table: &Table, at: At) -> Option<String> {
        if at.boxed || least_width(table) <= SURELY_FITS {
            return None;
        }
        let caption = plain_text(&table.caption);
        let label = if caption.is_empty() { self.book.words.get("table").to_owned() } else { caption };
        // Regions of one page are told apart by their names.
        self.regions.push(label.clone());
        let count = self.regions.iter().filter(|known| **known == label).count();
        Some(if count == 1 { label } else { format!("{label} ({count})") })
    }

    fn grid(&mut self, table: &'p Table, attrs: Option<&Attrs>, at: At) {
        let at = self.open("table", Vec::new(), "", attrs, at);
        self.line();
        if !table.caption.is_empty() {
            self.text_in("caption", "", &table.caption, None, at);
            self.line();
        }
        if !table.head.is_empty() {
            self.xml.open("thead", &[]);
            self.line();
            self.rows(&table.head, &table.columns, "col", at);
            self.close();
        }
        if !table.rows.is_empty() {
            self.xml.open("tbody", &[]);
            self.line();
            self.rows(&table.rows, &table.columns, "row", at);
            self.close();
        }
        self.xml.close();
    }

    fn rows(&mut self, rows: &'p [Row], columns: &[Align], scope: &'static str, at: At) {
        for (row, places) in rows.iter().zip(places(rows)) {
            self.xml.open("tr", &[]);
            for (cell, place) in row.iter().zip(places) {
                self.cell(cell, columns.get(place).copied().unwrap_or(Align::Natural), scope, at);
            }
            self.close();
        }
    }

    /// A cell; `scope` says what it names if it is a head.
    fn cell(&mut self, node: &'p Node<Cell>, align: Align, scope: &'static str, at: At) {
        let cell = &node.kind;
        // A header without words says nothing of its column.
        let head = cell.is_head && cell.line().is_none_or(|line| !is_mute(line));
        let (cols, rows) = (cell.cols.to_string(), cell.rows.to_string());
        let mut own: Pairs = if head { vec![("scope", scope)] } else { Vec::new() };
        own.extend((cell.cols > 1).then_some(("colspan", cols.as_str())));
        own.extend((cell.rows > 1).then_some(("rowspan", rows.as_str())));
        let class = match cell.align.unwrap_or(align) {
            Align::Natural => "",
            Align::Left => "left",
            Align::Centre => "centre",
            Align::Right => "right",
        };
        let at = self.open(if head { "th" } else { "td" }, own, class, node.attrs.as_deref(), at);
        match cell.line() {
            Some(line) => self.inlines(line, at),
            None => {
                self.line();
                self.blocks(&cell.body, at);
            }
        }
        self.xml.close();
    }
}

/// So many letters of a table's longest words, gaps counted in, fit on a phone of 360 pixels at twice the usual size of type.
const SURELY_FITS: usize = 14;

/// How many letters a table is wide where every cell is as narrow as its longest word lets it be.
fn least_width(table: &Table) -> usize {
    let mut widths = vec![0; table.columns.len()];
    for rows in [&table.head, &table.rows] {
        for (row, places) in rows.iter().zip(places(rows)) {
            for (cell, place) in row.iter().zip(places) {
                let longest = longest_word(&cell.kind.body).div_ceil(usize::from(cell.kind.cols.max(1)));
                let taken = widths.iter_mut().skip(place).take(usize::from(cell.kind.cols));
                taken.for_each(|width: &mut usize| *width = (*width).max(longest));
            }
        }
    }
    widths.iter().map(|width| width + 2).sum()
}

fn longest_word(blocks: &Blocks) -> usize {
    let mut longest = 0;
    texts(blocks, &mut |text, _| {
        longest = text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0).max(longest);
    });
    longest
}
