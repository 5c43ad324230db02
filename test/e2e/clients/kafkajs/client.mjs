import { Kafka, logLevel } from 'kafkajs';
import { describe, emit, paceRecords, runProgram, settings } from '../node/program.mjs';

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

  const answers = new Set();
  const send = async ({ value, partition }) => {
    try {
      const [answer] = await producer.send({ topic: name, acks: -1, messages: [{ value, partition }] });
      emit(name, 'acked', { v: value, p: partition, o: Number(answer.baseOffset) });
    } catch (reason) {
      emit(name, 'send-failed', { v: value, m: describe(reason) });
    }
  };
  void paceRecords(name, producing, (record) => {
    const answer = send(record).finally(() => answers.delete(answer));
    answers.add(answer);
  })
    .then(() => Promise.all(answers))
    .then(() => emit(name, 'producer-stopped'));
  return { stop: async () => void (await Promise.allSettled([consumer.disconnect(), producer.disconnect()])) };
});
