// The report page in a browser: `node report.mjs REPORT.html [FOLDER]`, exit 1 at any finding. Puts screenshots into FOLDER.
//
// It is looked at as people do who have a phone or a desk, light or dark, a mouse, a keyboard or a screen reader, and no network.
// Needs puppeteer-core and axe-core, and Debian's Chromium.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const from = createRequire(resolve(process.env.MODULES ?? ".", "package.json"));
const puppeteer = from("puppeteer-core");
const axe = readFileSync(from.resolve("axe-core/axe.min.js"), "utf8");
const [report, shots] = process.argv.slice(2);
const findings = [];
const expect = (holds, what) => holds || findings.push(what);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

async function open(width, scheme) {
  const page = await browser.newPage();
  page.on("console", message => expect(message.type() !== "error", `console: ${message.text()}`));
  page.on("pageerror", error => findings.push(`script: ${error.message}`));
  page.on("request", request => expect(/^(file|data):/.test(request.url()), `a request: ${request.url()}`));
  await page.setViewport({ width, height: 900, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  // What the page's policy forbids to the page, axe may do.
  await page.setBypassCSP(true);
  await page.goto(`file://${resolve(report)}`);
  return page;
}

for (const width of [320, 390, 1280]) {
  for (const scheme of ["light", "dark"]) {
    const page = await open(width, scheme);
    const name = `${width}-${scheme}`;
    await page.evaluate(axe);
    const { violations, passes } = await page.evaluate(() => window.axe.run());
    expect(passes.length > 20, `${name}: axe looked at ${passes.length} rules only`);
    for (const { id, help, nodes } of violations) {
      findings.push(`${name}: axe: ${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(" | ")}`);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow <= 0, `${name}: the page is ${overflow} px too wide`);
    if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    await page.close();
  }
}

const page = await open(1280, "light");
// Of the first work that has repairs; the others' tables must be left alone.
const table = `#${await page.$eval("table.sortable[id$=repairs-table]", table => table.id)}`;
const rows = key => page.$$eval(`${table} tbody tr`, (rows, key) => rows.filter(row => !row.hidden).map(row => row.dataset[key]), key);
const sorted = (values, order) => values.every((value, at) => at === 0 || order * (value - values[at - 1]) >= 0);
const state = () => page.$eval(`${table} th[data-key=confidence]`, head => head.getAttribute("aria-sort"));

// By keyboard alone: to the heading's button, and twice the enter key.
const all = await rows("confidence");
await page.focus(`${table} th[data-key=confidence] button`);
await page.keyboard.press("Enter");
expect(await state() === "ascending" && sorted(await rows("confidence"), 1), "repairs are not sorted by rising confidence");
await page.keyboard.press("Enter");
expect(await state() === "descending" && sorted(await rows("confidence"), -1), "repairs are not sorted by falling confidence");
await page.click(`${table} th[data-key=line] button`);
expect(sorted(await rows("line"), 1), "repairs are not sorted by their places");
expect((await rows("line")).length === all.length, "sorting lost a row");

const form = await page.$(`form.filter[data-table=${table.slice(1)}]`);
const status = () => form.evaluate(form => form.nextElementSibling.textContent);
expect(await status() === `${all.length} of ${all.length} repairs shown`, `at first: ${await status()}`);
const kinds = await form.$$eval("option", options => options.map(option => option.value).filter(Boolean));
expect(kinds.length > 1, "there is one kind of repair only");
await (await form.$("select")).select(kinds[0]);
const some = await rows("kind");
expect(some.length > 0 && some.length < all.length && some.every(kind => kind === kinds[0]), "repairs are not filtered by kind");
expect(await status() === `${some.length} of ${all.length} repairs shown`, `after a filter: ${await status()}`);
await (await form.$("select")).select("");
await (await form.$("input[type=search]")).type("no such word is in it");
expect((await rows("kind")).length === 0, "a search for what is not there shows rows");
await form.evaluate(form => form.reset());
await form.$eval("input[type=range]", range => { range.value = "0"; range.dispatchEvent(new Event("input", { bubbles: true })); });
expect((await rows("kind")).length < all.length, "repairs are not filtered by confidence");

// What the tab key reaches, in order: the skip link first.
const fresh = await open(390, "light");
await fresh.keyboard.press("Tab");
expect(await fresh.evaluate(() => document.activeElement.className) === "skip", "the first stop of the tab key is not the skip link");
const bare = await browser.newPage();
await bare.setJavaScriptEnabled(false);
await bare.goto(`file://${resolve(report)}`);
const plain = await bare.$$eval(`${table} tbody tr`, rows => rows.length).catch(() => 0);
expect(plain === all.length, "without scripts the repairs are not all there");

await browser.close();
findings.forEach(finding => console.log(finding));
console.log(`${report}: ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : 0);
