//! What stands inside a line.

use super::dom::{Child, Element};
use super::words::{before_of, close_up, part, push, squeeze, trim, trim_end};
use super::{Reader, blocks, is_blank, phrase};
use crate::read::clean;
use crate::tree::{Attrs, Direction, Image, Inline, Inlines, Length, Link, Node, Sign, Style, plain_text};

/// What `@rend` and `@rendition` call a style.
const STYLES: &[(&str, Style)] = &[
    ("italic", Style::Emphasis),
    ("italics", Style::Emphasis),
    ("ital", Style::Emphasis),
    ("it", Style::Emphasis),
    ("i", Style::Emphasis),
    ("bold", Style::Strong),
    ("b", Style::Strong),
    ("strong", Style::Strong),
    ("strikethrough", Style::Strikethrough),
    ("strike", Style::Strikethrough),
    ("superscript", Style::Superscript),
    ("sup", Style::Superscript),
    ("super", Style::Superscript),
    ("subscript", Style::Subscript),
    ("sub", Style::Subscript),
    ("underline", Style::Underline),
    ("underlined", Style::Underline),
    ("u", Style::Underline),
    ("small", Style::Small),
    ("smaller", Style::Small),
    ("smallcaps", Style::SmallCaps),
    ("small-caps", Style::SmallCaps),
    ("sc", Style::SmallCaps),
    ("k", Style::SmallCaps),
    ("highlight", Style::Highlight),
];

/// Elements that say what a stretch is, where a book says nothing: their text stands in the line like the rest.
const PLAIN: &[&str] = &[
    "w",
    "c",
    "pc",
    "s",
    "phr",
    "cl",
    "name",
    "persName",
    "placeName",
    "orgName",
    "geogName",
    "rs",
    "date",
    "time",
    "num",
    "measure",
    "term",
    "abbr",
    "expan",
    "ex",
    "am",
    "add",
    "subst",
    "unclear",
    "orig",
    "reg",
    "sic",
    "corr",
    "bibl",
    "label",
    "surname",
    "forename",
    "roleName",
    "address",
    "email",
    "g",
    "author",
    "editor",
    "publisher",
    "pubPlace",
    "idno",
    "biblScope",
    "edition",
    "form",
    "orth",
    "pron",
    "hyph",
    "gramGrp",
    "gram",
    "pos",
    "gen",
    "number",
    "subc",
    "sense",
    "def",
    "etym",
    "usg",
    "xr",
    "lang",
    "re",
    "lbl",
    "cit",
    "desc",
    "rhyme",
    "metamark",
    "gloss",
    "docAuthor",
    "docDate",
    "docTitle",
    "titlePart",
    "damage",
    "restore",
    "surplus",
    "secl",
    "country",
    "settlement",
    "region",
    "affiliation",
    "role",
    "roleDesc",
    "actor",
    "salute",
    "signed",
    "dateline",
    "speaker",
    "byline",
    "identifier",
    "city",
    "bloc",
    "addName",
    "nameLink",
    "genName",
    "citedRange",
    "pause",
    "shift",
    "dictScrap",
    "person",
    "place",
    "org",
    "event",
    "persona",
    "xref",
    "punct",
    "facs",
    "dipl",
    "norm",
    "oRef",
    "oVar",
    "pRef",
];

/// What stands for a pointer without words to a place in the work: a reader has to have something to follow.
const POINTER: &str = "→";

/// Signs by which a note leads back to its call.
const BACK: [char; 9] = ['↑', '↩', '↵', '⏎', '←', '↖', '^', '▲', '\u{FE0E}'];

impl Reader<'_> {
    /// A line: what `element` holds, trimmed.
    pub fn line(&mut self, element: &Element) -> Inlines {
        let mut line = Vec::new();
        self.inlines(element, &mut line);
        trim(&mut line);
        line
    }

    pub fn inlines(&mut self, element: &Element, line: &mut Inlines) {
        let bare = !self.facts.own && !phrase::has_words(element);
        if bare && element.name == "biblStruct" {
            return self.described_work(element, line);
        }
        let mut before: Option<&str> = None;
        // The element before, whatever white space stands between.
        let mut last: Option<&str> = None;
        // Whether a word of an entry in another language stands right before.
        let mut equivalent = false;
        for child in &element.children {
            match child {
                // The file's own layout.
                Child::Text(text, _) if bare && text.contains('\n') && is_blank(text) && ends_in_bracket(line) => {}
                Child::Text(text, range) => {
                    equivalent &= is_blank(text);
                    last = last.filter(|_| is_blank(text));
                    let span = self.span(range);
                    close_up(line, before.take(), text);
                    push(line, &squeeze(text), span);
                }
                Child::Comment(text, range) => line.push(Node::new(Inline::Comment(text.clone()), self.span(range))),
                Child::Instruction(_) => {}
                Child::Element(inner) => {
                    // Of a document: every line begins one.
                    let after_line = inner.name == "line" && last == Some("line");
                    if (after_line || before.is_some_and(|before| bare && phrase::divides(element.name, before, inner.name)))
                        && !ends_in_bracket(line)
                        && !blocks::begins_with_mark(inner)
                    {
                        part(line, before_of(self.span(&inner.range)));
                    }
                    // As lists have names.
                    if self.listed > 0 && bare && (last, inner.name) == (Some("surname"), "forename") {
                        trim_end(line);
                        push(line, ", ", before_of(self.span(&inner.range)));
                    }
                    if inner.name == "pc" {
                        close_up(line, before, &inner.line());
                    }
                    if std::mem::replace(&mut equivalent, self.in_entry && is_equivalent(inner)) && equivalent {
                        self.comma_before(inner, line);
                    }
                    self.inline(inner, line);
                    if !phrase::is_passed(inner.name) {
                        (before, last) = (Some(inner.name), Some(inner.name));
                    }
                }
            }
        }
    }

    pub fn inline(&mut self, element: &Element, line: &mut Inlines) {
        let span = self.span(&element.range);
        match element.name {
            "hi" => self.highlighted(element, line),
            name if !self.facts.own && phrase::is_apart(name) => {}
            name if self.signs.is_some() && sign_of(name).is_some() && !blocks::holds_blocks(element) => {
                self.signed(element, line);
            }
            "w" if !self.facts.own => {
                self.in_word += 1;
                self.plain(element, line);
                self.in_word -= 1;
            }
            // What is heard or seen among words is none of them.
            "vocal" | "kinesic" | "incident" | "writing" if !self.facts.own && !self.too_deep(element) => {
                let enclosed = element.line().is_empty() || element.line().starts_with(['(', '[', '{', '/', '<', '*']);
                part(line, before_of(span));
                push(line, if enclosed { "" } else { "(" }, before_of(span));
                let attrs = self.attrs(element, usize::MAX);
                self.depth += 1;
                let said = self.line(element);
                self.depth -= 1;
                line.push(Node { kind: Inline::Styled(Style::Emphasis, said), span, attrs });
                push(line, if enclosed { "" } else { ")" }, span.after());
                part(line, span.after());
            }
            "stage" | "speaker" if !self.facts.own => {
                let style = if element.name == "stage" { Style::Emphasis } else { Style::SmallCaps };
                // A mark of punctuation may stand in it, as in "ALLE, singen".
                if !element.line().starts_with([',', '.', ';', ':', '!', '?', ')']) {
                    part(line, before_of(span));
                }
                self.styled(style, element, usize::MAX, line);
                part(line, span.after());
            }
            // Of TEI Tite, which names the look.
            "b" | "i" | "smcap" | "sub" | "sup" | "ul" if !self.facts.own => {
                let style = match element.name {
                    "b" => Style::Strong,
                    "i" => Style::Emphasis,
                    "smcap" => Style::SmallCaps,
                    "sub" => Style::Subscript,
                    "sup" => Style::Superscript,
                    _ => Style::Underline,
                };
                self.styled(style, element, usize::MAX, line);
            }
            "emph" | "title" | "mentioned" | "distinct" | "stage" => self.styled(Style::Emphasis, element, 0, line),
            "app" => {
                line.extend(self.anchor(element));
                self.apparatus(element, line);
            }
            // The sign of an abbreviation whose letters are written out beside it.
            "expan" if !self.facts.own && element.find("ex").is_some() => {
                self.expansions += 1;
                self.plain(element, line);
                self.expansions -= 1;
            }
            "am" if self.expansions > 0 => line.push(Node::new(Inline::Comment(format!("am: {}", element.line())), span)),
            // It stands for the head word.
            "oRef" if !self.facts.own && element.line().is_empty() => {
                let word = if self.head_word.is_empty() { "~".to_owned() } else { self.head_word.clone() };
                push(line, &word, span);
            }
            // A letter without a code, by what the header says of it.
            "g" if !self.facts.own && element.line().is_empty() => self.glyph(element, line),
            // What was deleted is no more read.
            "del" if !self.facts.own => line.push(Node::new(Inline::Comment(format!("del: {}", element.line())), span)),
            // What is deleted from here on stays: the books can't say where that ends.
            "delSpan" if !self.facts.own => self.unknown(element),
            "restore" => self.restored(element, line),
            "del" => self.styled(Style::Strikethrough, element, 0, line),
            "seg" | "ref" if self.made(element, line) => {}
            "foreign" | "seg" => {
                let attrs = self.attrs(element, 0);
                self.wrapped(element, attrs, Inline::Span, line);
            }
            "supplied" => {
                let attrs = Attrs { classes: vec!["supplied".to_owned()], ..Attrs::default() };
                self.wrapped(element, Some(Box::new(attrs)), Inline::Span, line);
            }
            "cit" if self.in_entry => {
                let equivalent = is_equivalent(element) && !self.in_example;
                let outer = (std::mem::replace(&mut self.equivalents, equivalent), self.in_example);
                self.in_example |= !equivalent;
                self.plain(element, line);
                (self.equivalents, self.in_example) = outer;
            }
            "ruby" => self.ruby(element, line),
            // White space between what was written over and what was written is the file's.
            "subst" if !self.facts.own && !phrase::has_words(element) => {
                element.elements().for_each(|inner| self.inline(inner, line));
            }
            "q" | "quote" | "said" | "soCalled" => self.quoted(element, line),
            "ref" | "ptr" => self.reference(element, line),
            // As TEI P4 pointed to other documents.
            "xref" | "xptr" if !self.facts.own => self.reference(element, line),
            "anchor" => {
                let attrs = self.attrs(element, 0).filter(|attrs| attrs.id.is_some());
                if attrs.is_some() {
                    line.push(Node { kind: Inline::Span(Vec::new()), span, attrs });
                }
            }
            "code" | "ident" | "gi" | "att" | "val" | "tag" | "eg" => {
                let attrs = self.attrs(element, 0);
                line.push(Node { kind: Inline::Code(element.text()), span, attrs });
            }
            "formula" => self.formula(element, line),
            // How large something is stands beside what it is.
            "dimensions" if !self.facts.own => {
                part(line, before_of(span));
                self.plain(element, line);
            }
            "graphic" => {
                let attrs = self.attrs(element, 0);
                let image = image(element, element.child("desc"));
                line.push(Node { kind: Inline::Image(image), span, attrs });
            }
            "figure" if !self.facts.own && blocks::is_run_on(element) => {
                part(line, before_of(span));
                self.flat_figure(element, line);
                part(line, span.after());
            }
            "figure" => self.flat_figure(element, line),
            "note" => self.note(element, line),
            // The same in several languages, each a note where the group stands.
            "noteGrp" if !self.facts.own => element.elements().for_each(|note| self.inline(note, line)),
            "choice" if self.abbreviation(element, line) => {}
            "choice" => self.choice(element, line),
            "pb" => self.page_break(element, line),
            "lb" => {
                self.line_begin(element, line);
                line.extend(self.anchor(element));
            }
            // Of a document, in the middle of a word.
            "line" if self.facts.cut.contains_key(&element.range.start) && !self.facts.own => {
                self.line_begin(element, line);
                self.plain(element, line);
            }
            "term" if !self.facts.own && self.leads_to_entry(element) => {
                let pointer = element.attribute("ref").or(element.attribute("target")).unwrap_or_default();
                let target = pointer.split_whitespace().next().unwrap_or_default().to_owned();
                let attrs = self.attrs(element, usize::MAX);
                self.wrapped(element, attrs, |text| Inline::Link(Link { target, title: String::new(), text }), line);
            }
            "fw" => {
                let before = match line.last_mut().map(|node| &mut node.kind) {
                    Some(Inline::PageBreak(page)) => Some(page),
                    _ => None,
                };
                self.running_matter(element, before);
            }
            "cb" if self.is_inside(element) => self.line_begin(element, line),
            "cb" | "space" => part(line, span),
            // Between two words of a line of verse.
            "caesura" if !self.facts.own => {
                if !self.facts.caesuras_in_words {
                    part(line, before_of(span));
                }
                line.extend(self.anchor(element));
            }
            "gb" | "milestone" | "handShift" | "caesura" => line.extend(self.anchor(element)),
            "index" => self.index_term(element, line),
            "gap" => {
                // In brackets of the editors it needs none.
                let bracketed = matches!(line.last().map(|node| &node.kind), Some(Inline::Text(text)) if text.ends_with('['));
                push(line, if bracketed && !self.facts.own { "…" } else { "[…]" }, span);
                self.signs.as_mut().map(|signs| signs.insert(Sign::Gap));
            }
            // Items that run on are words of the sentence.
            "list" if !self.facts.own && blocks::is_run_on(element) => self.plain(element, line),
            // Lines of an address are lines in a paragraph, too.
            "address" if !self.facts.own && element.child("addrLine").is_some() => {
                part(line, before_of(span));
                for (count, inner) in element.elements().enumerate() {
                    if count > 0 && inner.name == "addrLine" {
                        trim_end(line);
                        line.push(Node::new(Inline::LineBreak, before_of(self.span(&inner.range))));
                    }
                    self.inline(inner, line);
                }
            }
            // Music is for who can read it; a book has what is said of it.
            "notatedMusic" => {
                for said in element.elements().filter(|inner| matches!(inner.name, "desc" | "graphic" | "label")) {
                    part(line, before_of(self.span(&said.range)));
                    self.inline(said, line);
                }
                part(line, span.after());
            }
            "addrLine" => {
                part(line, before_of(span));
                self.plain(element, line);
                part(line, span.after());
            }
            name if if self.facts.own { PLAIN.contains(&name) } else { phrase::is_phrase(name) } => self.plain(element, line),
            name => {
                // Nobody knows whether it parts words: where white space stands, the file has it.
                if !blocks::is_known(name) && !PLAIN.contains(&name) {
                    self.unknown(element);
                    return self.plain(element, line);
                }
                // A block where only a line can stand: its words are kept apart from those around it.
                match blocks::begins_with_mark(element) && !self.facts.own {
                    true => trim_end(line),
                    false => part(line, before_of(span)),
                }
                self.plain(element, line);
                part(line, span.after());
            }
        }
    }

    /// Words between the signs by which editors say how they stand in the document.
    fn signed(&mut self, element: &Element, line: &mut Inlines) {
        let (Some(sign), span) = (sign_of(element.name), self.span(&element.range)) else { return };
        self.signs.as_mut().map(|signs| signs.insert(sign));
        let (before, behind) = sign.marks();
        push(line, before, before_of(span));
        self.plain(element, line);
        push(line, behind, span.after());
    }

    /// An element of a description, known or not: what it says.
    pub fn inlines_of(&mut self, element: &Element, line: &mut Inlines) {
        if blocks::is_known(element.name) || PLAIN.contains(&element.name) || phrase::is_phrase(element.name) {
            return self.inline(element, line);
        }
        self.plain(element, line);
    }

    /// An element that only says what its text is. Its language and its id stay, if it has them.
    fn plain(&mut self, element: &Element, line: &mut Inlines) {
        let lang = element.attribute("xml:lang").is_some();
        if lang || element.id().is_some_and(|id| self.facts.targets.contains(id)) {
            let attrs = self.attrs(element, usize::MAX);
            return self.wrapped(element, attrs, Inline::Span, line);
        }
        self.inlines(element, line);
    }

    pub fn wrapped(
        &mut self,
        element: &Element,
        attrs: Option<Box<Attrs>>,
        kind: impl FnOnce(Inlines) -> Inline,
        line: &mut Inlines,
    ) {
        if self.too_deep(element) {
            return self.inlines(element, line);
        }
        let span = self.span(&element.range);
        self.depth += 1;
        let mut inner = Vec::new();
        self.inlines(element, &mut inner);
        self.depth -= 1;
        line.push(Node { kind: kind(inner), span, attrs });
    }

    /// A stretch with its reading (TEI P5, 3.4.2).
    fn ruby(&mut self, element: &Element, line: &mut Inlines) {
        let attrs = self.attrs(element, 0);
        let span = self.span(&element.range);
        let reading: Vec<_> = element.named("rt").map(Element::line).collect();
        let mut base = Vec::new();
        element.named("rb").for_each(|part| self.inlines(part, &mut base));
        line.push(Node { kind: Inline::Ruby { base, reading: reading.join(" ") }, span, attrs });
    }

    fn styled(&mut self, style: Style, element: &Element, words: usize, line: &mut Inlines) {
        let attrs = self.attrs(element, words);
        self.wrapped(element, attrs, |inner| Inline::Styled(style, inner), line);
    }

    fn highlighted(&mut self, element: &Element, line: &mut Inlines) {
        let said = element.attribute("rend").or(element.attribute("rendition")).unwrap_or_default();
        let style_of = |word: &str| {
            let word = word.trim_start_matches("simple:").trim_start_matches('#').to_lowercase();
            STYLES.iter().find(|(name, _)| *name == word).map(|(_, style)| *style)
        };
        let styles: Vec<_> = said.split_whitespace().map(style_of).collect();
        match &styles[..] {
            [Some(style), ..] if self.facts.own => self.styled(*style, element, 1, line),
            _ if said == "code" => line.push(Node::new(Inline::Code(element.text()), self.span(&element.range))),
            _ => {
                let known: Vec<_> = styles.into_iter().flatten().collect();
                let Some((first, rest)) = known.split_first() else {
                    let attrs = self.attrs(element, 0);
                    return self.wrapped(element, attrs, Inline::Span, line);
                };
                let attrs = self.attrs(element, usize::MAX);
                let span = self.span(&element.range);
                let nested = |inner| {
                    rest.iter()
                        .fold(Inline::Styled(*first, inner), |kind, style| Inline::Styled(*style, vec![Node::new(kind, span)]))
                };
                self.wrapped(element, attrs, nested, line);
            }
        }
    }

    /// A quotation in the line. Where the file has no marks for it, the reader of a book needs some.
    fn quoted(&mut self, element: &Element, line: &mut Inlines) {
        let span = self.span(&element.range);
        let marked = |text: &str, at: fn(&str) -> Option<char>| at(text).is_some_and(|c| "\"'“”„«»‘’‚‹›–—-".contains(c));
        let before = plain_text(line);
        let own = element.line();
        let (open, close) = quotation_marks(&self.facts.language, self.quotes);
        // What closes the quotation before opens none.
        let opened = marked(&before, |text| text.chars().next_back()) && !before.ends_with(close);
        // What a dictionary gives in another language is no quotation.
        let is_marked = says_no_marks(element)
            || self.equivalents
            || self.facts.marks.unwrap_or(false)
            || opened
            || marked(&own, |text| text.chars().next());
        let (open, close) = if is_marked { ("", "") } else { (open, close) };
        push(line, open, before_of(span));
        let begun = line.len().checked_sub(1).filter(|_| !open.is_empty());
        let length = match line.last().map(|node| &node.kind) {
            Some(Inline::Text(text)) => text.len(),
            _ => 0,
        };
        self.quotes += 1;
        let attrs = self.attrs(element, usize::MAX).filter(|attrs| attrs.lang.is_some() || attrs.id.is_some());
        match attrs {
            Some(attrs) => self.wrapped(element, Some(attrs), Inline::Span, line),
            None => self.inlines(element, line),
        }
        self.quotes -= 1;
        if let Some(begun) = begun {
            close_marks(line, begun, length);
        }
        push(line, close, span.after());
    }

    fn reference(&mut self, element: &Element, line: &mut Inlines) {
        let target = element.attribute("target").or(element.attribute("url"));
        let target = target.and_then(|target| target.split_whitespace().next());
        let attrs = self.attrs(element, 0);
        let Some(target) = target.map(str::to_owned) else {
            return self.wrapped(element, attrs, Inline::Span, line);
        };
        let title = clean::line(element.attribute("n").unwrap_or_default());
        if self.facts.own && element.attribute("type") != Some("noteAnchor") || !element.line().is_empty() {
            let begun = line.len();
            self.wrapped(element, attrs, |text| Inline::Link(Link { target, title, text }), line);
            if !self.facts.own {
                self.settle_link(begun, line);
            }
            return;
        }
        // A pointer without words: the mark of a note, or an address that has to be said.
        let span = self.span(&element.range);
        let is_note = target.strip_prefix('#').is_some_and(|id| self.facts.notes.contains(id));
        let words = match target.strip_prefix('#') {
            _ if is_note || self.facts.own => "",
            Some(id) if !self.facts.ids.contains(id) => return self.lost_pointer(id, span),
            Some(id) => self.facts.places.get(id).map_or(POINTER, String::as_str),
            None => &target,
        };
        if !self.facts.own && words.starts_with(char::is_alphanumeric) && ends_in_word(line) {
            part(line, before_of(span));
        }
        let mut text = Vec::new();
        push(&mut text, words, span);
        line.push(Node { kind: Inline::Link(Link { target, title, text }), span, attrs });
    }

    /// Looks again at the link that begins at `begun`. In a note, an arrow back to the text says what books say by themselves. And no
    /// book has a link in a link: the words around the inner one lead where the outer one led.
    fn settle_link(&mut self, begun: usize, line: &mut Inlines) {
        let Some(Node { kind: Inline::Link(link), .. }) = line.get(begun) else { return };
        let words = plain_text(&link.text);
        if self.is_in_note() && link.target.starts_with('#') && words.trim().chars().all(|c| BACK.contains(&c)) {
            line.truncate(begun);
            return;
        }
        if !link.text.iter().any(|node| matches!(node.kind, Inline::Link(_))) {
            return;
        }
        let Some(Node { kind: Inline::Link(outer), span, mut attrs }) = line.pop() else { return };
        let Link { target, title, text } = outer;
        let mut stretch = Inlines::new();
        let mut end = |stretch: &mut Inlines, line: &mut Inlines| {
            if !stretch.is_empty() {
                let (target, title, text) = (target.clone(), title.clone(), std::mem::take(stretch));
                line.push(Node { kind: Inline::Link(Link { target, title, text }), span, attrs: attrs.take() });
            }
        };
        for node in text {
            if matches!(node.kind, Inline::Link(_)) {
                end(&mut stretch, line);
                line.push(node);
            } else {
                stretch.push(node);
            }
        }
        end(&mut stretch, line);
    }

    /// A pointer without words to what is nowhere: there is nothing to be read, and nothing to follow.
    fn lost_pointer(&mut self, id: &str, span: crate::span::Span) {
        self.report
            .warn("link-broken", span, format!("nothing in the work has the id \"{}\"", clean::line(id)))
            .hint("a pointer without words says nothing in a book: give what it leads to this xml:id");
    }

    /// Whether a term says where the work explains it.
    fn leads_to_entry(&self, element: &Element) -> bool {
        let pointer = element.attribute("ref").or(element.attribute("target"));
        let id = pointer.and_then(|pointer| pointer.split_whitespace().next()).and_then(|pointer| pointer.strip_prefix('#'));
        id.is_some_and(|id| self.facts.explained.contains(id)) && element.find("ref").is_none()
    }

    /// A place that references lead to, where the tree has no node of its own for the element.
    pub fn anchor(&self, element: &Element) -> Option<Node<Inline>> {
        let id = element.id().filter(|id| !self.facts.own && self.facts.targets.contains(*id))?;
        let attrs = Some(Box::new(Attrs { id: Some(id.to_owned()), ..Attrs::default() }));
        Some(Node { kind: Inline::Span(Vec::new()), span: before_of(self.span(&element.range)), attrs })
    }

    fn formula(&mut self, element: &Element, line: &mut Inlines) {
        let notation = element.attribute("notation").unwrap_or("TeX").to_lowercase();
        if notation.contains("tex") && element.elements().next().is_none() {
            let attrs = self.attrs(element, usize::MAX);
            let text = element.text();
            let text = if self.facts.own { text } else { bare_formula(&text).to_owned() };
            return line.push(Node { kind: Inline::Math(text), span: self.span(&element.range), attrs });
        }
        if let Some(tex) = super::mathml::formula(element) {
            let attrs = self.attrs(element, usize::MAX);
            return line.push(Node { kind: Inline::Math(tex), span: self.span(&element.range), attrs });
        }
        self.unknown(element);
        self.inlines(element, line);
    }

    /// A figure where only a line can stand: its image, its caption behind it.
    fn flat_figure(&mut self, element: &Element, line: &mut Inlines) {
        let span = self.span(&element.range);
        let graphic = element.child("graphic");
        if let Some(graphic) = graphic {
            let image = image(graphic, element.child("figDesc"));
            line.push(Node::new(Inline::Image(image), span));
        }
        for child in element.elements() {
            if child.name == "graphic" || child.name == "figDesc" && graphic.is_some() {
                continue;
            }
            part(line, before_of(self.span(&child.range)));
            self.inline(child, line);
        }
    }

    /// Of two readings that the encoder gives, the one for readers.
    pub fn form_read<'e, 'x>(&self, choice: &'e Element<'x>) -> Option<&'e Element<'x>> {
        let best = self.spelling.prefers().iter().find_map(|name| choice.child(name));
        best.or_else(|| choice.elements().next())
    }

    /// Of two readings that the encoder gives, the one for readers; the other is kept beside it.
    fn choice(&mut self, element: &Element, line: &mut Inlines) {
        let Some(best) = self.form_read(element).map(|form| form.name) else { return };
        let mut chosen = 0;
        for one in element.elements() {
            if one.name == best && (chosen == 0 || matches!(best, "ex" | "am")) {
                chosen += 1;
                self.plain(one, line);
            } else if matches!(one.name, "lb" | "pb" | "cb") {
                self.inline(one, line);
            } else {
                let kind = Inline::Comment(format!("{}: {}", one.name, one.line()));
                line.push(Node::new(kind, self.span(&one.range)));
            }
        }
    }

    /// A deletion that was taken back is read again.
    fn restored(&mut self, element: &Element, line: &mut Inlines) {
        for child in &element.children {
            match child {
                Child::Element(inner) if inner.name == "del" => self.plain(inner, line),
                Child::Element(inner) => self.inline(inner, line),
                Child::Text(text, range) => {
                    let span = self.span(range);
                    push(line, &squeeze(text), span);
                }
                Child::Comment(..) | Child::Instruction(_) => {}
            }
        }
    }

    /// What an element says of itself that the tree keeps: its id, if something may point to it, its language, and the words of
    /// `@rend` behind the first `words`.
    pub fn attrs(&mut self, element: &Element, words: usize) -> Option<Box<Attrs>> {
        let rend = element.attribute("rend").unwrap_or_default();
        let lang = element.attribute("xml:lang");
        let dir = element.attribute("style").and_then(direction);
        if rend.is_empty() && lang.is_none() && dir.is_none() && element.id().is_none() {
            return None;
        }
        let span = self.span(&element.range);
        let id = element.id().filter(|id| !self.is_counted(element, id)).map(str::to_owned);
        let id = id.and_then(|id| clean::id(&id, span, self.report));
        let lang = lang.filter(|lang| !is_blank(lang)).map(str::to_owned);
        let lang = lang.and_then(|lang| clean::language(&lang, span, self.report));
        let classes: Vec<_> = rend.split_whitespace().skip(words).map(str::to_owned).collect();
        (id.is_some() || lang.is_some() || dir.is_some() || !classes.is_empty())
            .then(|| Box::new(Attrs { id, lang, dir, classes, ..Attrs::default() }))
    }

    /// Whether an id only counts paragraphs, as this program's do, and nothing points to it.
    fn is_counted(&self, element: &Element, id: &str) -> bool {
        let number = element.attribute("n").filter(|_| element.name == "p");
        let counted = number.is_some_and(|number| id.trim_end_matches('_').ends_with(&format!("p{number}")));
        counted && !self.facts.targets.contains(id)
    }
}

impl Reader<'_> {
    /// The comma between two words for an entry in another language.
    pub fn comma_before(&self, equivalent: &Element, line: &mut Inlines) {
        super::words::trim_end_within(line);
        push(line, ", ", before_of(self.span(&equivalent.range)));
    }
}

/// Whether an element of an entry gives a word for it in another language.
pub fn is_equivalent(element: &Element) -> bool {
    element.name == "cit" && element.attribute("type").is_some_and(|kind| kind.starts_with("trans"))
}

/// The sign for what an element says of its words.
fn sign_of(name: &str) -> Option<Sign> {
    Some(match name {
        "del" => Sign::Deleted,
        "add" => Sign::Added,
        "supplied" => Sign::Supplied,
        "surplus" | "secl" => Sign::Surplus,
        "unclear" => Sign::Unclear,
        "ex" => Sign::Expanded,
        _ => return None,
    })
}

pub fn image(graphic: &Element, description: Option<&Element>) -> Image {
    Image {
        target: graphic.attribute("url").unwrap_or_default().to_owned(),
        title: clean::line(graphic.attribute("n").unwrap_or_default()),
        alt: description.map(Element::line).unwrap_or_default(),
        width: graphic.attribute("width").and_then(Length::parse),
    }
}

/// Whether a line ends in a bracket that opens: no word is parted from it.
fn ends_in_bracket(line: &[Node<Inline>]) -> bool {
    matches!(line.last().map(|node| &node.kind), Some(Inline::Text(text)) if text.ends_with(['(', '[']))
}

/// Whether a word stands right at the end of a line.
fn ends_in_word(line: &[Node<Inline>]) -> bool {
    plain_text(line).ends_with(char::is_alphanumeric)
}

/// Whether an element says that the print has no marks around it.
fn says_no_marks(quotation: &Element) -> bool {
    let said = quotation.attribute("rend").or(quotation.attribute("rendition")).unwrap_or_default();
    said.split_whitespace().any(|word| matches!(word.trim_start_matches('#'), "none" | "unmarked" | "nomarks" | "noquotes"))
}

/// A formula without what TeX has around one in a text.
fn bare_formula(text: &str) -> &str {
    let text = text.trim();
    let around = [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")];
    let inner = around.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    inner.filter(|inner| !inner.contains('$')).map_or(text, str::trim)
}

/// Takes white space off the inner edges of a quotation's marks; the first stands at the end of the text in `begun`, which had that
/// `length`.
fn close_marks(line: &mut Inlines, begun: usize, length: usize) {
    if let Some(Node { kind: Inline::Text(text), .. }) = line.get_mut(begun)
        && let Some(behind) = text.get(length..)
    {
        let kept = behind.trim_start_matches([' ', '\n']).to_owned();
        text.truncate(length);
        text.push_str(&kept);
    }
    trim_end(line);
}

/// Which way the text runs, if a style says so.
fn direction(style: &str) -> Option<Direction> {
    let said = style.split(';').find_map(|rule| rule.trim().strip_prefix("direction:"));
    said.and_then(Direction::parse)
}

/// The marks of a quotation in a language, those of one inside another by turns.
fn quotation_marks(language: &str, depth: usize) -> (&'static str, &'static str) {
    let marks = match language.split('-').next().unwrap_or_default() {
        "de" | "cs" | "sk" | "sl" | "hr" | "bg" => [("„", "“"), ("‚", "‘")],
        "fr" => [("«\u{A0}", "\u{A0}»"), ("“", "”")],
        "it" | "es" | "pt" | "ru" | "uk" | "el" | "nb" | "no" => [("«", "»"), ("“", "”")],
        "pl" | "hu" | "ro" => [("„", "”"), ("«", "»")],
        "sv" | "fi" => [("”", "”"), ("’", "’")],
        _ => [("“", "”"), ("‘", "’")],
    };
    marks[depth % 2]
}
