// Writes what is run and shipped: src/main.ts with every library that it uses in a few files below dist, each command's part apart, and the
// licences of those libraries. A gateway reads 900 files otherwise, which takes longer than all the rest of its start.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const LICENCES = 'THIRD-PARTY-LICENCES.txt';
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

const bundle = await rolldown({
  input: join(ROOT, 'src', 'main.ts'),
  platform: 'node',
  // What cannot be found is a warning, and would be missing where nothing lies beside the bundle.
  onLog: (level, log) => {
    if (level === 'warn') throw new Error(log.message);
  },
});
const { output } = await bundle.generate({ dir: DIST, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js', comments: { legal: true, annotation: false, jsdoc: false } });
await bundle.close();

mkdirSync(DIST, { recursive: true });
for (const { fileName, code } of output) writeFileSync(join(DIST, fileName), code);
writeFileSync(join(DIST, LICENCES), renderLicences(packagesOf(output)));
const written = new Set([LICENCES, ...output.map(({ fileName }) => fileName)]);
for (const name of readdirSync(DIST)) if (!written.has(name)) rmSync(join(DIST, name), { recursive: true });

/** Folders of the packages of which something went into the bundle. */
function packagesOf(chunks) {
  const folders = chunks.flatMap(({ moduleIds }) => moduleIds).map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function renderLicences(folders) {
  const parts = folders.map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof license !== 'string') throw new Error(`${name} ${version} does not say under which licence it may be shipped`);
    const texts = readdirSync(folder).filter((file) => LICENCE_FILE.test(file)).map((file) => readFileSync(join(folder, file), 'utf8').trim());
    // A package without a text of its licence has an author all the same.
    return [`${name} ${version} (${license})`, ...(texts.length > 0 ? texts : [`by ${author?.name ?? author}`])].join('\n\n');
  });
  return `${['gwctl contains these libraries, each under its own licence.', ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
