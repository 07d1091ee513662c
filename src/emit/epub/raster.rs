//! Outlines of glyphs become pixels: the covered part of each, exactly, by summing signed areas
//! (R. Levien, "Inside the fastest font renderer in the world", 2016).

use std::rc::Rc;

use skrifa::outline::OutlinePen;

/// A row of pixels.
type Row = Rc<[u8]>;

/// A picture in one ink: how much of each pixel it covers, from 0 to 255.
pub(super) struct Canvas {
    pub width: usize,
    pub height: usize,
    /// From the top. Rows that are drawn alike are one, and most of a cover's are.
    pub rows: Vec<Row>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, rows: vec![vec![0; width].into(); height] }
    }

    /// A filled box.
    pub fn fill(&mut self, x: usize, y: usize, width: usize, height: usize) {
        let (right, bottom) = ((x + width).min(self.width), (y + height).min(self.height));
        // The last row as it was, and as it is now.
        let mut last: Option<(Row, Row)> = None;
        for row in self.rows.get_mut(y..bottom).unwrap_or_default() {
            let filled = match &last {
                Some((was, is)) if Rc::ptr_eq(was, row) => is.clone(),
                _ => {
                    let mut own = row.to_vec();
                    own[x.min(right)..right].fill(u8::MAX);
                    own.into()
                }
            };
            last = Some((row.clone(), filled.clone()));
            *row = filled;
        }
    }

    /// The inside of an outline.
    pub fn draw(&mut self, outline: &Outline) {
        let Some((left, top, right, bottom)) = outline.bounds() else { return };
        let (left, top) = (left.floor().max(0.0), top.floor().max(0.0));
        let width = (right.ceil() - left).max(0.0) as usize + 2;
        let height = (bottom.ceil() - top).max(0.0) as usize + 1;
        if width > 2 * self.width || height > 2 * self.height {
            return;
        }
        let mut area = vec![0.0_f32; width * height + 2];
        for (from, to) in &outline.lines {
            add(&mut area, width, height, (from.0 - left, from.1 - top), (to.0 - left, to.1 - top));
        }
        let right = self.width.min((left as usize).saturating_add(width));
        for (row, area) in self.rows.iter_mut().skip(top as usize).zip(area.chunks_exact(width)).take(height) {
            let mut covered = 0.0;
            for (pixel, area) in Rc::make_mut(row)[right.min(left as usize)..right].iter_mut().zip(area) {
                covered += area;
                if covered.abs() > 0.002 {
                    *pixel = blend(*pixel, covered.abs());
                }
            }
        }
    }
}

/// A pixel of which so large a share is covered besides.
fn blend(pixel: u8, share: f32) -> u8 {
    if share > 0.999 {
        return u8::MAX;
    }
    (f32::from(pixel) + (255.0 - f32::from(pixel)) * share + 0.5) as u8
}

/// Adds the area to the right of a line to the pixels that it crosses, less what lies to the right of the next.
fn add(area: &mut [f32], width: usize, height: usize, from: (f32, f32), to: (f32, f32)) {
    if from.1 == to.1 {
        return;
    }
    let (sign, from, to) = if from.1 < to.1 { (1.0, from, to) } else { (-1.0, to, from) };
    let slope = (to.0 - from.0) / (to.1 - from.1);
    let mut x = if from.1 < 0.0 { from.0 - from.1 * slope } else { from.0 };
    for y in from.1.max(0.0) as usize..height.min(up(to.1)) {
        let tall = ((y + 1) as f32).min(to.1) - (y as f32).max(from.1);
        let next = x + slope * tall;
        let (x0, x1) = if x < next { (x, next) } else { (next, x) };
        // What lies left of the picture covers its whole row.
        let (x0, x1) = (x0.clamp(0.0, (width - 2) as f32), x1.clamp(0.0, (width - 2) as f32));
        row(&mut area[y * width..], x0, x1, sign * tall);
        x = next;
    }
}

/// The next whole number; none of these is under 0. Rounding up is a call where a processor has no instruction for it.
fn up(x: f32) -> usize {
    let whole = x as usize;
    whole + usize::from(x > whole as f32)
}

fn row(row: &mut [f32], x0: f32, x1: f32, area: f32) {
    let (at, end) = (x0 as usize, up(x1));
    let (first, last) = (at as f32, end as f32);
    if end <= at + 1 {
        let middle = 0.5 * (x0 + x1) - first;
        row[at] += area - area * middle;
        row[at + 1] += area * middle;
        return;
    }
    let per_pixel = 1.0 / (x1 - x0);
    let in_first = x0 - first;
    let left = 0.5 * per_pixel * (1.0 - in_first) * (1.0 - in_first);
    let in_last = x1 - last + 1.0;
    let right = 0.5 * per_pixel * in_last * in_last;
    row[at] += area * left;
    if end == at + 2 {
        row[at + 1] += area * (1.0 - left - right);
    } else {
        let second = per_pixel * (1.5 - in_first);
        row[at + 1] += area * (second - left);
        row[at + 2..end - 1].iter_mut().for_each(|pixel| *pixel += area * per_pixel);
        let before_last = second + (end - at - 3) as f32 * per_pixel;
        row[end - 1] += area * (1.0 - before_last - right);
    }
    row[end] += area * right;
}

/// Straight lines around a shape, in pixels, down the page. Curves are cut into lines too short to be seen.
pub(super) struct Outline {
    lines: Vec<((f32, f32), (f32, f32))>,
    /// Where the glyph stands, and pixels for a unit of its outline.
    origin: (f32, f32),
    scale: f32,
    start: (f32, f32),
    pen: (f32, f32),
}

impl Outline {
    pub fn new(origin: (f32, f32), scale: f32) -> Self {
        Self { lines: Vec::new(), origin, scale, start: origin, pen: origin }
    }

    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.origin.0 + x * self.scale, self.origin.1 - y * self.scale)
    }

    fn line(&mut self, to: (f32, f32)) {
        self.lines.push((self.pen, to));
        self.pen = to;
    }

    fn bounds(&self) -> Option<(f32, f32, f32, f32)> {
        let points = self.lines.iter().flat_map(|(from, to)| [from, to]);
        points.fold(None, |bounds, (x, y)| {
            let (left, top, right, bottom) = bounds.unwrap_or((*x, *y, *x, *y));
            Some((x.min(left), y.min(top), x.max(right), y.max(bottom)))
        })
    }
}

/// How far off a curve its lines may be, in pixels.
const OFF: f32 = 0.1;
/// So many lines stand for a curve at most.
const STEPS: f32 = 24.0;

/// How many lines stand for a curve whose second derivative is so long at most, in pixels: a line is off by an eighth of it times the
/// square of its share of the curve.
fn steps(bend: f32) -> u16 {
    (bend / (8.0 * OFF)).sqrt().clamp(0.0, STEPS) as u16 + 1
}

/// How far a point is from lying midway between two others.
fn bend(from: (f32, f32), middle: (f32, f32), to: (f32, f32)) -> f32 {
    (from.0 - 2.0 * middle.0 + to.0).hypot(from.1 - 2.0 * middle.1 + to.1)
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen = self.place(x, y);
        self.start = self.pen;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.line(self.place(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (from, control, to) = (self.pen, self.place(cx, cy), self.place(x, y));
        let steps = steps(2.0 * bend(from, control, to));
        for step in 1..=steps {
            let t = f32::from(step) / f32::from(steps);
            let at = |a: f32, b: f32, c: f32| (1.0 - t) * (1.0 - t) * a + 2.0 * (1.0 - t) * t * b + t * t * c;
            self.line((at(from.0, control.0, to.0), at(from.1, control.1, to.1)));
        }
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (from, first, second, to) = (self.pen, self.place(cx0, cy0), self.place(cx1, cy1), self.place(x, y));
        let steps = steps(6.0 * bend(from, first, second).max(bend(first, second, to)));
        for step in 1..=steps {
            let t = f32::from(step) / f32::from(steps);
            let u = 1.0 - t;
            let at = |a: f32, b: f32, c: f32, d: f32| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
            self.line((at(from.0, first.0, second.0, to.0), at(from.1, first.1, second.1, to.1)));
        }
    }

    fn close(&mut self) {
        self.line(self.start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_covers_its_area() {
        let mut canvas = Canvas::new(8, 8);
        let mut outline = Outline::new((1.5, 6.0), 1.0);
        outline.move_to(0.0, 0.0);
        outline.line_to(4.0, 0.0);
        outline.line_to(4.0, 3.0);
        outline.line_to(0.0, 3.0);
        outline.close();
        canvas.draw(&outline);
        let ink = |x: usize, y: usize| canvas.rows[y][x];
        assert_eq!((0..8).map(|x| ink(x, 4)).collect::<Vec<_>>(), [0, 128, 255, 255, 255, 128, 0, 0]);
        assert_eq!((0..8).map(|y| ink(3, y)).collect::<Vec<_>>(), [0, 0, 0, 255, 255, 255, 0, 0]);
    }

    #[test]
    fn a_slope_covers_its_half() {
        let mut canvas = Canvas::new(6, 6);
        let mut outline = Outline::new((0.0, 4.0), 1.0);
        outline.move_to(0.0, 0.0);
        outline.line_to(4.0, 0.0);
        outline.line_to(0.0, 4.0);
        outline.close();
        canvas.draw(&outline);
        let sum: u32 = canvas.rows.iter().flat_map(|row| row.iter()).map(|pixel| u32::from(*pixel)).sum();
        assert!(sum.abs_diff(8 * 255) <= 4, "{sum}");
    }
}
