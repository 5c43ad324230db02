// So many clients, each with a connection of its own and a request every few seconds, spread over the gateways that are named.
// usage: node many-clients.mjs BOOTSTRAP,BOOTSTRAP USERNAME TOKEN CLIENTS, with an IPC channel: sends {event: 'open'} when every client was
// answered once, and {event: 'report', …} for each message.
import { setTimeout as delay } from 'node:timers/promises';
import { openKafkaClient } from '../../build/client/kafka-client.js';

const OPEN_AT_ONCE = 50;
const INTERVAL_MS = 5000;
/** A write may be held for longer; nothing here writes. */
const REQUEST_MS = 20_000;

const [bootstraps, username, password, wantedText] = process.argv.slice(2);
const places = bootstraps.split(',').map((place) => ({ host: place.split(':')[0], port: Number(place.split(':')[1]) }));
const wanted = Number(wantedText);
const clients = [];
const problems = new Map();
const seen = { answered: 0, failed: 0 };

// Whoever started this is gone, or wants it to be.
process.once('disconnect', () => process.exit(0));
process.on('message', () => process.send({ event: 'report', ...seen, clients: clients.length, silent: clients.filter(({ isAnswered }) => !isAnswered).length, problems: [...problems] }));

while (clients.length < wanted) {
  const opening = Array.from({ length: Math.min(OPEN_AT_ONCE, wanted - clients.length) }, (_, index) => open(clients.length + index));
  clients.push(...(await Promise.all(opening)));
}
process.send({ event: 'open' });
for (const [index, client] of clients.entries()) void goOn(client, (index * INTERVAL_MS) / wanted);

async function open(index) {
  const sasl = { mechanism: 'PLAIN', username, password };
  const client = { kafka: openKafkaClient({ bootstrap: [places[index % places.length]], clientId: `soak-${index}`, requestTimeoutMs: REQUEST_MS, sasl }), isAnswered: false };
  await ask(client);
  return client;
}

/** Until this process ends. */
async function goOn(client, offsetMs) {
  await delay(offsetMs);
  for (;;) {
    const startedMs = performance.now();
    await ask(client);
    await delay(Math.max(0, INTERVAL_MS - (performance.now() - startedMs)));
  }
}

/** Connects again where it must, as any client does; `isAnswered`: its last request was. */
async function ask(client) {
  try {
    await client.kafka.metadata([]);
    client.isAnswered = true;
    seen.answered++;
  } catch (reason) {
    client.isAnswered = false;
    seen.failed++;
    // How long each was waited for is another number each time.
    const problem = reason.message.replace(/ within \d+ ms/, ' in time');
    problems.set(problem, (problems.get(problem) ?? 0) + 1);
  }
}
