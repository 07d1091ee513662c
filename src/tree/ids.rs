//! Ids that outputs make up, none of which the source has already.

use std::collections::BTreeSet;

use super::{Blocks, Visit, walk_blocks};

/// The ids that are taken in a work.
#[derive(Clone, Debug, Default)]
pub struct Ids(BTreeSet<String>);

impl Ids {
    /// Those that the source gives.
    pub fn of(body: &Blocks) -> Self {
        let mut taken = BTreeSet::new();
        walk_blocks(body, &mut |visit| {
            let id = match visit {
                Visit::Block(node) => node.id(),
                Visit::Inline(node) => node.id(),
            };
            taken.extend(id.map(str::to_owned));
        });
        Self(taken)
    }

    /// The id `wanted`, with underscores behind it until nobody else has it. It is taken from now on.
    pub fn fresh(&mut self, mut wanted: String) -> String {
        while !self.0.insert(wanted.clone()) {
            wanted.push('_');
        }
        wanted
    }
}
