// The write pause of a planned switch as producers see it: the longest time between two acknowledgements of a client around the switch, less
// what is usual for it. Each round has two fresh environments under the same load: one is switched by `gwctl failover`, the other by the one call
// a node of the walk-through, without a protocol. What clients were told is compared with what stands on the new cluster, and with what groups read.
import { setTimeout as delay } from 'node:timers/promises';
import { median, printTable, withEnvironment } from './environment.mjs';
import { startSwitchLoad } from './switch/load.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CLIENTS = Number(process.env['CLIENTS'] ?? 100);
const TOPICS = Number(process.env['TOPICS'] ?? 100);
const RATE = Number(process.env['RATE'] ?? 2000);
/** Of each cluster. Six brokers of three copies and MirrorMaker take both cores of a small machine at this load: what is measured then is the wait for them. */
const BROKERS = Number(process.env['BROKERS'] ?? 3);
/** Each round, in this order. */
const WAYS = (process.env['WAYS'] ?? 'gwctl,naive').split(',');
const PORT_OFFSET = 2300;
const WARM_UP_MS = 6000;
const AFTERWARDS_MS = 5000;
const READY_MS = 120_000;
const POLL_MS = 500;
const TARGET_P99_MS = 1000;
/** Below the ports that the system gives to outgoing connections, as in environment.mjs. */
const CLUSTERS = `clusters:\n  main: {port: 10092, brokers: ${BROKERS}}\n  failover: {port: 11092, brokers: ${BROKERS}}\n`;
const CONFIG = 'gateways:\n  gateway1: {}\n  gateway2: {}\n';

export async function run() {
  const results = { gwctl: [], naive: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const how of WAYS) {
      const result = await measure(how);
      results[how].push(result);
      console.log(`round ${round + 1} ${how}: ${describe(result)}`);
    }
  }
  const rows = Object.entries(results).filter(([how]) => WAYS.includes(how)).map(([how, all]) => {
    const pauses = all.flatMap(({ pausesMs }) => pausesMs);
    const sum = (key) => all.reduce((total, one) => total + one[key], 0);
    return [how, all.length, percentile(pauses, 50), percentile(pauses, 99), Math.max(...pauses), sum('acknowledged'), sum('lost'), sum('duplicated'), sum('skipped'), sum('redelivered'), sum('errors')].map((cell) => (typeof cell === 'number' ? Math.round(cell) : cell));
  });
  printTable(['switch', 'rounds', 'pause p50 ms', 'p99 ms', 'longest ms', 'acknowledged', 'lost', 'duplicated', 'skipped', 'redelivered', 'errors'], rows);
  const [mine] = rows;
  const isGood = mine[3] < TARGET_P99_MS && mine.slice(6, 9).concat(mine[10]).every((count) => count === 0);
  console.log(`${CLIENTS} clients, ${TOPICS} topics, ${RATE} messages/s, 2 nodes, ${BROKERS} broker${BROKERS === 1 ? '' : 's'} a cluster; the command itself took ${Math.round(median(results.gwctl.map(({ tookMs }) => tookMs)))} ms (median), and said ${Math.round(median(results.gwctl.map(({ saidMs }) => saidMs)))} ms of pause`);
  console.log(isGood ? `p99 under ${TARGET_P99_MS} ms, nothing lost, duplicated, skipped or refused` : `not reached: p99 under ${TARGET_P99_MS} ms, nothing lost, duplicated, skipped or refused`);
}

async function measure(how) {
  return await withEnvironment({ portOffset: PORT_OFFSET, clusters: CLUSTERS, config: CONFIG }, async ({ gwctl }) => {
    await gwctl('up');
    const load = await startSwitchLoad({ portOffset: PORT_OFFSET, brokers: BROKERS, clients: CLIENTS, topics: TOPICS, rate: RATE });
    try {
      await awaitReady(gwctl);
      await delay(WARM_UP_MS);
      const { startMs, saidMs, steps = [] } = how === 'gwctl' ? await switchByGwctl(gwctl) : { startMs: performance.now(), saidMs: await load.switchEachNode() };
      const endMs = performance.now();
      await delay(AFTERWARDS_MS);
      return { ...(await load.finish(startMs, endMs)), tookMs: endMs - startMs, saidMs, steps };
    } finally {
      await load.close();
    }
  });
}

/** Answers with the pause that gwctl itself reports. A check that says no (exit 3) has changed nothing: MirrorMaker may be giving out its tasks anew. */
async function switchByGwctl(gwctl) {
  const untilMs = performance.now() + READY_MS;
  for (;;) {
    const startMs = performance.now();
    try {
      const { stdout } = await gwctl('failover', '--to', 'failover', '--yes', '-o', 'json');
      return { startMs, saidMs: lastResult(stdout).writePauseMs ?? 0, steps: stepsOfPause(stdout) };
    } catch (reason) {
      if (reason.exitCode !== 3 || performance.now() > untilMs) throw reason;
      console.log(`not yet: ${lastResult(reason.stdout).error?.message ?? reason.stderr}`);
      await delay(POLL_MS);
    }
  }
}

/** The steps while writes were held, each from the moment at which the one before was done: to write the journal takes its time, too. */
function stepsOfPause(stdout) {
  const events = stdout.trim().split('\n').map((line) => JSON.parse(line));
  const kinds = events.find(({ type }) => type === 'run-started').plan.steps.map(({ kind }) => kind);
  const [first, last] = [kinds.indexOf('pause-gateways'), kinds.indexOf('resume-gateways')];
  const doneMs = (index) => events.find((event) => event.type === 'step-done' && event.index === index).atMs;
  return kinds.slice(first, last + 1).map((kind, index) => ({ kind, ms: doneMs(first + index) - doneMs(first + index - 1) }));
}

/** One JSON object, or one a line, the last of which is the result. */
function lastResult(stdout) {
  const last = stdout.trim().split('\n').at(-1);
  return JSON.parse(last.startsWith('{') ? last : stdout);
}

/** New topics are replicated, and nothing is far behind. */
async function awaitReady(gwctl) {
  const endMs = performance.now() + READY_MS;
  let last;
  while (performance.now() < endMs) {
    last = await gwctl('verify', '--to', 'failover').then(() => undefined, (reason) => reason);
    if (last === undefined) return;
    await delay(POLL_MS);
  }
  throw new Error(`gwctl verify did not pass within ${READY_MS} ms: ${last?.stdout ?? ''}`);
}

function describe({ pausesMs, acknowledged, lost, duplicated, skipped, redelivered, errors, errorSamples, tookMs, saidMs, steps }) {
  const samples = errorSamples.length === 0 ? '' : ` (${errorSamples.join('; ')})`;
  const parts = steps.length === 0 ? '' : ` (${steps.map(({ kind, ms }) => `${kind} ${ms}`).join(', ')})`;
  return `pause p50 ${Math.round(percentile(pausesMs, 50))} ms, p99 ${Math.round(percentile(pausesMs, 99))} ms; took ${Math.round(tookMs)} ms, said ${Math.round(saidMs)} ms${parts}; ${acknowledged} acknowledged, ${lost} lost, ${duplicated} duplicated, ${skipped} skipped, ${redelivered} redelivered, ${errors} errors${samples}`;
}

function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}
