import { ERROR } from '../../wire/error-codes.ts';
import type { ConsumerGroupDescribeResponse } from '../../wire/generated/consumer-group-describe.ts';
import { consumerGroupHeartbeatResponse, type ConsumerGroupHeartbeatRequest, type ConsumerGroupHeartbeatResponse } from '../../wire/generated/consumer-group-heartbeat.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import { realIdOf, type TopicDirectory } from '../tenants/topic-directory.ts';
import { regexToPhysical, regexToVirtual } from './topic-regex.ts';

interface GroupSurroundings {
  readonly names: TenantNames;
  readonly topics: TopicDirectory;
}

/** Kafka has no version of these requests with names: the owned partitions must be told by the ids of the active cluster. An id of nobody's, or of another tenant's, stays here. */
export function heartbeatToPhysical(request: ConsumerGroupHeartbeatRequest, { names, topics }: GroupSurroundings): { kind: 'answer'; body: Record<string, unknown> } | undefined {
  request.topicPartitions = request.topicPartitions?.flatMap((owned) => {
    const topicId = realIdOf(owned.topicId, names, topics);
    return topicId === undefined ? [] : [{ ...owned, topicId }];
  }) ?? null;
  // An empty pattern says that there is none any more.
  if (request.subscribedTopicRegex === null || request.subscribedTopicRegex === '') return undefined;
  const regex = regexToPhysical(request.subscribedTopicRegex, names.virtualCluster);
  if (regex !== undefined) {
    request.subscribedTopicRegex = regex;
    return undefined;
  }
  const refused = { errorCode: ERROR.INVALID_REGULAR_EXPRESSION, errorMessage: `the pattern "${request.subscribedTopicRegex}" has a group without a beginning or an end` };
  return { kind: 'answer', body: { ...newMessage(consumerGroupHeartbeatResponse, refused) } };
}

/**
 * What the member is assigned, in virtual ids. A topic that this node cannot name yet must not be left out: the member would never read
 * it. It is told to ask again instead, and every client then asks for its whole assignment.
 */
export function heartbeatToVirtual(answer: ConsumerGroupHeartbeatResponse, { names, topics }: GroupSurroundings): void {
  const { assignment } = answer;
  if (assignment === null) return;
  const named = assignment.topicPartitions.map((assigned) => ({ assigned, topic: topics.nameOf(assigned.topicId) }));
  if (named.some(({ topic }) => topic === undefined)) {
    Object.assign(answer, { errorCode: ERROR.COORDINATOR_LOAD_IN_PROGRESS, assignment: null });
    return;
  }
  assignment.topicPartitions = named.flatMap(({ assigned, topic }) => {
    const virtual = names.topicToVirtual(topic ?? '');
    return virtual === undefined ? [] : [{ ...assigned, topicId: names.topicIds.idOf(virtual) }];
  });
}

/** After the names: other tenants' topics are gone already. */
export function describedGroupsToVirtual(answer: ConsumerGroupDescribeResponse, names: TenantNames): void {
  for (const { members } of answer.groups) {
    for (const member of members) {
      if (member.subscribedTopicRegex !== null) member.subscribedTopicRegex = regexToVirtual(member.subscribedTopicRegex, names.virtualCluster);
      for (const { topicPartitions } of [member.assignment, member.targetAssignment]) {
        for (const topic of topicPartitions) topic.topicId = names.topicIds.idOf(topic.topicName);
      }
    }
  }
}
