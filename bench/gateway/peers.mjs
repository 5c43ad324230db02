// Proxies of others, each with the reason when this machine cannot have it. What is downloaded goes where the local runtime keeps its own.
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDir } from '../../build/adapters/runtime/cache-dir.js';
import { copyDependencies } from '../../build/adapters/runtime/maven.js';
import { listJars } from '../../build/adapters/runtime/provision-kafka.js';
import { compileJava } from './java.mjs';

const KROXYLICIOUS_VERSION = '0.12.0';

/** HAProxy as a plain TCP forwarder. */
export async function prepareHaproxy({ dir, broker, proxy }) {
  if (!(await runs('haproxy', ['-v'])) && !(await installHaproxy())) return { reason: 'haproxy is not installed (as root it would be: apt-get install haproxy)' };
  const file = join(dir, 'haproxy.cfg');
  await writeFile(file, [
    'global', '  maxconn 8000',
    'defaults', '  mode tcp', '  timeout connect 5s', '  timeout client 10m', '  timeout server 10m',
    'frontend clients', `  bind 127.0.0.1:${proxy.haproxy} backlog 4096`, '  default_backend broker',
    'backend broker', `  server broker 127.0.0.1:${broker.haproxy}`, '',
  ].join('\n'));
  return { command: ['haproxy', '-db', '-f', file], port: proxy.haproxy };
}

/** Kroxylicious with its filter that gives each virtual cluster names of its own, as our gateway does. */
export async function prepareKroxylicious({ dir, broker, proxy, java }) {
  let classPath;
  try {
    classPath = await compileJava({ java, jars: await kroxyliciousJars(), name: 'StartKroxylicious', outputDir: join(dir, 'kroxylicious') });
  } catch (reason) {
    return { reason: reason.message };
  }
  const file = join(dir, 'kroxylicious.yaml');
  await writeFile(file, [
    'virtualClusters:', '- name: perf', '  targetCluster:', `    bootstrapServers: localhost:${broker.client}`,
    '  gateways:', '  - name: default', '    portIdentifiesNode:', `      bootstrapAddress: localhost:${proxy.kroxylicious}`,
    '  filters: [tenants]', 'filterDefinitions:', '- name: tenants', '  type: MultiTenant', '',
  ].join('\n'));
  return { command: [java, '-Xmx1g', '-cp', classPath, 'StartKroxylicious', file], port: proxy.kroxylicious, hasTenants: true };
}

/** grepplabs/kafka-proxy, when somebody gives its binary: it rewrites addresses and nothing else. */
export async function prepareKafkaProxy({ broker, proxy }) {
  const binary = process.env['KAFKA_PROXY_BIN'];
  if (binary === undefined || binary === '') return { reason: 'KAFKA_PROXY_BIN names no binary of grepplabs/kafka-proxy' };
  if (!(await exists(binary))) return { reason: `KAFKA_PROXY_BIN: ${binary} does not exist` };
  const mapping = `localhost:${broker.client},127.0.0.1:${proxy.kafkaProxy}`;
  return {
    command: [binary, 'server', '--bootstrap-server-mapping', mapping, '--dynamic-sequential-min-port', `${proxy.kafkaProxy + 1}`, '--default-listener-ip', '127.0.0.1', '--http-disable', '--log-level', 'warning'],
    port: proxy.kafkaProxy,
  };
}

async function installHaproxy() {
  if (process.getuid?.() !== 0) return false;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => runs('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', 'haproxy'], env);
  return (await install()) || ((await runs('apt-get', ['update', '--quiet'], env)) && (await install()));
}

async function kroxyliciousJars() {
  const dir = join(cacheDir(process.env), `kroxylicious-${KROXYLICIOUS_VERSION}`);
  const present = await listJars(dir);
  if (present.length > 0) return present;
  await mkdir(cacheDir(process.env), { recursive: true });
  // Filled beside its place and renamed: a half download never looks like a whole one.
  const workDir = await mkdtemp(`${dir}.part-`);
  try {
    const outputDir = join(workDir, 'jars');
    await copyDependencies({ pom: renderPom(), workDir, outputDir, env: process.env });
    await rename(outputDir, dir);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return listJars(dir);
}

function renderPom() {
  const dependency = (artifact) => `<dependency><groupId>io.kroxylicious</groupId><artifactId>${artifact}</artifactId><version>${KROXYLICIOUS_VERSION}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>gwctl</groupId><artifactId>bench</artifactId><version>1</version><packaging>pom</packaging><dependencies>${['kroxylicious-runtime', 'kroxylicious-multitenant'].map(dependency).join('')}</dependencies></project>\n`;
}

async function runs(file, args, env = {}) {
  return !(await execa(file, args, { reject: false, stdin: 'ignore', env })).failed;
}

function exists(path) {
  return access(path).then(() => true, () => false);
}
