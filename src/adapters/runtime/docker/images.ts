import { parse } from 'yaml';
import type { RuntimeProgress } from '../../../ports/runtime.ts';
import { COMPOSE_FILE, type ComposeFiles } from '../../../topology/compose/compose-stack.ts';
import { GwctlError } from '../../../shared/errors.ts';
import { compose } from './compose-up.ts';
import { docker, type DockerOptions, IMAGE_UNAVAILABLE } from './docker-command.ts';
import { missingImages } from './engine.ts';

/** What the gateway's image is built from. */
export const BUILD_IMAGE = 'node:20-bookworm-slim';

export interface ImageOptions {
  readonly project: string;
  readonly environmentDir: string;
  readonly files: ComposeFiles;
  /** Nodes that will be started; none: no image for them is needed. */
  readonly gateways: readonly string[];
  readonly progress: RuntimeProgress;
}

/** Pulls what the engine does not have, and builds the gateway's image: an unchanged one takes a second, layers are kept. */
export async function ensureImages({ project, environmentDir, files, gateways, progress }: ImageOptions, options: DockerOptions): Promise<void> {
  const { pulled } = imagesIn(files);
  const missing = await missingImages([...pulled, ...(gateways.length > 0 ? [BUILD_IMAGE] : [])], options);
  const item = progress.start('images');
  try {
    for (const image of missing) {
      item.note(`pulling ${image}`);
      await pullImage(image, options);
    }
    const [node] = gateways;
    if (node !== undefined) {
      item.note('building the gateway');
      // All nodes have the same image.
      await compose(project, environmentDir, ['build', '--quiet', node], options);
    }
  } catch (reason) {
    item.fail(GwctlError.from(reason).message.split('\n')[0] ?? '');
    throw reason;
  }
  item.done(`${missing.length} pulled${gateways.length > 0 ? ', gateway built' : ''}`);
}

/** Throws ENVIRONMENT with its name, which the engine itself does not say. */
export async function pullImage(image: string, options: DockerOptions): Promise<void> {
  try {
    await docker(['pull', '--quiet', image], options);
  } catch (reason) {
    if (options.signal?.aborted === true) throw reason;
    const { code, message, hint, details } = GwctlError.from(reason);
    const isUnavailable = message.startsWith(IMAGE_UNAVAILABLE);
    throw new GwctlError(code, `${image}: ${message}`, { cause: reason, details, ...(isUnavailable ? { hint: `see whether this machine reaches the registry (\`docker pull ${image}\`), or use \`--runtime local\`, which needs no images` } : hint === undefined ? {} : { hint }) });
  }
}

/** The images that a compose file names: those that are pulled, and those that it builds. */
export function imagesIn(files: ComposeFiles): { readonly pulled: readonly string[]; readonly built: readonly string[] } {
  const { services } = parse(files[COMPOSE_FILE] ?? '') as { readonly services: Readonly<Record<string, { readonly image: string; readonly build?: unknown }>> };
  const namesOf = (isBuilt: boolean) => [...new Set(Object.values(services).filter(({ build }) => (build !== undefined) === isBuilt).map(({ image }) => image))];
  return { pulled: namesOf(false), built: namesOf(true) };
}
