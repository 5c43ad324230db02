import { writeVersioned } from '../../wire/consumer-protocol.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { consumerGroupHeartbeatResponse, type ConsumerGroupHeartbeatRequest } from '../../wire/generated/consumer-group-heartbeat.ts';
import { consumerProtocolAssignment } from '../../wire/generated/consumer-protocol-assignment.ts';
import type { FetchRequest } from '../../wire/generated/fetch.ts';
import { heartbeatResponse, type HeartbeatRequest } from '../../wire/generated/heartbeat.ts';
import { joinGroupResponse, type JoinGroupRequest } from '../../wire/generated/join-group.ts';
import type { LeaveGroupRequest } from '../../wire/generated/leave-group.ts';
import { syncGroupResponse, type SyncGroupRequest } from '../../wire/generated/sync-group.ts';
import { newMessage } from '../../wire/new-message.ts';
import { fetchMoved, fetchNothing } from '../answers/local-answers.ts';
import { API } from '../api-table.ts';
import type { Soon } from '../bytes/soon.ts';
import { commitsByTimerOnly, keepsPartitionsWhileJoining, type ClientSoftware } from '../client-software.ts';
import type { GroupGate } from './group-gate.ts';

type Body = Record<string, unknown>;

/** So often a member asks that was told to give up its partitions: soon after the switch it shall have them again. */
const EMPTIED_HEARTBEAT_MS = 500;
const NO_PARTITIONS = writeVersioned(consumerProtocolAssignment, { version: 0, value: newMessage(consumerProtocolAssignment, {}), rest: Buffer.alloc(0) });

/**
 * What this node answers by itself while groups are drained (hazard H5), and what it learns about members on the way. undefined: the request goes
 * on to the broker. `beforeWait` is called before a request is held.
 */
export function answerDuringDrain(
  apiKey: number, version: number, request: Body, software: ClientSoftware, groups: GroupGate, over: AbortSignal, beforeWait: () => void,
): Soon<Body | undefined> {
  switch (apiKey) {
    case API.heartbeat: {
      const { groupId, memberId, generationId } = request as unknown as HeartbeatRequest;
      groups.heartbeat(groupId, memberId, generationId);
      // The switch was given up: its broker does not know that it has nothing.
      if (groups.mustRejoin(groupId, memberId)) return { ...newMessage(heartbeatResponse, { errorCode: ERROR.REBALANCE_IN_PROGRESS }) };
      if (!groups.isClosed) return undefined;
      if (groups.isConsuming(commitsByTimerOnly(software))) return { ...newMessage(heartbeatResponse, {}) };
      return { ...newMessage(heartbeatResponse, { errorCode: ERROR.REBALANCE_IN_PROGRESS }) };
    }
    case API.consumerGroupHeartbeat:
      return answerMember(request as unknown as ConsumerGroupHeartbeatRequest, groups, over, beforeWait);
    case API.leaveGroup: {
      const { groupId, memberId, members } = request as unknown as LeaveGroupRequest;
      for (const member of members.length > 0 ? members : [{ memberId }]) groups.left(groupId, member.memberId);
      return undefined;
    }
    case API.syncGroup: {
      const { groupId, memberId, protocolType, protocolName } = request as unknown as SyncGroupRequest;
      if (groups.isClosed && groups.isEmptied(groupId, memberId)) return { ...newMessage(syncGroupResponse, { protocolType, protocolName, assignment: NO_PARTITIONS }) };
      return groups.isClosed ? { ...newMessage(syncGroupResponse, { errorCode: ERROR.REBALANCE_IN_PROGRESS }) } : undefined;
    }
    case API.joinGroup:
      return answerJoin(request as unknown as JoinGroupRequest, software, groups, over, beforeWait);
    case API.fetch:
      return groups.isClosed ? answerFetch(request as unknown as FetchRequest, version, groups, over, beforeWait) : undefined;
    default:
      return undefined;
  }
}

async function answerJoin({ groupId, memberId, protocolType, protocols }: JoinGroupRequest, software: ClientSoftware, groups: GroupGate, over: AbortSignal, beforeWait: () => void): Promise<Body | undefined> {
  // It would go on where it was, by the offsets of the cluster that is left: it is assigned nothing first, in a round that only this node knows of.
  const generationId = keepsPartitionsWhileJoining(software) ? groups.empties(groupId, memberId) : undefined;
  if (generationId !== undefined) return { ...newMessage(joinGroupResponse, { generationId, protocolType, protocolName: protocols[0]?.name ?? '', leader: 'gwctl', memberId }) };
  if (groups.isClosed) beforeWait();
  const verdict = await groups.join(groupId, memberId, over);
  if (verdict === 'expired') return joinRefused(ERROR.REBALANCE_IN_PROGRESS, memberId);
  // Who has no member id yet joins afresh anyway.
  return verdict === 'moved' && memberId !== '' ? joinRefused(ERROR.UNKNOWN_MEMBER_ID, '') : undefined;
}

async function answerFetch(fetch: FetchRequest, version: number, groups: GroupGate, over: AbortSignal, beforeWait: () => void): Promise<Body | undefined> {
  beforeWait();
  const verdict = await groups.fetch(fetch.maxWaitMs, over);
  if (verdict === 'same') return undefined;
  return verdict === 'moved' ? fetchMoved(fetch, version) : fetchNothing(fetch);
}

/**
 * KIP-848: a member is assigned nothing, so it commits, gives up what it owns, and says so. Its broker does not know: it must join again, on whichever
 * cluster.
 */
async function answerMember({ groupId, memberId, memberEpoch, topicPartitions }: ConsumerGroupHeartbeatRequest, groups: GroupGate, over: AbortSignal, beforeWait: () => void): Promise<Body | undefined> {
  const refused = (errorCode: number): Body => ({ ...newMessage(consumerGroupHeartbeatResponse, { errorCode, memberId, memberEpoch }) });
  if (memberEpoch < 0) {
    groups.left(groupId, memberId);
    return undefined;
  }
  if (memberEpoch === 0) {
    if (!groups.isClosed) return undefined;
    beforeWait();
    return (await groups.join(groupId, memberId, over)) === 'expired' ? refused(ERROR.COORDINATOR_LOAD_IN_PROGRESS) : undefined;
  }
  groups.owns(groupId, memberId, topicPartitions?.length);
  if (groups.isClosed) return { ...newMessage(consumerGroupHeartbeatResponse, { memberId, memberEpoch, heartbeatIntervalMs: EMPTIED_HEARTBEAT_MS, assignment: { topicPartitions: [] } }) };
  return groups.mustRejoin(groupId, memberId) ? refused(ERROR.FENCED_MEMBER_EPOCH) : undefined;
}

function joinRefused(errorCode: number, memberId: string): Body {
  return { ...newMessage(joinGroupResponse, { errorCode, memberId, generationId: -1 }) };
}
