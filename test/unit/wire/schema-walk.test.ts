import { expect, test } from 'vitest';
import { metadataResponse } from '../../../src/wire/generated/metadata.ts';
import { offsetFetchRequest } from '../../../src/wire/generated/offset-fetch.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { forEachField } from '../../support/schema-walk.ts';
import type { Message } from '../../../src/wire/schema.ts';

const response = () => newMessage(metadataResponse, { topics: [{ name: 'a', partitions: [{ replicaNodes: [1, 2] }] }, { name: 'b' }] });

test('fields are visited in wire order, with their paths, and only those of the version', () => {
  const paths: string[] = [];
  forEachField(metadataResponse, 0, response(), (_, __, path) => paths.push(path));
  expect(paths).toEqual([
    'brokers', 'topics', 'topics[0].errorCode', 'topics[0].name', 'topics[0].partitions', 'topics[0].partitions[0].errorCode',
    'topics[0].partitions[0].partitionIndex', 'topics[0].partitions[0].leaderId', 'topics[0].partitions[0].replicaNodes',
    'topics[0].partitions[0].isrNodes', 'topics[1].errorCode', 'topics[1].name', 'topics[1].partitions',
  ]);
});

test('a visitor rewrites by entity type and filters arrays before their elements are visited', () => {
  const value = response();
  const seen: unknown[] = [];
  forEachField(metadataResponse, 12, value, (field, owner, path) => {
    if (path === 'topics') owner['topics'] = (owner['topics'] as Message[]).filter((topic) => topic['name'] !== 'b');
    if (field.entityType !== 'topicName') return;
    seen.push(owner[field.name]);
    owner[field.name] = `team.${String(owner[field.name])}`;
  });
  expect(seen).toEqual(['a']);
  expect(value.topics.map((topic) => topic.name)).toEqual(['team.a']);
});

test('arrays and structs that are null are not walked', () => {
  const value = newMessage(offsetFetchRequest, { groups: [{ groupId: 'g', topics: null }] });
  const paths: string[] = [];
  forEachField(offsetFetchRequest, 8, value, (_, __, path) => paths.push(path));
  expect(paths).toEqual(['groups', 'groups[0].groupId', 'groups[0].topics', 'requireStable']);
});
