import { connect, Socket, type NetConnectOpts } from 'node:net';

/** Bytes that a socket read, in memory that goes back to the pool once nobody needs them. */
export interface Lease {
  retain(): void;
  release(): void;
}

export type OnChunk = (chunk: Buffer, lease: Lease | undefined) => void;

/**
 * A quiet connection keeps the first size for its reads, a busy one the last: a read that fills its buffer makes the next one larger, a
 * small one smaller. Reads up to COPY_BYTES are copied, so that their buffer is free at once.
 */
const SIZES = [8 << 10, 64 << 10, 512 << 10] as const;
const COPY_BYTES = 8 << 10;
/** Buffers of each size that are kept for the next reader. */
const KEPT = 32;

/**
 * What is read into the smallest is copied in the same turn of the event loop, before any other socket is read: all quiet connections share one,
 * and cost no read buffer of their own.
 */
const SHARED = Buffer.allocUnsafeSlow(SIZES[0]);
const free: Buffer[][] = SIZES.map(() => []);
const hooks = new WeakMap<Socket, ReadHook>();

interface ReadHook {
  onChunk: OnChunk | undefined;
  /** What was read before somebody listened. */
  early: Buffer[];
}

/**
 * Node's own reading makes 64 KiB of garbage for each read; a gateway under load then spends a third of its time collecting it (bench 02).
 * Sockets from here read into pooled memory. Only plain TCP: TLS sockets read as usual.
 */
export function connectPooled(options: NetConnectOpts): Socket {
  const { hook, onread } = makeHook();
  const socket = connect({ ...options, onread });
  hooks.set(socket, hook);
  return socket;
}

/** The same for a socket that a server accepted with `pauseOnConnect`: its handle moves to a new socket. */
export function acceptPooled(accepted: Socket): Socket {
  const bare = accepted as unknown as { _handle: unknown; _server: unknown };
  const { _handle: handle, _server } = bare;
  if (handle === null || handle === undefined) return accepted;
  const { hook, onread } = makeHook();
  const socket = new Socket({ handle, onread, readable: true, writable: true } as unknown as ConstructorParameters<typeof Socket>[0]);
  // The server counts its sockets, and closes when this one does.
  Object.assign(socket, { _server });
  Object.assign(bare, { _handle: null, _server: null });
  hooks.set(socket, hook);
  socket.resume();
  return socket;
}

/** Hands every chunk of `socket` to `onChunk`, with a lease when the memory is pooled, until the answer is called: then another may take over. */
export function onChunks(socket: Socket, onChunk: OnChunk): () => void {
  const hook = hooks.get(socket);
  if (hook === undefined) {
    const onData = (chunk: Buffer): void => onChunk(chunk, undefined);
    socket.on('data', onData);
    return () => void socket.off('data', onData);
  }
  hook.onChunk = onChunk;
  for (const chunk of hook.early) onChunk(chunk, undefined);
  hook.early = [];
  return () => {
    if (hook.onChunk === onChunk) hook.onChunk = undefined;
  };
}

function makeHook(): { hook: ReadHook; onread: { buffer: () => Buffer; callback: (bytes: number, buffer: Buffer) => boolean } } {
  const hook: ReadHook = { onChunk: undefined, early: [] };
  let tier = 0;
  let current = take(0);
  let isHandedOn = false;
  const buffer = (): Buffer => {
    if (isHandedOn) current = take(tier);
    isHandedOn = false;
    return current;
  };
  const callback = (bytes: number, chunk: Buffer): boolean => {
    const size = chunk.length;
    const next = bytes === size ? Math.min(tier + 1, SIZES.length - 1) : bytes < size >> 3 ? Math.max(tier - 1, 0) : tier;
    if (bytes <= COPY_BYTES || hook.onChunk === undefined) {
      const copy = Buffer.allocUnsafe(bytes);
      chunk.copy(copy, 0, 0, bytes);
      if (next !== tier) {
        give(current, tier);
        isHandedOn = true;
      }
      tier = next;
      if (hook.onChunk === undefined) hook.early.push(copy);
      else hook.onChunk(copy, undefined);
      return true;
    }
    isHandedOn = true;
    const lease = makeLease(chunk, tier);
    tier = next;
    hook.onChunk(chunk.subarray(0, bytes), lease);
    return true;
  };
  return { hook, onread: { buffer, callback } };
}

function makeLease(buffer: Buffer, tier: number): Lease {
  let holders = 1;
  return {
    retain: () => {
      holders++;
    },
    release: () => {
      holders--;
      if (holders === 0) give(buffer, tier);
    },
  };
}

function take(tier: number): Buffer {
  return tier === 0 ? SHARED : (free[tier]?.pop() ?? Buffer.allocUnsafeSlow(SIZES[tier] ?? SIZES[0]));
}

function give(buffer: Buffer, tier: number): void {
  const kept = free[tier];
  if (tier > 0 && kept !== undefined && kept.length < KEPT) kept.push(buffer);
}
