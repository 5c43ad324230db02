import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';

const POLL_MS = 1000;
const RETRY_MS = 500;
/** Two nodes that write the same key at the same time: each round lets at least one of them through. */
const MAX_ATTEMPTS = 20;

/**
 * A compacted topic of one partition as a map that every node has: JSON values by key, read from the start and followed from then on.
 * Belongs to one cluster; after a flip a new one is opened on the other.
 */
export class CompactedTopic<Value> {
  readonly topic: string;
  readonly #client: KafkaClient;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #values = new Map<string, Value>();
  /** Offset of the last record of each key. */
  readonly #offsets = new Map<string, bigint>();
  readonly #over = new AbortController();
  #position = 0n;
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(topic: string, client: KafkaClient, log: Log, changed: () => void) {
    this.topic = topic;
    this.#client = client;
    this.#log = log;
    this.#changed = changed;
  }

  get values(): ReadonlyMap<string, Value> {
    return this.#values;
  }

  /** Reads everything that is there now. Throws UNAVAILABLE when the topic or its cluster cannot be read. */
  async catchUp(): Promise<void> {
    // One reader at a time: the follower, and whoever is about to write.
    const before = this.#catchingUp;
    const mine = before.then(() => this.#readToEnd(), () => this.#readToEnd());
    this.#catchingUp = mine;
    await mine;
  }

  async #readToEnd(): Promise<void> {
    const end = await this.#endOffset();
    for await (const record of this.#client.readRecords(this.topic, 0, this.#position, { isolation: 'read_committed', until: end })) {
      if (record.key !== null) this.#apply(record.key.toString('utf8'), record.offset, record.value);
    }
    if (end > this.#position) this.#position = end;
    this.#changed();
  }

  async #endOffset(): Promise<bigint> {
    const [end] = await this.#client.listOffsets([{ topic: this.topic, partition: 0, timestamp: -1n, isolation: 'read_committed' }]);
    if (end === undefined || end.errorCode !== 0) throw new GwctlError('UNAVAILABLE', `topic ${this.topic} cannot be read (error ${end?.errorCode ?? '?'})`);
    return end.offset;
  }

  #apply(key: string, offset: bigint, value: Buffer | null): void {
    this.#offsets.set(key, offset);
    if (value === null) {
      this.#values.delete(key);
      return;
    }
    try {
      this.#values.set(key, JSON.parse(value.toString('utf8')) as Value);
    } catch {
      this.#log.warn('record that is not JSON is ignored', { topic: this.topic, key, offset: offset.toString() });
    }
  }

  /** Follows the topic until `close`. Trouble is logged once and retried. */
  async follow(): Promise<void> {
    let complained = false;
    while (!this.#over.signal.aborted) {
      try {
        // A long poll that returns as soon as there is something new.
        const { records } = await this.#client.fetch(this.topic, 0, this.#position, { maxBytes: 1 << 20, maxWaitMs: POLL_MS, isolation: 'read_committed' });
        if (records.length > 0) await this.catchUp();
        complained = false;
      } catch (reason) {
        if (this.#over.signal.aborted) return;
        if (!complained) this.#log.warn(`topic ${this.topic} cannot be followed: ${reason instanceof Error ? reason.message : String(reason)}`);
        complained = true;
        await delay(RETRY_MS, undefined, { signal: this.#over.signal }).catch(() => {});
      }
    }
  }

  /**
   * Changes one key. Several nodes may do so at once: after writing, what stands between the state that the change was made from and our
   * record is looked at, and if another node's record for this key is there, the change is made again on top of it.
   */
  async update(key: string, change: (current: Value | undefined) => Value | undefined): Promise<void> {
    await this.catchUp();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const basis = this.#offsets.get(key) ?? -1n;
      const current = this.#values.get(key);
      const next = change(current === undefined ? undefined : structuredClone(current));
      if (next === undefined) return;
      const offset = await this.#client.produce(this.topic, 0, [{ key: Buffer.from(key), value: Buffer.from(JSON.stringify(next)) }], { acks: -1 });
      const between = await this.#lastOffsetOf(key, basis, offset);
      await this.catchUp();
      if (between === undefined) return;
    }
    throw new GwctlError('UNAVAILABLE', `${this.topic}: key ${key} is being changed by others all the time`);
  }

  async #lastOffsetOf(key: string, after: bigint, before: bigint): Promise<bigint | undefined> {
    let found: bigint | undefined;
    for await (const record of this.#client.readRecords(this.topic, 0, after + 1n, { isolation: 'read_committed', until: before })) {
      if (record.offset > after && record.offset < before && record.key?.toString('utf8') === key) found = record.offset;
    }
    return found;
  }

  close(): void {
    this.#over.abort();
  }
}
