import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What people get: the tarball alone, unpacked where no library lies beside it.
const ROOT = new URL('../../', import.meta.url).pathname;
let folder = '';
let gwctl = '';
let dist = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gwctl-package-'));
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  const [tarball = ''] = await readdir(folder);
  await execa('tar', ['-xzf', tarball], { cwd: folder });
  gwctl = join(folder, 'package', 'bin', 'gwctl.js');
  dist = join(folder, 'package', 'dist');
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Loads every part of the bundle, as the commands do one by one. */
async function loadEveryPart(): Promise<{ readonly exitCode?: number; readonly stderr: string }> {
  const parts = (await readdir(dist)).filter((name) => name.endsWith('.js')).map((name) => `./${name}`);
  return await execa(process.execPath, ['--input-type=module', '--eval', `await Promise.all(${JSON.stringify(parts)}.map((part) => import(part)));`], { cwd: dist, reject: false });
}

test('has what it needs and nothing of the repository beside it', async () => {
  expect((await readdir(join(folder, 'package'))).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'compose', 'dist', 'package.json', 'scenarios']);
  expect(JSON.parse(await readFile(join(folder, 'package', 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
});

test('runs without any library beside it, and finds its version and its templates', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  expect((await execa(process.execPath, [gwctl, '--version'])).stdout).toBe(version);
  const { stdout } = await execa(process.execPath, [gwctl, 'render', 'compose', '--directory', join(folder, 'rendered')], { cwd: folder });
  expect(stdout).toContain('compose.yaml');
  expect(await readFile(join(folder, 'rendered', 'compose.yaml'), 'utf8')).toContain('gateway1');
});

test('every part of the bundle loads; one that needs a library beside it does not', async () => {
  expect(await loadEveryPart()).toMatchObject({ exitCode: 0, stderr: '' });
  await writeFile(join(dist, 'control.js'), 'import \'kafkajs\';\n');
  try {
    expect(await loadEveryPart()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Cannot find package \'kafkajs\'') });
  } finally {
    await rm(join(dist, 'control.js'));
  }
});

test('brings the licence of every library that the source imports', async () => {
  const licences = await readFile(join(dist, 'THIRD-PARTY-LICENCES.txt'), 'utf8');
  const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(ROOT, 'src', name), 'utf8')));
  const libraries = new Set(texts.flatMap((text) => [...text.matchAll(/^import (?!type ).*from '((?!node:)[a-z@][^']*)';$/gm)].map(([, name = '']) => name)));
  expect(libraries.size).toBeGreaterThan(10);
  for (const name of libraries) expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([\\w .-]+\\)$`, 'm'));
});
