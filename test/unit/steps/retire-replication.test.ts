import { expect, test } from 'vitest';
import type { Takeover } from '../../../src/ports/takeover.ts';
import { retireReplication } from '../../../src/steps/takeover-steps.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const STEP = { kind: 'retire-replication', from: 'main', timeoutMs: 30 } as const;

function contextOf(retire: () => Promise<void>): StepContext {
  const takeover = { copying: { copied: { records: 3, transactions: 1 } }, retire } as unknown as Takeover;
  return { plan: { from: 'main', to: 'failover' }, world: { topology: TOPOLOGY, takeover: () => takeover }, signal: AbortSignal.timeout(STEP.timeoutMs) } as unknown as StepContext;
}

test('the deadline of the plan holds: a process that does not end is not waited for longer', async () => {
  expect(retireReplication.timeoutMs(STEP)).toBe(30);
  await expect(retireReplication.apply(STEP, contextOf(() => new Promise(() => {})))).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'the replication main->failover was not ended within 30 ms' });
});

test('what was copied is told', async () => {
  expect(await retireReplication.apply(STEP, contextOf(async () => {}))).toEqual({ records: 3, transactions: 1 });
});
