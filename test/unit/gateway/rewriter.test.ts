import { expect, test } from 'vitest';
import { API } from '../../../src/gateway/api-table.ts';
import { rewriteRequest, rewriteResponse } from '../../../src/gateway/rewrite/rewriter.ts';
import { writeVersioned } from '../../../src/wire/consumer-protocol.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import type { ApiDefinition, Message } from '../../../src/wire/schema.ts';
import { tableSurroundings } from '../../support/rewrite-tables/table-surroundings.ts';

// What is rewritten stands in test/wire/rewrites; here is what needs more than one request.

function api(key: number): ApiDefinition {
  const found = APIS.get(key);
  if (found === undefined) throw new Error(`no api ${key}`);
  return found;
}

test.each([{ joinedAs: 'connect', isRewritten: false }, { joinedAs: 'consumer', isRewritten: true }, { joinedAs: undefined, isRewritten: true }])('SyncGroup before version 5 goes by what this connection joined as: $joinedAs', ({ joinedAs, isRewritten }) => {
  const around = tableSurroundings();
  if (joinedAs !== undefined) rewriteRequest(api(API.joinGroup), 5, newMessage(api(API.joinGroup).request, { groupId: 'g', protocolType: joinedAs }), around);
  const assignmentOf = (topic: string): Buffer => writeVersioned(consumerProtocolAssignment, { version: 0, rest: Buffer.alloc(0), value: newMessage(consumerProtocolAssignment, { assignedPartitions: [{ topic, partitions: [0] }] }) });
  const sync = newMessage<Message>(api(API.syncGroup).request, { groupId: 'g', protocolType: null, assignments: [{ memberId: 'm', assignment: assignmentOf('users') }] } as never);
  rewriteRequest(api(API.syncGroup), 3, sync, around);
  expect(sync['assignments']).toMatchObject([{ assignment: assignmentOf(isRewritten ? 'teamAusers' : 'users') }]);
});

test('of the groups that a client claims to join neither many nor long names are remembered', () => {
  const around = tableSurroundings();
  const join = (groupId: string): void => void rewriteRequest(api(API.joinGroup), 5, newMessage(api(API.joinGroup).request, { groupId, protocolType: 'connect' }), around);
  join('g'.repeat(1001));
  expect(around.groupProtocols.size).toBe(0);
  for (let index = 0; index < 250; index++) join(`g${index}`);
  expect(around.groupProtocols.size).toBeLessThanOrEqual(100);
  expect(around.groupProtocols.get('g249')).toBe('connect');
});

test('producer ids of the gateway differ, and no broker has given one of them out', () => {
  const ids = Array.from({ length: 50 }, () => {
    const outcome = rewriteRequest(api(API.initProducerId), 4, newMessage(api(API.initProducerId).request, { transactionalId: null } as never), tableSurroundings());
    return outcome.kind === 'answer' ? (outcome.body['producerId'] as bigint) : 0n;
  });
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id >= 2n ** 61n && id < 2n ** 62n).toBe(true);
});

test('a broker that is down stays in the list, at its port: some clients forget what waits for one that is not there', () => {
  const { response } = api(API.metadata);
  const body = newMessage<Message>(response, { brokers: [{ nodeId: 3, host: 'kafka', port: 1, rack: 'r' }, { nodeId: 9, host: 'kafka', port: 2 }] } as never);
  rewriteResponse(api(API.metadata), 9, body, tableSurroundings());
  expect(body['brokers']).toEqual([
    { nodeId: 3, host: 'gateway', port: 6971, rack: 'r' },
    { nodeId: 1, host: 'gateway', port: 6969, rack: null },
    { nodeId: 2, host: 'gateway', port: 6970, rack: null },
  ]);
});
