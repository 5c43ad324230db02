import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src/wire/codec.ts';
import { isArray, isStruct, type FieldSchema, type FieldType, type Message } from '../../src/wire/schema.ts';
import { ALL_SCHEMAS, versionsOf } from '../unit/wire/all-schemas.ts';

// Written by Kafka's own classes: tools/message-vectors/MessageVectors.java.
const vectors = readFileSync(path.join(import.meta.dirname, 'kafka-4.3.1-messages.txt'), 'utf8').trimEnd().split('\n').map((line) => {
  const match = /^(\S+) (\d+) (\S*) (.*)$/.exec(line);
  if (match === null) throw new Error(`not a vector: ${line}`);
  const [, name = '', version, base64 = '', json = ''] = match;
  return { name, version: Number(version), bytes: Buffer.from(base64, 'base64'), json: JSON.parse(json) as unknown };
});
const schemas = new Map(ALL_SCHEMAS.map((schema) => [schema.name, schema]));

function schemaOf(name: string) {
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`no schema ${name}`);
  return schema;
}

describe('messages that Kafka wrote', () => {
  test.each(vectors)('$name v$version has the values that Kafka prints, and encodes to the same bytes', ({ name, version, bytes, json }) => {
    const schema = schemaOf(name);
    const value = decodeMessage(schema, version, bytes);
    expect(printStruct(schema.fields, value, json)).toEqual(json);
    expect(encodeMessage(schema, version, value).toString('hex')).toBe(bytes.toString('hex'));
  });

  test('there is one for every request and response in every version', () => {
    const seen = new Set(vectors.map(({ name, version }) => `${name} v${version}`));
    const expected = ALL_SCHEMAS.filter(({ kind }) => kind === 'request' || kind === 'response').flatMap((schema) => versionsOf(schema).map((version) => `${schema.name} v${version}`));
    expect(expected.filter((one) => !seen.has(one))).toEqual([]);
  });

  test('a value that differs is noticed', () => {
    const vector = vectors.find(({ name, version }) => name === 'FindCoordinatorRequest' && version === 1);
    if (vector === undefined) throw new Error('no vector');
    const value = decodeMessage(schemaOf(vector.name), 1, vector.bytes);
    value['keyType'] = Number(value['keyType']) ^ 1;
    expect(printStruct(schemaOf(vector.name).fields, value, vector.json)).not.toEqual(vector.json);
  });
});

/** The value as Kafka's JSON converters print it: only what the version has, so only what `like` has. */
function printStruct(fields: readonly FieldSchema[], value: Message, like: unknown): unknown {
  const printed: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    const model = (like as Record<string, unknown>)[name];
    if (model !== undefined) printed[name] = printValue(type, value[name], model);
  }
  return printed;
}

function printValue(type: FieldType, value: unknown, like: unknown): unknown {
  if (value === null) return null;
  if (isStruct(type)) return printStruct(type.struct, value as Message, like);
  if (isArray(type)) return (value as unknown[]).map((element, index) => printValue(type.array, element, (like as unknown[])[index] ?? {}));
  if (type === 'int64') return Number(value);
  if (type === 'bytes') return (value as Buffer).toString('base64');
  return type === 'records' ? like : value;
}
