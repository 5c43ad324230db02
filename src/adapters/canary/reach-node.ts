import { openSocket } from '../../client/open-socket.ts';
import { clientTls } from '../../config/cluster-access.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { GatewayNode } from '../../topology/topology.ts';

const CONNECT_MS = 2000;

/**
 * Connects to every port of a node that clients are told, TLS included, and sends nothing: the records that prove a switch go this way, and a wrong
 * certificate or address is better found before it. Throws UNAVAILABLE or CONFIG.
 */
export async function reachNode({ name, advertisedHost, ports, tls: files }: GatewayNode): Promise<void> {
  const tls = clientTls(files);
  try {
    await Promise.all(ports.map(async ({ port }) => {
      const socket = await openSocket({ host: advertisedHost, port }, { connectTimeoutMs: CONNECT_MS, ...(tls === undefined ? {} : { tls }) });
      socket.on('error', () => {}).destroy();
    }));
  } catch (reason) {
    const { code, message, hint = `gateways.${name} in gwctl.yaml (advertisedHost, port, tls) says how clients reach it` } = GwctlError.from(reason);
    throw new GwctlError(code, message, { cause: reason, hint: hint.replaceAll('NAME', name) });
  }
}
