import type { KafkaClient } from '../../client/kafka-client.ts';
import { openSourceOffsets } from '../../copier/source-offsets.ts';
import { partitionKey, type DataRecord, type KafkaCluster } from '../../ports/kafka-cluster.ts';
import type { ConnectorState, Replicator } from '../../ports/replicator.ts';
import type { MirrorLink } from '../../topology/topology.ts';
import { fenceMirrorMaker, findMirrorIds } from './fence-mirror-maker.ts';
import { offsetSyncs } from './offset-syncs.ts';

/** Heartbeats of the last this many offsets are looked at: with exactly-once every other offset is a marker. */
const HEARTBEAT_WINDOW = 32n;

/**
 * A dedicated MirrorMaker 2, seen through the topics that it keeps on the target (hazards D9, H11): Connect's source offsets, which with
 * exactly-once stand in the same transaction as the records, Connect's status, and the replicated heartbeats. Nothing of it has to answer.
 * \`client\` is one of the target; the caller closes it.
 */
export function mirrorMaker(link: Pick<MirrorLink, 'from' | 'to' | 'name'>, target: KafkaCluster, client: KafkaClient, source?: KafkaCluster): Replicator {
  const statusTopic = `mm2-status.${link.from}.internal`;
  const heartbeatsTopic = `${link.from}.heartbeats`;
  const offsets = openSourceOffsets(client, link.from);

  return {
    link: link.name,
    syncs: offsetSyncs(link, target, source),
    health: async () => {
      const connectors = connectorStates(await target.readAll(statusTopic));
      const ids = await findMirrorIds(client, link).catch(() => undefined);
      return { connectors, lastHeartbeat: await lastHeartbeat(target, heartbeatsTopic), ...(ids === undefined ? {} : { isExactlyOnce: ids.sourceTasks.length > 0 }) };
    },
    positions: async () => new Map([...(await offsets.read())].map(([partition, { offset }]) => [partition, offset])),
    fence: async () => {
      const { all, silentBrokers } = await fenceMirrorMaker(client, link);
      return { transactionalIds: all, silentBrokers };
    },
  };
}

/** The last word about each connector and task; keys `status-connector-NAME` and `status-task-NAME-N`. */
function connectorStates(records: readonly DataRecord[]): ConnectorState[] {
  const states = new Map<string, ConnectorState>();
  for (const { key, value } of records) {
    const name = /^status-(?:connector|task)-(.+)$/.exec(key?.toString('utf8') ?? '')?.[1];
    if (name === undefined) continue;
    if (value === null || value.length === 0) {
      states.delete(name);
      continue;
    }
    try {
      const { state, trace } = JSON.parse(value.toString('utf8')) as { state: string; trace?: string | null };
      states.set(name, { name, state, failure: trace?.split('\n')[0] });
    } catch {
      // Not a status of a version that we know: nothing is known about this connector.
    }
  }
  return [...states.values()].filter(({ state }) => state !== 'DESTROYED').sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function lastHeartbeat(target: KafkaCluster, topic: string): Promise<Date | undefined> {
  const partition = { topic, partition: 0 };
  let end: bigint | undefined;
  try {
    end = (await target.endOffsets([partition])).get(partitionKey(partition));
  } catch {
    return undefined;
  }
  if (end === undefined) return undefined;
  const from = end > HEARTBEAT_WINDOW ? end - HEARTBEAT_WINDOW : 0n;
  const last = (await target.readRecords(partition, from, Number.MAX_SAFE_INTEGER)).at(-1) ?? (await target.lastRecord(partition));
  return last === undefined ? undefined : new Date(Number(last.timestamp));
}
