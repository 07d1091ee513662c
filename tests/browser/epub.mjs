// An e-book in a browser: `node epub.mjs UNPACKED_BOOK [FOLDER]`, exit 1 at any finding. Puts screenshots into FOLDER.
//
// Every note is followed to its text and back, every printed page is found by its label, and every file is looked at as wide as
// a phone and a tablet, by day and by night. Night is what reading systems do: the book sets no colours, so theirs must hold.
// Needs puppeteer-core and Debian's Chromium.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const from = createRequire(resolve(process.env.MODULES ?? ".", "package.json"));
const puppeteer = from("puppeteer-core");
const [book, shots] = process.argv.slice(2);
const folder = resolve(book, "OEBPS");
const address = name => pathToFileURL(join(folder, name)).href;
const findings = [];
const expect = (holds, what) => holds || findings.push(what);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
});
const page = await browser.newPage();
page.on("request", request => expect(request.url().startsWith("file:"), `a request: ${request.url()}`));
page.on("requestfailed", request => findings.push(`not in the book: ${request.url()}`));
page.on("console", message => expect(message.type() !== "error", `console: ${message.text()}`));

const opf = readFileSync(join(folder, "content.opf"), "utf8");
const items = new Map([...opf.matchAll(/<item id="([^"]+)" href="([^"]+)"/g)].map(([, id, href]) => [id, href]));
const spine = [...opf.matchAll(/<itemref idref="([^"]+)"/g)].map(([, id]) => items.get(id));
expect(spine.length > 1 && spine.every(Boolean), "the spine can't be read");

// Clicks a link as a reader does, and says what the browser then aims at.
async function follow(selector) {
  const want = await page.$eval(selector, link => link.href);
  await page.$eval(selector, link => link.click());
  await page.waitForFunction(want => location.href === want && document.readyState === "complete", { timeout: 5000 }, want);
  return page.evaluate(() => {
    const target = document.querySelector(":target");
    const top = target?.getBoundingClientRect().top ?? -1;
    const text = target?.textContent.trim() ?? "";
    return { id: target?.id, role: target?.getAttribute("role"), text, seen: top >= -1 && top < innerHeight };
  });
}

let notes = 0;
for (const name of spine) {
  await page.goto(address(name));
  const calls = await page.$$eval('a[role="doc-noteref"]', calls => calls.map(call => call.id));
  for (const call of calls) {
    await page.goto(address(name));
    const note = await follow(`a[id="${call}"]`);
    expect(note.role === "doc-footnote" && note.text.length > 1, `${name}: ${call} does not lead to a note`);
    expect(note.seen, `${name}: the note of ${call} is not in sight`);
    const backs = await page.$$eval(`[id="${note.id}"] a[role="doc-backlink"]`, backs => backs.map(back => back.href));
    const back = backs.findIndex(href => href === `${address(name)}#${call}`);
    expect(back >= 0, `${name}: no way back to ${call}`);
    if (back >= 0) {
      await page.$$eval(`[id="${note.id}"] a[role="doc-backlink"]`, (backs, at) => backs[at].setAttribute("data-back", ""), back);
      const there = await follow("[data-back]");
      expect(there.id === call && there.seen, `${name}: the way back does not lead to ${call}`);
    }
    notes += 1;
  }
}

await page.goto(address("nav.xhtml"));
const pages = await page.$$eval('[role="doc-pagelist"] a', links => links.map(link => [link.href, link.textContent]));
for (const [href, label] of pages) {
  await page.goto(href);
  const mark = await page.evaluate(() => {
    const target = document.querySelector(":target");
    return { role: target?.getAttribute("role"), label: target?.getAttribute("aria-label"), text: target?.textContent };
  });
  expect(mark.role === "doc-pagebreak" && mark.label === label, `page ${label} is not found`);
  expect(mark.text === "", `page ${label} would be read into the text`);
}

for (const [device, width, height] of [["phone", 390, 844], ["tablet", 820, 1180]]) {
  await page.setViewport({ width, height, deviceScaleFactor: 1 });
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const name of spine) {
      await page.goto(address(name));
      await page.addStyleTag({ content: `:root { color-scheme: ${scheme}; }` });
      const { wide, dim } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        // Whatever is no link must have the colour that the reading system gives.
        dim: [...document.querySelectorAll("body *:not(a, a *)")]
          .filter(node => getComputedStyle(node).color !== getComputedStyle(document.documentElement).color)
          .map(node => node.localName),
      }));
      expect(wide <= width, `${name}: ${wide} px wide on a ${device} of ${width}`);
      expect(dim.length === 0, `${name}: a colour of its own in ${[...new Set(dim)]}`);
      if (shots) await page.screenshot({ path: join(shots, `${device}-${scheme}-${name.replace(/\.xhtml$/, "")}.png`) });
    }
  }
}

await browser.close();
findings.forEach(finding => console.error(`FAIL ${book}: ${finding}`));
console.log(`${book}: ${spine.length} files, ${notes} calls, ${pages.length} pages`);
process.exit(findings.length ? 1 : 0);
