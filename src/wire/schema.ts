/**
 * Kafka messages described as data. The files in `generated/` hold the descriptions; codec.ts turns them into readers and writers.
 * Version ranges are inclusive and lie within the versions that Kafka itself still serves.
 */
export interface MessageSchema<T> {
  readonly name: string;
  /** -1 for headers and data, which have none. */
  readonly apiKey: number;
  readonly kind: 'request' | 'response' | 'header' | 'data';
  readonly validVersions: VersionRange;
  /** First version with compact lengths and tagged fields; Infinity if there is none. */
  readonly flexibleFrom: number;
  readonly fields: readonly FieldSchema[];
  /** Never set: it lets the compiler know the type that a schema describes. */
  readonly valueType?: T;
}

export type VersionRange = readonly [low: number, high: number];

export interface FieldSchema {
  readonly name: string;
  readonly type: FieldType;
  readonly versions: VersionRange;
  readonly nullable?: VersionRange;
  readonly tag?: number;
  readonly tagged?: VersionRange;
  /** Left out when it is the type's own: 0, 0n, '', false, [], a struct of defaults; null for records. */
  readonly default?: number | bigint | string | boolean | null;
  readonly entityType?: EntityType;
  /** False where a flexible message keeps the old encoding (the header's client id). */
  readonly flexible?: false;
}

export type EntityType = 'topicName' | 'groupId' | 'transactionalId' | 'brokerId' | 'producerId';

export type PrimitiveType =
  | 'bool' | 'int8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'float64'
  | 'string' | 'uuid' | 'bytes' | 'records';

export interface StructType {
  readonly name: string;
  readonly struct: readonly FieldSchema[];
}

export interface ArrayType {
  readonly array: PrimitiveType | StructType;
}

export type FieldType = PrimitiveType | StructType | ArrayType;

/** A tagged field that this version of Kafka's definitions does not know; kept as it came. */
export interface UnknownTag {
  readonly tag: number;
  readonly bytes: Buffer;
}

/** A decoded message or struct, for code that works on all of them by schema. */
export type Message = Record<string, unknown>;

export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly request: MessageSchema<Request>;
  readonly response: MessageSchema<Response>;
}

export type ApiDefinition = Api<Message, Message>;

/** The APIs by key, their values untyped. */
export function apiTable(apis: readonly Api<object, object>[]): ReadonlyMap<number, ApiDefinition> {
  return new Map(apis.map((api) => [api.key, api as ApiDefinition]));
}

/** Whether `version` lies in the range; false for no range. */
export function isWithin(version: number, range: VersionRange | undefined): boolean {
  return range !== undefined && version >= range[0] && version <= range[1];
}

export function isStruct(type: FieldType): type is StructType {
  return typeof type === 'object' && 'struct' in type;
}

export function isArray(type: FieldType): type is ArrayType {
  return typeof type === 'object' && 'array' in type;
}

/** 16 zero bytes, as Kafka prints them: "no id". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';
