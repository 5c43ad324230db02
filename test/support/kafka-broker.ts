import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findJava, type Java } from '../../src/adapters/runtime/java.ts';
import { JVM_FLAGS, loggingFlags } from '../../src/adapters/runtime/jvm.ts';
import { type KafkaTools, prepareKafka } from '../../src/adapters/runtime/toolchain.ts';
import { SILENT } from './silent-progress.ts';

export interface KafkaBroker {
  readonly host: string;
  readonly port: number;
  /** Ports of the listeners that were asked for besides the plain one, by name. */
  readonly listeners: Readonly<Record<string, number>>;
  /** As `kill -9` does it; the data stays, and `start` brings the broker back. */
  kill(): Promise<void>;
  start(): void;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
}

/** One of Kafka's own tools; resolves with what it printed, rejects when it fails. */
export async function runKafkaTool(kafkaVersion: string, mainClass: string, args: readonly string[]): Promise<string> {
  const { java, kafka } = await toolsOf(kafkaVersion);
  const { stdout, stderr } = await promisify(execFile)(java.command, ['-Xmx128m', ...jvmFlags(kafka, 'tool'), mainClass, ...args], { timeout: 60_000 });
  return stdout + stderr;
}

async function toolsOf(kafkaVersion: string): Promise<{ readonly java: Java; readonly kafka: KafkaTools }> {
  const java = await findJava(process.env);
  return { java, kafka: await prepareKafka(kafkaVersion, { java, env: process.env, progress: SILENT }) };
}

/** As `gwctl up` starts brokers: class archives make it quick. */
function jvmFlags({ distribution, archives }: KafkaTools, use: 'service' | 'tool'): readonly string[] {
  return [...JVM_FLAGS, ...archives.broker, ...loggingFlags(distribution, use), '-cp', distribution.jars.join(path.delimiter)];
}

/** What a broker has besides its PLAINTEXT listener. */
export interface BrokerExtras {
  /** Listener name -> security protocol. */
  readonly listeners?: Readonly<Record<string, string>>;
  /** Listener name -> the port that clients are told instead of its own: something stands in between. */
  readonly advertisedPorts?: Readonly<Record<string, number>>;
  readonly properties?: Readonly<Record<string, string>>;
  /** As `kafka-storage format --add-scram` takes them. */
  readonly scramUsers?: readonly string[];
}

/** A real one-node Kafka from gwctl's cache, in a folder of its own. It is returned before it answers: clients wait for it. */
export async function startKafkaBroker(kafkaVersion: string, { listeners = {}, advertisedPorts = {}, properties: extra = {}, scramUsers = [] }: BrokerExtras = {}): Promise<KafkaBroker> {
  const { java, kafka } = await toolsOf(kafkaVersion);
  const folder = mkdtempSync(path.join(tmpdir(), 'gwctl-broker-'));
  const names = Object.keys(listeners);
  const [port, controllerPort, ...extraPorts] = await freePorts(2 + names.length) as [number, number, ...number[]];
  const addresses = names.map((name, index) => `,${name}://127.0.0.1:${extraPorts[index] ?? 0}`).join('');
  const advertised = names.map((name, index) => `,${name}://127.0.0.1:${advertisedPorts[name] ?? extraPorts[index] ?? 0}`).join('');
  const properties = path.join(folder, 'server.properties');
  writeFileSync(properties, renderProperties({ ...propertiesOf(port, controllerPort, path.join(folder, 'data'), addresses, advertised, listeners), ...extra }));
  await promisify(execFile)(java.command, [...jvmFlags(kafka, 'tool'), 'kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAAAEAAAAAAAAAAQ', '-c', properties, ...scramUsers.flatMap((user) => ['--add-scram', user])]);

  let child: ChildProcess | undefined;
  const start = () => {
    child = spawn(java.command, ['-Xmx256m', ...jvmFlags(kafka, 'service'), 'kafka.Kafka', properties], { stdio: 'ignore' });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  start();
  return {
    host: '127.0.0.1', port, listeners: Object.fromEntries(names.map((name, index) => [name, extraPorts[index] ?? 0])), start, kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGKILL'); // nothing of it is kept, so an orderly end would only take time
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function renderProperties(properties: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(properties).map(([key, value]) => `${key}=${value}\n`).join('');
}

function propertiesOf(port: number, controllerPort: number, data: string, addresses: string, advertised: string, listeners: Readonly<Record<string, string>>): Readonly<Record<string, string | number | boolean>> {
  return {
    'process.roles': 'broker,controller', 'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${port}${addresses},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${advertised}`,
    'listener.security.protocol.map': Object.entries({ PLAINTEXT: 'PLAINTEXT', CONTROLLER: 'PLAINTEXT', ...listeners }).map(([name, protocol]) => `${name}:${protocol}`).join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER', 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`, 'log.dirs': data,
    'offsets.topic.replication.factor': 1, 'offsets.topic.num.partitions': 1, 'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1, 'transaction.state.log.num.partitions': 1, 'log.cleaner.dedupe.buffer.size': 4194304,
    'auto.create.topics.enable': false, 'broker.session.timeout.ms': 2000, 'broker.heartbeat.interval.ms': 500, 'group.initial.rebalance.delay.ms': 0,
  };
}

/** Ports that nobody has at the moment; all are held until all are known, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
