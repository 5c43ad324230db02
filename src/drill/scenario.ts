import type { DrillStepInput, DrillStepKind } from './scenario-schema.ts';

/** A scenario file: what is done, in order, and what must be seen. */
export interface Scenario {
  /** As it was given on the command line. */
  readonly file: string;
  readonly name: string;
  readonly description: string;
  readonly steps: readonly DrillStep[];
}

export type DrillStep<K extends DrillStepKind = DrillStepKind> = { readonly [Kind in K]: { readonly name: string; readonly kind: Kind; readonly input: DrillStepInput<Kind> } }[K];
