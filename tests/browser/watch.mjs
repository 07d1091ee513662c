// The page of `watch` in a browser: `node watch.mjs PROGRAM [FOLDER]`, exit 1 at any finding. Puts a screenshot into FOLDER.
//
// A text is laid out, watched, changed, clicked through, a repair of it refused, as somebody does who writes. It says how long a save took
// to be seen. Needs puppeteer-core and Debian's Chromium.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const from = createRequire(resolve(process.env.MODULES ?? ".", "package.json"));
const puppeteer = from("puppeteer-core");
const [program, shots] = process.argv.slice(2);
const findings = [];
const expect = (holds, what) => holds || findings.push(what);

const folder = mkdtempSync(join(tmpdir(), "watch-"));
const file = join(folder, "text.md");
const words = "harbour letter paper meadow printer river lantern chapter winter parish bridge record engine orchard".split(" ");
const paragraph = n => `Paragraph of the ${words[n % 14]} and the ${words[(n * 5 + 3) % 14]} number ${"abcdefghij"[n % 10]}${"klmnopqrst"[Math.floor(n / 10) % 10]}${"uvwxyzabcd"[Math.floor(n / 100) % 10]} stands here.`;
const lay = (count, first = "A beginning.") => {
  const all = [];
  for (let n = 0; n < count; n++) all.push(n % 20 ? paragraph(n) : `# Part ${words[n % 14]} ${"abcdefghij"[Math.floor(n / 20) % 10]}${"abcdefghij"[Math.floor(n / 200) % 10]}\n\n${paragraph(n)}`);
  writeFileSync(file, `---\ntitle: The Watched\nlanguage: en\n---\n\n${first}\n\n${all.join("\n\n")}\n\nA \"straight\" end.\n`);
};
const count = Number(process.env.PARAGRAPHS ?? 200);
lay(count);

const watch = spawn(program, ["watch", file, "--port", "0", "--smart"], { stdio: ["ignore", "pipe", "inherit"] });
const address = await new Promise(done => watch.stdout.once("data", bytes => done(String(bytes).trim())));
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage();
  page.on("console", message => expect(message.type() !== "error" || message.location().url?.includes("/page/"), `console: ${message.text()} ${message.location().url}`));
  page.on("pageerror", error => findings.push(`script: ${error.message}`));
  page.on("request", request => expect(request.url().startsWith(address) || /^data:/.test(request.url()), `a request: ${request.url()}`));
  await page.setViewport({ width: 1500, height: 900 });
  await page.goto(address);
  const wait = async least => page.waitForFunction(least => Number(document.body.dataset.version ?? 0) >= least, { timeout: 120000, polling: 20 }, least);
  await wait(1);

  const counts = await page.evaluate(() => Object.fromEntries(["epub", "pdf", "tei", "text"].map(id => [id, new Set([...document.querySelectorAll(`#${id} [data-p]`)].map(element => element.dataset.p)).size])));
  for (const [id, found] of Object.entries(counts)) expect(found > count * 0.95, `${id} knows ${found} of ${count} paragraphs`);
  await page.waitForFunction(() => document.querySelector("#pdf figure svg path"), { timeout: 30000 });

  // What nobody saved is not set again: each setting reads the files, and reading is no save.
  const version = () => page.evaluate(() => document.body.dataset.version);
  const still = await version();
  await new Promise(done => setTimeout(done, 700));
  expect(await version() === still, `nothing was saved, and version ${still} became ${await version()}`);

  // A click shows the paragraph in the others, and its line.
  const wanted = paragraph(57);
  const clicked = await page.evaluate(wanted => {
    const element = [...document.querySelectorAll("#text [data-p]")].find(element => element.textContent.replace(/\s+/g, " ").includes(wanted));
    element.click();
    return element.dataset.p;
  }, wanted);
  const seen = await page.evaluate(p => ["epub", "tei"].map(id => document.querySelector(`#${id} .here[data-p="${p}"]`)?.textContent.replace(/\s+/g, " ") ?? ""), clicked);
  for (const text of seen) expect(text.includes(wanted), `a click shows ${text.slice(0, 60)}`);
  const place = await page.evaluate(() => document.getElementById("place").textContent);
  const line = readFileSync(file, "utf8").split("\n").findIndex(line => line === wanted) + 1;
  expect(place === `text.md:${line}`, `${place} is not text.md:${line}`);
  const inView = () => page.evaluate(p => ["epub", "pdf", "tei"].filter(id => {
    const box = document.getElementById(id).getBoundingClientRect();
    return [...document.querySelectorAll(`#${id} [data-p="${p}"]`)].some(element => {
      const own = element.getBoundingClientRect();
      return own.bottom > box.top && own.top < box.bottom;
    });
  }), clicked);
  expect((await inView()).length === 3, `in view after a click: ${await inView()}`);

  // A save is seen, and what was looked at stays where it was.
  const top = () => page.evaluate(wanted => {
    const found = [...document.querySelectorAll("#tei [data-p]")].find(element => element.textContent.includes(wanted));
    return found ? found.getBoundingClientRect().top : null;
  }, wanted);
  const before = await top();
  const started = performance.now();
  lay(count, "Another beginning.\n\nAnd more of it, so that all that follows is moved.");
  await page.waitForFunction(() => document.getElementById("text").textContent.includes("Another beginning"), { timeout: 60000, polling: 20 });
  const took = performance.now() - started;
  expect(await page.evaluate(() => document.getElementById("text").textContent.includes("Another beginning")), "the change is not seen");
  const after = await top();
  expect(after !== null && Math.abs(after - before) < 60, `the place moved from ${before} to ${after}`);

  // An editor that empties a file before it writes it does not send the reader back to the beginning.
  writeFileSync(file, "");
  await page.waitForFunction(() => !document.getElementById("text").textContent.includes("Another beginning"), { timeout: 60000, polling: 20 });
  lay(count, "A third beginning.");
  await page.waitForFunction(() => document.getElementById("text").textContent.includes("A third beginning"), { timeout: 60000, polling: 20 });
  const again = await top();
  expect(again !== null && Math.abs(again - before) < 60, `an emptied file moved the place from ${before} to ${again}`);

  // A repair is refused from the page.
  const ids = await page.evaluate(() => [...document.querySelectorAll("#said .repair b")].map(element => element.textContent));
  expect(ids.length > 0, "no repair is shown");
  await page.evaluate(() => document.querySelector("#said .repair button").click());
  await page.waitForFunction(id => ![...document.querySelectorAll("#said .repair b")].some(element => element.textContent === id), { timeout: 60000, polling: 50 }, ids[0]);
  const rest = await page.evaluate(() => [...document.querySelectorAll("#said .repair b")].map(element => element.textContent));
  expect(!rest.includes(ids[0]), `${ids[0]} was not refused: ${rest}`);
  expect(readFileSync(join(folder, "tetrapla.toml"), "utf8").includes(ids[0]), "the refusal is not in tetrapla.toml");
  if (shots) await page.screenshot({ path: join(shots, "watch.png") });

  // Nobody else is answered.
  const foreign = await fetch(address, { headers: { Origin: "http://example.org" } });
  expect(foreign.status === 403, `another site is answered ${foreign.status}`);
  const forged = await fetch(`${address}refuse`, { method: "POST", body: rest[0] ?? "x" });
  expect(forged.status === 405, `a form is answered ${forged.status}`);
  console.log(`${count} paragraphs; ${JSON.stringify(counts)}; a save is seen after ${Math.round(took)} ms`);
} catch (error) {
  findings.push(String(error.stack ?? error));
} finally {
  await browser.close();
  watch.kill();
  rmSync(folder, { recursive: true });
}
findings.forEach(finding => console.error(finding));
process.exit(findings.length ? 1 : 0);
