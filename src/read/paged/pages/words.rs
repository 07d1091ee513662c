//! What a page is called, in the languages of books and of the tools that scan them.

/// Words and abbreviations for a page, a leaf or the image of one, in lower case.
const PAGE: &[&str] = &[
    "page", "pages", "pag", "pg", "p", "pp", "pagina", "pagine", "página", "páginas", "páxina", "pàgina", "pág", "paĝo", "pagină", "pagev",
    "seite", "seiten", "s", "blatt", "bl", "folio", "folium", "fol", "feuillet", "leaf", "sheet", "image", "img", "scan", "bild", "side",
    "sida", "sidan", "sivu", "strona", "str", "strana", "stránka", "stranica", "stran", "oldal", "lap", "sayfa", "trang", "halaman", "lehekülg",
    "lk", "puslapis", "psl", "lapa", "lpp", "bladzijde", "blz", "orrialdea", "síða", "faqe", "страница", "страницы", "стр", "сторінка", "стор",
    "старонка", "с", "σελίδα", "σελ", "صفحة", "صفحه", "الصفحة", "ص", "עמוד", "דף", "עמ", "पृष्ठ", "पेज", "পৃষ্ঠা", "หน้า", "էջ", "გვერდი",
    "页", "頁", "ページ", "頁目", "쪽", "페이지", "면",
];

/// Words that may stand beside a page's name in its mark.
const FILLERS: &[&str] = &[
    "of", "from", "von", "de", "sur", "di", "van", "av", "af", "z", "из", "من", "od", "en", "begin", "beginning", "start", "end", "ende", "fin",
    "fim", "début", "anfang", "break", "number", "no", "nr", "num", "pdf", "v", "vol", "n", "第", "共", "の", "new", "separator", "header",
];

/// Whether a word, in lower case, names a page.
pub fn is_page(word: &str) -> bool {
    PAGE.contains(&word)
}

/// Whether a word, in lower case, says nothing beside a page's name.
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}
