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
