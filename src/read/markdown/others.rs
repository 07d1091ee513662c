//! What other programs write into the words of Markdown and make sense of later, when it is a tree: bookdown's text references and
//! labels of captions, captions of WordPress, readings of Japanese words as Aozora Bunko writes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::Report;
use crate::span::Span;
use crate::tree::{
    Attrs, Block, Blocks, Figure, Group, GroupRole, Image, Inline, Inlines, Node, PartMut, VisitMut, cross_target,
    inline_children_mut, lines_mut, parts_mut, plain_text, walk_blocks_mut,
};

/// Reads what the text has of these; `text` says whether it has any.
pub fn read(blocks: &mut Blocks, text: &str, report: &mut Report) {
    let has = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    if has("(\\#fig:") || has("caption") {
        captions(blocks);
    }
    if has("(ref:") {
        references(blocks, report);
    }
    if has("《") {
        lines_mut(blocks, false, &mut |line, _| readings(line));
    }
}

/// The name of a text reference at the front of a text, `(ref:cap)`, and what stands behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("(ref:")?;
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let behind = rest[length..].strip_prefix(')')?;
    (length > 0).then_some((&rest[..length], behind))
}

/// Puts paragraphs that begin with a name, `(ref:cap) words`, in the place of that name (bookdown, 2.2.4). One that nothing asks for stays.
fn references(blocks: &mut Blocks, report: &mut Report) {
    let mut defined: BTreeMap<String, Inlines> = BTreeMap::new();
    for node in blocks.iter() {
        let Block::Paragraph(line) = &node.kind else { continue };
        let Some(Node { kind: Inline::Text(text), span, attrs: None }) = line.first() else { continue };
        let Some((own, behind)) = name(text).filter(|(_, behind)| behind.starts_with(' ')) else { continue };
        let mut said = line.clone();
        let words = behind.trim_start();
        let lead = if span.range().len() == text.len() { (text.len() - words.len()) as u32 } else { 0 };
        said[0] = Node::new(Inline::Text(words.to_owned()), Span { start: span.start + lead, ..*span });
        said.retain(|node| !matches!(&node.kind, Inline::Text(text) if text.is_empty()));
        defined.entry(own.to_owned()).or_insert(said);
    }
    let is_definition = |line: &Inlines| match line.first().map(|node| &node.kind) {
        Some(Inline::Text(text)) => {
            name(text).is_some_and(|(own, behind)| behind.starts_with(' ') && defined.contains_key(own))
        }
        _ => false,
    };
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut lost: Vec<Span> = Vec::new();
    lines_mut(blocks, false, &mut |line, _| {
        if !is_definition(line) {
            fill(line, &defined, &mut used, &mut lost);
        }
    });
    walk_blocks_mut(blocks, &mut |visit| {
        let image: Option<&mut Image> = match visit {
            VisitMut::Image(node) => Some(&mut node.kind),
            VisitMut::Inline(Node { kind: Inline::Image(image), .. }) => Some(image),
            _ => None,
        };
        let Some(image) = image else { return };
        if let Some((own, "")) = name(image.alt.trim())
            && let Some(said) = defined.get(own)
        {
            used.insert(own.to_owned());
            image.alt = plain_text(said);
        }
    });
    blocks.retain(|node| match &node.kind {
        Block::Paragraph(line) if is_definition(line) => {
            let Some(Inline::Text(text)) = line.first().map(|node| &node.kind) else { return true };
            !name(text).is_some_and(|(own, _)| used.contains(own))
        }
        _ => true,
    });
    if let Some(first) = lost.first() {
        report
            .warn("cross-reference-missing", *first, "no paragraph of the text bears the name of this text reference (ref:…)")
            .also(lost[1..].iter().copied())
            .hint("write a paragraph that begins with it, (ref:name) words; it stands as it is written till then");
    }
}

/// Puts what is defined in the place of its names in a line.
fn fill(line: &mut Inlines, defined: &BTreeMap<String, Inlines>, used: &mut BTreeSet<String>, lost: &mut Vec<Span>) {
    let mut at = 0;
    while at < line.len() {
        let Inline::Text(text) = &line[at].kind else {
            at += 1;
            continue;
        };
        let (text, span) = (text.clone(), line[at].span);
        let mut from = 0;
        let found = loop {
            let Some(place) = text[from..].find("(ref:").map(|place| from + place) else { break None };
            match name(&text[place..]) {
                Some((own, behind)) if defined.contains_key(own) => break Some((place, own.to_owned(), behind.len())),
                Some(_) => lost.push(span),
                None => {}
            }
            from = place + 1;
        };
        let Some((place, own, rest)) = found else {
            at += 1;
            continue;
        };
        let mut pieces = vec![Node::new(Inline::Text(text[..place].to_owned()), span)];
        pieces.extend(defined[&own].iter().cloned());
        let count = pieces.len() - 1;
        pieces.push(Node::new(Inline::Text(text[text.len() - rest..].to_owned()), span));
        used.insert(own);
        let is_empty = |node: &Node<Inline>| matches!(&node.kind, Inline::Text(text) if text.is_empty());
        let begins = usize::from(!is_empty(&pieces[0]));
        pieces.retain(|node| !is_empty(node));
        line.splice(at..=at, pieces);
        // What stands behind it may name another.
        at += count + begins;
    }
}

/// Pictures with their captions, as R Markdown sets them in HTML and WordPress between its own marks.
fn captions(blocks: &mut Blocks) {
    for node in blocks.iter_mut() {
        let found = match &mut node.kind {
            Block::Group(group) => figure(group, node.attrs.as_deref()),
            Block::Paragraph(line) => of_wordpress(line),
            Block::Figure(figure) if node.attrs.is_none() => labelled(figure),
            _ => None,
        };
        if let Some((figure, id)) = found {
            node.kind = Block::Figure(figure);
            let attrs = node.attrs.get_or_insert_default();
            attrs.classes.retain(|class| class != "figure");
            attrs.id = attrs.id.take().or(id);
            if **attrs == Attrs::default() {
                node.attrs = None;
            }
        }
        parts_mut(&mut node.kind, &mut |part| match part {
            PartMut::Blocks(inner) => captions(inner),
            PartMut::Cell(cell) => captions(&mut cell.kind.body),
            PartMut::Line(_) | PartMut::Image(_) => {}
        });
    }
}

/// `<div class="figure">` with a picture and `<p class="caption">`, whose label is bookdown's: `(\#fig:mill)`.
fn figure(group: &mut Group, attrs: Option<&Attrs>) -> Option<(Figure, Option<String>)> {
    let has = |attrs: Option<&Attrs>, name: &str| attrs.is_some_and(|attrs| attrs.classes.iter().any(|class| class == name));
    (group.role == GroupRole::Plain && group.title.is_empty() && has(attrs, "figure")).then_some(())?;
    let [pictures @ .., Node { kind: Block::Paragraph(caption), attrs: own, .. }] = &group.body[..] else { return None };
    has(own.as_deref(), "caption").then_some(())?;
    let mut images = Vec::new();
    (pictures.iter().all(|node| super::leaf::images(node, &mut images)) && !images.is_empty()).then_some(())?;
    let mut caption = caption.clone();
    let id = label(&mut caption);
    Some((Figure { images, caption }, id))
}

/// bookdown's label in the description of a picture.
fn labelled(figure: &mut Figure) -> Option<(Figure, Option<String>)> {
    let [image] = &mut figure.images[..] else { return None };
    let (key, behind) = image.kind.alt.strip_prefix("(#")?.split_once(')')?;
    let id = cross_target(key).filter(|_| key.contains(':') && !key.contains(char::is_whitespace))?;
    image.kind.alt = behind.trim_start().to_owned();
    Some((figure.clone(), Some(id)))
}

/// Takes bookdown's label off the front of a caption.
fn label(caption: &mut Inlines) -> Option<String> {
    let Some(Node { kind: Inline::Text(text), span, .. }) = caption.first_mut() else { return None };
    let rest = text.strip_prefix("(\\#").or_else(|| text.strip_prefix("(#"))?;
    let (key, behind) = rest.split_once(')')?;
    let id = cross_target(key).filter(|_| key.contains(':') && !key.contains(char::is_whitespace))?;
    let lead = text.len() - behind.trim_start().len();
    span.start += if span.range().len() == text.len() { lead as u32 } else { 0 };
    text.replace_range(..lead, "");
    Some(id)
}

/// `[caption id="…"]`, a picture, its caption, `[/caption]`.
fn of_wordpress(line: &mut Inlines) -> Option<(Figure, Option<String>)> {
    const END: &str = "[/caption]";
    let [Node { kind: Inline::Text(open), .. }, Node { kind: Inline::Image(image), span, attrs }, caption @ ..] = &line[..]
    else {
        return None;
    };
    let opens = open.trim().strip_prefix("[caption").and_then(|rest| rest.strip_suffix(']'));
    opens.filter(|inner| !inner.contains(['[', ']']))?;
    let mut caption = caption.to_vec();
    let Some(Node { kind: Inline::Text(last), .. }) = caption.last_mut() else { return None };
    let words = last.trim_end().strip_suffix(END)?.trim_end().len();
    last.truncate(words);
    super::leaf::trim(&mut caption);
    let image = Node { kind: image.clone(), span: *span, attrs: attrs.clone() };
    Some((Figure { images: vec![image], caption }, None))
}

/// Whether a letter is one of Chinese, as Japanese words have them.
fn is_ideograph(c: char) -> bool {
    matches!(c, '々' | '〆' | '〇' | 'ヶ' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Kana, in which readings are written. What else stands between such brackets is a title.
fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309F}' | '\u{30A0}'..='\u{30FF}')
}

/// `漢字《かんじ》`, and `｜二つの漢字《ふたつのかんじ》` where the word has other letters, too.
fn readings(line: &mut Inlines) {
    let mut at = 0;
    while at < line.len() {
        let node = &mut line[at];
        let span = node.span;
        match &mut node.kind {
            Inline::Text(text) if node.attrs.is_none() && text.contains('《') => {
                let pieces = read_of(text, span);
                let count = pieces.len();
                line.splice(at..=at, pieces);
                at += count;
            }
            Inline::Ruby { .. } => at += 1,
            kind => {
                inline_children_mut(kind).into_iter().for_each(readings);
                at += 1;
            }
        }
    }
}

/// A text with its readings, each piece in its place.
fn read_of(text: &str, span: Span) -> Inlines {
    let is_exact = span.range().len() == text.len();
    let place = |from: usize, to: usize| match is_exact {
        true => Span { start: span.start + from as u32, end: span.start + to as u32, ..span },
        false => span,
    };
    let (mut out, mut from, mut at) = (Inlines::new(), 0, 0);
    while let Some(open) = text[at..].find('《').map(|found| at + found) {
        at = open + '《'.len_utf8();
        let Some(length) = text[at..].find('》') else { break };
        let reading = &text[at..at + length];
        if reading.is_empty() || !reading.chars().all(is_kana) {
            continue;
        }
        // A word is short.
        let near = (open.saturating_sub(60).max(from)..=open).find(|at| text.is_char_boundary(*at)).unwrap_or(open);
        let before = &text[near..open];
        let bar = before.rfind('｜').filter(|bar| !before[*bar..].contains(['。', '\n', '》'])).map(|bar| near - from + bar);
        let base = match bar {
            Some(bar) => from + bar + '｜'.len_utf8()..open,
            None => open - before.chars().rev().take_while(|c| is_ideograph(*c)).map(char::len_utf8).sum::<usize>()..open,
        };
        if base.is_empty() {
            continue;
        }
        let end = at + length + '》'.len_utf8();
        let start = bar.map_or(base.start, |bar| from + bar);
        if start > from {
            out.push(Node::new(Inline::Text(text[from..start].to_owned()), place(from, start)));
        }
        let words = vec![Node::new(Inline::Text(text[base.clone()].to_owned()), place(base.start, base.end))];
        out.push(Node::new(Inline::Ruby { base: words, reading: reading.to_owned() }, place(start, end)));
        (from, at) = (end, end);
    }
    if from < text.len() {
        out.push(Node::new(Inline::Text(text[from..].to_owned()), place(from, text.len())));
    }
    out
}
