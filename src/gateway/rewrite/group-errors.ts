import { ERROR } from '../../wire/error-codes.ts';
import { API } from '../api-table.ts';

type Body = Record<string, unknown>;

/** On a cluster that a group's members came to by a switch these say "you are not known here", in words that end a consumer for ever. */
const LOST_MEMBER: ReadonlySet<unknown> = new Set([ERROR.GROUP_ID_NOT_FOUND, ERROR.UNKNOWN_MEMBER_ID, ERROR.FENCED_INSTANCE_ID]);

/**
 * Turns the errors that end a consumer for ever into those on which each client joins its group again (D6, hazard H5), in place. GROUP_ID_NOT_FOUND
 * always: joining again is never worse. The others only while clients come over from another cluster: else they are meant.
 */
export function rewriteGroupErrors(apiKey: number, answer: Body, isSettling: boolean): void {
  switch (apiKey) {
    case API.consumerGroupHeartbeat:
      if (answer['errorCode'] === ERROR.GROUP_ID_NOT_FOUND || (isSettling && LOST_MEMBER.has(answer['errorCode']))) answer['errorCode'] = ERROR.FENCED_MEMBER_EPOCH;
      // Told to a member that joins: its own instance of before the switch is still there, until its session ends. As "fenced" it would try again at once, for ever.
      else if (isSettling && answer['errorCode'] === ERROR.UNRELEASED_INSTANCE_ID) answer['errorCode'] = ERROR.COORDINATOR_LOAD_IN_PROGRESS;
      return;
    case API.joinGroup:
    case API.syncGroup:
    case API.heartbeat:
      if (isSettling) forgiveInstance(answer);
      return;
    case API.leaveGroup:
      if (isSettling) for (const member of answer['members'] as Body[]) forgiveInstance(member);
      return;
    case API.offsetCommit:
    case API.txnOffsetCommit:
      for (const topic of answer['topics'] as { partitions: Body[] }[]) {
        for (const partition of topic.partitions) {
          if (partition['errorCode'] === ERROR.GROUP_ID_NOT_FOUND) partition['errorCode'] = ERROR.UNKNOWN_MEMBER_ID;
          else if (isSettling) forgiveInstance(partition);
        }
      }
      return;
    default:
  }
}

/** A static member of the cluster that was left has another member id here: it shall join again, not end. */
function forgiveInstance(owner: Body): void {
  if (owner['errorCode'] === ERROR.FENCED_INSTANCE_ID) owner['errorCode'] = ERROR.UNKNOWN_MEMBER_ID;
}
