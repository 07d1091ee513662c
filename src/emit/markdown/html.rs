//! What Markdown has no marks for stands as raw HTML: tables that are more than a grid of lines, figures of several images, blocks
//! with attributes. Where HTML can say a line it does; else a blank line brings Markdown back.

use super::Writer;
use super::blocks::Within;
use super::escape::Place;
use super::line::{attributes, page_break, quoted, span_tag};
use crate::tree::{
    Align, Attrs, Block, Cell, Definition, Figure, Group, Image, Inline, List, Node, Numbering, ReferenceForm, Row, Style,
    Table, VerseLine, places,
};

/// The class by which a group is known that was `details` in HTML.
pub const DETAILS: &str = "details";

/// A paragraph of fewer lines is none of verse.
pub const VERSE_LINES: usize = 3;

const LINE: Place = Place { one_line: false, cell: false, link: false, bracket: false, inner: false };

impl<'a> Writer<'a> {
    /// A paragraph with attributes.
    pub fn html_paragraph(&mut self, text: &'a [Node<Inline>], attrs: &Attrs) -> String {
        let inner = self.inside(text);
        format!("<p{}>{inner}</p>", attributes(Some(attrs), None))
    }

    /// Blocks in an element.
    pub fn element(&mut self, name: &str, attrs: Option<&Attrs>, blocks: &str) -> String {
        format!("<{name}{}>\n\n{blocks}\n\n</{name}>", attributes(attrs, None))
    }

    pub fn html_table(&mut self, table: &'a Table, attrs: Option<&Attrs>) -> String {
        let mut out = format!("<table{}>\n", attributes(attrs, None));
        if !table.caption.is_empty() {
            let caption = self.inside(&table.caption);
            out += &format!("<caption>{caption}</caption>\n");
        }
        for (name, rows) in [("thead", &table.head), ("tbody", &table.rows)] {
            if !rows.is_empty() {
                let rows = self.rows(rows, &table.columns, name == "thead");
                out += &format!("<{name}>\n{rows}</{name}>\n");
            }
        }
        out + "</table>"
    }

    fn rows(&mut self, rows: &'a [Row], columns: &[Align], in_head: bool) -> String {
        let mut out = String::new();
        for (row, places) in rows.iter().zip(places(rows)) {
            out.push_str("<tr>\n");
            for (cell, place) in row.iter().zip(places) {
                let column = columns.get(place).copied().unwrap_or(Align::Natural);
                out += &self.cell(cell, column, in_head);
            }
            out.push_str("</tr>\n");
        }
        out
    }

    fn cell(&mut self, node: &'a Node<Cell>, column: Align, in_head: bool) -> String {
        let cell = &node.kind;
        let name = if cell.is_head || in_head { "th" } else { "td" };
        let mut said = String::new();
        for (name, count) in [("colspan", cell.cols), ("rowspan", cell.rows)] {
            if count > 1 {
                said += &format!(" {name}=\"{count}\"");
            }
        }
        said += match cell.align.unwrap_or(column) {
            Align::Natural => "",
            Align::Left => " align=\"left\"",
            Align::Centre => " align=\"center\"",
            Align::Right => " align=\"right\"",
        };
        said += &attributes(node.attrs.as_deref(), None);
        let inner = match cell.line() {
            Some(line) => self.inside(line),
            None => format!("\n\n{}\n\n", self.blocks(&cell.body, Within::Loose)),
        };
        format!("<{name}{said}>{inner}</{name}>\n")
    }

    /// A list that Markdown's marks can't say: with attributes, with letters that would not be read as labels, with blocks of HTML in
    /// items that stand close.
    pub fn html_list(&mut self, list: &'a List, attrs: Option<&Attrs>) -> String {
        let kind = match list.numbering {
            Numbering::Decimal => "1",
            Numbering::LowerAlpha => "a",
            Numbering::UpperAlpha => "A",
            Numbering::LowerRoman => "i",
            Numbering::UpperRoman => "I",
        };
        let mut items = String::new();
        for item in &list.items {
            let task = match item.task {
                Some(true) => "<input type=\"checkbox\" checked=\"\">",
                Some(false) => "<input type=\"checkbox\">",
                None => "",
            };
            let inner = match &item.body[..] {
                [Node { kind: Block::Paragraph(line), attrs: None, .. }] if list.tight => self.inside(line),
                [] => String::new(),
                body => format!("\n\n{}\n\n", self.blocks(body, Within::Loose)),
            };
            items += &format!("<li>{task}{inner}</li>\n");
        }
        let said = attributes(attrs, None);
        let compact = if list.tight && items.contains("\n\n") { " compact=\"\"" } else { "" };
        match list.start {
            Some(start) => format!("<ol type=\"{kind}\" start=\"{start}\"{said}{compact}>\n{items}</ol>"),
            None => format!("<ul{said}{compact}>\n{items}</ul>"),
        }
    }

    /// Terms, one of which has no meaning of its own, or with attributes.
    pub fn html_definitions(&mut self, entries: &'a [Definition], attrs: Option<&Attrs>) -> String {
        let mut out = format!("<dl{}>\n", attributes(attrs, None));
        for entry in entries {
            let term = self.inside(&entry.term);
            out += &format!("<dt>{term}</dt>\n");
            for meaning in &entry.meanings {
                let inner = match &meaning[..] {
                    [Node { kind: Block::Paragraph(line), attrs: None, .. }] => self.inside(line),
                    body => format!("\n\n{}\n\n", self.blocks(body, Within::Loose)),
                };
                out += &format!("<dd>{inner}</dd>\n");
            }
        }
        out + "</dl>"
    }

    /// A group whose title is more than its words.
    pub fn html_division(&mut self, group: &'a Group, attrs: Option<&Attrs>, body: &str) -> String {
        let title = self.inside(&group.title);
        format!("<div{}>\n<figcaption>{title}</figcaption>\n\n{body}\n\n</div>", attributes(attrs, None))
    }

    /// What a reader opens to see more, under its title.
    pub fn html_details(&mut self, group: &'a Group, attrs: &Attrs) -> String {
        let classes = attrs.classes.iter().filter(|class| *class != DETAILS).cloned().collect();
        let attrs = Attrs { classes, ..attrs.clone() };
        let title = self.inside(&group.title);
        let body = self.blocks(&group.body, Within::Body);
        format!("<details{}>\n<summary>{title}</summary>\n\n{body}\n\n</details>", attributes(Some(&attrs), None))
    }

    pub fn html_figure(&mut self, figure: &'a Figure, attrs: Option<&Attrs>) -> String {
        let mut out = format!("<figure{}>\n", attributes(attrs, None));
        for image in &figure.images {
            match &figure.images[..] {
                [_] => out += &format!("{}\n", html_image(&image.kind, image.attrs.as_deref())),
                _ => {
                    let title = match image.kind.title.as_str() {
                        "" => String::new(),
                        title => format!("<figcaption>{}</figcaption>", escaped(title)),
                    };
                    let plain = Image { title: String::new(), ..image.kind.clone() };
                    out += &format!("<figure>{}{title}</figure>\n", html_image(&plain, image.attrs.as_deref()));
                }
            }
        }
        // The number of a figure is its own, not the writer's.
        let caption = self.inside(&figure.caption);
        if !caption.trim().is_empty() {
            out += &format!("<figcaption>{caption}</figcaption>\n");
        }
        out + "</figure>"
    }

    /// A line inside an element: in HTML's own words where it has them.
    fn inside(&mut self, line: &'a [Node<Inline>]) -> String {
        if let Some(pages) = pages(line) {
            return pages;
        }
        // Between blank lines, broken lines would be verse.
        let may_be_verse = line.iter().filter(|node| matches!(node.kind, Inline::LineBreak)).count() + 1 >= VERSE_LINES;
        match html_line(line).or_else(|| over_lines(line).filter(|_| may_be_verse)) {
            Some(html) => html,
            None => format!("\n\n{}\n\n", self.line(line, LINE)),
        }
    }
}

/// A line of nothing but page breaks, which between blank lines would be blocks.
fn pages(line: &[Node<Inline>]) -> Option<String> {
    let mut out = String::new();
    for node in line {
        match &node.kind {
            Inline::PageBreak(page) if page.furniture.is_empty() && node.attrs.is_none() => page_break(page, &mut out),
            _ => return None,
        }
    }
    (!line.is_empty()).then_some(out)
}

/// An image as a tag.
pub fn html_image(image: &Image, attrs: Option<&Attrs>) -> String {
    let mut said = format!(" src=\"{}\" alt=\"{}\"", quoted(&image.target), quoted(&image.alt));
    if !image.title.is_empty() {
        said += &format!(" title=\"{}\"", quoted(&image.title));
    }
    if let Some(width) = image.width {
        said += &format!(" width=\"{width}\"");
    }
    format!("<img{said}{}>", attributes(attrs, None))
}

/// The lines of one stanza in HTML's words, if it is what a paragraph of so many lines is read as.
pub fn html_verse(stanzas: &[Vec<VerseLine>]) -> Option<String> {
    let [stanza] = stanzas else { return None };
    let plain = |line: &VerseLine| line.number.is_none() && line.indent == 0;
    let lines: Option<Vec<String>> = stanza.iter().map(|line| html_line(&line.text).filter(|_| plain(line))).collect();
    lines.filter(|lines| lines.len() >= VERSE_LINES).map(|lines| lines.join("<br>"))
}

/// A line in HTML's words; none where it has to be Markdown: notes, formulas, pages.
fn html_line(line: &[Node<Inline>]) -> Option<String> {
    html_words(line, false).filter(|out| !out.contains('\n'))
}

/// The same, where its text goes over lines.
fn over_lines(line: &[Node<Inline>]) -> Option<String> {
    html_words(line, true).filter(|out| !["\n\n", " \n", "\n "].iter().any(|more| out.contains(more)))
}

fn html_words(line: &[Node<Inline>], over_lines: bool) -> Option<String> {
    let mut out = String::new();
    for node in line {
        let attrs = attributes(node.attrs.as_deref(), None);
        match &node.kind {
            // White space at a line's end or twice in a row would be another; formulas are read in HTML, too.
            Inline::Text(text)
                if !text.contains(['\t', '$', '\\']) && !text.contains("  ") && (over_lines || !text.contains('\n')) =>
            {
                out += &escaped(text)
            }
            Inline::LineBreak if attrs.is_empty() => out += "<br>",
            Inline::Styled(style, inner) => {
                let tag = tag(*style)?;
                out += &format!("<{tag}{attrs}>{}</{tag}>", html_words(inner, over_lines)?);
            }
            Inline::Span(inner) => {
                let tag = span_tag(node.attrs.as_deref());
                out += &format!("<{tag}{attrs}>{}</{tag}>", html_words(inner, over_lines)?);
            }
            // It is made again.
            Inline::Reference(reference) if reference.form == ReferenceForm::Label => {}
            Inline::Image(image) => out += &html_image(image, node.attrs.as_deref()),
            Inline::Text(_)
            | Inline::LineBreak
            | Inline::Ruby { .. }
            | Inline::Code(_)
            | Inline::Math(_)
            | Inline::Link(_)
            | Inline::Citation(_)
            | Inline::Reference(_)
            | Inline::IndexTerm(_)
            | Inline::Note(_)
            | Inline::NoteCall(_)
            | Inline::PageBreak(_)
            | Inline::LineEnd
            | Inline::Comment(_) => return None,
        }
    }
    // White space at the ends of an element is nothing.
    let trimmed = out.trim_matches([' ', '\n']).len() == out.len();
    trimmed.then_some(out)
}

fn tag(style: Style) -> Option<&'static str> {
    Some(match style {
        Style::Emphasis => "em",
        Style::Strong => "strong",
        Style::Strikethrough => "del",
        Style::Superscript => "sup",
        Style::Subscript => "sub",
        Style::Underline => "u",
        Style::Small => "small",
        Style::Highlight => "mark",
        Style::SmallCaps => return None,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
