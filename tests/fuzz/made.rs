//! What is fed by its structure: trees for the typesetter, damages to trees and to whole bags. The bytes of an input only choose.

use std::sync::LazyLock;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tetrapla::budget::Budget;
use tetrapla::deposit::{self, Files};
use tetrapla::driver::{self, Finished, Order};
use tetrapla::ledger::account;
use tetrapla::report::Report;
use tetrapla::tree::{Document, Inline, Node, VisitMut, walk_blocks_mut};

use super::mutate::Dice;
use super::targets::{emitted, opened};
use crate::support::{files, order, read, root};
use crate::tei::trees::document;

/// Dice that the bytes of an input throw.
fn dice(bytes: &[u8]) -> Dice {
    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).
    Dice::new(bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3)))
}

/// A tree that no source has goes into every format.
pub fn tree(bytes: &[u8]) -> Result<(), String> {
    let mut dice = dice(bytes);
    let seed: [u8; 32] = std::array::from_fn(|_| dice.below(256) as u8);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let doc = document().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
    emitted(&doc)
}

fn accounted(work: &Finished, doc: &Document) -> Vec<String> {
    let found = account(doc, &work.manuscript, &work.report.diagnostics).differences;
    found.into_iter().map(|one| format!("{}: {}", one.code, one.message)).collect()
}

/// Whatever is read, the ledger finds every word of it.
pub fn no_alarm(bytes: &[u8]) -> Result<(), String> {
    no_alarm_in("a.md", bytes)
}

/// The same of TEI.
pub fn no_alarm_of_tei(bytes: &[u8]) -> Result<(), String> {
    no_alarm_in("a.tei.xml", bytes)
}

fn no_alarm_in(name: &str, bytes: &[u8]) -> Result<(), String> {
    let work = opened(name, bytes, "");
    let Some(doc) = work.doc.as_ref().filter(|_| !work.report.is_refused()) else { return Ok(()) };
    accounted(&work, doc).into_iter().next().map_or(Ok(()), Err)
}

/// One letter or digit of a tree is another, or gone: the ledger tells.
pub fn no_miss(bytes: &[u8]) -> Result<(), String> {
    static WORKS: LazyLock<Vec<Finished>> = LazyLock::new(|| {
        let folders = ["tests/cases/notes", "tests/cases/paged"].map(|folder| files(&root().join(folder), ".md"));
        let texts = ["tests/cases/block/all.md", "tests/damage/source.md"].map(|path| root().join(path));
        let works = texts.into_iter().chain(folders.into_iter().flatten()).flat_map(|path| read(&path));
        works.filter(|work| work.doc.as_ref().is_some_and(|doc| accounted(work, doc).is_empty())).collect()
    });
    let mut dice = dice(bytes);
    let work = &WORKS[dice.below(WORKS.len())];
    let Some(doc) = &work.doc else { return Ok(()) };
    let mut doc = doc.clone();
    let letters = changed(&mut doc, usize::MAX, "");
    if letters == 0 {
        return Ok(());
    }
    let (at, to) = (dice.below(letters), ["", "Q", "77"][dice.below(3)]);
    changed(&mut doc, at, to);
    match accounted(work, &doc).is_empty() {
        true => Err(format!("{}: letter {at} became \"{to}\", and nobody tells", work.work.path.display())),
        false => Ok(()),
    }
}

/// Makes another of the letter or digit at `at` of the words that a reader sees; says how many there are.
fn changed(doc: &mut Document, at: usize, to: &str) -> usize {
    let mut count = 0;
    walk_blocks_mut(&mut doc.body, &mut |visit| {
        let VisitMut::Inline(Node { kind: Inline::Text(text), .. }) = visit else { return };
        let own = text.chars().filter(|c| c.is_ascii_alphanumeric()).count();
        if (count..count + own).contains(&at)
            && let Some((place, c)) = text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).nth(at - count)
        {
            // What is the same is no damage.
            let to = if to.chars().eq([c]) { "" } else { to };
            text.replace_range(place..place + c.len_utf8(), to);
        }
        count += own;
    });
    count
}

/// A bag that was whole and of which one thing is another is refused.
pub fn damaged_bag(bytes: &[u8]) -> Result<(), String> {
    static BAG: LazyLock<Files> = LazyLock::new(|| {
        let desk = tempfile::tempdir().expect("a folder for the test");
        let (source, bag) = (desk.path().join("a.md"), desk.path().join("bag"));
        std::fs::write(&source, super::targets::WORK).expect("room for a text");
        let work = driver::find(&[source], &mut Report::default()).remove(0);
        let whole = order(&bag);
        let to = whole.to.iter().filter(|backend| backend.name() != "pdf").copied().collect();
        let made = driver::deposit(work, &Order { to, ..whole }, &bag, true);
        assert!(!made.report.is_refused(), "{:?}", made.report.diagnostics);
        let inside = |path: std::path::PathBuf| {
            let name = path.strip_prefix(&bag).expect("a file of the bag").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file of the bag"))
        };
        files(&bag, "").into_iter().map(inside).collect()
    });
    let verified = |files: &Files| {
        let mut report = Report::default();
        deposit::verify(files, &Budget::default(), &mut report);
        !report.is_refused()
    };
    let mut dice = dice(bytes);
    let mut files = BAG.clone();
    let name = files.keys().nth(dice.below(BAG.len())).cloned().unwrap_or_default();
    let what = match dice.below(5) {
        0 => {
            files.remove(&name);
            "is gone"
        }
        1 => {
            let bytes = files.remove(&name).unwrap_or_default();
            files.insert(format!("data/{}", dice.below(1000)), bytes);
            "has another name"
        }
        2 => {
            files.insert(format!("data/more-{}", dice.below(1000)), b"more".to_vec());
            "has another beside it"
        }
        3 => {
            let bytes = files.entry(name.clone()).or_default();
            bytes.truncate(dice.below(bytes.len().max(1)));
            "is cut"
        }
        _ => {
            let bytes = files.entry(name.clone()).or_default();
            let at = dice.below(bytes.len().max(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
            "has another byte"
        }
    };
    if files == *BAG {
        return if verified(&files) { Ok(()) } else { Err("a whole bag is refused".to_owned()) };
    }
    if verified(&files) { Err(format!("{name} {what}, and it passes for a whole bag")) } else { Ok(()) }
}
