// Our gateway with tenant isolation, and proxies of others, against the brokers themselves: in turns, in rounds, on the same broker. Judge by
// the ratios of a round and by CPU seconds of the proxy: MB/s say more about the machine.
//
//   ROUNDS=3  RECORDS=500000 (of 1 KiB)  RATE=2000 (records a second of send to ack)  CONNECTIONS=2000  SECONDS=10 (of send to ack and connections)
//   ONLY=produce,consume,latency,connections,memory,start   parts
//   TARGETS=haproxy,node-forwarder,kroxylicious,kafka-proxy,gwctl   who is measured beside direct
//   KAFKA_PROXY_BIN=FILE  BENCH_JSON=FILE (raw rows)  PORT_OFFSET=3000
import { existsSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withEnvironment } from './environment.mjs';
import { measureConnections } from './gateway/connections.mjs';
import { compileJava, findJavaAndKafka } from './gateway/java.mjs';
import { layoutFor, MAX_MESSAGE_BYTES, OURS, renderClusters, renderGateway } from './gateway/layout.mjs';
import { printOtherLoad, printReport } from './gateway/report.mjs';
import { awaitServed, prepareTargets, startTarget, withLogin } from './gateway/targets.mjs';
import { consume, gigabytesOf, produce } from './gateway/throughput.mjs';
import { createTopic, deleteTopic } from './gateway/topics.mjs';
import { forgetPeak, peakMib, watch } from './processes.mjs';

const PARTS = ['produce', 'consume', 'latency', 'connections', 'memory', 'start'];
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const RECORDS = Number(process.env['RECORDS'] ?? 500_000);
const RATE = Number(process.env['RATE'] ?? 2000);
const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 2000);
const SECONDS = Number(process.env['SECONDS'] ?? 10);
const PORT_OFFSET = Number(process.env['PORT_OFFSET'] ?? 3000);
const LARGE_FRAMES = fileURLToPath(new URL('gateway/large-frames.mjs', import.meta.url));
/** A topic that stays, for whoever only asks for metadata. */
const TOPIC = 'served';
/** Topics of a run, on tmpfs when there is room: a disk that writes is load of others. */
const MEMORY_FOLDER = '/dev/shm';
const MEMORY_FOLDER_BYTES = 6e9;

export async function run() {
  const only = process.env['ONLY']?.split(',') ?? PARTS;
  const unknown = only.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) throw new Error(`ONLY: ${unknown.join(', ')} (allowed: ${PARTS.join(', ')})`);
  const layout = layoutFor(PORT_OFFSET);
  const env = { GWCTL_KAFKA_OPTS: '-Xmx1500m -XX:TieredStopAtLevel=4' };
  await withEnvironment({ portOffset: PORT_OFFSET, clusters: renderClusters(layout), config: renderGateway(), parent: dataFolder(), env }, async (environment) => {
    const { dir, gwctl, gwctlCommand, pidOf } = environment;
    await gwctl('up', '--no-gateways');
    const { java, jars } = await findJavaAndKafka();
    const { targets, skipped } = await prepareTargets({ dir, layout, java, gwctlCommand });
    const rows = [{ workload: 'run', at: new Date().toISOString(), node: process.version, cores: cpus().length, rounds: ROUNDS, records: RECORDS, rate: RATE, connections: CONNECTIONS, seconds: SECONDS }];
    const bench = { ...environment, brokers: [pidOf('main-1')], rows, only: new Set(only), java };
    if (bench.only.has('latency')) bench.sendToAck = await compileJava({ java, jars, name: 'SendToAck', outputDir: join(dir, 'send-to-ack') });
    try {
      const ready = await prepareEach(bench, targets, skipped);
      for (const line of skipped) console.log(line);
      await measureUnderLoad(bench, ready);
      await measureStarts(bench, ready);
      await measureConnectionsOfEach(bench, ready);
      if (bench.only.has('memory')) await measureLargeFrames(bench, ready);
    } finally {
      if (process.env['BENCH_JSON'] !== undefined) writeFileSync(process.env['BENCH_JSON'], `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    }
    const names = targets.map(({ name }) => name).filter((name) => rows.some(({ target }) => target === name));
    console.log(`${ROUNDS} rounds, medians; ${RECORDS} records of 1 KiB, ${RATE} records/s for ${SECONDS} s, ${CONNECTIONS} connections with 1 request/s for ${SECONDS} s`);
    printReport(rows, names);
    printOtherLoad(rows, names);
  });
}

/** Each target serves once: the topic that stays is made through it, and our gateway gives its token. */
async function prepareEach({ gwctl }, targets, skipped) {
  const ready = [];
  for (const target of targets) {
    try {
      await withRunning([target], async () => {
        const able = await withLogin(target, gwctl);
        // All but those with tenants of their own see the same topic.
        if (able.name === 'direct' || able.hasTenants) await createTopic(able, TOPIC, { partitions: 3 });
        ready.push(able);
      });
    } catch (reason) {
      if (target.name === 'direct' || target.name === OURS) throw reason;
      skipped.push(`${target.name} is left out: ${reason.message}`);
    }
  }
  return ready;
}

/** Produce, consume and send to ack: the same processes for all rounds, so that a JVM is warm, and the peak is of a whole load. */
async function measureUnderLoad(bench, targets) {
  const { only, rows } = bench;
  const withTransfer = only.has('produce') || only.has('consume') || only.has('memory');
  if (!withTransfer && !only.has('latency')) return;
  await withRunning(targets, async (pids) => {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const target of inTurn(targets, round)) if (withTransfer) await transfer(bench, target, pids.get(target.name), round);
      // Its client warms up by itself.
      if (only.has('latency') && round > 0) for (const target of inTurn(targets, round)) await measureLatency(bench, target, pids.get(target.name), round);
    }
    for (const [name, pid] of pids) if (pid !== undefined) rows.push({ workload: 'memory', target: name, loadPeakMib: peakMib(pid) });
  });
}

/** The first round counts for nothing: brokers and proxies are compiled and optimised while they work, and serve for days afterwards. */
async function transfer({ tools, brokers, rows, only }, target, pid, round) {
  const topic = `transfer-${round}-${target.name}`;
  await createTopic(target, topic, { partitions: 6 });
  for (const [workload, measure] of [['produce', produce], ['consume', consume]]) {
    const { result: mbPerSecond, proxyCpuSeconds, otherCores } = await watch({ pid, others: brokers }, () => measure(tools, target, topic, RECORDS));
    if (round > 0 && only.has(workload)) rows.push({ workload, target: target.name, round, mbPerSecond, otherCores, ...(pid === undefined ? {} : { cpuSecondsPerGb: proxyCpuSeconds / gigabytesOf(RECORDS) }) });
  }
  await deleteTopic(target, topic);
}

async function measureLatency({ java, sendToAck, brokers, rows }, target, pid, round) {
  const topic = `latency-${round}-${target.name}`;
  await createTopic(target, topic, { partitions: 1 });
  const args = ['-Xmx256m', '-cp', sendToAck, 'SendToAck', `${target.host}:${target.port}`, topic, `${RATE}`, `${SECONDS}`, target.propertiesFile];
  const { result, proxyCpuSeconds, otherCores } = await watch({ pid, others: brokers }, () => execa(java, args, { stdin: 'ignore' }));
  const seen = JSON.parse(result.stdout.trim().split('\n').at(-1));
  if (seen.failed > 0) throw new Error(`${target.name}: ${seen.failed} records were refused`);
  rows.push({ workload: 'latency', target: target.name, round, ...seen, otherCores, ...(pid === undefined ? {} : { cpuSeconds: proxyCpuSeconds }) });
  await deleteTopic(target, topic);
}

/** From the start of a process to its first answer. Before any round of connections: a broker that has just lost thousands of them answers late. */
async function measureStarts({ only, brokers, rows }, targets) {
  if (!only.has('start')) return;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const target of inTurn(targets.filter(({ command }) => command !== undefined), round)) {
      const startedAtMs = performance.now();
      const running = startTarget(target);
      try {
        const { otherCores } = await watch({ pid: running.pid, others: brokers }, () => awaitServed(target, running, TOPIC));
        rows.push({ workload: 'start', target: target.name, round, ms: performance.now() - startedAtMs, otherCores });
      } finally {
        await running.stop();
      }
    }
  }
}

/** A new process each time, whose memory knows no load yet. */
async function measureConnectionsOfEach({ only, brokers, rows }, targets) {
  if (!only.has('connections')) return;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const target of inTurn(targets, round)) {
      const running = startTarget(target);
      try {
        await awaitServed(target, running, TOPIC);
        const { cpuMicrosPerRequest, kibPerConnection, ...seen } = await measureConnections(target, { pid: running.pid, brokers, topic: TOPIC, connections: CONNECTIONS, seconds: SECONDS });
        const ofProxy = running.pid === undefined ? {} : { cpuMicrosPerRequest, kibPerConnection };
        rows.push({ workload: 'connections', target: target.name, round, ...seen, ...ofProxy, failures: seen.errors + seen.late });
      } finally {
        await running.stop();
      }
    }
  }
}

/** Our gateway alone, a new process: first one batch of 95 MB, then four at once. */
async function measureLargeFrames({ brokers, rows }, targets) {
  const target = targets.find(({ name }) => name === OURS);
  if (target === undefined) return;
  for (let round = 1; round <= ROUNDS; round++) {
    await withRunning([target], async (pids) => {
      const pid = pids.get(OURS);
      const topic = `large-${round}`;
      const peaks = {};
      await createTopic(target, topic, { partitions: 4, configs: { 'max.message.bytes': `${MAX_MESSAGE_BYTES}` } });
      const { otherCores } = await watch({ pid, others: brokers }, async () => {
        for (const [key, atOnce] of [['onePeakMib', 1], ['fourPeakMib', 4]]) {
          forgetPeak(pid);
          await execa(process.execPath, [LARGE_FRAMES, JSON.stringify(target), topic, `${atOnce}`], { stdin: 'ignore' });
          peaks[key] = peakMib(pid);
        }
      });
      rows.push({ workload: 'memory', target: OURS, round, ...peaks, otherCores });
      await deleteTopic(target, topic);
    });
  }
}

/** Runs targets side by side while `use` does, each once it serves. */
async function withRunning(targets, use) {
  const running = [];
  try {
    const pids = new Map();
    for (const target of targets) {
      const one = startTarget(target);
      running.push(one);
      await awaitServed(target, one);
      pids.set(target.name, one.pid);
    }
    return await use(pids);
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
}

/** Another one begins each round. */
function inTurn(targets, round) {
  const first = round % targets.length;
  return [...targets.slice(first), ...targets.slice(0, first)];
}

function dataFolder() {
  if (!existsSync(MEMORY_FOLDER)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  return bavail * bsize >= MEMORY_FOLDER_BYTES ? MEMORY_FOLDER : tmpdir();
}
