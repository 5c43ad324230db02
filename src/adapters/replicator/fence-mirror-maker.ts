import type { KafkaClient } from '../../client/kafka-client.ts';
import { initTransactionalId, listTransactionalIds } from '../../client/transactions.ts';
import type { CallOptions } from '../../client/client-options.ts';
import type { MirrorLink } from '../../topology/topology.ts';

/** For a fence nobody writes with the id; the coordinator wants one all the same. */
const TRANSACTION_TIMEOUT_MS = 10_000;

export interface FoundMirrorIds {
  /** Of tasks that copy records: `main-mm2-MirrorSourceConnector-0`. None: the link is not exactly-once, or has never copied. */
  readonly sourceTasks: readonly string[];
  /** Everything that MirrorMaker writes with in transactions, its herder's own id included. */
  readonly all: readonly string[];
  /** Brokers of the target that did not answer: there may be ids that only they know. */
  readonly silentBrokers: readonly number[];
}

/** The transactional ids of a dedicated MirrorMaker 2, as the target's coordinators know them. Throws UNAVAILABLE. */
export async function findMirrorIds(client: KafkaClient, { from }: Pick<MirrorLink, 'from'>, call: CallOptions = {}): Promise<FoundMirrorIds> {
  const { transactionalIds, silentBrokers } = await listTransactionalIds(client, call);
  const group = `${from}-mm2`;
  const sourceTasks = transactionalIds.filter((id) => isTaskOf(id, `${group}-MirrorSourceConnector-`));
  // A coordinator that is being elected keeps its ids to itself. This one is there in every MirrorMaker that copies.
  if (silentBrokers.length > 0 && sourceTasks.length === 0) sourceTasks.push(firstSourceTask(group));
  const others = transactionalIds.filter((id) => isTaskOf(id, `${group}-MirrorCheckpointConnector-`) || isTaskOf(id, `${group}-MirrorHeartbeatConnector-`) || id === `connect-cluster-${group}`);
  return { sourceTasks, all: [...sourceTasks, ...others], silentBrokers };
}

/**
 * When this returns, a MirrorMaker that lives writes nothing more in its transactions: what was open is aborted, and its tasks die of
 * ProducerFenced at their next record. It needs nobody's cooperation, and it does not last for ever: a MirrorMaker that lives starts its tasks
 * anew when it finds a new topic, so its process has to be stopped as well. Safe to repeat. Throws UNAVAILABLE.
 */
export async function fenceMirrorMaker(client: KafkaClient, link: Pick<MirrorLink, 'from'>, call: CallOptions = {}): Promise<FoundMirrorIds> {
  const found = await findMirrorIds(client, link, call);
  await Promise.all(found.all.map((id) => initTransactionalId(client, id, { transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, ...call })));
  return found;
}

function isTaskOf(id: string, prefix: string): boolean {
  return id.startsWith(prefix) && /^\d+$/.test(id.slice(prefix.length));
}

function firstSourceTask(group: string): string {
  return `${group}-MirrorSourceConnector-0`;
}
