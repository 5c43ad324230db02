import { isArray, isStruct, type FieldSchema, type FieldType, type Message } from '../../../src/wire/schema.ts';
import { fieldsAt } from '../../../src/wire/struct-fields.ts';
import { REMOVED } from './rewrite-table.ts';

interface Segment {
  readonly name: string;
  /** 'all' for `[]`, undefined for the field as a whole. */
  readonly index: number | 'all' | undefined;
}

/** Makes the elements that a path asks for beyond those that are there. */
export type MakeElement = (type: FieldType) => unknown;

/** The field that a path leads to in that version, or undefined. */
export function fieldAt(fields: readonly FieldSchema[], version: number, path: string): FieldSchema | undefined {
  let within: readonly FieldSchema[] = fields;
  let found: FieldSchema | undefined;
  for (const { name } of segmentsOf(path)) {
    found = fieldsAt(within, version).find((field) => field.name === name);
    if (found === undefined) return undefined;
    const { type } = found;
    const inner = isArray(type) ? type.array : type;
    within = isStruct(inner) ? inner.struct : [];
  }
  return found;
}

/** Puts a value of a table into a message, in place. */
export function setAt(fields: readonly FieldSchema[], message: Message, path: string, value: unknown, make: MakeElement): void {
  set(fields, message, segmentsOf(path), value, make);
}

/** What stands at a path; of `[]` the first. */
export function getAt(message: Message, path: string): unknown {
  let at: unknown = message;
  for (const { name, index } of segmentsOf(path)) {
    at = (at as Message | null | undefined)?.[name];
    if (index !== undefined) at = (at as unknown[] | null | undefined)?.[index === 'all' ? 0 : index];
  }
  return at;
}

/** `topics[1].name` as `topics[].name`. */
export function normalizePath(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

function set(fields: readonly FieldSchema[], owner: Message, [segment, ...rest]: readonly Segment[], value: unknown, make: MakeElement): void {
  const field = fields.find(({ name }) => name === segment?.name);
  if (segment === undefined || field === undefined) throw new Error(`no field ${segment?.name ?? ''}`);
  const { type } = field;
  const element = isArray(type) ? type.array : undefined;
  if (segment.index === undefined) {
    if (rest.length === 0) owner[field.name] = fitted(type, value);
    else if (isStruct(type)) set(type.struct, owner[field.name] as Message, rest, value, make);
    else throw new Error(`${field.name} is no struct`);
    return;
  }
  if (element === undefined) throw new Error(`${field.name} is no list`);
  const elements = (owner[field.name] ??= []) as unknown[];
  while (segment.index !== 'all' && elements.length <= segment.index) elements.push(make(element));
  for (const index of segment.index === 'all' ? elements.keys() : [segment.index]) {
    if (rest.length > 0 && isStruct(element)) set(element.struct, elements[index] as Message, rest, value, make);
    else elements[index] = value === REMOVED ? REMOVED : fitted(element, value);
  }
}

/** A value as YAML has it, in the type of the field. */
function fitted(type: FieldType, value: unknown): unknown {
  if (isArray(type) && Array.isArray(value)) return value.map((element) => fitted(type.array, element));
  return type === 'int64' && typeof value === 'number' ? BigInt(value) : value;
}

function segmentsOf(path: string): readonly Segment[] {
  return path.split('.').map((part) => {
    const match = /^(\w+)(?:\[(\d*)\])?$/.exec(part);
    if (match === null) throw new Error(`"${path}" is no path`);
    const [, name = '', index] = match;
    return { name, index: index === undefined ? undefined : index === '' ? 'all' : Number(index) };
  });
}
