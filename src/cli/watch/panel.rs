//! What the page of `watch` shows, and what of it changed since the browser last asked: of a book of 500 pages a save changes a
//! paragraph, and only that goes over.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

/// The panels of pieces, by their ids in the page.
pub const NAMES: [&str; 4] = ["epub", "pdf", "tei", "text"];

/// How many versions are remembered: a browser that was busy while they came is still told the difference.
const KEPT: usize = 8;

/// The pieces of each panel, as JSON: what stands in it from top to bottom.
pub type Panels = [Vec<Value>; 4];

/// The pieces of the last versions, by their hashes.
#[derive(Default)]
pub struct History {
    versions: VecDeque<(u64, [Vec<u64>; 4])>,
}

impl History {
    /// Remembers what a version shows.
    pub fn keep(&mut self, version: u64, panels: &Panels) {
        let hashed = panels.each_ref().map(|pieces| pieces.iter().map(hash).collect());
        self.versions.push_back((version, hashed));
        if self.versions.len() > KEPT {
            self.versions.pop_front();
        }
    }

    /// What is to be put into each panel of a browser that shows the version `had`, so that it shows `panels`, the last one kept: how many
    /// pieces stay at its beginning and at its end, and the new ones between. All of them where that version is not remembered.
    pub fn since(&self, had: Option<u64>, panels: &Panels) -> Value {
        let find = |version: u64| self.versions.iter().find(|(known, _)| *known == version).map(|(_, hashed)| hashed);
        let before = had.and_then(find);
        let now = self.versions.back().map(|(_, hashed)| hashed);
        let mut told = json!({});
        for (n, (name, pieces)) in NAMES.iter().zip(panels).enumerate() {
            let (head, tail) = match (before, now) {
                (Some(before), Some(now)) => alike(&before[n], &now[n]),
                _ => (0, 0),
            };
            let known = before.is_some();
            told[name] = json!({ "known": known, "head": head, "tail": tail, "pieces": pieces[head..pieces.len() - tail] });
        }
        told
    }
}

/// How many pieces are the same at the beginning, and of the others at the end.
fn alike(before: &[u64], now: &[u64]) -> (usize, usize) {
    let head = before.iter().zip(now).take_while(|(a, b)| a == b).count();
    let tail = before[head..].iter().rev().zip(now[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    (head, tail)
}

fn hash(piece: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    piece.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panels(text: &[&str]) -> Panels {
        [Vec::new(), Vec::new(), Vec::new(), text.iter().map(|piece| json!(piece)).collect()]
    }

    #[test]
    fn only_what_changed_goes_over() {
        let mut history = History::default();
        for (version, text) in [(1, &["a", "b", "c"][..]), (2, &["a", "x", "y", "c"]), (3, &["a", "x", "y", "c", "c"])] {
            history.keep(version, &panels(text));
        }
        let now = panels(&["a", "x", "y", "c", "c"]);
        let told = |had| history.since(had, &now)["text"].clone();
        assert_eq!(told(Some(1)), json!({ "known": true, "head": 1, "tail": 1, "pieces": ["x", "y", "c"] }));
        assert_eq!(told(Some(2)), json!({ "known": true, "head": 4, "tail": 0, "pieces": ["c"] }));
        assert_eq!(told(Some(3)), json!({ "known": true, "head": 5, "tail": 0, "pieces": [] }));
        assert_eq!(told(Some(9)), json!({ "known": false, "head": 0, "tail": 0, "pieces": ["a", "x", "y", "c", "c"] }));
        assert_eq!(told(None)["known"], false);
        for version in 4..20 {
            history.keep(version, &now);
        }
        assert_eq!(history.since(Some(3), &now)["text"]["known"], false);
    }
}
