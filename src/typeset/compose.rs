//! From inlines to copy: one row of text with its looks, each stretch tied to its element; notes are set apart where they are
//! called.

use std::sync::Arc;

use super::folios::Folio;
use super::formula;
use super::line::Side;
use super::math::{self, Bit};
use super::page::{Placed, Role};
use super::pairs::Tongue;
use super::setter::{Place, Prefix, Setter, Voice};
use super::shape::Placement;
use super::strand::{Anchor, Copy, Mark, PICTURE, Picture, Strand};
use super::structure::{Aim, Parent};
use crate::env;
use crate::span::Span;
use crate::tree::{
    Image, Inline, Link, Node, Note, NoteId, NotePlace, PageBreak, Reference, ReferenceForm, Style, TitleRun, folio, folio_run,
    is_right_to_left,
};

/// Where an inline stands.
#[derive(Clone)]
struct At<'p, 'a> {
    place: &'p Place<'a>,
    voice: Voice,
    lang: &'a str,
    element: u32,
}

impl<'a> Setter<'a> {
    /// The text of `element`, ready to be broken into lines.
    pub fn copy(&mut self, inlines: &'a [Node<Inline>], place: &Place<'a>, element: u32) -> Copy {
        let at = At { place, voice: place.voice.clone(), lang: place.lang, element };
        let mut copy = Copy::default();
        if let Some(prefix) = self.flow.prefix.take() {
            self.prefix(&mut copy, &prefix, &at);
        }
        self.inlines(&mut copy, inlines, &at);
        copy.trim_end(&[' ', '\n']);
        if copy.marks.is_empty() {
            self.mark(&mut copy, &at);
        }
        copy
    }

    /// A text without any markup.
    pub fn plain(&mut self, text: &str, place: &Place<'a>, element: u32) -> Copy {
        let at = At { place, voice: place.voice.clone(), lang: place.lang, element };
        let mut copy = Copy::default();
        self.mark(&mut copy, &at);
        copy.text.push_str(text);
        self.note_lacking(text, None, &at);
        copy
    }

    /// A title as contents say it.
    pub fn title_copy(&mut self, runs: &[TitleRun], place: &Place<'a>, element: u32) -> Copy {
        let mut copy = Copy::default();
        for run in runs {
            let mut voice = place.voice.clone();
            run.styles.iter().for_each(|style| voice.take_on(*style));
            self.mark(&mut copy, &At { place, voice, lang: place.lang, element });
            let start = copy.text.len();
            copy.text.push_str(&run.text);
            if run.styles.iter().any(|style| matches!(style, Style::Superscript | Style::Subscript)) {
                cling(&mut copy, start);
            }
        }
        copy
    }

    /// A line of a formula of its own.
    pub fn formula_copy(&mut self, bits: &[Bit], place: &Place<'a>, element: u32) -> Copy {
        let mut copy = Copy::default();
        self.formula_bits(&mut copy, bits, &At { place, voice: place.voice.clone(), lang: place.lang, element });
        copy
    }

    /// Whether the text's faces have every sign of a formula.
    pub fn can_say(&self, bits: &[Bit]) -> bool {
        let fonts = self.shaper.fonts();
        let has =
            |bit: &Bit| bit.text.chars().all(|c| c.is_whitespace() || fonts.with(c, fonts.text(false, bit.italic)).is_some());
        bits.iter().all(has)
    }

    /// A formula that needs more than a line of text has: one piece in its line, if it is no wider.
    fn formula_in_line(&mut self, copy: &mut Copy, tex: &str, at: &At<'_, 'a>) -> bool {
        let size = at.place.kind.size * at.voice.scale;
        let set = formula::set(tex, false, size, self.shaper.fonts()).filter(|formula| formula.width <= at.place.width);
        let Some(formula) = set else { return false };
        self.piece(copy, formula, at);
        true
    }

    fn formula_bits(&mut self, copy: &mut Copy, bits: &[Bit], at: &At<'_, 'a>) {
        let mut rest = bits;
        while let Some(first) = rest.first() {
            let end_of = |from: usize| rest[from..].iter().take_while(|bit| bit.script == rest[from].script).count() + from;
            let inner = end_of(0);
            let outer = if inner < rest.len() && first.script != Placement::Line { end_of(inner) } else { inner };
            let both = rest.get(inner).is_some_and(|bit| bit.script != Placement::Line) && outer > inner;
            let taken = match both && self.both_indices(copy, &rest[..inner], &rest[inner..outer], at) {
                true => outer,
                false => {
                    rest[..inner].iter().for_each(|bit| self.formula_bit(copy, bit, at));
                    inner
                }
            };
            rest = &rest[taken..];
        }
    }

    fn formula_bit(&mut self, copy: &mut Copy, bit: &Bit, at: &At<'_, 'a>) {
        let (italic, script) = (bit.italic, bit.script);
        // Figures of a formula are of one height.
        let voice = Voice { italic, script, old_style_figures: false, ..at.voice.clone() };
        let behind_piece = copy.text.ends_with(PICTURE);
        self.mark(copy, &At { voice, ..at.clone() });
        if let Some((start, mark)) = copy.marks.last_mut().filter(|_| script != Placement::Line || behind_piece) {
            mark.clings = *start == copy.text.len();
        }
        copy.text.push_str(&bit.text);
    }

    /// A raised and a lowered index of one sign, one above the other. False where they can't be set so.
    fn both_indices(&mut self, copy: &mut Copy, one: &[Bit], other: &[Bit], at: &At<'_, 'a>) -> bool {
        let mut set = formula::Formula::default();
        for bits in [one, other] {
            let mut index = Copy::default();
            bits.iter().for_each(|bit| self.formula_bit(&mut index, bit, at));
            let Some((width, items)) = self.box_of(index, at.place.width, at) else { return false };
            set.width = set.width.max(width);
            let apart = at.place.kind.size * at.voice.scale * INDICES_APART;
            let down = if bits[0].script == Placement::Below { apart } else { -apart };
            set.items.extend(items.into_iter().map(|placed| (placed.x, placed.y + down, placed.item)));
        }
        self.piece(copy, set, at);
        copy.marks.iter_mut().next_back().into_iter().for_each(|(_, mark)| mark.clings = true);
        true
    }

    /// A text as one piece of a line, and its width. None where it is too wide for that.
    fn box_of(&mut self, copy: Copy, widest: f32, at: &At<'_, 'a>) -> Option<(f32, Vec<Placed>)> {
        let place = Place { x: 0.0, width: f32::MAX / 4.0, justify: false, grid: None, side: Side::Start, ..at.place.clone() };
        let strand = Strand::new(copy, at.place.right_to_left(), &mut self.shaper);
        let width: f32 = strand.pieces.iter().map(|piece| piece.width + piece.glue.width).sum();
        if width > widest {
            return None;
        }
        let mut lines = self.lines_of(&strand, &Place { width: width + 1.0, ..place }, 0.0);
        (lines.len() == 1).then(|| (width, std::mem::take(&mut lines[0].items)))
    }

    fn prefix(&mut self, copy: &mut Copy, prefix: &Prefix, at: &At<'_, 'a>) {
        self.mark(copy, &At { element: prefix.element, ..at.clone() });
        copy.marks.last_mut().expect("it was just made").1.after = prefix.after;
        copy.text.push_str(&prefix.text);
        self.mark(copy, at);
        copy.text.push('\u{2002}');
    }

    fn inlines(&mut self, copy: &mut Copy, inlines: &'a [Node<Inline>], at: &At<'_, 'a>) {
        let mut rest = inlines;
        while let Some((first, behind)) = rest.split_first() {
            match folio_run(rest) {
                0 => {
                    self.inline(copy, first, at);
                    rest = behind;
                }
                count => {
                    self.folio_run(copy, &rest[..count], at);
                    rest = &rest[count..];
                }
            }
        }
    }

    fn inline(&mut self, copy: &mut Copy, node: &'a Node<Inline>, at: &At<'_, 'a>) {
        let start = copy.text.len();
        match &node.kind {
            Inline::Text(text) => self.text(copy, text, node.span, at),
            Inline::LineBreak => {
                copy.trim_end(&[' ']);
                copy.text.push('\n');
            }
            Inline::Styled(style, inner) => self.styled(copy, *style, inner, node, at),
            Inline::Span(inner) => {
                let expansion = node.attrs.as_ref().and_then(|attrs| attrs.expansion.clone());
                let inside = match expansion.is_some() {
                    true => self.begin(Role::Span, node, at),
                    false => self.named(Role::Span, node, at),
                };
                if expansion.is_some() {
                    self.structure.elements[inside.element as usize].alt = expansion;
                }
                self.inlines(copy, inner, &inside);
            }
            Inline::Ruby { base, reading } => self.ruby(copy, base, reading, node, at),
            Inline::Code(text) => {
                let mut inside = self.begin(Role::Code, node, at);
                inside.voice.code = true;
                inside.voice.scale *= self.design.code;
                inside.voice.hyphenate = false;
                let start = copy.text.len();
                self.text(copy, text, node.span, &inside);
                copy.isolate(start, false);
            }
            Inline::Math(tex) => {
                let mut inside = self.begin(Role::Formula, node, at);
                self.structure.elements[inside.element as usize].alt = Some(tex.clone());
                inside.voice.hyphenate = false;
                let start = copy.text.len();
                match math::line(tex).filter(|bits| self.can_say(bits)) {
                    Some(bits) => self.formula_bits(copy, &bits, &inside),
                    None if self.formula_in_line(copy, tex, &inside) => {}
                    None => {
                        self.unset.push(node.span);
                        inside.voice.italic = true;
                        self.text(copy, tex, node.span, &inside);
                    }
                }
                copy.isolate(start, false);
            }
            Inline::Link(link) => self.link(copy, link, node, at),
            Inline::Citation(citation) => {
                let inside = self.named(Role::Span, node, at);
                self.inlines(copy, &citation.text, &inside);
            }
            Inline::Reference(reference) => self.reference(copy, reference, node, at),
            Inline::IndexTerm(_) => drop(self.named(Role::Span, node, at)),
            Inline::Image(image) => self.picture(copy, image, node, at),
            Inline::Note(note) => self.note(copy, note, at),
            Inline::NoteCall(id) => drop(self.call(copy, *id, at)),
            Inline::PageBreak(page) => self.page_break(copy, page, at),
            // The word goes on; a comment is for the source's readers.
            Inline::LineEnd | Inline::Comment(_) => {}
        }
        // Words of the other direction are one piece to what stands around them.
        if let Some(lang) = node.lang().filter(|lang| is_right_to_left(lang) != is_right_to_left(at.lang)) {
            copy.isolate(start, is_right_to_left(lang));
        }
        // What follows belongs to the outer element again, after those that have begun in it.
        if !copy.marks.is_empty() {
            self.mark(copy, at);
        }
    }

    /// Text with its white space as single spaces.
    fn text(&mut self, copy: &mut Copy, text: &str, span: Span, at: &At<'_, 'a>) {
        self.mark(copy, at);
        let begins_word = |c: char| c.is_alphanumeric() || "([{„“‘«‹⟨¿¡".contains(c);
        if std::mem::take(&mut copy.owed) && text.starts_with(begins_word) {
            copy.text.push(' ');
        }
        self.note_lacking(text, Some(span), at);
        for (number, word) in text.split([' ', '\n', '\t', '\r']).enumerate() {
            if number > 0 && !copy.text.is_empty() && !copy.text.ends_with([' ', '\n']) {
                copy.text.push(' ');
            }
            copy.text.push_str(word);
        }
    }

    /// Remembers characters that no face has.
    fn note_lacking(&mut self, text: &str, span: Option<Span>, at: &At<'_, 'a>) {
        if text.is_ascii() {
            return;
        }
        let fonts = self.shaper.fonts();
        let wanted = if at.voice.code { fonts.code() } else { fonts.text(at.voice.bold, at.voice.italic) };
        for c in text.chars().filter(|c| !c.is_ascii() && !super::shape::is_ignorable(*c)) {
            if fonts.with(c, wanted).is_none() {
                self.lacking.entry(c).or_insert(span.unwrap_or_default());
            }
        }
    }

    /// From here on, the text is that of `at`.
    fn mark(&mut self, copy: &mut Copy, at: &At<'_, 'a>) {
        let look = self.look(&at.voice, at.place, at.lang);
        let mark = Mark {
            look,
            font: self.shaper.font(look),
            size: at.place.kind.size * at.voice.scale,
            underline: at.voice.underline,
            strike: at.voice.strike,
            element: at.element,
            after: self.structure.begun(),
            clings: false,
            furniture: false,
            french: at.lang.starts_with("fr"),
            tongue: Tongue::of(at.lang),
            picture: None,
            formula: None,
        };
        match copy.marks.last_mut() {
            Some((_, last)) if *last == mark => {}
            Some((start, last)) if *start == copy.text.len() => *last = mark,
            _ => copy.marks.push((copy.text.len(), mark)),
        }
    }

    fn styled(&mut self, copy: &mut Copy, style: Style, inner: &'a [Node<Inline>], node: &'a Node<Inline>, at: &At<'_, 'a>) {
        let mut inside = match style {
            Style::Emphasis => self.begin(Role::Emphasis, node, at),
            Style::Strong => self.begin(Role::Strong, node, at),
            _ => self.named(Role::Span, node, at),
        };
        inside.voice.take_on(style);
        let start = copy.text.len();
        self.inlines(copy, inner, &inside);
        if matches!(style, Style::Superscript | Style::Subscript) {
            cling(copy, start);
        }
    }

    /// A stretch with its reading above it; where it is long, or holds more than words, small and raised behind it.
    fn ruby(&mut self, copy: &mut Copy, base: &'a [Node<Inline>], reading: &'a str, node: &'a Node<Inline>, at: &At<'_, 'a>) {
        let whole = self.begin(Role::Ruby, node, at);
        if base.iter().all(|node| matches!(node.kind, Inline::Text(_))) {
            let (structure, lacking) = (self.structure.extent(), self.lacking.clone());
            if self.ruby_above(copy, base, reading, node, &whole) {
                return;
            }
            self.structure.rewind(structure);
            self.lacking = lacking;
        }
        let element = self.structure.begin(Role::RubyBase, Parent::Element(whole.element));
        self.inlines(copy, base, &At { element, ..whole.clone() });
        let element = self.structure.begin(Role::RubyText, Parent::Element(whole.element));
        let voice = Voice { script: Placement::Above, hyphenate: false, ..at.voice.clone() };
        let start = copy.text.len();
        self.text(copy, reading, node.span, &At { element, voice, ..whole });
        cling(copy, start);
    }

    /// Ruby as one piece of the line. False where it is too wide for that.
    fn ruby_above(
        &mut self,
        copy: &mut Copy,
        base: &'a [Node<Inline>],
        reading: &'a str,
        node: &'a Node<Inline>,
        whole: &At<'_, 'a>,
    ) -> bool {
        let element = self.structure.begin(Role::RubyBase, Parent::Element(whole.element));
        let mut below = Copy::default();
        self.inlines(&mut below, base, &At { element, ..whole.clone() });
        let element = self.structure.begin(Role::RubyText, Parent::Element(whole.element));
        let voice = Voice { hyphenate: false, scale: whole.voice.scale * RUBY, ..whole.voice.clone() };
        let mut above = Copy::default();
        self.text(&mut above, reading, node.span, &At { element, voice, ..whole.clone() });
        if below.text.trim().is_empty() || above.text.trim().is_empty() {
            return false;
        }
        let size = whole.place.kind.size * whole.voice.scale;
        // Letters of East Asia fill their square.
        let height = if below.text.chars().any(|c| c >= '\u{2E80}') { FULL } else { LATIN } * size;
        let widest = whole.place.width * WIDEST_RUBY;
        let (Some((base_width, base)), Some((reading_width, reading))) =
            (self.box_of(below, widest, whole), self.box_of(above, widest, whole))
        else {
            return false;
        };
        let width = base_width.max(reading_width);
        let mut ruby =
            formula::Formula { width, height: height + size * RUBY, depth: size * 0.2, ..formula::Formula::default() };
        for (items, own, rise) in [(base, base_width, 0.0), (reading, reading_width, height)] {
            for placed in items {
                ruby.items.push(((width - own) / 2.0 + placed.x, placed.y - rise, placed.item));
                ruby.parts.push(placed.part);
            }
        }
        self.piece(copy, ruby, whole);
        true
    }

    /// A piece of the line that is set already.
    fn piece(&mut self, copy: &mut Copy, set: formula::Formula, at: &At<'_, 'a>) {
        self.mark(copy, at);
        let start = copy.text.len();
        copy.text.push(PICTURE);
        let Some((from, mut mark)) = copy.marks.last().cloned() else { return };
        mark.formula = Some(Arc::new(set));
        if from == start {
            copy.marks.pop();
        }
        copy.marks.push((start, mark));
    }

    /// Begins an element for a node; what is inside stands in it.
    fn begin<'p>(&mut self, role: Role, node: &'a Node<Inline>, at: &At<'p, 'a>) -> At<'p, 'a> {
        let element = self.structure.begin(role, Parent::Element(at.element));
        let lang = node.lang().unwrap_or(at.lang);
        if lang != at.lang {
            self.structure.last().lang = Some(lang.to_owned());
        }
        self.structure.ids.extend(node.id().map(|id| (id.to_owned(), element)));
        At { element, lang, ..at.clone() }
    }

    /// As [`Setter::begin`], if the node has anything to be said by an element.
    fn named<'p>(&mut self, role: Role, node: &'a Node<Inline>, at: &At<'p, 'a>) -> At<'p, 'a> {
        let speaks = node.id().is_some() || node.lang().is_some_and(|lang| lang != at.lang);
        if speaks { self.begin(role, node, at) } else { at.clone() }
    }

    fn link(&mut self, copy: &mut Copy, link: &'a Link, node: &'a Node<Inline>, at: &At<'_, 'a>) {
        let inside = self.begin(Role::Link, node, at);
        self.structure.last().aim = Some(match link.target.strip_prefix('#') {
            Some(id) => Aim::Id(id.to_owned()),
            None => Aim::Address(link.target.clone()),
        });
        self.inlines(copy, &link.text, &inside);
    }

    /// Pages of an index, with the commas before them.
    fn folio_run(&mut self, copy: &mut Copy, run: &'a [Node<Inline>], at: &At<'_, 'a>) {
        let inside = self.folios_begin(at);
        let references: Vec<(&'a Reference, bool)> = run.iter().filter_map(|node| folio(node)).collect();
        let places: Vec<_> = references
            .iter()
            .map(|(own, main)| super::folios::Place {
                from: self.page_of(&own.target),
                to: own.through.as_deref().map(|id| self.page_of(id)),
                main: *main,
            })
            .collect();
        for run in super::folios::joined(&places) {
            let (at_first, from) = run.first;
            self.words(copy, ", ", &inside);
            self.folio(copy, &references[at_first].0.target, &from, run.main, &inside);
            if let Some((at_last, to)) = run.last {
                self.words(copy, "–", &inside);
                let own = references[at_last].0;
                let id = own.through.as_ref().unwrap_or(&own.target);
                self.folio(copy, id, &to, run.main, &inside);
            }
        }
        self.mark(copy, at);
    }

    /// The number of a thing's page, behind a space that parts it from what is said before it.
    pub fn number_of(&mut self, id: &str, place: &Place<'a>, element: u32) -> Copy {
        let inside = self.folios_begin(&At { place, voice: place.voice.clone(), lang: place.lang, element });
        let mut copy = Copy::default();
        self.words(&mut copy, "\u{a0}", &inside);
        self.page(&mut copy, id, &inside);
        copy
    }

    fn folios_begin<'p>(&mut self, at: &At<'p, 'a>) -> At<'p, 'a> {
        let element = self.structure.begin(Role::Folios, Parent::Element(at.element));
        At { element, ..at.clone() }
    }

    /// The number of a thing's page alone, whether it stands in a note there or not.
    fn page(&mut self, copy: &mut Copy, id: &str, at: &At<'_, 'a>) {
        let page = Folio { in_note: false, ..self.page_of(id) };
        self.folio(copy, id, &page, false, at);
    }

    fn words(&mut self, copy: &mut Copy, words: &str, at: &At<'_, 'a>) {
        self.mark(copy, at);
        copy.text.push_str(words);
    }

    /// Where a thing stands, as far as it is known.
    fn page_of(&self, id: &str) -> Folio {
        self.folios.get(id).cloned().unwrap_or_else(|| Folio { label: super::folios::UNKNOWN.to_owned(), in_note: false })
    }

    /// The number of a page, which leads there; behind it what says that a note on the page is meant.
    fn folio(&mut self, copy: &mut Copy, id: &str, folio: &Folio, main: bool, at: &At<'_, 'a>) {
        let element = self.structure.begin(Role::Link, Parent::Element(at.element));
        self.structure.last().aim = Some(Aim::Id(id.to_owned()));
        let voice = Voice { bold: at.voice.bold || main, hyphenate: false, ..at.voice.clone() };
        self.words(copy, &folio.label, &At { element, voice, ..at.clone() });
        match folio.in_note {
            true => self.words(copy, "n", at),
            false => self.mark(copy, at),
        }
    }

    fn reference(&mut self, copy: &mut Copy, reference: &'a Reference, node: &'a Node<Inline>, at: &At<'_, 'a>) {
        if matches!(reference.form, ReferenceForm::Page | ReferenceForm::Folio) {
            let inside = self.folios_begin(at);
            let word = self.env.words(at.lang).get("page-short").to_owned();
            if reference.form == ReferenceForm::Page {
                self.words(copy, &format!("{word}\u{a0}"), &inside);
            }
            self.page(copy, &reference.target, &inside);
            return self.mark(copy, at);
        }
        if !reference.form.leads() {
            let inside = self.named(Role::Span, node, at);
            return self.inlines(copy, &reference.text, &inside);
        }
        let inside = self.begin(Role::Link, node, at);
        self.structure.last().aim = Some(Aim::Id(reference.target.clone()));
        self.inlines(copy, &reference.text, &inside);
    }

    fn picture(&mut self, copy: &mut Copy, image: &'a Image, node: &'a Node<Inline>, at: &At<'_, 'a>) {
        let inside = self.begin(Role::Figure, node, at);
        self.structure.last().alt = Some(image.alt.clone());
        let size = self.env.images.get(&image.target).map(env::Picture::in_print);
        let Some((width, height)) = size else { return self.text(copy, &image.alt, node.span, &inside) };
        self.mark(copy, &inside);
        // No taller than three lines and no wider than the measure.
        let scale = 1.0_f32.min(at.place.width / width).min(at.place.kind.leading * 3.0 / height);
        let picture = Picture { target: image.target.clone(), width: width * scale, height: height * scale };
        let start = copy.text.len();
        copy.text.push(PICTURE);
        if let Some((_, mark)) = copy.marks.last_mut().filter(|(from, _)| *from == start) {
            mark.picture = Some(picture);
        } else if let Some((_, mark)) = copy.marks.last().cloned() {
            copy.marks.push((start, Mark { picture: Some(picture), ..mark }));
        }
    }

    /// The call to a note: its number, raised.
    fn call(&mut self, copy: &mut Copy, id: NoteId, at: &At<'_, 'a>) -> u32 {
        let element = self.structure.begin(Role::NoteCall, Parent::Element(at.element));
        self.structure.last().aim = Some(Aim::Note(id));
        let voice = Voice { script: Placement::Above, italic: false, bold: false, small_caps: false, ..at.voice.clone() };
        let length = copy.text.len();
        copy.trim_end(&[' ']);
        copy.owed |= copy.text.len() < length;
        // A number right behind another, or behind a figure, would be read as one with it.
        let apart = match copy.text.chars().next_back() {
            Some(_) if self.ends_in_call(copy) => Some(","),
            Some(c) if c.is_numeric() => Some(THIN_SPACE),
            _ => None,
        };
        if let Some(apart) = apart {
            self.raised(copy, &At { voice: voice.clone(), ..at.clone() }, true);
            copy.text.push_str(apart);
        }
        self.raised(copy, &At { element, voice, ..at.clone() }, false);
        let start = copy.text.len();
        copy.text.push_str(&self.counted(&self.note_marks.mark(id)));
        if at.place.right_to_left() {
            // Else it would stand on the wrong side of a number or a word that runs from left to right.
            copy.isolate(start, false);
        }
        element
    }

    /// From here on, the text is raised and stays on the line of what stands before it.
    fn raised(&mut self, copy: &mut Copy, at: &At<'_, 'a>, furniture: bool) {
        self.mark(copy, at);
        let Some((start, mut mark)) = copy.marks.pop() else { return };
        if start < copy.text.len() {
            copy.marks.push((start, mark.clone()));
        }
        (mark.clings, mark.furniture) = (true, furniture);
        copy.marks.push((copy.text.len(), mark));
    }

    /// Whether the call of a note was said last.
    fn ends_in_call(&self, copy: &Copy) -> bool {
        let last = copy.marks.iter().rev().find(|(start, _)| *start < copy.text.len());
        last.is_some_and(|(_, mark)| self.structure.elements[mark.element as usize].role == Role::NoteCall)
    }

    fn note(&mut self, copy: &mut Copy, note: &'a Note, at: &At<'_, 'a>) {
        let call = self.call(copy, note.id, at);
        let element = self.structure.begin(Role::Note, Parent::Element(at.element));
        self.structure.last().aim = Some(Aim::Element(call));
        self.structure.notes.push((note.id, element));
        let label = self.structure.begin(Role::Label, Parent::Element(element));
        let after = self.structure.begun();
        let outer =
            self.flow.prefix.replace(Prefix { text: self.counted(&self.note_marks.mark(note.id)), element: label, after });
        let number = self.galley.notes.len();
        self.galley.notes.push(Vec::new());
        let mut slugs = self.apart(|setter| setter.note_body(note, element, at.lang));
        slugs.iter_mut().for_each(|slug| slug.apparatus = note.place == NotePlace::Apparatus);
        self.galley.notes[number] = slugs;
        self.flow.prefix = outer;
        copy.anchors.push((copy.text.len() - 1, Anchor::Note(number as u32)));
    }

    fn page_break(&mut self, copy: &mut Copy, page: &PageBreak, at: &At<'_, 'a>) {
        if page.space {
            self.text(copy, " ", Span::default(), at);
        }
        copy.anchors.extend(page.label.iter().map(|label| (copy.text.len(), Anchor::Page(label.clone()))));
    }
}

impl Voice {
    fn take_on(&mut self, style: Style) {
        match style {
            // Emphasis in italics stands upright.
            Style::Emphasis => {
                self.italic = !self.italic;
                self.small_caps &= !self.speaker;
            }
            Style::Strong => self.bold = true,
            Style::Strikethrough => self.strike = true,
            Style::Superscript => self.script = Placement::Above,
            Style::Subscript => self.script = Placement::Below,
            Style::Underline => self.underline = true,
            Style::Small => self.scale *= 0.85,
            Style::SmallCaps => self.small_caps = true,
            // Print has no marker's yellow; a line under the words says the same.
            Style::Highlight => self.underline = true,
        }
    }
}

/// The size of a reading beside that of its base (JLREQ, 3.3.3).
const RUBY: f32 = 0.5;
/// How high the reading's baseline stands above that of the base, in ems of the base: over letters of East Asia, and over others.
const FULL: f32 = 0.92;
const LATIN: f32 = 0.8;
/// Ruby that is wider than this share of the line stays in it, so that it can be divided.
const WIDEST_RUBY: f32 = 0.4;

/// How much further from the line indices stand where a sign has both, in ems.
const INDICES_APART: f32 = 0.05;

/// Sets a call apart from a figure before it.
const THIN_SPACE: &str = "\u{2009}";

/// Makes what begins at a byte cling to what stands before it. Marks stand in the order of the text.
fn cling(copy: &mut Copy, start: usize) {
    let last = copy.marks.iter_mut().rev().take_while(|(from, _)| *from >= start);
    last.filter(|(from, _)| *from == start).for_each(|(_, mark)| mark.clings = true);
}
