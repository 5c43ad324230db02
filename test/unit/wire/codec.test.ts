import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { apiVersionsResponse } from '../../../src/wire/generated/api-versions.ts';
import { describeGroupsRequest } from '../../../src/wire/generated/describe-groups.ts';
import { describeTopicPartitionsRequest } from '../../../src/wire/generated/describe-topic-partitions.ts';
import { fetchResponse } from '../../../src/wire/generated/fetch.ts';
import { metadataRequest, metadataResponse } from '../../../src/wire/generated/metadata.ts';
import { offsetCommitRequest } from '../../../src/wire/generated/offset-commit.ts';
import { newMessage } from '../../../src/wire/new-message.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('decodeMessage', () => {
  test('gives what a version lacks its default', () => {
    expect(decodeMessage(metadataRequest, 1, hex('ffffffff'))).toEqual({
      topics: null, allowAutoTopicCreation: true, includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false,
    });
  });

  test('makes new arrays for each message', () => {
    const first = decodeMessage(apiVersionsResponse, 3, hex('0000 01 00000000 00'));
    first.supportedFeatures.push({ name: 'x', minVersion: 0, maxVersion: 0 });
    expect(decodeMessage(apiVersionsResponse, 3, hex('0000 01 00000000 00')).supportedFeatures).toEqual([]);
  });

  test.each([
    { name: 'bytes after the end', version: 1, bytes: 'ffffffff 00', message: 'MetadataRequest v1: 1 bytes left over at offset 4' },
    { name: 'null where the version has none', version: 0, bytes: 'ffffffff', message: 'MetadataRequest v0 topics: null at offset 0, which this version does not allow' },
    { name: 'more topics than bytes', version: 1, bytes: '7fffffff 0000', message: 'MetadataRequest v1 topics: array of 2147483647 elements at offset 0 needs 4294967294 bytes or more (left: 2)' },
    { name: 'a fault deep inside', version: 1, bytes: '00000002 0001 61 8000', message: 'MetadataRequest v1 topics[1].name: length -32768 at offset 7' },
    { name: 'more tags than bytes', version: 9, bytes: '01 00 00 00 7f', message: 'MetadataRequest v9 tagged fields: 127 tagged fields at offset 4 (left: 0 bytes)' },
    { name: 'a tag longer than what is left', version: 9, bytes: '01 00 00 00 01 05 09', message: 'tag 5 of 9 bytes at offset 5 (left: 0)' },
    { name: 'tags out of order', version: 9, bytes: '01 00 00 00 02 05 00 05 00', message: 'tag 5 at offset 7 after tag 5 (allowed: ascending)' },
    { name: 'a version of the future', version: 14, bytes: '', message: 'MetadataRequest: version 14 (allowed: 0 to 13)' },
    { name: 'a version that is no number', version: NaN, bytes: '', message: 'MetadataRequest: version NaN (allowed: 0 to 13)' },
  ])('refuses $name', ({ version, bytes, message }) => {
    expect(() => decodeMessage(metadataRequest, version, hex(bytes))).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(message) }));
  });

  test('counts what takes many times its bytes: elements of lists at any depth, and tagged fields that nobody knows', () => {
    const commit = encodeMessage(offsetCommitRequest, 9, newMessage(offsetCommitRequest, { topics: [{ name: 'a', partitions: [{}, {}] }, { name: 'b' }] }));
    expect(decodeMessage(offsetCommitRequest, 9, commit, 0, 4).topics).toHaveLength(2);
    expect(() => decodeMessage(offsetCommitRequest, 9, commit, 0, 3)).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringMatching(/topics\[0\]\.partitions: 4 elements or more at offset \d+ \(allowed: 3 in a message\)/) }));
    const names = encodeMessage(describeGroupsRequest, 5, newMessage(describeGroupsRequest, { groups: ['a', 'b'] }));
    expect(decodeMessage(describeGroupsRequest, 5, names, 0, 2).groups).toHaveLength(2);
    expect(() => decodeMessage(describeGroupsRequest, 5, names, 0, 1)).toThrow(/2 elements or more/);
    const tags = hex('01 00 00 00 02 05 00 06 00');
    decodeMessage(metadataRequest, 9, tags, 0, 2);
    expect(() => decodeMessage(metadataRequest, 9, tags, 0, 1)).toThrow(/2 elements or more/);
  });

  test('refuses a known tag whose length is not that of its value', () => {
    expect(() => decodeMessage(apiVersionsResponse, 3, hex('0000 01 00000000 01 01 09 000000000000000100'))).toThrow('tag 1 at offset 8 ends at 18, its length says 19');
  });

  test('refuses a struct marker that is neither there nor not', () => {
    expect(() => decodeMessage(describeTopicPartitionsRequest, 0, hex('01 00000001 02'))).toThrow('DescribeTopicPartitionsRequest v0 cursor: struct marker 2 at offset 5 (allowed: -1, 1)');
  });
});

describe('encodeMessage', () => {
  test('leaves out tagged fields with their default, as Kafka does, and writes others', () => {
    const value = newMessage(apiVersionsResponse, {});
    expect(encodeMessage(apiVersionsResponse, 3, value).toString('hex')).toBe('0000' + '01' + '00000000' + '00');
    value.finalizedFeaturesEpoch = 7n;
    expect(encodeMessage(apiVersionsResponse, 3, value).toString('hex')).toBe('0000' + '01' + '00000000' + '01' + '01' + '08' + '0000000000000007');
  });

  test('writes unknown tags in order among the known ones', () => {
    const value = newMessage(apiVersionsResponse, { finalizedFeaturesEpoch: 7n, unknownTags: [{ tag: 9, bytes: hex('aa') }] });
    value.unknownTags?.unshift({ tag: 0, bytes: hex('bb') });
    expect(encodeMessage(apiVersionsResponse, 3, value).toString('hex')).toBe('0000' + '01' + '00000000' + '03' + '0001bb' + '0108' + '0000000000000007' + '0901aa');
  });

  test('drops what the version lacks', () => {
    const value = newMessage(metadataResponse, { clusterId: 'c', topics: [{ name: 't', partitions: [{ leaderEpoch: 5 }] }] });
    const decoded = decodeMessage(metadataResponse, 0, encodeMessage(metadataResponse, 0, value));
    expect([decoded.clusterId, decoded.topics[0]?.partitions[0]?.leaderEpoch]).toEqual([null, -1]);
  });

  test.each([
    { name: 'null where the version has none', run: () => encodeMessage(metadataRequest, 0, newMessage(metadataRequest, { topics: null })), message: 'MetadataRequest v0 topics: is null, which this version does not allow' },
    { name: 'a string of 32768 bytes', run: () => encodeMessage(metadataRequest, 1, newMessage(metadataRequest, { topics: [{ name: 'x'.repeat(32768) }] })), message: 'MetadataRequest v1 topics[0].name: string of 32768 bytes (allowed: 32767)' },
    { name: 'a number that does not fit', run: () => encodeMessage(fetchResponse, 4, newMessage(fetchResponse, { throttleTimeMs: 2 ** 31 })), message: 'FetchResponse v4 throttleTimeMs: The value of "value" is out of range' },
  ])('refuses $name', ({ run, message }) => {
    expect(run).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(message) }));
  });

  test('a message that failed leaves nothing behind in the next one', () => {
    expect(() => encodeMessage(metadataRequest, 0, newMessage(metadataRequest, { topics: null }))).toThrow();
    expect(encodeMessage(metadataRequest, 1, newMessage(metadataRequest, { topics: null })).toString('hex')).toBe('ffffffff');
  });
});

describe('newMessage', () => {
  test('fills in defaults at every depth', () => {
    const value = newMessage(metadataResponse, { topics: [{ name: 't' }] });
    expect(value).toMatchObject({ controllerId: -1, clusterId: null, topics: [{ name: 't', topicAuthorizedOperations: -2147483648, partitions: [] }] });
  });

  test('refuses a field that the message does not have', () => {
    const draft = { topics: [{ nme: 't' }] } as unknown as { topics: [] };
    expect(() => newMessage(metadataRequest, draft)).toThrow('MetadataRequest.topics[] has no field nme');
  });
});
