import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createProgress } from '../../../src/report/progress.ts';
import { Sink } from '../../support/cli-context.ts';

function createFixture(isTerminal: boolean) {
  const err = new Sink();
  err.isTTY = isTerminal;
  let nowMs = 1000;
  const progress = createProgress({ err, isTerminal: { err: isTerminal }, env: {} }, () => nowMs);
  return { err, progress, pass: (ms: number) => (nowMs += ms) };
}

test('things side by side are plain lines with seconds when nobody watches', () => {
  const { err, progress, pass } = createFixture(false);
  const main = progress.start('main');
  const failover = progress.start('failover');
  pass(2100);
  failover.note('2 brokers answer');
  failover.note('2 brokers answer');
  pass(10_200);
  main.done('3 brokers answer');
  failover.fail('broker 3 died');
  failover.note('too late');
  main.done();
  progress.stop();
  expect(err.text).toBe('   2.1s failover: 2 brokers answer\n  12.3s main: 3 brokers answer\n  12.3s failover: failed: broker 3 died\n');
});

test('on a terminal one line names all that is under way, and what ended stays above it', () => {
  const { err, progress, pass } = createFixture(true);
  const main = progress.start('main');
  progress.start('failover').note('formatting');
  pass(1500);
  main.done('3 brokers answer');
  main.note('too late');
  progress.stop();
  const plain = stripVTControlCharacters(err.text);
  expect(plain).toContain('✔    1.5s main: 3 brokers answer\n');
  expect(plain).toMatch(/failover: formatting/);
  expect(plain).not.toContain('too late');
});
