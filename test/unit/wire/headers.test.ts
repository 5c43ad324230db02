import { describe, expect, test } from 'vitest';
import { encodeRequestFrame, encodeResponseFrame, isFlexible, readRequestHeader, readResponseHeader } from '../../../src/wire/headers.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const BODY = hex('beef');

describe('request frames', () => {
  test.each([
    { name: 'header 1 before flexible versions', apiKey: 3, apiVersion: 8, clientId: 'ab', frame: '0000000e 0003 0008 00000007 0002 6162 beef' },
    { name: 'header 2 from flexible versions on', apiKey: 3, apiVersion: 9, clientId: 'ab', frame: '0000000f 0003 0009 00000007 0002 6162 00 beef' },
    { name: 'header 2 for ApiVersions of the future', apiKey: 18, apiVersion: 99, clientId: 'ab', frame: '0000000f 0012 0063 00000007 0002 6162 00 beef' },
    { name: 'header 1 for an unknown api', apiKey: 999, apiVersion: 9, clientId: 'ab', frame: '0000000e 03e7 0009 00000007 0002 6162 beef' },
    { name: 'no client id', apiKey: 3, apiVersion: 8, clientId: null, frame: '0000000c 0003 0008 00000007 ffff beef' },
    { name: 'an empty client id', apiKey: 3, apiVersion: 8, clientId: '', frame: '0000000c 0003 0008 00000007 0000 beef' },
  ])('$name', ({ apiKey, apiVersion, clientId, frame }) => {
    const bytes = encodeRequestFrame(apiKey, apiVersion, 7, clientId, BODY);
    expect(bytes.toString('hex')).toBe(hex(frame).toString('hex'));
    const withoutSize = bytes.subarray(4);
    expect(readRequestHeader(withoutSize)).toEqual({ apiKey, apiVersion, correlationId: 7, clientId, bodyStart: withoutSize.length - BODY.length });
  });

  test('tags that nobody knows are skipped', () => {
    expect(readRequestHeader(hex('0003 0009 00000007 ffff 02 0501aa 0600 beef')).bodyStart).toBe(16);
  });

  test('every cut inside the header is refused', () => {
    const frame = hex('0003 0009 00000007 0002 6162 01 0501aa');
    for (let end = 0; end < frame.length; end++) {
      expect(() => readRequestHeader(frame.subarray(0, end)), `cut at ${end}`).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining('request header: ') }));
    }
    expect(readRequestHeader(frame).bodyStart).toBe(frame.length);
  });
});

describe('response frames', () => {
  test.each([
    { name: 'header 0 before flexible versions', apiKey: 3, apiVersion: 8, frame: '00000006 00000007 beef' },
    { name: 'header 1 from flexible versions on', apiKey: 3, apiVersion: 9, frame: '00000007 00000007 00 beef' },
    { name: 'header 0 for ApiVersions, always', apiKey: 18, apiVersion: 4, frame: '00000006 00000007 beef' },
    { name: 'header 0 for an unknown api', apiKey: 999, apiVersion: 4, frame: '00000006 00000007 beef' },
  ])('$name', ({ apiKey, apiVersion, frame }) => {
    const bytes = encodeResponseFrame(apiKey, apiVersion, 7, BODY);
    expect(bytes.toString('hex')).toBe(hex(frame).toString('hex'));
    expect(readResponseHeader(apiKey, apiVersion, bytes.subarray(4))).toEqual({ correlationId: 7, bodyStart: bytes.length - 6 });
  });

  test('a frame that is too short is refused', () => {
    expect(() => readResponseHeader(3, 9, hex('00000007'))).toThrow('response header: 1 bytes needed at offset 4 (left: 0)');
  });
});

test('isFlexible knows each api by its first flexible version', () => {
  expect([isFlexible(3, 8), isFlexible(3, 9), isFlexible(17, 1), isFlexible(999, 9)]).toEqual([false, true, false, false]);
});
