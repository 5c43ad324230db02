import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '../../shared/counted.ts';
import { parseTakeoverHold } from '../../shared/takeover-hold.ts';
import { clusterNamed } from '../../topology/lookup.ts';
import type { Cluster, GatewayNode } from '../../topology/topology.ts';
import { awaitEveryBroker, awaitGateway, awaitHeartbeat, awaitHttp, awaitMembership, withClient } from './await-ready.ts';
import { brokerName, type Component, filesOf, MIRROR_MAKER, SCHEMA_REGISTRY } from './component.ts';
import { createGate, type Gate } from './gate.ts';
import { readHold, unlessHeld } from './hold.ts';
import { ensureInternalTopics } from './internal-topics.ts';
import { readActiveLinks } from './launch.ts';
import { whyLeftHeld } from './may-replicate.ts';
import { describeRenewal, renewMirrorMaker, type Renewal } from './renew-mirror-maker.ts';
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
  const { component, found } = mirrorMaker;
  const file = filesOf(component.dir, MIRROR_MAKER).held;
  await withItem(run, MIRROR_MAKER, async (item) => {
    const { held, why } = await whyLeftStopped(run, gates, signal, file);
    if (why !== undefined) {
      if (why !== held) await writeHold(component, why);
      await endHeld(component);
      return `left stopped: ${why}`;
    }
    if (held !== undefined) {
      // The run that took it over is dead, and its switch was not decided.
      await rm(file, { force: true });
    } else if (run.wanted.some((entry) => entry.component.kind === 'broker' && isToStart(entry))) await delay(MIRROR_MAKER_DELAY_MS, undefined, { signal });
    const links = await readActiveLinks(run.context);
    let renewal: Renewal = { kind: 'current' };
    const heldBecause = await unlessHeld(file, signal, async (inner) => {
      if (held === undefined) renewal = await renewMirrorMaker(run, component, () => allPassed(gates, inner));
      const wanted = held === undefined ? run.wanted : [{ component, found: { ...found, state: 'stopped' as const } }];
      if (renewal.kind !== 'renewed') await run.clock.time('start mirror-maker', () => startKind({ ...run, wanted }, 'mirror-maker'));
      const sinceMs = renewal.kind === 'renewed' ? renewal.atMs : run.startedAtMs;
      item.note(`waiting for a heartbeat: ${links.map(({ name }) => name).join(', ')}`);
      for (const link of links) {
        await run.clock.time(`${link.name} replicates`, async () => {
          await gates.get(link.to)?.passed(inner);
          await withClient(clusterNamed(run.context.topology, link.to), (target) => awaitHeartbeat(link, target, sinceMs, inner));
        });
      }
    });
    if (heldBecause === undefined) return `${describeRenewal(renewal)}a new heartbeat came through ${links.map(({ name }) => name).join(', ')}`;
    await endHeld(component);
    return `left stopped: ${heldBecause}`;
  });
}

async function allPassed(gates: ClusterGates, signal: AbortSignal): Promise<void> {
  for (const gate of gates.values()) await gate.passed(signal);
}

/** Where no run was ever made there is nothing to ask for, and MirrorMaker starts beside the brokers. */
async function whyLeftStopped({ context }: UpRun, gates: ClusterGates, signal: AbortSignal, file: string): ReturnType<typeof whyLeftHeld> {
  const held = await readHold(file);
  if (held !== undefined && parseTakeoverHold(held) === undefined) return { held, why: held };
  if (!existsSync(join(context.environmentDir, 'runs'))) return { held, why: undefined };
  await allPassed(gates, signal);
  return await whyLeftHeld(context.topology, await readActiveLinks(context), file);
}

async function writeHold({ dir, name }: Component, why: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(filesOf(dir, name).held, `${why}\n`);
}

/** What was started at the moment at which it was held; a run that gives it back starts it itself. */
async function endHeld(component: Component): Promise<void> {
  if ((await readHold(filesOf(component.dir, component.name).held)) !== undefined) await stopComponent(component, limitsOf(component.kind, 'one'));
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
