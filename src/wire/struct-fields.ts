import { isArray, isStruct, isWithin, ZERO_UUID, type FieldSchema, type FieldType, type Message } from './schema.ts';

const cache = new WeakMap<readonly FieldSchema[], Map<number, readonly FieldSchema[]>>();

/** The fields that a version has, in the order of the definition. */
export function fieldsAt(fields: readonly FieldSchema[], version: number): readonly FieldSchema[] {
  let byVersion = cache.get(fields);
  if (byVersion === undefined) cache.set(fields, (byVersion = new Map()));
  let present = byVersion.get(version);
  if (present === undefined) byVersion.set(version, (present = fields.filter((field) => isWithin(version, field.versions))));
  return present;
}

/** A fresh value of the field's default: arrays and structs are never shared, because owners are edited in place. */
export function defaultOf(field: FieldSchema): unknown {
  if (field.default !== undefined) return field.default;
  return defaultOfType(field.type);
}

/** A struct in which every field has its default. */
export function defaultStruct(fields: readonly FieldSchema[]): Message {
  const value: Message = {};
  for (const field of fields) value[field.name] = defaultOf(field);
  return value;
}

/** Whether Kafka would leave the tagged field out. */
export function isDefault(field: FieldSchema, value: unknown): boolean {
  if (field.default !== undefined) return value === field.default;
  const { type } = field;
  if (value === null) return type === 'records';
  if (isArray(type)) return (value as unknown[]).length === 0;
  if (isStruct(type)) return isDefaultStruct(type.struct, value as Message);
  if (type === 'bytes') return (value as Buffer).length === 0;
  return value === defaultOfType(type);
}

function isDefaultStruct(fields: readonly FieldSchema[], value: Message): boolean {
  const tags = value['unknownTags'] as unknown[] | undefined;
  return (tags === undefined || tags.length === 0) && fields.every((field) => isDefault(field, value[field.name]));
}

function defaultOfType(type: FieldType): unknown {
  if (isArray(type)) return [];
  if (isStruct(type)) return defaultStruct(type.struct);
  switch (type) {
    case 'bool': return false;
    case 'int64': return 0n;
    case 'string': return '';
    case 'uuid': return ZERO_UUID;
    case 'bytes': return Buffer.alloc(0);
    case 'records': return null;
    default: return 0;
  }
}
