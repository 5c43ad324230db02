import { adminBase, adminRequest } from '../../client/admin-request.ts';
import { clientTls } from '../../config/cluster-access.ts';
import { ADMIN_PATHS } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import { timeLimit } from '../../shared/time-limit.ts';
import type { GatewayNode } from '../../topology/topology.ts';

const TIMEOUT_MS = 30_000;

export interface SwitchAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The seed's call: this one node switches at once, and none of gwctl's checks is made. */
export async function callSwitch(node: GatewayNode, from: string, to: string, { username, password }: { readonly username: string; readonly password: string }): Promise<SwitchAnswer> {
  const address = { host: node.admin.host, port: node.admin.port, tls: clientTls(node.admin.tls) };
  const path = ADMIN_PATHS.switch(from, to);
  try {
    const { status, text } = await adminRequest(address, {
      method: 'POST',
      path,
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      signal: timeLimit(TIMEOUT_MS),
    });
    return { status, body: parseJson(text) };
  } catch (reason) {
    throw new GwctlError('UNAVAILABLE', `gateway ${node.name} does not answer at ${adminBase(address)}${path}`, { cause: reason });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
