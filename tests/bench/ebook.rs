//! What an illustrated e-book costs: `cargo bench --bench ebook` makes one of five megabytes of text and a hundred images, and
//! prints the time and the most memory that it took. Nothing is judged: a machine's mood is no test.

#![allow(clippy::disallowed_methods, reason = "it measures, and lays out its own book")]

mod chance;

use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chance::Chance;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};

/// The book is made so often, and its best time counts: everything that disturbs a measurement makes it longer.
const RUNS: usize = 5;
const TEXT: usize = 5_000_000;
const PHOTOGRAPHS: u32 = 60;
const PLATES: u32 = 30;
const DRAWINGS: u32 = 10;

fn main() {
    let folder = tempfile::tempdir().expect("a folder for the book");
    let images = images(folder.path());
    let text = text();
    std::fs::write(folder.path().join("book.md"), &text).expect("a writable folder");
    let runs = (0..RUNS).map(|_| run(folder.path()));
    let (time, memory) = runs.fold((Duration::MAX, 0), |best, run| (best.0.min(run.0), best.1.max(run.1)));
    let book = std::fs::metadata(folder.path().join("book.epub")).map_or(0, |found| found.len());
    println!(
        "text {:.1} MB, {} images of {:.1} MB together",
        mega(text.len() as u64),
        PHOTOGRAPHS + PLATES + DRAWINGS,
        mega(images)
    );
    println!("e-book of {:.1} MB in {:.2} s, at most {} MiB", mega(book), time.as_secs_f64(), memory / 1024);
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Makes the e-book once: how long that took, and the most memory, in KiB.
fn run(folder: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut tool = Command::new(env!("CARGO_BIN_EXE_tetrapla"));
    tool.arg("build").arg(folder.join("book.md")).args(["--to", "epub", "-o"]).arg(folder);
    let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut memory = 0;
    loop {
        memory = memory.max(peak(&child));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            assert!(status.success());
            return (start.elapsed(), memory);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The most memory that a process had so far, as Linux tells it.
fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

fn images(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut write = |name: String, image: Vec<u8>| {
        bytes += image.len() as u64;
        std::fs::write(folder.join(name), image).expect("a writable folder");
    };
    for number in 0..PHOTOGRAPHS {
        let mut jpeg = Vec::new();
        let picture = DynamicImage::ImageRgb8(picture(1920, 1280, number, 24));
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 85)).expect("in memory");
        write(format!("photograph-{number}.jpg"), jpeg);
    }
    for number in 0..PLATES {
        let mut png = std::io::Cursor::new(Vec::new());
        picture(1200, 900, number, 2).write_to(&mut png, image::ImageFormat::Png).expect("in memory");
        write(format!("plate-{number}.png"), png.into_inner());
    }
    for number in 0..DRAWINGS {
        write(format!("drawing-{number}.svg"), drawing(number).into_bytes());
    }
    bytes
}

/// Soft light with grain on it, as photographs have it.
fn picture(width: u32, height: u32, number: u32, grain: u32) -> RgbImage {
    let mut chance = Chance(number + 1);
    RgbImage::from_fn(width, height, |x, y| {
        let noise = chance.below(grain);
        let light = |scale: u32| ((x * scale / 7 + y * (number % 5 + 1) / 5) % 512).abs_diff(256).min(230) + noise;
        image::Rgb([light(2), light(3), light(5)].map(|value| value as u8))
    })
}

fn drawing(number: u32) -> String {
    let mut chance = Chance(number + 1);
    let mut svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 600\">".to_owned();
    for _ in 0..2000 {
        let mut at = || (chance.below(800), chance.below(600));
        let ((a, b), (c, d), (e, f)) = (at(), at(), at());
        let _ = write!(svg, "<path d=\"M{a} {b}Q{c} {d} {e} {f}\" fill=\"none\" stroke=\"#246\"/>");
    }
    svg + "<text x=\"20\" y=\"580\">A drawing</text></svg>"
}

/// Chapters with sections, notes, and the images all over.
fn text() -> String {
    let (mut out, mut chance) = ("---\ntitle: An illustrated book\nlang: en\n---\n".to_owned(), Chance(1));
    let all = PHOTOGRAPHS + PLATES + DRAWINGS;
    let mut shown = 0;
    let mut number = 0;
    while out.len() < TEXT {
        number += 1;
        if number % 60 == 1 {
            let _ = write!(out, "# {}\n\n", chance.sentence(4));
        }
        let _ = write!(out, "{}[^{number}]\n\n[^{number}]: {}\n\n", chance.paragraph(8), chance.sentence(14));
        if out.len() / (TEXT / all as usize) > shown as usize && shown < all {
            let name = match shown {
                at if at < PHOTOGRAPHS => format!("photograph-{at}.jpg"),
                at if at < PHOTOGRAPHS + PLATES => format!("plate-{}.png", at - PHOTOGRAPHS),
                at => format!("drawing-{}.svg", at - PHOTOGRAPHS - PLATES),
            };
            let _ = write!(out, "![{}]({name})\n\n", chance.sentence(6));
            shown += 1;
        }
    }
    out
}
