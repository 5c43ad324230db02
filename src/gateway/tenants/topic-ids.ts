import { createHash } from 'node:crypto';

/** As many bytes as Kafka's Uuid has. */
export const TOPIC_ID_BYTES = 16;

/**
 * The topic ids that clients of one virtual cluster see (D2): made from the names, so that every node and both clusters give the same id to
 * the same topic, and a switch changes none. The way back from an id to its name must have been learned: nothing is shared or stored.
 */
export class TopicIds {
  readonly #virtualCluster: string;
  readonly #idByName = new Map<string, { readonly id: string; readonly bytes: Buffer }>();
  readonly #nameById = new Map<string, string>();
  #longestNameBytes = 0;

  constructor(virtualCluster: string) {
    this.#virtualCluster = virtualCluster;
  }

  /** Length of the longest name that an id stands for. */
  get longestNameBytes(): number {
    return this.#longestNameBytes;
  }

  /** The id of a topic that exists, as Kafka prints ids; from now on `nameOf` knows it. */
  idOf(name: string): string {
    return this.#known(name).id;
  }

  bytesOf(name: string): Buffer {
    return this.#known(name).bytes;
  }

  /** undefined: no topic of this virtual cluster, or one that this node has not heard of yet. */
  nameOf(id: string): string | undefined {
    return this.#nameById.get(id);
  }

  #known(name: string): { readonly id: string; readonly bytes: Buffer } {
    const known = this.#idByName.get(name);
    if (known !== undefined) return known;
    const bytes = hashTopicId(this.#virtualCluster, name);
    const made = { id: bytes.toString('base64url'), bytes };
    this.#idByName.set(name, made);
    this.#nameById.set(made.id, name);
    this.#longestNameBytes = Math.max(this.#longestNameBytes, Buffer.byteLength(name));
    return made;
  }
}

function hashTopicId(virtualCluster: string, name: string): Buffer {
  const bytes = createHash('sha256').update(`gwctl topic id\0${virtualCluster}\0${name}`).digest().subarray(0, TOPIC_ID_BYTES);
  return withoutReserved(bytes);
}

/** Kafka keeps 0 and 1 for itself, and gives out no id that prints with a leading "-": tools would take it for a flag. */
export function withoutReserved(bytes: Buffer): Buffer {
  const isReserved = (bytes.at(-1) ?? 0) <= 1 && bytes.subarray(0, -1).every((byte) => byte === 0);
  if (!isReserved && !bytes.toString('base64url').startsWith('-')) return bytes;
  const other = Buffer.from(bytes);
  other.writeUInt8((bytes.at(0) ?? 0) ^ 0x80);
  return other;
}
