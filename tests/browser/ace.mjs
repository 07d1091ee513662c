// DAISY Ace on many e-books in one browser: `ACE=folder node ace.mjs BOOK...`, where `folder` has Ace in its node_modules. A browser
// of its own for each book, as Ace's command line has it, takes most of the time. Every finding is printed, and any fails.
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(path.join(process.env.ACE, "node_modules", "anchor.js"));
const ace = require("@daisy/ace-core");
const runner = require("@daisy/ace-axe-runner-puppeteer");

const shared = { ...runner, launch: async () => {}, close: async () => {} };
const books = process.argv.slice(2);
const room = mkdtempSync(path.join(tmpdir(), "ace-"));
let failed = 0;

async function check(book, number) {
  const outdir = path.join(room, String(number));
  const [, report] = await ace(book, { cwd: process.cwd(), outdir, silent: true, jobid: number, initLogger: number === 0 }, shared);
  const found = report.assertions.flatMap((page) =>
    page.assertions.map((one) => `${one["earl:test"]["earl:impact"]}: ${one["earl:test"]["dct:title"]} in ${page["earl:testSubject"].url}`),
  );
  found.forEach((one) => console.log(`FAIL ${book}: Ace ${one}`));
  failed += found.length;
  rmSync(outdir, { recursive: true, force: true });
}

await runner.launch();
try {
  for (const [number, book] of books.entries()) {
    await check(book, number);
  }
} finally {
  await runner.close();
  rmSync(room, { recursive: true, force: true });
}
console.log(`Ace: ${books.length} books, ${failed} findings`);
process.exit(failed > 0 ? 1 : 0);
