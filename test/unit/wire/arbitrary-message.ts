import fc from 'fast-check';
import { isArray, isStruct, isWithin, type FieldSchema, type FieldType, type Message, type MessageSchema } from '../../../src/wire/schema.ts';
import { defaultOf, fieldsAt } from '../../../src/wire/struct-fields.ts';

/** Any message of the schema in the version; fields that the version lacks have their defaults, as a decoder gives them. */
export function arbitraryMessage(schema: MessageSchema<unknown>, version: number): fc.Arbitrary<Message> {
  return arbitraryStruct(schema.fields, version, version >= schema.flexibleFrom);
}

function arbitraryStruct(fields: readonly FieldSchema[], version: number, flexible: boolean): fc.Arbitrary<Message> {
  const present = new Set(fieldsAt(fields, version));
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fields) parts[field.name] = present.has(field) ? arbitraryField(field, version, flexible) : fc.constant(null).map(() => defaultOf(field));
  const struct = fc.record(parts);
  if (!flexible) return struct;
  const tags = fc.uniqueArray(fc.record({ tag: fc.integer({ min: 100, max: 5000 }), bytes: arbitraryBytes() }), { selector: (tag) => tag.tag, maxLength: 2 });
  return fc.tuple(struct, tags).map(([value, unknownTags]) =>
    unknownTags.length === 0 ? value : { ...value, unknownTags: unknownTags.sort((a, b) => a.tag - b.tag) });
}

function arbitraryField(field: FieldSchema, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const value = fc.oneof({ weight: 4, arbitrary: arbitraryType(field.type, version, flexible) }, { weight: 1, arbitrary: fc.constant(null).map(() => sendableDefault(field, version)) });
  return isWithin(version, field.nullable) ? fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }) : value;
}

/** The default, or an empty value where the default is null and this version cannot say null. */
function sendableDefault(field: FieldSchema, version: number): unknown {
  const value = defaultOf(field);
  if (value !== null || isWithin(version, field.nullable)) return value;
  const { default: _, ...own } = field;
  return field.type === 'records' ? Buffer.alloc(0) : defaultOf(own);
}

function arbitraryType(type: FieldType, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  if (isArray(type)) return fc.array(arbitraryType(type.array, version, flexible), { maxLength: 3 });
  if (isStruct(type)) return arbitraryStruct(type.struct, version, flexible);
  switch (type) {
    case 'bool': return fc.boolean();
    case 'int8': return fc.integer({ min: -128, max: 127 });
    case 'int16': return fc.integer({ min: -0x8000, max: 0x7fff });
    case 'uint16': return fc.integer({ min: 0, max: 0xffff });
    case 'int32': return fc.integer();
    case 'uint32': return fc.integer({ min: 0, max: 0xffffffff });
    case 'int64': return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'float64': return fc.double({ noNaN: true });
    case 'uuid': return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
    case 'string': return fc.string({ unit: 'grapheme', maxLength: 12 });
    case 'bytes': case 'records': return arbitraryBytes();
  }
}

function arbitraryBytes(): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
}
