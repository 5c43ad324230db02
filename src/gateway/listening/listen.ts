import { createServer, Socket } from 'node:net';
import { GwctlError } from '../../shared/errors.ts';

export interface Listener {
  /** Accepts nobody any more; resolves once every client is gone. */
  close(): Promise<void>;
}

const BACKLOG = 1024;

/** Binds one port for clients. What it accepts was not read from: an acceptor, here or in another process, does that. Throws ENVIRONMENT when the port is taken. */
export async function bindPort(host: string, port: number, accepted: (socket: Socket) => void): Promise<Listener> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, accepted);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (reason: NodeJS.ErrnoException) => {
      reject(reason.code === 'EADDRINUSE' ? new GwctlError('ENVIRONMENT', `port ${port} on ${host} is in use`) : reason);
    });
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  return { close: async () => await new Promise((resolve) => server.close(() => resolve())) };
}

/** What came from another process as a bare handle, as a socket that nobody has read from: the same as `bindPort` accepts. */
export function socketOfHandle(handle: unknown): Socket {
  return new Socket({ handle, pauseOnCreate: true, readable: true, writable: true } as unknown as ConstructorParameters<typeof Socket>[0]);
}
