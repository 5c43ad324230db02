import { createInterface } from 'node:readline';

// What the Node clients have in common. Settings, events and how they are stopped: test/support/client-matrix/client-event.ts.

const INTERVAL_MS = 1000 / Number(process.env.MATRIX_RATE);

export const settings = {
  bootstrap: process.env.MATRIX_BOOTSTRAP.split(','),
  username: process.env.MATRIX_USERNAME,
  token: process.env.MATRIX_TOKEN,
  partitions: Number(process.env.MATRIX_PARTITIONS),
  clients: process.env.MATRIX_CLIENTS.split(',').map((pair) => {
    const [name, mode] = pair.split('=');
    return { name, mode };
  }),
};

export function emit(name, kind, fields = {}) {
  process.stdout.write(`${JSON.stringify({ t: Date.now(), c: name, e: kind, ...fields })}\n`);
}

/** `run` gets a record each interval until the producers are told to stop; it must not throw. */
export async function paceRecords(name, stopped, run) {
  const startedAtMs = performance.now();
  for (let sequence = 0; !stopped.aborted; sequence++) {
    const record = { value: `${name}/p1/${sequence}`, partition: sequence % settings.partitions };
    emit(name, 'sent', { v: record.value, p: record.partition });
    run(record);
    const waitMs = startedAtMs + (sequence + 1) * INTERVAL_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
}

/**
 * Sends those records until the producers are told to stop: one request at a time for each partition in turn, with all that has come meanwhile. A request for each
 * record would make a queue that only grows where an acknowledgement takes longer than the interval: a broker handles the requests of a connection one after the
 * other. `send(partition, values)` resolves with the offset of the first.
 */
export async function produceInTurns(name, stopped, send) {
  const waiting = new Map();
  let isOver = false;
  let wake = () => {};
  void paceRecords(name, stopped, ({ value, partition }) => {
    waiting.set(partition, [...(waiting.get(partition) ?? []), value]);
    wake();
  }).then(() => {
    isOver = true;
    wake();
  });
  while (!isOver || waiting.size > 0) {
    if (waiting.size === 0) await new Promise((resolve) => (wake = resolve));
    const [next] = waiting;
    if (next === undefined) continue;
    const [partition, values] = next;
    waiting.delete(partition);
    try {
      const first = await send(partition, values);
      values.forEach((value, index) => emit(name, 'acked', { v: value, p: partition, o: first + index }));
    } catch (reason) {
      for (const value of values) emit(name, 'send-failed', { v: value, m: describe(reason) });
    }
  }
  emit(name, 'producer-stopped');
}

/** Starts each client; stops producers at the first line on stdin, everything at its end. */
export async function runProgram(start) {
  const producing = new AbortController();
  const running = settings.clients.map(({ name, mode }) =>
    Promise.resolve(start({ name, mode, producing: producing.signal })).catch((reason) => {
      emit(name, 'error', { m: describe(reason), fatal: true });
      return { stop: async () => {} };
    }),
  );
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => producing.abort());
  await new Promise((resolve) => lines.on('close', resolve));
  producing.abort();
  for (const client of await Promise.all(running)) await client.stop();
  process.exit(0);
}

export function describe(reason) {
  if (!(reason instanceof Error)) return String(reason);
  const inner = reason.errors?.[0] ?? reason.cause;
  return `${reason.name}: ${reason.message}${inner === undefined ? '' : ` (${describe(inner)})`}`;
}
