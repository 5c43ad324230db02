import { GwctlError } from '../shared/errors.ts';
import { isArray, isStruct, type FieldSchema, type FieldType, type Message, type MessageSchema } from './schema.ts';
import { defaultOf } from './struct-fields.ts';

/** A message of which only some fields are given, at any depth. */
export type Draft<T> = T extends Buffer | bigint | string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Draft<Element>[]
    : { readonly [Key in keyof T]?: Draft<T[Key]> };

/** A full message from the fields that matter; the rest has the schema's defaults. A field that does not exist is an error. */
export function newMessage<T>(schema: MessageSchema<T>, draft: Draft<T>): T {
  return fillStruct(schema.name, schema.fields, draft as Message) as T;
}

function fillStruct(owner: string, fields: readonly FieldSchema[], draft: Message): Message {
  const value: Message = {};
  for (const field of fields) {
    const given = draft[field.name];
    value[field.name] = given === undefined ? defaultOf(field) : fill(`${owner}.${field.name}`, field.type, given);
  }
  for (const name of Object.keys(draft)) {
    if (name === 'unknownTags') value[name] = draft[name];
    else if (!(name in value)) throw new GwctlError('INTERNAL', `${owner} has no field ${name}`);
  }
  return value;
}

function fill(owner: string, type: FieldType, given: unknown): unknown {
  if (given === null) return null;
  if (isStruct(type)) return fillStruct(owner, type.struct, given as Message);
  if (isArray(type)) return (given as readonly unknown[]).map((element) => fill(`${owner}[]`, type.array, element));
  return given;
}
