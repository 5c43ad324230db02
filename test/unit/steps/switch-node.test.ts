import { expect, test } from 'vitest';
import type { StepContext } from '../../../src/steps/step.ts';
import { switchNode } from '../../../src/steps/switch-node.ts';

const STEP = { kind: 'switch-node', gateway: 'gateway1', from: 'main', timeoutMs: 1000, isSourceGone: true } as const;

async function undoneWhere(active: string): Promise<unknown> {
  const gateway = { node: 'gateway1', state: async () => ({ active }) };
  const context = { plan: { from: 'main', to: 'failover' }, world: { gateways: [gateway] }, clock: { sleep: async () => {} }, note: () => {}, signal: new AbortController().signal } as unknown as StepContext;
  return await (switchNode.undo as (step: typeof STEP, context: StepContext) => Promise<unknown>)(STEP, context);
}

test('a node that has switched although its call seemed to fail cannot go back to a cluster that is given up: a person is told, and not that it serves that one', async () => {
  await expect(undoneWhere('failover')).rejects.toMatchObject({ code: 'NEEDS_OPERATOR', message: 'gateway1 serves failover, and main is given up: there is nothing to go back to' });
});

test('where it is still on the cluster that is given up, nobody can tell: the call may act late', async () => {
  expect(await undoneWhere('main')).toEqual({ unknown: ['gateway1'] });
});
