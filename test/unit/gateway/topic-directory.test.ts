import { expect, test } from 'vitest';
import type { ClusterMetadata } from '../../../src/client/metadata-cache.ts';
import { ClusterTopics } from '../../../src/gateway/tenants/cluster-topics.ts';
import { TenantNames } from '../../../src/gateway/tenants/tenant-names.ts';
import { learnTopicIds, realIdOf } from '../../../src/gateway/tenants/topic-directory.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';

function clusterWith(topics: Readonly<Record<string, string>>) {
  let asked = 0;
  let nowMs = 0;
  const metadata = async (): Promise<ClusterMetadata> => {
    asked++;
    return { clusterId: 'x', controllerId: 1, brokers: [], topics: Object.entries(topics).map(([name, topicId]) => ({ name, topicId, internal: false, errorCode: ERROR.NONE, partitions: [] })) };
  };
  return { directory: new ClusterTopics({ metadata }, () => nowMs), asked: () => asked, pass: (ms: number) => void (nowMs += ms) };
}

test('a node that was restarted learns the name behind an old id from the cluster', async () => {
  const id = new TenantNames('teamA').topicIds.idOf('users');
  const names = new TenantNames('teamA');
  const { directory } = clusterWith({ teamAusers: 'real-users', teamBusers: 'real-foreign' });
  expect(names.topicIds.nameOf(id)).toBeUndefined();
  await learnTopicIds([id], names, directory);
  expect(names.topicIds.nameOf(id)).toBe('users');
  expect(realIdOf(id, names, directory)).toBe('real-users');
});

test('another tenant\'s id is nobody\'s, however often it is asked, and the cluster is asked once a second at most', async () => {
  const foreign = new TenantNames('teamB').topicIds.idOf('users');
  const names = new TenantNames('teamA');
  const { directory, asked, pass } = clusterWith({ teamAusers: 'real-users', teamBusers: 'real-foreign' });
  for (let attempt = 0; attempt < 50; attempt++) await learnTopicIds([foreign], names, directory);
  await Promise.all(Array.from({ length: 50 }, () => learnTopicIds([foreign], names, directory)));
  expect(asked()).toBe(1);
  expect(realIdOf(foreign, names, directory)).toBeUndefined();
  pass(999);
  await learnTopicIds([foreign], names, directory);
  expect(asked()).toBe(1);
  pass(1);
  await learnTopicIds([foreign], names, directory);
  expect(asked()).toBe(2);
});

test('known ids ask nobody', async () => {
  const names = new TenantNames('teamA');
  const { directory, asked } = clusterWith({});
  await learnTopicIds([names.topicIds.idOf('users')], names, directory);
  expect(asked()).toBe(0);
});

test('a cluster that does not answer leaves what was known', async () => {
  let broken = false;
  const directory = new ClusterTopics({
    metadata: async () => {
      if (broken) throw new Error('down');
      return { clusterId: 'x', controllerId: 1, brokers: [], topics: [{ name: 'teamAusers', topicId: 'r', internal: false, errorCode: ERROR.NONE, partitions: [] }] };
    },
  }, () => performance.now() + (broken ? 5000 : 0));
  await directory.refresh();
  broken = true;
  await directory.refresh();
  expect(directory.nameOf('r')).toBe('teamAusers');
});
