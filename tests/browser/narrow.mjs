// An e-book on a narrow screen: `node narrow.mjs UNPACKED_BOOK [FOLDER]`, exit 1 at any finding. Puts screenshots into FOLDER.
//
// Every file is looked at 360 pixels wide, with the reader's type as large as usual and twice as large: the page doesn't scroll
// sideways (WCAG 2.2, 1.4.10), no word of a table is broken, and a table that is too wide is in a box that scrolls, has a name of
// its own, and is reached by the keys. Needs puppeteer-core and Debian's Chromium.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const from = createRequire(resolve(process.env.MODULES ?? ".", "package.json"));
const puppeteer = from("puppeteer-core");
const [book, shots] = process.argv.slice(2);
const folder = resolve(book, "OEBPS");
const findings = [];
const WIDTH = 360;

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
});
const page = await browser.newPage();
await page.setViewport({ width: WIDTH, height: 640, deviceScaleFactor: 1 });

// Runs in the page.
function look() {
  const torn = [];
  for (const cell of document.querySelectorAll("td, th, caption")) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      // Behind a hyphen or a dash that the author wrote a line may end.
      for (const word of node.data.matchAll(/[\p{L}\p{N}\p{M}.,'’]+/gu)) {
        // Scripts without spaces have no such words.
        if (/[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\uD7FF]/u.test(word[0])) continue;
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].filter(box => box.width > 0).map(box => Math.round(box.bottom)));
        if (lines.size > 1) torn.push(word[0]);
      }
    }
  }
  const tables = [...document.querySelectorAll("table")].map(table => {
    const box = table.closest(".scrolls");
    const wide = table.getBoundingClientRect().width > document.documentElement.clientWidth;
    if (!box) return { wide, boxed: false };
    box.scrollLeft = 1e6;
    const scrolls = box.scrollLeft !== 0 || box.scrollWidth <= box.clientWidth;
    box.scrollLeft = 0;
    box.focus();
    return { wide, boxed: true, scrolls, focused: document.activeElement === box };
  });
  const names = [...document.querySelectorAll("[role=region]")].map(box => box.getAttribute("aria-label"));
  return { wide: document.documentElement.scrollWidth, torn, tables, names };
}

const opf = readFileSync(join(folder, "content.opf"), "utf8");
const items = new Map([...opf.matchAll(/<item id="([^"]+)" href="([^"]+)"/g)].map(([, id, href]) => [id, href]));
const spine = [...opf.matchAll(/<itemref idref="([^"]+)"/g)].map(([, id]) => items.get(id));
if (spine.length < 2 || !spine.every(Boolean)) findings.push("the spine can't be read");

let tables = 0;
for (const name of spine) {
  for (const size of [100, 200]) {
    const expect = (holds, what) => holds || findings.push(`${name} at ${size} %: ${what}`);
    await page.goto(pathToFileURL(join(folder, name)).href);
    await page.addStyleTag({ content: `:root { font-size: ${size}%; }` });
    const seen = await page.evaluate(look);
    expect(seen.wide <= WIDTH, `the page is ${seen.wide} px wide`);
    expect(seen.torn.length === 0, `words are broken: ${seen.torn.join(" ")}`);
    for (const table of seen.tables) {
      expect(!table.wide || table.boxed, "a table that is too wide is in no box");
      expect(!table.boxed || table.scrolls, "a box does not scroll");
      expect(!table.boxed || table.focused, "a box can't be reached by keys");
    }
    expect(seen.names.every(Boolean) && new Set(seen.names).size === seen.names.length, `names of boxes: ${seen.names}`);
    if (shots) await page.screenshot({ path: join(shots, `narrow-${size}-${name.replace(/\.xhtml$/, "")}.png`) });
    tables += seen.tables.length;
  }
}

await browser.close();
findings.forEach(finding => console.error(`FAIL ${book}: ${finding}`));
console.log(`${book}: ${spine.length} files, ${tables / 2} tables on a screen of ${WIDTH} px`);
process.exit(findings.length ? 1 : 0);
