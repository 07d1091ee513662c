//! Licences by the names that people and SPDX give them (<https://spdx.org/licenses/>): outputs want an address.

/// Names of SPDX whose text stands under <https://spdx.org/licenses/>, beside those of Creative Commons.
const SPDX: &[&str] = &[
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "EPL-2.0",
    "EUPL-1.2",
    "FSFAP",
    "GFDL-1.1-only",
    "GFDL-1.1-or-later",
    "GFDL-1.2-only",
    "GFDL-1.2-or-later",
    "GFDL-1.3-only",
    "GFDL-1.3-or-later",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "LPPL-1.3c",
    "MIT",
    "MPL-2.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "OFL-1.1",
    "PDDL-1.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

/// Terms of Creative Commons' licences, each in the one order that its address has.
const TERMS: &[&str] = &["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"];

const VERSIONS: &[&str] = &["1.0", "2.0", "2.1", "2.5", "3.0", "4.0"];

/// The address of a licence that is named: `CC-BY-4.0`, `CC BY-SA 4.0`, `cc0`, `MIT`.
pub fn address(name: &str) -> Option<String> {
    let name = name.trim();
    let words = name.to_lowercase().replace(['_', ' ', '/'], "-");
    if matches!(words.as_str(), "cc0" | "cc0-1.0" | "cc-0" | "cc-zero" | "cc0-1.0-universal") {
        return Some("https://creativecommons.org/publicdomain/zero/1.0/".to_owned());
    }
    if matches!(words.as_str(), "cc-pdm-1.0" | "pdm-1.0" | "public-domain-mark-1.0") {
        return Some("https://creativecommons.org/publicdomain/mark/1.0/".to_owned());
    }
    if let Some(rest) = words.strip_prefix("cc-") {
        // The terms may stand in any order: `CC-BY-SA-NC` is what people write.
        let (terms, version) = rest.rsplit_once('-').filter(|(_, version)| VERSIONS.contains(version))?;
        let mut said: Vec<_> = terms.split('-').collect();
        said.sort_unstable();
        let same = |known: &&&str| {
            let mut parts: Vec<_> = known.split('-').collect();
            parts.sort_unstable();
            parts == said
        };
        let terms = TERMS.iter().find(same)?;
        return Some(format!("https://creativecommons.org/licenses/{terms}/{version}/"));
    }
    let known = SPDX.iter().find(|known| known.eq_ignore_ascii_case(name))?;
    Some(format!("https://spdx.org/licenses/{known}.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_addresses() {
        let by = |name| address(name);
        assert_eq!(by("CC-BY-4.0").as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
        assert_eq!(by("cc by-nc-sa 3.0").as_deref(), Some("https://creativecommons.org/licenses/by-nc-sa/3.0/"));
        assert_eq!(by("CC-BY-SA-NC-4.0"), by("CC BY-NC-SA 4.0"));
        assert_eq!(by("CC0").as_deref(), Some("https://creativecommons.org/publicdomain/zero/1.0/"));
        assert_eq!(by("mit").as_deref(), Some("https://spdx.org/licenses/MIT.html"));
        assert_eq!(by("free for all"), None);
        assert_eq!(by("CC-BY"), None, "without a version, no licence is meant");
    }
}
