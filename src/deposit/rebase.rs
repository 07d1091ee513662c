//! The TEI of a deposit stands above the source's folder, not in it: its pointers to pictures must say so, or they lead nowhere.

use std::collections::BTreeSet;

use super::SOURCE_FOLDER;
use crate::env::Env;
use crate::tree::{Block, Document, Inline, PageBreak, VisitMut, pages, walk_blocks_mut};

/// The work as it is to be said from above the source's folder: images, the cover and pages' facsimiles are in it.
pub fn rebased(doc: &Document, env: &Env) -> (Document, Env) {
    let (mut doc, mut env) = (doc.clone(), env.clone());
    doc.meta.cover.iter_mut().for_each(rebase);
    walk_blocks_mut(&mut doc.body, &mut |visit| match visit {
        VisitMut::Block(node) => {
            if let Block::PageBreak(page) = &mut node.kind {
                page.facsimile.iter_mut().for_each(rebase);
            }
        }
        VisitMut::Inline(node) => {
            if let Inline::Image(image) = &mut node.kind {
                rebase(&mut image.target);
            } else if let Inline::PageBreak(page) = &mut node.kind {
                page.facsimile.iter_mut().for_each(rebase);
            }
        }
        VisitMut::Image(node) => rebase(&mut node.kind.target),
        VisitMut::Cell(_) => {}
    });
    let images = std::mem::take(&mut env.images).into_iter().map(|(mut target, picture)| {
        rebase(&mut target);
        (target, picture)
    });
    env.images = images.collect();
    (doc, env)
}

fn rebase(target: &mut String) {
    if is_local(target) {
        target.insert_str(0, SOURCE_FOLDER);
    }
}

/// Whether a path leads into the work's folder, as far as can be told from itself.
fn is_local(target: &str) -> bool {
    !target.contains("://") && !target.starts_with(['/', '\\', '#']) && !target.starts_with("data:")
}

/// The images of printed pages that lie with the source, by the paths that it writes.
pub fn facsimiles(doc: &Document) -> BTreeSet<&str> {
    pages(&doc.body).into_iter().filter_map(|(page, _)| local_facsimile(page)).collect()
}

fn local_facsimile(page: &PageBreak) -> Option<&str> {
    page.facsimile.as_deref().filter(|path| is_local(path))
}
