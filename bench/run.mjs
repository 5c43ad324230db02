// Runs the benchmarks, in the order of their numbers: `npm run bench` all of them, `npm run bench -- gateway` those whose name contains
// the word. Each prints its own table; what is compared is measured in the same run, on an otherwise idle machine if one is to be had.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(FOLDER).filter((name) => /^\d\d-.*\.mjs$/.test(name) && (words.length === 0 || words.some((word) => name.includes(word)))).sort();
if (files.length === 0) {
  console.error(`error: no benchmark matches ${words.join(', ')}`);
  process.exitCode = 2;
}
for (const name of files) {
  console.log(`\n== ${name.replace(/\.mjs$/, '')}`);
  const { run } = await import(pathToFileURL(join(FOLDER, name)).href);
  await run();
}
