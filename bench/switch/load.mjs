// Producers and consumer groups through both gateway nodes, and what became of every record of theirs.
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { openKafkaClient } from '../../build/client/kafka-client.js';

const VIRTUAL_CLUSTER = 'bench';
const ADMIN = `Basic ${Buffer.from('admin:conduktor').toString('base64')}`;
const GROUPS = 5;
/** Requests of one producer: kafka-clients' own default. */
const MAX_IN_FLIGHT = 5;
/** Of the clients of one switch; what is longer than the window before it is not usual. */
const BEFORE_MS = 4000;
const AFTER_MS = 4000;
const DELIVERY_MS = 60_000;
const POLL_MS = 250;

/** Creates the topics, and starts everything. `close` in any case. */
export async function startSwitchLoad({ portOffset, brokers, clients, topics, rate }) {
  // The ports of clients move by a hundredth more than all others (buildTopology).
  const nodes = [0, 1].map((index) => ({ admin: 8888 + index + portOffset, ports: Array.from({ length: brokers }, (_, broker) => 6969 + 1000 * index + broker + portOffset + Math.floor(portOffset / 100)) }));
  const { token } = await post(nodes[0].admin, `/admin/vclusters/v1/vcluster/${VIRTUAL_CLUSTER}/username/sa`, { lifeTimeSeconds: 86_400 });
  const sasl = { mechanism: 'PLAIN', username: 'sa', password: token };
  const names = Array.from({ length: topics }, (_, index) => `load${index}`);
  const through = (index) => openKafkaClient({ bootstrap: nodes[index % nodes.length].ports.map((port) => ({ host: 'localhost', port })), clientId: `bench-${index}`, requestTimeoutMs: 30_000, sasl });
  const admin = through(0);
  await admin.createTopics(names.map((name) => ({ name, partitions: 1, replicationFactor: Math.min(3, brokers) })), { timeoutMs: 60_000 });
  admin.close();

  const over = new AbortController();
  const errors = [];
  const acknowledged = new Map();
  const delivered = new Map();
  const producers = Array.from({ length: clients }, (_, index) => produce(through(index), names[index % names.length], index, (1000 * clients) / rate));
  const consumers = await Promise.all(Array.from({ length: GROUPS }, (_, index) => consume(index)));

  /** As mainstream producers do: what cannot be sent at once, since enough is in flight, leaves together with the next request. */
  async function produce(client, topic, index, paceMs) {
    const acks = [];
    const inFlight = new Set();
    let waiting = [];
    const send = () => {
      if (waiting.length === 0 || inFlight.size >= MAX_IN_FLIGHT) return;
      const values = waiting;
      waiting = [];
      const sending = client.produce(topic, 0, values.map((value) => ({ key: null, value: Buffer.from(value) }))).then(
        () => {
          acks.push(performance.now());
          for (const value of values) acknowledged.set(value, topic);
        },
        (reason) => errors.push(`producer ${index}: ${reason.message}`),
      ).finally(() => {
        inFlight.delete(sending);
        send();
      });
      inFlight.add(sending);
    };
    const startMs = performance.now() + (index * paceMs) / clients;
    for (let sequence = 0; !over.signal.aborted; sequence++) {
      waiting.push(`${index}-${sequence}`);
      send();
      await delay(Math.max(0, startMs + (sequence + 1) * paceMs - performance.now()));
    }
    while (inFlight.size > 0) await Promise.all(inFlight);
    client.close();
    return acks;
  }

  async function consume(index) {
    const { ports } = nodes[index % nodes.length];
    const kafka = new Kafka({ clientId: `bench-group-${index}`, brokers: ports.map((port) => `localhost:${port}`), sasl: { mechanism: 'plain', username: 'sa', password: token }, logLevel: logLevel.NOTHING, requestTimeout: 30_000 });
    const consumer = kafka.consumer({ groupId: `bench-${index}`, maxWaitTimeInMs: 200, heartbeatInterval: 1000, sessionTimeout: 10_000 });
    consumer.on('consumer.crash', ({ payload }) => errors.push(`group ${index}: ${payload.error.message}`));
    await consumer.connect();
    await consumer.subscribe({ topics: names.filter((_, topic) => topic % GROUPS === index), fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void delivered.set(message.value.toString(), (delivered.get(message.value.toString()) ?? 0) + 1) });
    return consumer;
  }

  const producing = Promise.all(producers);
  producing.catch(() => {});
  let isClosed = false;
  return {
    /** The walk-through's own call, on one node after the other. */
    switchEachNode: async () => {
      for (const { admin: port } of nodes) await post(port, '/admin/pclusters/v1/pcluster/main/switch?to=failover').catch((reason) => errors.push(reason.message));
      return 0;
    },
    /** Stops producing, waits until the groups have read everything or get no further, and counts. */
    finish: async (startMs, endMs) => {
      over.abort();
      const acks = await producing;
      const pausesMs = acks.map((times) => pauseOf(times, startMs, endMs));
      const onTarget = await readTarget();
      let missing = Number.POSITIVE_INFINITY;
      for (const untilMs = performance.now() + DELIVERY_MS; missing > 0 && performance.now() < untilMs; await delay(POLL_MS)) missing = [...acknowledged.keys()].filter((value) => !delivered.has(value)).length;
      const lost = [...acknowledged.keys()].filter((value) => !onTarget.has(value)).length;
      return {
        pausesMs, acknowledged: acknowledged.size, lost,
        duplicated: [...onTarget.values()].reduce((sum, count) => sum + count - 1, 0),
        skipped: [...acknowledged.keys()].filter((value) => onTarget.has(value) && !delivered.has(value)).length,
        redelivered: [...delivered.values()].reduce((sum, count) => sum + count - 1, 0),
        errors: errors.length, errorSamples: errors.slice(0, 3),
      };
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      over.abort();
      await producing.catch(() => {});
      await Promise.all(consumers.map((consumer) => consumer.disconnect().catch(() => {})));
    },
  };

  /** Every record of every topic on the new cluster, and how often it is there. */
  async function readTarget() {
    const client = openKafkaClient({ bootstrap: [0, 1, 2].map((index) => ({ host: '127.0.0.1', port: 11_092 + portOffset + index })), clientId: 'bench-judge', requestTimeoutMs: 30_000 });
    const counts = new Map();
    try {
      for (const name of names) {
        for await (const { value } of client.readRecords(`${VIRTUAL_CLUSTER}${name}`, 0, 0n, { isolation: 'read_committed' })) counts.set(value.toString(), (counts.get(value.toString()) ?? 0) + 1);
      }
    } finally {
      client.close();
    }
    return counts;
  }
}

/** The longest time between acknowledgements around the switch, less the median of those before it. */
function pauseOf(times, startMs, endMs) {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, index) => ({ from: sorted[index], to: time, ms: time - sorted[index] }));
  const usual = gaps.filter(({ from, to }) => from >= startMs - BEFORE_MS && to < startMs).map(({ ms }) => ms).sort((a, b) => a - b);
  const around = gaps.filter(({ from, to }) => to >= startMs && from <= endMs + AFTER_MS).map(({ ms }) => ms);
  return Math.max(0, Math.max(...around) - (usual[usual.length >> 1] ?? 0));
}

async function post(port, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { authorization: ADMIN, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
  return await response.json();
}
