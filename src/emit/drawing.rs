//! Drawings (SVG) understood once for every output that can't hand them on as they are: styles, reuse and units resolved, text made
//! outlines with the fonts that the program carries. A machine's fonts and files are never asked, so that the same drawing is the
//! same everywhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Node, Options, Tree};
use skrifa::{FontRef, MetadataProvider};

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

/// Pixels for a whole drawing, `scale` of them for one of its own. None where that would be none, or too many.
pub fn pixels(tree: &Tree, scale: f32) -> Option<Pixmap> {
    let side = |length: f32| (length * scale).ceil() as u32;
    let mut pixmap = Pixmap::new(side(tree.size().width()), side(tree.size().height()))?;
    calm(move || {
        resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
        Some(pixmap)
    })
}

/// What `draw` gives; None where it stumbles over a drawing.
pub fn calm<T>(draw: impl FnOnce() -> Option<T>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw)).ok().flatten()
}
