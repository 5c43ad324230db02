import { ADMIN_PATHS } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { GatewayNode } from '../../topology/topology.ts';

const TIMEOUT_MS = 30_000;

export interface SwitchAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The seed's call: this one node switches at once, and none of gwctl's checks is made. */
export async function callSwitch(node: GatewayNode, from: string, to: string, { username, password }: { readonly username: string; readonly password: string }): Promise<SwitchAnswer> {
  const url = `http://${node.admin.host}:${node.admin.port}${ADMIN_PATHS.switch(from, to)}`;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  } catch (reason) {
    throw new GwctlError('UNAVAILABLE', `gateway ${node.name} does not answer at ${url}`, { cause: reason });
  }
}
