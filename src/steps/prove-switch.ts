import { partitionKey } from '../ports/kafka-cluster.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Step } from './step.ts';

const TIMEOUT_MS = 20_000;

interface NodeProof {
  readonly node: string;
  readonly offset: bigint;
  readonly writeMs: number;
  readonly readMs: number;
}

/**
 * "Switched" means seen on the data plane, through every node: a record that was written and read through it is on the new cluster, and it
 * is not on the old one. A node that fails does not keep the others from being looked at.
 */
export const proveSwitch: Step<'prove-switch'> = {
  timeoutMs: (step) => step.timeoutMs ?? TIMEOUT_MS,
  failure: 'unproven',
  undo: 'no-return',
  apply: async (step, { runId, plan, world, canary, signal, note }) => {
    const target = world.clusters.get(plan.to);
    const source = world.clusters.get(plan.from);
    if (target === undefined || source === undefined) throw new GwctlError('INTERNAL', 'a cluster of the plan is missing in this world');
    const partition = { topic: canary.physicalTopic, partition: 0 };
    const sourceEnd = step.isSourceGone === true ? undefined : await source.endOffsets([partition]).then(
      (ends) => ends.get(partitionKey(partition)) ?? 0n,
      () => undefined,
    );
    const nodes: NodeProof[] = [];
    const failures: string[] = [];
    for (const gateway of step.gateways) {
      try {
        const state = await world.gateways.find(({ node }) => node === gateway)?.state();
        if (state?.active !== plan.to || state.phase !== 'serving') throw new GwctlError('PROOF_FAILED', `${gateway} says that it serves ${state?.active ?? '?'} and is ${state?.phase ?? '?'}`);
        const id = `${runId}/${gateway}`;
        const proof = await canary.prove(gateway, id, signal);
        const [onTarget] = await target.readRecords(partition, proof.offset, 1);
        if (onTarget?.value?.toString('utf8') !== id) throw new GwctlError('PROOF_FAILED', `the record written through ${gateway} is not on ${plan.to}`);
        nodes.push({ node: gateway, offset: proof.offset, writeMs: Math.round(proof.writeMs), readMs: Math.round(proof.readMs) });
      } catch (reason) {
        failures.push(GwctlError.from(reason).message);
      }
    }
    const stray = sourceEnd === undefined ? [] : await source.readRecords(partition, sourceEnd, 100);
    const ours = stray.filter(({ value }) => value?.toString('utf8').startsWith(`${runId}/`) === true);
    if (ours.length > 0) throw new GwctlError('PROOF_FAILED', `a record of this run was written to ${plan.from}: a node still serves it`);
    if (failures.length > 0) throw new GwctlError('PROOF_FAILED', `${failures.join('; ')}${nodes.length === 0 ? '' : `; proven on ${nodes.map(({ node }) => node).join(', ')}`}`, { details: { nodes } });
    if (sourceEnd !== undefined) return { nodes, absentOn: plan.from };
    if (step.isSourceGone !== true) note(`${plan.from} could not be read: nobody has looked whether a record went there`);
    return { nodes };
  },
};
