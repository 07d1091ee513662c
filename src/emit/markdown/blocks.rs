//! Blocks as Markdown. A container writes what it holds and then sets its mark before every line.

use super::Writer;
use super::escape::Place;
use super::html::{DETAILS, VERSE_LINES, html_verse};
use super::line::{self, line_break};
use crate::tree::{
    Align, Attrs, Block, Definition, Figure, Group, GroupRole, Inline, Item, List, Node, Note, Numbering, ReferenceForm, Row,
    Table, VerseLine, is_theorem, plain_text,
};

/// What blocks stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    Body,
    Quote,
    /// An item of a tight list: no blank line may stand between its blocks.
    Tight,
    /// Any other container.
    Loose,
}

/// A comment without words keeps two blocks apart that would be one, and ends a paragraph without a blank line.
const APART: &str = "<!-- -->";

const HEADING: Place = Place { one_line: true, cell: false, link: false, bracket: false, inner: false };
const CELL: Place = Place { one_line: true, cell: true, link: false, bracket: false, inner: false };

impl<'a> Writer<'a> {
    pub fn blocks(&mut self, blocks: &'a [Node<Block>], within: Within) -> String {
        let mut out = String::new();
        let mut before: Option<(&Node<Block>, bool)> = None;
        let (mut is_html, mut is_loose) = (false, false);
        for node in blocks {
            // Two lists in a row are two by their marks.
            let other = matches!(before, Some((last, other)) if !other && same_kind_of_list(last, node));
            let text = self.block(node, within, other);
            if text.is_empty() {
                continue;
            }
            if let Some((last, _)) = before {
                out.push_str(&between(last, node, within));
                // What follows HTML with no blank line is HTML.
                self.is_parted |= within == Within::Tight && (out.ends_with('\n') && is_html || is_loose);
            }
            is_html = text.starts_with('<') && !matches!(node.kind, Block::Comment(_) | Block::PageBreak(_));
            // A list with blank lines parts what follows it from what stands before.
            is_loose = matches!(node.kind, Block::List(_)) && text.contains("\n\n");
            let holds_blank_lines = match node.kind {
                Block::Code { .. } => false,
                Block::List(_) => is_html,
                _ => true,
            };
            self.is_parted |= within == Within::Tight && holds_blank_lines && text.contains("\n\n");
            out.push_str(&text);
            before = Some((node, other));
        }
        out
    }

    fn block(&mut self, node: &'a Node<Block>, within: Within, other: bool) -> String {
        let attrs = node.attrs.as_deref().filter(|attrs| **attrs != Attrs::default());
        if let (Some(attrs), Block::Paragraph(text)) = (attrs, &node.kind) {
            // A paragraph of HTML makes a list of Markdown loose.
            self.is_parted |= within == Within::Tight;
            return self.html_paragraph(text, attrs);
        }
        let has_room = match &node.kind {
            Block::Title(_) | Block::Heading { .. } | Block::Paragraph(_) | Block::Quote(_) => true,
            Block::Group(_) | Block::Table(_) | Block::Figure(_) | Block::Index(_) => true,
            // Its id is its mark.
            Block::Bibliography(_) => false,
            Block::Code { language, .. } => language.is_empty() || is_language(language),
            Block::List(_) | Block::Definitions(_) | Block::Verse(_) => true,
            Block::Math(_) => node.id().is_some(),
            Block::Rule => true,
            Block::PageBreak(_) | Block::Comment(_) => false,
        };
        if attrs.is_some() && !has_room {
            self.attributes_lost(node.span);
        }
        match &node.kind {
            Block::Title(text) => self.heading(1, text, attrs, true),
            Block::Heading { level, text, .. } => self.heading(*level, text, attrs, false),
            Block::Paragraph(text) => self.line(text, Place::default()),
            Block::Quote(inner) if attrs.is_some() => {
                let inner = self.blocks(inner, Within::Quote);
                self.element("blockquote", attrs, &inner)
            }
            Block::Quote(inner) => indented(&self.blocks(inner, Within::Quote), "> ", "> "),
            Block::Group(group) => self.group(group, attrs),
            Block::Verse(stanzas) => match attrs.map(|attrs| (attrs, html_verse(stanzas))) {
                // A paragraph of HTML makes a list of Markdown loose.
                Some(_) if within == Within::Tight => {
                    self.is_parted = true;
                    String::new()
                }
                Some((attrs, Some(lines))) => format!("<p{}>{lines}</p>", line::attributes(Some(attrs), None)),
                Some((_, None)) => {
                    let lines = self.verse(stanzas, Within::Loose);
                    self.element("p", attrs, &lines)
                }
                None => self.verse(stanzas, within),
            },
            Block::List(list) => self.list(list, attrs, other),
            Block::Definitions(entries)
                if attrs.is_some()
                    || entries.iter().any(|entry| {
                        entry.term.is_empty() || entry.meanings.is_empty() || entry.meanings.iter().any(Vec::is_empty)
                    }) =>
            {
                self.html_definitions(entries, attrs)
            }
            Block::Definitions(entries) => entries.iter().map(|entry| self.entry(entry)).collect::<Vec<_>>().join("\n\n"),
            Block::Table(table) if attrs.is_some() || !table.is_plain() || has_silent_head(table) => {
                self.html_table(table, attrs)
            }
            Block::Table(table) => self.table(table),
            Block::Code { language, text } => code(language, text, attrs.filter(|_| has_room)),
            // A backslash would take the closing mark's meaning away.
            Block::Math(tex) => {
                let label =
                    attrs.filter(|_| has_room).map(|attrs| format!(" {}", line::braces(Some(attrs)))).unwrap_or_default();
                match tex.contains('\n') || tex.ends_with('\\') {
                    true => format!("$$\n{tex}\n$${label}"),
                    false => format!("$${tex}$${label}"),
                }
            }
            Block::Figure(figure) => self.figure(figure, attrs),
            // What stands in them is made when they are read again.
            Block::Bibliography(_) => "::: {#refs}\n:::".to_owned(),
            Block::Index(index) => {
                let (class, name) = match index.name.as_str() {
                    "figures" => (".list-of-figures", ""),
                    "tables" => (".list-of-tables", ""),
                    name => (".index", name),
                };
                let mut said = vec![class.to_owned()];
                if !name.is_empty() {
                    said.push(format!("index=\"{name}\""));
                }
                said.extend(attrs.map(attributes).unwrap_or_default());
                format!("::: {{{}}}\n:::", said.join(" "))
            }
            Block::Rule => attrs.map_or("***".to_owned(), |attrs| format!("***\n{}", line::braces(Some(attrs)))),
            Block::PageBreak(page) => {
                // A tag alone would run on as a block of HTML to the next blank line.
                let mut out = if within == Within::Tight { APART.to_owned() } else { String::new() };
                line::page_break(page, &mut out);
                out
            }
            Block::Comment(text) => format!("<!-- {text} -->"),
        }
    }

    /// A heading; its id where it would not get it by itself.
    fn heading(&mut self, level: u8, text: &'a [Node<Inline>], attrs: Option<&Attrs>, is_title: bool) -> String {
        let mut words = self.line(text, HEADING);
        if words.ends_with('#') && !words.ends_with("\\#") {
            words.insert(words.len() - 1, '\\');
        }
        let id = attrs.and_then(|attrs| attrs.id.as_deref());
        let id = id.filter(|id| is_title || self.names.is_written(id) || words.ends_with('}'));
        let mut said: Vec<String> = id.iter().map(|id| format!("#{id}")).collect();
        said.extend(attrs.map(|attrs| attributes(&Attrs { id: None, ..attrs.clone() })).unwrap_or_default());
        if said.is_empty() && words.ends_with('}') {
            words.insert(words.len() - 1, '\\');
        }
        let mark = "#".repeat(usize::from(level));
        let said = if said.is_empty() { String::new() } else { format!(" {{{}}}", said.join(" ")) };
        format!("{mark} {words}{said}").trim_end_matches(' ').to_owned()
    }

    /// A fenced division. Its fence is longer than any inside it.
    fn group(&mut self, group: &'a Group, attrs: Option<&Attrs>) -> String {
        let details = attrs.filter(|attrs| attrs.classes.iter().any(|class| class == DETAILS));
        if let (Some(attrs), GroupRole::Plain, false) = (details, group.role, group.title.is_empty()) {
            return self.html_details(group, attrs);
        }
        let body = self.blocks(&group.body, Within::Body);
        // Between colons its first heading would be its title.
        let has_heading = matches!(group.body.first(), Some(Node { kind: Block::Heading { .. }, .. }));
        if let (GroupRole::Admonition(_), Some(name), true, true) =
            (group.role, group.role.name(), group.title.is_empty(), has_heading)
        {
            return format!("<div{}>\n\n{body}\n\n</div>", line::attributes(attrs, Some(name)));
        }
        // A class that would make it another group says nothing of a paragraph of HTML.
        let is_other = |attrs: &Attrs| attrs.classes.iter().any(|class| GroupRole::of_class(class).is_some());
        if group.role == GroupRole::Plain && group.title.is_empty() && attrs.is_some_and(is_other) {
            return self.element("p", attrs, &body);
        }
        let fence = ":".repeat(line::longest_run(&body, ':').max(2) + 1);
        let mut said: Vec<String> = group.role.name().map(|name| format!(".{name}")).into_iter().collect();
        said.extend(attrs.map(attributes).unwrap_or_default());
        // The label of what is numbered is made when it is read again.
        let is_label = |node: &Node<Inline>| matches!(&node.kind, Inline::Reference(own) if own.form == ReferenceForm::Label);
        let labels = group.title.iter().take_while(|node| is_label(node)).count();
        let own = &group.title[labels..];
        // A theorem's is in brackets.
        let own = &own[..own.len() - own.iter().rev().take_while(|node| is_label(node)).count()];
        let words = self.line(own, HEADING);
        let title = match (group.role, own) {
            _ if words.is_empty() => String::new(),
            // As Quarto has it.
            (GroupRole::Admonition(_), _) => format!("## {words}\n\n"),
            (_, [Node { kind: Inline::Text(text), attrs: None, .. }])
                if !(text.contains('\n') || text.contains('"') && text.contains('\'')) =>
            {
                let mark = if text.contains('"') { '\'' } else { '"' };
                said.push(format!("title={mark}{text}{mark}"));
                String::new()
            }
            (GroupRole::Plain, _) if labels == 0 && !attrs.and_then(|attrs| attrs.id.as_deref()).is_some_and(is_theorem) => {
                return self.html_division(group, attrs, &body);
            }
            _ => format!("**{words}**\n\n"),
        };
        // A line below a table, below lines behind bars, or below HTML, would go on with it.
        let is_lines = body.lines().next_back().is_some_and(|last| last.starts_with('|'));
        let goes_on = is_lines || body.ends_with('>') || matches!(group.body.last(), Some(Node { kind: Block::Table(_), .. }));
        let gap = if goes_on { "\n" } else { "" };
        if said.is_empty() {
            return format!("{title}{body}");
        }
        format!("{fence} {{{}}}\n{title}{body}\n{gap}{fence}", said.join(" "))
    }

    fn verse(&mut self, stanzas: &'a [Vec<VerseLine>], within: Within) -> String {
        let least = if within == Within::Quote { 2 } else { VERSE_LINES };
        // A line of text below a line of text is none of verse.
        let goes_on =
            |line: &VerseLine| line.text.iter().any(|node| matches!(&node.kind, Inline::Text(text) if text.contains('\n')));
        if stanzas.iter().any(|stanza| stanza.len() < least || stanza.iter().any(goes_on)) {
            return self.line_block(stanzas);
        }
        let mut stanza = |lines: &'a Vec<VerseLine>| {
            let lines: Vec<String> = lines.iter().map(|line| self.line(&line.text, Place::default())).collect();
            let mut out = String::new();
            for (at, line) in lines.iter().enumerate() {
                if at > 0 {
                    let next = line.chars().next().unwrap_or('\n');
                    line_break(&mut out, next, Place::default());
                }
                out.push_str(line);
            }
            out
        };
        stanzas.iter().map(&mut stanza).collect::<Vec<_>>().join("\n\n")
    }

    /// Verse of so few lines that without a mark it would be a paragraph.
    fn line_block(&mut self, stanzas: &'a [Vec<VerseLine>]) -> String {
        let mut lines = Vec::new();
        for stanza in stanzas {
            if !lines.is_empty() {
                lines.push("|".to_owned());
            }
            // The line stands behind its mark: nothing opens a block there.
            lines.extend(stanza.iter().map(|line| format!("| {}", self.line(&line.text, CELL))));
        }
        lines.join("\n")
    }

    fn list(&mut self, list: &'a List, attrs: Option<&Attrs>, other: bool) -> String {
        if attrs.is_some() || list.start.is_some() && self.label(list) != list.numbering {
            return self.html_list(list, attrs);
        }
        let (pending, remarks) = (self.pending.len(), self.report.diagnostics.len());
        let was_parted = std::mem::take(&mut self.is_parted);
        let within = if list.tight { Within::Tight } else { Within::Loose };
        let mut items = Vec::new();
        for (at, item) in list.items.iter().enumerate() {
            let mark = match list.start {
                Some(start) => {
                    let close = if other { ')' } else { '.' };
                    format!("{}{close}", self.label(list).say(start.saturating_add(at as u64)))
                }
                None => if other { "+" } else { "-" }.to_owned(),
            };
            items.push(self.item(item, &mark, within));
            if self.is_parted {
                break;
            }
        }
        if std::mem::replace(&mut self.is_parted, was_parted) {
            // Written once more: what was called and said is called and said then.
            self.pending.truncate(pending);
            self.report.diagnostics.truncate(remarks);
            return self.html_list(list, None);
        }
        let loose = !list.tight;
        if loose && list.items.len() == 1 && list.items[0].body.len() < 2 {
            // Nothing but a second block with a blank line before it makes such a list loose.
            let front = items[0].find(' ').map_or("- ".len(), |mark| mark + 1);
            items[0] += &format!("\n\n{}{APART}", " ".repeat(front));
        }
        items.join(if loose { "\n\n" } else { "\n" })
    }

    /// How the labels of a list count. Letters are read as labels only where two lines in a row begin with them.
    fn label(&self, list: &List) -> Numbering {
        let is_line = |item: &Item| matches!(&item.body[..], [Node { kind: Block::Paragraph(line), .. }] if !line.is_empty());
        let fits =
            list.tight && list.items.len() > 1 && list.items.iter().all(is_line) && list.start.is_some_and(|start| start > 0);
        if fits { list.numbering } else { Numbering::Decimal }
    }

    fn item(&mut self, item: &'a Item, mark: &str, within: Within) -> String {
        let text = self.blocks(&item.body, within);
        // Behind a task's box stands a line, or the list is one of HTML.
        let is_line = |node: &Node<Block>| {
            matches!(
                node.kind,
                Block::Paragraph(_)
                    | Block::PageBreak(_)
                    | Block::Comment(_)
                    | Block::Verse(_)
                    | Block::Figure(_)
                    | Block::Math(_)
            )
        };
        self.is_parted |= item.task.is_some() && !item.body.first().is_none_or(is_line);
        // Behind a task's box stands a line; a page break alone in it is a block again.
        let text = match item.task.and(text.strip_prefix(APART)) {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        let task = match item.task {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let indent = " ".repeat(mark.len() + 1);
        let mut out = indented(&format!("{task}{text}"), &format!("{mark} "), &indent);
        // Items of nothing in each other would be a rule.
        let first = out.split('\n').next().unwrap_or("");
        if first.matches('-').count() > 2 && first.chars().all(|c| matches!(c, '-' | ' ')) {
            out.insert_str(first.trim_end().len(), &format!(" {APART}"));
        }
        out
    }

    fn entry(&mut self, entry: &'a Definition) -> String {
        let mut out = self.line(&entry.term, HEADING);
        for meaning in &entry.meanings {
            let text = self.blocks(meaning, Within::Loose);
            out.push('\n');
            out.push_str(&indented(&text, ": ", "  "));
        }
        out
    }

    fn table(&mut self, table: &'a Table) -> String {
        let mut row = |cells: &'a Row| {
            let cells: Vec<_> = cells.iter().map(|cell| self.line(cell.kind.line().unwrap_or_default(), CELL)).collect();
            format!("| {} |", cells.join(" | "))
        };
        let head = match table.head.first() {
            Some(head) => row(head),
            None => format!("|{}", "  |".repeat(table.columns.len())),
        };
        let columns = table.columns.iter().map(|align| match align {
            Align::Natural => "---",
            Align::Left => ":--",
            Align::Centre => ":-:",
            Align::Right => "--:",
        });
        let columns = format!("|{}|", columns.collect::<Vec<_>>().join("|"));
        let rows = [head, columns].into_iter().chain(table.rows.iter().map(row)).collect::<Vec<_>>().join("\n");
        match table.caption.is_empty() {
            true => rows,
            false => {
                let mut caption = self.line(&table.caption, HEADING);
                // Braces at its end would be the table's attributes.
                if caption.ends_with('}') {
                    caption.insert(caption.len() - 1, '\\');
                }
                format!("{rows}\n\nTable: {caption}")
            }
        }
    }

    fn figure(&mut self, figure: &'a Figure, attrs: Option<&Attrs>) -> String {
        let words = plain_text(&figure.caption);
        let is_plain = match &figure.caption[..] {
            [] => true,
            [Node { kind: Inline::Text(text), attrs: None, .. }] => *text == words,
            _ => false,
        };
        match &figure.images[..] {
            [Node { kind: image, attrs: None, .. }] if is_plain && attrs.is_none() => {
                let mut out = String::new();
                line::image(&crate::tree::Image { title: words, ..image.clone() }, None, &mut out);
                out
            }
            _ => self.html_figure(figure, attrs),
        }
    }

    /// A note under its label, with the mark that it bore in print where that is another.
    pub fn definition(&mut self, note: &'a Note) -> String {
        let label = self.names.label(note.id);
        let text = self.blocks(&note.body, Within::Loose);
        let words = matches!(note.body.first(), Some(Node { kind: Block::Paragraph(_), .. }));
        let mark = match self.names.mark(note.id) {
            Some(mark) if words => format!("<note n=\"{}\"/> ", line::quoted(mark)),
            Some(mark) => format!("<note n=\"{}\"/>\n\n", line::quoted(mark)),
            None => String::new(),
        };
        // A definition with nothing in it is none.
        let text = if text.is_empty() { APART.to_owned() } else { text };
        indented(&(mark + &text), &format!("[^{label}]: "), "    ")
    }
}

/// What stands between the braces for a node's attributes.
pub fn attributes(attrs: &Attrs) -> Vec<String> {
    let id = attrs.id.iter().map(|id| format!("#{id}"));
    let all: Vec<&str> = attrs.classes.iter().map(String::as_str).collect();
    let classes: Vec<String> = match all.iter().all(|class| is_name(class)) {
        true => all.iter().map(|class| format!(".{class}")).collect(),
        // In one value they keep their order.
        false => class_pair(&all).into_iter().collect(),
    };
    let lang = attrs.lang.iter().map(|lang| format!("lang={lang}"));
    let dir = attrs.dir.iter().map(|dir| format!("dir={}", dir.name()));
    let short = attrs.short.iter().map(|short| format!("short=\"{}\"", short.replace('"', "”")));
    id.chain(classes).chain(lang).chain(dir).chain(short).collect()
}

/// Whether a class can stand behind a full stop in braces, or a language.
fn is_name(class: &str) -> bool {
    class.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '-')
        && class.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
}

/// Whether a program's language can stand behind a full stop in braces, as C++ and F# do.
fn is_language(name: &str) -> bool {
    name.starts_with(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || "+-#._".contains(c))
}

/// Classes as the value of a key.
fn class_pair(classes: &[&str]) -> Option<String> {
    let said = classes.join(" ");
    let mark = if said.contains('"') { '\'' } else { '"' };
    (!said.is_empty()).then(|| format!("class={mark}{said}{mark}"))
}

/// Whether a table has column heads that say nothing, which Markdown has to write for one that has none.
fn has_silent_head(table: &Table) -> bool {
    !table.head.is_empty() && table.head.iter().flatten().all(|cell| cell.kind.body.is_empty())
}

fn same_kind_of_list(a: &Node<Block>, b: &Node<Block>) -> bool {
    match (&a.kind, &b.kind) {
        (Block::List(a), Block::List(b)) => a.start.is_some() == b.start.is_some(),
        _ => false,
    }
}

/// What stands between two blocks.
fn between(before: &Node<Block>, next: &Node<Block>, within: Within) -> String {
    let merge = matches!((&before.kind, &next.kind), (Block::Definitions(_), Block::Definitions(_)));
    match within {
        Within::Tight if follows_at_once(&before.kind, &next.kind) => "\n".to_owned(),
        Within::Tight => format!("\n{APART}\n"),
        Within::Body | Within::Quote | Within::Loose if merge => format!("\n\n{APART}\n\n"),
        Within::Body | Within::Quote | Within::Loose => "\n\n".to_owned(),
    }
}

/// Whether a block ends where the next begins, with no blank line between them.
fn follows_at_once(before: &Block, next: &Block) -> bool {
    let interrupts = match next {
        Block::Heading { .. }
        | Block::Quote(_)
        | Block::Group(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Code { .. }
        | Block::Rule
        | Block::PageBreak(_) => true,
        // Letters are a label right below a line of text, but not below what holds one.
        Block::List(list) => {
            list.start.is_none_or(|start| start == 1)
                && (list.numbering == Numbering::Decimal || matches!(before, Block::Paragraph(_)))
                && list.items.first().is_some_and(|item| !item.body.is_empty())
        }
        Block::Comment(_) => true,
        Block::Title(_)
        | Block::Paragraph(_)
        | Block::Verse(_)
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Math(_)
        | Block::Figure(_) => false,
    };
    match before {
        Block::Title(_)
        | Block::Heading { .. }
        | Block::Group(_)
        | Block::Bibliography(_)
        | Block::Index(_)
        | Block::Code { .. }
        | Block::Rule
        | Block::Comment(_) => true,
        Block::PageBreak(_)
        | Block::Paragraph(_)
        | Block::Quote(_)
        | Block::Verse(_)
        | Block::List(_)
        | Block::Definitions(_)
        | Block::Table(_)
        | Block::Math(_)
        | Block::Figure(_) => interrupts && !same_container(before, next),
    }
}

/// Whether `next` would go on with `before`.
fn same_container(before: &Block, next: &Block) -> bool {
    matches!((before, next), (Block::Quote(_), Block::Quote(_)))
}

fn code(language: &str, text: &str, attrs: Option<&Attrs>) -> String {
    let said = match attrs {
        None => language.to_owned(),
        // The first class behind a full stop would be the language.
        Some(attrs) if language.is_empty() => {
            let classes: Vec<&str> = attrs.classes.iter().map(String::as_str).collect();
            let others = attributes(&Attrs { classes: Vec::new(), ..attrs.clone() });
            format!(" {{{}}}", class_pair(&classes).into_iter().chain(others).collect::<Vec<_>>().join(" "))
        }
        Some(_) => line::braces(attrs).replacen('{', &format!(" {{.{language} "), 1),
    };
    let mark = if said.contains('`') { '~' } else { '`' };
    let fence = mark.to_string().repeat(line::longest_run(text, mark).max(2) + 1);
    let mut info = String::new();
    for c in said.chars() {
        match c {
            '&' => info += "&amp;",
            '\\' => info += "\\\\",
            c => info.push(c),
        }
    }
    let text = if text.is_empty() { String::new() } else { format!("{text}\n") };
    format!("{fence}{info}\n{text}{fence}")
}

/// `text` with `first` before its first line and `rest` before every other that is not empty.
fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (at, line) in text.split('\n').enumerate() {
        let mark = if at == 0 { first } else { rest };
        if at > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { mark.trim_end() } else { mark });
        out.push_str(line);
    }
    out
}
