import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { describe, emit, produceInTurns, runProgram, settings } from './program.mjs';

await runProgram(async ({ name, producing }) => {
  const { username, token: password } = settings;
  const common = { clientId: name, bootstrapBrokers: settings.bootstrap, sasl: { mechanism: 'PLAIN', username, password }, autocreateTopics: false };
  const producer = new Producer({ ...common, serializers: stringSerializers, idempotent: false, acks: -1 });
  const consumer = new Consumer({ ...common, groupId: `g-${name}`, deserializers: stringDeserializers, sessionTimeout: 10_000, heartbeatInterval: 1000 });
  consumer.on('consumer:group:join', () => emit(name, 'assigned'));
  consumer.on('consumer:group:rebalance', () => emit(name, 'revoked'));
  for (const client of [producer, consumer]) client.on('error', (reason) => emit(name, 'error', { m: `client: ${describe(reason)}` }));
  const stream = await consumer.consume({ topics: [name], mode: 'committed', fallbackMode: 'earliest', autocommit: 1000, maxWaitTime: 500 });
  stream.on('data', ({ value, partition, offset }) => emit(name, 'received', { v: value, p: partition, o: Number(offset) }));
  stream.on('error', (reason) => emit(name, 'error', { m: `consumer: ${describe(reason)}`, fatal: true }));

  void produceInTurns(name, producing, async (partition, values) => {
    const { offsets } = await producer.send({ messages: values.map((value) => ({ topic: name, value, partition })) });
    return Number(offsets?.[0]?.offset ?? -1);
  });
  return {
    stop: async () => {
      await stream.close().catch(() => {});
      await Promise.allSettled([consumer.close(true), producer.close()]);
    },
  };
});
