//! Blocks become slugs: what each kind looks like, and what part of the work's structure it is.

use super::design::{Head, LeadIn, Type};
use super::galley::{ASCENT, NEVER, Opens, Slug, WITHIN};
use super::line::Side;
use super::page::{Furniture, Part, Role};
use super::setter::{Place, Setter, Voice};
use super::strand::{Copy, Mark, PICTURE};
use super::stretch::Look;
use super::structure::Parent;
use crate::tree::{Block, Blocks, Definition, Inlines, List, Node, Note};

impl<'a> Setter<'a> {
    pub fn blocks(&mut self, blocks: &'a [Node<Block>], place: &Place<'a>) {
        blocks.iter().for_each(|block| self.block(block, place));
    }

    pub fn block(&mut self, node: &'a Node<Block>, place: &Place<'a>) {
        let lang = node.lang().unwrap_or(place.lang);
        let own = &Place { lang, ..place.clone() };
        self.flow.announced = std::mem::take(&mut self.flow.announces);
        let quoted = std::mem::take(&mut self.flow.quoted);
        if self.flow.announced {
            self.flow.price = self.flow.price.max(ANNOUNCED);
        }
        match &node.kind {
            Block::Title(text) => self.title(text, node, own),
            // Not in the flow of the work's headings: inside a quotation, a list, a note.
            Block::Heading { level, text, .. } => self.inner_heading(text, node, usize::from(*level).max(3), own),
            Block::Paragraph(text) => self.paragraph(text, node, own),
            Block::Quote(inner) => {
                // Quotations one after the other are one piece to the eye.
                self.flow.quoted = quoted;
                self.quote(inner, node, own);
                self.flow.quoted = true;
            }
            Block::Group(group) => self.group(group, node, own),
            Block::Verse(stanzas) => self.verse(stanzas, node, own),
            Block::List(list) => self.list(list, node, own, false),
            Block::Definitions(entries) => self.definitions(entries, node, own),
            Block::Table(table) => self.table(table, node, own),
            Block::Code { text, .. } => self.code(text, node, own),
            Block::Math(tex) => self.formula(tex, node, own),
            Block::Figure(figure) => self.figure(figure, node, own),
            Block::Bibliography(bibliography) => self.bibliography(bibliography, node, own),
            Block::Index(index) => self.index(index, node, own),
            Block::Rule => self.ornament(own),
            Block::PageBreak(page) => self.flow.marks.extend(page.label.clone()),
            // For the source's readers.
            Block::Comment(_) => self.flow.quoted = quoted,
        }
    }

    /// Begins an element for a block.
    pub fn open(&mut self, role: Role, node: &'a Node<Block>, place: &Place<'a>) -> u32 {
        let element = self.structure.begin(role, place.parent);
        self.structure.last().lang = node.lang().map(str::to_owned);
        self.structure.ids.extend(node.id().map(|id| (id.to_owned(), element)));
        element
    }

    /// The work's title where it stands in the text and no title page says it.
    fn title(&mut self, text: &'a Inlines, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Title, node, place);
        let size = self.design.head(1).size * 1.15;
        let kind = Type { size, leading: size * HEAD_LEADING };
        let voice = Voice { hyphenate: false, ..Voice::PLAIN };
        let own = Place { kind, voice, side: Side::Centre, justify: false, grid: None, ..place.clone() };
        let copy = self.copy(text, &own, element);
        self.set_balanced(copy, &own);
        self.space(self.design.text.leading * 2.0);
        self.keep();
        self.flow.first = true;
    }

    fn inner_heading(&mut self, text: &'a Inlines, node: &'a Node<Block>, depth: usize, place: &Place<'a>) {
        self.heading(text, node, depth, Look::Depth(depth), place);
    }

    /// A heading of a depth, which looks as its section does; its number where it has no words. Gives its element.
    pub fn heading(&mut self, text: &'a Inlines, node: &'a Node<Block>, depth: usize, look: Look, place: &Place<'a>) -> u32 {
        let element = self.open(Role::Heading(depth.min(6) as u8), node, place);
        let head = match look {
            Look::Part => Head { size: self.design.head(1).size * PART_SIZE, centred: true, ..*self.design.head(1) },
            Look::Depth(depth) => *self.design.head(depth),
        };
        // In a note or a quotation a heading is no larger than it is in the text around it.
        let size = if place.grid.is_some() { head.size } else { place.kind.size };
        let kind = Type { size, leading: size * HEAD_LEADING };
        let voice = Voice {
            bold: head.cut == super::design::Cut::Bold,
            italic: head.cut == super::design::Cut::Italic,
            small_caps: head.cut == super::design::Cut::SmallCaps,
            hyphenate: false,
            ..place.voice.clone()
        };
        let side = if head.centred { Side::Centre } else { Side::Start };
        let own = Place { kind, voice, side, justify: false, grid: None, ..place.clone() };
        let leading = place.kind.leading;
        let copy = match &node.kind {
            // A number alone is a label.
            Block::Heading { number: Some(number), .. } if text.is_empty() => {
                let label = self.structure.begin(Role::Label, Parent::Element(element));
                self.plain(number, &own, label)
            }
            _ => self.copy(text, &own, element),
        };
        let lines = self.balanced(copy, &own);
        // The white below is exact, so that text goes on right on the grid; what the grid asks for goes above.
        let below = leading * head.below + kind.leading * lines.len().saturating_sub(1) as f32;
        self.space((leading * (head.above - HEAD_SLACK)).max(0.0));
        for (number, line) in lines.into_iter().enumerate() {
            let mut slug = self.slug(line, &own);
            let descent = leading * (1.0 - ASCENT);
            (slug.ascent, slug.descent) = (slug.height() - descent, descent);
            if number == 0 {
                slug.grid = place.grid.map(|offset| (offset + below) % leading);
            } else {
                slug.price = NEVER;
            }
            self.push(slug);
        }
        self.space(leading * head.below);
        self.keep();
        self.flow.first = true;
        self.flow.under_head = LEAST_UNDER_HEAD;
        element
    }

    /// How far down its page a part's heading stands.
    pub fn part_sink(&self) -> f32 {
        (self.design.trim.height - self.design.margins.top - self.design.margins.bottom) * DEDICATION
    }

    /// What a chapter shows below its heading, and that its text begins.
    pub fn begin_chapter(&mut self, place: &Place<'a>) {
        self.flow.leads = self.design.opening != LeadIn::Plain;
        if self.design.ornament.is_empty() {
            return;
        }
        let own = Place { justify: false, side: Side::Centre, grid: None, ..place.clone() };
        let white = self.flow.white.max(place.kind.leading);
        let sign = self.design.ornament.as_str();
        let copy = self.plain(sign, &own, 0);
        let mut lines = self.lines(copy, &own, 0.0);
        lines.truncate(1);
        let start = self.slugs.len();
        (self.flow.white, self.flow.under_head) = (white * 0.5, 0);
        self.push_lines(lines, &own);
        super::galley::decorate(&mut self.slugs[start..]);
        self.slugs[start..].iter_mut().for_each(|slug| slug.price = NEVER);
        self.space(white * 0.5);
        self.keep();
        self.flow.under_head = LEAST_UNDER_HEAD;
    }

    fn paragraph(&mut self, text: &'a Inlines, node: &'a Node<Block>, place: &Place<'a>) {
        // Behind a motto, too.
        let leads = self.flow.leads && matches!(place.parent, Parent::Section(_));
        self.flow.leads &= !leads;
        let element = self.open(Role::Paragraph, node, place);
        let prefixed = self.flow.prefix.is_some();
        let indent = if self.flow.first && !self.design.squares || prefixed {
            0.0
        } else {
            self.design.indent * place.kind.size / self.design.text.size
        };
        let copy = self.copy(text, place, element);
        let announces = copy.text.ends_with(':') || self.is_speaker(&copy);
        if leads && !place.right_to_left() {
            let copy = if self.design.opening == LeadIn::Initial { self.with_initial(copy, place) } else { Some(copy) };
            if let Some(mut copy) = copy {
                self.lead_in(&mut copy);
                self.set_elastic(copy, place, indent);
            }
        } else {
            self.set_elastic(copy, place, indent);
        }
        (self.flow.first, self.flow.announces) = (false, announces);
    }

    /// Sets the first words of a chapter in small capitals: so many that they are seen, and not in the middle of what belongs together.
    pub fn lead_in(&mut self, copy: &mut Copy) {
        let (mut words, mut letters) = (0, 0);
        let end = copy.text.char_indices().find_map(|(at, c)| {
            letters += usize::from(c.is_alphabetic());
            words += usize::from(c == ' ');
            let enough = c == ' ' && (words >= LEAD_WORDS || words > 1 && letters >= LEAD_LETTERS);
            (enough || matches!(c, '.' | ':' | '!' | '?' | '\n' | PICTURE)).then_some(at)
        });
        let Some(end) = end.filter(|_| copy.text.contains(' ')) else { return };
        let after = copy.marks.partition_point(|(start, _)| *start <= end);
        let Some((_, mark)) = copy.marks.get(after.saturating_sub(1)).cloned() else { return };
        if copy.marks.get(after.saturating_sub(1)).is_some_and(|(start, _)| *start < end) {
            copy.marks.insert(after, (end, mark));
        }
        for (_, mark) in copy.marks.iter_mut().take_while(|(start, _)| *start < end) {
            mark.look = self.shaper.in_small_caps(mark.look);
            mark.font = self.shaper.font(mark.look);
        }
    }

    /// Whether a paragraph says who speaks what comes next, or is another lead of its kind: a few words in capitals, small capitals
    /// or bold.
    fn is_speaker(&self, copy: &Copy) -> bool {
        let text = copy.text.trim_end_matches(['.', ':']);
        if text.len() > LONGEST_LEAD || text.chars().filter(|c| c.is_alphabetic()).count() < 3 || text.contains(['\n', PICTURE])
        {
            return false;
        }
        let capitals = !text.chars().any(char::is_lowercase);
        let strong = |(_, mark): &(usize, Mark)| {
            let look = self.shaper.look_of(mark.look);
            look.bold || look.small_caps
        };
        let said = copy.marks.iter().filter(|(start, _)| *start < text.len());
        capitals || said.into_iter().all(strong)
    }

    /// White above and below, so that what `act` sets stands apart: half a line each, and its lines between those of the grid.
    pub fn set_off(&mut self, place: &Place<'a>, act: impl FnOnce(&mut Self, Option<f32>)) {
        let white = place.kind.leading * SET_OFF;
        match std::mem::take(&mut self.flow.spoken) || std::mem::take(&mut self.flow.quoted) {
            true => self.flow.white = 0.0,
            false => self.space(white),
        }
        // What it follows mostly says what it is.
        self.flow.price = self.flow.price.max(WITHIN);
        self.flow.first = true;
        act(self, between(place));
        self.space(white);
        self.flow.first = true;
    }

    pub fn list(&mut self, list: &'a List, node: &'a Node<Block>, place: &Place<'a>, is_of_entry: bool) {
        let element = self.open(Role::List(list.start.map(|_| list.numbering)), node, place);
        let inset = self.design.inset * place.kind.size / self.design.text.size;
        // A list in a list is close to the item that it belongs to, and the senses of a word to their head.
        let nested = is_of_entry
            || matches!(place.parent, Parent::Element(parent) if self.structure.elements[parent as usize].role == Role::ItemBody);
        let grid = if nested { place.grid } else { between(place) };
        let own = Place { parent: Parent::Element(element), grid, ..place.inset(inset) };
        let apart = if list.tight { 0.0 } else { place.kind.leading * 0.5 };
        let white = match (nested, place.grid) {
            (true, _) => apart,
            (false, Some(_)) => place.kind.leading * SET_OFF,
            (false, None) => 0.0,
        };
        self.space(white);
        for (count, item) in (0..).zip(&list.items) {
            if count > 0 {
                self.space(apart);
                self.flow.price = self.flow.price.max(WITHIN);
            }
            let label = match (list.start, item.task) {
                (_, Some(true)) => "☑".to_owned(),
                (_, Some(false)) => "☐".to_owned(),
                (Some(start), None) => self.counted(&format!("{}.", list.numbering.say(start.saturating_add(count)))),
                (None, None) => "•".to_owned(),
            };
            self.item(&label, &item.body, &own);
        }
        self.space(white);
        self.flow.first = true;
    }

    fn item(&mut self, label: &str, body: &'a Blocks, place: &Place<'a>) {
        let item = self.structure.begin(Role::Item, place.parent);
        let mark = self.structure.begin(Role::Label, Parent::Element(item));
        let ragged = Place { justify: false, voice: Voice { hyphenate: false, ..place.voice.clone() }, ..place.clone() };
        let copy = self.plain(label, &ragged, mark);
        let lines = self.lines(copy, &ragged, 0.0);
        let element = self.structure.begin(Role::ItemBody, Parent::Element(item));
        let start = self.slugs.len();
        self.flow.first = true;
        self.blocks(body, &Place { parent: Parent::Element(element), ..place.clone() });
        if self.slugs.len() == start {
            let slug = Slug { grid: place.grid, ..Slug::of(place.kind) };
            self.push(slug);
        }
        let rtl = place.right_to_left();
        let mut labels = lines.into_iter().next().map(|line| line.items).unwrap_or_default();
        let wide: f32 = labels.iter().map(|placed| placed.width(&self.shaper)).sum();
        let gap = place.kind.size * 0.45;
        let left = labels.first().map_or(0.0, |placed| placed.x);
        let x = if rtl { place.x + place.width + gap } else { place.x - gap - wide };
        labels.iter_mut().for_each(|placed| placed.x += x - left);
        self.slugs[start].items.splice(0..0, labels);
        self.flow.first = false;
    }

    fn definitions(&mut self, entries: &'a [Definition], node: &'a Node<Block>, place: &Place<'a>) {
        let list = self.open(Role::Definitions, node, place);
        let bold = Voice { bold: true, ..place.voice.clone() };
        self.space(place.kind.leading * SET_OFF);
        let place = &Place { grid: between(place), ..place.clone() };
        for entry in entries {
            let item = self.structure.begin(Role::Item, Parent::Element(list));
            let term = self.structure.begin(Role::Label, Parent::Element(item));
            let own = Place { justify: false, voice: bold.clone(), ..place.clone() };
            let copy = self.copy(&entry.term, &own, term);
            self.set(copy, &own, 0.0);
            self.keep();
            let body = self.structure.begin(Role::ItemBody, Parent::Element(item));
            let inner = Place { parent: Parent::Element(body), ..place.inset(self.design.inset) };
            for meaning in &entry.meanings {
                self.flow.first = true;
                self.blocks(meaning, &inner);
            }
            self.flow.price = 0;
        }
        self.space(place.kind.leading * SET_OFF);
        self.flow.first = true;
    }

    fn code(&mut self, text: &'a str, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::CodeBlock, node, place);
        let voice = Voice { code: true, scale: self.design.code, hyphenate: false, ..Voice::PLAIN };
        let set_in = Place { lang: NO_LANGUAGE, ..place.clone() }.inset(self.design.inset);
        // A line that is turned over hangs, so that it isn't taken for two.
        let turn = place.kind.size;
        let own = Place { justify: false, voice, ..set_in.inset(turn) };
        self.set_off(place, |setter, grid| {
            let own = Place { grid, ..own };
            let mut lines = text.trim_end_matches('\n').split('\n').peekable();
            while let Some(line) = lines.next() {
                let mut copy = setter.plain(&line.replace('\t', "    "), &own, element);
                if lines.peek().is_some() {
                    copy.text.push('\n');
                }
                let before = setter.slugs.len();
                setter.set(copy, &own, -turn);
                if setter.slugs.len() == before {
                    setter.push(Slug { grid: own.grid, ..Slug::of(own.kind) });
                }
                setter.flow.price = WITHIN;
            }
            setter.flow.price = 0;
        });
    }

    /// A change of scene: three asterisks, which nobody reads aloud.
    fn ornament(&mut self, place: &Place<'a>) {
        let own = Place { justify: false, side: Side::Centre, ..place.clone() };
        let copy = self.plain(&self.design.scene, &own, 0);
        let white = place.kind.leading * AROUND_ORNAMENT;
        self.space(white);
        let mut lines = self.lines(copy, &own, 0.0);
        for placed in lines.iter_mut().flat_map(|line| &mut line.items) {
            placed.part = Part::Furniture(Furniture::Decoration);
        }
        self.push_lines(lines, &own);
        self.space(white);
        self.flow.price = self.flow.price.max(WITHIN);
        self.flow.first = true;
    }

    /// A note's blocks, set small.
    pub fn note_body(&mut self, note: &'a Note, element: u32, lang: &'a str) {
        let design = self.design;
        let mut place =
            Place { kind: design.note, grid: None, ..Place::text(design, self.width(), Parent::Element(element), lang) };
        place.justify = design.justify;
        if !matches!(note.body.first().map(|node| &node.kind), Some(Block::Paragraph(_))) {
            let prefix = self.flow.prefix.take().expect("a note has a number");
            let copy = self.plain(&prefix.text, &place, prefix.element);
            self.set(copy, &place, 0.0);
            self.keep();
        }
        self.blocks(&note.body, &place);
        self.flow.prefix = None;
    }

    /// The width of the text.
    fn width(&self) -> f32 {
        self.measure
    }

    /// Begins a chapter's page with what is set next.
    pub fn opens(&mut self, start: usize, opens: Opens, sink: f32) {
        if let Some(slug) = self.slugs.get_mut(start) {
            (slug.opens, slug.sink, slug.space) = (opens, sink, 0.0);
        }
    }
}

/// The grid of what stands set off from `place`: half a line on from its own.
fn between(place: &Place) -> Option<f32> {
    place.grid.map(|offset| (offset + place.kind.leading * (1.0 - SET_OFF)) % place.kind.leading)
}

/// The leading of headings, as a factor of their size: they are short, and large type needs less.
const HEAD_LEADING: f32 = 1.2;
/// So many lines of the white above a heading may be missing: the grid gives up to one more than was asked for.
const HEAD_SLACK: f32 = 0.4;
/// The white around quotations, lists and the like, in lines: a whole one, so that their lines stand on the grid, too, and feet of
/// facing pages are even wherever they end.
const SET_OFF: f32 = 1.0;

/// That around an ornament, whose own line stands between those of the grid.
const AROUND_ORNAMENT: f32 = 0.5;
/// How much larger the heading of a part is than a chapter's.
const PART_SIZE: f32 = 1.25;
/// The first words of a chapter that small capitals show: so many, or as many as have so many letters.
const LEAD_WORDS: usize = 4;
const LEAD_LETTERS: usize = 14;
/// How far down its page a dedication stands, as a share of the page: a little above the eye's middle.
pub const DEDICATION: f32 = 0.28;
/// That of programs and formulas, which run from left to right in every book (BCP 47: no linguistic content).
pub const NO_LANGUAGE: &str = "zxx";
/// A lead is no longer, in bytes.
const LONGEST_LEAD: usize = 32;
/// What it costs to turn the page over between a colon or a speaker and what they announce: dearer than any white.
const ANNOUNCED: u32 = 3_000;
/// Lines that stand at least below a heading on its page.
pub const LEAST_UNDER_HEAD: u32 = 2;
