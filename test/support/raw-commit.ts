import { once } from 'node:events';
import { connect } from 'node:net';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { encodeMessage } from '../../src/wire/codec.ts';
import { offsetCommitRequest } from '../../src/wire/generated/offset-commit.ts';
import { encodeRequestFrame } from '../../src/wire/headers.ts';
import { newMessage } from '../../src/wire/new-message.ts';

const VERSION = 2;
const STAND_IN = 'STAND-IN';

/** A commit by a group whose id is these eight bytes, whatever they are: no client library would send them. Resolves when the broker has answered. */
export async function commitAs(groupBytes: Buffer, client: KafkaClient, topic: string, offset: bigint): Promise<void> {
  if (groupBytes.length !== STAND_IN.length) throw new Error(`${groupBytes.length} bytes (allowed: ${STAND_IN.length})`);
  const { brokers } = await client.metadata([]);
  const coordinator = await client.findCoordinator('group', groupBytes.toString('utf8'));
  const broker = brokers.find(({ id }) => id === coordinator);
  if (broker === undefined) throw new Error(`no broker ${coordinator}`);
  const body = encodeMessage(offsetCommitRequest, VERSION, newMessage(offsetCommitRequest, { groupId: STAND_IN, memberId: '', generationIdOrMemberEpoch: -1, topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: '' }] }] }));
  groupBytes.copy(body, body.indexOf(STAND_IN));
  const socket = connect(broker.port, broker.host);
  try {
    await once(socket, 'connect');
    socket.write(encodeRequestFrame(offsetCommitRequest.apiKey, VERSION, 1, 'test', body));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const errorCode = answer.readInt16BE(answer.length - 2);
    if (errorCode !== 0) throw new Error(`the broker answers ${errorCode}`);
  } finally {
    socket.destroy();
  }
}
