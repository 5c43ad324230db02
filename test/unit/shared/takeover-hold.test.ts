import { expect, test } from 'vitest';
import { parseTakeoverHold, renderInactiveSource, renderTakeoverHold } from '../../../src/shared/takeover-hold.ts';

test('what a run writes down when it takes a replication over is read again', () => {
  const hold = { runId: '20261124T074345-o6xk', from: 'main', to: 'failover-2' };
  expect(parseTakeoverHold(renderTakeoverHold(hold))).toEqual(hold);
});

test.each(['', 'the drill says so', renderInactiveSource('main', 'failover', 'failover'), 'run r1 took over main->failover for a switch to main'])('%j is another reason', (text) => {
  expect(parseTakeoverHold(text)).toBeUndefined();
});
