import { describe, expect, test } from 'vitest';
import { countTests, failuresOf, type FileReport, filesToRunAgain, isTelling, type TestReport, withSecondRun } from '../../../tools/second-run.mjs';

const passed: TestReport = { status: 'passed', fullName: 'works', failureMessages: [] };
const skipped: TestReport = { status: 'pending', fullName: 'later', failureMessages: [] };
const failed = (message: string): TestReport => ({ status: 'failed', fullName: 'breaks', failureMessages: [`${message}\n    at a.ts:1`] });
const file = (name: string, ...outcomes: readonly TestReport[]): FileReport => ({ name, status: outcomes.some(({ status }) => status === 'failed') ? 'failed' : 'passed', message: '', assertionResults: outcomes });
const broken = (name: string): FileReport => ({ name, status: 'failed', message: 'no environment\nmore', assertionResults: [skipped] });

describe('which files are run again', () => {
  test('those with failures, in a test or outside of them', () => {
    expect(filesToRunAgain({ testResults: [file('a', passed), file('b', passed, failed('expected 3 to be 0')), broken('c')] })).toEqual(['b', 'c']);
  });

  test('none, when there are too many', () => {
    expect(filesToRunAgain({ testResults: ['a', 'b', 'c', 'd', 'e'].map((name) => file(name, failed('no'))) })).toEqual([]);
  });

  test.each([
    "Error: chatter: expected 'lost: 3 (kafkajs/p1/4)' to be ''",
    'Error: error: step 5: expected lost 0, saw lost 2, duplicated 0',
    "AssertionError: expected 'torn: 17' to be ''",
    "Error: expected 'skipped: 1 (a/p1/4)' to be ''",
    'Error: 3 records are lost, announced were none',
    "AssertionError: the client said\nthis: expected 'lost: a/p1/3' to be ''",
  ])('none, when a failure tells of a lost record: %s', (message) => {
    expect(filesToRunAgain({ testResults: [file('a', failed('time limit')), file('b', failed(message))] })).toEqual([]);
  });

  test('it may say that nothing is lost', () => {
    expect(filesToRunAgain({ testResults: [file('a', failed('expected lost 0, duplicated 0, skipped 0, saw duplicated: 58'))] })).toEqual(['a']);
  });
});

describe('what both runs say together', () => {
  const first = { testResults: [file('a', passed), file('b', passed, failed('no')), broken('c')] };

  test('the second run of a file counts', () => {
    expect(countTests(first)).toEqual({ passed: 2, failed: 2, skipped: 1 });
    expect(countTests(withSecondRun(first, { testResults: [file('b', passed, passed), file('c', passed)] }))).toEqual({ passed: 4, failed: 0, skipped: 0 });
  });

  test('also where it is worse; a file without one keeps its first', () => {
    expect(countTests(withSecondRun(first, { testResults: [file('b', failed('no'), failed('no'))] }))).toEqual({ passed: 1, failed: 3, skipped: 1 });
  });
});

test.each([
  { exit: 'exit code 0', report: { testResults: [file('a', passed)] }, telling: true },
  { exit: 'exit code 1', report: { testResults: [file('a', failed('no'))] }, telling: true },
  { exit: 'exit code 1', report: { testResults: [file('a', passed)] }, telling: false },
  { exit: 'SIGKILL', report: { testResults: [file('a', passed)] }, telling: false },
  { exit: 'exit code 1', report: undefined, telling: false },
])('a run that ended with $exit may speak for its files: $telling', ({ exit, report, telling }) => {
  expect(isTelling(exit, report)).toBe(telling);
});

test('a failure is told in one line, without the stack', () => {
  expect(failuresOf(file('b', passed, failed('what the command said\n  hint: wait\n: expected 3 to be 0')))).toEqual([{ name: 'breaks', message: 'what the command said | hint: wait | : expected 3 to be 0' }]);
  expect(failuresOf(broken('c'))).toEqual([{ name: 'outside of its tests', message: 'no environment | more' }]);
});
