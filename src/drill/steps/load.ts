import { counted } from '../../shared/counted.ts';
import { GwctlError } from '../../shared/errors.ts';
import { openThroughGateway } from '../clients/open-kafka.ts';
import { notAsExpected } from '../expectation.ts';
import { checkHistory, type HistoryVerdict } from '../load/history-checker.ts';
import type { LoggedRecord } from '../load/history.ts';
import { findLoadProblems } from '../load/judge-load.ts';
import { runLoad, type RunningLoad } from '../load/run-load.ts';
import { pollUntilExpected } from '../poll.ts';
import type { DrillStepInput } from '../scenario-schema.ts';
import type { StepRunner, StepTools } from '../step-tools.ts';
import { ensureTopic } from './change-topics.ts';
import { clusterOf, nodeOf, tokenOf } from './find.ts';

const FIRST_RECORD_MS = 60_000;

/** Starts producers and a consumer group that go on through the steps that follow; returns when records arrive. */
export const startLoad: StepRunner<'startLoad'> = async (input, tools) => {
  const token = tokenOf(tools, input.as);
  const kafkas = input.gateways.map((gateway) => openThroughGateway(nodeOf(tools, gateway), token));
  const [first] = kafkas;
  if (first === undefined) throw new GwctlError('INTERNAL', 'a load without a gateway');
  await ensureTopic(first, input.topic, input.partitions, input.replicationFactor);
  const load = await runLoad({ ...input, isIdempotent: input.idempotent }, token.virtualCluster, kafkas, tools.clock).catch((reason: unknown) => {
    throw new GwctlError('UNAVAILABLE', `load ${input.name} cannot start: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  });
  tools.loads.set(input.name, load);
  await pollUntilExpected({ ...tools, withinMs: FIRST_RECORD_MS }, async () =>
    load.recording.delivered.length > 0 ? { ok: true, value: true } : { ok: false, expected: `records of load ${input.name}`, seen: `${load.recording.sent.length} sent, none delivered${lastError(load)}` },
  );
  return {
    seen: `${counted(input.producers, 'producer')}, ${input.ratePerSecond} records/s with acks=all, and ${counted(input.consumers, 'consumer')} of group ${input.group} through ${input.gateways.join(' and ')}`,
    evidence: { producers: input.producers, ratePerSecond: input.ratePerSecond, consumers: input.consumers, partitions: input.partitions },
  };
};

/** Stops a load, reads the whole log of the cluster that is active now, and judges what the clients saw. */
export const stopLoad: StepRunner<'stopLoad'> = async ({ name, expect, within }, tools) => {
  const load = tools.loads.get(name);
  if (load === undefined) throw new GwctlError('INTERNAL', `no load ${name}`);
  tools.loads.delete(name);
  try {
    await load.stopProducers();
    await drain(load, within, tools);
  } finally {
    await load.stopConsumers();
  }
  const { cluster, topic, log } = await readLog(load, tools);
  const { sent, delivered, errors } = load.recording;
  const verdict = checkHistory({ sent, delivered, errors, log });
  const announced = tools.announcedLosses.get(topic);
  const problems = findLoadProblems(verdict, expect, announced);
  const evidence = { cluster, topic, verdict, joins: load.recording.joins.length, ...(announced === undefined ? {} : { announced }) };
  const details = [...renderVerdict(verdict), `${evidence.joins} times a consumer was given partitions`, ...errors.slice(0, 3).map(({ client, message }) => `${client}: ${message}`)];
  if (problems.length > 0) throw notAsExpected(renderExpected(expect), `${problems.join('; ')}${lastError(load)}`, { lines: details, evidence });
  return { seen: `${verdict.acknowledged} acknowledged, ${verdict.lost.count} lost, ${verdict.duplicated.count} duplicated, ${verdict.errors} errors`, details, evidence };
};

function renderExpected(expect: DrillStepInput<'stopLoad'>['expect']): string {
  return (['lost', 'duplicated', 'skipped', 'unseen', 'reordered', 'errors'] as const).map((what) => `${what} ${renderCount(expect[what])}`).join(', ');
}

function renderCount(expected: number | { readonly max: number } | 'announced'): string {
  return typeof expected === 'object' ? `at most ${expected.max}` : `${expected}`;
}

/** Waits until the group was given every acknowledged record; when it is not, the checker says which. */
async function drain(load: RunningLoad, withinMs: number, tools: StepTools): Promise<void> {
  const { clock, signal, announcedLosses } = tools;
  const deadlineMs = clock.elapsedMs() + withinMs;
  const onLog = announcedLosses.size === 0 ? undefined : new Set((await readLog(load, tools)).log.map(({ value }) => value));
  while (load.undelivered(onLog) > 0 && clock.elapsedMs() < deadlineMs) await clock.sleep(50, signal);
}

/** The topic on the cluster that is active now, as it is stored there. */
async function readLog({ spec, virtualCluster }: RunningLoad, tools: StepTools): Promise<{ readonly cluster: string; readonly topic: string; readonly log: readonly LoggedRecord[] }> {
  const [gateway] = tools.world.gateways;
  if (gateway === undefined) throw new GwctlError('CONFIG', 'this environment has no gateway');
  const [{ active }, virtualClusters] = await Promise.all([gateway.state(), gateway.virtualClusters()]);
  const mapped = virtualClusters.find(({ name }) => name === virtualCluster)?.topics.find(({ virtual }) => virtual === spec.topic);
  const topic = mapped?.physical ?? virtualCluster + spec.topic;
  const cluster = clusterOf(tools, active);
  const perPartition = await Promise.all(
    Array.from({ length: spec.partitions }, async (_, partition) =>
      (await cluster.readRecords({ topic, partition }, 0n, Number.MAX_SAFE_INTEGER)).map(({ offset, value }) => ({ partition, offset, value: value?.toString('utf8') ?? '' })),
    ),
  );
  return { cluster: active, topic, log: perPartition.flat() };
}

function renderVerdict(verdict: HistoryVerdict): readonly string[] {
  const { ackLatencyMs } = verdict;
  return [
    `${verdict.sent} sent, ${verdict.acknowledged} acknowledged, ${verdict.logged} on the log, ${verdict.delivered} delivered (${verdict.redelivered} of them again)`,
    `lost ${verdict.lost.count}, duplicated ${verdict.duplicated.count}, skipped ${verdict.skipped.count}, unseen ${verdict.unseen.count}, reordered ${verdict.reordered.count}`,
    `longest gap: ${Math.round(verdict.longestAckGapMs)} ms of acknowledgements, ${Math.round(verdict.longestDeliveryGapMs)} ms of deliveries`,
    `acknowledged after ${Math.round(ackLatencyMs.median)} ms (median), ${Math.round(ackLatencyMs.p99)} ms (p99), ${Math.round(ackLatencyMs.max)} ms (max)`,
  ];
}

function lastError({ recording }: RunningLoad): string {
  const last = recording.errors.at(-1);
  return last === undefined ? '' : ` (last error: ${last.client}: ${last.message})`;
}
