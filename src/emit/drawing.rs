//! Drawings (SVG) understood once for every output that can't hand them on as they are: styles, reuse and units resolved, text made
//! outlines with the fonts that the program carries. A machine's fonts and files are never asked, so that the same drawing is the
//! same everywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Fill, Group, ImageHrefResolver, Node, Options, Paint, Stroke, Tree, filter};
use skrifa::{FontRef, MetadataProvider};

use crate::budget::{Budget, PAINTED_SIDE};
use crate::env::{Env, Templates};

/// The fonts for the words in drawings.
pub struct Fonts {
    known: Arc<Database>,
    family: String,
}

impl Fonts {
    pub fn new(env: &Env) -> Self {
        let mut known = Database::new();
        for name in Templates::names().filter(|name| name.starts_with("fonts/")) {
            known.load_font_data(env.templates.bytes(name).to_vec());
        }
        let family = |known: &Database, mono: bool| {
            let face = known.faces().find(|face| face.monospaced == mono).or(known.faces().next());
            face.and_then(|face| Some(face.families.first()?.0.clone())).unwrap_or_default()
        };
        let (text, code) = (family(&known, false), family(&known, true));
        known.set_serif_family(text.as_str());
        known.set_sans_serif_family(text.as_str());
        known.set_cursive_family(text.as_str());
        known.set_fantasy_family(text.as_str());
        known.set_monospace_family(code);
        Self { known: Arc::new(known), family: text }
    }

    /// A drawing, resolved. None for one that shows nothing, or that can't be calculated.
    pub fn read(&self, svg: &str) -> Option<Tree> {
        let options = Options {
            font_family: self.family.clone(),
            fontdb: Arc::clone(&self.known),
            image_href_resolver: ImageHrefResolver {
                resolve_data: ImageHrefResolver::default_data_resolver(),
                // Nothing outside the drawing is looked for.
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        // Numbers that lie too far apart make it stumble.
        calm(|| Tree::from_str(svg, &options).ok())
    }

    /// The characters of a drawing that no font has.
    pub fn lacking(&self, tree: &Tree) -> BTreeSet<char> {
        let mut said = BTreeSet::new();
        gather(tree.root().children(), &mut said);
        said.retain(|c| !c.is_whitespace() && !c.is_control());
        for face in self.known.faces() {
            self.known.with_face_data(face.id, |bytes, _| {
                if let Ok(font) = FontRef::new(bytes) {
                    said.retain(|c| font.charmap().map(*c).is_none());
                }
            });
        }
        said
    }
}

fn gather(nodes: &[Node], said: &mut BTreeSet<char>) {
    for node in nodes {
        match node {
            Node::Group(group) => gather(group.children(), said),
            Node::Text(text) => said.extend(text.chunks().iter().flat_map(|chunk| chunk.text().chars())),
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

/// Pixels for a whole drawing, `scale` of them for one of its own. None where that would be none, or too many, or more work than
/// `budget` grants.
pub fn pixels(tree: &Tree, scale: f32, budget: &Budget) -> Option<Pixmap> {
    let side = |length: f32| (length * scale).ceil() as u32;
    let work: f64 = tree.root().children().iter().map(|node| painting(node, scale)).sum();
    if work > budget.painting as f64 || tree.size().width().max(tree.size().height()) * scale > PAINTED_SIDE {
        return None;
    }
    let mut pixmap = Pixmap::new(side(tree.size().width()), side(tree.size().height()))?;
    calm(move || {
        resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
        Some(pixmap)
    })
}

/// The work of painting a node with `scale` pixels for one of the drawing: the pixels that are touched, once for each area, layer and
/// effect. An estimate from above that looks at no pixel.
pub fn painting(node: &Node, scale: f32) -> f64 {
    let canvas = node.abs_layer_bounding_box().map_or(0.0, |bounds| touched(bounds.width(), bounds.height(), scale));
    Painting { scale, canvas }.node(node)
}

/// So many pixels count for the least thing: what is looked up and set up costs as much.
const LEAST: f64 = 64.0;

fn touched(width: f32, height: f32, scale: f32) -> f64 {
    f64::from(width * scale).max(1.0) * f64::from(height * scale).max(1.0)
}

struct Painting {
    scale: f32,
    /// Pixels of what is painted on: a layer has at most those of five times its sides, however large it says it is.
    canvas: f64,
}

impl Painting {
    fn area(&self, width: f32, height: f32) -> f64 {
        touched(width, height, self.scale).min(25.0 * self.canvas) + LEAST
    }

    fn group(&self, group: &Group) -> f64 {
        let bounds = group.abs_layer_bounding_box();
        let layer = self.area(bounds.width(), bounds.height());
        let mut work: f64 = group.children().iter().map(|node| self.node(node)).sum();
        if group.should_isolate() {
            work += 2.0 * layer;
        }
        for filter in group.filters() {
            work += filter.primitives().iter().map(|primitive| layer * self.weight(primitive.kind())).sum::<f64>();
        }
        let mut mask = group.mask();
        while let Some(one) = mask {
            work += 2.0 * layer + self.group(one.root());
            mask = one.mask();
        }
        let mut clip = group.clip_path();
        while let Some(one) = clip {
            work += layer + self.group(one.root());
            clip = one.clip_path();
        }
        work
    }

    fn node(&self, node: &Node) -> f64 {
        let bounds = node.abs_layer_bounding_box();
        let area = bounds.map_or(LEAST, |bounds| self.area(bounds.width(), bounds.height()));
        match node {
            Node::Group(group) => self.group(group),
            Node::Text(text) => self.group(text.flattened()),
            Node::Image(_) => area,
            Node::Path(path) => {
                let paints = path.fill().map(Fill::paint).into_iter().chain(path.stroke().map(Stroke::paint));
                let patterns = paints.filter_map(|paint| match paint {
                    Paint::Pattern(pattern) => Some(self.group(pattern.root())),
                    Paint::Color(_) | Paint::LinearGradient(_) | Paint::RadialGradient(_) => None,
                });
                area + path.data().len() as f64 + patterns.sum::<f64>()
            }
        }
    }

    /// How often an effect touches each pixel.
    fn weight(&self, kind: &filter::Kind) -> f64 {
        match kind {
            filter::Kind::GaussianBlur(_) | filter::Kind::DropShadow(_) => 12.0,
            filter::Kind::ConvolveMatrix(kernel) => {
                f64::from(kernel.matrix().columns()) * f64::from(kernel.matrix().rows()) + 4.0
            }
            // Every pixel looks at all within reach.
            filter::Kind::Morphology(reach) => {
                let side = |radius: f32| f64::from(2.0 * radius * self.scale + 1.0);
                (side(reach.radius_x().get()) * side(reach.radius_y().get())).min(self.canvas) + 4.0
            }
            filter::Kind::Turbulence(noise) => 40.0 * f64::from(noise.num_octaves().max(1)),
            filter::Kind::DiffuseLighting(_) | filter::Kind::SpecularLighting(_) => 20.0,
            filter::Kind::Image(image) => 4.0 + self.group(image.root()) / self.canvas.max(1.0),
            filter::Kind::Blend(_)
            | filter::Kind::ColorMatrix(_)
            | filter::Kind::ComponentTransfer(_)
            | filter::Kind::Composite(_)
            | filter::Kind::DisplacementMap(_)
            | filter::Kind::Flood(_)
            | filter::Kind::Merge(_)
            | filter::Kind::Offset(_)
            | filter::Kind::Tile(_) => 4.0,
        }
    }
}

/// What `draw` gives; None where it stumbles over a drawing.
pub fn calm<T>(draw: impl FnOnce() -> Option<T>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw)).ok().flatten()
}
