import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { deleteGroupsApi } from '../wire/generated/delete-groups.ts';
import { describeGroupsApi, type DescribedGroup } from '../wire/generated/describe-groups.ts';
import { listGroupsApi } from '../wire/generated/list-groups.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Session } from './session.ts';

export interface GroupListing {
  readonly groupId: string;
  /** 'consumer', 'connect', '' for groups that only hold offsets. */
  readonly protocolType: string;
  /** As the broker spells it: Stable, Empty, PreparingRebalance… */
  readonly state: string;
  /** 'classic' or 'consumer'; '' where the broker does not tell. */
  readonly type: string;
  readonly coordinatorId: number;
}

/** The groups of all brokers. Throws UNAVAILABLE when one of them does not answer: a part of the list would look like all of it. */
export async function listGroups(session: Session, options: CallOptions = {}): Promise<GroupListing[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return withRetries(deadline, async () => {
    const { brokers } = await session.metadata.read([], deadline);
    const perBroker = await Promise.all(brokers.map(async ({ id }) => {
      const answer = await session.send({ kind: 'broker', brokerId: id }, listGroupsApi, {}, deadline);
      if (answer.errorCode !== ERROR.NONE) throw kafkaError(`groups of broker ${id}`, answer.errorCode);
      return answer.groups.map(({ groupId, protocolType, groupState, groupType }) => ({ groupId, protocolType, state: groupState, type: groupType, coordinatorId: id }));
    }));
    return perBroker.flat().sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
  }, () => session.forgetLocations());
}

/** Each group as its coordinator sees it, in the order of `groupIds`. A group that does not exist has the state 'Dead'. Throws UNAVAILABLE. */
export async function describeGroups(session: Session, groupIds: readonly string[], options: CallOptions = {}): Promise<DescribedGroup[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return Promise.all(groupIds.map((groupId) => withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'group', groupId }, describeGroupsApi, { groups: [groupId] }, deadline);
    const [found] = answer.groups;
    if (found === undefined) throw new GwctlError('PROTOCOL', `description of group ${groupId}: the answer does not have it`);
    if (found.errorCode !== ERROR.NONE) throw kafkaError(`description of group ${groupId}`, found.errorCode);
    return found;
  }, () => session.forgetLocations())));
}

/** Deletes groups without members; returns each one's error code (0: done, 68: it has members, 69: there is none). Throws UNAVAILABLE. */
export async function deleteGroups(session: Session, groupIds: readonly string[], options: CallOptions = {}): Promise<number[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return Promise.all(groupIds.map((groupId) => withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'group', groupId }, deleteGroupsApi, { groupsNames: [groupId] }, deadline);
    const errorCode = answer.results[0]?.errorCode ?? -1;
    if (errorCode === ERROR.NOT_COORDINATOR || errorCode === ERROR.COORDINATOR_NOT_AVAILABLE || errorCode === ERROR.COORDINATOR_LOAD_IN_PROGRESS) throw kafkaError(`deletion of group ${groupId}`, errorCode);
    return errorCode;
  }, () => session.forgetLocations())));
}
