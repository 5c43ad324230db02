// The types of second-run.mjs, which runs before anything is built.

/** The part of vitest's JSON report that is read. */
export interface Report {
  readonly testResults: readonly FileReport[];
}

export interface FileReport {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly message: string;
  readonly assertionResults: readonly TestReport[];
}

export interface TestReport {
  readonly status: 'passed' | 'failed' | 'pending' | 'todo';
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}

export function filesToRunAgain(report: Report): readonly string[];
export function withSecondRun(first: Report, second: Report): Report;
export function isTelling(exit: string, report: Report | undefined): report is Report;
export function countTests(report: Report): { readonly passed: number; readonly failed: number; readonly skipped: number };
export function failuresOf(file: FileReport): readonly { readonly name: string; readonly message: string }[];
