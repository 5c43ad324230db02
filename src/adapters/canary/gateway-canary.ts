import { clientTls } from '../../config/cluster-access.ts';
import { openKafkaClient, type KafkaClient } from '../../client/kafka-client.ts';
import type { Canary, CanaryProof } from '../../ports/canary.ts';
import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { CANARY_TOPIC_CONFIGS } from '../../shared/canary.ts';
import { GwctlError } from '../../shared/errors.ts';
import { DRIVERS } from '../../shared/gateway-driver.ts';
import type { CanaryTopic, GatewayNode } from '../../topology/topology.ts';
import { ERROR } from '../../wire/error-codes.ts';

const USERNAME = 'gwctl';
const TOKEN_SECONDS = 600;
const REQUEST_TIMEOUT_MS = 10_000;

/** A canary that goes the way of every client: a token, SASL/PLAIN, the node's own ports. */
export function gatewayCanary(nodes: readonly GatewayNode[], admins: readonly GatewayAdmin[], { virtualCluster, topic, physicalTopic }: CanaryTopic): Canary & { close(): void } {
  const clients = new Map<string, Promise<KafkaClient>>();

  async function open(name: string): Promise<KafkaClient> {
    const node = nodes.find((candidate) => candidate.name === name);
    const admin = admins.find((candidate) => candidate.node === name);
    if (node === undefined || admin === undefined) throw new GwctlError('INTERNAL', `no gateway ${name}`);
    const password = await admin.issueToken(virtualCluster, USERNAME, TOKEN_SECONDS);
    const tls = clientTls(node.tls);
    const client = openKafkaClient({
      bootstrap: node.ports.map(({ port }) => ({ host: node.advertisedHost, port })),
      clientId: 'gwctl-canary',
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      ...(tls === undefined ? {} : { tls }),
      sasl: { mechanism: 'PLAIN', username: USERNAME, password },
    });
    try {
      const { topics } = await client.metadata([topic]);
      if (topics[0]?.errorCode !== ERROR.NONE) await client.createTopics([{ name: topic, partitions: 1, replicationFactor: -1, configs: CANARY_TOPIC_CONFIGS }]);
      return client;
    } catch (reason) {
      client.close();
      throw reason;
    }
  }

  async function prove(client: KafkaClient, node: string, id: string, signal: AbortSignal): Promise<CanaryProof> {
    const startMs = performance.now();
    const offset = await client.produce(topic, 0, [{ key: null, value: Buffer.from(id) }], { acks: -1, signal });
    const writtenMs = performance.now();
    for await (const record of client.readRecords(topic, 0, offset, { isolation: 'read_committed', until: offset + 1n, signal })) {
      if (record.value?.toString('utf8') === id) return { node, id, offset, writeMs: writtenMs - startMs, readMs: performance.now() - writtenMs };
    }
    throw new GwctlError('UNAVAILABLE', `${node}: the record at offset ${offset} of the canary topic is not the one that was written`, { details: { hasMoved: true } });
  }

  /** One connection for all proofs of a node; where others may switch it unseen, what is remembered of it (leaders, positions) is of no use next time. */
  function isKept(name: string): boolean {
    const driver = nodes.find((node) => node.name === name)?.driver;
    return driver !== undefined && DRIVERS[driver].tellsState;
  }

  async function proveOnce(node: string, id: string, signal: AbortSignal): Promise<CanaryProof> {
    const client = await open(node);
    try {
      return await prove(client, node, id, signal);
    } finally {
      client.close();
    }
  }

  return {
    physicalTopic,
    prove: async (node, id, signal) => {
      if (!isKept(node)) return await proveOnce(node, id, signal);
      const opening = clients.get(node) ?? open(node);
      clients.set(node, opening);
      opening.catch(() => clients.delete(node));
      return await prove(await opening, node, id, signal);
    },
    close: () => {
      for (const opening of clients.values()) void opening.then((client) => client.close(), () => {});
    },
  };
}
