// Copies bytes between a port and another address, and knows nothing of Kafka: what any proxy in Node pays at least.
// usage: node forwarder.mjs LISTEN_PORT HOST PORT
import { connect, createServer, Socket } from 'node:net';

const READ_BYTES = 1 << 20;
const [listenPort, host, port] = process.argv.slice(2);

createServer({ pauseOnConnect: true, noDelay: true }, forward).listen({ host: '127.0.0.1', port: Number(listenPort), backlog: 4096 });

function forward(accepted) {
  const ends = {};
  const reader = (from, to) => ({ buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: (bytes, buffer) => pass(ends[from], ends[to], buffer.subarray(0, bytes)) });
  ends.server = connect({ host, port: Number(port), noDelay: true, onread: reader('server', 'client') });
  // Only a socket that is made with `onread` reads into a buffer of ours, so the accepted connection moves to one.
  const handle = accepted._handle;
  accepted._handle = null;
  ends.client = new Socket({ handle, onread: reader('client', 'server'), readable: true, writable: true });
  for (const [from, to] of [[ends.client, ends.server], [ends.server, ends.client]]) {
    from.on('end', () => to.end());
    from.on('close', () => to.destroySoon());
    from.on('error', () => to.destroy());
  }
  ends.client.resume();
}

/** The next read would overwrite what is not written yet: it waits until the write is done. */
function pass(from, to, bytes) {
  let isWaiting = false;
  to.write(bytes, () => {
    if (isWaiting) from.resume();
  });
  isWaiting = to.writableLength > 0;
  return !isWaiting;
}
