//! Marks of generators of sites around what is read: listings, and pictures with what is said of them.

use super::super::stream::Gap;
use super::drawn::Drawn;

/// No listing is longer, in bytes.
const LONGEST: usize = 200_000;

/// What begins with the line at `start`, in a text that goes to `end`.
pub fn at(source: &str, start: usize, end: usize) -> Option<Drawn> {
    let line = |from: usize| from..source[from..end].find('\n').map_or(end, |length| from + length);
    let first = line(start);
    let said = source[first.clone()].trim();
    let name = ["{% ", "{{< ", "{{% "].iter().find_map(|open| said.strip_prefix(open))?.split_whitespace().next()?;
    if name == "highlight" {
        let mut drawn = Drawn { marks: vec![first.clone()], ..Drawn::default() };
        let mut next = first.end + 1;
        while next < end.min(start + LONGEST) {
            let own = line(next);
            next = own.end + 1;
            let said = source[own.clone()].trim();
            if ["{% endhighlight %}", "{{< /highlight >}}", "{{< / highlight >}}", "{{% /highlight %}}"].contains(&said) {
                drawn.end = own.end;
                drawn.marks.push(own);
                return Some(drawn);
            }
            // Another that begins says that nothing closes this one.
            if ["{% highlight", "{{< highlight", "{{% highlight", "{{< figure"].iter().any(|sign| said.starts_with(sign)) {
                return None;
            }
            drawn.code.push(own);
        }
        return None;
    }
    (name == "figure" && said.starts_with("{{< ") && said.ends_with(">}}")).then_some(())?;
    let mut drawn = Drawn { end: first.end, ..Drawn::default() };
    let mut at = first.start + source[first.clone()].find("figure")? + "figure".len();
    drawn.marks.push(first.start..at);
    let mut caption = Vec::new();
    let known = ["src", "title", "caption", "alt", "width", "height", "class", "loading"];
    loop {
        let rest = &source[at..first.end];
        let Some(length) = rest.find("=\"") else { break };
        let key = rest[..length].trim();
        known.contains(&key).then_some(())?;
        let from = at + length + 2;
        let to = from + source[from..first.end].find('"')?;
        match key {
            "title" | "caption" => {
                drawn.light.push((at..from, Gap::Space));
                caption.push(from..to);
            }
            "alt" => {
                drawn.marks.push(at..from);
                drawn.cell(from..to);
            }
            _ => drawn.marks.push(at..to),
        }
        at = to;
        drawn.light.push((at..at + 1, Gap::Space));
        at += 1;
    }
    drawn.cells.push(caption);
    (source[at..first.end].trim() == ">}}").then_some(())?;
    drawn.marks.push(at..first.end);
    Some(drawn)
}
