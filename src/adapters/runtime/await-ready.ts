import { adminBase, adminRequest } from '../../client/admin-request.ts';
import { LATEST } from '../../client/list-offsets.ts';
import { openKafkaClient, type KafkaClient } from '../../client/kafka-client.ts';
import { clientTls } from '../../config/cluster-access.ts';
import { counted } from '../../shared/counted.ts';
import type { Cluster, GatewayNode, MirrorLink } from '../../topology/topology.ts';
import { timeLimit } from '../../shared/time-limit.ts';
import { pollUntil } from './poll-until.ts';

const CLUSTER_MS = 90_000;
const HEARTBEAT_MS = 90_000;
const HTTP_MS = 60_000;

/** Opens a client of that cluster for the time of `work`. */
export async function withClient<T>(cluster: Cluster, work: (client: KafkaClient) => Promise<T>): Promise<T> {
  const client = openKafkaClient({ bootstrap: cluster.brokers.map(({ host, port }) => ({ host, port })), clientId: 'gwctl-runtime', requestTimeoutMs: 5000 });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Every broker is in the metadata: topics with all their copies can be made. */
export async function awaitMembership(cluster: Cluster, client: KafkaClient, signal: AbortSignal, note: (text: string) => void = () => {}): Promise<void> {
  const wanted = cluster.brokers.length;
  await pollUntil({ what: `cluster ${cluster.name}`, timeoutMs: CLUSTER_MS, pauseMs: 30, signal }, async () => {
    const { brokers } = await client.metadata([], { timeoutMs: 1000, signal });
    if (brokers.length >= wanted) return true;
    note(`${brokers.length} of ${counted(wanted, 'broker')}`);
    return `${brokers.length} of ${counted(wanted, 'broker')}`;
  });
}

/** Each broker answers itself. */
export async function awaitEveryBroker(cluster: Cluster, client: KafkaClient, signal: AbortSignal): Promise<void> {
  await pollUntil({ what: `cluster ${cluster.name}`, timeoutMs: CLUSTER_MS, pauseMs: 50, signal }, async () => {
    await Promise.all(cluster.brokers.map(({ id }) => client.apiVersions(id, { timeoutMs: 2000, signal })));
    return true;
  });
}

/** Where the records of a cluster's `heartbeats` topic arrive: MirrorMaker prefixes these even when names are kept. */
export function heartbeatTopic({ from }: Pick<MirrorLink, 'from'>): string {
  return `${from}.heartbeats`;
}

/** A heartbeat that was written on the source at `sinceMs` (epoch) or later has arrived on the target: replication works now. */
export async function awaitHeartbeat(link: MirrorLink, target: KafkaClient, sinceMs: number, signal: AbortSignal): Promise<void> {
  await pollUntil({ what: `replication ${link.name}`, timeoutMs: HEARTBEAT_MS, pauseMs: 100, signal }, async () => {
    const newestMs = await newestHeartbeatMs(link, target, signal);
    if (newestMs === undefined) return `no heartbeat of ${link.from} on ${link.to} yet`;
    return newestMs >= sinceMs || `the newest heartbeat of ${link.from} on ${link.to} is ${((Date.now() - newestMs) / 1000).toFixed(1)} s old`;
  });
}

/** When the newest heartbeat that arrived on the target was written on the source (epoch ms); undefined when there is none. */
export async function newestHeartbeatMs(link: MirrorLink, target: KafkaClient, signal: AbortSignal): Promise<number | undefined> {
  const topic = heartbeatTopic(link);
  const { topics } = await target.metadata([topic], { timeoutMs: 2000, signal });
  if (topics[0]?.errorCode !== 0) return undefined;
  const [end] = await target.listOffsets([{ topic, partition: 0, timestamp: LATEST, isolation: 'read_committed' }], { timeoutMs: 2000, signal });
  if (end === undefined || end.errorCode !== 0 || end.offset <= 0n) return undefined;
  let newestMs: number | undefined;
  const from = end.offset > LOOK_BACK ? end.offset - LOOK_BACK : 0n;
  for await (const { timestamp } of target.readRecords(topic, 0, from, { isolation: 'read_committed', until: end.offset, signal })) {
    newestMs = Math.max(newestMs ?? 0, Number(timestamp));
  }
  return newestMs;
}

/** The last record and the markers of its and its neighbours' transactions are among these. */
const LOOK_BACK = 10n;

/** The node says that it can serve. */
export async function awaitGateway({ name, admin }: GatewayNode, signal: AbortSignal): Promise<void> {
  const address = { host: admin.host, port: admin.port, tls: clientTls(admin.tls) };
  await pollUntil({ what: `gateway ${name}`, timeoutMs: HTTP_MS, pauseMs: 50, signal }, async () => {
    const { status, text } = await adminRequest(address, { method: 'GET', path: '/health', signal: AbortSignal.any([signal, timeLimit(2000)]) });
    return status === 200 || `${adminBase(address)}/health answers ${status} ${text.slice(0, 200)}`;
  });
}

/** That address answers 200. */
export async function awaitHttp(what: string, url: string, signal: AbortSignal): Promise<void> {
  await pollUntil({ what, timeoutMs: HTTP_MS, pauseMs: 50, signal }, async () => {
    const response = await fetch(url, { signal: AbortSignal.any([signal, timeLimit(2000)]) });
    const text = await response.text();
    return response.ok || `${url} answers ${response.status} ${text.slice(0, 200)}`;
  });
}
