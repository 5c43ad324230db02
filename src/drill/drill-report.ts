import type { DownResult, UpResult } from '../ports/runtime.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { ScenarioReport } from './drill-event.ts';

/** What a drill leaves as evidence: inputs, versions, timeline, measured times. `-o json` and `--report` write it. */
export interface DrillReport {
  readonly schema: 1;
  readonly startedAt: string;
  readonly gwctl: { readonly version: string };
  readonly environment: { readonly name: string; readonly portOffset: number; readonly runtime: string; readonly kafkaVersions: Readonly<Record<string, string>>; readonly gateways: readonly string[] };
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly outcome: 'passed' | 'failed';
  /** In what state the environment was left, as a sentence. */
  readonly state: string;
  /** null: not brought up, or not taken down, by this drill. */
  readonly up: UpResult | null;
  readonly scenarios: readonly ScenarioReport[];
  readonly down: DownResult | null;
  readonly totalMs: number;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly exitCode: number } | null;
}
