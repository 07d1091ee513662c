//! Words whose hyphen is their own, by closed lists: what stands at a line's end with one of them is no printer's cut, though the text
//! has the word nowhere else. `Peut-|être`, `self-|evident`, `кто-|то`.

use hypher::Lang;

/// Whether the hyphen between two halves is the word's own. `before`: what stands right before the first half, a hyphen perhaps.
pub fn keeps(left: &str, right: &str, before: &str, language: Option<Lang>) -> bool {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    let again = before.ends_with(['-', '\u{2010}']);
    match language {
        Some(Lang::English) => english(&left, &right),
        Some(Lang::French) => french(&left, &right, again),
        Some(Lang::Russian) => russian(&left, &right),
        Some(Lang::Ukrainian) => ukrainian(&left, &right),
        _ => false,
    }
}

const TENS: &[&str] = &["twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const UNITS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "first", "second", "third", "fourth", "fifth",
    "sixth", "seventh", "eighth", "ninth",
];
const WELL: &[&str] = &[
    "known",
    "being",
    "bred",
    "born",
    "nigh",
    "made",
    "built",
    "dressed",
    "meaning",
    "meant",
    "established",
    "defined",
    "founded",
    "grounded",
    "intentioned",
    "disposed",
    "spoken",
    "earned",
    "wisher",
    "wishers",
    "educated",
    "informed",
    "preserved",
];

fn english(left: &str, right: &str) -> bool {
    match left {
        // `selfish`, `selfless` and `selfsame` are words by themselves.
        "self" => {
            right.len() > 3 && !right.starts_with("ish") && !right.starts_with("less") && right != "same" && right != "hood"
        }
        "well" => WELL.contains(&right),
        "so" => right == "called",
        "good" => matches!(right, "bye" | "natured" | "humoured" | "humored" | "looking" | "tempered"),
        "old" => right == "fashioned",
        "great" => {
            matches!(right, "grandfather" | "grandmother" | "grandson" | "granddaughter" | "uncle" | "aunt" | "nephew" | "coat")
        }
        "two" | "three" | "four" | "five" => {
            matches!(right, "thirds" | "fourths" | "quarters" | "fifths" | "sixths" | "tenths")
        }
        "one" => matches!(right, "third" | "fourth" | "fifth" | "sixth" | "tenth" | "half"),
        tens => TENS.contains(&tens) && UNITS.contains(&right),
    }
}

const NUMERALS: &[&str] = &[
    "un",
    "une",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "unième",
    "deuxième",
    "troisième",
    "quatrième",
    "cinquième",
    "sixième",
    "septième",
    "huitième",
    "neuvième",
    "dixième",
    "onzième",
    "douzième",
];
/// Words that are never a line's end by a printer's cut where a hyphen stands before them, too: `tête-à-|tête`, `a-t-|il`.
const BETWEEN: &[&str] = &["à", "de", "du", "des", "le", "la", "en", "t", "sur", "sous", "ci", "là"];
const KIN: &[&str] =
    &["père", "mère", "pères", "mères", "frère", "frères", "sœur", "sœurs", "fils", "fille", "filles", "parents"];

fn french(left: &str, right: &str, again: bool) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| left.ends_with(ending));
    let long = left.chars().count() >= 3;
    if again && BETWEEN.contains(&left) {
        return true;
    }
    let by_left = match left {
        "au" => matches!(right, "devant" | "dessus" | "dessous" | "delà" | "dehors" | "dedans"),
        "là" => matches!(right, "bas" | "haut" | "dessus" | "dessous" | "dedans" | "devant"),
        "ci" => matches!(right, "dessus" | "dessous" | "devant" | "après" | "contre" | "joint" | "inclus" | "gît"),
        "par" => matches!(right, "dessus" | "dessous" | "delà" | "devant"),
        "peut" => right == "être",
        "quelques" => matches!(right, "uns" | "unes"),
        "celui" | "celle" | "ceux" | "celles" => right == "ci",
        "grand" | "grands" | "beau" | "beaux" | "belle" | "belles" | "petit" | "petite" | "petits" => {
            KIN.contains(&right)
                || left.starts_with("grand") && matches!(right, "oncle" | "tante" | "chose" | "messe" | "peine")
        }
        "avant" => matches!(right, "hier" | "garde" | "poste" | "postes" | "propos" | "dernier" | "dernière"),
        "après" => matches!(right, "midi" | "demain" | "dîner"),
        "vingt" | "trente" | "quarante" | "cinquante" | "soixante" => NUMERALS.contains(&right),
        "quatre" => matches!(right, "vingt" | "vingts" | "vingtième"),
        "dix" => matches!(right, "sept" | "huit" | "neuf" | "septième" | "huitième" | "neuvième"),
        _ => false,
    };
    by_left
        || match right {
            // A printer takes the consonant to the next line with the vowel: no word is cut so.
            "il" | "ils" | "elle" | "elles" | "on" => long && ends(&["t", "d"]),
            "je" => long,
            "tu" => left.len() >= 2 && ends(&["s", "x"]),
            // `ge-|nous`
            "nous" | "vous" => long && ends(&["s", "z"]),
            "moi" | "toi" => long,
            "le" | "la" | "les" | "lui" | "leur" | "y" | "en" => left.len() >= 4 && ends(&["ez", "ons"]),
            "ce" => matches!(left, "est" | "sont" | "était" | "étaient" | "serait" | "fut" | "fût" | "sera"),
            "même" | "mêmes" => true,
            "là" => long && !matches!(left, "voi" | "hol" | "revoi"),
            _ => false,
        }
}

const ASKING: &[&str] = &[
    "кто",
    "что",
    "кого",
    "чего",
    "кому",
    "чему",
    "кем",
    "чем",
    "ком",
    "чём",
    "какой",
    "какая",
    "какое",
    "какие",
    "какого",
    "какому",
    "каким",
    "каком",
    "какую",
    "каких",
    "какими",
    "где",
    "куда",
    "откуда",
    "когда",
    "как",
    "почему",
    "отчего",
    "зачем",
    "сколько",
    "чей",
    "чья",
    "чьё",
    "чье",
    "чьи",
    "чьего",
    "чьей",
    "чью",
    "так",
];
/// What stands behind `по-`.
const AFTER_PO: &[&str] = &[
    "моему",
    "твоему",
    "своему",
    "нашему",
    "вашему",
    "прежнему",
    "новому",
    "другому",
    "иному",
    "разному",
    "видимому",
    "старому",
    "настоящему",
    "русски",
    "немецки",
    "французски",
    "английски",
    "итальянски",
    "испански",
    "польски",
    "татарски",
    "турецки",
    "гречески",
    "латински",
    "детски",
    "братски",
    "дружески",
    "человечески",
    "христиански",
    "господски",
    "стариковски",
    "мужицки",
    "женски",
    "латыни",
];

fn russian(left: &str, right: &str) -> bool {
    match left {
        "из" => matches!(right, "за" | "под"),
        "по" => AFTER_PO.contains(&right),
        "во" => matches!(right, "первых" | "вторых"),
        "в" => matches!(right, "третьих" | "четвертых" | "четвёртых" | "пятых"),
        "кое" | "кой" => ASKING.contains(&right),
        "всё" | "все" | "так" | "опять" | "довольно" if right == "таки" => true,
        _ => match right {
            "нибудь" | "либо" => true,
            "то" => ASKING.contains(&left),
            _ => false,
        },
    }
}

fn ukrainian(left: &str, right: &str) -> bool {
    match left {
        "із" | "з" => matches!(right, "за" | "під"),
        "по" => matches!(right, "перше" | "друге" | "третє" | "моєму" | "своєму" | "новому" | "іншому" | "справжньому"),
        "все" => right == "таки",
        "будь" => matches!(
            right,
            "який"
                | "яка"
                | "яке"
                | "які"
                | "якого"
                | "якої"
                | "якому"
                | "яким"
                | "яку"
                | "що"
                | "хто"
                | "де"
        ),
        _ => right == "небудь",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hyphen_of_its_own() {
        let french = |left, right| keeps(left, right, "", Some(Lang::French));
        assert!(
            ["au devant", "Peut être", "disait il", "celle là", "quelques uns", "vingt quatre", "soixante dix", "rendez vous"]
                .iter()
                .all(|word| word.split_once(' ').is_some_and(|(left, right)| french(left, right)))
        );
        assert!(
            ["ver tu", "ge nous", "mer ci", "voi là", "natur el", "ce lui", "é moi", "ba le"]
                .iter()
                .all(|word| word.split_once(' ').is_some_and(|(left, right)| !french(left, right)))
        );
        let russian = |left, right| keeps(left, right, "", Some(Lang::Russian));
        assert!(russian("кто", "то") && russian("Во", "первых") && !russian("мес", "то") && !russian("по", "этому"));
        let english = |left, right| keeps(left, right, "", Some(Lang::English));
        assert!(english("twenty", "four") && english("Self", "evident") && !english("self", "ish") && !english("to", "tal"));
    }
}
