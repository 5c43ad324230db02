// What a connection costs that is open and asks once a second: CPU of the proxy for each request, and its memory over what it had when idle.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentMib, watch } from '../processes.mjs';
import { openConnection } from './raw-connection.mjs';

const CLIENT = fileURLToPath(new URL('many-connections.mjs', import.meta.url));
/** Before anything is measured, on one connection: a JVM compiles, and no proxy has pools of many connections yet. */
const WARM_UP_REQUESTS = 3000;

export async function measureConnections(target, { pid, brokers, topic, connections, seconds }) {
  const idleMib = pid === undefined ? 0 : residentMib(pid);
  const one = await openConnection(target, topic);
  for (let index = 0; index < WARM_UP_REQUESTS; index++) await one.ask();
  one.close();
  await one.closed;
  const baseMib = pid === undefined ? 0 : residentMib(pid);
  const client = fork(CLIENT, [JSON.stringify(target), topic, `${connections}`, `${seconds}`]);
  const next = messagesOf(client);
  await next('measure');
  const { result: endMib, seconds: measuredSeconds, proxyCpuSeconds, otherCores } = await watch({ pid, others: brokers }, async () => {
    await next('end');
    return pid === undefined ? 0 : residentMib(pid);
  });
  const { event: _, ...result } = await next('result');
  return {
    ...result, idleMib, baseMib, residentMib: endMib, otherCores,
    cpuMicrosPerRequest: (proxyCpuSeconds * 1e6) / result.answered,
    kibPerConnection: ((endMib - baseMib) * 1024) / connections,
    requestsPerSecond: result.answered / measuredSeconds,
  };
}

/** Resolves with the next message of that event; rejects when the client ends before it comes. */
function messagesOf(client) {
  const arrived = new Map();
  const awaited = new Map();
  let ended;
  client.on('message', (message) => {
    arrived.set(message.event, message);
    awaited.get(message.event)?.resolve(message);
  });
  client.on('exit', (code) => {
    ended = new Error(`the client with many connections ended with exit code ${code}`);
    for (const { reject } of awaited.values()) reject(ended);
  });
  return (event) => new Promise((resolve, reject) => {
    if (arrived.has(event)) resolve(arrived.get(event));
    else if (ended !== undefined) reject(ended);
    else awaited.set(event, { resolve, reject });
  });
}
