//! The builder's answers to the marks that [`super::mask`] hid from the parser.

use std::borrow::Cow;
use std::ops::Range;

use super::frames::{Frame, Holds, Is, Kind, Opener};
use super::mask::{Attributes, BIBLIOGRAPHY, Counting, Div, Mark, Opening, Piece, TAB, Told, braces};
use super::{Builder, clean};
use crate::entity;
use crate::read::{cites, scholar};
use crate::span::Span;
use crate::tree::{
    Admonition, Attrs, Bibliography, Block, Citation, Cite, CiteForm, Direction, Figure, Group, GroupRole, Image, Index,
    IndexRole, IndexTerm, Inline, Inlines, Item, LISTING, Length, Link, List, Node, Numbering, PATH_MARK, Reference,
    ReferenceForm, Style, cross_target, is_term, plain_text,
};

/// Classes of a span that mean a style.
const STYLES: &[(&str, Style)] = &[
    ("smallcaps", Style::SmallCaps),
    ("small-caps", Style::SmallCaps),
    ("smcap", Style::SmallCaps),
    ("sc", Style::SmallCaps),
    ("underline", Style::Underline),
    ("ul", Style::Underline),
    ("mark", Style::Highlight),
    ("highlight", Style::Highlight),
    ("insertion", Style::Underline),
    ("deletion", Style::Strikethrough),
];

/// Classes by which pandoc hands on what was changed and remarked in Word: where a remark ends, where paragraphs came and went.
const CHANGES: &[&str] = &["comment-end", "paragraph-insertion", "paragraph-deletion"];

/// Words behind a reference; names of further things among them are references, too.
fn further(node: Node<Inline>) -> Inlines {
    let span = node.span;
    let Inline::Text(text) = &node.kind else { return vec![node] };
    let (mut out, mut rest) = (Vec::new(), 0);
    for (at, _) in text.match_indices('@') {
        let joined = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "@_.".contains(c));
        let found = cites::key(&text[at + 1..]).and_then(|(length, key)| Some((length, cross_target(key)?)));
        let Some((length, target)) = found.filter(|_| at >= rest && !joined) else { continue };
        out.push(Node::new(Inline::Text(text[rest..at].to_owned()), span));
        let reference = Reference { target, through: None, form: ReferenceForm::Full, text: Vec::new() };
        out.push(Node::new(Inline::Reference(reference), span));
        rest = at + 1 + length;
    }
    if rest == 0 {
        return vec![node];
    }
    out.push(Node::new(Inline::Text(text[rest..].to_owned()), span));
    out.retain(|node| !matches!(&node.kind, Inline::Text(text) if text.is_empty()));
    out
}

impl<'a> Builder<'a> {
    fn in_text(&self, range: &Range<usize>) -> Range<usize> {
        range.start - self.base..range.end - self.base
    }

    /// What the source says where the parser gives `text`.
    pub(super) fn restored<'t>(&self, text: &'t str, range: &Range<usize>) -> Cow<'t, str>
    where
        'a: 't,
    {
        let masked = self.masked;
        masked.restore(text, self.in_text(range), false)
    }

    /// A link's address and title, which stand at its end.
    pub(super) fn address(&self, target: &str, title: &str, range: &Range<usize>) -> (String, String) {
        let whole = format!("{target}\n{title}");
        let whole = self.masked.restore(&whole, self.in_text(range), true);
        let (target, title) = whole.split_once('\n').unwrap_or((&whole, ""));
        (target.to_owned(), clean::line(title))
    }

    /// Text, and the marks in it.
    pub(super) fn pieces(&mut self, text: &str, range: Range<usize>) {
        let masked = self.masked;
        let Some(pieces) = masked.pieces(text, self.in_text(&range)) else {
            return self.say(&self.restored(text, &range), range);
        };
        for (place, piece) in pieces {
            let place = place.start + self.base..place.end + self.base;
            match piece {
                Piece::Text(text) => self.say(text, place),
                Piece::Mark(mark) => self.answer(mark, place),
            }
        }
    }

    fn answer(&mut self, mark: &Mark, place: Range<usize>) {
        match mark {
            Mark::Open(opening) if self.depth() < super::DEPTH => {
                self.open.push(Frame::new(Kind::Marked(opening.clone()), Opener::Mark, place.start));
            }
            // Too deep: the words go to what is around them.
            Mark::Open(_) => {}
            Mark::Close(opening) => self.close_mark(opening, place.end),
            Mark::Attributes(said) => self.attach(said, place),
            Mark::Formula { tex, displayed: true, attributes } => self.displayed(tex, attributes.as_ref(), place),
            Mark::Formula { tex, displayed: false, .. } => {
                self.inline(Inline::Math(clean::clean(tex.trim()).into_owned()), place)
            }
            Mark::Ruby { base, readings } => self.ruby(base, readings, place),
            Mark::Sign(sign) => self.say(sign, place),
            Mark::Count(number) => self.say(&number.to_string(), place),
            Mark::Role { name, inner } => self.role(name, inner, place),
            Mark::Comment(text) => self.comment(&clean::clean(text), place),
            // The emphasis of its affixes would stand too deep.
            Mark::Citation(_) if self.depth() >= super::DEPTH => self.say(self.slice(place.clone()), place),
            Mark::Citation(text) => self.citation(text, place),
            Mark::Variable(name) => {
                let variable =
                    Reference { target: name.clone(), through: None, form: ReferenceForm::Variable, text: Vec::new() };
                self.inline(Inline::Reference(variable), place);
            }
            Mark::NoteCall(label) => {
                let id = self.notes.called(label);
                self.inline(Inline::NoteCall(id), place);
            }
            Mark::Wiki { inner, embeds } => self.wiki(inner, *embeds, place),
            Mark::Line(indent) => self.begin_line(*indent, place),
            Mark::Bar => self.next_cell(place),
            Mark::Admonition(name) => self.admonition(name, place),
            Mark::Caption => self.top().is = Is::Caption,
            // Asked for by their places.
            Mark::BlockAttributes(_)
            | Mark::ListAttributes(_)
            | Mark::Enumerator(_)
            | Mark::DivOpen(_)
            | Mark::DivClose
            | Mark::ListOf(_)
            | Mark::Lettered(_)
            | Mark::Width(_)
            | Mark::Abbreviation => {}
        }
    }

    /// A role of MyST that names something in the work: `label`, or `words <label>`.
    fn role(&mut self, name: &str, inner: &str, place: Range<usize>) {
        let span = Span::new(self.file, place.clone());
        let inner = clean::line(inner);
        if name == "index" {
            if let Some(term) = tex_term(&inner) {
                let span = Span { end: span.start, ..span };
                self.top().inlines.push(Node { kind: Inline::IndexTerm(term), span, attrs: None });
            }
            return;
        }
        if name == "code" {
            return self.inline(Inline::Code(inner), place);
        }
        let named = inner.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
        let (words, target) = named.map_or(("", &*inner), |(words, target)| (words.trim(), target.trim()));
        let id = cross_target(target).unwrap_or_else(|| target.to_owned());
        let reference =
            |form| Node::new(Inline::Reference(Reference { target: id.clone(), through: None, form, text: Vec::new() }), span);
        let form = match name {
            "ref" => ReferenceForm::Title,
            "numref" => ReferenceForm::Full,
            _ => ReferenceForm::Number,
        };
        if name == "doc" {
            let words = if words.is_empty() { target } else { words };
            let text = vec![Node::new(Inline::Text(words.to_owned()), span)];
            let target = if target.contains('.') { target.to_owned() } else { format!("{target}.md") };
            return self.inline(Inline::Link(Link { target, title: String::new(), text }), place);
        }
        match words.find("%s").or(words.find("{number}")) {
            Some(at) => {
                let behind = &words[at + if words[at..].starts_with('%') { 2 } else { "{number}".len() }..];
                self.say(&words[..at], place.clone());
                self.top().inlines.push(reference(ReferenceForm::Number));
                self.say(behind, place);
            }
            None if words.is_empty() => self.top().inlines.push(reference(form)),
            None => {
                let text = vec![Node::new(Inline::Text(words.to_owned()), span)];
                self.inline(Inline::Link(Link { target: format!("#{id}"), title: String::new(), text }), place);
            }
        }
    }

    /// A citation; where its keys are those of things in the work, references to them.
    fn citation(&mut self, text: &str, place: Range<usize>) {
        let span = Span::new(self.file, place.clone());
        // A picture's description holds words alone, and a link that begins with a name leads to whom it names.
        let is_name = match &self.top().kind {
            Kind::Image { .. } => true,
            Kind::Link { target, .. } => target.contains("://") && self.top().inlines.is_empty() && !text.starts_with('['),
            _ => false,
        };
        if is_name {
            return self.say(self.slice(place.clone()), place);
        }
        let Some(cites) = cites::read(&clean::clean(text), span) else {
            return self.say(self.slice(place.clone()), place);
        };
        let is_thing = |cite: &Cite| cross_target(&cite.key).is_some();
        // Among works, what parts them.
        let comma = if cites.iter().all(is_thing) { ", " } else { "; " };
        let mut works = Vec::new();
        let mut count = 0;
        let mut cites = cites.into_iter().peekable();
        while let Some(cite) = cites.next() {
            // Works that stand beside each other are one citation, what stands between them a reference of its own.
            let is_work = !is_thing(&cite);
            if is_work {
                works.push(cite.clone());
                if cites.peek().is_some_and(|next| !is_thing(next)) {
                    continue;
                }
            }
            if count > 0 {
                self.say(comma, place.clone());
            }
            count += 1;
            if is_work {
                let cites = std::mem::take(&mut works);
                self.inline(Inline::Citation(Citation { cites, text: Vec::new() }), place.clone());
                continue;
            }
            // What is called by a name of the author's own has no other (Quarto, pandoc-crossref).
            let last = plain_text(&cite.prefix).split_whitespace().next_back().map(str::to_owned);
            let named = last.is_some_and(|word| word.starts_with(char::is_uppercase) && count == 1 && !word.ends_with(','));
            let top = self.top();
            if !cite.prefix.is_empty() {
                top.inlines.extend(cite.prefix);
                top.inlines.push(Node::new(Inline::Text(" ".to_owned()), span));
            }
            let form = if cite.form == CiteForm::AuthorNamed || named { ReferenceForm::Number } else { ReferenceForm::Full };
            let target = cross_target(&cite.key).unwrap_or_default();
            let reference = Reference { target, through: None, form, text: Vec::new() };
            top.inlines.push(Node::new(Inline::Reference(reference), span));
            let mut behind = cite.locator.map(|locator| format!(", {}", locator.said)).unwrap_or_default();
            if plain_text(&cite.suffix).starts_with(char::is_alphanumeric) {
                behind.push(' ');
            }
            if !behind.is_empty() {
                top.inlines.push(Node::new(Inline::Text(behind), span));
            }
            top.inlines.extend(cite.suffix.into_iter().flat_map(further));
        }
    }

    /// Closes the stretch that a mark opened in this line, and what tags and marks opened inside it.
    fn close_mark(&mut self, opening: &Opening, end: usize) {
        let is_own = |frame: &&Frame| !matches!(frame.opener, Opener::Event) && frame.kind.holds() == Holds::Stretch;
        let marks = self.open.iter().rev().take_while(is_own);
        let found = marks.enumerate().find(|(_, frame)| matches!(&frame.kind, Kind::Marked(open) if open.is_like(opening)));
        if let Some((above, _)) = found {
            let at = self.open.len() - 1 - above;
            while self.open.len() > at {
                self.close(end);
            }
        }
    }

    /// The node of a stretch between two marks.
    pub(super) fn marked(&mut self, opening: Opening, inlines: Inlines, range: Range<usize>) {
        match opening {
            Opening::Style(style) => self.inline(Inline::Styled(style, inlines), range),
            Opening::Highlight => self.inline(Inline::Styled(Style::Highlight, inlines), range),
            Opening::Note => {
                let mut line = inlines;
                super::leaf::trim(&mut line);
                let paragraph = Node::new(Block::Paragraph(line), Span::new(self.file, range.clone()));
                self.inline_note(vec![paragraph], range);
            }
            Opening::Mono => self.top().inlines.extend(super::frames::mono(inlines)),
            Opening::Plain => self.rest_of_line(inlines),
            Opening::Link(target) => {
                let target = clean::clean(&target).into_owned();
                self.inline(Inline::Link(Link { target, title: String::new(), text: inlines }), range);
            }
            Opening::Span(said) if said.classes.iter().any(|class| class == "index") => self.index_term(said, inlines, range),
            // A remark beside the text of a Word file.
            Opening::Span(said) if said.classes.iter().any(|class| class == "comment-start") => {
                self.seen.push((Told::Attribute, range.clone()));
                let words = plain_text(&inlines).replace("--", "- -");
                if !words.trim().is_empty() {
                    self.inline(Inline::Comment(words), range);
                }
            }
            Opening::Span(said) if inlines.is_empty() && said.classes.iter().any(|class| CHANGES.contains(&class.as_str())) => {
            }
            Opening::Span(said) => {
                let mut said = self.attrs(&said, &range).unwrap_or_default();
                let style = STYLES.iter().find(|(class, _)| said.classes.iter().any(|known| known == class));
                said.classes.retain(|class| !STYLES.iter().any(|(known, _)| known == class));
                let attrs = (*said != Attrs::default()).then_some(said);
                let kind = match style {
                    Some((_, style)) => Inline::Styled(*style, inlines),
                    None if attrs.is_none() => return self.rest_of_line(inlines),
                    None => Inline::Span(inlines),
                };
                let span = Span::new(self.file, range);
                self.top().inlines.push(Node { kind, span, attrs });
            }
        }
    }

    /// Goes on with the line: a run of text is one node.
    fn rest_of_line(&mut self, inlines: Inlines) {
        for node in inlines {
            match &node.kind {
                Inline::Text(text) if node.attrs.is_none() => self.say(text, node.span.range()),
                _ => self.top().inlines.push(node),
            }
        }
    }

    /// Words and how they are read: each letter by itself where there are as many readings as letters.
    fn ruby(&mut self, base: &str, readings: &[String], place: Range<usize>) {
        let span = Span::new(self.file, place);
        let letters: Vec<String> = base.chars().map(String::from).collect();
        let pairs: Vec<(String, String)> = match letters.len() == readings.len() {
            true => letters.into_iter().zip(readings.iter().cloned()).collect(),
            false => vec![(base.to_owned(), readings.concat())],
        };
        for (base, reading) in pairs {
            let base = vec![Node::new(Inline::Text(base), span)];
            self.top().inlines.push(Node::new(Inline::Ruby { base, reading }, span));
        }
    }

    /// A term of an index: a mark before the words that it is taken from, which stay as they are.
    fn index_term(&mut self, said: Attributes, inlines: Inlines, range: Range<usize>) {
        let span = Span::new(self.file, range);
        let path = |value: &str| -> Vec<String> {
            value.split(PATH_MARK).map(clean::line).filter(|entry| !entry.is_empty()).collect()
        };
        let entry = said.value("entry").or(said.value("term")).map(path).filter(|path| !path.is_empty());
        let own = || Some(vec![plain_text(&inlines)]).filter(|path| !path[0].is_empty());
        if let Some(path_of) = entry.or_else(own) {
            let has = |class: &str| said.classes.iter().any(|own| own == class);
            let other = |name: &str| said.value(name).map(path).filter(|path| !path.is_empty());
            let role = match (other("see"), other("seealso").or(other("see-also"))) {
                (Some(other), _) => IndexRole::See(other),
                (None, Some(other)) => IndexRole::SeeAlso(other),
                (None, None) if has("from") => IndexRole::From,
                (None, None) if has("to") => IndexRole::To,
                (None, None) if has("main") => IndexRole::Main,
                (None, None) => IndexRole::Place,
            };
            let index = clean::line(said.value("index").unwrap_or_default());
            let attrs = said.id.as_ref().and_then(|id| clean::id(id, span, self.report));
            let attrs = attrs.map(|id| Box::new(Attrs { id: Some(id), ..Attrs::default() }));
            let kind = Inline::IndexTerm(IndexTerm { index, path: path_of, role });
            self.top().inlines.push(Node { kind, span: Span { end: span.start, ..span }, attrs });
        }
        self.rest_of_line(inlines);
    }

    /// What braces say, as far as the tree has room for it.
    pub(super) fn attrs(&mut self, said: &Attributes, range: &Range<usize>) -> Option<Box<Attrs>> {
        let span = Span::new(self.file, range.clone());
        let mut attrs = Attrs { classes: said.classes.iter().map(|class| clean::line(class)).collect(), ..Attrs::default() };
        let id = said.id.as_ref().map(|id| cross_target(id).unwrap_or_else(|| id.clone()));
        attrs.id = id.and_then(|id| clean::id(&id, span, self.report));
        for (key, value) in &said.pairs {
            match key.as_str() {
                "lang" | "xml:lang" => attrs.lang = clean::language(value, span, self.report),
                "id" => attrs.id = clean::id(value, span, self.report),
                "dir" => {
                    attrs.dir = match value.as_str() {
                        "rtl" => Some(Direction::RightToLeft),
                        "ltr" => Some(Direction::LeftToRight),
                        _ => None,
                    }
                }
                // It is asked for when the glossary is known.
                "entry" if is_term(&attrs) => attrs.short = Some(clean::line(value)).filter(|entry| !entry.is_empty()),
                "short" => attrs.short = Some(clean::line(value)).filter(|short| !short.is_empty()),
                // Of images, and of columns, which stand below each other here.
                "width" | "title" => {}
                "class" => attrs.classes.extend(value.split_whitespace().map(clean::line)),
                _ => self.seen.push((Told::Attribute, range.clone())),
            }
        }
        (attrs != Attrs::default()).then(|| Box::new(attrs))
    }

    /// Attributes of the inline before them; text where nothing stands there that can bear them.
    fn attach(&mut self, said: &Attributes, place: Range<usize>) {
        let bears = |node: &Node<Inline>| {
            matches!(node.kind, Inline::Link(_) | Inline::Image(_) | Inline::Code(_) | Inline::Math(_) | Inline::Styled(..))
        };
        let is_text = !self.top().inlines.last().is_some_and(bears);
        if is_text {
            return self.say(self.slice(place.clone()), place);
        }
        let attrs = self.attrs(said, &place);
        let width = said.value("width").and_then(Length::parse);
        if let Some(node) = self.top().inlines.last_mut() {
            node.attrs = attrs;
            if let Inline::Image(image) = &mut node.kind {
                image.width = width;
            }
            node.span = node.span.to(Span { start: place.start as u32, end: place.end as u32, ..node.span });
        }
    }

    /// What braces behind or below a block say of it.
    pub(super) fn block_attributes(&mut self, range: &Range<usize>, is_list: bool) -> Option<Box<Attrs>> {
        if self.masked.is_plain() {
            return None;
        }
        let masked = self.masked;
        let place = self.in_text(range);
        // What stands on a line of its own above has its place at that line's end.
        let found = masked.within(place.start.saturating_sub(1)..place.end + 1).iter().find_map(|(at, mark)| match mark {
            // What is said inside a list is said of what stands there.
            Mark::BlockAttributes(said) if !self.taken.contains(at) && (!is_list || *at <= place.start) => Some((*at, said)),
            Mark::ListAttributes(said) if is_list && !self.taken.contains(at) => Some((*at, said)),
            _ => None,
        });
        let (at, said) = found?;
        self.taken.insert(at);
        self.attrs(said, &(at + self.base..at + self.base + 1))
    }

    /// A block of code, as what stands behind its fence says.
    pub(super) fn code(&mut self, info: &str, text: String, own: Option<Box<Attrs>>, range: Range<usize>) {
        let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
        let word = info.split_whitespace().next().unwrap_or("");
        if word == "math" && !text.trim().is_empty() {
            return self.block(Block::Math(text.trim().to_owned()), None, range);
        }
        if info.starts_with("{=") && info.ends_with('}') {
            self.seen.push((Told::RawBlock, range));
            return;
        }
        if let Some((said, _)) = braces(info) {
            let mut said = said;
            let language = if said.classes.is_empty() { String::new() } else { said.classes.remove(0) };
            let caption = said.value("caption").or(said.value("lst-cap")).map(clean::line).filter(|words| !words.is_empty());
            said.pairs.retain(|(key, _)| !CAPTIONS.contains(&key.as_str()));
            let attrs = self.attrs(&said, &range);
            let Some(caption) = caption else { return self.block(Block::Code { language, text }, attrs, range) };
            return self.listing(caption, Block::Code { language, text }, attrs, range);
        }
        if let Some(inner) = info.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let name = inner.0.split(|c: char| c == ',' || c.is_whitespace()).next().unwrap_or("");
            self.seen.push((Told::CodeCell, range.clone()));
            // A table of values that can't be read keeps its title.
            let title = inner.1.trim();
            if name == "csv-table" && !title.is_empty() {
                let span = Span::new(self.file, range.clone());
                let line = vec![Node::new(Inline::Text(title.to_owned()), span)];
                self.block(Block::Paragraph(line), None, range.clone());
            }
            let language = if name == "code-cell" { "" } else { name }.to_owned();
            return self.block(Block::Code { language, text }, None, range);
        }
        let mut own = own.or_else(|| self.block_attributes(&range, false));
        let mut language = word.to_owned();
        // Of a listing it says which program reads it (Leanpub).
        if let Some(said) = own.as_mut().filter(|said| said.lang.is_some()) {
            let name = said.lang.take().unwrap_or_default();
            language = if language.is_empty() { name } else { language };
        }
        let own = own.filter(|said| **said != Attrs::default());
        match title_of_code(info) {
            Some(title) => self.listing(title, Block::Code { language, text }, own, range),
            None => self.block(Block::Code { language, text }, own, range),
        }
    }

    /// Code with its caption.
    fn listing(&mut self, caption: String, code: Block, attrs: Option<Box<Attrs>>, range: Range<usize>) {
        let span = Span::new(self.file, range.clone());
        let mut attrs = attrs.unwrap_or_default();
        attrs.classes.insert(0, LISTING.to_owned());
        let title = vec![Node::new(Inline::Text(caption), span)];
        let body = vec![Node::new(code, span)];
        self.block(Block::Group(Group { role: GroupRole::Plain, title, body }), Some(attrs), range);
    }

    /// How a list counts whose first item stands at `place`, where a mark says so.
    pub(super) fn count_item(&mut self, place: usize) {
        let found = match self.masked.at(place - self.base) {
            Some(Mark::Enumerator(found)) => Some(*found),
            _ => None,
        };
        let numbering = match found.map(|found| found.style) {
            None | Some(Counting::Decimal | Counting::Next | Counting::Example) => Numbering::Decimal,
            Some(Counting::LowerAlpha) => Numbering::LowerAlpha,
            Some(Counting::UpperAlpha) => Numbering::UpperAlpha,
            Some(Counting::LowerRoman) => Numbering::LowerRoman,
            Some(Counting::UpperRoman) => Numbering::UpperRoman,
        };
        let is = match found.map(|found| found.style) {
            Some(Counting::Example) => Is::Examples,
            _ => Is::Plain,
        };
        let digits: u64 = self
            .slice(place..place + 9)
            .split(|c: char| !c.is_ascii_digit())
            .next()
            .map_or(0, |digits| digits.parse().unwrap_or(0));
        let is_number = found.is_some() || self.slice(place..place + 1).starts_with(|c: char| c.is_ascii_digit());
        let frame = self.top();
        let Kind::List(list) = &mut frame.kind else { return };
        if !list.items.is_empty() {
            let other = list.numbering != numbering || frame.is != is;
            let Some(start) = list.start.filter(|_| is_number) else { return };
            if !other {
                // Labels that the parser doesn't know count on, or they were none.
                if found.is_none() && is_told(digits, start, list.items.len() as u64) {
                    self.number_item(digits);
                }
                return;
            }
            // The parser knows digits alone: to it this is the same list.
            self.close(place);
            self.open(Kind::List(List { start: Some(digits), numbering, tight: true, items: Vec::new() }), place);
        }
        let Some(found) = found else { return };
        let examples = self.examples;
        let frame = self.top();
        let Kind::List(list) = &mut frame.kind else { return };
        list.numbering = numbering;
        list.start = Some(if is == Is::Examples { examples + 1 } else { found.value });
        frame.is = is;
    }

    /// The caption of the table above; else of the one that follows.
    pub(super) fn table_caption(&mut self, mut line: Inlines, range: Range<usize>) {
        super::leaf::trim(&mut line);
        let attrs = self.block_attributes(&range, false);
        // A block of pymdownx: it is the caption of a figure as well, and never of what follows.
        let is_slashed = self.slice(range.clone()).starts_with('/');
        if is_slashed && line.is_empty() {
            return;
        }
        match self.top().blocks.last_mut() {
            Some(Node { kind: Block::Table(table), attrs: own, .. }) if table.caption.is_empty() => {
                table.caption = line;
                if own.is_none() {
                    *own = attrs;
                }
            }
            Some(Node { kind: Block::Figure(figure), attrs: own, .. }) if is_slashed && figure.caption.is_empty() => {
                figure.caption = line;
                if own.is_none() {
                    *own = attrs;
                }
            }
            _ if is_slashed => self.block(Block::Paragraph(line), attrs, range),
            _ => self.waiting = Some((line, attrs, range)),
        }
    }

    /// A caption that no table follows is a paragraph.
    pub(super) fn settle_caption(&mut self, kind: &mut Block, attrs: &mut Option<Box<Attrs>>) {
        let Some((mut line, own, range)) = self.waiting.take() else { return };
        if let Block::Table(table) = kind
            && table.caption.is_empty()
        {
            table.caption = line;
            *attrs = attrs.take().or(own);
            return;
        }
        let source = self.slice(range.clone());
        let mark = if source.starts_with(':') { ": " } else { "Table: " };
        match line.first_mut() {
            Some(Node { kind: Inline::Text(text), attrs: None, .. }) => text.insert_str(0, mark),
            _ => line.insert(0, Node::new(Inline::Text(mark.to_owned()), Span::new(self.file, range.start..range.start))),
        }
        let span = Span::new(self.file, range);
        self.top().blocks.push(Node { kind: Block::Paragraph(line), span, attrs: own });
    }

    /// A link of a wiki: where it leads is known when the work is. A picture's name embeds it.
    fn wiki(&mut self, inner: &str, embeds: bool, place: Range<usize>) {
        let (page, words) = inner.split_once('|').unwrap_or((inner, inner.trim_start_matches('#').trim_start_matches('^')));
        let (page, words) = (page.trim(), words.trim());
        let is_picture =
            page.rsplit_once('.').is_some_and(|(_, ending)| PICTURES.contains(&ending.to_ascii_lowercase().as_str()));
        if embeds && is_picture {
            // `picture.png|words|300x200`: the last may be a size.
            let words = inner.split_once('|').map_or("", |(_, words)| words);
            let (before, last) = words.rsplit_once('|').unwrap_or(("", words));
            let width = size(last);
            let alt = clean::line(if width.is_some() { before } else { words });
            let image = Image { target: clean::clean(page).into_owned(), title: String::new(), alt, width };
            return self.inline(Inline::Image(image), place);
        }
        let span = Span::new(self.file, place.clone());
        let text = vec![Node::new(Inline::Text(clean::line(&entity::resolved(words))), span)];
        let target = format!("{}{}", crate::read::links::WIKI, clean::line(&entity::resolved(page)));
        self.inline(Inline::Link(Link { target, title: String::new(), text }), place);
    }

    /// A line of a line block: the end of the one above is the author's.
    fn begin_line(&mut self, indent: usize, place: Range<usize>) {
        let span = Span::new(self.file, place.start..place.start);
        let frame = self.top();
        frame.is = Is::Lines;
        if let Some(Node { kind: Inline::Text(text), .. }) = frame.inlines.last_mut()
            && text.ends_with('\n')
        {
            text.pop();
            if text.is_empty() {
                frame.inlines.pop();
            }
            frame.inlines.push(Node::new(Inline::LineBreak, span));
        }
        if indent > 0 {
            // As pandoc has it.
            self.say(&"\u{a0}".repeat(indent), place);
        }
    }

    /// A cell for which the head has no column. Where the parser saw no table after all, the bar is text.
    fn next_cell(&mut self, bar: Range<usize>) {
        let Some(cell) = self.open.iter().rposition(|frame| matches!(frame.kind, Kind::Cell)) else {
            return self.say(self.slice(bar.clone()), bar);
        };
        while self.open.len() > cell {
            self.close(bar.start);
        }
        self.open(Kind::Cell, bar.start + 1);
    }

    /// The quotation or the item at hand is an admonition; its title comes, to the end of the line.
    fn admonition(&mut self, name: &str, place: Range<usize>) {
        let top = self.open.len() - 1;
        let at = if matches!(self.open[top].kind, Kind::Paragraph) { top.saturating_sub(1) } else { top };
        if !matches!(self.open[at].kind, Kind::Quote | Kind::Item(_)) || !self.open[at].blocks.is_empty() {
            return self.say(self.slice(place.clone()), place);
        }
        let role = GroupRole::of_class(name);
        let classes = if role.is_none() { vec![name.to_owned()] } else { Vec::new() };
        // One of several tabs asks nothing of its reader.
        let other = if name == TAB { GroupRole::Plain } else { GroupRole::Admonition(Admonition::Note) };
        let role = role.unwrap_or(other);
        let group = Group { role, title: Vec::new(), body: Vec::new() };
        self.open[at].attrs = (!classes.is_empty()).then(|| Box::new(Attrs { classes, ..Attrs::default() }));
        self.open[at].kind = Kind::Group(group);
        self.open[top].is = Is::Title;
    }

    /// What the line says so far is the title of the group in which it stands, where a mark says so.
    pub(super) fn take_title(&mut self) -> bool {
        let top = self.open.len() - 1;
        if self.open[top].is != Is::Title {
            return false;
        }
        self.open[top].is = Is::Plain;
        let mut title = std::mem::take(&mut self.open[top].inlines);
        super::leaf::trim(&mut title);
        let at = if matches!(self.open[top].kind, Kind::Paragraph) { top - 1 } else { top };
        if let Kind::Group(group) = &mut self.open[at].kind {
            group.title = title;
        }
        true
    }

    /// A rule, or a line that opens or closes a group.
    pub(super) fn rule(&mut self, range: Range<usize>) {
        match self.masked.at(range.start - self.base) {
            Some(Mark::DivOpen(div)) => self.open_div(div, range),
            Some(Mark::DivClose) => {
                if !self.close_group(range.end) {
                    self.seen.push((Told::Colons, range.clone()));
                    let text = Node::new(
                        Inline::Text(self.slice(range.clone()).trim_end().to_owned()),
                        Span::new(self.file, range.clone()),
                    );
                    self.block(Block::Paragraph(vec![text]), None, range);
                }
            }
            Some(Mark::ListOf(BIBLIOGRAPHY)) => {
                let list = Block::Bibliography(Bibliography { entries: Vec::new() });
                self.block(list, None, range.start..range.start);
            }
            Some(Mark::ListOf(name)) => {
                let list = Index { name: (*name).to_owned(), entries: Vec::new() };
                self.block(Block::Index(list), None, range.start..range.start);
            }
            Some(Mark::Abbreviation) => {
                let source = self.slice(range.clone());
                let (kind, attrs) = scholar::abbreviation(source, self.file, range.start);
                self.block(kind, Some(attrs), range);
            }
            _ => self.block(Block::Rule, None, range),
        }
    }

    /// The place of a list that is made when the work is known: a bibliography, an index. What stands in the division stays behind it.
    fn made_list(&mut self, said: &Attributes, range: &Range<usize>) -> bool {
        let is = |class: &str| said.classes.iter().any(|own| own == class);
        let list = |name: &str| Block::Index(Index { name: name.to_owned(), entries: Vec::new() });
        let kind = match () {
            () if said.id.as_deref() == Some("refs") || is("bibliography") && said.classes.len() == 1 => {
                Block::Bibliography(Bibliography { entries: Vec::new() })
            }
            () if is("index") => list(said.value("index").unwrap_or_default()),
            () if is("list-of-figures") => list("figures"),
            () if is("list-of-tables") => list("tables"),
            () => return false,
        };
        self.block(kind, None, range.start..range.start);
        self.open_group(GroupRole::Plain, Vec::new(), None, range.start);
        true
    }

    fn open_div(&mut self, div: &Div, range: Range<usize>) {
        let mut said = div.attributes.clone();
        said.classes.splice(0..0, div.directive.clone());
        let role = said.classes.iter().find_map(|class| GroupRole::of_class(class));
        match role {
            Some(role) => {
                let mut found = false;
                said.classes.retain(|class| {
                    let is_it = !found && GroupRole::of_class(class) == Some(role);
                    found |= is_it;
                    !is_it
                });
            }
            None if self.made_list(&said, &range) => return,
            None if div.directive.is_some() => self.seen.push((Told::Directive, range.clone())),
            None => {}
        }
        // How many columns a grid has, and for which output something stands.
        let is_option = matches!(div.directive.as_deref(), Some("grid" | "only" | "grid-item"))
            && (div.directive.as_deref() == Some("only")
                || div.title.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '));
        if is_option && !div.title.is_empty() {
            self.seen.push((Told::Attribute, range.clone()));
        }
        let title = if is_option {
            String::new()
        } else if div.title.is_empty() {
            said.value("title").unwrap_or("").to_owned()
        } else {
            div.title.clone()
        };
        let span = Span::new(self.file, range.clone());
        // What an attribute says has no marks.
        let title = match (title.is_empty(), div.title.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => vec![Node::new(Inline::Text(clean::line(&entity::resolved(&title))), span)],
            (false, false) => cites::title(&clean::line(&title), span),
        };
        said.pairs.retain(|(key, _)| !LAYOUT.contains(&key.as_str()));
        let attrs = self.attrs(&said, &range);
        if !self.open_group(role.unwrap_or(GroupRole::Plain), title.clone(), attrs, range.start) && !title.is_empty() {
            // Too deep for a group, its title is a line.
            self.paragraph(title, None, range);
        }
    }
}

/// The width of a picture that a wiki says behind a bar: `300` or `300x200`.
pub(super) fn size(said: &str) -> Option<Length> {
    let said = said.trim();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let across = said.split_once('x').filter(|(width, height)| is_number(width) && is_number(height));
    let width = across.map_or(said, |(width, _)| width);
    is_number(width).then(|| Length::parse(width)).flatten()
}

/// What generators of sites show over a listing: `js title="shop.js"`.
fn title_of_code(info: &str) -> Option<String> {
    let (_, rest) = info.split_once(" title=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let title = rest[1..].split(quote).next().filter(|title| title.len() + 1 < rest.len())?;
    Some(clean::line(title)).filter(|title| !title.is_empty())
}

/// The caption of a listing, as pandoc-crossref and Quarto have it.
const CAPTIONS: &[&str] = &["caption", "lst-cap"];

/// Whether the number of an item is the author's, though Markdown would count another there: years, entries of a catalogue, a count down.
/// Who writes one number before all items leaves counting to the program. `start`, `count`: of the items before it.
fn is_told(number: u64, start: u64, count: u64) -> bool {
    number > start.saturating_add(count) || count == 1 && number + 1 == start
}

/// What Quarto and pandoc say of how a group is laid out.
const LAYOUT: &[&str] =
    &["layout-ncol", "layout-nrow", "layout", "layout-align", "layout-valign", "collapse", "icon", "appearance"];

/// A list. One whose every item is a numbered list of one item (`- 1. text`) is that of the numbers.
pub(super) fn of_numbers(list: List) -> List {
    let number = |item: &Item| match &item.body[..] {
        [Node { kind: Block::List(List { start: Some(start), items, .. }), attrs: None, .. }]
            if items.len() == 1 && item.task.is_none() =>
        {
            Some(*start)
        }
        _ => None,
    };
    let numbers: Option<Vec<_>> = list.items.iter().map(number).collect();
    let counts = |numbers: &Vec<u64>| numbers.len() > 1 && numbers.windows(2).all(|two| two[0].checked_add(1) == Some(two[1]));
    let Some(numbers) = numbers.filter(|numbers| list.start.is_none() && counts(numbers)) else { return list };
    let items = list.items.into_iter().flat_map(|item| item.body).flat_map(|node| match node.kind {
        Block::List(inner) => inner.items,
        _ => Vec::new(),
    });
    List { start: Some(numbers[0]), items: items.collect(), ..list }
}

/// Endings of pictures' names.
const PICTURES: &[&str] = &["png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "tif", "tiff", "avif"];

/// What a group that marks opened is: Quarto puts an admonition's title into a first heading, and several pictures of one figure
/// into a group whose id begins `fig-`; a table with its caption into one whose id begins `tbl-`.
pub(super) fn group_or_figure(mut group: Group, attrs: Option<&Attrs>) -> Block {
    if matches!(group.role, GroupRole::Admonition(_))
        && group.title.is_empty()
        && let Some(Node { kind: Block::Heading { text, .. }, .. }) = group.body.first_mut()
    {
        group.title = std::mem::take(text);
        group.body.remove(0);
    }
    let is_of = |kind: &str| {
        group.role == GroupRole::Plain && attrs.and_then(|attrs| attrs.id.as_deref()).is_some_and(|id| id.starts_with(kind))
    };
    if is_of("fig-")
        && let Some(figure) = figure(&group)
    {
        return Block::Figure(figure);
    }
    if is_of("tbl-") {
        return table(group);
    }
    Block::Group(group)
}

/// The table that a group holds, with a paragraph behind it as its caption; else the group.
fn table(mut group: Group) -> Block {
    let is_whole = match &group.body[..] {
        [Node { kind: Block::Table(_), attrs: None, .. }] => true,
        [Node { kind: Block::Table(table), attrs: None, .. }, Node { kind: Block::Paragraph(_), attrs: None, .. }] => {
            table.caption.is_empty()
        }
        _ => false,
    };
    let caption = if is_whole && group.body.len() > 1 { group.body.pop() } else { None };
    match group.body.pop().map(|node| (node.kind, node.span, node.attrs)) {
        Some((Block::Table(mut table), ..)) if is_whole => {
            if let Some(Node { kind: Block::Paragraph(line), .. }) = caption {
                table.caption = line;
            }
            Block::Table(table)
        }
        Some((kind, span, attrs)) => {
            group.body.push(Node { kind, span, attrs });
            Block::Group(group)
        }
        None => Block::Group(group),
    }
}

/// Quarto puts a theorem's name into a first heading.
pub(super) fn name_theorem(group: &mut Group) {
    if group.role == GroupRole::Plain
        && group.title.is_empty()
        && let [Node { kind: Block::Heading { text, .. }, .. }, rest @ ..] = &mut group.body[..]
        && !rest.iter().any(|node| matches!(node.kind, Block::Heading { .. }))
    {
        group.title = std::mem::take(text);
        group.body.remove(0);
    }
}

/// The pictures of a group that holds nothing else, but a caption at its end.
fn figure(group: &Group) -> Option<Figure> {
    let (mut images, mut caption) = (Vec::new(), Vec::new());
    for (at, node) in group.body.iter().enumerate() {
        match &node.kind {
            Block::Figure(inner) => images.extend(inner.images.iter().cloned().map(|mut image| {
                image.attrs = image.attrs.or_else(|| node.attrs.clone());
                if image.kind.title.is_empty() {
                    image.kind.title = crate::tree::plain_text(&inner.caption);
                }
                image
            })),
            Block::Paragraph(line) if line.iter().all(|node| is_picture(&node.kind)) => {
                images.extend(line.iter().filter_map(|inline| match &inline.kind {
                    Inline::Image(image) => Some(Node { kind: image.clone(), span: inline.span, attrs: inline.attrs.clone() }),
                    _ => None,
                }));
            }
            Block::Paragraph(line) if at + 1 == group.body.len() => caption = line.clone(),
            _ => return None,
        }
    }
    (!images.is_empty()).then_some(Figure { images, caption })
}

fn is_picture(kind: &Inline) -> bool {
    matches!(kind, Inline::Image(_)) || matches!(kind, Inline::Text(text) if text.trim().is_empty())
}

/// What `\\index{…}` of LaTeX marks: `sorted@shown!below|see{other}` (makeindex). Its order is that of the words that are shown.
fn tex_term(said: &str) -> Option<IndexTerm> {
    let parted = |text: &str, mark: char| -> Vec<String> {
        let (mut parts, mut escaped) = (vec![String::new()], false);
        for c in text.chars() {
            let is_mark = c == mark && !escaped;
            let last = parts.len() - 1;
            match is_mark {
                true => parts.push(String::new()),
                false => parts[last].push(c),
            }
            escaped = c == '"' && !escaped;
        }
        parts
    };
    let path = |text: &str| -> Vec<String> {
        let shown =
            |entry: String| parted(&entry, '@').pop().map(|shown| clean::line(&without_tex(&shown))).unwrap_or_default();
        parted(text, PATH_MARK).into_iter().map(shown).filter(|entry| !entry.is_empty()).collect()
    };
    let parts = parted(said, '|');
    let behind = parts.get(1).map(|behind| behind.trim()).unwrap_or_default();
    let other =
        |name: &str| behind.strip_prefix(name)?.strip_prefix('{')?.strip_suffix('}').map(path).filter(|path| !path.is_empty());
    let role = match (other("see"), other("seealso")) {
        (Some(other), _) => IndexRole::See(other),
        (None, Some(other)) => IndexRole::SeeAlso(other),
        (None, None) if behind.starts_with('(') => IndexRole::From,
        (None, None) if behind.starts_with(')') => IndexRole::To,
        (None, None) if matches!(behind, "textbf" | "bf" | "main") => IndexRole::Main,
        (None, None) => IndexRole::Place,
    };
    let path = path(&parts[0]);
    (!path.is_empty()).then(|| IndexTerm { index: String::new(), path, role })
}

/// Words without the commands and braces of TeX around them, and without what quotes a sign of makeindex.
fn without_tex(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_alphabetic) => {
                while chars.next_if(char::is_ascii_alphabetic).is_some() {}
            }
            '\\' | '{' | '}' | '$' | '"' => {}
            c => out.push(c),
        }
    }
    out
}
