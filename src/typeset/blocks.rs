//! Blocks become slugs: what each kind looks like, and what part of the work's structure it is.

use super::design::{Head, LeadIn, Type};
use super::formula::{self, Formula};
use super::galley::{ASCENT, NEVER, Opens, Slug, WITHIN};
use super::line::{Line, Side};
use super::math;
use super::page::{ElementId, Furniture, Item, Part, Placed, Role};
use super::setter::{Place, Setter, Voice};
use super::shape::Shaper;
use super::strand::{Copy, Mark, PICTURE, Strand};
use super::stretch::Look;
use super::structure::{Caption, Captioned, Parent};
use crate::tree::{
    Block, Blocks, Definition, Figure, Group, GroupRole, Image, Inlines, Length, List, Node, Note, VerseLine,
    formula_and_number,
};

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

    fn quote(&mut self, inner: &'a Blocks, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Quote, node, place);
        let set_in = place.inset(self.design.inset);
        // As far in on the other side.
        let (x, width) = (set_in.x, set_in.width.min(place.width - 2.0 * (place.width - set_in.width)).max(place.width * 0.5));
        let x = if place.right_to_left() { x + set_in.width - width } else { x };
        let own = Place { parent: Parent::Element(element), width, x, ..set_in };
        self.set_off(place, |setter, grid| setter.blocks(inner, &Place { grid, ..own }));
    }

    /// Blocks with a role: an epigraph is set in, small and to the far side; a dedication in front has a page of its own; a box stands
    /// between rules and says what kind it is; the rest runs on, with white around it.
    fn group(&mut self, group: &'a Group, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Group, node, place);
        let own = Place { parent: Parent::Element(element), ..place.clone() };
        let (own, alone) = match group.role {
            GroupRole::Epigraph => {
                (Place { kind: self.design.caption, grid: None, justify: false, ..own.inset(place.width * 0.3) }, false)
            }
            GroupRole::Dedication => {
                let voice = Voice { italic: true, ..own.voice.clone() };
                (Place { side: Side::Centre, justify: false, voice, ..own }, place.parent == Parent::Root)
            }
            GroupRole::Imprint => {
                let own = Place { kind: self.design.note, grid: None, justify: false, ..own };
                return self.set_off(place, |setter, _| setter.apart_by_white(group, &own));
            }
            GroupRole::Colophon => return self.colophon(group, &own),
            GroupRole::Abstract => (Place { kind: self.design.caption, grid: None, ..own.inset(self.design.inset) }, false),
            GroupRole::Admonition(_) => return self.boxed(group, &own),
            GroupRole::Closer | GroupRole::Byline => (Place { justify: false, side: Side::End, ..own }, false),
            GroupRole::Trailer => (Place { justify: false, side: Side::Centre, ..own }, false),
            GroupRole::Argument => (Place { kind: self.design.caption, grid: None, ..own.inset(self.design.inset) }, false),
            GroupRole::Stage => {
                let voice = Voice { italic: true, ..own.voice.clone() };
                (Place { justify: false, voice, ..own.inset(self.design.inset) }, false)
            }
            GroupRole::Speech => return self.speech(group, &own),
            GroupRole::Entry => return self.entry(group, &own),
            GroupRole::Opener | GroupRole::Postscript | GroupRole::Cast | GroupRole::Plain => (own, false),
        };
        let start = self.slugs.len();
        self.flow.turns |= alone;
        self.set_off(place, |setter, grid| setter.group_body(group, &Place { grid: own.grid.and(grid), ..own }));
        if group.role == GroupRole::Opener && self.slugs.len() - start <= LONGEST_OPENER {
            // As a heading, it stays with the letter that it opens.
            self.slugs.iter_mut().skip(start + 1).for_each(|slug| slug.price = NEVER);
            self.keep();
            self.flow.under_head = LEAST_UNDER_HEAD;
        }
        if alone {
            let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
            self.slugs.iter_mut().skip(start).take(1).for_each(|slug| slug.sink = page * DEDICATION);
            self.flow.turns = true;
        }
    }

    /// How the book was made: small, low on a page of its own.
    fn colophon(&mut self, group: &'a Group, place: &Place<'a>) {
        let start = self.slugs.len();
        self.flow.turns = true;
        let own = Place { kind: self.design.note, grid: None, justify: false, side: Side::Centre, ..place.clone() };
        self.set_off(place, |setter, _| setter.apart_by_white(group, &own));
        let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
        let height: f32 = self.slugs[start..].iter().map(|slug| slug.space + slug.height()).sum();
        self.slugs.iter_mut().skip(start).take(1).for_each(|slug| slug.sink = (page * COLOPHON).min(page - height).max(0.0));
        self.flow.turns = true;
    }

    /// A group whose paragraphs have white between them and no indent.
    fn apart_by_white(&mut self, group: &'a Group, place: &Place<'a>) {
        self.group_title(group, place);
        for block in &group.body {
            self.space(place.kind.leading * 0.5);
            self.flow.first = true;
            self.block(block, place);
        }
    }

    fn group_title(&mut self, group: &'a Group, place: &Place<'a>) {
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, place.parent);
            let voice = Voice { bold: true, hyphenate: false, ..place.voice.clone() };
            let over = Place { voice, justify: false, ..place.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, 0.0);
            self.keep();
            self.flow.first = true;
        }
    }

    fn group_body(&mut self, group: &'a Group, place: &Place<'a>) {
        self.group_title(group, place);
        self.blocks(&group.body, place);
    }

    /// A speech: who speaks in small capitals on a line of its own, which stays with what is said.
    fn speech(&mut self, group: &'a Group, place: &Place<'a>) {
        let white = place.kind.leading * BETWEEN_SPEECHES;
        self.space(white);
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, place.parent);
            let voice = Voice { small_caps: true, speaker: true, hyphenate: false, ..place.voice.clone() };
            let over = Place { voice, justify: false, ..place.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, 0.0);
            self.keep();
        }
        self.flow.first = true;
        self.flow.spoken = matches!(group.body.first(), Some(Node { kind: Block::Verse(_), .. }));
        self.blocks(&group.body, place);
        self.space(white);
        self.flow.first = true;
    }

    /// An entry of a dictionary: its first line hangs out over the others.
    fn entry(&mut self, group: &'a Group, place: &Place<'a>) {
        let inset = self.design.inset * 0.6;
        let own = Place { justify: place.justify, ..place.inset(inset) };
        // Entries follow each other without white: the heads that hang tell them apart.
        self.flow.first = true;
        if !group.title.is_empty() {
            let title = self.structure.begin(Role::Paragraph, own.parent);
            let voice = Voice { bold: true, hyphenate: false, ..own.voice.clone() };
            let over = Place { voice, justify: false, ..own.clone() };
            let copy = self.copy(&group.title, &over, title);
            self.set(copy, &over, -inset);
            self.keep();
        }
        let mut body = group.body.iter();
        if let (true, Some(Node { kind: Block::Paragraph(text), .. })) = (group.title.is_empty(), group.body.first()) {
            let node = &group.body[0];
            let lang = node.lang().unwrap_or(own.lang);
            let own = Place { lang, ..own.clone() };
            let element = self.open(Role::Paragraph, node, &own);
            let copy = self.copy(text, &own, element);
            self.set(copy, &own, -inset);
            body.next();
        }
        self.flow.first = true;
        for node in body {
            match &node.kind {
                Block::List(list) => {
                    let lang = node.lang().unwrap_or(own.lang);
                    self.list(list, node, &Place { lang, ..own.clone() }, true);
                }
                _ => self.block(node, &own),
            }
        }
        self.flow.first = true;
    }

    /// A box: between two rules, under the name of its kind in the work's language, which is no word of the author's.
    fn boxed(&mut self, group: &'a Group, place: &Place<'a>) {
        let own = place.inset(self.design.inset);
        // As far in on the other side.
        let inset = place.width - own.width;
        let (x, width) = (place.x + inset, (place.width - 2.0 * inset).max(place.width * 0.5));
        let own = Place { x, width, ..own };
        let name = self.env.words(place.lang).over_box(group).map(str::to_owned);
        // Off the grid: what it asks for would stand inside the box, on one side of the words.
        let own = Place { grid: None, ..own };
        self.set_off(place, |setter, _| {
            setter.push(box_rule(&own));
            setter.keep();
            if let Some(name) = name {
                let voice = Voice { small_caps: true, hyphenate: false, ..own.voice.clone() };
                let over = Place { voice, justify: false, ..own.clone() };
                let copy = setter.plain(&name, &over, 0);
                let lines = setter.lines(copy, &over, 0.0);
                let from = setter.slugs.len();
                setter.push_lines(lines, &over);
                super::galley::decorate(&mut setter.slugs[from..]);
                setter.keep();
            }
            setter.group_body(group, &own);
            setter.space(0.0);
            setter.keep();
            setter.push(box_rule(&own));
        });
    }

    /// White above and below, so that what `act` sets stands apart: half a line each, and its lines between those of the grid.
    fn set_off(&mut self, place: &Place<'a>, act: impl FnOnce(&mut Self, Option<f32>)) {
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

    fn verse(&mut self, stanzas: &'a [Vec<VerseLine>], node: &'a Node<Block>, place: &Place<'a>) {
        let poem = self.open(Role::Verse, node, place);
        // A line that is turned over stands further in than any line begins.
        let turn = self.design.inset * 1.5;
        let step = self.design.inset;
        let set_in = place.inset(self.design.inset).inset(turn);
        let own = Place { justify: false, parent: Parent::Element(poem), ..set_in };
        self.set_off(place, |setter, grid| {
            let own = Place { grid, ..own };
            for (number, stanza) in stanzas.iter().enumerate() {
                // The first has the white of the whole, which is none below the name of who speaks.
                if number > 0 {
                    setter.space(place.kind.leading * 0.5);
                }
                let within = if stanza.len() <= SHORT_STANZA { IN_SHORT_STANZA } else { WITHIN };
                for (number, line) in stanza.iter().enumerate() {
                    let element = setter.structure.begin(Role::Line, own.parent);
                    let own = own.inset(step * f32::from(line.indent));
                    let copy = setter.copy(&line.text, &own, element);
                    let start = setter.slugs.len();
                    match line.shown_number() {
                        Some(number) => setter.numbered_line(copy, number, &own, -turn),
                        None => setter.set(copy, &own, -turn),
                    }
                    // A stanza is divided, if it must be, two lines from its ends.
                    let edge = number == 1 || number + 1 == stanza.len() && number > 0;
                    if let Some(slug) = setter.slugs.get_mut(start) {
                        slug.price = slug.price.max(if edge { super::galley::WIDOW / 2 } else { within });
                    }
                }
            }
        });
    }

    /// A line of verse with its number at the end of the measure, small: beside its first line of type that leaves room for it. One
    /// that fills them all is turned over earlier.
    fn numbered_line(&mut self, copy: Copy, number: &str, place: &Place<'a>, indent: f32) {
        let kind = Type { size: place.kind.size * LINE_NUMBER, leading: place.kind.leading };
        let own = Place { kind, voice: Voice { hyphenate: false, ..Voice::PLAIN }, justify: false, ..place.clone() };
        let said = self.plain(number, &own, 0);
        let mut items = self.lines(said, &own, 0.0).into_iter().next().map(|line| line.items).unwrap_or_default();
        let Some(first) = items.first().map(|placed| placed.x) else { return self.set(copy, place, indent) };
        let wide: f32 = items.iter().map(|placed| placed.width(&self.shaper)).sum();
        let taken = wide + place.kind.size;
        let rtl = place.right_to_left();
        self.carry(&copy);
        let strand = Strand::new(copy, rtl, &mut self.shaper);
        let mut own = place.clone();
        let mut lines = self.lines_of(&strand, &own, indent);
        let has_room = |line: &Line, shaper: &Shaper| {
            line.items.iter().all(|placed| match rtl {
                true => placed.x > taken,
                false => placed.x + placed.width(shaper) < place.width - taken,
            })
        };
        let mut free = lines.iter().position(|line| has_room(line, &self.shaper));
        if free.is_none() {
            own.width = (place.width - taken - 1.0).max(place.width * 0.5);
            own.x += if rtl { place.width - own.width } else { 0.0 };
            (lines, free) = (self.lines_of(&strand, &own, indent), Some(0));
        }
        let start = self.slugs.len();
        self.push_lines(lines, &own);
        let x = if rtl { place.x } else { place.x + place.width - wide };
        for placed in &mut items {
            placed.x += x - first;
            placed.y -= kind.size * super::heads::BESIDE_LETTERS;
            placed.part = Part::Furniture(Furniture::Decoration);
        }
        if let Some(slug) = free.and_then(|free| self.slugs.get_mut(start + free)) {
            slug.items.append(&mut items);
        }
    }

    fn list(&mut self, list: &'a List, node: &'a Node<Block>, place: &Place<'a>, is_of_entry: bool) {
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

    fn formula(&mut self, tex: &'a str, node: &'a Node<Block>, place: &Place<'a>) {
        let element = self.open(Role::Formula, node, place);
        self.structure.last().alt = Some(tex.to_owned());
        let voice = Voice { italic: true, hyphenate: false, ..Voice::PLAIN };
        let own = Place { justify: false, voice, side: Side::Centre, lang: NO_LANGUAGE, ..place.clone() };
        let (bare, number) = match formula_and_number(tex) {
            Some((bare, number)) => (std::borrow::Cow::Owned(bare), Some(number)),
            None => (std::borrow::Cow::Borrowed(tex), None),
        };
        if let Some(formula) = self.displayed(&bare, place) {
            let middle = if formula::is_stacked(&bare) {
                (formula.depth - formula.height) / 2.0 + place.kind.size * MIDDLE
            } else {
                0.0
            };
            let number = number.and_then(|number| self.formula_number(&number, element, place));
            return self.formula_slug(formula, number.map(|slug| (slug, middle)), element, place);
        }
        self.set_off(place, |setter, grid| {
            let own = Place { grid, ..own };
            let set = math::lines(tex).filter(|lines| lines.iter().all(|line| setter.can_say(line)));
            if let Some(lines) = set {
                let own = Place { voice: Voice { italic: false, ..own.voice.clone() }, ..own };
                for line in &lines {
                    let copy = setter.formula_copy(line, &own, element);
                    setter.set(copy, &own, 0.0);
                }
                return;
            }
            setter.unset.push(node.span);
            for line in tex.trim().lines().filter(|line| !line.trim().is_empty()) {
                let copy = setter.plain(line.trim(), &own, element);
                setter.set(copy, &own, 0.0);
            }
        });
    }

    /// A formula laid out; smaller where the measure asks for it, but not so small that nobody reads it.
    fn displayed(&self, tex: &str, place: &Place) -> Option<Formula> {
        let set = |size| formula::set(tex, true, size, self.shaper.fonts());
        let whole = set(place.kind.size)?;
        let share = place.width / whole.width;
        match share {
            1.0.. => Some(whole),
            SMALLEST_FORMULA.. => set(place.kind.size * share * 0.999),
            _ => None,
        }
    }

    /// A formula's number as a line of its own, at the margin where lines end.
    fn formula_number(&mut self, number: &str, element: u32, place: &Place<'a>) -> Option<Slug> {
        let voice = Voice { hyphenate: false, old_style_figures: false, ..Voice::PLAIN };
        let side = if place.right_to_left() { Side::Start } else { Side::End };
        let own = Place { justify: false, voice, side, lang: NO_LANGUAGE, ..place.clone() };
        let copy = self.plain(number, &own, element);
        let line = self.lines(copy, &own, 0.0).into_iter().next()?;
        Some(self.slug(line, &own))
    }

    /// A formula in the middle of its measure. Its number stands at the margin, at so far a baseline below the formula's own: if it
    /// has no room there, the formula makes way, and if that is not enough, it stands below.
    fn formula_slug(&mut self, formula: Formula, number: Option<(Slug, f32)>, element: u32, place: &Place<'a>) {
        let part = Part::Content { element: ElementId(element), after: self.structure.begun() };
        let (line, leading) = (Slug::of(place.kind), place.kind.leading);
        let (ascent, mut descent) = (line.ascent.max(formula.height), line.descent.max(formula.depth));
        let mut x = place.x + (place.width - formula.width) / 2.0;
        let mut beside = Vec::new();
        if let Some((number, middle)) = number {
            let ends = |placed: &Placed| (placed.x, placed.x + placed.width(&self.shaper));
            let ends = number.items.iter().map(ends);
            let (from, to) = ends.fold((f32::MAX, f32::MIN), |(from, to), (left, right)| (from.min(left), to.max(right)));
            let taken = to - from + place.kind.size * BESIDE_FORMULA;
            let mut baseline = middle;
            if formula.width + taken > place.width {
                baseline = formula.depth + line.ascent;
                descent = descent.max(baseline + line.descent);
            } else if (place.width - formula.width) / 2.0 < taken {
                let room = place.width - taken - formula.width;
                x = place.x + room / 2.0 + if place.right_to_left() { taken } else { 0.0 };
            }
            beside = number.items;
            beside.iter_mut().for_each(|placed| placed.y += baseline);
        }
        let items = formula.items.into_iter().map(|(dx, y, item)| Placed { x: x + dx, y, item, part });
        let items: Vec<Placed> = items.chain(beside).collect();
        let height = ascent + descent + 2.0 * leading * AROUND_FORMULAS;
        // The lines below are on the grid again: what that takes stands half above, half below.
        let whole = if place.grid.is_some() { (height / leading - 0.01).ceil() * leading } else { height };
        let white = (whole - ascent - descent) / 2.0;
        self.space(white);
        self.flow.price = self.flow.price.max(WITHIN);
        self.push(Slug { ascent, descent, items, ..Slug::default() });
        self.space(white);
        self.flow.first = true;
    }

    fn figure(&mut self, figure: &'a Figure, node: &'a Node<Block>, place: &Place<'a>) {
        let (images, caption) = (&figure.images, &figure.caption);
        let [only] = &images[..] else { return self.panels(figure, node, place) };
        let element = self.open(Role::Figure, node, place);
        self.structure.ids.extend(only.id().map(|id| (id.to_owned(), element)));
        self.structure.last().alt = Some(only.kind.alt.clone());
        self.floating(place, |setter| {
            setter.picture_slug(&only.kind, element, place, false);
            if !caption.is_empty() {
                setter.space(place.kind.leading * 0.4);
                setter.keep();
                let inner = setter.structure.begin(Role::Caption, Parent::Element(element));
                setter.captioned(Captioned::Figure, inner, caption);
                let kind = setter.design.caption;
                let own = Place { kind, grid: None, justify: false, side: Side::Centre, ..place.clone() };
                let copy = setter.copy(caption, &own, inner);
                setter.set_balanced(copy, &own);
            }
        });
    }

    /// Takes note of a caption.
    pub fn captioned(&mut self, of: Captioned, element: u32, caption: &Inlines) {
        self.structure.captions.push(Caption { of, element, text: crate::tree::plain_text(caption) });
    }

    /// Several images, beside each other as far as their widths allow, each with its own caption, and that of them all.
    fn panels(&mut self, figure: &'a Figure, node: &'a Node<Block>, place: &Place<'a>) {
        let group = self.open(Role::Group, node, place);
        let gap = place.kind.size;
        self.floating(place, |setter| {
            for row in rows_of_panels(&figure.images) {
                let shares: Vec<f32> = row.iter().map(|image| share_of_panel(image, row.len())).collect();
                let room = place.width - gap * (row.len() - 1) as f32;
                let whole = shares.iter().sum::<f32>().max(1.0);
                let taken = room * shares.iter().sum::<f32>() / whole + gap * (row.len() - 1) as f32;
                let (rtl, mut x) = (place.right_to_left(), (place.width - taken) / 2.0);
                let mut slugs = vec![Vec::new()];
                for (image, share) in row.iter().zip(&shares) {
                    let width = room * share / whole;
                    let left = if rtl { place.width - x - width } else { x };
                    let own = Place { x: place.x + left, width, ..place.clone() };
                    let panel = setter.apart(|setter| setter.panel(image, group, &own));
                    super::table::beside(&mut slugs, panel);
                    x += width + gap;
                }
                slugs.into_iter().flatten().for_each(|slug| setter.push(slug));
                setter.space(place.kind.leading * 0.6);
                setter.keep();
            }
            if !figure.caption.is_empty() {
                let inner = setter.structure.begin(Role::Paragraph, Parent::Element(group));
                setter.captioned(Captioned::Figure, inner, &figure.caption);
                let own = setter.caption_place(place);
                let copy = setter.copy(&figure.caption, &own, inner);
                setter.set_balanced(copy, &own);
            }
        });
    }

    /// One image of several, as wide as its place at most.
    fn panel(&mut self, image: &'a Node<Image>, group: u32, place: &Place<'a>) {
        let element = self.structure.begin(Role::Figure, Parent::Element(group));
        self.structure.ids.extend(image.id().map(|id| (id.to_owned(), element)));
        self.structure.last().alt = Some(image.kind.alt.clone());
        self.picture_slug(&image.kind, element, place, true);
        if !image.kind.title.is_empty() {
            self.space(place.kind.leading * 0.4);
            self.keep();
            let inner = self.structure.begin(Role::Caption, Parent::Element(element));
            let own = self.caption_place(place);
            let copy = self.plain(&image.kind.title, &own, inner);
            self.set_balanced(copy, &own);
        }
    }

    fn caption_place(&self, place: &Place<'a>) -> Place<'a> {
        Place { kind: self.design.caption, grid: None, justify: false, side: Side::Centre, ..place.clone() }
    }

    /// What `act` sets stays together, with white around it. In the running text it may move to the top of the next page, and the
    /// paragraphs before and behind it follow each other as if it weren't there.
    fn floating(&mut self, place: &Place<'a>, act: impl FnOnce(&mut Self)) {
        let (start, first) = (self.slugs.len(), self.flow.first);
        let white = place.kind.leading * AROUND_FIGURES;
        self.space(white);
        self.flow.price = self.flow.price.max(WITHIN);
        act(self);
        if self.slugs.len() > start {
            let free = self.is_free(start, place);
            self.float(start, white, free);
            self.flow.first = first || !free;
        }
    }

    /// Whether what was set since `start` may move: it stands in the running text, which does not announce it right here, and
    /// calls no note.
    pub fn is_free(&self, start: usize, place: &Place<'a>) -> bool {
        let flows = matches!(place.parent, Parent::Root | Parent::Section(_));
        flows && !self.flow.announced && self.slugs[start..].iter().all(|slug| slug.notes.is_empty())
    }

    /// Makes one piece of what was set since `start`.
    pub fn float(&mut self, start: usize, white: f32, free: bool) {
        let count = self.slugs.len() - start;
        self.slugs[start + 1..].iter_mut().for_each(|slug| slug.price = NEVER);
        self.slugs[start].floats = if free { count as u32 } else { 0 };
        self.slugs[start + count - 1].below = white;
    }

    /// The picture, or where there is none, what it shows. That of a panel fills its place, whose width is its own.
    fn picture_slug(&mut self, image: &'a Image, element: u32, place: &Place<'a>, fills: bool) {
        let Some(picture) = self.env.images.get(&image.target) else {
            let voice = Voice { italic: true, ..place.voice.clone() };
            let own = Place { justify: false, side: Side::Centre, voice, ..place.clone() };
            let copy = self.plain(&image.alt, &own, element);
            return self.set(copy, &own, 0.0);
        };
        let (width, height) = picture.in_print();
        let page = self.design.trim.height - self.design.margins.top - self.design.margins.bottom;
        let wanted = image.width.map_or(1.0, |wanted| match wanted {
            Length::Percent(_) if fills => place.width / width,
            Length::Percent(share) => place.width * share / 100.0 / width,
            Length::Points(points) => points / width,
        });
        let scale = wanted.min(place.width / width).min(page * 0.7 / height);
        let (width, height) = (width * scale, height * scale);
        let item = Item::Image { target: image.target.clone(), width, height };
        let part = Part::Content { element: ElementId(element), after: self.structure.begun() };
        let x = place.x + (place.width - width) / 2.0;
        let items = vec![Placed { x, y: -height, item, part }];
        self.push(Slug { ascent: height, descent: 0.0, items, ..Slug::default() });
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

/// The images of a figure in rows: as many beside each other as their widths leave room for, else two, or three where there are
/// just three.
fn rows_of_panels(images: &[Node<Image>]) -> Vec<&[Node<Image>]> {
    let most = if images.len() == 3 { 3 } else { 2 };
    let (mut rows, mut from, mut taken) = (Vec::new(), 0, 0.0);
    for (at, image) in images.iter().enumerate() {
        let share = share_of_panel(image, most);
        // A hair more than the whole: thirds of a hundred are written as 33 and as 34.
        if at > from && taken + share > 1.02 {
            rows.push(&images[from..at]);
            (from, taken) = (at, 0.0);
        }
        taken += share;
    }
    rows.extend((from < images.len()).then(|| &images[from..]));
    rows
}

/// The share of the measure that a panel in a row of so many takes.
fn share_of_panel(image: &Node<Image>, row: usize) -> f32 {
    match image.kind.width {
        Some(Length::Percent(share)) => (share / 100.0).clamp(0.05, 1.0),
        Some(Length::Points(_)) | None => 1.0 / row.max(1) as f32,
    }
}

/// A thin line over a place's width.
fn box_rule(place: &Place) -> Slug {
    let item = Item::Rule { width: place.width, height: BOX_RULE };
    let part = Part::Furniture(Furniture::Decoration);
    let items = vec![Placed { x: place.x, y: -BOX_RULE_ROOM / 2.0, item, part }];
    Slug { ascent: BOX_RULE_ROOM, items, ..Slug::default() }
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
/// How far down its page a colophon stands, as a share.
const COLOPHON: f32 = 0.62;

/// That around an ornament, whose own line stands between those of the grid.
const AROUND_ORNAMENT: f32 = 0.5;
/// The size of a verse line's number, as a share of the text's.
const LINE_NUMBER: f32 = 0.75;
/// The white above and below a speech or an entry, in lines; that of neighbours is one.
const BETWEEN_SPEECHES: f32 = 0.5;
/// The rules of a box, and the height that each takes up.
const BOX_RULE: f32 = 0.5;
const BOX_RULE_ROOM: f32 = 5.0;
/// How much larger the heading of a part is than a chapter's.
const PART_SIZE: f32 = 1.25;
/// The first words of a chapter that small capitals show: so many, or as many as have so many letters.
const LEAD_WORDS: usize = 4;
const LEAD_LETTERS: usize = 14;
/// How far down its page a dedication stands, as a share of the page: a little above the eye's middle.
const DEDICATION: f32 = 0.28;
/// That of programs and formulas, which run from left to right in every book (BCP 47: no linguistic content).
const NO_LANGUAGE: &str = "zxx";
/// The white between a formula and its number, in ems, and how far a line's baseline is below its middle.
const BESIDE_FORMULA: f32 = 1.0;
const MIDDLE: f32 = 0.25;
/// The white above and below a formula is at least so many lines.
const AROUND_FORMULAS: f32 = 0.4;
/// A formula that is too wide for its measure is set smaller, down to this share of its size.
const SMALLEST_FORMULA: f32 = 0.65;
/// An opener of more lines is a text of its own.
const LONGEST_OPENER: usize = 8;
/// A lead is no longer, in bytes.
const LONGEST_LEAD: usize = 32;
/// The white around figures, in lines: they stand in the text, but are no part of its row of lines.
const AROUND_FIGURES: f32 = 0.75;
/// What it costs to turn the page over between a colon or a speaker and what they announce: dearer than any white.
const ANNOUNCED: u32 = 3_000;
/// Lines that stand at least below a heading on its page.
const LEAST_UNDER_HEAD: u32 = 2;
/// A stanza of so few lines is taken in at a glance: better three missing lines than a page's end in it.
const SHORT_STANZA: usize = 6;
const IN_SHORT_STANZA: u32 = 90;
