import { GwctlError, isMisconfigured, type ErrorCode } from '../shared/errors.ts';

interface SilentNode {
  readonly name: string;
  readonly why: string;
  readonly code?: ErrorCode | undefined;
  readonly hint?: string | undefined;
}

/** Nobody says which cluster is active. When gwctl was told something wrong, that is the error, and nothing has to be started. */
export function noActiveCluster(nodes: readonly SilentNode[]): GwctlError {
  const refused = nodes.find(({ code }) => code !== undefined && isMisconfigured(code));
  if (refused?.code !== undefined) return new GwctlError(refused.code, refused.why, refused.hint === undefined ? {} : { hint: refused.hint });
  const hint = nodes.find((node) => node.hint !== undefined)?.hint ?? 'start the gateways with `gwctl up`';
  return new GwctlError('CHECK_FAILED', `no gateway node says which cluster is active (${nodes.map(({ name, why }) => `${name}: ${why}`).join('; ')})`, { hint });
}
