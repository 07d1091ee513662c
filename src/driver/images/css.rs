//! The style sheet of a drawing, without whatever loads or runs.

/// A style sheet that may stay, and how many references to other files it lost.
pub struct Css {
    pub text: String,
    pub outside: usize,
    /// Whether it makes something move.
    pub moves: bool,
}

/// Cleans a style sheet, or the declarations of a `style` attribute. `inside` says what a reference within the file is called.
pub fn clean(text: &str, inside: impl Fn(&str) -> Option<String>) -> Css {
    // Backslashes spell names in other letters: without them, what hides is seen, and what is harmless is hardly ever written so.
    let text = bare(text).replace('\\', "");
    let mut css = Css { text: String::with_capacity(text.len()), outside: 0, moves: false };
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['@', '(']) {
        let (before, behind) = rest.split_at(at);
        if behind.starts_with('@') {
            css.text.push_str(before);
            rest = css.at_rule(behind);
        } else {
            rest = css.function(before, &behind[1..], &inside);
        }
    }
    css.text.push_str(rest);
    css
}

impl Css {
    /// What begins with `@`: its rest is returned.
    fn at_rule<'t>(&mut self, text: &'t str) -> &'t str {
        let name: String = text[1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let name = name.to_ascii_lowercase();
        if name.ends_with("keyframes") {
            self.moves = true;
        }
        if name.ends_with("keyframes") || matches!(name.as_str(), "media" | "supports") {
            self.text.push('@');
            return &text[1..];
        }
        self.outside += usize::from(matches!(name.as_str(), "import" | "font-face"));
        let end = text.find([';', '{']).unwrap_or(text.len());
        if text[end..].starts_with('{') {
            return text[end..].find('}').map_or("", |close| &text[end + close + 1..]);
        }
        text.get(end + 1..).unwrap_or("")
    }

    /// What stands before a bracket, and in it.
    fn function<'t>(&mut self, before: &str, text: &'t str, inside: &impl Fn(&str) -> Option<String>) -> &'t str {
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).map_or(0, |at| at + 1);
        // What stands before a bracket may end in a letter of more than a byte.
        let start = (start..=before.len()).find(|at| before.is_char_boundary(*at)).unwrap_or(before.len());
        let (head, name) = before.split_at(start);
        self.text.push_str(head);
        let name_known = name.to_ascii_lowercase();
        let loads = matches!(
            name_known.as_str(),
            "url" | "src" | "image" | "image-set" | "-webkit-image-set" | "cross-fade" | "expression" | "element"
        );
        if !loads {
            self.text.push_str(name);
            self.text.push('(');
            return text;
        }
        let end = text.find(')').unwrap_or(text.len());
        let target = text[..end].trim().trim_matches(['"', '\'']).trim();
        match target.strip_prefix('#').filter(|_| name_known == "url") {
            Some(id) => {
                if let Some(id) = inside(id) {
                    self.text.push_str(&format!("url(#{id})"));
                } else {
                    self.text.push_str("none");
                }
            }
            None => {
                self.outside += 1;
                self.text.push_str("none");
            }
        }
        text.get(end + 1..).unwrap_or("")
    }
}

/// Without comments.
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, behind)| behind);
    }
    bare + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str, outside: usize) {
        let css = clean(text, |id| Some(id.to_owned()));
        assert_eq!((css.text.as_str(), css.outside), (want, outside));
    }

    #[test]
    fn what_loads_is_left_out() {
        check("fill: url( '#a' ) red", "fill: url(#a) red", 0);
        check("fill:URL(http://e.org/a.svg#b);stroke:red", "fill:none;stroke:red", 1);
        check("@import 'a.css'; .a{fill:red}", " .a{fill:red}", 1);
        check("@im/**/port url(a.css);", "", 1);
        check("@\\69mport url(a.css);.a{}", ".a{}", 0);
        check("@font-face{font-family:x;src:url(data:font/woff2;base64,AA)} g{color:rgb(1,2,3)}", " g{color:rgb(1,2,3)}", 1);
        check("fill:u\\rl(x)", "fill:none", 1);
        check("transform:translate(1px);width:expression(alert(1))", "transform:translate(1px);width:none)", 1);
        check("a{b:é(c", "a{b:é(c", 0);
        assert!(clean("@keyframes a{}", |_| None).moves);
    }
}
