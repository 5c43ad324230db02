// Many connections, each with one request a second, spread evenly over the second.
// usage: node many-connections.mjs TARGET_JSON TOPIC CONNECTIONS SECONDS, with an IPC channel: sends {event: 'measure'}, {event: 'end'} and {event: 'result', …}
import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from './raw-connection.mjs';

const OPEN_AT_ONCE = 50;
const INTERVAL_MS = 1000;
/** Every connection has had its first request before anything counts. */
const SETTLE_MS = 2500;
const LAST_ANSWERS_MS = 5000;

const [targetJson, topic, connectionsText, secondsText] = process.argv.slice(2);
const target = JSON.parse(targetJson);
const wanted = Number(connectionsText);
const connections = [];
const latenciesMs = [];
const problems = new Map();
const seen = { answered: 0, late: 0 };
let isMeasuring = false;

// Whoever started this is gone.
process.once('disconnect', () => process.exit(1));
const openedAtMs = performance.now();
while (connections.length < wanted) {
  const opening = Array.from({ length: Math.min(OPEN_AT_ONCE, wanted - connections.length) }, () => openConnection(target, topic));
  connections.push(...(await Promise.all(opening)));
}
const openMs = performance.now() - openedAtMs;
const timers = connections.map((connection, index) => setTimeout(() => start(connection, index), (index * INTERVAL_MS) / wanted));
await delay(SETTLE_MS);
isMeasuring = true;
process.send({ event: 'measure' });
await delay(Number(secondsText) * 1000);
isMeasuring = false;
process.send({ event: 'end' });
for (const timer of timers) clearInterval(timer);
await Promise.race([Promise.allSettled(connections.map(({ last }) => last)), delay(LAST_ANSWERS_MS)]);
latenciesMs.sort((one, other) => one - other);
const quantile = (share) => latenciesMs[Math.floor(share * (latenciesMs.length - 1))];
process.send({ event: 'result', connections: connections.length, openMs, ...seen, errors: [...problems.values()].reduce((sum, count) => sum + count, 0), problems: [...problems], p50Ms: quantile(0.5), p99Ms: quantile(0.99) }, () => process.exit(0));

function start(connection, index) {
  void ask(connection);
  timers[index] = setInterval(() => void ask(connection), INTERVAL_MS);
}

/** One at a time: a request whose turn comes while the last one waits is not sent, and counted as late. */
async function ask(connection) {
  if (connection.isWaiting === true) {
    if (isMeasuring) seen.late++;
    return;
  }
  connection.isWaiting = true;
  const askedAtMs = performance.now();
  try {
    connection.last = connection.ask();
    await connection.last;
    if (isMeasuring) {
      seen.answered++;
      latenciesMs.push(performance.now() - askedAtMs);
    }
  } catch (reason) {
    problems.set(reason.message, (problems.get(reason.message) ?? 0) + 1);
  } finally {
    connection.isWaiting = false;
  }
}
