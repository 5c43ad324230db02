// Topics of a target, made and deleted through it, so that each proxy stores them under the names it gives.
import { openKafkaClient } from '../../build/client/kafka-client.js';

const LIMITS = { requestTimeoutMs: 30_000, connectTimeoutMs: 5000 };

export function openClient({ host, port, login }, { maxResponseBytes, requestTimeoutMs = LIMITS.requestTimeoutMs } = {}) {
  return openKafkaClient({
    bootstrap: [{ host, port }],
    clientId: 'bench',
    ...LIMITS,
    requestTimeoutMs,
    ...(login === undefined ? {} : { sasl: { mechanism: 'PLAIN', ...login } }),
    ...(maxResponseBytes === undefined ? {} : { maxResponseBytes }),
  });
}

export async function createTopic(target, name, { partitions, configs = {} }) {
  await once(target, 'creation', name, (client) => client.createTopics([{ name, partitions, replicationFactor: 1, configs }]));
}

export async function deleteTopic(target, name) {
  await once(target, 'deletion', name, (client) => client.deleteTopics([name]));
}

async function once(target, what, name, use) {
  const client = openClient(target);
  try {
    const [{ errorCode, errorMessage }] = await use(client);
    if (errorCode !== 0) throw new Error(`${what} of ${name} through ${target.name}: error code ${errorCode} ${errorMessage ?? ''}`);
  } finally {
    client.close();
  }
}
