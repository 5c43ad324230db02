import { isArray, isStruct, type FieldSchema, type FieldType, type Message } from '../../../src/wire/schema.ts';
import { defaultOf, fieldsAt } from '../../../src/wire/struct-fields.ts';
import type { MakeElement } from './field-path.ts';

/** A tagged field that nobody knows: it passes, too. */
const UNKNOWN_TAG = 9000;

/** Makes messages in which every field of the version has a value of its own, every list one element, and every element an unknown tagged field. */
export class MessageFiller {
  readonly #version: number;
  readonly #flexible: boolean;
  #count = 0;

  constructor(version: number, flexible: boolean) {
    this.#version = version;
    this.#flexible = flexible;
  }

  fill(fields: readonly FieldSchema[], hasUnknownTag = true): Message {
    const present = new Set(fieldsAt(fields, this.#version));
    const message: Message = Object.fromEntries(fields.map((field) => [field.name, present.has(field) ? this.#value(field.type) : defaultOf(field)]));
    if (this.#flexible && hasUnknownTag) message['unknownTags'] = [{ tag: UNKNOWN_TAG, bytes: Buffer.from(`tag ${++this.#count}`) }];
    return message;
  }

  readonly make: MakeElement = (type) => this.#value(type, true);

  #value(type: FieldType, isElement = false): unknown {
    if (isArray(type)) return [this.#value(type.array, true)];
    if (isStruct(type)) return this.fill(type.struct, isElement);
    const count = ++this.#count;
    switch (type) {
      case 'bool': return true;
      case 'int8': case 'int16': case 'uint16': return 1 + (count % 100);
      case 'int32': case 'uint32': return 1000 + count;
      case 'int64': return 2n ** 40n + BigInt(count);
      case 'float64': return count + 0.5;
      case 'uuid': return Buffer.alloc(16, count).toString('base64url');
      case 'string': return `value ${count}`;
      case 'bytes': case 'records': return Buffer.from(`bytes ${count}`);
    }
  }
}
