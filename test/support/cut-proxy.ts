import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network between two participants that a test can cut: connections stay open and nothing arrives, as when a switch on the way dies. */
export interface CutProxy {
  readonly port: number;
  /** Nothing passes any more, in either direction; new connections are taken and stay silent. */
  cut(): void;
  /** What was held up arrives late, as it does when the network is back before TCP gives up. */
  heal(): void;
  close(): Promise<void>;
}

export async function startCutProxy(target: { readonly host: string; readonly port: number }): Promise<CutProxy> {
  const pairs = new Set<readonly [near: Socket, far: Socket]>();
  let isCut = false;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ ...target, noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [socket, other] of [pair, [far, near]] as const) {
      socket.on('error', () => {});
      socket.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    if (!isCut) join(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      for (const pair of pairs) for (const socket of pair) socket.unpipe().pause();
    },
    heal: () => {
      isCut = false;
      for (const pair of pairs) join(pair);
    },
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function join([near, far]: readonly [Socket, Socket]): void {
  near.pipe(far);
  far.pipe(near);
}
