// Which files of a test run are run a second time, and what both runs say together. Whole clusters share one small machine with their tests: where it stands still for
// half a minute, a time limit passes that has nothing to do with the code. The second run is told, and what it cannot excuse is not asked of it.

/** More than this is no accident of the machine. */
const MOST_FILES = 4;
/** A record that was acknowledged and is gone is not excused by a run in which it is not. */
const NEVER_EXCUSED = /\b(lost|torn|skipped):? (?!0\b)\S|records are lost/;

/** The names of the files to run again: those with failures, when they are few, and none tells of a lost record. `report`: of vitest's JSON reporter. */
export function filesToRunAgain(report) {
  const failed = report.testResults.filter(({ status }) => status === 'failed');
  if (failed.length > MOST_FILES || failed.some((file) => failuresOf(file).some(({ message }) => NEVER_EXCUSED.test(message)))) return [];
  return failed.map(({ name }) => name);
}

/** The first report with the files of the second in the place of theirs. */
export function withSecondRun(first, second) {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  return { testResults: first.testResults.map((file) => again.get(file.name) ?? file) };
}

/** Whether a run may speak for its files. One that ended with an error outside of its tests (`exit` is no "exit code 0", and no test failed), or without a report, excuses nothing. */
export function isTelling(exit, report) {
  return report !== undefined && (exit === 'exit code 0' || countTests(report).failed > 0);
}

/** A file that fails before its first test, at an import say, has no failed test in it: it counts as one. */
export function countTests(report) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) total[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
    if (isBroken(file)) total.failed += 1;
  }
  return total;
}

/** What failed in a file: the test's name, and its message without the stack, in one line. */
export function failuresOf(file) {
  if (isBroken(file)) return [{ name: 'outside of its tests', message: withoutStack(file.message) }];
  return file.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName, failureMessages }) => ({ name: fullName, message: withoutStack(failureMessages?.[0]) }));
}

function isBroken({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}

function withoutStack(text) {
  return (text ?? '').split('\n    at ')[0].replaceAll(/\s*\n\s*/g, ' | ').trim();
}
