import { clientTls } from '../../config/cluster-access.ts';
import { openKafkaClient, type KafkaClient } from '../../client/kafka-client.ts';
import type { Canary } from '../../ports/canary.ts';
import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { CANARY_TOPIC, CANARY_TOPIC_CONFIGS, CANARY_VIRTUAL_CLUSTER, PHYSICAL_CANARY_TOPIC } from '../../shared/canary.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { GatewayNode } from '../../topology/topology.ts';
import { ERROR } from '../../wire/error-codes.ts';

const USERNAME = 'gwctl';
const TOKEN_SECONDS = 600;
const REQUEST_TIMEOUT_MS = 10_000;

/** A canary that goes the way of every client: a token, SASL/PLAIN, the node's own ports. */
export function gatewayCanary(nodes: readonly GatewayNode[], admins: readonly GatewayAdmin[]): Canary & { close(): void } {
  const clients = new Map<string, Promise<KafkaClient>>();

  async function open(name: string): Promise<KafkaClient> {
    const node = nodes.find((candidate) => candidate.name === name);
    const admin = admins.find((candidate) => candidate.node === name);
    if (node === undefined || admin === undefined) throw new GwctlError('INTERNAL', `no gateway ${name}`);
    const password = await admin.issueToken(CANARY_VIRTUAL_CLUSTER, USERNAME, TOKEN_SECONDS);
    const tls = clientTls(node.tls);
    const client = openKafkaClient({
      bootstrap: node.ports.map(({ port }) => ({ host: node.advertisedHost, port })),
      clientId: 'gwctl-canary',
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      ...(tls === undefined ? {} : { tls }),
      sasl: { mechanism: 'PLAIN', username: USERNAME, password },
    });
    const { topics } = await client.metadata([CANARY_TOPIC]);
    if (topics[0]?.errorCode !== ERROR.NONE) {
      await client.createTopics([{ name: CANARY_TOPIC, partitions: 1, replicationFactor: -1, configs: CANARY_TOPIC_CONFIGS }]);
    }
    return client;
  }

  return {
    physicalTopic: PHYSICAL_CANARY_TOPIC,
    prove: async (node, id, signal) => {
      const opening = clients.get(node) ?? open(node);
      clients.set(node, opening);
      opening.catch(() => clients.delete(node));
      const client = await opening;
      const startMs = performance.now();
      const offset = await client.produce(CANARY_TOPIC, 0, [{ key: null, value: Buffer.from(id) }], { acks: -1, signal });
      const writtenMs = performance.now();
      for await (const record of client.readRecords(CANARY_TOPIC, 0, offset, { isolation: 'read_committed', until: offset + 1n, signal })) {
        if (record.value?.toString('utf8') === id) return { node, id, offset, writeMs: writtenMs - startMs, readMs: performance.now() - writtenMs };
      }
      throw new GwctlError('UNAVAILABLE', `${node}: the record at offset ${offset} of the canary topic is not the one that was written`);
    },
    close: () => {
      for (const opening of clients.values()) void opening.then((client) => client.close(), () => {});
    },
  };
}
