import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GwctlError } from '../../shared/errors.ts';
import { primaryOf } from '../../topology/lookup.ts';
import { renderClustersYaml } from '../../topology/render-clusters-yaml.ts';
import { renderMm2Properties } from '../../topology/render-mm2-properties.ts';
import { renderServerProperties } from '../../topology/render-server-properties.ts';
import type { MirrorLink, Topology } from '../../topology/topology.ts';
import type { Env } from './cache-dir.ts';
import { brokerName, type Component, filesOf } from './component.ts';
import { fullEnvironment, jvmEnvironment } from './jvm-environment.ts';
import { jvmCommand } from './jvm.ts';
import { replaceFile } from './replace-file.ts';
import { registryCommand } from './schema-registry.ts';
import { ensureClusterIds, formatStorage } from './storage.ts';
import { ensureTokenKey } from './token-key.ts';
import { writeToolScripts } from './tool-scripts.ts';
import type { KafkaTools, Toolchain } from './toolchain.ts';

export interface LaunchContext {
  readonly topology: Topology;
  readonly environmentDir: string;
  readonly env: Env;
  /** Starts one gateway node: `node bin/gwctl.js gateway --node gateway1 …`. */
  readonly gatewayCommand: (node: string) => readonly string[];
}

export interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Writes the files that belong to the environment as a whole: clusters.yaml, mm2.properties, the token key, Kafka's tools. */
export async function writeEnvironmentFiles({ topology, environmentDir }: LaunchContext, toolchain: Toolchain): Promise<void> {
  await mkdir(environmentDir, { recursive: true });
  await replaceFile(join(environmentDir, 'clusters.yaml'), renderClustersYaml(topology));
  // Here and not at each broker: they are prepared side by side.
  await ensureClusterIds(join(environmentDir, CLUSTER_IDS), topology.clusters.map(({ name }) => name));
  await ensureTokenKey(topology.gateway.tokenKey, environmentDir);
  const primary = kafkaOf(toolchain, primaryOf(topology).kafkaVersion);
  await writeToolScripts(join(environmentDir, 'bin'), primary, toolchain.java);
}

/** Writes the component's own configuration and says how it is started. */
export async function prepareLaunch(component: Component, context: LaunchContext, toolchain: Toolchain): Promise<Launch> {
  switch (component.kind) {
    case 'broker':
      return prepareBroker(component, context, toolchain);
    case 'mirror-maker':
      return prepareMirrorMaker(context, toolchain);
    case 'schema-registry': {
      if (toolchain.registry === undefined) throw new GwctlError('INTERNAL', 'the schema registry was not provisioned');
      return { command: registryCommand({ topology: context.topology, ...toolchain.registry }), env: jvmEnvironment(context.env) };
    }
    case 'gateway':
      return { command: context.gatewayCommand(component.name), env: fullEnvironment(context.env) };
  }
}

/** The links that MirrorMaker runs: those of the topology, unless a failback turned them round. */
export async function readActiveLinks({ topology, environmentDir }: LaunchContext): Promise<readonly MirrorLink[]> {
  try {
    return JSON.parse(await readFile(join(environmentDir, ACTIVE_LINKS), 'utf8')) as readonly MirrorLink[];
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return topology.links;
    throw reason;
  }
}

/** From now on MirrorMaker runs these, also after the next `up`. Takes effect at its next start. */
export async function writeActiveLinks({ environmentDir }: LaunchContext, links: readonly MirrorLink[]): Promise<void> {
  await replaceFile(join(environmentDir, ACTIVE_LINKS), JSON.stringify(links, undefined, 2));
}

const MIRROR_MAKER_CONFIG = 'mm2.properties';
const ACTIVE_LINKS = 'links.json';
const CLUSTER_IDS = 'cluster-ids.json';

async function prepareBroker(component: Component, { topology, environmentDir, env }: LaunchContext, toolchain: Toolchain): Promise<Launch> {
  const cluster = topology.clusters.find(({ name }) => name === component.cluster);
  const broker = cluster?.brokers.find(({ id }) => brokerName(cluster.name, id) === component.name);
  if (cluster === undefined || broker === undefined) throw new GwctlError('INTERNAL', `${component.name} is no broker of this topology`);
  const { distribution, storageTemplate, archives } = kafkaOf(toolchain, cluster.kafkaVersion);
  const files = filesOf(component.dir, component.name);
  const clusterIds = await ensureClusterIds(join(environmentDir, CLUSTER_IDS), topology.clusters.map(({ name }) => name));
  await formatStorage(files.data, storageTemplate, broker.id, clusterIds.get(cluster.name) ?? '');
  const configFile = await writeConfig(files.config, 'server.properties', renderServerProperties(cluster, broker, files.data));
  return { command: jvmCommand({ role: 'broker', java: toolchain.java, distribution, configFile, extraFlags: archives.broker, env }), env: jvmEnvironment(env) };
}

/** Whether the MirrorMaker that was started last would be started otherwise now. */
export async function isMirrorMakerOutdated(context: LaunchContext): Promise<boolean> {
  return (await readFile(join(context.environmentDir, MIRROR_MAKER_CONFIG), 'utf8').catch(() => undefined)) !== (await planMirrorMaker(context)).text;
}

async function planMirrorMaker(context: LaunchContext): Promise<{ readonly kafkaVersion: string; readonly text: string }> {
  const links = await readActiveLinks(context);
  const kafkaVersion = links[0]?.kafkaVersion ?? primaryOf(context.topology).kafkaVersion;
  return { kafkaVersion, text: `# MirrorMaker of Kafka ${kafkaVersion}\n${renderMm2Properties(context.topology, links)}` };
}

async function prepareMirrorMaker(context: LaunchContext, toolchain: Toolchain): Promise<Launch> {
  const { kafkaVersion, text } = await planMirrorMaker(context);
  const { distribution, archives } = kafkaOf(toolchain, kafkaVersion);
  const configFile = await writeConfig(context.environmentDir, MIRROR_MAKER_CONFIG, text);
  const command = jvmCommand({ role: 'mirror-maker', java: toolchain.java, distribution, configFile, extraFlags: archives['mirror-maker'], env: context.env });
  return { command, env: jvmEnvironment(context.env) };
}

function kafkaOf(toolchain: Toolchain, version: string): KafkaTools {
  const tools = toolchain.kafka.get(version);
  if (tools === undefined) throw new GwctlError('INTERNAL', `kafka ${version} was not provisioned`);
  return tools;
}

async function writeConfig(dir: string, name: string, text: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, name);
  await replaceFile(file, text);
  return file;
}
