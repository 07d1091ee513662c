//! Which elements of TEI part words, by the classes of the Guidelines (TEI P5, chapter 1.3).

/// Letters and what editors say of them: these stand inside words.
const LETTERS: &str = " abbr add am app c choice corr damage del ex expan g gap handShift hi hyph lem m mod orig pc rb rdg rdgGrp reg \
                       restore retrace rt ruby s secl seg sic subst supplied surplus unclear w \
                       dipl facs norm punct ";

/// What stands anywhere.
const GLOBAL: &str = " addSpan anchor cb damageSpan delSpan fw gb index lb metamark milestone note noteGrp pb redo undo ";

/// What stands inside sentences.
const SENTENCES: &str = " b i smcap sub sup ul addName att author bibl biblScope bloc caesura charName citedRange cl code country date \
                         dateline depth dim dimensions distinct district edition editor email emph foreign forename \
                         formula genName geogFeat geogName gi gloss graphic height ident idno label lbl \
                         line locus material measure media mentioned name nameLink num oRef oVar objectName objectType \
                         orgName origDate origPlace orth pRef pause persName phr placeName pos postBox postCode pron ptr \
                         pubPlace publisher q quote ref region rhyme roleName rs said salute settlement shift signed \
                         soCalled stamp street surname tag term time title unit usg val watermark width \
                         zone ";

/// What is about the text.
const ABOUT: &str = " alt altGrp binaryObject certainty facsimile fs fvLib index interp interpGrp join joinGrp link linkGrp listChange mei svg \
                     metamark move precision respons span spanGrp standOff substJoin teiHeader textSpan timeline xenoData ";

/// Whose parts are apart from each other.
const OF_PARTS: &str =
    " address castItem closer dateline docImprint entry entryFree form imprint monogr opener persName person sense u ";

/// What blocks stand in, and nothing else.
const OF_BLOCKS: &str = " text front body back group div div0 div1 div2 div3 div4 div5 div6 div7 sp lg list table row argument \
                         castList titlePage floatingText listBibl spGrp noteGrp epigraph set performance prologue epilogue \
                         postscript standOff panel panelGrp annotationBlock listApp ";

/// Other elements that part words.
const OTHERS: &str = " p ab head l figure eg opener closer byline trailer entry entryFree superEntry docTitle docImprint docEdition \
                      imprimatur listPerson listPlace listOrg listEvent listNym listObject listWit listRelation msDesc msPart \
                      msFrag cit stage address biblStruct biblFull docAuthor docDate titlePart speaker desc caption vocal kinesic \
                      incident writing camera sound tech view meeting balloon sourceDoc surface surfaceGrp cell item gramGrp gram \
                      gen number subc def etym xr lang re affiliation role roleDesc actor identifier city dictScrap xref \
                      fw teiHeader TEI text addrLine ptr graphic notatedMusic witness epigraph ";

/// Who and what is described by names and dates.
const DESCRIBED: &str = " relation person place org event nym object persona personGrp witness ";

fn has(list: &str, name: &str) -> bool {
    list.split(' ').any(|known| known == name && !name.is_empty())
}

pub fn is_phrase(name: &str) -> bool {
    [LETTERS, GLOBAL, SENTENCES].iter().any(|list| has(list, name))
}

/// Whether an element stands inside words, or anywhere.
pub fn is_inside(name: &str) -> bool {
    has(LETTERS, name) || has(GLOBAL, name)
}

/// Whether an element is none of TEI's, so that nobody knows whether it parts words: it parts none.
pub fn is_unknown(name: &str) -> bool {
    ![LETTERS, GLOBAL, SENTENCES, ABOUT, OF_PARTS, OF_BLOCKS, DESCRIBED, OTHERS].iter().any(|list| has(list, name))
}

/// Whether an element is only a point in the text, or a note called there.
pub fn is_passed(name: &str) -> bool {
    has(GLOBAL, name) && !matches!(name, "lb" | "pb" | "cb") || name == "handShift"
}

/// Whether an element stands anywhere.
pub fn is_global(name: &str) -> bool {
    has(GLOBAL, name)
}

pub fn is_apart(name: &str) -> bool {
    has(ABOUT, name)
}

pub fn holds_blocks_only(name: &str) -> bool {
    has(OF_BLOCKS, name)
}

/// Whether two elements that stand beside each other in one without words of its own are apart.
pub fn divides(parent: &str, before: &str, after: &str) -> bool {
    if before == "pause" || after == "pause" {
        return true;
    }
    if matches!(after, "c" | "w" | "pc") || has(GLOBAL, after) {
        return false;
    }
    let inside = |name: &str| has(LETTERS, name) || has(GLOBAL, name);
    before == "s" || has(OF_PARTS, parent) || has(DESCRIBED, parent) || !inside(before) && !inside(after)
}

/// What a note that stands elsewhere can be put behind.
pub fn attachable(name: &str) -> bool {
    has(" ab anchor emph foreign hi l name p persName placeName ref rs s seg term w ", name)
}
