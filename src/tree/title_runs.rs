//! A heading's words as contents say them: without notes, links and ids, but with what its letters are.

use super::{Inline, Inlines, Node, Style, inline_children};

/// A stretch of a title in one style and language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TitleRun {
    pub text: String,
    /// From the outermost.
    pub styles: Vec<Style>,
    /// Where the source says it of a part of the title.
    pub lang: Option<String>,
}

/// A title in runs, whose text is that of [`super::plain_text`].
pub fn title_runs(title: &Inlines) -> Vec<TitleRun> {
    let mut writer = Writer { runs: Vec::new(), owed: None };
    writer.say(title, &TitleRun::default());
    writer.runs
}

struct Writer {
    runs: Vec<TitleRun>,
    /// White that was passed since the last word, as it is set where it stands.
    owed: Option<TitleRun>,
}

impl Writer {
    fn say(&mut self, inlines: &[Node<Inline>], at: &TitleRun) {
        for node in inlines {
            let lang = node.lang().map(str::to_owned).or_else(|| at.lang.clone());
            match &node.kind {
                Inline::Text(text) | Inline::Code(text) => self.text(text, at),
                Inline::Math(tex) => self.text(&super::formula_words(tex), at),
                Inline::LineBreak => self.owe(at),
                Inline::PageBreak(page) if page.space => self.owe(at),
                Inline::Image(image) => self.text(&image.alt, at),
                Inline::Styled(style, inner) => {
                    let mut styles = at.styles.clone();
                    // Bold is what contents mean by themselves, and a line under or through words is no part of a name.
                    let kept = matches!(style, Style::Emphasis | Style::Superscript | Style::Subscript | Style::SmallCaps);
                    styles.extend(kept.then_some(*style));
                    self.say(inner, &TitleRun { styles, lang, ..TitleRun::default() });
                }
                Inline::Span(_) | Inline::Link(_) | Inline::Citation(_) | Inline::Reference(_) | Inline::Ruby { .. } => {
                    let styles = at.styles.clone();
                    self.say(inline_children(&node.kind), &TitleRun { styles, lang, ..TitleRun::default() });
                }
                Inline::IndexTerm(_)
                | Inline::Note(_)
                | Inline::NoteCall(_)
                | Inline::PageBreak(_)
                | Inline::LineEnd
                | Inline::Comment(_) => {}
            }
        }
    }

    fn text(&mut self, text: &str, at: &TitleRun) {
        for (number, word) in text.split(char::is_whitespace).enumerate() {
            if number > 0 {
                self.owe(at);
            }
            if word.is_empty() {
                continue;
            }
            if let Some(white) = self.owed.take().filter(|_| !self.runs.is_empty()) {
                self.put(" ", &white);
            }
            self.put(word, at);
        }
    }

    fn owe(&mut self, at: &TitleRun) {
        if self.owed.is_none() {
            self.owed = Some(at.clone());
        }
    }

    fn put(&mut self, text: &str, at: &TitleRun) {
        match self.runs.last_mut().filter(|last| last.styles == at.styles && last.lang == at.lang) {
            Some(last) => last.text.push_str(text),
            None => self.runs.push(TitleRun { text: text.to_owned(), ..at.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    #[test]
    fn words_are_those_of_the_plain_text() {
        let text = |text: &str| Node::new(Inline::Text(text.to_owned()), Span::default());
        let styled = |style, inner: Inlines| Node::new(Inline::Styled(style, inner), Span::default());
        let title = vec![
            text(" On the "),
            styled(Style::Strong, vec![text("genus "), styled(Style::Emphasis, vec![text(" Rosa")])]),
            text(" and H"),
            styled(Style::Subscript, vec![text("2")]),
            text("O "),
        ];
        let runs = title_runs(&title);
        assert_eq!(runs.iter().map(|run| &*run.text).collect::<String>(), super::super::plain_text(&title));
        let styles: Vec<_> = runs.iter().map(|run| (&*run.text, run.styles.len())).collect();
        assert_eq!(styles, [("On the genus ", 0), ("Rosa", 1), (" and H", 0), ("2", 1), ("O", 0)]);
    }
}
