import { describe, expect, test } from 'vitest';
import { regexToPhysical, regexToVirtual } from '../../../src/gateway/rewrite/topic-regex.ts';

describe('a pattern of a tenant stays behind its prefix', () => {
  test.each(['users.*', 'a|b', '(a|b)', '(?i)users', '[)]+', '[]a)]', '[^])]x', '[[:alpha:])]', '\\)', '\\Q(\\E.*', '', 'a\\\\'])('%s', (regex) => {
    const physical = regexToPhysical(regex, 'teamA');
    expect(physical).toBe(`\\QteamA\\E(?:${regex})`);
    expect(regexToVirtual(physical ?? '', 'teamA')).toBe(regex);
  });
});

describe('a pattern that would break out of it is refused', () => {
  test.each(['a)|(?:.*', ')', '(', '(()', 'a\\Q', '\\Q\\', 'x\\', '[a', '[[:alpha:]', 'a\\\\)|(b'])('%s', (regex) => {
    expect(regexToPhysical(regex, 'teamA')).toBeUndefined();
  });
});

test('what is not made by this gateway shows nothing', () => {
  expect(regexToVirtual('\\QteamB\\E(?:secret)', 'teamA')).toBe('');
});
