import { ERROR } from '../wire/error-codes.ts';
import { fetchResponse, type FetchRequest } from '../wire/generated/fetch.ts';
import { heartbeatResponse, type HeartbeatRequest } from '../wire/generated/heartbeat.ts';
import { joinGroupResponse, type JoinGroupRequest } from '../wire/generated/join-group.ts';
import type { LeaveGroupRequest } from '../wire/generated/leave-group.ts';
import { syncGroupResponse } from '../wire/generated/sync-group.ts';
import { newMessage } from '../wire/new-message.ts';
import { API } from './api-table.ts';
import type { GroupGate } from './group-gate.ts';
import { fetchMoved } from './local-answers.ts';

type Body = Record<string, unknown>;

/**
 * What this node answers by itself while groups are drained (hazard H5), and what it learns about members on the way. undefined: the request goes
 * on to the broker. `beforeWait` is called before a request is held.
 */
export async function answerDuringDrain(apiKey: number, version: number, request: Body, groups: GroupGate, over: AbortSignal, beforeWait: () => void): Promise<Body | undefined> {
  switch (apiKey) {
    case API.heartbeat: {
      const { groupId, memberId } = request as unknown as HeartbeatRequest;
      groups.heartbeat(groupId, memberId);
      return groups.isClosed ? { ...newMessage(heartbeatResponse, { errorCode: ERROR.REBALANCE_IN_PROGRESS }) } : undefined;
    }
    case API.leaveGroup: {
      const { groupId, memberId, members } = request as unknown as LeaveGroupRequest;
      for (const member of members.length > 0 ? members : [{ memberId }]) groups.left(groupId, member.memberId);
      return undefined;
    }
    case API.syncGroup:
      return groups.isClosed ? { ...newMessage(syncGroupResponse, { errorCode: ERROR.REBALANCE_IN_PROGRESS }) } : undefined;
    case API.joinGroup: {
      if (!groups.isClosed) return undefined;
      const { groupId, memberId } = request as unknown as JoinGroupRequest;
      beforeWait();
      const verdict = await groups.join(groupId, memberId, over);
      if (verdict === 'expired') return joinRefused(ERROR.REBALANCE_IN_PROGRESS, memberId);
      // Who has no member id yet joins afresh anyway.
      return verdict === 'moved' && memberId !== '' ? joinRefused(ERROR.UNKNOWN_MEMBER_ID, '') : undefined;
    }
    case API.fetch: {
      if (!groups.isClosed) return undefined;
      const fetch = request as unknown as FetchRequest;
      beforeWait();
      const verdict = await groups.fetch(fetch.maxWaitMs, over);
      if (verdict === 'same') return undefined;
      if (verdict === 'moved') return fetchMoved(fetch, version);
      return { ...newMessage(fetchResponse, { sessionId: fetch.sessionId }) };
    }
    default:
      return undefined;
  }
}

function joinRefused(errorCode: number, memberId: string): Body {
  return { ...newMessage(joinGroupResponse, { errorCode, memberId, generationId: -1 }) };
}
