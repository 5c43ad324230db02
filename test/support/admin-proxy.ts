import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the admin API of a node does to calls whose path ends so: `pause`, `state`. */
export type AdminFault =
  /** The node never sees the call. */
  | { readonly kind: 'error' }
  /** The node does what it is told, and its answer does not come. */
  | { readonly kind: 'mute' }
  /** The call reaches the node so late. */
  | { readonly kind: 'late'; readonly delayMs: number }
  /** The answer says something else than the node did. */
  | { readonly kind: 'changed'; readonly change: (answer: Record<string, unknown>) => Record<string, unknown> };

/** Stands between gwctl and the admin port of a real node. */
export interface AdminProxy {
  readonly port: number;
  /** From now on, for calls whose path ends with `/<call>`. */
  break(call: string, fault: AdminFault): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startAdminProxy(target: { readonly host: string; readonly port: number }): Promise<AdminProxy> {
  const faults = new Map<string, AdminFault>();
  const over = new AbortController();
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const fault = faults.get((incoming.url ?? '').split('/').at(-1) ?? '');
    if (fault?.kind === 'error') {
      outgoing.writeHead(500).end('broken');
      return;
    }
    if (fault?.kind === 'late') await delay(fault.delayMs, undefined, { signal: over.signal });
    const { status, text } = await forward(target, incoming, Buffer.concat(chunks));
    if (fault?.kind === 'mute') return;
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(fault?.kind === 'changed' ? JSON.stringify(fault.change(JSON.parse(text) as Record<string, unknown>)) : text);
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    break: (call, fault) => void faults.set(call, fault),
    heal: () => faults.clear(),
    close: async () => {
      over.abort();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward({ host, port }: { readonly host: string; readonly port: number }, { method, url, headers }: IncomingMessage, body: Buffer): Promise<{ readonly status: number; readonly text: string }> {
  const call = request({ host, port, method, path: url, headers, agent: false });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}
