import { GwctlError } from '../../../shared/errors.ts';
import type { Topology } from '../../../topology/topology.ts';
import { renderStack } from '../../compose/render-stack.ts';
import type { Env } from '../cache-dir.ts';
import { docker } from './docker-command.ts';
import { findEngine, missingImages } from './engine.ts';
import { BUILD_IMAGE, imagesIn } from './images.ts';

export interface RuntimeChoice {
  readonly runtime: 'local' | 'docker';
  /** For people. */
  readonly because: string;
}

const REGISTRY_ANSWER_MS = 20_000;

/** What `--runtime auto` means on this machine: docker where an engine answers and every image is there or can be pulled, else local. */
export async function chooseRuntime(topology: Topology, env: Env, signal: AbortSignal): Promise<RuntimeChoice> {
  try {
    const { engine, compose } = await findEngine({ env, signal });
    const files = await renderStack({ stack: 'gwctl', topology, environmentDir: '', command: '' });
    const missing = await missingImages([...imagesIn(files).pulled, BUILD_IMAGE], { env, signal });
    await Promise.all(missing.map((image) => assertPullable(image, env, signal)));
    return { runtime: 'docker', because: `engine ${engine} and compose ${compose} answer, ${missing.length === 0 ? 'every image is there' : `${missing.join(', ')} can be pulled`}` };
  } catch (reason) {
    if (signal.aborted) throw reason;
    return { runtime: 'local', because: GwctlError.from(reason).message.split('\n')[0] ?? '' };
  }
}

async function assertPullable(image: string, env: Env, signal: AbortSignal): Promise<void> {
  await docker(['manifest', 'inspect', image], { env, signal, timeoutMs: REGISTRY_ANSWER_MS }).catch((reason: unknown) => {
    throw new GwctlError('ENVIRONMENT', `${image} is not there and cannot be pulled`, { cause: reason });
  });
}
