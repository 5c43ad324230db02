import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { counted, countedParts } from '../../../src/shared/counted.ts';

const SRC = new URL('../../../src/', import.meta.url).pathname;
const NOUNS = 'brokers|checks|clusters|connections|consumers|containers|groups|members|nodes|partitions|positions|processes|producers|records|runs|steps|topics|writes';
/** A number in a template, and behind it a word that is wrong when the number is 1. `NUMBER of` is followed by a number of its own. */
const UNCOUNTED = new RegExp(`\\$\\{[^{}]*(?:length|size|ecords|ount|umber|rites|ehind|[a-z]s)\\} (?:${NOUNS})\\b(?! of)`, 'g');

const uncountedIn = (text: string): readonly string[] => [...text.matchAll(UNCOUNTED)].map(([found]) => found);

test.each([
  { number: 1, words: ['record'], says: '1 record' },
  { number: 0, words: ['record'], says: '0 records' },
  { number: 2n, words: ['record'], says: '2 records' },
  { number: 1n, words: ['process', 'processes'], says: '1 process' },
  { number: 3, words: ['process', 'processes'], says: '3 processes' },
] as const)('$says', ({ number, words: [one, several], says }) => expect(counted(number, one, several)).toBe(says));

test('containers are not processes', () => expect([countedParts(1, 'docker'), countedParts(2, 'local')]).toEqual(['1 container', '2 processes']));

test('no text of gwctl counts without it', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.startsWith('wire/'));
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((path) => uncountedIn(readFileSync(join(SRC, path), 'utf8')).map((found) => `${path}: ${found}`))).toEqual([]);
});

test.each(['{partitions.length} partitions', '{records} records are', '{seen.topics.size} topics'])('control: %s is found', (text) => expect(uncountedIn(`\`$${text}\``)).toHaveLength(1));
