//! Numbers as printers write them: in the digits of several scripts, and in Roman letters.

/// The value of a number, written in Arabic digits of any script, or in Roman letters up to 399.
pub fn value(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 7 {
        return None;
    }
    let mut sum = 0u32;
    for c in text.chars() {
        match digit(c) {
            Some(digit) => sum = sum * 10 + digit,
            None => return roman(text),
        }
    }
    Some(sum)
}

/// The side of a leaf, as it stands behind the leaf's number (`12r`, `12v`, `12va`): 0 for the front, 1 for the back.
pub fn side(said: &str) -> Option<u32> {
    match said {
        "r" | "a" | "ra" | "rb" => Some(0),
        "v" | "b" | "va" | "vb" => Some(1),
        _ => None,
    }
}

/// The value of a decimal digit: ASCII, Arabic-Indic, Eastern Arabic-Indic, Devanagari, Bengali, superscript.
pub fn digit(c: char) -> Option<u32> {
    let offset = |zero: u32| u32::from(c) - zero;
    match c {
        '0'..='9' => Some(offset(0x30)),
        '\u{660}'..='\u{669}' => Some(offset(0x660)),
        '\u{6F0}'..='\u{6F9}' => Some(offset(0x6F0)),
        '\u{966}'..='\u{96F}' => Some(offset(0x966)),
        '\u{9E6}'..='\u{9EF}' => Some(offset(0x9E6)),
        c => superscript(c),
    }
}

/// The value of a superscript digit.
pub fn superscript(c: char) -> Option<u32> {
    Some(match c {
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁰' => 0,
        '\u{2074}'..='\u{2079}' => u32::from(c) - 0x2070,
        _ => return None,
    })
}

/// The value of a number in a circle, as notes bear it in Chinese and Japanese.
pub fn circled(c: char) -> Option<u32> {
    match c {
        '\u{2460}'..='\u{2473}' => Some(u32::from(c) - 0x245F),
        _ => None,
    }
}

/// The value of a Roman number that is written as it should be: `iiii` and `vx` are none.
pub fn roman(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let same_case = text.bytes().all(|byte| byte.is_ascii_lowercase()) || text.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut rest = lower.as_str();
    let mut sum = 0;
    const SIGNS: [(&str, u32); 9] =
        [("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)];
    for (sign, worth) in SIGNS {
        let most = if sign.len() == 1 && worth != 5 && worth != 50 { 3 } else { 1 };
        for _ in 0..most {
            if let Some(behind) = rest.strip_prefix(sign) {
                rest = behind;
                sum += worth;
            }
        }
    }
    (rest.is_empty() && sum > 0 && same_case).then_some(sum)
}

/// A number in Roman letters, in the case of `like`.
pub fn to_roman(value: u32, like: &str) -> String {
    const SIGNS: [(&str, u32); 9] =
        [("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)];
    let mut rest = value;
    let mut said = String::new();
    for (sign, worth) in SIGNS {
        while rest >= worth {
            said.push_str(sign);
            rest -= worth;
        }
    }
    if like.bytes().all(|byte| byte.is_ascii_uppercase()) { said.to_uppercase() } else { said }
}
