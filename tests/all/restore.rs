//! Every guess can be refused: by its kind, by its id, or by how unsure it is.

use std::fs;

use serde_json::json;
use tetrapla::driver::{self, Finished};
use tetrapla::report::{RepairKind, Report};

use crate::support::{order, root};

/// Reads a golden case with some settings of the table `[restore]`.
fn restore(case: &str, settings: &[(&str, serde_json::Value)]) -> Finished {
    let path = root().join("tests/cases/paged").join(case);
    let mut order = order(&path);
    settings.iter().for_each(|(field, value)| order.settings.set("restore", field, value.clone()));
    let work = driver::find(&[path], &mut Report::default()).remove(0);
    driver::check(work, &order)
}

fn ids(work: &Finished) -> Vec<String> {
    work.doc.as_ref().expect("a case that is read").repairs.iter().map(|repair| repair.id.clone()).collect()
}

fn text(work: &Finished) -> String {
    String::from_utf8(crate::support::emit("tree", work)).expect("a text format")
}

#[test]
fn every_kind_can_be_refused_in_every_case() {
    let cases = fs::read_dir(root().join("tests/cases/paged")).expect("the cases are there");
    let names = cases.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned());
    let names: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    for name in &names {
        for kind in RepairKind::ALL {
            let left = restore(name, &[("refuse", json!([kind.name()]))]);
            let made = ids(&left).into_iter().find(|id| id.starts_with(kind.name()));
            assert_eq!(made, None, "{name}: a repair of the refused kind is made");
        }
    }
    assert!(names.len() > 10, "the cases are not where they should be");
}

#[test]
fn one_repair_is_refused_by_its_id_and_the_others_stay() {
    let all = ids(&restore("rule.md", &[]));
    let refused = all.iter().find(|id| id.starts_with("note-attached")).expect("a note").clone();
    let left = restore("rule.md", &[("refuse", json!([refused]))]);
    assert_eq!(ids(&left), all.iter().filter(|id| **id != refused).cloned().collect::<Vec<_>>());
    assert!(text(&left).contains("There were ninety-nine of them."), "the note's text stays as it stood");
}

#[test]
fn unsure_repairs_are_not_made() {
    let left = restore("strays.md", &[("min-confidence", json!(0.7))]);
    let unsure = left.doc.as_ref().expect("a case that is read").repairs.iter().find(|repair| repair.confidence < 0.7);
    assert_eq!(unsure, None);
}

#[test]
fn ids_are_unique() {
    for name in ["formfeed.md", "marker.md", "heads.md"] {
        let mut all = ids(&restore(name, &[]));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "{name}");
    }
}

#[test]
fn a_pattern_of_the_users_own_says_the_pages_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.md");
    fs::write(&path, "The keeper lit the lamp before the\n\n--- [[12]] ---\n\nships could be seen.\n").expect("a file");
    let mut order = order(&path);
    order.settings.set("restore", "placeholder", "--- [[{n}]] ---");
    let work = driver::find(std::slice::from_ref(&path), &mut Report::default()).remove(0);
    order.from = Some(tetrapla::read::PAGED);
    let checked = driver::check(work, &order);
    let after: Vec<_> = checked.doc.iter().flat_map(|doc| &doc.repairs).map(|repair| repair.after.as_str()).collect();
    assert!(after.contains(&"[page 12]"), "{after:?}");
}

#[test]
fn a_placeholder_of_the_users_own_is_a_page_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.md");
    fs::write(&path, "The keeper lit the lamp before the\n\n%%% PAGE %%%\n\nships could be seen.\n").expect("a file");
    let mut order = order(&path);
    order.settings.set("restore", "placeholder", "%%% PAGE %%%");
    order.from = Some(tetrapla::read::PAGED);
    let work = driver::find(std::slice::from_ref(&path), &mut Report::default()).remove(0);
    let found = ids(&driver::check(work, &order));
    assert_eq!(found, ["paragraph-joined-1", "page-marked-3"]);
}
