import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '../../shared/counted.ts';
import { parseTakeoverHold } from '../../shared/takeover-hold.ts';
import { clusterNamed } from '../../topology/lookup.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { Cluster, GatewayNode, MirrorLink } from '../../topology/topology.ts';
import { awaitEveryBroker, awaitGateway, awaitHeartbeat, awaitHttp, awaitMembership, withClient } from './await-ready.ts';
import { brokerName, type Component, filesOf, MIRROR_MAKER, SCHEMA_REGISTRY } from './component.ts';
import { createGate, type Gate } from './gate.ts';
import { ensureInternalTopics } from './internal-topics.ts';
import { readActiveLinks } from './launch.ts';
import { whyNotReplicate } from './may-replicate.ts';
import { renewMirrorMaker, type Renewal } from './renew-mirror-maker.ts';
import { runTogether } from './run-together.ts';
import { REGISTRY_BASE_PATH } from './schema-registry.ts';
import { stopComponent } from './stop-component.ts';
import { limitsOf } from './take-down.ts';
import { isToStart, startKind, type UpRun } from './up-run.ts';
import { withItem } from './with-item.ts';

/**
 * MirrorMaker's JVM starts this long after the brokers' (2 cores): sooner it takes the brokers' time, and may make its own topics before
 * we do; later it is what everybody waits for. Measured from start to the first replicated heartbeat, machine otherwise idle: 8.2 s at
 * 0, 7.0 s at 0.5 s, 6.5 s at 1 s, 6.9 s at 1.5 s, 8.5 s at 2.5 s.
 */
const MIRROR_MAKER_DELAY_MS = 1500;
const HELD_POLL_MS = 100;

/** A cluster name -> its brokers answer and its internal topics exist. */
type ClusterGates = ReadonlyMap<string, Gate>;

/**
 * Starts everything as soon as what it needs is there, and returns when all of it is ready:
 *
 *   brokers ─┬─ all are members ── topics ─┬─ gateways ── healthy
 *            │                             └─ schema registry
 *            └─ (1 s) MirrorMaker ── heartbeat on the target
 */
export async function awaitReadiness(run: UpRun): Promise<void> {
  const { context, options, clock, supervisor } = run;
  const signal = AbortSignal.any([options.signal, supervisor.signal]);
  const gates: ClusterGates = new Map(context.topology.clusters.map(({ name }) => [name, createGate()]));
  await runTogether(signal, [
    () => clock.time('start brokers', () => startKind(run, 'broker')),
    ...context.topology.clusters.map((cluster) => (inner: AbortSignal) => bringCluster(run, cluster, gates, inner)),
    (inner) => bringMirrorMaker(run, gates, inner),
    (inner) => bringGateways(run, gates, inner),
    (inner) => bringRegistry(run, gates, inner),
  ]);
  const { proveGateways, withGateways } = options;
  if (proveGateways !== undefined && withGateways) await clock.time('prove gateways', () => proveGateways(signal));
}

async function bringCluster(run: UpRun, cluster: Cluster, gates: ClusterGates, signal: AbortSignal): Promise<void> {
  const expected = { ...cluster, brokers: cluster.brokers.filter(({ id }) => !isHeld(run, brokerName(cluster.name, id))) };
  const links = await readActiveLinks(run.context);
  await withItem(run, cluster.name, async (item) => {
    await withClient(expected, async (client) => {
      await run.clock.time(`${cluster.name} answers`, () => awaitMembership(expected, client, signal, (text) => item.note(text)));
      await run.clock.time(`${cluster.name} topics`, () => ensureInternalTopics(cluster, links, client, signal));
      await run.clock.time(`${cluster.name} every broker`, () => awaitEveryBroker(expected, client, signal));
    });
    gates.get(cluster.name)?.open();
    return `${counted(expected.brokers.length, 'broker')} ${expected.brokers.length === 1 ? 'answers' : 'answer'}, internal topics exist`;
  });
}

async function bringMirrorMaker(run: UpRun, gates: ClusterGates, signal: AbortSignal): Promise<void> {
  const mirrorMaker = run.wanted.find(({ component }) => component.name === MIRROR_MAKER);
  if (mirrorMaker === undefined) return;
  await withItem(run, MIRROR_MAKER, async (item) => {
    const held = mirrorMaker.found.state === 'held' ? (mirrorMaker.found.heldBecause ?? '') : undefined;
    const isTakenOver = held !== undefined && parseTakeoverHold(held) !== undefined;
    if (held !== undefined && !isTakenOver) return `left stopped: ${held}`;
    const why = await whyLeftStopped(run, gates, signal, held);
    if (why !== undefined) {
      await holdMirrorMaker(mirrorMaker.component, why);
      return `left stopped: ${why}`;
    }
    if (isTakenOver) {
      // The run that took it over is dead, and its switch was not decided.
      await rm(filesOf(mirrorMaker.component.dir, MIRROR_MAKER).held, { force: true });
      await startKind({ ...run, wanted: [{ component: mirrorMaker.component, found: { ...mirrorMaker.found, state: 'stopped' } }] }, 'mirror-maker');
    } else if (run.wanted.some((entry) => entry.component.kind === 'broker' && isToStart(entry))) await delay(MIRROR_MAKER_DELAY_MS, undefined, { signal });
    const renewal: Renewal = isTakenOver ? { kind: 'current' } : await renewMirrorMaker(run, mirrorMaker.component, () => allPassed(gates, signal));
    if (!isTakenOver && renewal.kind !== 'renewed') await run.clock.time('start mirror-maker', () => startKind(run, 'mirror-maker'));
    const links = await readActiveLinks(run.context);
    item.note(`waiting for a heartbeat: ${links.map(({ name }) => name).join(', ')}`);
    const file = filesOf(mirrorMaker.component.dir, MIRROR_MAKER).held;
    for (const link of links) {
      const hasBeenHeld = await run.clock.time(`${link.name} replicates`, async () => {
        await gates.get(link.to)?.passed(signal);
        return await withClient(clusterNamed(run.context.topology, link.to), (target) => heartbeatOrHold(link, target, file, renewal.kind === 'renewed' ? renewal.atMs : run.startedAtMs, signal));
      });
      if (hasBeenHeld) return `left stopped: ${(await readFile(file, 'utf8').catch(() => 'it was held meanwhile')).trim()}`;
    }
    return `${describeRenewal(renewal)}a new heartbeat came through ${links.map(({ name }) => name).join(', ')}`;
  });
}

function describeRenewal(renewal: Renewal): string {
  switch (renewal.kind) {
    case 'current': return '';
    case 'renewed': return 'started anew, since its configuration has changed: ';
    case 'left': return `its configuration has changed, and it goes on with the one of before, since ${renewal.because}: \`gwctl up\` again, once that is over; `;
  }
}

async function allPassed(gates: ClusterGates, signal: AbortSignal): Promise<void> {
  for (const gate of gates.values()) await gate.passed(signal);
}

/** True when somebody has ended MirrorMaker on purpose meanwhile, as a run does that takes its replication over: no heartbeat will come then. */
async function heartbeatOrHold(link: MirrorLink, target: KafkaClient, heldFile: string, sinceMs: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const held = (async (): Promise<boolean> => {
    while (!existsSync(heldFile)) await delay(HELD_POLL_MS, undefined, { signal: either });
    return true;
  })();
  const heartbeat = awaitHeartbeat(link, target, sinceMs, either).then(() => false);
  try {
    return await Promise.race([held, heartbeat]);
  } finally {
    over.abort();
    await Promise.allSettled([held, heartbeat]);
  }
}

/** Where no run was ever made there is nothing to ask for, and MirrorMaker starts beside the brokers. */
async function whyLeftStopped({ context }: UpRun, gates: ClusterGates, signal: AbortSignal, held: string | undefined): Promise<string | undefined> {
  if (!existsSync(join(context.environmentDir, 'runs'))) return undefined;
  await allPassed(gates, signal);
  return await whyNotReplicate(context.topology, await readActiveLinks(context), held);
}

async function holdMirrorMaker(component: Component, why: string): Promise<void> {
  await mkdir(component.dir, { recursive: true });
  await writeFile(filesOf(component.dir, component.name).held, `${why}\n`);
  await stopComponent(component, limitsOf(component.kind, 'one'));
}

async function bringGateways(run: UpRun, gates: ClusterGates, signal: AbortSignal): Promise<void> {
  if (!run.options.withGateways) return;
  await allPassed(gates, signal);
  await run.clock.time('start gateways', () => startKind(run, 'gateway'));
  const nodes = run.context.topology.gateways.filter(({ name }) => !isHeld(run, name));
  await runTogether(signal, nodes.map((node) => (inner: AbortSignal) => bringGateway(run, node, inner)));
}

async function bringGateway(run: UpRun, node: GatewayNode, signal: AbortSignal): Promise<void> {
  await withItem(run, node.name, async () => {
    await run.clock.time(`${node.name} healthy`, () => awaitGateway(node, signal));
    return `healthy, ports ${node.ports.map(({ port }) => port).join(' ')}`;
  });
}

async function bringRegistry(run: UpRun, gates: ClusterGates, signal: AbortSignal): Promise<void> {
  const { port, cluster } = run.context.topology.schemaRegistry;
  if (!run.wanted.some(({ component }) => component.name === SCHEMA_REGISTRY) || isHeld(run, SCHEMA_REGISTRY)) return;
  await withItem(run, SCHEMA_REGISTRY, async () => {
    await gates.get(cluster)?.passed(signal);
    const url = `http://localhost:${port}${REGISTRY_BASE_PATH}`;
    await run.clock.time(`${SCHEMA_REGISTRY} answers`, async () => {
      await startKind(run, 'schema-registry');
      await awaitHttp(SCHEMA_REGISTRY, `${url}/subjects`, signal);
    });
    return `answers at ${url}`;
  });
}

function isHeld({ wanted }: UpRun, name: string): boolean {
  return wanted.some(({ component, found }) => component.name === name && found.state === 'held');
}
