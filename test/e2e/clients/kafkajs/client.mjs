import { Kafka, logLevel } from 'kafkajs';
import { describe, emit, produceInTurns, runProgram, settings } from '../node/program.mjs';

/** Both shorter than the defaults: kafkajs joins once for each broker connection after a switch, and members that it forgot hold up the group. */
const SESSION_MS = 6000;
const REBALANCE_MS = 10_000;

await runProgram(async ({ name, producing }) => {
  const { username, token } = settings;
  // Its own second is less than a busy machine takes at times, and whoever waits for the same broker then fails one after the other.
  const kafka = new Kafka({ connectionTimeout: 3000, clientId: name, brokers: settings.bootstrap, logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username, password: token } });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const consumer = kafka.consumer({ groupId: `g-${name}`, sessionTimeout: SESSION_MS, rebalanceTimeout: REBALANCE_MS, heartbeatInterval: 1000, allowAutoTopicCreation: false });
  consumer.on(consumer.events.GROUP_JOIN, () => emit(name, 'assigned'));
  consumer.on(consumer.events.REBALANCING, () => emit(name, 'revoked'));
  consumer.on(consumer.events.CRASH, ({ payload }) => emit(name, 'error', { m: `consumer: ${describe(payload.error)}`, fatal: !payload.restart }));
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 1000,
    eachMessage: async ({ partition, message }) => emit(name, 'received', { v: message.value.toString(), p: partition, o: Number(message.offset) }),
  });

  void produceInTurns(name, producing, async (partition, values) => {
    const [{ baseOffset }] = await producer.send({ topic: name, acks: -1, messages: values.map((value) => ({ value, partition })) });
    return Number(baseOffset);
  });
  return { stop: async () => void (await Promise.allSettled([consumer.disconnect(), producer.disconnect()])) };
});
