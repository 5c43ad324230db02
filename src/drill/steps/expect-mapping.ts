import type { KafkaCluster } from '../../ports/kafka-cluster.ts';
import type { Judgement } from '../expectation.ts';
import { findMappingProblems, type MappingExpected } from '../judge-mapping.ts';
import { showValue } from '../judge-records.ts';
import { pollUntilExpected } from '../poll.ts';
import type { StepRunner } from '../step-tools.ts';
import { clusterOf } from './find.ts';

const TOPIC_MAPPINGS = '_topicMappings';

/** Reads `_topicMappings` on a cluster, past the gateways: the newest record of a virtual cluster must have the whole shape. */
export const expectMapping: StepRunner<'expectMapping'> = async (input, tools) => {
  const cluster = clusterOf(tools, input.cluster);
  const expected = { ...input, clusters: tools.world.topology.clusters.map(({ name }) => name) };
  const record = await pollUntilExpected({ ...tools, withinMs: input.within }, () => lookUp(cluster, input.virtualCluster, expected));
  return {
    seen: `${input.virtualCluster}'s ${input.topic} is ${input.physical} on ${input.cluster}`,
    details: [`${input.virtualCluster} ← ${JSON.stringify({ [input.topic]: record[input.topic] })}`],
    evidence: { mapping: record[input.topic] },
  };
};

async function lookUp(cluster: KafkaCluster, virtualCluster: string, expected: MappingExpected): Promise<Judgement<Readonly<Record<string, unknown>>>> {
  const records = await cluster.readAll(TOPIC_MAPPINGS);
  const newest = records.filter(({ key }) => key?.toString('utf8') === virtualCluster).at(-1)?.value?.toString('utf8');
  const where = `${expected.topic} as ${expected.physical} in the ${TOPIC_MAPPINGS} record of ${virtualCluster}`;
  if (newest === undefined) return { ok: false, expected: where, seen: `no record with key ${virtualCluster} among ${records.length}` };
  let record: unknown;
  try {
    record = JSON.parse(newest);
  } catch {
    return { ok: false, expected: where, seen: `a record that is not JSON: ${showValue(newest)}` };
  }
  const problems = findMappingProblems(record, expected);
  return problems.length === 0 ? { ok: true, value: record as Readonly<Record<string, unknown>> } : { ok: false, expected: where, seen: problems.join('; ') };
}
