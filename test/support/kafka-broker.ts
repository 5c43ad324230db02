import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface KafkaBroker {
  readonly host: string;
  readonly port: number;
  /** As `kill -9` does it; the data stays, and `start` brings the broker back. */
  kill(): Promise<void>;
  start(): void;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
}

/** A real one-node Kafka from gwctl's cache, in a folder of its own. It is returned before it answers: clients wait for it. */
export async function startKafkaBroker(kafkaVersion: string): Promise<KafkaBroker> {
  const cache = process.env['GWCTL_CACHE_DIR'] ?? path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'gwctl');
  const libs = path.join(cache, `kafka-${kafkaVersion}`, 'libs');
  if (!existsSync(libs)) throw new Error(`${libs} is missing: run \`npm run setup\` first`);
  const classPath = path.join(libs, '*');
  const folder = mkdtempSync(path.join(tmpdir(), 'gwctl-broker-'));
  const [port, controllerPort] = await freePorts(2) as [number, number];
  const properties = path.join(folder, 'server.properties');
  writeFileSync(properties, renderProperties(port, controllerPort, path.join(folder, 'data')));
  await promisify(execFile)('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAAAEAAAAAAAAAAQ', '-c', properties]);

  let child: ChildProcess | undefined;
  const start = () => {
    child = spawn('java', ['-Xmx256m', '-XX:+UseSerialGC', '-cp', classPath, 'kafka.Kafka', properties], { stdio: 'ignore' });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  start();
  return {
    host: '127.0.0.1', port, start, kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGKILL'); // nothing of it is kept, so an orderly end would only take time
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function renderProperties(port: number, controllerPort: number, data: string): string {
  return Object.entries({
    'process.roles': 'broker,controller', 'node.id': 1,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER', 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`, 'log.dirs': data,
    'offsets.topic.replication.factor': 1, 'offsets.topic.num.partitions': 1, 'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1, 'transaction.state.log.num.partitions': 1, 'log.cleaner.dedupe.buffer.size': 4194304,
    'auto.create.topics.enable': false, 'broker.session.timeout.ms': 2000, 'broker.heartbeat.interval.ms': 500, 'group.initial.rebalance.delay.ms': 0,
  }).map(([key, value]) => `${key}=${value}\n`).join('');
}

/** Ports that nobody has at the moment; all are held until all are known, so they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
