import type { ByteReader } from './byte-reader.ts';
import { isArray, isStruct, isWithin, type FieldSchema, type FieldType, type Message, type PrimitiveType, type UnknownTag } from './schema.ts';
import { defaultOf, fieldsAt } from './struct-fields.ts';

export type Read = (reader: ByteReader) => unknown;

interface Step {
  readonly name: string;
  readonly read: Read;
}

/**
 * A reader of one struct in one version: what the version lacks gets its default, unknown tagged fields are kept. Its text is made here, so that V8
 * knows the shape of what it makes: to set fields by their names, one by one, takes three times as long.
 */
export function compileStructReader(fields: readonly FieldSchema[], version: number, flexible: boolean): Read {
  const present = fieldsAt(fields, version);
  const tagged = new Map<number, Step>();
  for (const field of present) {
    if (field.tag !== undefined && isWithin(version, field.tagged)) tagged.set(field.tag, { name: field.name, read: compileFieldReader(field, version, flexible) });
  }
  const positional = present.filter((field) => !isWithin(version, field.tagged));
  const reads = positional.map((field) => compileFieldReader(field, version, flexible));
  const readEach = positional.map((_, index) => `at = ${index}; const v${index} = read${index}(reader);`);
  const properties = fields.map((field, index) => {
    const at = positional.indexOf(field);
    return `${JSON.stringify(field.name)}: ${at < 0 ? `defaultOf(fields[${index}])` : `v${at}`}`;
  });
  const body = `
    const [${reads.map((_, index) => `read${index}`).join(', ')}] = reads;
    return (reader) => {
      let at = 0;
      try {
        ${readEach.join('\n        ')}
        const value = { ${properties.join(', ')} };
        at = ${positional.length};
        ${flexible ? 'readTags(reader, value, tagged);' : ''}
        return value;
      } catch (reason) {
        reader.path.unshift(names[at]);
        throw reason;
      }
    };`;
  const names = [...positional.map(({ name }) => name), 'tagged fields'];
  return new Function('fields', 'names', 'reads', 'tagged', 'defaultOf', 'readTags', body)(fields, names, reads, tagged, defaultOf, readTags) as Read;
}

/** The fewest bytes that a value can have: what array counts are checked against. */
export function minBytes(type: FieldType, version: number, flexible: boolean): number {
  if (isArray(type)) return flexible ? 1 : 4;
  if (isStruct(type)) {
    let sum = flexible ? 1 : 0;
    for (const field of fieldsAt(type.struct, version)) {
      if (isWithin(version, field.tagged)) continue;
      sum += isStruct(field.type) && isWithin(version, field.nullable) ? 1 : minBytes(field.type, version, flexible && field.flexible !== false);
    }
    return sum;
  }
  switch (type) {
    case 'bool': case 'int8': return 1;
    case 'int16': case 'uint16': return 2;
    case 'int32': case 'uint32': return 4;
    case 'int64': case 'float64': return 8;
    case 'uuid': return 16;
    case 'string': return flexible ? 1 : 2;
    case 'bytes': case 'records': return flexible ? 1 : 4;
  }
}

function compileFieldReader(field: FieldSchema, version: number, messageFlexible: boolean): Read {
  const flexible = messageFlexible && field.flexible !== false;
  const nullable = isWithin(version, field.nullable);
  const { type } = field;
  if (isStruct(type)) {
    const readStruct = compileStructReader(type.struct, version, flexible);
    return nullable ? (reader) => (isStructThere(reader) ? readStruct(reader) : null) : readStruct;
  }
  const read = isArray(type) ? compileArrayReader(type.array, version, flexible) : compilePrimitiveReader(type, flexible);
  if (nullable || !isNullPossible(type)) return read;
  return (reader) => {
    const start = reader.position;
    const value = read(reader);
    if (value === null) throw reader.fault(`null at offset ${start}, which this version does not allow`);
    return value;
  };
}

function compileArrayReader(type: PrimitiveType | { readonly struct: readonly FieldSchema[]; readonly name: string }, version: number, flexible: boolean): Read {
  // No element of Kafka's is empty; the floor of 1 keeps that a limit, whatever a later version defines.
  const minElementBytes = Math.max(1, minBytes(type, version, flexible));
  const readElement = isStruct(type) ? compileStructReader(type.struct, version, flexible) : notNull(compilePrimitiveReader(type, flexible));
  return (reader) => {
    const count = reader.readCount(flexible, minElementBytes);
    if (count === null) return null;
    // Numbers take no more memory than they take bytes.
    if (isStruct(type) || type === 'string') reader.claimElements(count);
    const values = new Array<unknown>(count);
    let index = 0;
    try {
      for (; index < count; index++) values[index] = readElement(reader);
    } catch (reason) {
      reader.path.unshift(`[${index}]`);
      throw reason;
    }
    return values;
  };
}

function notNull(read: Read): Read {
  return (reader) => {
    const value = read(reader);
    if (value === null) throw reader.fault(`null before offset ${reader.position}, which arrays do not allow`);
    return value;
  };
}

function compilePrimitiveReader(type: PrimitiveType, flexible: boolean): Read {
  switch (type) {
    case 'bool': return (reader) => reader.readBool();
    case 'int8': return (reader) => reader.readInt8();
    case 'int16': return (reader) => reader.readInt16();
    case 'uint16': return (reader) => reader.readUint16();
    case 'int32': return (reader) => reader.readInt32();
    case 'uint32': return (reader) => reader.readUint32();
    case 'int64': return (reader) => reader.readInt64();
    case 'float64': return (reader) => reader.readFloat64();
    case 'uuid': return (reader) => reader.readUuid();
    case 'string': return (reader) => reader.readString(flexible);
    case 'bytes': case 'records': return (reader) => reader.readBytes(flexible);
  }
}

function isNullPossible(type: FieldType): boolean {
  return isArray(type) || type === 'string' || type === 'bytes' || type === 'records';
}

function isStructThere(reader: ByteReader): boolean {
  const start = reader.position;
  const marker = reader.readInt8();
  if (marker !== 1 && marker !== -1) throw reader.fault(`struct marker ${marker} at offset ${start} (allowed: -1, 1)`);
  return marker === 1;
}

function readTags(reader: ByteReader, value: Message, known: ReadonlyMap<number, Step>): void {
  const start = reader.position;
  const count = reader.readUnsignedVarint();
  if (count * 2 > reader.remaining) throw reader.fault(`${count} tagged fields at offset ${start} (left: ${reader.remaining} bytes)`);
  let unknown: UnknownTag[] | undefined;
  let last = -1;
  for (let index = 0; index < count; index++) {
    const at = reader.position;
    const tag = reader.readUnsignedVarint();
    const byteCount = reader.readUnsignedVarint();
    if (tag <= last) throw reader.fault(`tag ${tag} at offset ${at} after tag ${last} (allowed: ascending)`);
    if (byteCount > reader.remaining) throw reader.fault(`tag ${tag} of ${byteCount} bytes at offset ${at} (left: ${reader.remaining})`);
    last = tag;
    const step = known.get(tag);
    const end = reader.position + byteCount;
    if (step === undefined) {
      reader.claimElements(1);
      unknown ??= [];
      unknown.push({ tag, bytes: reader.readSlice(byteCount) });
      continue;
    }
    value[step.name] = step.read(reader);
    if (reader.position !== end) throw reader.fault(`tag ${tag} at offset ${at} ends at ${reader.position}, its length says ${end}`);
  }
  if (unknown !== undefined) value['unknownTags'] = unknown;
}
