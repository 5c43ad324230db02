import { afterAll, beforeAll, expect, test } from 'vitest';
import { fenceMirrorMaker, findMirrorIds } from '../../src/adapters/replicator/fence-mirror-maker.ts';
import { mirrorMaker } from '../../src/adapters/replicator/mirror-maker.ts';
import { openKafkaCluster } from '../../src/adapters/kafka/kafka-cluster.ts';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { LATEST, type Isolation } from '../../src/client/list-offsets.ts';
import type { KafkaCluster } from '../../src/ports/kafka-cluster.ts';
import type { Replicator } from '../../src/ports/replicator.ts';
import { clusterNamed } from '../../src/topology/lookup.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { clientOn } from '../support/service-account.ts';
import { startSteadyLoad, type SteadyLoad } from '../support/steady-load.ts';

const TOPIC = 'teamAload';
const PARTITIONS = 3;

let environment: TestEnvironment;
let source: KafkaClient;
let target: KafkaClient;
let cluster: KafkaCluster;
let replicator: Replicator;
let load: SteadyLoad | undefined;

beforeAll(async () => {
  environment = await startEnvironment(['--no-gateways'], ONE_BROKER_EACH);
  [source, target] = [clientOn(environment, 'main'), clientOn(environment, 'failover')];
  cluster = openKafkaCluster(clusterNamed(environment.topology, 'failover'));
  const [link] = environment.topology.links;
  if (link === undefined) throw new Error('no link');
  replicator = mirrorMaker(link, cluster, target);
  await source.createTopics([{ name: TOPIC, partitions: PARTITIONS, replicationFactor: 1 }]);
  load = startSteadyLoad(source, TOPIC, PARTITIONS);
});
afterAll(async () => {
  await load?.stop();
  source?.close();
  target?.close();
  await cluster?.close();
  await environment?.dispose();
});

test('a fence of somebody else stops nothing: a MirrorMaker under load goes on', async () => {
  await expect.poll(() => visibleEnd(), { timeout: 60_000, message: 'MirrorMaker copies the load' }).toBeGreaterThan(500n);
  expect((await fenceMirrorMaker(target, { from: 'nobody' })).all).toEqual([]);
  const before = await visibleEnd();
  await expect.poll(() => visibleEnd(), { timeout: 30_000 }).toBeGreaterThan(before + 200n);
});

test('after the fence of a live MirrorMaker under load nothing more of it arrives, nothing of it is open, and its position is final', async () => {
  expect((await findMirrorIds(target, { from: 'main' })).sourceTasks).toEqual(['main-mm2-MirrorSourceConnector-0']);
  const startedMs = performance.now();
  const { transactionalIds, silentBrokers } = await replicator.fence();
  const fenceMs = Math.round(performance.now() - startedMs);
  const fenced = await ends('read_uncommitted');
  const positions = new Map(await replicator.positions());
  expect(transactionalIds).toContain('main-mm2-MirrorSourceConnector-0');
  expect(silentBrokers).toEqual([]);
  expect(await ends('read_committed'), 'no transaction is open').toEqual(fenced);

  const written = [...(load?.counts ?? [])];
  await expect.poll(async () => (await replicator.health()).connectors.find(({ name }) => name === 'MirrorSourceConnector-0'), { timeout: 60_000 }).toMatchObject({ state: 'FAILED' });
  await expect.poll(() => (load?.counts ?? []).every((count, partition) => count > (written[partition] ?? 0) + 100), { timeout: 30_000 }).toBe(true);
  expect(await ends('read_uncommitted')).toEqual(fenced);
  expect(await replicator.positions()).toEqual(positions);
  // The position names exactly the last record that is there: values are numbered from 0, as offsets are on the source.
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const last = await cluster.lastRecord({ topic: TOPIC, partition });
    const position = positions.get(`${TOPIC}-${partition}`);
    expect(last?.value?.toString()).toBe(position === undefined ? undefined : `${partition}-${position}`);
  }
  process.stdout.write(`fenced in ${fenceMs} ms\n`);
});

async function ends(isolation: Isolation): Promise<readonly bigint[]> {
  const queries = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: TOPIC, partition, timestamp: LATEST, isolation }));
  return (await target.listOffsets(queries)).map(({ offset }) => offset);
}

async function visibleEnd(): Promise<bigint> {
  return (await ends('read_committed').catch(() => [])).reduce((sum, offset) => sum + offset, 0n);
}
