//! The sheet that a page is printed on: its boxes, the marks that show where it is cut, and the ink.

use std::fmt::Write;

use lopdf::{Dictionary, Object};

use super::look::Look;
use crate::env::Templates;
use crate::report::Report;
use crate::typeset::Book;

/// How long a crop mark is, how far from the cut it begins at least, and how thick it is, in points.
const MARK: f32 = 14.0;
const MARK_DISTANCE: f32 = 9.0;
const MARK_WIDTH: f32 = 0.25;

/// The boxes of a page (ISO 32000-1, 14.11.2): left, bottom, right, top.
pub struct Paper {
    pub media: [f32; 4],
    pub bleed: [f32; 4],
    pub trim: [f32; 4],
    /// The content stream's beginning: ink, and crop marks.
    pub head: String,
}

impl Paper {
    /// The sheet for a book's pages. `ink` sets the colour that everything is printed in.
    pub fn new(book: &Book, look: &Look, ink: &str) -> Self {
        let print = look.profile.is_print();
        let bleed = if print { look.bleed } else { 0.0 };
        let marks = print && look.crop_marks;
        let distance = bleed.max(MARK_DISTANCE);
        let edge = if marks { distance + MARK + 4.0 } else { bleed };
        let (width, height) = (book.width, book.height);
        let trim = [edge, edge, edge + width, edge + height];
        let mut head = format!("{ink}\n");
        if marks {
            crop_marks(&mut head, trim, distance);
        }
        Self {
            media: [0.0, 0.0, width + 2.0 * edge, height + 2.0 * edge],
            bleed: [trim[0] - bleed, trim[1] - bleed, trim[2] + bleed, trim[3] + bleed],
            trim,
            head,
        }
    }

    /// Writes the boxes into a page.
    pub fn set(&self, page: &mut Dictionary) {
        page.remove(b"CropBox");
        for (name, corners) in [("MediaBox", self.media), ("BleedBox", self.bleed), ("TrimBox", self.trim)] {
            page.set(name, Object::Array(corners.iter().map(|corner| Object::Real(*corner)).collect()));
        }
    }
}

/// Two lines at each corner, outside the page.
fn crop_marks(out: &mut String, [left, bottom, right, top]: [f32; 4], distance: f32) {
    let _ = writeln!(out, "/Artifact<</Type/Layout>>BDC {MARK_WIDTH} w");
    for (x, outward) in [(left, -1.0), (right, 1.0)] {
        for (y, upward) in [(bottom, -1.0), (top, 1.0)] {
            let (from, to) = (distance, distance + MARK);
            let _ = writeln!(out, "{} {y} m {} {y} l S", x + outward * from, x + outward * to);
            let _ = writeln!(out, "{x} {} m {x} {} l S", y + upward * from, y + upward * to);
        }
    }
    out.push_str("EMC\n");
}

/// The colours that an output profile mixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inks {
    Grey,
    Rgb,
    Cmyk,
}

impl Inks {
    /// What an ICC profile is for, by the colour space in its head (ICC.1:2001-04, 6.1.6).
    pub fn of(profile: &[u8]) -> Option<Self> {
        match profile.get(16..20)? {
            b"GRAY" => Some(Self::Grey),
            b"RGB " => Some(Self::Rgb),
            b"CMYK" => Some(Self::Cmyk),
            _ => None,
        }
    }

    pub fn count(self) -> i64 {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

/// The press that a print PDF is made for: an ICC profile and the ink that black is.
pub struct Press<'a> {
    pub profile: &'a [u8],
    pub inks: Inks,
    /// Black, for areas and for lines.
    pub black: &'static str,
    /// The printing that the profile describes, by its name in the ICC's registry.
    pub condition: Option<&'a str>,
}

impl<'a> Press<'a> {
    /// The profile `pdf/print.icc`, which a user's folder of templates can replace by that of a print shop, and what the user says
    /// that it describes.
    pub fn of(templates: &'a Templates, condition: Option<&'a str>, report: &mut Report) -> Self {
        let own = templates.bytes("pdf/print.icc");
        let theirs = own != Templates::built_in("pdf/print.icc");
        let named = |name: &&str| theirs && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
        let known = condition.filter(named);
        if condition.is_some() && known.is_none() {
            report
                .warn(
                    "output-condition",
                    None,
                    "an output condition is the name of what the print shop's own profile describes",
                )
                .hint("put the shop's profile as pdf/print.icc into a folder for --templates; the file names no condition");
        }
        match Inks::of(own) {
            Some(Inks::Cmyk) => Self { profile: own, inks: Inks::Cmyk, black: "0 0 0 1 k 0 0 0 1 K", condition: known },
            Some(Inks::Grey) => Self { profile: own, inks: Inks::Grey, black: BLACK, condition: known },
            Some(Inks::Rgb) | None => {
                report
                    .warn("print-profile", None, "pdf/print.icc is no profile of a press: it must be of grey or CMYK")
                    .hint("ask the print shop for its ICC profile; the file is made for grey with a dot gain of 20 %");
                let profile = Templates::built_in("pdf/print.icc");
                Self { profile, inks: Inks::Grey, black: BLACK, condition: None }
            }
        }
    }
}

/// Black for everybody who has no press: of all greys.
pub const BLACK: &str = "0 g 0 G";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::settings::PdfProfile;

    #[test]
    fn a_sheet_has_room_for_bleed_and_marks() {
        let book = Book { width: 360.0, height: 576.0, ..Book::default() };
        let mut look = Look::of(&Env::default(), &mut Report::default());
        (look.bleed, look.crop_marks) = (9.0, true);
        let paper = Paper::new(&book, &look, BLACK);
        assert_eq!((paper.media, paper.trim), ([0.0, 0.0, 360.0, 576.0], [0.0, 0.0, 360.0, 576.0]));
        look.profile = PdfProfile::Print;
        let paper = Paper::new(&book, &look, BLACK);
        assert_eq!(paper.trim, [27.0, 27.0, 387.0, 603.0]);
        assert_eq!(paper.bleed, [18.0, 18.0, 396.0, 612.0]);
        assert_eq!(paper.media, [0.0, 0.0, 414.0, 630.0]);
        assert_eq!(paper.head.matches(" l S").count(), 8);
    }

    #[test]
    fn profiles_say_what_they_are_for() {
        let templates = Templates::default();
        assert_eq!(Inks::of(templates.bytes("pdf/srgb.icc")), Some(Inks::Rgb));
        assert_eq!(Inks::of(templates.bytes("pdf/print.icc")), Some(Inks::Grey));
        assert_eq!(Inks::of(b"short"), None);
    }

    #[test]
    fn only_a_profile_of_ones_own_has_a_name() {
        let templates = Templates::default();
        let mut report = Report::default();
        assert_eq!(Press::of(&templates, None, &mut report).condition, None);
        assert_eq!(report.diagnostics.len(), 0);
        assert_eq!(Press::of(&templates, Some("FOGRA51"), &mut report).condition, None);
        assert_eq!(report.diagnostics[0].code, "output-condition");
    }
}
