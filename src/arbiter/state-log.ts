import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../client/kafka-client.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { decisionOn } from './state-rules.ts';
import { encodeStateRecord, parseStateRecord, type Decision, type StateRecord } from './state-record.ts';

export const STATE_TOPIC = '_gatewayState';

/** One cluster's log of the switch. What cannot be reached is UNAVAILABLE. */
export interface StateLog {
  /** Everything that is there now, in order. */
  read(): Promise<readonly StateRecord[]>;
  /** On every in-sync replica when it returns. Throws UNAVAILABLE with `details.maybeWritten` when nobody can say whether it is there. */
  append(record: StateRecord): Promise<void>;
  /** Waits until there is more than was read last, at most `timeoutMs`. */
  changed(timeoutMs: number): Promise<void>;
}

/** Of a log call: shorter than any lease, so that a cluster that is half dead is found out in time. */
const CALL_MS = 3000;
const VISIBLE_MS = 200;
const MAX_BYTES = 1 << 20;
/** The first record of a generation decides it, so none may ever go. */
export const STATE_TOPIC_CONFIGS = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

export function openStateLog(client: KafkaClient, timeoutMs = CALL_MS): StateLog {
  const records: StateRecord[] = [];
  let position = 0n;
  let reading: Promise<void> = Promise.resolve();

  const readOn = async (): Promise<void> => {
    // The end of everything that every in-sync replica has: what was appended before this call is before it.
    const [end] = await client.listOffsets([{ topic: STATE_TOPIC, partition: 0, timestamp: -1n, isolation: 'read_uncommitted' }], { timeoutMs });
    if (end?.errorCode === ERROR.UNKNOWN_TOPIC_OR_PARTITION) return;
    if (end === undefined || end.errorCode !== ERROR.NONE) throw new GwctlError('UNAVAILABLE', `topic ${STATE_TOPIC} cannot be read (error ${end?.errorCode ?? '?'})`);
    for await (const { value, offset } of client.readRecords(STATE_TOPIC, 0, position, { isolation: 'read_uncommitted', until: end.offset, idleTimeoutMs: timeoutMs })) {
      const record = parseStateRecord(value);
      if (record !== undefined) records.push(record);
      position = offset + 1n;
    }
    if (end.offset > position) position = end.offset;
  };

  return {
    read: async () => {
      // One reader at a time, and each reads to an end that it asked for itself.
      const mine = reading.then(readOn, readOn);
      reading = mine.catch(() => {});
      await mine;
      return records;
    },
    append: async (record) => {
      const write = () => client.produce(STATE_TOPIC, 0, [{ key: null, value: encodeStateRecord(record) }], { acks: -1, timeoutMs });
      try {
        await write();
      } catch (reason) {
        if (!(reason instanceof GwctlError) || reason.details['errorCode'] !== ERROR.UNKNOWN_TOPIC_OR_PARTITION) throw reason;
        await createTopic(client, timeoutMs);
        await write();
      }
    },
    changed: async (waitMs) => {
      const { records: news } = await client.fetch(STATE_TOPIC, 0, position, { maxBytes: MAX_BYTES, maxWaitMs: waitMs, isolation: 'read_uncommitted', timeoutMs: waitMs + timeoutMs });
      if (news.length === 0) await delay(0);
    },
  };
}

/** Where `gwctl up` did not make it: clusters that somebody else runs. */
async function createTopic(client: KafkaClient, timeoutMs: number): Promise<void> {
  const { brokers } = await client.metadata([], { timeoutMs });
  const replicationFactor = Math.min(3, brokers.length);
  const configs = { ...STATE_TOPIC_CONFIGS, 'min.insync.replicas': replicationFactor >= 3 ? '2' : '1' };
  const [result] = await client.createTopics([{ name: STATE_TOPIC, partitions: 1, replicationFactor, configs }], { timeoutMs });
  if (result === undefined || (result.errorCode !== ERROR.NONE && result.errorCode !== ERROR.TOPIC_ALREADY_EXISTS)) {
    throw new GwctlError('UNAVAILABLE', `topic ${STATE_TOPIC} cannot be created (error ${result?.errorCode ?? '?'})`);
  }
  await delay(VISIBLE_MS);
  client.forgetLocations();
}

/**
 * Decides a generation, or learns how it was decided: appends what is wanted, reads back, and the first decision of that generation is the
 * answer, whoever made it. Throws UNAVAILABLE when that cannot be known: then nothing may be assumed.
 */
export async function decide(log: StateLog, wanted: Decision): Promise<Decision> {
  const before = decisionOn(await log.read(), wanted.to, wanted.generation);
  if (before !== undefined) return before;
  let failure: unknown;
  try {
    await log.append(wanted);
  } catch (reason) {
    failure = reason;
  }
  const decision = decisionOn(await log.read(), wanted.to, wanted.generation);
  if (decision !== undefined) return decision;
  throw failure ?? new GwctlError('INTERNAL', `the decision of generation ${wanted.generation} was written and cannot be read`);
}
