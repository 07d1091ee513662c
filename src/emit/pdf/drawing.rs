//! Drawings as PDF draws them: lines and areas, never pixels, so that they are sharp at any size. A form of its own for each
//! (ISO 32000-1, 8.10), whose space is the unit square, like an image's.
//!
//! What PDF has no short words for (filters, masks, patterns, gradients that fade or repeat) is painted as a picture in its place.

use std::fmt::Write;

use lopdf::{Dictionary, Object, ObjectId, dictionary};
use resvg::tiny_skia::{self, PathSegment, Pixmap, Transform};
use resvg::usvg::{
    BlendMode, ClipPath, Color, Fill, FillRule, Group, Image, ImageKind, LineCap, LineJoin, Node, Opacity, Paint, PaintOrder,
    Path, SpreadMethod, Stop, Stroke, Tree,
};

use super::file::{File, compressed};
use super::pictures::{Colours, Made};
use crate::budget::{Budget, PAINTED_PIXELS, PAINTED_SIDE};
use crate::emit::drawing::{calm, painting};
use crate::env::{Picture, PictureFormat};

/// Pixels of a painted part for one of the drawing: 300 to the inch where it is printed as large as it says.
const FINE: f32 = 300.0 / 96.0;

/// Shares of the fineness that are tried where painting takes too much work: 300, 150 and 75 to the inch.
const COARSER: [f32; 3] = [1.0, 0.5, 0.25];

/// Groups are nested so deep at most: graphics states may be saved 28 times (ISO 19005-2, 6.1.13), two of which a path needs.
const DEPTH: usize = 24;

/// Adds a drawing to the file, in these colours. How many parts of it are left out, since painting them takes
/// more work than is granted, is the second answer.
pub fn embed(tree: &Tree, colours: Colours, budget: &Budget, file: &mut File) -> (ObjectId, usize) {
    let (grey, opaque) = (colours != Colours::All, colours == Colours::OpaqueGreys);
    let (width, height) = (tree.size().width(), tree.size().height());
    let left = budget.painting as f64;
    let mut pen =
        Pen { file, grey, opaque, budget, sheet: Sheet::default(), at: Transform::identity(), depth: 0, left, missing: 0 };
    // Where anything is seen through, the whole is painted.
    if opaque && is_seen_through(tree.root(), 0) {
        pen.whole(tree);
    } else {
        pen.nodes(tree.root().children());
    }
    let matrix = [1.0 / width, 0.0, 0.0, -1.0 / height, 0.0, 1.0];
    let sheet = std::mem::take(&mut pen.sheet);
    let id = sheet.add(pen.file, [0.0, 0.0, width, height], matrix, None);
    (id, pen.missing)
}

/// A content stream in the making, with what it calls by name.
#[derive(Default)]
struct Sheet {
    out: String,
    states: Dictionary,
    shadings: Dictionary,
    objects: Dictionary,
}

impl Sheet {
    fn add(self, file: &mut File, bounds: [f32; 4], matrix: [f32; 6], group: Option<Dictionary>) -> ObjectId {
        let mut resources = Dictionary::new();
        for (name, entries) in [("ExtGState", self.states), ("Shading", self.shadings), ("XObject", self.objects)] {
            if !entries.is_empty() {
                resources.set(name, entries);
            }
        }
        if let Some(space) = file.rgb_space() {
            resources.set("ColorSpace", space);
        }
        let mut dict = dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => reals(&bounds),
            "Matrix" => reals(&matrix),
            "Resources" => resources,
        };
        if let Some(group) = group {
            dict.set("Group", group);
        }
        file.doc.add_object(compressed(dict, self.out.as_bytes()))
    }
}

fn reals(numbers: &[f32]) -> Object {
    Object::Array(numbers.iter().map(|number| Object::Real(*number)).collect())
}

struct Pen<'f> {
    file: &'f mut File,
    grey: bool,
    /// Nothing may be seen through.
    opaque: bool,
    sheet: Sheet,
    /// From the space that is drawn in to that of the whole drawing.
    at: Transform,
    depth: usize,
    budget: &'f Budget,
    /// What is left of the work of painting.
    left: f64,
    /// How many parts were too much for it.
    missing: usize,
}

impl Pen<'_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Group(group) => self.group(group, node),
                Node::Path(path) => self.path(path, node),
                Node::Image(image) => self.image(image, node),
                Node::Text(text) => self.nodes(text.flattened().children()),
            }
        }
    }

    fn group(&mut self, group: &Group, node: &Node) {
        let clip = group.clip_path().map(outline);
        let plain = group.filters().is_empty() && group.mask().is_none() && group.blend_mode() == BlendMode::Normal;
        let (true, None | Some(Some(_))) = (plain && self.depth < DEPTH, &clip) else { return self.painted(node) };
        let outer = self.at;
        self.at = outer.pre_concat(group.transform());
        self.depth += 1;
        self.word(&[], "q");
        self.matrix(group.transform());
        for (path, rule) in clip.flatten().into_iter().flatten() {
            self.outline(&path);
            self.word(&[], if rule == FillRule::EvenOdd { "W* n" } else { "W n" });
        }
        if group.opacity() == Opacity::ONE {
            self.nodes(group.children());
        } else {
            self.together(group);
        }
        self.word(&[], "Q");
        self.depth -= 1;
        self.at = outer;
    }

    /// A group that is seen through as a whole.
    fn together(&mut self, group: &Group) {
        let outer = std::mem::take(&mut self.sheet);
        self.nodes(group.children());
        let inner = std::mem::replace(&mut self.sheet, outer);
        let space = if self.grey { "DeviceGray" } else { "DeviceRGB" };
        let kind = dictionary! { "S" => "Transparency", "CS" => space, "I" => true };
        let bounds = group.layer_bounding_box();
        let bounds = [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()];
        let id = inner.add(self.file, bounds, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], Some(kind));
        self.through(group.opacity(), group.opacity());
        self.show(id);
    }

    fn path(&mut self, path: &Path, node: &Node) {
        if !path.is_visible() {
            return;
        }
        let fades = |paint: &Paint| !matches!(paint, Paint::Color(_));
        let fill = path.fill().filter(|fill| fades(fill.paint()));
        if path.stroke().is_some_and(|stroke| fades(stroke.paint()))
            || fill.is_some_and(|fill| Shading::of(fill.paint()).is_none())
        {
            return self.painted(node);
        }
        self.word(&[], "q");
        let (fill, stroke) = (path.fill(), path.stroke());
        self.through(fill.map_or(Opacity::ONE, Fill::opacity), stroke.map_or(Opacity::ONE, Stroke::opacity));
        match path.paint_order() {
            PaintOrder::FillAndStroke => {
                self.fill(fill, path.data());
                self.stroke(stroke, path.data());
            }
            PaintOrder::StrokeAndFill => {
                self.stroke(stroke, path.data());
                self.fill(fill, path.data());
            }
        }
        self.word(&[], "Q");
    }

    fn fill(&mut self, fill: Option<&Fill>, path: &tiny_skia::Path) {
        let Some(fill) = fill else { return };
        let even = fill.rule() == FillRule::EvenOdd;
        match (fill.paint(), Shading::of(fill.paint())) {
            (Paint::Color(color), _) => {
                self.colour(*color, false);
                self.outline(path);
                self.word(&[], if even { "f*" } else { "f" });
            }
            (_, Some(shading)) => {
                self.word(&[], "q");
                self.outline(path);
                self.word(&[], if even { "W* n" } else { "W n" });
                self.matrix(shading.transform);
                let name = format!("S{}", self.sheet.shadings.len());
                self.sheet.shadings.set(name.clone(), shading.dictionary(self.grey));
                let _ = writeln!(self.sheet.out, "/{name} sh Q");
            }
            (_, None) => {}
        }
    }

    fn stroke(&mut self, stroke: Option<&Stroke>, path: &tiny_skia::Path) {
        let Some((stroke, Paint::Color(color))) = stroke.map(|stroke| (stroke, stroke.paint())) else { return };
        self.colour(*color, true);
        self.word(&[stroke.width().get()], "w");
        let cap = match stroke.linecap() {
            LineCap::Butt => 0.0,
            LineCap::Round => 1.0,
            LineCap::Square => 2.0,
        };
        let join = match stroke.linejoin() {
            LineJoin::Miter | LineJoin::MiterClip => 0.0,
            LineJoin::Round => 1.0,
            LineJoin::Bevel => 2.0,
        };
        self.word(&[cap], "J");
        self.word(&[join], "j");
        self.word(&[stroke.miterlimit().get().max(1.0)], "M");
        let dashes: Vec<_> = stroke.dasharray().unwrap_or_default().iter().map(|dash| number(*dash)).collect();
        let _ = writeln!(self.sheet.out, "[{}] {} d", dashes.join(" "), number(stroke.dashoffset()));
        self.outline(path);
        self.word(&[], "S");
    }

    fn image(&mut self, image: &Image, node: &Node) {
        if !image.is_visible() {
            return;
        }
        let (bytes, format) = match image.kind() {
            ImageKind::PNG(bytes) => (bytes, PictureFormat::Png),
            ImageKind::JPEG(bytes) => (bytes, PictureFormat::Jpeg),
            ImageKind::GIF(bytes) => (bytes, PictureFormat::Gif),
            ImageKind::WEBP(bytes) => (bytes, PictureFormat::Webp),
            ImageKind::SVG(_) => return self.painted(node),
        };
        let Ok((width, height)) = self.budget.decode(bytes, |read, _| (read.width(), read.height())) else { return };
        let picture = Picture::of_pixels(bytes.to_vec(), format, width, height);
        let Some(made) = Made::of(&picture, self.grey, self.budget) else { return };
        let id = made.add_to(self.file);
        let (width, height) = (image.size().width(), image.size().height());
        self.placed(id, Transform::from_row(width, 0.0, 0.0, -height, 0.0, height));
    }

    /// A whole drawing as pixels on white paper.
    fn whole(&mut self, tree: &Tree) {
        let (width, height) = (tree.size().width(), tree.size().height());
        let most = (PAINTED_PIXELS / (width * height)).sqrt();
        let finest = FINE.min(most).min(PAINTED_SIDE / width.max(height));
        let work = |scale: &f32| tree.root().children().iter().map(|node| painting(node, *scale)).sum::<f64>();
        let Some(scale) = COARSER.iter().map(|part| finest * part).find(|scale| work(scale) <= self.left) else {
            self.missing += 1;
            return;
        };
        self.left -= work(&scale);
        let side = |length: f32| ((length * scale).ceil() as u32).max(1);
        let Some(mut pixmap) = Pixmap::new(side(width), side(height)) else { return };
        pixmap.fill(tiny_skia::Color::WHITE);
        let place = Transform::from_scale(scale, scale);
        let painted = calm(|| {
            resvg::render(tree, place, &mut pixmap.as_mut());
            Some(())
        });
        if painted.is_none() {
            return;
        }
        let (width, height) = (pixmap.width() as f32 / scale, pixmap.height() as f32 / scale);
        let id = made(&pixmap, self.grey, self.opaque).add_to(self.file);
        self.placed(id, Transform::from_row(width, 0.0, 0.0, -height, 0.0, height));
    }

    /// What is painted as pixels, in its place.
    fn painted(&mut self, node: &Node) {
        let Some(bounds) = node.abs_layer_bounding_box() else { return };
        let Some(back) = self.at.invert() else { return };
        let most = (PAINTED_PIXELS / (bounds.width() * bounds.height())).sqrt();
        let finest = FINE.min(most).min(PAINTED_SIDE / bounds.width().max(bounds.height()));
        // Rather coarse than not at all.
        let work = |scale: &f32| painting(node, *scale);
        let Some(scale) = COARSER.iter().map(|part| finest * part).find(|scale| work(scale) <= self.left) else {
            self.missing += 1;
            return;
        };
        self.left -= work(&scale);
        let side = |length: f32| ((length * scale).ceil() as u32).max(1);
        let Some(mut pixmap) = Pixmap::new(side(bounds.width()), side(bounds.height())) else { return };
        // A node is rendered as if nothing were around it; its place is that in the whole.
        let place = Transform::from_scale(scale, scale).pre_translate(-bounds.x(), -bounds.y()).pre_concat(self.at);
        let place = place.pre_translate(bounds.x(), bounds.y());
        if calm(|| resvg::render_node(node, place, &mut pixmap.as_mut())).is_none() {
            return;
        }
        let (width, height) = (pixmap.width() as f32 / scale, pixmap.height() as f32 / scale);
        let id = made(&pixmap, self.grey, false).add_to(self.file);
        self.placed(id, back.pre_concat(Transform::from_row(width, 0.0, 0.0, -height, bounds.x(), bounds.y() + height)));
    }

    fn placed(&mut self, id: ObjectId, place: Transform) {
        self.word(&[], "q");
        self.matrix(place);
        self.show(id);
        self.word(&[], "Q");
    }

    fn show(&mut self, id: ObjectId) {
        let name = format!("X{}", self.sheet.objects.len());
        self.sheet.objects.set(name.clone(), Object::Reference(id));
        let _ = writeln!(self.sheet.out, "/{name} Do");
    }

    /// How much covers what lies below, for areas and for lines.
    fn through(&mut self, areas: Opacity, lines: Opacity) {
        let part = |opacity: Opacity| (opacity.get() * 255.0).round() as u8;
        let (areas, lines) = (part(areas), part(lines));
        if (areas, lines) == (255, 255) {
            return;
        }
        let name = format!("G{areas}-{lines}");
        let share = |part: u8| Object::Real(f32::from(part) / 255.0);
        self.sheet.states.set(name.clone(), dictionary! { "ca" => share(areas), "CA" => share(lines) });
        let _ = writeln!(self.sheet.out, "/{name} gs");
    }

    fn colour(&mut self, color: Color, line: bool) {
        let parts = parts(color, self.grey);
        let name = match (self.grey, line) {
            (true, false) => "g",
            (true, true) => "G",
            (false, false) => "rg",
            (false, true) => "RG",
        };
        self.word(&parts, name);
    }

    fn matrix(&mut self, by: Transform) {
        if !by.is_identity() {
            self.word(&[by.sx, by.ky, by.kx, by.sy, by.tx, by.ty], "cm");
        }
    }

    fn outline(&mut self, path: &tiny_skia::Path) {
        let mut from = tiny_skia::Point::default();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => {
                    self.word(&[to.x, to.y], "m");
                    from = to;
                }
                PathSegment::LineTo(to) => {
                    self.word(&[to.x, to.y], "l");
                    from = to;
                }
                PathSegment::QuadTo(bend, to) => {
                    // The cubic curve that is the same: two thirds of the way to the bend from either end.
                    let near = |end: f32, bend: f32| end + (bend - end) * 2.0 / 3.0;
                    self.word(
                        &[near(from.x, bend.x), near(from.y, bend.y), near(to.x, bend.x), near(to.y, bend.y), to.x, to.y],
                        "c",
                    );
                    from = to;
                }
                PathSegment::CubicTo(a, b, to) => {
                    self.word(&[a.x, a.y, b.x, b.y, to.x, to.y], "c");
                    from = to;
                }
                PathSegment::Close => self.word(&[], "h"),
            }
        }
    }

    fn word(&mut self, numbers: &[f32], word: &str) {
        for value in numbers {
            self.sheet.out += &number(*value);
            self.sheet.out.push(' ');
        }
        self.sheet.out += word;
        self.sheet.out.push('\n');
    }
}

/// Whether any part of a group, itself so deep in others, lets what lies below be seen, or must be painted as a picture with a mask.
fn is_seen_through(group: &Group, depth: usize) -> bool {
    let plain = group.filters().is_empty() && group.mask().is_none() && group.blend_mode() == BlendMode::Normal;
    let clip = group.clip_path().map(outline);
    let opaque = |opacity: Opacity| opacity == Opacity::ONE;
    let covers = |paint: &Paint| matches!(paint, Paint::Color(_)) || Shading::of(paint).is_some();
    !plain
        || depth > DEPTH
        || !opaque(group.opacity())
        || matches!(clip, Some(None))
        || group.children().iter().any(|node| match node {
            Node::Group(inner) => is_seen_through(inner, depth + 1),
            Node::Path(path) => {
                path.fill().is_some_and(|fill| !opaque(fill.opacity()) || !covers(fill.paint()))
                    || path
                        .stroke()
                        .is_some_and(|stroke| !opaque(stroke.opacity()) || !matches!(stroke.paint(), Paint::Color(_)))
            }
            Node::Image(image) => matches!(image.kind(), ImageKind::SVG(_)),
            Node::Text(text) => is_seen_through(text.flattened(), depth + 1),
        })
}

/// The outlines that a clip path keeps, each within the one before. None where only pixels can say it.
fn outline(clip: &ClipPath) -> Option<Vec<(tiny_skia::Path, FillRule)>> {
    let mut outlines = match clip.clip_path() {
        Some(outer) => outline(outer)?,
        None => Vec::new(),
    };
    let mut paths = Vec::new();
    collect(clip.root(), clip.transform(), &mut paths)?;
    match paths.len() {
        // It keeps nothing.
        0 => return None,
        1 => outlines.append(&mut paths),
        // Areas that overlap are one under the rule that counts turns, unless they turn against each other.
        _ => return None,
    }
    Some(outlines)
}

fn collect(group: &Group, at: Transform, paths: &mut Vec<(tiny_skia::Path, FillRule)>) -> Option<()> {
    if group.clip_path().is_some() || group.mask().is_some() || !group.filters().is_empty() {
        return None;
    }
    let at = at.pre_concat(group.transform());
    for node in group.children() {
        match node {
            Node::Group(inner) => collect(inner, at, paths)?,
            Node::Path(path) if path.is_visible() => {
                let rule = path.fill().map_or(FillRule::NonZero, Fill::rule);
                paths.push((path.data().clone().transform(at)?, rule));
            }
            Node::Path(_) => {}
            Node::Image(_) | Node::Text(_) => return None,
        }
    }
    Some(())
}

/// A gradient that PDF can say (ISO 32000-1, 8.7.4.5): its colours cover, and it goes on with the last one.
struct Shading<'p> {
    kind: i64,
    coords: Vec<f32>,
    stops: &'p [Stop],
    transform: Transform,
}

impl<'p> Shading<'p> {
    fn of(paint: &'p Paint) -> Option<Self> {
        let (base, kind, coords): (&resvg::usvg::BaseGradient, _, _) = match paint {
            Paint::LinearGradient(line) => (line, 2, vec![line.x1(), line.y1(), line.x2(), line.y2()]),
            Paint::RadialGradient(round) => {
                (round, 3, vec![round.fx(), round.fy(), round.fr().get(), round.cx(), round.cy(), round.r().get()])
            }
            Paint::Color(_) | Paint::Pattern(_) => return None,
        };
        let covers = base.stops().iter().all(|stop| stop.opacity() == Opacity::ONE);
        let plain = covers && base.spread_method() == SpreadMethod::Pad && base.stops().len() > 1;
        plain.then(|| Self { kind, coords, stops: base.stops(), transform: base.transform() })
    }

    fn dictionary(&self, grey: bool) -> Dictionary {
        let mut functions = Vec::new();
        let (mut bounds, mut encode) = (Vec::new(), Vec::new());
        let (first, last) = (self.stops[0], self.stops[self.stops.len() - 1]);
        let pairs = self.stops.windows(2).map(|pair| (pair[0], pair[1]));
        // Before the first stop and behind the last, colours stay.
        let ends = [(first, first), (last, last)];
        let all = std::iter::once(ends[0]).chain(pairs).chain([ends[1]]);
        for (from, to) in all {
            functions.push(Object::Dictionary(dictionary! {
                "FunctionType" => 2,
                "Domain" => reals(&[0.0, 1.0]),
                "C0" => reals(&parts(from.color(), grey)),
                "C1" => reals(&parts(to.color(), grey)),
                "N" => 1,
            }));
            bounds.push(from.offset().get());
            encode.extend([0.0, 1.0]);
        }
        // The first function begins at nought without being told.
        bounds.remove(0);
        let function = dictionary! {
            "FunctionType" => 3,
            "Domain" => reals(&[0.0, 1.0]),
            "Functions" => functions,
            "Bounds" => reals(&bounds),
            "Encode" => reals(&encode),
        };
        dictionary! {
            "ShadingType" => self.kind,
            "ColorSpace" => if grey { "DeviceGray" } else { "DeviceRGB" },
            "Coords" => reals(&self.coords),
            "Function" => function,
            "Extend" => vec![Object::Boolean(true), Object::Boolean(true)],
        }
    }
}

/// The parts of a colour: red, green and blue, or how bright it is (ITU-R BT.709).
fn parts(color: Color, grey: bool) -> Vec<f32> {
    let [red, green, blue] = [color.red, color.green, color.blue].map(|part| f32::from(part) / 255.0);
    if grey { vec![0.2126 * red + 0.7152 * green + 0.0722 * blue] } else { vec![red, green, blue] }
}

/// Painted pixels as the file holds them, with the mask that says where nothing was painted.
fn made(pixmap: &Pixmap, grey: bool, opaque: bool) -> Made {
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut bytes = Vec::new();
    let mut mask = Vec::new();
    for pixel in pixmap.pixels() {
        let plain = pixel.demultiply();
        let own = [plain.red(), plain.green(), plain.blue()];
        mask.push(plain.alpha());
        if grey {
            let color = Color::new_rgb(own[0], own[1], own[2]);
            bytes.push((parts(color, true)[0] * 255.0).round() as u8);
        } else {
            bytes.extend(own);
        }
    }
    Made::of_pixels((width, height), &bytes, Some(&*mask).filter(|_| !opaque))
}

/// To a ten-thousandth of a pixel; never in powers of ten, which PDF does not know.
fn number(value: f32) -> String {
    let value = if value.is_finite() { value.clamp(-1e7, 1e7) } else { 0.0 };
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
