import { expect, test } from 'vitest';
import { ERROR, errorName, isRetriableError } from '../../../src/wire/error-codes.ts';

test('codes are consecutive and have the names that the protocol gives them', () => {
  const codes: readonly number[] = Object.values(ERROR);
  expect([...codes].sort((a, b) => a - b)).toEqual(Array.from({ length: 135 }, (_, index) => index - 1));
  expect([errorName(0), errorName(6), errorName(69), errorName(100), errorName(110), errorName(999)]).toEqual([
    'NONE', 'NOT_LEADER_OR_FOLLOWER', 'GROUP_ID_NOT_FOUND', 'UNKNOWN_TOPIC_ID', 'FENCED_MEMBER_EPOCH', 'UNKNOWN_ERROR_CODE_999',
  ]);
});

test('what Kafka calls retriable is retriable', () => {
  expect([ERROR.NOT_LEADER_OR_FOLLOWER, ERROR.NOT_COORDINATOR, ERROR.TOPIC_AUTHORIZATION_FAILED, ERROR.NONE].map(isRetriableError)).toEqual([true, true, false, false]);
});
