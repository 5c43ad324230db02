import { brokerVersionOf } from '../../../src/gateway/api-table.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { isArray, isStruct, type ApiDefinition, type FieldSchema, type FieldType, type Message, type MessageSchema } from '../../../src/wire/schema.ts';
import { defaultOf, defaultStruct, fieldsAt } from '../../../src/wire/struct-fields.ts';
import { fieldAt, getAt, setAt, type MakeElement } from './field-path.ts';
import { MessageFiller } from './fill-message.ts';
import type { GatewaySide } from './gateway-exchange.ts';
import { ANY, REMOVED, type FieldValues, type RewriteCase } from './rewrite-table.ts';

export type DirectionName = 'request' | 'response';

/** What came out and what should have, to be compared as a whole: whatever the row does not name is in both. */
export interface CaseOutcome {
  readonly seen: Message;
  readonly expected: Message;
}

/** Sends the message of one row, in one version, through that side. */
export async function runCase(api: ApiDefinition, direction: DirectionName, row: RewriteCase, version: number, side: GatewaySide): Promise<CaseOutcome> {
  const brokerVersion = brokerVersionOf(api.key, version);
  const schema = api[direction];
  const [from, to] = direction === 'request' ? [version, brokerVersion] : [brokerVersion, version];
  const filler = new MessageFiller(from, from >= schema.flexibleFrom);
  const given = filler.fill(schema.fields);
  putAll(schema.fields, from, given, row.given, filler.make);

  if (direction === 'response') return compared(schema, to, await side.response(api, version, structuredCopy(given)), inVersion(schema, from, to, given), row.expected);
  const sent = await side.request(api, version, structuredCopy(given));
  if (row.answer !== undefined) {
    if (sent.kind !== 'answer') throw new Error('the request went on to the broker');
    return compared(api.response, version, sent.answered, newMessage(api.response, {}), row.answer);
  }
  if (sent.kind !== 'forward') throw new Error('the gateway answered by itself');
  return compared(schema, to, sent.asked, inVersion(schema, from, to, given), row.expected);
}

function compared(schema: MessageSchema<Message>, version: number, seen: Message, expected: Message, values: FieldValues): CaseOutcome {
  const known = Object.entries(values).map(([path, value]): [string, unknown] => [path, value === ANY ? getAt(seen, path) : value]);
  putAll(schema.fields, version, expected, Object.fromEntries(known), defaultElement);
  return { seen: withoutPadding(seen), expected: withoutRemoved(expected) as Message };
}

function putAll(fields: readonly FieldSchema[], version: number, message: Message, values: FieldValues, make: MakeElement): void {
  for (const [path, value] of Object.entries(values)) if (fieldAt(fields, version, path) !== undefined) setAt(fields, message, path, value, make);
}

/** The message of version `from` as version `to` would say it: what only one of them has is at its default. */
function inVersion(schema: MessageSchema<Message>, from: number, to: number, message: Message): Message {
  return project(schema.fields, from, to, message);
}

function project(fields: readonly FieldSchema[], from: number, to: number, message: Message): Message {
  const kept = new Set(fieldsAt(fields, from).filter((field) => fieldsAt(fields, to).includes(field)));
  const projected: Message = Object.fromEntries(fields.map((field) => [field.name, kept.has(field) ? projectValue(field.type, from, to, message[field.name]) : defaultOf(field)]));
  return message['unknownTags'] === undefined ? projected : { ...projected, unknownTags: message['unknownTags'] };
}

function projectValue(type: FieldType, from: number, to: number, value: unknown): unknown {
  if (value === null) return null;
  if (isArray(type)) return (value as unknown[]).map((element) => projectValue(type.array, from, to, element));
  return isStruct(type) ? project(type.struct, from, to, value as Message) : value;
}

function defaultElement(type: FieldType): unknown {
  if (isStruct(type)) return defaultStruct(type.struct);
  return defaultOf({ name: '', type, versions: [0, 0] });
}

/** What a frame lacks whose size was sent first (splice/padding.ts). */
function withoutPadding(message: Message): Message {
  const tags = (message['unknownTags'] as { tag: number }[] | undefined)?.filter(({ tag }) => tag !== 120 && tag !== 12_000);
  return tags === undefined ? message : { ...message, unknownTags: tags };
}

function withoutRemoved(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((element) => element !== REMOVED).map(withoutRemoved);
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutRemoved(inner)]));
}

/** Buffers stay buffers. */
function structuredCopy(message: Message): Message {
  return copy(message) as Message;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}
