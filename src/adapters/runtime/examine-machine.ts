import { readdir, readFile, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { counted } from '../../shared/counted.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Topology } from '../../topology/topology.ts';
import { cacheDir, type Env } from './cache-dir.ts';
import { findTakenPorts } from './check-ports.ts';
import { componentsOf } from './component.ts';
import { examineEngine } from './docker/examine-engine.ts';
import { containerComponents, observeContainers } from './docker/observe-containers.ts';
import { findJava, javaHint } from './java.ts';
import { MAVEN_HINT } from './maven.ts';
import { observeComponent } from './observe-components.ts';
import type { Finding } from './finding.ts';
import { kafkaVersionOf, listJars } from './provision-kafka.ts';
import { REGISTRY_JAVA, REGISTRY_VERSION } from './schema-registry.ts';
import { versionsOf } from './toolchain.ts';

/** Looks for all that `up` needs on this machine; changes nothing. */
export async function examineMachine(topology: Topology, environmentDir: string, env: Env, nodePath: string): Promise<readonly Finding[]> {
  const kafka = await Promise.all(versionsOf(topology).map((version) => examineKafka(version, env)));
  const isComplete = kafka.every(({ isThere }) => isThere);
  const forProcesses = await Promise.all([examineJava(env), ...kafka.map(({ finding }) => finding), examineMaven(env, isComplete), examineRegistry(topology, env)]);
  const forContainers = await examineEngine(topology, env);
  const common = [examineNode(nodePath), examinePorts(topology, environmentDir, env), examineMemory(topology), examineDisk(environmentDir)];
  return [...(await Promise.all(common)), ...ofRuntime(topology, forProcesses, forContainers)];
}

/** What only the other runtime needs is worth a note. Where `up` may choose, one of the two must be complete. */
function ofRuntime({ runtime }: Topology, forProcesses: readonly Finding[], forContainers: readonly Finding[]): readonly Finding[] {
  const lacks = (findings: readonly Finding[]) => findings.some(({ status }) => status === 'missing');
  const asNotes = (findings: readonly Finding[]) => findings.map((each) => (each.status === 'missing' ? { ...each, status: 'note' as const } : each));
  const isForContainers = runtime === 'docker' || (runtime === 'auto' && !lacks(forContainers));
  return isForContainers ? [...forContainers, ...asNotes(forProcesses)] : [...forProcesses, ...asNotes(forContainers)];
}

async function examineNode(nodePath: string): Promise<Finding> {
  const { stdout: version } = await execa(nodePath, ['--version']);
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  return finding('node', isNewEnough, version, 'install Node.js 20.19 or newer');
}

async function examineJava(env: Env): Promise<Finding> {
  try {
    const { command, major } = await findJava(env);
    return finding('java', true, `Java ${major} (${command})`, javaHint());
  } catch (reason) {
    return finding('java', false, GwctlError.from(reason).message, javaHint());
  }
}

async function examineKafka(version: string, env: Env): Promise<{ readonly isThere: boolean; readonly finding: Finding }> {
  const home = env['KAFKA_HOME'];
  const homeJars = home === undefined || home === '' ? [] : await listJars(join(home, 'libs'));
  if (kafkaVersionOf(homeJars) === version) return { isThere: true, finding: finding(`kafka ${version}`, true, `KAFKA_HOME ${home}`, '') };
  const dir = join(cacheDir(env), `kafka-${version}`);
  const jars = await listJars(join(dir, 'libs'));
  if (jars.length === 0) return { isThere: false, finding: { what: `kafka ${version}`, status: 'note', seen: `not in ${dir}`, fix: '`gwctl up` downloads it with Maven (55 MB)' } };
  const failure = await readArchiveFailure(dir);
  if (failure !== undefined) return { isThere: true, finding: { what: `kafka ${version}`, status: 'note', seen: `${dir}, without class archives: ${failure}`, fix: `delete ${join(dir, 'archives-*')} to try again` } };
  return { isThere: true, finding: finding(`kafka ${version}`, true, `${jars.length} jars in ${dir}`, '') };
}

async function readArchiveFailure(dir: string): Promise<string | undefined> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith('archives-')) continue;
    const text = await readFile(join(dir, name, 'failed'), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.trim().split('\n')[0];
  }
  return undefined;
}

async function examineMaven(env: Env, isKafkaThere: boolean): Promise<Finding> {
  const { failed, stdout } = await execa('mvn', ['-Dstyle.color=never', '--version'], { reject: false, env: { ...env }, extendEnv: false });
  const seen = failed ? 'no `mvn` in PATH' : stripVTControlCharacters(stdout.split('\n')[0] ?? '');
  if (failed && isKafkaThere) return { what: 'maven', status: 'note', seen: `${seen}, not needed: Kafka is there`, fix: MAVEN_HINT };
  return finding('maven', !failed, seen, MAVEN_HINT);
}

async function examinePorts(topology: Topology, environmentDir: string, env: Env): Promise<Finding> {
  const isDocker = topology.runtime === 'docker';
  const components = isDocker ? containerComponents(topology, environmentDir, false) : componentsOf(topology, environmentDir);
  // Without an engine none of its containers runs.
  const states = isDocker ? await observeContainers(topology, environmentDir, { env }).catch(() => []) : await Promise.all(components.map(observeComponent));
  const idle = components.filter(({ name }) => states.find((state) => state.name === name)?.state !== 'running');
  const taken = await findTakenPorts(idle);
  const running = components.length - idle.length;
  const seen = taken.length > 0 ? taken.map(({ port, component }) => `${port} is in use (wanted by ${component})`).join(', ') : `free${running > 0 ? `, or used by ${counted(running, isDocker ? 'container' : 'process', isDocker ? 'containers' : 'processes')} of this environment` : ''}`;
  return finding('ports', taken.length === 0, seen, 'end what listens there, or use --port-offset');
}

/** Measured: a broker 160 to 180 MB, MirrorMaker 250 MB, a process of a gateway node 100 MB. */
async function examineMemory(topology: Topology): Promise<Finding> {
  const brokers = topology.runtime === 'external' ? 0 : topology.clusters.reduce((sum, { brokers: each }) => sum + each.length, 0);
  const neededMb = brokers * 180 + topology.links.length * 250 + topology.gateways.reduce((sum, { workers }) => sum + (workers === 1 ? 1 : workers + 1), 0) * 100;
  const freeMb = (await availableMemoryMb()) ?? Math.round(freemem() / MB);
  return finding('memory', freeMb >= neededMb, `${freeMb} of ${Math.round(totalmem() / MB)} MB free (needed: about ${neededMb})`, 'end other programs, or use fewer brokers in gwctl.yaml');
}

async function availableMemoryMb(): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(text);
  return match?.[1] === undefined ? undefined : Math.round(Number(match[1]) / 1024);
}

async function examineDisk(environmentDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await firstExisting(environmentDir));
  const freeMb = Math.round((bavail * bsize) / MB);
  return finding('disk', freeMb >= NEEDED_DISK_MB, `${freeMb} MB free for ${environmentDir} (needed: ${NEEDED_DISK_MB})`, 'free some space, or use --state-dir');
}

async function firstExisting(dir: string): Promise<string> {
  for (let each = dir; ; each = dirname(each)) {
    if (each === dirname(each)) return each;
    if (await statfs(each).then(() => true, () => false)) return each;
  }
}

async function examineRegistry(topology: Topology, env: Env): Promise<Finding> {
  const what = `schema registry ${REGISTRY_VERSION}`;
  try {
    const { major } = await findJava(env, REGISTRY_JAVA);
    return finding(what, true, `Java ${major} for it`, '');
  } catch (reason) {
    const status = topology.schemaRegistry.enabled ? 'missing' : 'note';
    return { what, status, seen: `${GwctlError.from(reason).message}; only for --with schema-registry`, fix: javaHint(REGISTRY_JAVA) };
  }
}

function finding(what: string, isOk: boolean, seen: string, fix: string): Finding {
  return isOk ? { what, status: 'ok', seen, fix: null } : { what, status: 'missing', seen, fix };
}

const MB = 1024 * 1024;
const NEEDED_DISK_MB = 1024;
