import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const MAX_LINES = 400;

/** Folder of src -> the folders that it may import. Every arrow must be in use; main.ts is a folder of its own. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'shared'],
  adapters: ['arbiter', 'checks', 'client', 'config', 'copier', 'ports', 'shared', 'topology', 'wire'],
  arbiter: ['client', 'shared', 'wire'],
  checks: ['arbiter', 'ports', 'shared', 'topology'],
  cli: ['adapters', 'checks', 'config', 'drill', 'engine', 'gateway', 'groups', 'plan', 'ports', 'report', 'shared', 'topology'],
  client: ['shared', 'wire'],
  config: ['shared', 'topology'],
  copier: ['client', 'shared', 'wire'],
  drill: ['checks', 'client', 'config', 'engine', 'ports', 'shared', 'topology'],
  engine: ['arbiter', 'checks', 'plan', 'ports', 'shared', 'steps', 'topology'],
  gateway: ['arbiter', 'client', 'shared', 'topology', 'wire'],
  groups: ['checks', 'ports', 'shared'],
  plan: ['arbiter', 'checks', 'shared'],
  ports: ['arbiter', 'shared'],
  report: ['checks', 'drill', 'engine', 'groups', 'plan', 'ports', 'shared'],
  steps: ['arbiter', 'checks', 'groups', 'plan', 'ports', 'shared'],
  topology: ['shared'],
  wire: ['shared'],
};

/** npm package -> the only folders that may import it. */
const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  chalk: ['report'],
  'cli-table3': ['report'],
  commander: ['cli'],
  execa: ['adapters'],
  fastify: ['gateway'],
  fzstd: ['wire'],
  jose: ['gateway'],
  kafkajs: ['drill'],
  lz4js: ['wire'],
  ora: ['report'],
  'prom-client': ['gateway'],
  snappyjs: ['wire'],
  yaml: ['adapters', 'config', 'topology'],
  zod: ['config', 'drill'],
};

/** The process belongs to main.ts: arguments, environment, streams, signals, exit code. */
const PROCESS_HOMES = ['main.ts'];
/**
 * Who may import single names of node:process: a secret may stand in the environment of whoever runs, and whoever supervises
 * processes needs their ids.
 */
const NODE_PROCESS_HOMES = ['config/resolve-secret.ts', 'adapters/runtime/file-lock.ts', 'adapters/runtime/process-identity.ts'];

interface Source {
  /** Relative to src. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly path: string;
  readonly specifier: string;
}

const SPECIFIER = /(?<!['"])\b(?:from\s+|import\s+|import\s*\(\s*|require\s*\(\s*)(['"])([^'"\s]+)\1/g;

function importsOf({ path, text }: Source): readonly Import[] {
  return [...withoutComments(text).matchAll(SPECIFIER)].map((match) => ({ path, specifier: match[2] ?? '' }));
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, '').replace(/\s\/\/ .*$/gm, '');
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** `cli -> config` for each import between two folders. */
function arrowsOf(sources: readonly Source[]): ReadonlyMap<string, Import> {
  const arrows = new Map<string, Import>();
  for (const found of sources.flatMap(importsOf)) {
    if (!found.specifier.startsWith('.')) continue;
    const target = folderOf(posix.normalize(posix.join(posix.dirname(found.path), found.specifier)));
    const folder = folderOf(found.path);
    if (target !== folder) arrows.set(`${folder} -> ${target}`, found);
  }
  return arrows;
}

function packageUsesOf(sources: readonly Source[]): ReadonlyMap<string, Import> {
  const uses = new Map<string, Import>();
  for (const found of sources.flatMap(importsOf)) {
    if (found.specifier.startsWith('.') || found.specifier.startsWith('node:')) continue;
    const parts = found.specifier.split('/');
    const name = parts.slice(0, found.specifier.startsWith('@') ? 2 : 1).join('/');
    uses.set(`${folderOf(found.path)} -> ${name}`, found);
  }
  return uses;
}

/** What is used and not allowed, with the file that does it, and what is allowed and not used. */
function compare(allowed: readonly string[], used: ReadonlyMap<string, Import>): { readonly forbidden: readonly string[]; readonly stale: readonly string[] } {
  return {
    forbidden: [...used].filter(([arrow]) => !allowed.includes(arrow)).map(([arrow, { path, specifier }]) => `${arrow} (${path} imports ${specifier})`),
    stale: allowed.filter((arrow) => !used.has(arrow)),
  };
}

function flatten(table: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(table).flatMap(([folder, targets]) => targets.map((target) => `${folder} -> ${target}`));
}

function packageTable(homes: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(homes).flatMap(([name, folders]) => folders.map((folder) => `${folder} -> ${name}`));
}

function processUses(sources: readonly Source[]): readonly string[] {
  const uses = sources.filter(({ path, text }) => !PROCESS_HOMES.includes(path) && /(?<![\w.'"`/-])(?:console|process)\s*[.[]/.test(withoutComments(text))).map(({ path }) => path);
  const imports = sources.flatMap(importsOf).filter(({ path, specifier }) => /^(?:node:)?(?:process|console)$/.test(specifier) && !NODE_PROCESS_HOMES.includes(path));
  return [...uses, ...imports.map(({ path, specifier }) => `${path} imports ${specifier}`)];
}

function filesBelow(folder: string): readonly Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: posix.relative(join(ROOT, folder), file), text: readFileSync(file, 'utf8') }));
}

const sources = filesBelow('src');

describe('the source tree', () => {
  const arrows = compare(flatten(ARROWS), arrowsOf(sources));
  const packages = compare(packageTable(PACKAGE_HOMES), packageUsesOf(sources));

  test('folders import only what the table of arrows allows', () => expect(arrows.forbidden).toEqual([]));
  test('the table of arrows has no arrow that nothing uses', () => expect(arrows.stale).toEqual([]));
  test('npm packages are imported only at home', () => expect(packages.forbidden).toEqual([]));
  test('the table of homes has no home without its package', () => expect(packages.stale).toEqual([]));
  test('only main.ts touches the process, and nothing the console', () => expect(processUses(sources)).toEqual([]));

  test('the list of those who import node:process names nobody who does not', () => {
    const users = sources.flatMap(importsOf).filter(({ specifier }) => specifier === 'node:process');
    expect(NODE_PROCESS_HOMES.filter((home) => !users.some(({ path }) => path === home))).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines, generated ones aside`, () => {
    const long = sources.filter(({ path }) => !path.includes('generated/')).filter(({ text }) => text.split('\n').length - 1 > MAX_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('nothing has a default export, and no folder a barrel', () => {
    const wrong = sources.filter(({ path, text }) => /^export default /m.test(text) || path.endsWith('/index.ts'));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the checks themselves', () => {
  const source = (path: string, text: string): Source => ({ path, text });

  test.each([
    { name: 'a static import', text: "import { a } from '../engine/a.ts';" },
    { name: 'a type import', text: "import type { A } from '../engine/a.ts';" },
    { name: 'an import over lines', text: "import {\n  a,\n} from '../engine/a.ts';" },
    { name: 'an import for its effect', text: "import '../engine/a.ts';" },
    { name: 'a dynamic import', text: "const { a } = await import('../engine/a.ts');" },
    { name: 'an import type', text: "let a: import('../engine/a.ts').A;" },
    { name: 'a re-export', text: "export { a } from '../engine/a.ts';" },
  ])('see $name', ({ text }) => expect([...arrowsOf([source('wire/b.ts', text)]).keys()]).toEqual(['wire -> engine']));

  test('do not see a key called from', () => {
    expect(importsOf(source('wire/b.ts', "const ends = [['links', 'from'], ['links', 'to']];"))).toEqual([]);
  });

  test('do not see imports in comments and inside a folder', () => {
    expect(arrowsOf([source('wire/sub/b.ts', "// import '../../engine/a.ts'\n/** import('../../engine/a.ts') */\nimport '../c.ts';")]).size).toBe(0);
  });

  test('tell a forbidden arrow from a stale one', () => {
    const used = arrowsOf([source('wire/b.ts', "import '../engine/a.ts';")]);
    expect(compare(['wire -> shared'], used)).toEqual({ forbidden: ['wire -> engine (wire/b.ts imports ../engine/a.ts)'], stale: ['wire -> shared'] });
  });

  test('know the package of a sub-path and of a scope', () => {
    expect([...packageUsesOf([source('a/b.ts', "import 'zod/mini'; import x from '@a/b/c'; import 'node:fs';")]).keys()]).toEqual(['a -> zod', 'a -> @a/b']);
  });

  test.each([
    { name: 'process', text: 'const a = process.env.A;', isSeen: true },
    { name: 'console', text: 'console.log(1);', isSeen: true },
    { name: 'process by name', text: "const a = process['env'];", isSeen: true },
    { name: 'an import of it', text: "import { env } from 'node:process';", isSeen: true },
    { name: 'a property called process', text: 'child.process.kill();', isSeen: false },
    { name: 'a word in a comment', text: '// the process. It ends.', isSeen: false },
    { name: 'another module', text: "import { spawn } from 'node:child_process';", isSeen: false },
  ])('see the process where it is: $name', ({ text, isSeen }) => expect(processUses([source('wire/b.ts', text)]).length > 0).toBe(isSeen));
});
