import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { isArray, isStruct, type FieldSchema } from '../../../src/wire/schema.ts';
import { minBytes } from '../../../src/wire/decode-compiler.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { fieldsAt } from '../../../src/wire/struct-fields.ts';
import { ALL_SCHEMAS, versionsOf } from './all-schemas.ts';
import { arbitraryMessage } from './arbitrary-message.ts';

const cases = ALL_SCHEMAS.flatMap((schema) => versionsOf(schema).map((version) => ({ name: `${schema.name} v${version}`, schema, version })));

describe('every message in every version', () => {
  test('there are as many as Kafka 4.3.1 has', () => {
    expect(ALL_SCHEMAS.length).toBe(146);
    expect(cases.length).toBeGreaterThan(430);
  });

  test.each(cases)('$name: what is encoded is decoded again, and encodes to the same bytes', ({ schema, version }) => {
    fc.assert(
      fc.property(arbitraryMessage(schema, version), (value) => {
        const bytes = encodeMessage(schema, version, value);
        const decoded = decodeMessage(schema, version, bytes);
        expect(decoded).toEqual(value);
        expect(encodeMessage(schema, version, decoded).equals(bytes)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test.each(cases)('$name: every cut of its bytes is refused, and nothing else is thrown', ({ schema, version }) => {
    fc.assert(
      fc.property(arbitraryMessage(schema, version), fc.nat(), (value, at) => {
        const bytes = encodeMessage(schema, version, value);
        if (bytes.length === 0) return;
        expect(() => decodeMessage(schema, version, bytes.subarray(0, at % bytes.length))).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
      }),
      { numRuns: 5 },
    );
  });

  test.each(cases)('$name: random bytes give a message or PROTOCOL', ({ schema, version }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(schema, version, Buffer.from(bytes));
        } catch (reason) {
          expect(reason).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
      { numRuns: 10 },
    );
  });

  test('defaults alone make a message that can be sent, once what may not be null is given', () => {
    for (const { schema, version } of cases) {
      const value = newMessage(schema, {});
      try {
        encodeMessage(schema, version, value);
      } catch (reason) {
        expect(String(reason)).toContain('is null, which this version does not allow');
      }
    }
  });

  test('no array element is empty on the wire, so a count is always bounded by the bytes that are left', () => {
    for (const { name, schema, version } of cases) {
      for (const element of arrayElements(schema.fields, version)) {
        expect(minBytes(element, version, version >= schema.flexibleFrom), name).toBeGreaterThanOrEqual(1);
      }
    }
  });
});

function arrayElements(fields: readonly FieldSchema[], version: number): Parameters<typeof minBytes>[0][] {
  return fieldsAt(fields, version).flatMap(({ type }) => {
    const inner = isArray(type) ? type.array : type;
    const deeper = isStruct(inner) ? arrayElements(inner.struct, version) : [];
    return isArray(type) ? [inner, ...deeper] : deeper;
  });
}
