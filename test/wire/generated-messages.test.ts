import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const checkedIn = path.join(root, 'src', 'wire', 'generated');
const cache = process.env['GWCTL_CACHE_DIR'] ?? path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'gwctl');
const jar = path.join(cache, 'kafka-4.3.1', 'libs', 'kafka-clients-4.3.1.jar');

describe('src/wire/generated', () => {
  let fresh = '';

  beforeAll(() => {
    if (!existsSync(jar)) throw new Error(`${jar} is missing: run \`npm run setup\` first`);
    fresh = mkdtempSync(path.join(tmpdir(), 'gwctl-generated-'));
    execFileSync(process.execPath, [path.join(root, 'tools', 'generate-messages.mjs'), jar, '--out', fresh], { stdio: 'pipe' });
  });
  afterAll(() => rmSync(fresh, { recursive: true, force: true }));

  test('is byte for byte what the generator makes of Kafka 4.3.1', () => {
    expect(differences(checkedIn, fresh)).toEqual([]);
  });

  test('a changed, a missing and a surplus file are each noticed', () => {
    const text = readFileSync(path.join(fresh, 'metadata.ts'), 'utf8');
    writeFileSync(path.join(fresh, 'metadata.ts'), text.replace('versions: [10, 13]', 'versions: [11, 13]'));
    rmSync(path.join(fresh, 'fetch.ts'));
    writeFileSync(path.join(fresh, 'surplus.ts'), '');
    expect(differences(checkedIn, fresh)).toEqual(['fetch.ts', 'metadata.ts', 'surplus.ts']);
  });
});

function differences(left: string, right: string): string[] {
  const names = [...new Set([...readdirSync(left), ...readdirSync(right)])].sort();
  return names.filter((name) => readOrNull(left, name) !== readOrNull(right, name));
}

function readOrNull(folder: string, name: string): string | null {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
