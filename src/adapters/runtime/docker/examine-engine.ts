import { statfs } from 'node:fs/promises';
import { GwctlError } from '../../../shared/errors.ts';
import type { Topology } from '../../../topology/topology.ts';
import { renderStack } from '../../compose/render-stack.ts';
import type { Env } from '../cache-dir.ts';
import type { Finding } from '../finding.ts';
import { docker } from './docker-command.ts';
import { findEngine, missingImages } from './engine.ts';
import { BUILD_IMAGE, imagesIn } from './images.ts';

/** What containers need: an engine with compose, and images. An image that is not there is pulled by `up`, so it is a note. */
export async function examineEngine(topology: Topology, env: Env): Promise<readonly Finding[]> {
  if (topology.runtime === 'external') return [];
  try {
    const { engine, compose } = await findEngine({ env });
    const found: Finding = { what: 'container engine', status: 'ok', seen: `engine ${engine}, compose ${compose}`, fix: null };
    return [found, await examineImages(topology, env), ...(await examineEngineDisk(env))];
  } catch (reason) {
    const { message, hint } = GwctlError.from(reason);
    return [{ what: 'container engine', status: 'missing', seen: message.split('\n')[0] ?? '', fix: hint ?? null }];
  }
}

/** Where the engine keeps images and volumes, if that is on this machine. */
async function examineEngineDisk(env: Env): Promise<readonly Finding[]> {
  const dir = await docker(['info', '--format', '{{.DockerRootDir}}'], { env, timeoutMs: INFO_MS });
  const disk = await statfs(dir).catch(() => undefined);
  if (disk === undefined) return [];
  const freeMb = Math.round((disk.bavail * disk.bsize) / (1024 * 1024));
  const what = 'disk of the engine';
  const seen = `${freeMb} MB free in ${dir} (needed: ${NEEDED_MB})`;
  return [freeMb >= NEEDED_MB ? { what, status: 'ok', seen, fix: null } : { what, status: 'missing', seen, fix: '`docker system df` shows what takes it, `docker system prune` frees some' }];
}

/** Images of Kafka, Node and kcat, and a gateway on top: 0.9 GB. Records come on top. */
const NEEDED_MB = 2048;
const INFO_MS = 10_000;

async function examineImages(topology: Topology, env: Env): Promise<Finding> {
  const files = await renderStack({ stack: 'gwctl', topology, environmentDir: '', command: '' });
  const images = [...imagesIn(files).pulled, BUILD_IMAGE];
  const missing = await missingImages(images, { env });
  if (missing.length === 0) return { what: 'images', status: 'ok', seen: `all ${images.length} are there`, fix: null };
  return { what: 'images', status: 'note', seen: `not there: ${missing.join(', ')}`, fix: missing.map((image) => `docker pull ${image}`).join(' && ') };
}
