import type { ByteWriter } from './byte-writer.ts';
import { isArray, isStruct, isWithin, type FieldSchema, type FieldType, type Message, type PrimitiveType, type StructType, type UnknownTag } from './schema.ts';
import { fieldsAt, isDefault } from './struct-fields.ts';

export type Write = (writer: ByteWriter, value: unknown) => void;

interface Step {
  readonly field: FieldSchema;
  readonly write: Write;
}

/**
 * A writer of one struct in one version: fields that the version lacks are dropped, tagged ones with their default left out, as Kafka does. As in
 * decode-compiler.ts, its text is made here: each field is then read where V8 expects it.
 */
export function compileStructWriter(fields: readonly FieldSchema[], version: number, flexible: boolean): Write {
  const steps: Step[] = [];
  const tagged: Step[] = [];
  for (const field of fieldsAt(fields, version)) {
    (isWithin(version, field.tagged) ? tagged : steps).push({ field, write: compileFieldWriter(field, version, flexible) });
  }
  const writeEach = steps.map(({ field }, index) => `at = ${index}; write${index}(writer, value[${JSON.stringify(field.name)}]);`);
  const body = `
    const [${steps.map((_, index) => `write${index}`).join(', ')}] = writes;
    return (writer, value) => {
      if (typeof value !== 'object' || value === null) throw writer.fault(String(value) + ' is not a struct');
      let at = 0;
      try {
        ${writeEach.join('\n        ')}
        at = ${steps.length};
        ${flexible ? 'writeTags(writer, value, tagged);' : ''}
      } catch (reason) {
        writer.path.unshift(names[at]);
        throw reason;
      }
    };`;
  const names = [...steps.map(({ field }) => field.name), 'tagged fields'];
  return new Function('names', 'writes', 'tagged', 'writeTags', body)(names, steps.map(({ write }) => write), tagged, writeTags) as Write;
}

function compileFieldWriter(field: FieldSchema, version: number, messageFlexible: boolean): Write {
  const flexible = messageFlexible && field.flexible !== false;
  const write = compileTypeWriter(field.type, version, flexible);
  const writeNull = isWithin(version, field.nullable) ? compileNullWriter(field.type, flexible) : undefined;
  const marked = writeNull !== undefined && isStruct(field.type);
  return (writer, value) => {
    if (value === undefined) throw writer.fault('is missing');
    if (value === null) {
      if (writeNull === undefined) throw writer.fault('is null, which this version does not allow');
      return writeNull(writer);
    }
    if (marked) writer.writeInt8(1);
    write(writer, value);
  };
}

function compileTypeWriter(type: FieldType, version: number, flexible: boolean): Write {
  if (isArray(type)) return compileArrayWriter(type.array, version, flexible);
  if (isStruct(type)) return compileStructWriter(type.struct, version, flexible);
  return compilePrimitiveWriter(type, flexible);
}

function compileArrayWriter(type: PrimitiveType | StructType, version: number, flexible: boolean): Write {
  const writeElement = compileTypeWriter(type, version, flexible);
  return (writer, value) => {
    const values = value as readonly unknown[];
    writer.writeLength(values.length, 32, flexible);
    let index = 0;
    try {
      for (; index < values.length; index++) writeElement(writer, values[index]);
    } catch (reason) {
      writer.path.unshift(`[${index}]`);
      throw reason;
    }
  };
}

function compilePrimitiveWriter(type: PrimitiveType, flexible: boolean): Write {
  switch (type) {
    case 'bool': return (writer, value) => writer.writeBool(value as boolean);
    case 'int8': return (writer, value) => writer.writeInt8(value as number);
    case 'int16': return (writer, value) => writer.writeInt16(value as number);
    case 'uint16': return (writer, value) => writer.writeUint16(value as number);
    case 'int32': return (writer, value) => writer.writeInt32(value as number);
    case 'uint32': return (writer, value) => writer.writeUint32(value as number);
    case 'int64': return (writer, value) => writer.writeInt64(value as bigint);
    case 'float64': return (writer, value) => writer.writeFloat64(value as number);
    case 'uuid': return (writer, value) => writer.writeUuid(value as string);
    case 'string': return (writer, value) => writer.writeString(value as string, flexible);
    case 'bytes': case 'records': return (writer, value) => writer.writeBytes(value as Buffer, flexible);
  }
}

function compileNullWriter(type: FieldType, flexible: boolean): (writer: ByteWriter) => void {
  if (isStruct(type)) return (writer) => writer.writeInt8(-1);
  return (writer) => writer.writeLength(null, type === 'string' ? 16 : 32, flexible);
}

interface Tag {
  readonly tag: number;
  readonly write: () => void;
}

function writeTags(writer: ByteWriter, value: Message, known: readonly Step[]): void {
  const unknown = value['unknownTags'] as readonly UnknownTag[] | undefined;
  if (known.length === 0 && (unknown === undefined || unknown.length === 0)) return writer.writeUnsignedVarint(0);
  const tags: Tag[] = (unknown ?? []).map(({ tag, bytes }) => ({ tag, write: () => writer.writeSlice(bytes) }));
  for (const { field, write } of known) {
    const fieldValue = value[field.name];
    if (fieldValue === undefined) throw writer.fault(`${field.name} is missing`);
    if (!isDefault(field, fieldValue)) tags.push({ tag: field.tag ?? 0, write: () => write(writer, fieldValue) });
  }
  tags.sort((a, b) => a.tag - b.tag);
  writer.writeUnsignedVarint(tags.length);
  for (const { tag, write } of tags) {
    writer.writeUnsignedVarint(tag);
    writer.writeSized(write);
  }
}
