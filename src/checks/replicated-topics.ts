import type { ClusterDescription, TopicDescription } from '../ports/kafka-cluster.ts';
import type { MirrorLink } from '../topology/topology.ts';

/** Topics that belong to one cluster and are never copied: Kafka's own, MirrorMaker's own, and each cluster's log of decisions. */
const NEVER_COPIED = /^(__.*|.*[-.]internal|.*\.replica|\..*|_gatewayState)$/;
/** Copied under another name, for ever one behind: it says that copying goes on, not how far it is. */
const HEARTBEATS = /(^|\.)heartbeats$/;

/** The topics whose records must be on the other side before a switch. */
export function replicatedTopics(description: ClusterDescription, link: Pick<MirrorLink, 'topics'>): TopicDescription[] {
  const wanted = topicFilter(link.topics);
  return description.topics.filter(({ name }) => isCopied(name) && wanted(name));
}

export function isCopied(topic: string): boolean {
  return !NEVER_COPIED.test(topic) && !HEARTBEATS.test(topic);
}

/** Internal topics of the gateway that a switch reads on the target: nothing of them may be missing. */
export const GATEWAY_TOPICS: readonly string[] = ['_topicMappings', '_virtualClusters', '_acls'];

/** Written by the nodes themselves. */
export const AUDIT_TOPIC = '_auditLogs';

/** MirrorMaker's list of regular expressions, each against the whole name. */
export function topicFilter(expressions: string): (name: string) => boolean {
  const patterns = expressions
    .split(',')
    .map((expression) => expression.trim())
    .filter((expression) => expression !== '')
    .map((expression) => new RegExp(`^(?:${expression})$`));
  return (name) => patterns.some((pattern) => pattern.test(name));
}
