import { ERROR } from '../../wire/error-codes.ts';
import { API } from '../api-table.ts';

type Body = Record<string, unknown>;

/** Whose coordinator a request is for. The key is physical. */
export interface CoordinatorKey {
  readonly kind: 'group' | 'transaction';
  readonly key: string;
}

/** undefined: any broker answers it, or it is for several coordinators. */
export function coordinatorKeyOf(apiKey: number, request: Body): CoordinatorKey | undefined {
  switch (apiKey) {
    case API.offsetCommit:
    case API.joinGroup:
    case API.heartbeat:
    case API.leaveGroup:
    case API.syncGroup:
    case API.txnOffsetCommit:
    case API.consumerGroupHeartbeat:
      return { kind: 'group', key: request['groupId'] as string };
    case API.offsetFetch: {
      const groups = request['groups'] as { readonly groupId: string }[];
      const key = groups.length === 0 ? (request['groupId'] as string) : groups[0]?.groupId;
      return key === undefined || groups.length > 1 ? undefined : { kind: 'group', key };
    }
    case API.initProducerId:
    case API.addOffsetsToTxn:
    case API.endTxn: {
      const key = request['transactionalId'] as string | null;
      return key === null ? undefined : { kind: 'transaction', key };
    }
    case API.addPartitionsToTxn:
      return { kind: 'transaction', key: request['v3AndBelowTransactionalId'] as string };
    default:
      return undefined;
  }
}

/** A broker says NOT_COORDINATOR of the whole request, and has done nothing of it, so the first error in the answer tells. */
export function isNotCoordinator(apiKey: number, answer: Body): boolean {
  return firstErrorOf(apiKey, answer) === ERROR.NOT_COORDINATOR;
}

interface Topic {
  readonly partitions: readonly Body[];
}

function firstErrorOf(apiKey: number, answer: Body): unknown {
  switch (apiKey) {
    case API.offsetCommit:
    case API.txnOffsetCommit:
      return (answer['topics'] as Topic[])[0]?.partitions[0]?.['errorCode'];
    case API.addPartitionsToTxn:
      return (answer['resultsByTopicV3AndBelow'] as { readonly resultsByPartition: readonly Body[] }[])[0]?.resultsByPartition[0]?.['partitionErrorCode'];
    case API.offsetFetch:
      return (answer['groups'] as Body[])[0]?.['errorCode'] ?? (answer['errorCode'] || (answer['topics'] as Topic[])[0]?.partitions[0]?.['errorCode']);
    default:
      return answer['errorCode'];
  }
}
