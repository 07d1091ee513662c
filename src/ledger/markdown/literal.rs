//! What the tree says where Markdown and its dialects leave open what a sign means.

use std::ops::Range;

/// Where the tree has code and formulas, in their order. The format leaves open whether an indented line is code or is indented for its
/// looks, and whether a bracket behind a backslash opens a formula; either way every word must be there.
#[derive(Debug, Default)]
pub struct Literal {
    pub code: Vec<Range<usize>>,
    pub math: Vec<Range<usize>>,
    /// Where pictures are described: formulas are said in letters there.
    pub pictures: Vec<Range<usize>>,
    /// Where tables stand, if that is known: what is drawn like one may be text.
    pub tables: Option<Vec<Range<usize>>>,
    /// Whether some stand so deep that they are tables no longer.
    pub is_levelled: bool,
    /// Where all code stands, if that is known: what a fence opens that nothing closes ends with its page.
    pub listings: Option<Vec<Range<usize>>>,
    /// Where runs of text stand: mark-up in which one begins or ends was not read as such, and every word of it must be there.
    pub runs: Vec<Range<usize>>,
    /// Where code stands in lines of text.
    pub spans: Vec<Range<usize>>,
    /// Where pages begin: a form feed that begins one ends a line.
    pub pages: Vec<Range<usize>>,
    /// What repairs took out: a line begins behind it.
    pub taken: Vec<Range<usize>>,
    /// Where notes begin that repairs found, by their starts.
    pub notes: Vec<Range<usize>>,
}

impl Literal {
    pub fn is_code(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.code, range)
    }

    pub fn is_math(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.math, range)
    }

    pub fn is_picture(&self, range: &Range<usize>) -> bool {
        Self::touches(&self.pictures, range)
    }

    pub fn is_table(&self, range: &Range<usize>) -> bool {
        self.is_levelled || self.tables.as_ref().is_none_or(|tables| Self::touches(tables, range))
    }

    pub fn is_listing(&self, range: &Range<usize>) -> bool {
        self.listings.as_ref().is_none_or(|listings| Self::touches(listings, range))
    }

    /// Whether the tree has a table whose first row begins in a line.
    pub fn heads_table(&self, line: &Range<usize>) -> bool {
        let tables = self.tables.as_deref().unwrap_or_default();
        tables.get(tables.partition_point(|table| table.start < line.start)).is_some_and(|table| table.start < line.end)
    }

    /// Whether a table's first row begins right at a place.
    pub fn heads_table_at(&self, at: usize) -> bool {
        self.heads_table(&(at..at + 1))
    }

    /// Whether a run of text begins or ends inside of what would be mark-up, and goes on outside of it.
    pub fn is_cut(&self, range: &Range<usize>) -> bool {
        // Runs stand beside each other; the few that stand in the place of another are notes.
        const NEAR: usize = 8;
        let behind = self.runs.partition_point(|run| run.start <= range.start);
        let ends_inside = |run: &Range<usize>| run.end > range.start && run.end < range.end;
        let begins_inside = |run: &&Range<usize>| run.start < range.end;
        self.runs[behind.saturating_sub(NEAR)..behind].iter().any(ends_inside)
            || self.runs[behind..].iter().take_while(begins_inside).any(|run| run.end >= range.end)
    }

    /// Whether a run of text goes over all of a range.
    pub fn is_text(&self, range: &Range<usize>) -> bool {
        const NEAR: usize = 8;
        let behind = self.runs.partition_point(|run| run.start <= range.start);
        self.runs[behind.saturating_sub(NEAR)..behind].iter().any(|run| run.end >= range.end)
    }

    /// Whether a run of text stands in a line.
    pub fn has_text(&self, line: &Range<usize>) -> bool {
        Self::touches(&self.runs, line)
    }

    /// Whether a run of text begins at a place.
    pub fn begins_run(&self, at: usize) -> bool {
        self.runs.binary_search_by_key(&at, |run| run.start).is_ok()
    }

    /// Whether a page begins with the form feed at a place.
    pub fn begins_page(&self, at: usize) -> bool {
        let behind = self.pages.partition_point(|page| page.start <= at + 1);
        self.pages[..behind].last().is_some_and(|page| page.end >= at)
    }

    /// How far what a repair took out goes that begins with a line and ends before it does.
    pub fn taken_from(&self, line: &Range<usize>) -> Option<usize> {
        let first = self.taken.partition_point(|taken| taken.start < line.start);
        let own = self.taken[first..].iter().take_while(|taken| taken.start == line.start);
        own.map(|taken| taken.end).filter(|end| (line.start + 1..line.end).contains(end)).max()
    }

    /// Where what repairs took out ends inside of a line.
    pub fn taken_in(&self, line: &Range<usize>) -> impl Iterator<Item = usize> + use<'_> {
        let first = self.taken.partition_point(|taken| taken.start <= line.start);
        let line = line.clone();
        let own = self.taken[first..].iter().take_while(move |taken| taken.start < line.end);
        own.map(|taken| taken.end).filter(move |end| (line.start + 1..line.end).contains(end))
    }

    pub fn touches(places: &[Range<usize>], range: &Range<usize>) -> bool {
        let first = places.partition_point(|place| place.end <= range.start);
        places.get(first).is_some_and(|place| place.start < range.end)
    }
}
