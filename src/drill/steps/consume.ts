import { randomBytes } from 'node:crypto';
import { readThroughGroup } from '../clients/read-through-group.ts';
import { notAsExpected } from '../expectation.ts';
import { judgeRecords, recordCount, showValue } from '../judge-records.ts';
import { pollUntilExpected } from '../poll.ts';
import type { DrillStepInput } from '../scenario-schema.ts';
import type { StepResult, StepRunner, StepTools } from '../step-tools.ts';
import { clusterOf, kafkaOf } from './find.ts';

type ConsumeInput = DrillStepInput<'consume'>;

/** Reads a topic from its beginning: through a gateway as a consumer group, on a cluster to the end of every partition. */
export const consume: StepRunner<'consume'> = async (input, tools) => (input.cluster === undefined ? await throughGateway(input, tools) : await onCluster(input, input.cluster, tools));

async function throughGateway(input: ConsumeInput, tools: StepTools): Promise<StepResult> {
  const groupId = input.group ?? `drill-${randomBytes(4).toString('hex')}`;
  const { values, joinMs } = await readThroughGroup(kafkaOf(tools, input), {
    topic: input.topic,
    groupId,
    withinMs: input.within,
    clock: tools.clock,
    signal: tools.signal,
    isEnough: (seen) => {
      const judgement = judgeRecords(input.expect, seen);
      return judgement.ok || judgement.isFinal === true;
    },
  });
  const judgement = judgeRecords(input.expect, values);
  if (!judgement.ok) throw notAsExpected(judgement.expected, judgement.seen);
  return { seen: `${recordCount(values.length)} through ${input.gateway ?? ''} as group ${groupId}`, details: shown(values), evidence: { records: values.length, groupId, joinMs } };
}

async function onCluster(input: ConsumeInput, name: string, tools: StepTools): Promise<StepResult> {
  const cluster = clusterOf(tools, name);
  const values = await pollUntilExpected({ ...tools, withinMs: input.within }, async () =>
    judgeRecords(input.expect, (await cluster.readAll(input.topic)).map(({ value }) => value?.toString('utf8') ?? '')),
  );
  const absent = input.expect.absent?.length ?? 0;
  return { seen: `${recordCount(values.length)} of ${input.topic} on ${name}${absent === 0 ? '' : `, and not the ${absent} that must not be there`}`, details: shown(values), evidence: { records: values.length } };
}

function shown(values: readonly string[]): readonly string[] {
  return values.map((value) => `← ${showValue(value)}`);
}
