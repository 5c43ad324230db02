import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startKafkaBroker, runKafkaTool } from '../../test/support/kafka-broker.ts';
import { startClientProcess } from '../../test/support/client-matrix/client-process.ts';
import { MATRIX_CLIENTS, type ProgramName } from '../../test/support/client-matrix/client-table.ts';
import { isTrueWithin } from '../../test/support/client-matrix/poll.ts';
import { prepareProgram } from '../../test/support/client-matrix/prepare-program.ts';
import { FrameCollection } from './frame-collection.ts';
import { startTcpTap } from './tcp-tap.ts';

const BROKER_VERSION = '4.3.1';
const TOOL_VERSIONS = ['4.3.1', '3.9.2'];
const PROGRAMS: readonly ProgramName[] = ['kafkajs', 'confluent', 'java-4.3.1', 'java-3.9.2', 'kcat'];
const LISTENER = 'TAP';
const PARTITIONS = 2;
const RECORDS_ENOUGH = 12;
const CLIENT_MS = 45_000;
const START_MS = 60_000;
const LOGIN = { username: 'capture', token: 'capture' };

/** Runs the programs of the client matrix and Kafka's own tools against one broker behind a tap, and writes what they said to `file`. */
export async function captureFrames(file: string, tell: (line: string) => void): Promise<void> {
  const collection = new FrameCollection();
  let speaker = 'kafkajs';
  const tap = await startTcpTap((frame) => collection.add(speaker, frame));
  const listener = LISTENER.toLowerCase();
  const broker = await startKafkaBroker(BROKER_VERSION, {
    listeners: { [LISTENER]: 'SASL_PLAINTEXT' },
    advertisedPorts: { [LISTENER]: tap.port },
    properties: {
      [`listener.name.${listener}.sasl.enabled.mechanisms`]: 'PLAIN',
      [`listener.name.${listener}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${LOGIN.username}="${LOGIN.token}";`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': `User:ANONYMOUS;User:${LOGIN.username}`,
    },
  });
  tap.target = broker.listeners[LISTENER] ?? 0;
  const bootstrap = `127.0.0.1:${tap.port}`;
  try {
    await createTopics(bootstrap);
    tell('broker is there, topics are made');
    for (const program of PROGRAMS) {
      speaker = program;
      const prepared = await prepareProgram(program);
      if (prepared.kind === 'missing') throw new Error(prepared.reason);
      const clients = clientsOf(program);
      const process = startClientProcess(prepared.command, clients, { bootstrap: [bootstrap], ...LOGIN, partitions: PARTITIONS, ratePerSecond: 5 });
      const isDone = await isTrueWithin(CLIENT_MS, () => clients.every(({ name }) => process.events.filter(({ c, e }) => c === name && e === 'received').length >= RECORDS_ENOUGH));
      process.stopProducers();
      await process.stop(CLIENT_MS);
      tell(`${program}: ${isDone ? 'done' : `not all of its clients produced and consumed; ${process.chatter.slice(-2).join(' | ')}`}`);
    }
    for (const version of TOOL_VERSIONS) {
      speaker = `java-${version}`;
      tell(`tools of ${version}: ${await runTools(version, bootstrap)}`);
    }
    const text = `${collection.toLines().join('\n')}\n`;
    await writeFile(file, text);
    tell(`${collection.toLines().length} frames, ${text.length} bytes`);
  } finally {
    await broker.stop();
    await tap.close();
  }
}

function clientsOf(program: ProgramName): { readonly name: string; readonly mode: string }[] {
  return MATRIX_CLIENTS.filter((client) => client.program === program);
}

/** kafkajs, so that the broker's start is waited for, too. */
async function createTopics(bootstrap: string): Promise<void> {
  const { username, token } = LOGIN;
  const admin = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username, password: token }, retry: { retries: 60, initialRetryTime: 500, maxRetryTime: 1000 } }).admin();
  if (!(await isTrueWithin(START_MS, () => admin.connect().then(() => true, () => false)))) throw new Error(`no broker at ${bootstrap} within ${START_MS / 1000} s`);
  const names = MATRIX_CLIENTS.filter(({ program }) => PROGRAMS.includes(program)).flatMap(({ name, isTransactional }) => (isTransactional ? [name, `${name}-out`] : [name]));
  await admin.createTopics({ topics: [...names, 'tools'].map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })), waitForLeaders: true });
  await admin.listTopics();
  // The leaders of new topics are not there at once.
  await isTrueWithin(START_MS, () => admin.fetchTopicOffsets('tools').then(() => true, () => false));
  await admin.listGroups();
  await admin.disconnect();
}

/** @returns which of them failed; a tool that a version lacks is no reason to give up the rest */
async function runTools(version: string, bootstrap: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gwctl-capture-'));
  const failed: string[] = [];
  try {
    const config = join(folder, 'client.properties');
    await writeFile(config, `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="${LOGIN.username}" password="${LOGIN.token}";\n`);
    const offsets = join(folder, 'offsets.json');
    await writeFile(offsets, JSON.stringify({ version: 1, partitions: [{ topic: 'tools', partition: 0, offset: 0 }] }));
    for (const line of TOOLS) {
      const [mainClass = '', ...args] = line.replace('OFFSETS', offsets).replace(ACLS, ACL_CLASSES[version] ?? '').split(' ');
      const configFlag = mainClass.endsWith('LeaderElectionCommand') ? '--admin.config' : '--command-config';
      await runKafkaTool(version, mainClass, ['--bootstrap-server', bootstrap, configFlag, config, ...args]).catch(() => failed.push(line));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return failed.length === 0 ? 'done' : `without ${failed.join('; ')}`;
}

const TOPICS = 'org.apache.kafka.tools.TopicCommand';
const GROUPS = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
const CONFIGS = 'kafka.admin.ConfigCommand';
const ACLS = 'ACLS';
const TRANSACTIONS = 'org.apache.kafka.tools.TransactionsCommand';

/** Where the class of the ACL tool is. */
const ACL_CLASSES: Readonly<Record<string, string>> = { '4.3.1': 'org.apache.kafka.tools.AclCommand', '3.9.2': 'kafka.admin.AclCommand' };

/** The class and the arguments of each. */
const TOOLS = [
  `${TOPICS} --create --topic made --partitions 1 --config retention.ms=1000`,
  `${TOPICS} --alter --topic made --partitions 2`,
  `${TOPICS} --describe --topic made`,
  `${TOPICS} --delete --topic made`,
  `${CONFIGS} --alter --topic tools --add-config retention.ms=60000`,
  `${CONFIGS} --describe --topic tools`,
  `${GROUPS} --list --state`,
  `${GROUPS} --describe --group g-java43-eager`,
  `${GROUPS} --describe --group g-java43-kip848`,
  `${GROUPS} --group g-java43-eager --reset-offsets --to-earliest --all-topics --execute`,
  `${GROUPS} --group g-java43-cooperative --topic java43-cooperative --delete-offsets`,
  `${GROUPS} --group g-java43-static --delete`,
  'org.apache.kafka.tools.GetOffsetShell --topic tools',
  'org.apache.kafka.tools.DeleteRecordsCommand --offset-json-file OFFSETS',
  'org.apache.kafka.tools.LogDirsCommand --describe --topic-list tools',
  'org.apache.kafka.tools.LeaderElectionCommand --election-type PREFERRED --topic tools --partition 0',
  `${TRANSACTIONS} list`,
  `${TRANSACTIONS} describe --transactional-id java43-transactional`,
  `${TRANSACTIONS} describe-producers --topic java43-transactional-out --partition 0`,
  `${ACLS} --add --allow-principal User:someone --operation Read --topic tools`,
  `${ACLS} --list`,
  `${ACLS} --remove --force --topic tools`,
  'org.apache.kafka.tools.reassign.ReassignPartitionsCommand --list',
];
