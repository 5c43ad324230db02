// The gateway with tenant isolation against the brokers themselves: produce and consume of 1 KiB records with Kafka's own perf tools,
// direct and through one node in turns, on the same topic. Judge by the ratio of a round and by CPU seconds per GB: MB/s say more about the machine.
import { join } from 'node:path';
import { execa } from 'execa';
import { cpuSeconds, median, peakMemoryMib, printTable, withEnvironment } from './environment.mjs';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const RECORDS = Number(process.env['RECORDS'] ?? 500_000);
const RECORD_BYTES = 1024;
const GIGABYTES = (RECORDS * RECORD_BYTES) / 1e9;
// The perf topic is not replicated: MirrorMaker would measure itself.
const CONFIG = 'links:\n  - {from: main, to: failover, topics: "_.*"}\n';

export async function run() {
  await withEnvironment({ portOffset: 3000, config: CONFIG }, async ({ dir, portOffset, gwctl, tools, pidOf }) => {
    await gwctl('up');
    await gwctl('vcluster', 'create', 'perf', '--properties', 'perf.properties');
    const through = { name: 'gateway', bootstrap: `localhost:${6969 + portOffset + portOffset / 100}`, prefix: '', config: ['--command-config', join(dir, 'perf.properties')] };
    const direct = { name: 'direct', bootstrap: `localhost:${10_092 + portOffset}`, prefix: 'perf', config: [] };
    const tool = (name, ...args) => execa(join(tools, name), args, { cwd: dir, env: { KAFKA_OPTS: '-Xmx512m -XX:TieredStopAtLevel=4' } });
    const pid = pidOf('gateway1');
    const produced = new Map([['direct', []], ['gateway', []]]);
    const consumed = new Map([['direct', []], ['gateway', []]]);
    const cpu = { produce: [], consume: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      const topic = `t${round}`;
      await tool('kafka-topics', '--bootstrap-server', through.bootstrap, ...through.config, '--create', '--topic', topic, '--partitions', '3', '--replication-factor', '1');
      // The first round warms up brokers and gateway; who goes first changes.
      const order = round % 2 === 0 ? [direct, through] : [through, direct];
      for (const [kind, results, measure] of [['produce', produced, produce], ['consume', consumed, consume]]) {
        for (const target of order) {
          const before = cpuSeconds(pid);
          const mbPerSecond = await measure(tool, target, target.prefix + topic);
          if (round === 0) continue;
          results.get(target.name).push(mbPerSecond);
          if (target === through) cpu[kind].push((cpuSeconds(pid) - before) / GIGABYTES);
        }
      }
    }
    const row = (name, results, seconds) => {
      const ratios = results.get('gateway').map((value, index) => value / results.get('direct')[index]);
      return [name, median(results.get('direct')).toFixed(0), median(results.get('gateway')).toFixed(0), median(ratios).toFixed(2), `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`, median(seconds).toFixed(2)];
    };
    printTable(['1 KiB records', 'direct MB/s', 'gateway MB/s', 'ratio', 'range', 'gateway CPU s/GB'], [row('produce', produced, cpu.produce), row('consume', consumed, cpu.consume)]);
    console.log(`${ROUNDS} rounds of ${RECORDS} records, medians; peak memory of the node ${peakMemoryMib(pid).toFixed(0)} MiB`);
  });
}

async function produce(tool, { bootstrap, config }, topic) {
  const { stdout } = await tool('kafka-producer-perf-test', '--topic', topic, '--num-records', `${RECORDS}`, '--record-size', `${RECORD_BYTES}`, '--throughput', '-1', '--bootstrap-server', bootstrap, ...config, '--command-property', 'batch.size=65536', 'linger.ms=5');
  return Number(/\(([\d.]+) MB\/sec\)(?![\s\S]*MB\/sec)/.exec(stdout)?.[1]);
}

/** MB/s of fetching alone: what joining a group takes is the same on both ways. */
async function consume(tool, { bootstrap, config }, topic) {
  const { stdout } = await tool('kafka-consumer-perf-test', '--bootstrap-server', bootstrap, ...config, '--topic', topic, '--num-records', `${RECORDS}`, '--timeout', '60000');
  return Number(stdout.trim().split('\n').at(-1)?.split(',')[8]);
}
