//! The look of the book at hand: a design's template, the templates that it varies, and what the user says over them.

use crate::env::{Env, Templates};
use crate::report::Report;
use crate::settings::{FontSettings, HeadSettings, Length, PdfProfile, PdfSettings, TypeSettings};
use crate::typeset::{Cut, Design, Folios, Head, LeadIn, Opening, Size, Type};

/// A design, and what a print shop needs beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub design: Design,
    pub profile: PdfProfile,
    /// In points.
    pub bleed: f32,
    pub crop_marks: bool,
    /// How thick a leaf of the book is, and each board or sheet of its cover.
    pub leaf: f32,
    pub board: f32,
    /// The printing that the press's profile describes, by its name in the ICC's registry.
    pub condition: Option<String>,
}

impl Look {
    /// What the settings of the work ask for. What can't be had is remarked.
    pub fn of(env: &Env, report: &mut Report) -> Self {
        let own = &env.settings.pdf;
        let mut look = Self {
            design: Design::default(),
            profile: own.profile,
            bleed: 0.0,
            crop_marks: false,
            leaf: LEAF,
            board: BOARD,
            condition: None,
        };
        for layer in env.designs(report) {
            look.apply(&layer, &env.templates, report);
        }
        look.sensible(report);
        look
    }

    fn apply(&mut self, over: &PdfSettings, templates: &Templates, report: &mut Report) {
        let design = &mut self.design;
        if let Some(trim) = &over.trim {
            design.trim = Size { width: trim.width.0, height: trim.height.0 };
        }
        if let Some(margins) = &over.margins {
            length(&mut design.margins.inner, margins.inner);
            length(&mut design.margins.outer, margins.outer);
            length(&mut design.margins.top, margins.top);
            length(&mut design.margins.bottom, margins.bottom);
        }
        if let Some(gutters) = &over.gutters {
            design.gutters = gutters.iter().map(|(pages, gutter)| (*pages, gutter.0)).collect();
            design.gutters.sort_by_key(|(pages, _)| *pages);
        }
        if let Some(cover) = &over.cover {
            length(&mut self.leaf, cover.leaf);
            length(&mut self.board, cover.board);
        }
        length(&mut self.bleed, over.bleed);
        set(&mut self.crop_marks, over.crop_marks);
        set(&mut self.condition, over.output_condition.clone().map(Some));
        if let Some(fonts) = &over.fonts {
            faces(design, fonts, templates, report);
        }
        for (kind, over) in
            [(&mut design.note, &over.note), (&mut design.table, &over.table), (&mut design.caption, &over.caption)]
        {
            over.iter().for_each(|over| kind_of_type(kind, over));
        }
        if let Some(text) = &over.text {
            kind_of_type(&mut design.text, &TypeSettings { size: text.size, leading: text.leading });
            set(&mut design.letters.expansion, text.expansion);
            set(&mut design.letters.tracking, text.tracking);
            set(&mut design.letters.kashida, text.kashida);
        }
        set(&mut design.code, over.code);
        for (head, over) in design.heads.iter_mut().zip(over.heads.iter().flatten()) {
            heading(head, over);
        }
        length(&mut design.indent, over.indent);
        length(&mut design.inset, over.inset);
        length(&mut design.sink, over.sink);
        set(&mut design.chapters, over.chapters.map(opening));
        set(&mut design.justify, over.justify);
        set(&mut design.hyphenate, over.hyphenate);
        set(&mut design.protrude, over.protrude);
        set(&mut design.old_style_figures, over.old_style_figures);
        set(
            &mut design.opening,
            over.lead_in.map(|lead| match lead {
                crate::settings::LeadIn::Plain => LeadIn::Plain,
                crate::settings::LeadIn::SmallCaps => LeadIn::SmallCaps,
                crate::settings::LeadIn::Initial => LeadIn::Initial,
            }),
        );
        set(&mut design.initial_lines, over.initial_lines.map(|lines| lines.clamp(1, MOST_INITIAL_LINES)));
        set(&mut design.ornament, over.ornament.clone());
        // Its signs stand apart, and no line's end parts them.
        set(&mut design.scene, over.scene.as_ref().map(|scene| scene.split_whitespace().collect::<Vec<_>>().join("\u{2003}")));
        set(&mut design.parts, over.parts);
        set(&mut design.running_heads, over.running_heads);
        set(&mut design.folios, over.folios.map(folios));
        set(&mut design.page_marks, over.page_marks);
        set(&mut design.explain, over.explain);
        if let Some(front) = &over.front {
            set(&mut design.front.half_title, front.half_title);
            set(&mut design.front.title_page, front.title_page);
            set(&mut design.front.imprint, front.imprint);
            set(&mut design.front.contents, front.contents);
            set(&mut design.front.figures, front.figures);
            set(&mut design.front.tables, front.tables);
        }
    }

    /// Keeps the typesetter from what can't be set: a text of no width or height, type of no size.
    fn sensible(&mut self, report: &mut Report) {
        let plain = Design::default();
        let design = &mut self.design;
        let widest = design.gutters.iter().map(|(_, gutter)| *gutter).fold(design.margins.inner, f32::max);
        let (width, height) = (
            design.trim.width - widest - design.margins.outer,
            design.trim.height - design.margins.top - design.margins.bottom,
        );
        if width < LEAST_WIDTH || height < LEAST_HEIGHT {
            report
                .warn("design-crowded", None, "the margins leave no room for text on the page")
                .hint("make [pdf] margins smaller or trim larger; the book is set with a tenth of the page on each side");
            let (across, down) = (design.trim.width / 10.0, design.trim.height / 10.0);
            design.margins = crate::typeset::Margins { inner: across, outer: across, top: down, bottom: down };
            design.gutters.clear();
        }
        for (kind, plain) in [
            (&mut design.text, plain.text),
            (&mut design.note, plain.note),
            (&mut design.table, plain.table),
            (&mut design.caption, plain.caption),
        ] {
            if !TYPE_SIZES.contains(&kind.size) || !TYPE_SIZES.contains(&kind.leading) {
                report
                    .warn("design-type-size", None, format!("no type of {} points on {} points", kind.size, kind.leading))
                    .hint("give [pdf] sizes and leadings between 2 and 200 points");
                *kind = plain;
            }
        }
        design.heads.iter_mut().for_each(|head| head.size = head.size.clamp(*TYPE_SIZES.start(), *TYPE_SIZES.end()));
        design.code = design.code.clamp(0.3, 2.0);
        design.indent = design.indent.min(width / 2.0);
        design.inset = design.inset.min(width / 8.0);
        design.sink = design.sink.min(height / 2.0);
    }
}

/// The narrowest and lowest space for text that anything can be set in, in points.
const LEAST_WIDTH: f32 = 72.0;
const LEAST_HEIGHT: f32 = 108.0;

/// The usual thickness of a leaf of a book (uncoated paper of 90 g/m²), and of the sheet that a paperback's cover is: 0.11 and 0.3 mm.
const LEAF: f32 = 0.312;
const BOARD: f32 = 0.85;

/// An initial beside more lines is a picture.
const MOST_INITIAL_LINES: usize = 5;

/// Sizes of type that can be set, in points.
const TYPE_SIZES: std::ops::RangeInclusive<f32> = 2.0..=200.0;

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn length(place: &mut f32, value: Option<Length>) {
    set(place, value.map(|length| length.0));
}

fn kind_of_type(kind: &mut Type, over: &TypeSettings) {
    let ratio = kind.leading / kind.size;
    length(&mut kind.size, over.size);
    kind.leading = over.leading.map_or(kind.size * ratio, |leading| leading.0);
}

fn heading(head: &mut Head, over: &HeadSettings) {
    length(&mut head.size, over.size);
    let cut = over.cut.map(|cut| match cut {
        crate::settings::Cut::Regular => Cut::Regular,
        crate::settings::Cut::Italic => Cut::Italic,
        crate::settings::Cut::Bold => Cut::Bold,
        crate::settings::Cut::SmallCaps => Cut::SmallCaps,
    });
    set(&mut head.cut, cut);
    set(&mut head.centred, over.centred);
    set(&mut head.above, over.above.map(|lines| lines.clamp(0.0, 20.0)));
    set(&mut head.below, over.below.map(|lines| lines.clamp(0.0, 20.0)));
}

fn opening(opening: crate::settings::Opening) -> Opening {
    match opening {
        crate::settings::Opening::Recto => Opening::Recto,
        crate::settings::Opening::Page => Opening::Page,
        crate::settings::Opening::RunOn => Opening::RunOn,
    }
}

fn folios(folios: crate::settings::Folios) -> Folios {
    match folios {
        crate::settings::Folios::Head => Folios::Head,
        crate::settings::Folios::Foot => Folios::Foot,
        crate::settings::Folios::None => Folios::None,
    }
}

fn faces(design: &mut Design, fonts: &FontSettings, templates: &Templates, report: &mut Report) {
    let readable = |wanted: &str| templates.get(wanted).is_some_and(|bytes| skrifa::FontRef::new(bytes).is_ok());
    let mut missing = |wanted: &str| {
        report
            .warn("font-missing", None, format!("there is no font {wanted} that can be read"))
            .hint("put it into the folder fonts of a folder for --templates; the design's own face stands in for it");
    };
    if let Some(others) = &fonts.others {
        others.iter().filter(|wanted| !readable(wanted)).for_each(|wanted| missing(wanted));
        design.faces.others = others.iter().filter(|wanted| readable(wanted)).cloned().collect();
    }
    for (face, wanted) in [
        (&mut design.faces.regular, &fonts.regular),
        (&mut design.faces.italic, &fonts.italic),
        (&mut design.faces.bold, &fonts.bold),
        (&mut design.faces.bold_italic, &fonts.bold_italic),
        (&mut design.faces.code, &fonts.code),
    ] {
        let Some(wanted) = wanted else { continue };
        if readable(wanted) {
            face.clone_from(wanted);
        } else {
            missing(wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(settings: &str) -> (Look, Vec<&'static str>) {
        let mut env = Env::default();
        env.settings.pdf = toml::from_str(settings).expect("settings");
        let mut report = Report::default();
        let look = Look::of(&env, &mut report);
        (look, report.diagnostics.iter().map(|found| found.code).collect())
    }

    #[test]
    fn every_design_that_ships_can_be_read() {
        for name in crate::env::DESIGNS {
            let (look, found) = look(&format!("design = \"{name}\""));
            assert_eq!(found, [""; 0], "{name}");
            assert!(look.design.text.leading > look.design.text.size, "{name}");
        }
        assert_eq!(look("").0.design.trim, Design::default().trim);
    }

    #[test]
    fn the_user_speaks_last() {
        let (look, found) = look(
            "design = \"novel\"\ntrim = \"a5\"\ntext = { size = 12 }\nmargins = { inner = \"1in\" }\nheads = [{ cut = \"bold\" }]",
        );
        assert_eq!(found, [""; 0]);
        assert_eq!((look.design.trim.width, look.design.margins.inner), (419.528, 72.0));
        assert_eq!((look.design.text.size, look.design.heads[0].cut), (12.0, Cut::Bold));
    }

    #[test]
    fn what_cannot_be_set_is_remarked() {
        assert_eq!(look("design = \"folio\"").1, ["design-unknown"]);
        assert_eq!(look("margins = { inner = 300, outer = 300 }").1, ["design-crowded"]);
        assert_eq!(look("text = { size = 0 }").1, ["design-type-size"]);
        assert_eq!(look("fonts = { regular = \"../etc/passwd\" }").1, ["font-missing"]);
    }

    #[test]
    fn gutters_grow_with_the_page_count() {
        let design = look("design = \"novel\"").0.design;
        let inches = |pages| design.inner(pages) / 72.0;
        assert!(
            inches(100) >= 0.375 && inches(200) >= 0.5 && inches(400) >= 0.625 && inches(600) >= 0.75 && inches(900) >= 0.875
        );
    }
}
