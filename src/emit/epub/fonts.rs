//! Fonts that the book brings with it, where the user asks for them: the program's own, cut down to the letters of the book.
//!
//! The outlines of glyphs that no letter of the book can lead to are emptied; every other table stays as it is, so ligatures,
//! small capitals and the shapes of Arabic letters still work.

use std::collections::BTreeSet;

use rayon::prelude::*;
use skrifa::raw::TableProvider;
use skrifa::raw::collections::IntSet;
use skrifa::raw::tables::glyf::Glyph;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

use crate::env::Env;
use crate::report::Report;
use crate::tree::{Block, Document, Inline, Style, Visit, walk_blocks};

/// A font in the book.
pub(super) struct Font {
    /// Its path beside the package document.
    pub name: String,
    pub bytes: Vec<u8>,
    /// What the style sheet says of it.
    pub rule: String,
}

/// A template, the family that it belongs to, and its cut there.
struct Cut {
    template: &'static str,
    family: &'static str,
    bold: bool,
    italic: bool,
}

const fn cut(template: &'static str, family: &'static str, bold: bool, italic: bool) -> Cut {
    Cut { template, family, bold, italic }
}

const CUTS: &[Cut] = &[
    cut("fonts/EBGaramond-Regular.ttf", "Book", false, false),
    cut("fonts/EBGaramond-Italic.ttf", "Book", false, true),
    cut("fonts/EBGaramond-Bold.ttf", "Book", true, false),
    cut("fonts/EBGaramond-BoldItalic.ttf", "Book", true, true),
    cut("fonts/Amiri-Regular.ttf", "Book Arabic", false, false),
    cut("fonts/FrankRuhlLibre-Regular.ttf", "Book Hebrew", false, false),
    cut("fonts/SourceCodePro-Regular.ttf", "Book Code", false, false),
];

/// Which families text and code are set from.
const FAMILIES: &str = "\nbody {\n  font-family: \"Book\", \"Book Arabic\", \"Book Hebrew\", serif;\n}\n\n\
    code, pre {\n  font-family: \"Book Code\", monospace, monospace;\n}\n";

/// The fonts of a book. None where the user wants the reader's own.
pub(super) fn fonts(doc: &Document, env: &Env, report: &mut Report) -> Vec<Font> {
    if !env.settings.epub.fonts {
        return Vec::new();
    }
    let used = Used::of(doc, env);
    let made: Vec<_> = CUTS.par_iter().filter_map(|cut| Some((cut, font(cut, &used, env)?))).collect();
    let mut fonts = Vec::new();
    for (cut, made) in made {
        match made {
            Ok(font) => fonts.push(font),
            Err(reason) => drop(report.warn("font-broken", None, format!("{} can't be embedded: {reason}", cut.template))),
        }
    }
    fonts
}

/// The style sheet with the fonts' rules before it and their families behind.
pub(super) fn with_fonts(style: String, fonts: &[Font]) -> String {
    if fonts.is_empty() {
        return style;
    }
    let rules: String = fonts.iter().map(|font| font.rule.as_str()).collect();
    format!("{rules}{style}{FAMILIES}")
}

/// The letters of the book.
#[derive(Default)]
struct Used {
    text: BTreeSet<char>,
    code: BTreeSet<char>,
    bold_italic: bool,
}

impl Used {
    fn of(doc: &Document, env: &Env) -> Self {
        let mut used = Self::default();
        walk_blocks(&doc.body, &mut |visit| match visit {
            Visit::Block(node) => used.block(&node.kind),
            Visit::Inline(node) => used.inline(&node.kind),
            Visit::Image(node) => used.text.extend(node.kind.alt.chars().chain(node.kind.title.chars())),
            Visit::Cell(_) => {}
        });
        // What front matter, notes and lists add: names and labels, figures, marks.
        used.text.extend((' '..='~').chain("\u{A0}\u{202F}–—‘’“”«»…•↩☐☑*".chars()));
        // Debug text has every letter of them.
        used.text.extend(format!("{:?}{:?}", doc.meta, env.words(&doc.meta.language)).chars());
        if !used.code.is_empty() {
            used.code.extend(' '..='~');
        }
        used
    }

    fn block(&mut self, kind: &Block) {
        match kind {
            Block::Code { text, .. } | Block::Math(text) => self.code.extend(text.chars()),
            Block::Title(_)
            | Block::Heading { .. }
            | Block::Paragraph(_)
            | Block::Quote(_)
            | Block::Group(_)
            | Block::Verse(_)
            | Block::List(_)
            | Block::Definitions(_)
            | Block::Table(_)
            | Block::Figure(_)
            | Block::Bibliography(_)
            | Block::Index(_)
            | Block::Rule
            | Block::PageBreak(_)
            | Block::Comment(_) => {}
        }
    }

    fn inline(&mut self, kind: &Inline) {
        match kind {
            Inline::Text(text) => self.text.extend(text.chars()),
            Inline::Code(text) | Inline::Math(text) => self.code.extend(text.chars()),
            Inline::Image(image) => self.text.extend(image.alt.chars()),
            Inline::Ruby { reading, .. } => self.text.extend(reading.chars()),
            Inline::Styled(Style::Strong | Style::Emphasis, inner) => {
                self.bold_italic |= inner.iter().any(|inner| matches!(inner.kind, Inline::Styled(..)));
            }
            Inline::LineBreak
            | Inline::Styled(..)
            | Inline::Span(_)
            | Inline::Link(_)
            | Inline::Citation(_)
            | Inline::Reference(_)
            | Inline::IndexTerm(_)
            | Inline::Note(_)
            | Inline::NoteCall(_)
            | Inline::PageBreak(_)
            | Inline::LineEnd
            | Inline::Comment(_) => {}
        }
    }
}

/// One font. None where the book has no use for it.
fn font(cut: &Cut, used: &Used, env: &Env) -> Option<Result<Font, String>> {
    let chars = match cut.family {
        "Book Code" => &used.code,
        _ => &used.text,
    };
    let needed = match cut.family {
        "Book" => !(cut.bold && cut.italic) || used.bold_italic,
        "Book Code" => !chars.is_empty(),
        // Another script: one of its own letters is there.
        _ => chars.iter().any(|c| c.is_alphabetic() && *c > '\u{58F}' && *c < '\u{700}' && has(cut, *c, env)),
    };
    needed.then(|| {
        let bytes = trimmed(env.templates.bytes(cut.template), chars)?;
        let name = cut.template.to_owned();
        let (weight, style) = (if cut.bold { "bold" } else { "normal" }, if cut.italic { "italic" } else { "normal" });
        let family = cut.family;
        let rule = format!(
            "@font-face {{\n  font-family: \"{family}\";\n  font-style: {style};\n  font-weight: {weight};\n  src: url({name});\n}}\n\n"
        );
        Ok(Font { name, bytes, rule })
    })
}

fn has(cut: &Cut, c: char, env: &Env) -> bool {
    FontRef::new(env.templates.bytes(cut.template)).is_ok_and(|font| font.charmap().map(c).is_some())
}

/// A TrueType font with the outlines of those glyphs that `chars` can lead to.
fn trimmed(bytes: &[u8], chars: &BTreeSet<char>) -> Result<Vec<u8>, String> {
    let said = |reason: skrifa::raw::ReadError| reason.to_string();
    let font = FontRef::new(bytes).map_err(said)?;
    let kept = reachable(&font, chars).map_err(said)?;
    let (head, loca, glyf) = (font.head().map_err(said)?, font.loca(None).map_err(said)?, font.glyf().map_err(said)?);
    let outlines = glyf.offset_data().as_bytes();
    let count = u32::from(font.maxp().map_err(said)?.num_glyphs());
    let (mut glyf, mut places) = (Vec::new(), Vec::new());
    for glyph in 0..count {
        places.push(glyf.len() as u32);
        let place = |at: u32| loca.get_raw(at as usize).map(|at| at as usize);
        if kept.contains(GlyphId::new(glyph))
            && let (Some(from), Some(to)) = (place(glyph), place(glyph + 1))
        {
            glyf.extend_from_slice(outlines.get(from..to).ok_or("an outline lies outside the font")?);
            glyf.resize(glyf.len().next_multiple_of(4), 0);
        }
    }
    places.push(glyf.len() as u32);
    let short = head.index_to_loc_format() == 0;
    let loca: Vec<u8> = if short {
        places.iter().flat_map(|at| ((at / 2) as u16).to_be_bytes()).collect()
    } else {
        places.iter().flat_map(|at| at.to_be_bytes()).collect()
    };
    let tables = font.table_directory().table_records().iter().map(|record| {
        let tag = record.tag();
        let data = match &tag.to_be_bytes() {
            b"glyf" => glyf.clone(),
            b"loca" => loca.clone(),
            _ => font.table_data(tag).map(|data| data.as_bytes().to_vec()).unwrap_or_default(),
        };
        (tag, data)
    });
    // A signature would no longer hold.
    Ok(packed(tables.filter(|(tag, _)| tag.to_be_bytes() != *b"DSIG").collect()))
}

/// The glyphs of `chars`, those that substitutions make of them, and the parts of both.
fn reachable(font: &FontRef, chars: &BTreeSet<char>) -> Result<IntSet<GlyphId>, skrifa::raw::ReadError> {
    let charmap = font.charmap();
    let mut kept = IntSet::empty();
    kept.insert(GlyphId::NOTDEF);
    kept.extend(chars.iter().filter_map(|c| charmap.map(*c)));
    if let Ok(gsub) = font.gsub() {
        let count = u32::from(font.maxp()?.num_glyphs());
        gsub.closure_glyphs_with_num_glyphs(&IntSet::all(), &mut kept, count)?;
    }
    let (loca, glyf) = (font.loca(None)?, font.glyf()?);
    let mut waiting: Vec<_> = kept.iter().collect();
    while let Some(glyph) = waiting.pop() {
        if let Some(Glyph::Composite(whole)) = loca.get_glyf(glyph, &glyf)? {
            waiting.extend(whole.components().map(|part| part.glyph).filter(|part| kept.insert(*part)));
        }
    }
    Ok(kept)
}

/// Where `head` says the sum that makes the whole font's come out right.
const ADJUSTMENT: std::ops::Range<usize> = 8..12;

/// A font file of these tables (OpenType 1.9, "Organization of an OpenType Font").
fn packed(tables: Vec<(Tag, Vec<u8>)>) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.max(1).ilog2();
    let mut file = 0x0001_0000_u32.to_be_bytes().to_vec();
    for number in [count, 16 << power, power as u16, count * 16 - (16 << power)] {
        file.extend(number.to_be_bytes());
    }
    let mut at = file.len() + tables.len() * 16;
    let (mut body, mut head) = (Vec::new(), None);
    for (tag, mut data) in tables {
        if tag.to_be_bytes() == *b"head" && data.len() >= ADJUSTMENT.end {
            data[ADJUSTMENT].fill(0);
            head = Some(at);
        }
        let length = data.len();
        data.resize(length.next_multiple_of(4), 0);
        file.extend(tag.to_be_bytes());
        [sum(&data), at as u32, length as u32].iter().for_each(|number| file.extend(number.to_be_bytes()));
        at += data.len();
        body.append(&mut data);
    }
    file.append(&mut body);
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(sum(&file)).to_be_bytes();
    if let Some(head) = head {
        file[head + ADJUSTMENT.start..head + ADJUSTMENT.end].copy_from_slice(&adjustment);
    }
    file
}

fn sum(data: &[u8]) -> u32 {
    data.chunks_exact(4).fold(0, |sum: u32, word| sum.wrapping_add(u32::from_be_bytes([word[0], word[1], word[2], word[3]])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trimmed_font_keeps_the_letters_of_the_book_and_what_they_join_to() {
        let env = Env::default();
        let whole = env.templates.bytes("fonts/EBGaramond-Regular.ttf");
        let small = trimmed(whole, &"fiÅ".chars().collect()).expect("a font");
        assert!(small.len() * 2 < whole.len(), "{} of {}", small.len(), whole.len());
        assert_eq!(sum(&small), 0xB1B0_AFBA);
        let font = FontRef::new(&small).expect("a font");
        let (loca, glyf) = (font.loca(None).expect("loca"), font.glyf().expect("glyf"));
        let drawn = |glyph: GlyphId| loca.get_glyf(glyph, &glyf).expect("an outline").is_some();
        let glyph = |c: char| font.charmap().map(c).expect("a glyph");
        assert!(drawn(glyph('f')) && drawn(glyph('Å')) && drawn(glyph('\u{FB01}')) && !drawn(glyph('g')));
    }
}
