import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

// The built program (npm run setup), because the process is what main.ts is about.
const GWCTL = new URL('../../bin/gwctl.js', import.meta.url).pathname;

async function run(args: readonly string[], closeOutputEarly = false) {
  const child = spawn(process.execPath, [GWCTL, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  if (closeOutputEarly) child.stdout.destroy();
  else child.stdout.on('data', (chunk) => (written.out += chunk));
  child.stderr.on('data', (chunk) => (written.err += chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, ...written };
}

test('a whole answer arrives before the process ends', async () => {
  const { exitCode, out, err } = await run(['schema']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(() => JSON.parse(out) as unknown).not.toThrow();
});

test('a wrong command is told on stderr and exits with 2', async () => {
  expect(await run(['shema'])).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('Did you mean schema') });
});

test('a reader that has seen enough is no error', async () => {
  expect(await run(['schema'], true)).toEqual({ exitCode: 0, out: '', err: '' });
});
