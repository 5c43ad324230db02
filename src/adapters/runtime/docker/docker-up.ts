import type { UpOptions, UpResult } from '../../../ports/runtime.ts';
import { counted } from '../../../shared/counted.ts';
import { GwctlError } from '../../../shared/errors.ts';
import { readGwctlVersion } from '../../../shared/package.ts';
import { parseTakeoverHold } from '../../../shared/takeover-hold.ts';
import type { ComposeFiles, StackName } from '../../../topology/compose/compose-stack.ts';
import { KCAT_SERVICE } from '../../../topology/compose/gwctl-stack.ts';
import { projectName } from '../../../topology/compose/project-name.ts';
import type { Cluster } from '../../../topology/topology.ts';
import { renderStack } from '../../compose/render-stack.ts';
import { writeSecrets, writeStack } from '../../compose/write-stack.ts';
import { awaitEveryBroker, awaitGateway, awaitHttp, awaitMembership, withClient } from '../await-ready.ts';
import { MIRROR_MAKER, SCHEMA_REGISTRY } from '../component.ts';
import { readEnvironmentRecord, writeEnvironmentRecord } from '../environment-marker.ts';
import { withFileLock } from '../file-lock.ts';
import { ensureInternalTopics } from '../internal-topics.ts';
import type { LaunchContext } from '../launch.ts';
import { startPhaseClock } from '../phases.ts';
import { runTogether } from '../run-together.ts';
import { REGISTRY_BASE_PATH } from '../schema-registry.ts';
import { assertHostPortsFree } from './assert-host-ports.ts';
import { bringMirrorMaker } from './bring-mirror-maker.ts';
import { bringServices } from './bring-services.ts';
import { composeDir, composeUp } from './compose-up.ts';
import type { ContainersRun } from './containers-run.ts';
import { assertOurs, type Container, listContainers, listOwned } from './containers.ts';
import { docker, type DockerOptions } from './docker-command.ts';
import { findEngine, missingImages } from './engine.ts';
import { ensureImages, imagesIn, pullImage } from './images.ts';
import { containerComponents, observeContainers, unmarkStopped } from './observe-containers.ts';
import { withItem } from '../with-item.ts';

/**
 * Brings an environment of containers up: images, then brokers, then the topics that everything else relies on, then the rest. Each
 * service is healthy before the next ones start; at the end replication and gateways are proven as in the local runtime.
 */
export async function bringContainersUp(context: LaunchContext, options: UpOptions): Promise<UpResult> {
  const { environmentDir, env } = context;
  const clock = startPhaseClock();
  const startedAtMs = Date.now();
  const project = projectName(context.topology);
  const call = { env, signal: options.signal };
  await clock.time('engine', () => findEngine(call));
  await assertStack(environmentDir, 'gwctl');
  const before = await listContainers(project, call);
  assertOurs(before, environmentDir, project);
  const withRegistry = options.withSchemaRegistry || context.topology.schemaRegistry.enabled || before.some(({ service }) => service === SCHEMA_REGISTRY);
  const topology = { ...context.topology, schemaRegistry: { ...context.topology.schemaRegistry, enabled: withRegistry } };
  const components = containerComponents(topology, environmentDir, withRegistry).filter(({ kind }) => options.withGateways || kind !== 'gateway');
  const seen = await observeContainers(topology, environmentDir, call);
  const stateOf = (name: string) => seen.find((status) => status.name === name)?.state;
  const isTakenOver = parseTakeoverHold(seen.find(({ name }) => name === MIRROR_MAKER)?.heldBecause ?? '') !== undefined;
  const wanted = components.filter(({ name }) => stateOf(name) !== 'held' || (name === MIRROR_MAKER && isTakenOver));
  for (const { name, heldBecause } of seen) if (heldBecause !== null && !wanted.some((each) => each.name === name)) options.progress.start(name).done(`left stopped: ${heldBecause}`);
  await clock.time('ports', () => assertHostPortsFree(wanted.filter(({ name }) => stateOf(name) !== 'running'), call));

  const command = 'gwctl up --runtime docker';
  const files = await clock.time('files', async () => {
    const rendered = await renderStack({ stack: 'gwctl', topology, environmentDir, command });
    await writeEnvironmentRecord(environmentDir, topology, { runtime: 'docker', stack: 'gwctl' });
    await writeStack(composeDir(environmentDir), rendered);
    await writeSecrets(composeDir(environmentDir), { topology, environmentDir, env, command });
    await Promise.all(wanted.map(unmarkStopped));
    return rendered;
  });
  await sayOtherVersion(before, options);
  const left = await removeCutOff(project, before, options, call);
  await resumePaused(left.filter(({ service }) => wanted.some(({ name }) => name === service) || service === KCAT_SERVICE), options, call);
  const run: ContainersRun = { topology, context, options, clock, project, services: wanted.map(({ name }) => name), startedAtMs };
  try {
    await bringAll(run, files);
  } catch (reason) {
    if (!options.signal.aborted) throw reason;
    throw new GwctlError('INTERRUPTED', `${GwctlError.from(options.signal.reason).message}; what was started goes on running`, { hint: '`gwctl up` goes on from here, `gwctl down` ends it' });
  }
  return { phases: clock.phases(), totalMs: clock.totalMs(), components: await observeContainers(topology, environmentDir, call) };
}

/** Compose takes a paused container for one that has to be started, and fails. */
async function resumePaused(containers: readonly Container[], { progress }: UpOptions, call: DockerOptions): Promise<void> {
  for (const { id, service, isPaused } of containers) {
    if (!isPaused) continue;
    await docker(['unpause', id], call);
    progress.start(service).done('was paused, goes on');
  }
}

/** Compose leaves a container alone whose network was removed or taken from it, and cannot start it either. Records are in volumes, so it is made anew. Answers with the others. */
async function removeCutOff(project: string, containers: readonly Container[], { progress }: UpOptions, call: DockerOptions): Promise<readonly Container[]> {
  const networks = await listOwned('network', project, call);
  const isCutOff = ({ networkIds }: Container): boolean => !networkIds.some((each) => networks.includes(each));
  for (const { id, service } of containers.filter(isCutOff)) {
    await docker(['rm', '--force', '--volumes', id], call);
    progress.start(service).done('was cut off from its network, is made anew with its data');
  }
  return containers.filter((container) => !isCutOff(container));
}

/** The labels differ, so compose makes every container anew; volumes stay. */
async function sayOtherVersion(containers: readonly Container[], { progress }: UpOptions): Promise<void> {
  const version = readGwctlVersion();
  const others = new Set(containers.map(({ madeBy }) => madeBy).filter((each) => each !== undefined && each !== version));
  if (others.size > 0) progress.start('containers').done(`made by gwctl ${[...others].join(', ')}: they are made anew by ${version}, with their data`);
}

async function bringAll(run: ContainersRun, files: ComposeFiles): Promise<void> {
  const { topology, options, clock, context, project, services } = run;
  const call = { env: context.env, signal: options.signal };
  await clock.time('images', () => ensureImages({ project, environmentDir: context.environmentDir, files, gateways: options.withGateways ? topology.gateways.map(({ name }) => name) : [], progress: options.progress }, call));
  const isBroker = (name: string) => topology.clusters.some((cluster) => cluster.brokers.some(({ id }) => name === `${cluster.name}-${id}`));
  const brokers = services.filter(isBroker);
  await withItem(run, 'brokers', async (item) => {
    item.note(counted(brokers.length, 'container'));
    await clock.time('brokers healthy', () => bringServices(run, brokers, options.signal));
    return `${counted(brokers.length, 'container')} ${brokers.length === 1 ? 'is' : 'are'} healthy`;
  });
  await runTogether(options.signal, topology.clusters.map((cluster) => (signal: AbortSignal) => bringCluster(run, cluster, signal)));
  await runTogether(options.signal, [
    ...(services.includes(MIRROR_MAKER) ? [(signal: AbortSignal) => bringMirrorMaker(run, signal)] : []),
    (signal) => bringRest(run, [...services.filter((name) => !isBroker(name) && name !== MIRROR_MAKER), KCAT_SERVICE], signal),
  ]);
  const { proveGateways, withGateways } = options;
  if (proveGateways !== undefined && withGateways) await clock.time('prove gateways', () => proveGateways(options.signal));
}

/** Gateway nodes, and what else only needs the clusters. */
async function bringRest(run: ContainersRun, rest: readonly string[], outer: AbortSignal): Promise<void> {
  const { topology, clock } = run;
  await withItem(run, 'the rest', async (item) => {
    item.note(rest.join(', '));
    await clock.time('the rest healthy', () => bringServices(run, rest, outer));
    return `${rest.join(', ')} ${rest.length === 1 ? 'is' : 'are'} healthy`;
  });
  await runTogether(outer, [
    ...topology.gateways.filter(({ name }) => rest.includes(name)).map((node) => async (signal: AbortSignal) =>
      withItem(run, node.name, async () => {
        await clock.time(`${node.name} answers`, () => awaitGateway(node, signal));
        return `healthy, ports ${node.ports.map(({ port }) => port).join(' ')}`;
      }),
    ),
    ...(rest.includes(SCHEMA_REGISTRY) ? [(signal: AbortSignal) => clock.time(`${SCHEMA_REGISTRY} answers`, () => awaitHttp(SCHEMA_REGISTRY, `http://localhost:${topology.schemaRegistry.port}${REGISTRY_BASE_PATH}/subjects`, signal))] : []),
  ]);
}

/** Topics are made from the host, through the published listeners, before anything needs them. */
async function bringCluster(run: ContainersRun, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { clock, services, topology } = run;
  const expected = { ...cluster, brokers: cluster.brokers.filter(({ id }) => services.includes(`${cluster.name}-${id}`)) };
  await withItem(run, cluster.name, async (item) => {
    await withClient(expected, async (client) => {
      await clock.time(`${cluster.name} answers`, () => awaitMembership(expected, client, signal, (text) => item.note(text)));
      await clock.time(`${cluster.name} topics`, () => ensureInternalTopics(cluster, topology.links, client, signal));
      await clock.time(`${cluster.name} every broker`, () => awaitEveryBroker(expected, client, signal));
    });
    return `${counted(expected.brokers.length, 'broker')} ${expected.brokers.length === 1 ? 'answers' : 'answer'}, internal topics exist`;
  });
}

/** Brings the walk-through's own stack up, as its file says; gwctl waits for the healthchecks and proves nothing. */
export async function bringSeedUp(context: Pick<LaunchContext, 'topology' | 'environmentDir' | 'env'>, options: Pick<UpOptions, 'progress' | 'signal'>): Promise<UpResult> {
  return withFileLock(`${context.environmentDir}.lock`, { purpose: 'gwctl up', waitMs: 0 }, () => startSeed(context, options));
}

async function startSeed(context: Pick<LaunchContext, 'topology' | 'environmentDir' | 'env'>, { progress, signal }: Pick<UpOptions, 'progress' | 'signal'>): Promise<UpResult> {
  const { topology, environmentDir, env } = context;
  const clock = startPhaseClock();
  const project = projectName(topology);
  const call = { env, signal };
  await clock.time('engine', () => findEngine(call));
  await assertStack(environmentDir, 'seed');
  await writeEnvironmentRecord(environmentDir, topology, { runtime: 'docker', stack: 'seed' });
  const files = await renderStack({ stack: 'seed', topology, environmentDir, command: 'gwctl up --template seed' });
  await writeStack(composeDir(environmentDir), files);
  const item = progress.start('walk-through');
  try {
    await clock.time('images', async () => {
      for (const image of await missingImages(imagesIn(files).pulled, call)) {
        item.note(`pulling ${image}`);
        await pullImage(image, call);
      }
    });
    item.note('waiting until every container is healthy');
    await clock.time('healthy', () => composeUp({ project, environmentDir, services: [] }, call));
  } catch (reason) {
    item.fail(GwctlError.from(reason).message.split('\n')[0] ?? '');
    throw reason;
  }
  item.done('every container is healthy');
  return { phases: clock.phases(), totalMs: clock.totalMs(), components: [] };
}

/** Two stacks under one name would share a network and end each other. */
async function assertStack(environmentDir: string, wanted: StackName): Promise<void> {
  const recorded = (await readEnvironmentRecord(environmentDir))?.stack;
  if (recorded === undefined || recorded === wanted) return;
  throw new GwctlError('NOT_AS_EXPECTED', `this environment was brought up with template ${recorded}, and ${wanted} is asked for`, { hint: '`gwctl down -v` ends it, or use --port-offset' });
}
