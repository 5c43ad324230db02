import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openEnvironment } from '../../../src/cli/open-environment.ts';
import { createMemoryContext } from '../../support/cli-context.ts';

test('an environment is its topology and a folder of its own', async () => {
  const { topology, dir } = await openEnvironment({ config: undefined, portOffset: 100, stateDir: '/var/gwctl', debug: false }, createMemoryContext());
  expect(topology.gateways[0]?.admin.port).toBe(8988);
  expect(dir).toBe('/var/gwctl/default+100');
});

describe('the runtime of an environment', () => {
  const marked = async (marker: string | undefined) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'gwctl-unit-'));
    await mkdir(join(stateDir, 'default'));
    if (marker !== undefined) await writeFile(join(stateDir, 'default', 'environment.json'), marker);
    return stateDir;
  };
  const open = async (marker: string | undefined, runtime?: 'auto' | 'docker' | 'local') => {
    const stateDir = await marked(marker);
    try {
      return (await openEnvironment({ config: undefined, portOffset: 0, stateDir, debug: false, runtime }, createMemoryContext())).topology.runtime;
    } finally {
      await rm(stateDir, { recursive: true });
    }
  };

  test.each([
    { name: 'is open until it was brought up', marker: undefined, flag: undefined, runtime: 'auto' },
    { name: 'is what the option says', marker: undefined, flag: 'docker', runtime: 'docker' },
    { name: 'stays what it was brought up with', marker: '{"runtime":"docker"}', flag: undefined, runtime: 'docker' },
    { name: 'stays it with --runtime auto', marker: '{"runtime":"docker"}', flag: 'auto', runtime: 'docker' },
    { name: 'is local in a folder of an older gwctl', marker: '{"name":"default","portOffset":0}', flag: undefined, runtime: 'local' },
    { name: 'is local in a folder whose record was cut off', marker: '{"na', flag: undefined, runtime: 'local' },
  ] as const)('$name', async ({ marker, flag, runtime }) => expect(await open(marker, flag)).toBe(runtime));

  test('is not changed while there are records of another one', async () => {
    await expect(open('{"runtime":"docker"}', 'local')).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', hint: expect.stringContaining('down -v --runtime docker') });
  });
});
