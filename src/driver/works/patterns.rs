//! Names of files with `*`, `?`, `[a-z]` and `**`, as shells have them.

/// Whether a name in a list of files is a pattern.
pub fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Whether the path `path`, with `/` between its parts, is one that `pattern` means.
pub fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<_> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let path: Vec<_> = path.split('/').collect();
    parts(&pattern, &path)
}

fn parts(pattern: &[&str], path: &[&str]) -> bool {
    // `reach[n]`: whether what came so far of the pattern takes n parts of the path; a stack that grows with `**` isn't needed.
    let mut reach = vec![false; path.len() + 1];
    reach[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            next[at] =
                if *part == "**" { reach[..=at].contains(&true) } else { at > 0 && reach[at - 1] && name(part, path[at - 1]) };
        }
        reach = next;
    }
    reach[path.len()]
}

fn name(pattern: &str, name: &str) -> bool {
    let pieces = pieces(pattern);
    let name: Vec<char> = name.chars().collect();
    let mut reach = vec![false; name.len() + 1];
    reach[0] = true;
    for piece in &pieces {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            next[at] = match piece {
                Piece::Any => reach[..=at].contains(&true),
                Piece::One => at > 0 && reach[at - 1],
                Piece::Letter(letter) => at > 0 && reach[at - 1] && name[at - 1] == *letter,
                Piece::OneOf { not, ranges } => {
                    let within = |c: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
                    at > 0 && reach[at - 1] && within(name[at - 1]) != *not
                }
            };
        }
        reach = next;
    }
    reach[name.len()]
}

enum Piece {
    Any,
    One,
    Letter(char),
    OneOf { not: bool, ranges: Vec<(char, char)> },
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let chars: Vec<char> = pattern.chars().collect();
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some(c) = chars.get(at) {
        at += 1;
        let close = || chars.iter().skip(at + 1).position(|c| *c == ']').map(|behind| at + 1 + behind);
        match c {
            '*' => pieces.push(Piece::Any),
            '?' => pieces.push(Piece::One),
            '[' => match close() {
                Some(end) => {
                    let not = matches!(chars[at], '!' | '^');
                    pieces.push(Piece::OneOf { not, ranges: ranges(&chars[at + usize::from(not)..end]) });
                    at = end + 1;
                }
                None => pieces.push(Piece::Letter('[')),
            },
            letter => pieces.push(Piece::Letter(*letter)),
        }
    }
    pieces
}

fn ranges(inner: &[char]) -> Vec<(char, char)> {
    let (mut ranges, mut at) = (Vec::new(), 0);
    while let Some(first) = inner.get(at) {
        match (inner.get(at + 1), inner.get(at + 2)) {
            (Some('-'), Some(last)) => {
                ranges.push((*first, *last));
                at += 3;
            }
            _ => {
                ranges.push((*first, *first));
                at += 1;
            }
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_those_of_shells() {
        for (pattern, path) in [
            ("*.md", "a.md"),
            ("part-?/*.md", "part-1/a.md"),
            ("./*.md", "a.md"),
            ("**/*.md", "a.md"),
            ("**/*.md", "a/b/c.md"),
            ("part-*/**", "part-1/a/b.md"),
            ("[0-9]*.md", "1 a.md"),
            ("[!a].md", "b.md"),
            ("[]x].md", "].md"),
            ("[.md", "[.md"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("*.md", "a/b.md"), ("*.md", "a.txt"), ("?.md", "ab.md"), ("[!a].md", "a.md"), ("a", "A"), ("", "a")]
        {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
        let long = "*a".repeat(60) + "b";
        assert!(!matches(&long, &"a".repeat(2000)));
    }
}
