// Producing and consuming records of 1 KiB as fast as Kafka's own perf tools can, with the settings that a real client has by default, but larger batches.
import { join } from 'node:path';
import { execa } from 'execa';

const RECORD_BYTES = 1024;
const MIB_TO_MB = 1.048576;
const CONSUMER_FETCH_MIB_PER_SECOND = 8;

export function gigabytesOf(records) {
  return (records * RECORD_BYTES) / 1e9;
}

/** MB/s. */
export async function produce(tools, { host, port, propertiesFile }, topic, records) {
  const { stdout } = await run(tools, 'kafka-producer-perf-test', [
    '--bootstrap-server', `${host}:${port}`, ...commandConfig(propertiesFile), '--topic', topic, '--num-records', `${records}`, '--record-size', `${RECORD_BYTES}`,
    '--throughput', '-1', '--command-property', 'batch.size=65536', 'linger.ms=5',
  ]);
  const [, sent, perSecond] = /(\d+) records sent, ([\d.]+) records\/sec(?![\s\S]*records\/sec)/.exec(stdout) ?? [];
  if (Number(sent) !== records) throw new Error(`${sent} of ${records} records were sent: ${stdout.slice(-300)}`);
  return (Number(perSecond) * RECORD_BYTES) / 1e6;
}

/** MB/s of fetching alone: what joining a group takes is the same on every way. */
export async function consume(tools, { host, port, propertiesFile }, topic, records) {
  const { stdout } = await run(tools, 'kafka-consumer-perf-test', [
    '--bootstrap-server', `${host}:${port}`, ...commandConfig(propertiesFile), '--topic', topic, '--num-records', `${records}`, '--timeout', '60000',
  ]);
  const fields = stdout.trim().split('\n').at(-1)?.split(',') ?? [];
  if (Number(fields[4]) < records) throw new Error(`${fields[4]} of ${records} records were read: ${stdout.slice(-300)}`);
  return Number(fields[CONSUMER_FETCH_MIB_PER_SECOND]) * MIB_TO_MB;
}

function run(tools, name, args) {
  return execa(join(tools, name), args, { stdin: 'ignore', env: { KAFKA_OPTS: '-Xmx512m -XX:TieredStopAtLevel=4' } });
}

function commandConfig(propertiesFile) {
  return propertiesFile === '' ? [] : ['--command-config', propertiesFile];
}
