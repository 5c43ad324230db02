import type { Surroundings } from '../../../src/gateway/rewrite/rewriter.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';

const uuidOf = (text: string): string => Buffer.from(text.padEnd(16).slice(0, 16)).toString('base64url');

/** The topics of the cluster behind, and its own ids of them. */
export const REAL_TOPIC_IDS: ReadonlyMap<string, string> = new Map(['teamAusers', 'teamAorders', 'old.topic', 'teamBusers', '_topicMappings'].map((name) => [name, uuidOf(`real ${name}`)]));

/** The id by which the clients of teamA know a topic. */
export function virtualTopicId(topic: string): string {
  return new TenantNames('teamA').topicIds.idOf(topic);
}

/** The id that a client of teamB has for its topic `users`, which is nothing here. */
export const FOREIGN_TOPIC_ID = new TenantNames('teamB').topicIds.idOf('users');

/** What a client of the virtual cluster teamA is served with: brokers 1 to 3 on gateway:6969 to 6971, and its topic `legacy` mapped to `old.topic`. */
export function tableSurroundings(): Surroundings {
  const names = new TenantNames('teamA');
  names.setAliases([{ virtual: 'legacy', physical: 'old.topic' }]);
  return {
    names,
    topics: {
      refresh: async () => {},
      topics: () => REAL_TOPIC_IDS.keys(),
      idOf: (name) => REAL_TOPIC_IDS.get(name),
      nameOf: (id) => [...REAL_TOPIC_IDS].find(([, real]) => real === id)?.[0],
    },
    clusterId: 'private',
    generation: () => 1,
    endpoints: new Map([1, 2, 3].map((nodeId) => [nodeId, { host: 'gateway', port: 6968 + nodeId }])),
    groupProtocols: new Map(),
  };
}
