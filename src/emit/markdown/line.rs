//! Inlines as Markdown. Where its own marks could be read otherwise in that place, HTML's stand in for them: they mean the same
//! to the reader, whatever letters stand around.

use super::Writer;
use super::escape::{self, Place};
use crate::tree::{
    Attrs, FurnitureKind, Image, IndexRole, IndexTerm, Inline, Link, Node, PATH_MARK, PageBreak, Reference, ReferenceForm,
    Style, cross_target, inline_children, is_formula_balanced, plain_text,
};

/// A guard that says nothing: what begins with a tag or a comment would be a block of HTML.
const GUARD: &str = "<span></span>";

impl<'a> Writer<'a> {
    /// The lines of a paragraph, or a line that stands in something.
    pub fn line(&mut self, inlines: &'a [Node<Inline>], place: Place) -> String {
        let mut out = String::new();
        self.inlines(inlines, '\n', place, &mut out);
        // White space at the end of a line is nothing to a reader.
        while let Some(rest) = ["&#32;", "&#9;", "&#10;"].iter().find_map(|space| out.strip_suffix(space)) {
            if rest.ends_with('\\') {
                break;
            }
            out.truncate(rest.len());
        }
        if is_html_block(&out) { GUARD.to_owned() + &out } else { out }
    }

    /// `last` is the character that will stand behind them.
    fn inlines(&mut self, inlines: &'a [Node<Inline>], last: char, place: Place, out: &mut String) {
        for (at, node) in inlines.iter().enumerate() {
            let next = inlines[at + 1..].iter().find_map(first_char).unwrap_or(last);
            // White space between two page breaks would be the first one's.
            let is_second = at > 0 && matches!(inlines[at - 1].kind, Inline::PageBreak(_));
            if let (true, Inline::PageBreak(page)) = (is_second && node.attrs.is_none(), &node.kind) {
                page_break(&PageBreak { space: false, ..page.clone() }, out);
                match (page.space, next) {
                    (false, _) => {}
                    (true, '\n') => out.push_str("&#32;"),
                    (true, _) => out.push(' '),
                }
                continue;
            }
            self.inline(node, next, place, out);
        }
    }

    fn inline(&mut self, node: &'a Node<Inline>, next: char, place: Place, out: &mut String) {
        let attrs = node.attrs.as_deref().filter(|attrs| **attrs != Attrs::default());
        match &node.kind {
            Inline::Text(text) => escape::push(out, text, Some(next), place),
            Inline::LineBreak => line_break(out, next, place),
            Inline::Styled(style, inner) => self.styled(*style, inner, attrs, next, place, out),
            Inline::Span(inner) if self.is_listed(inner, attrs) => self.inlines(inner, next, place, out),
            Inline::Span(inner) => self.tagged(span_tag(attrs), attributes(attrs, None), inner, place, out),
            Inline::Ruby { base, reading } => {
                *out += &format!("<ruby{}>", attributes(attrs, None));
                self.inlines(base, '<', place, out);
                out.push_str("<rt>");
                escape::push(
                    out,
                    reading,
                    Some('<'),
                    Place { one_line: true, cell: true, link: true, bracket: false, inner: false },
                );
                out.push_str("</rt></ruby>");
            }
            Inline::Code(text) => code(text, place, out),
            Inline::Math(tex) if node.id().is_some_and(is_word) && !tex.contains('$') && !tex.ends_with('\\') => {
                *out += &format!("$${tex}$${}", braces(attrs));
            }
            Inline::Math(tex) => math(tex, next, place, out),
            Inline::Link(link) => self.link(link, place, out),
            Inline::Image(found) => image(found, attrs, out),
            Inline::Citation(citation) => *out += &citation.source(),
            Inline::Reference(reference) => *out += &reference_of(reference),
            Inline::IndexTerm(term) => *out += &index_term(term, attrs),
            Inline::Note(note) => {
                self.pending.push(note);
                self.call(note.id, out);
            }
            Inline::NoteCall(id) => self.call(*id, out),
            Inline::PageBreak(page) => page_break(page, out),
            Inline::LineEnd => out.push_str("<lb break=\"no\"/>"),
            Inline::Comment(text) => comment(text, out),
        }
        match node.kind {
            Inline::Code(_) | Inline::Link(_) => *out += &braces(attrs),
            Inline::Styled(..) | Inline::Span(_) | Inline::Ruby { .. } | Inline::Image(_) | Inline::IndexTerm(_) => {}
            Inline::Math(_) if node.id().is_some_and(is_word) => {}
            _ if attrs.is_some() => self.attributes_lost(node.span),
            _ => {}
        }
    }

    /// Whether the work's list of abbreviations says what a stretch is short for, and nothing else is said of it.
    fn is_listed(&self, inner: &[Node<Inline>], attrs: Option<&Attrs>) -> bool {
        let Some(Attrs { expansion: Some(expansion), .. }) = attrs else { return false };
        let alone = attrs == Some(&Attrs { expansion: Some(expansion.clone()), ..Attrs::default() });
        alone && self.abbreviations.get(&plain_text(inner)) == Some(expansion)
    }

    fn call(&self, id: crate::tree::NoteId, out: &mut String) {
        out.push_str(&format!("[^{}]", self.names.label(id)));
    }

    fn styled(
        &mut self,
        style: Style,
        inner: &'a [Node<Inline>],
        attrs: Option<&Attrs>,
        next: char,
        place: Place,
        out: &mut String,
    ) {
        let (tag, mark) = match style {
            Style::Emphasis => ("em", "*"),
            Style::Strong => ("strong", "**"),
            Style::Strikethrough => ("del", "~~"),
            Style::Superscript => ("sup", ""),
            Style::Subscript => ("sub", ""),
            Style::Underline => ("u", ""),
            Style::Small => ("small", ""),
            Style::SmallCaps => ("span", ""),
            Style::Highlight => ("mark", ""),
        };
        let mut words = String::new();
        let is_open = out.rfind('[').is_some_and(|open| out.rfind(']').is_none_or(|close| close < open));
        self.inlines(inner, '<', Place { bracket: place.bracket || is_open, inner: true, ..place }, &mut words);
        // What stands before the first words of a style is its mark, or a tag.
        let before = out.chars().next_back().or(place.inner.then_some('>'));
        // An address of plain text goes on to a tag, or white space.
        let is_of_address = mark == "~~" && ends_address(out);
        if attrs.is_none() && !mark.is_empty() && !is_of_address && marks_hold(&words, before, next) {
            *out += &format!("{mark}{words}{mark}");
        } else {
            let class = (style == Style::SmallCaps).then_some("smallcaps");
            *out += &format!("<{tag}{}>{words}</{tag}>", attributes(attrs, class));
        }
    }

    fn tagged(&mut self, tag: &str, attributes: String, inner: &'a [Node<Inline>], place: Place, out: &mut String) {
        *out += &format!("<{tag}{attributes}>");
        self.inlines(inner, '<', place, out);
        *out += &format!("</{tag}>");
    }

    fn link(&mut self, link: &'a Link, place: Place, out: &mut String) {
        if let [Node { kind: Inline::Text(text), attrs: None, .. }] = &link.text[..]
            && link.title.is_empty()
            && is_autolink(text, &link.target)
        {
            return *out += &format!("<{text}>");
        }
        // The call of a note is a link of its own to Markdown.
        if holds_call(&link.text) {
            let mut said = format!(" href=\"{}\"", quoted(&link.target));
            if !link.title.is_empty() {
                said += &format!(" title=\"{}\"", quoted(&link.title));
            }
            return self.tagged("a", said, &link.text, place, out);
        }
        let mut words = String::new();
        self.inlines(&link.text, ']', Place { link: true, ..place }, &mut words);
        *out += &format!("[{words}]({})", target(&link.target, &link.title));
    }
}

/// Whether the last word is an address without marks, in which none is read.
fn ends_address(out: &str) -> bool {
    out.rsplit(|c: char| c.is_whitespace() || "<>\"|)]}`*".contains(c)).next().is_some_and(|word| word.contains("://"))
}

/// Whether an id can stand in braces.
fn is_word(id: &str) -> bool {
    id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
}

/// Whether a note is called in a line.
fn holds_call(line: &[Node<Inline>]) -> bool {
    line.iter().any(|node| match &node.kind {
        Inline::Note(_) | Inline::NoteCall(_) => true,
        kind => inline_children(kind).iter().any(|node| holds_call(std::slice::from_ref(node))),
    })
}

/// What a reference asks for: a template of the reader's, a mark of a cross reference, or a variable. A label is made again.
fn reference_of(reference: &Reference) -> String {
    let id = &reference.target;
    match reference.form {
        ReferenceForm::Full | ReferenceForm::Number | ReferenceForm::Title | ReferenceForm::Page | ReferenceForm::Folio => {
            format!("[{{{}}}](#{id})", reference.form.name())
        }
        ReferenceForm::Variable => format!("{{{{{id}}}}}"),
        ReferenceForm::Missing if cross_target(id).is_some() => format!("@{id}"),
        ReferenceForm::Missing => format!("{{ref}}`{id}`"),
        ReferenceForm::Label => String::new(),
    }
}

/// A term without words of its own.
fn index_term(term: &IndexTerm, attrs: Option<&Attrs>) -> String {
    let path = |path: &[String]| quoted(&path.join(&PATH_MARK.to_string()));
    let mut out = format!("[]{{.index entry=\"{}\"", path(&term.path));
    if !term.index.is_empty() {
        out += &format!(" index=\"{}\"", quoted(&term.index));
    }
    match (&term.role, term.role.other()) {
        (IndexRole::Place, _) => {}
        (role, Some(other)) => out += &format!(" {}=\"{}\"", role.name(), path(other)),
        (role, None) => out += &format!(" .{}", role.name()),
    }
    if let Some(id) = attrs.and_then(|attrs| attrs.id.as_deref()) {
        out += &format!(" #{id}");
    }
    out + "}"
}

/// The first character that an inline writes; none where it writes nothing.
fn first_char(node: &Node<Inline>) -> Option<char> {
    match &node.kind {
        Inline::Text(text) => text.chars().next(),
        Inline::LineBreak => Some('\n'),
        Inline::Styled(..) => Some('*'),
        Inline::Span(_) | Inline::Ruby { .. } | Inline::LineEnd | Inline::Comment(_) => Some('<'),
        Inline::PageBreak(page) => Some(if page.space { ' ' } else { '<' }),
        Inline::Code(_) => Some('`'),
        Inline::Math(_) => Some('$'),
        Inline::Link(_) | Inline::Note(_) | Inline::NoteCall(_) | Inline::IndexTerm(_) => Some('['),
        Inline::Citation(citation) => citation.source().chars().next(),
        Inline::Reference(reference) => reference_of(reference).chars().next(),
        Inline::Image(_) => Some('!'),
    }
}

/// Whether asterisks or tildes around `words` are marks of emphasis in that place (CommonMark, section 6.2), with room for doubt.
fn marks_hold(words: &str, before: Option<char>, next: char) -> bool {
    // Strong inside emphasis, or the other way round, is one run of three.
    let inner = words.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).filter(|inner| !inner.contains('*'));
    let words = inner.filter(|_| before.is_none_or(char::is_whitespace)).unwrap_or(words);
    let (Some(first), Some(last)) = (words.chars().next(), words.chars().next_back()) else { return false };
    let loose = |c: char| c.is_whitespace() || c.is_ascii_punctuation() && !"*_~\\<&$}".contains(c);
    let clear = |c: char| !c.is_whitespace() && !"*_~<".contains(c);
    // The reader hides a key.
    let white = |c: Option<char>| c.is_some_and(char::is_whitespace);
    clear(first)
        && clear(last)
        && !words.contains('@')
        && (!words.starts_with('$') || before.is_none() || white(before))
        && !before.is_some_and(|c| "*_~\\".contains(c))
        && !"*_~".contains(next)
        && (first.is_alphanumeric() || before.is_none_or(loose))
        && (last.is_alphanumeric() || loose(next) || next == '<' && last != '}')
        && (inner.is_none() || loose(next) || next == '\n')
        && (inner.is_some() || words.match_indices('*').all(|(at, _)| is_plain_mark(words, at)))
        // A run in the middle of a word both opens and closes, and is counted by threes.
        && !(words.contains('*') && (before.is_some_and(char::is_alphanumeric) || next.is_alphanumeric()))
}

/// Whether the asterisk at `at` can't close a mark that was opened outside: its run has a letter on the one side and a space, or
/// the end of a sentence, on the other.
fn is_plain_mark(words: &str, at: usize) -> bool {
    let before = words[..at].trim_end_matches('*').chars().next_back();
    let next = words[at..].trim_start_matches('*').chars().next();
    let (Some(before), Some(next)) = (before, next) else { return false };
    before.is_whitespace() && next.is_alphanumeric()
        || before.is_alphanumeric() && (next.is_whitespace() || ".,;:!?)".contains(next))
        || before == '\\'
}

/// Whether a paragraph would be a block of HTML: it begins with a comment, or its first line is a tag and nothing else.
fn is_html_block(text: &str) -> bool {
    if text.starts_with("<!--") {
        return true;
    }
    let line = text.lines().next().unwrap_or("");
    let (mut quoted, mut end) = (false, None);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => {
                end = Some(at + 1);
                break;
            }
            _ => {}
        }
    }
    line.starts_with('<') && end.is_some_and(|end| line[end..].trim().is_empty())
}

/// A line that ends where the author says. A backslash says it, but where a line has nothing else, or the next would lose its space.
pub fn line_break(out: &mut String, next: char, place: Place) {
    let by_hand = place.one_line || next == '\n' || next == ' ' || next == '\t' || out.is_empty() || out.ends_with('\n');
    out.push_str(if by_hand { "<br>" } else { "\\\n" });
}

/// The element of a stretch.
pub fn span_tag(attrs: Option<&Attrs>) -> &'static str {
    if attrs.is_some_and(|attrs| attrs.expansion.is_some()) { "abbr" } else { "span" }
}

/// ` lang="fr" id="x" class="y"`, with `class` before the node's own.
pub fn attributes(attrs: Option<&Attrs>, class: Option<&str>) -> String {
    let mut out = String::new();
    let mut say = |name: &str, value: &str| out += &format!(" {name}=\"{}\"", quoted(value));
    if let Some(lang) = attrs.and_then(|attrs| attrs.lang.as_deref()) {
        say("lang", lang);
    }
    if let Some(dir) = attrs.and_then(|attrs| attrs.dir) {
        say("dir", dir.name());
    }
    if let Some(id) = attrs.and_then(|attrs| attrs.id.as_deref()) {
        say("id", id);
    }
    if let Some(expansion) = attrs.and_then(|attrs| attrs.expansion.as_deref()) {
        say("title", expansion);
    }
    let own = attrs.iter().flat_map(|attrs| &attrs.classes).map(String::as_str);
    let classes: Vec<_> = class.into_iter().chain(own).collect();
    if !classes.is_empty() {
        say("class", &classes.join(" "));
    }
    out
}

/// The value of an attribute. No bar may stand in it, since the tag may stand in a table.
pub fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;").replace('|', "&#124;")
}

fn code(text: &str, place: Place, out: &mut String) {
    let text = if place.cell { text.replace('|', "\\|") } else { text.to_owned() };
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let spaced = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let pad = if text.starts_with('`') || text.ends_with('`') || spaced { " " } else { "" };
    // Two spans side by side would be one.
    if out.ends_with('`') {
        out.push_str(GUARD);
    }
    *out += &format!("{fence}{pad}{text}{pad}{fence}");
}

/// The length of the longest run of `c` in `text`.
pub fn longest_run(text: &str, c: char) -> usize {
    text.split(|other| other != c).map(str::len).max().unwrap_or(0)
}

fn math(tex: &str, next: char, place: Place, out: &mut String) {
    if out.ends_with('$') || ends_address(out) {
        out.push_str(GUARD);
    }
    let tex = if place.cell { tex.replace('|', "\\|") } else { tex.to_owned() };
    let white = |c: char| c.is_whitespace();
    // Where the reader would see a price, or no end.
    let is_doubtful = next.is_ascii_digit()
        || tex.starts_with(|c: char| c.is_ascii_digit() || c == '`')
        || out.ends_with(char::is_alphabetic) && tex.starts_with([')', ']', ',', ';', ':', '/'])
        || tex.starts_with(white)
        || tex.ends_with(white)
        || !is_formula_balanced(&tex)
        || tex.contains('$');
    match tex.ends_with('\\') || is_doubtful && (tex.contains("`$") || tex.ends_with('`')) {
        // A backslash would take the closing mark's meaning away, and so would a tick.
        true => *out += &format!("$${tex}\n$$"),
        false if is_doubtful => *out += &format!("$`{tex}`$"),
        false => *out += &format!("${tex}$"),
    }
}

fn is_autolink(text: &str, target: &str) -> bool {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"<>\\`|".contains(c));
    let web = text == target && (target.starts_with("http://") || target.starts_with("https://"));
    let mail = target.strip_prefix("mailto:") == Some(text)
        && text.split_once('@').is_some_and(|(name, host)| {
            let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            word(name) && word(host) && host.split('.').all(|label| !label.is_empty())
        });
    plain(text) && (web || mail)
}

/// Attributes in braces, as they stand behind what bears them; nothing where there are none.
pub fn braces(attrs: Option<&Attrs>) -> String {
    let said = attrs.map(super::blocks::attributes).unwrap_or_default();
    if said.is_empty() { String::new() } else { format!("{{{}}}", said.join(" ")) }
}

/// An image, what else is said of it in braces behind it.
pub fn image(image: &Image, attrs: Option<&Attrs>, out: &mut String) {
    let mut alt = String::new();
    escape::push(
        &mut alt,
        &image.alt,
        Some(']'),
        Place { one_line: true, cell: true, link: true, bracket: false, inner: false },
    );
    *out += &format!("![{alt}]({})", target(&image.target, &image.title));
    let mut said = attrs.map(super::blocks::attributes).unwrap_or_default();
    said.extend(image.width.map(|width| format!("width={width}")));
    if !said.is_empty() {
        *out += &format!("{{{}}}", said.join(" "));
    }
}

/// What stands in the brackets of a link: its address and its title.
pub fn target(address: &str, title: &str) -> String {
    let escaped = |text: &str, marks: &str| {
        text.chars().fold(String::new(), |mut out, c| {
            match c {
                '&' | '|' | '\n' | '\t' => out += &format!("&#{};", u32::from(c)),
                c if marks.contains(c) => out.extend(['\\', c]),
                c => out.push(c),
            }
            out
        })
    };
    let plain = !address.is_empty()
        && address.chars().all(|c| c.is_ascii_graphic() && !"()<>\\`|".contains(c))
        && !address.split('&').skip(1).any(begins_reference);
    let address = if plain { address.to_owned() } else { format!("<{}>", escaped(address, "<>\\`")) };
    let title = if title.is_empty() { String::new() } else { format!(" \"{}\"", escaped(title, "\"\\`")) };
    address + &title
}

/// Whether what stands behind an ampersand makes a character reference of it.
fn begins_reference(behind: &str) -> bool {
    let name = behind.split_once(';').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
}

/// A milestone where a page begins, with what stood at its head and foot.
pub fn page_break(page: &PageBreak, out: &mut String) {
    if page.space {
        out.push(' ');
    }
    out.push_str("<pb");
    for (name, value) in [("n", &page.label), ("facs", &page.facsimile)] {
        if let Some(value) = value {
            *out += &format!(" {name}=\"{}\"", quoted(value));
        }
    }
    out.push_str("/>");
    for furniture in &page.furniture {
        let kind = match furniture.kind {
            FurnitureKind::RunningHead => "header",
            FurnitureKind::Folio => "pageNum",
            FurnitureKind::Signature => "sig",
            FurnitureKind::Catchword => "catch",
        };
        let mut text = String::new();
        escape::push(
            &mut text,
            &furniture.text,
            Some('<'),
            Place { one_line: true, cell: true, link: true, bracket: false, inner: false },
        );
        *out += &format!("<fw type=\"{kind}\">{text}</fw>");
    }
}

/// A comment, guarded where it would open a block.
fn comment(text: &str, out: &mut String) {
    if out.is_empty() || out.ends_with('\n') {
        out.push_str(GUARD);
    }
    *out += &format!("<!-- {text} -->");
}
