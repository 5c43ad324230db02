import { describe, expect, test } from 'vitest';
import { createLog, type LogFormat } from '../../../src/gateway/log.ts';

const AT = new Date('2026-11-24T03:00:00.123Z');

function linesOf(format: LogFormat | undefined, common = {}): { readonly log: ReturnType<typeof createLog>; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: createLog((line) => void lines.push(line), { ...(format === undefined ? {} : { format }), common, now: () => AT }) };
}

test('text is the default: time, level, message, and quotes where a value needs them', () => {
  const { log, lines } = linesOf(undefined, { node: 'gateway1' });
  log.info('serving', { ports: '6969,6970', left: undefined });
  log.with({ worker: 2 }).warn('a "quoted" message', { why: 'two words' });
  expect(lines).toEqual([
    '2026-11-24T03:00:00.123Z INFO serving node=gateway1 ports=6969,6970\n',
    '2026-11-24T03:00:00.123Z WARN a "quoted" message node=gateway1 worker=2 why="two words"\n',
  ]);
});

describe('json', () => {
  test('is one object a line: time, level, message, node and the fields with their types', () => {
    const { log, lines } = linesOf('json', { node: 'gateway1' });
    log.with({ worker: 2 }).warn('session ended', { virtualCluster: 'teamA', count: 3, isLate: true, left: undefined });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-11-24T03:00:00.123Z', level: 'warn', message: 'session ended', node: 'gateway1', worker: 2, virtualCluster: 'teamA', count: 3, isLate: true },
    ]);
    expect(Object.keys(JSON.parse(lines[0] ?? '') as object).slice(0, 3)).toEqual(['time', 'level', 'message']);
  });

  test.each([
    { name: 'a line break', message: 'one\ntwo' },
    { name: 'quotes and a backslash', message: 'a "b" \\ c' },
    { name: 'half a surrogate pair', message: 'x\ud800y' },
  ])('$name in a message stays in its line', ({ message }) => {
    const { log, lines } = linesOf('json');
    log.info(message, { value: message });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message, value: message });
  });

  test('a field cannot pretend to be the time, the level or the message', () => {
    const { log, lines } = linesOf('json');
    log.info('real', { message: 'forged', level: 'error', time: 'never' });
    expect(JSON.parse(lines[0] ?? '')).toEqual({ time: AT.toISOString(), level: 'info', message: 'real' });
  });
});
