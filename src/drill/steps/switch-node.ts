import { isDeepStrictEqual } from 'node:util';
import { callSwitch } from '../clients/call-switch.ts';
import { notAsExpected } from '../expectation.ts';
import type { StepRunner } from '../step-tools.ts';
import { adminOf, nodeOf } from './find.ts';

const EXPECTED = { message: 'Cluster switched' };

/** The seed's call to one node, and its exact answer. */
export const switchNode: StepRunner<'switchNode'> = async ({ gateway, from, to }, tools) => {
  const { status, body } = await callSwitch(nodeOf(tools, gateway), from, to, tools.admin);
  if (status < 200 || status > 299 || !isDeepStrictEqual(body, EXPECTED)) throw notAsExpected(`${JSON.stringify(EXPECTED)} from ${gateway}`, `HTTP ${status} ${JSON.stringify(body)}`);
  tools.markSwitched();
  const { active, phase, generation } = await adminOf(tools, gateway).state();
  if (active !== to || phase !== 'serving') throw notAsExpected(`${gateway} to serve ${to}`, `that it serves ${active} and is ${phase}`);
  return { seen: `${gateway} serves ${to}`, details: [JSON.stringify(body)], evidence: { generation } };
};
