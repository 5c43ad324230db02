import { ZERO_UUID } from '../../wire/schema.ts';
import { after, type Soon } from '../bytes/soon.ts';
import type { UnknownTopic } from '../splice/produce-request-by-id.ts';
import type { ProduceHead } from '../splice/produce-request.ts';
import { learnTopicIds } from '../tenants/topic-directory.ts';
import type { Surroundings } from './rewriter.ts';
import { unknownTopicProduced } from './topic-ids.ts';

/** The virtual name behind an id that a producer sent; undefined: nobody's. */
export function nameOfProduced(topicId: string, { names, topics }: Surroundings): Soon<string | undefined> {
  return names.topicIds.nameOf(topicId) ?? after(learnTopicIds([topicId], names, topics), () => names.topicIds.nameOf(topicId));
}

/** The physical name of a topic in a client's words, by name or by an id that `nameOfProduced` was asked for; undefined: nobody's. */
export function physicalTopicOf(name: string, topicId: string, { names }: Surroundings): string | undefined {
  const virtual = topicId === ZERO_UUID ? name : names.topicIds.nameOf(topicId);
  return virtual === undefined ? undefined : names.topicToPhysical(virtual);
}

/** Where a Produce request wants to write, by physical names. What is nobody's is left out: it will be refused. */
export async function producedTopics(asked: ProduceHead, around: Surroundings): Promise<{ readonly name: string; readonly partitions: readonly number[] }[]> {
  const found: { name: string; partitions: number[] }[] = [];
  for (const { name, topicId, partitions } of asked.topics) {
    const virtual = topicId === ZERO_UUID ? name : await nameOfProduced(topicId, around);
    if (virtual !== undefined) found.push({ name: around.names.topicToPhysical(virtual), partitions });
  }
  return found;
}

/** Shows an answer to `answered`, and adds the topics that the broker was not asked for. `unknown` is complete by then: brokers answer whole requests. */
export function completeProduced(unknown: readonly UnknownTopic[], answered?: (answer: Record<string, unknown>) => void): (answer: Record<string, unknown>) => void {
  return (answer) => {
    answered?.(answer);
    const responses = answer['responses'] as unknown[];
    for (const { topicId, partitions } of unknown) responses.push(unknownTopicProduced(topicId, partitions));
  };
}
