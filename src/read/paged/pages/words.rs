//! What a page is called, in the languages of books and of the tools that scan them.

/// What the end of a page is called, in lower case and without what stands between the words.
const BREAK: &[&str] = &[
    "pagebreak",
    "pagesplit",
    "pageend",
    "endofpage",
    "newpage",
    "nextpage",
    "pageseparator",
    "pagedivider",
    "seitenumbruch",
    "seitenwechsel",
    "neueseite",
    "sautdepage",
    "nouvellepage",
    "saltodepágina",
    "saltodepagina",
    "nuevapágina",
    "quebradepágina",
    "interruzionedipagina",
];

/// None of them has more letters: as many bytes as the longest.
pub const LONGEST_BREAK: usize = longest(BREAK);

const fn longest(words: &[&str]) -> usize {
    let (mut at, mut longest) = (0, 0);
    while at < words.len() {
        if words[at].len() > longest {
            longest = words[at].len();
        }
        at += 1;
    }
    longest
}

/// Words and abbreviations for a page, a leaf or the image of one, in lower case.
const PAGE: &[&str] = &[
    "page",
    "pages",
    "pag",
    "pg",
    "p",
    "pp",
    "pagina",
    "pagine",
    "página",
    "páginas",
    "páxina",
    "pàgina",
    "pág",
    "paĝo",
    "pagină",
    "pagev",
    "seite",
    "seiten",
    "s",
    "blatt",
    "bl",
    "folio",
    "folium",
    "fol",
    "fols",
    "f",
    "ff",
    "feuillet",
    "leaf",
    "sheet",
    "image",
    "img",
    "scan",
    "bild",
    "side",
    "sida",
    "sidan",
    "sivu",
    "strona",
    "str",
    "strana",
    "stránka",
    "stranica",
    "stran",
    "oldal",
    "lap",
    "sayfa",
    "trang",
    "halaman",
    "lehekülg",
    "lk",
    "puslapis",
    "psl",
    "lapa",
    "lpp",
    "bladzijde",
    "blz",
    "orrialdea",
    "síða",
    "faqe",
    "страница",
    "страницы",
    "стр",
    "сторінка",
    "стор",
    "старонка",
    "с",
    "σελίδα",
    "σελ",
    "صفحة",
    "صفحه",
    "الصفحة",
    "ص",
    "עמוד",
    "דף",
    "עמ",
    "पृष्ठ",
    "पेज",
    "পৃষ্ঠা",
    "หน้า",
    "էջ",
    "გვერდი",
    "页",
    "頁",
    "ページ",
    "頁目",
    "쪽",
    "페이지",
    "면",
];

/// Words that may stand beside a page's name in its mark.
const FILLERS: &[&str] = &[
    "of",
    "from",
    "von",
    "de",
    "sur",
    "di",
    "van",
    "av",
    "af",
    "z",
    "из",
    "من",
    "od",
    "en",
    "begin",
    "beginning",
    "start",
    "end",
    "ende",
    "fin",
    "fim",
    "début",
    "anfang",
    "break",
    "number",
    "no",
    "nr",
    "num",
    "pdf",
    "v",
    "vol",
    "n",
    "第",
    "共",
    "の",
    "new",
    "separator",
    "header",
];

/// For each first byte, how long the words are that begin with it: most words of a text are told from those of a list by these two.
const fn shapes(words: &[&str]) -> [u32; 256] {
    let mut shapes = [0; 256];
    let mut at = 0;
    while at < words.len() {
        let word = words[at].as_bytes();
        assert!(word.len() < 32);
        shapes[word[0] as usize] |= 1 << word.len();
        at += 1;
    }
    shapes
}

fn has_shape(word: &str, shapes: &[u32; 256]) -> bool {
    let first = word.bytes().next().unwrap_or(0);
    word.len() < 32 && shapes[usize::from(first)] & 1 << word.len() != 0
}

const PAGE_SHAPES: [u32; 256] = shapes(PAGE);
const FILLER_SHAPES: [u32; 256] = shapes(FILLERS);

/// Whether letters, in lower case and without what stands between them, name the end of a page.
pub fn is_break(word: &str) -> bool {
    BREAK.contains(&word)
}

/// Whether a word, in lower case, names a page.
pub fn is_page(word: &str) -> bool {
    has_shape(word, &PAGE_SHAPES) && PAGE.contains(&word)
}

/// Whether a word does, whatever its case.
pub fn is_page_in_any_case(word: &str) -> bool {
    in_any_case(word, is_page)
}

/// Whether a word says nothing beside a page's name, whatever its case.
pub fn is_filler_in_any_case(word: &str) -> bool {
    in_any_case(word, is_filler)
}

fn in_any_case(word: &str, is: fn(&str) -> bool) -> bool {
    match word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        true => is(word),
        // The longest of the lists has fewer letters.
        false => word.len() < 64 && is(&word.to_lowercase()),
    }
}

/// Whether a word, in lower case, says nothing beside a page's name.
pub fn is_filler(word: &str) -> bool {
    has_shape(word, &FILLER_SHAPES) && FILLERS.contains(&word)
}
