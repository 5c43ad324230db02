import { nodesOfPlan, type Plan, type StepKind } from '../plan/plan.ts';
import type { StepEvidence } from '../steps/step.ts';
import type { StepSummary } from './summarise-run.ts';

/** What a run did to one node. */
export interface NodeSummary {
  readonly node: string;
  /** From the order to hold writes to the answer that they pass again: no producer can have waited longer. Undefined: not known. */
  readonly writePauseMs: number | undefined;
  /** It did not answer when it was to follow the commit; it follows by itself. */
  readonly isUnreachable: boolean;
  readonly proof: NodeProof | undefined;
}

/** The record that was written and read through a node. */
export interface NodeProof {
  readonly offset: string;
  readonly writeMs: number;
  readonly readMs: number;
  /** The cluster where it was looked for, and was not. */
  readonly absentOn: string | undefined;
}

/** Positions of consumer groups; the rest of them is as the replicator has translated it. */
export interface GroupsSummary {
  readonly groups: number;
  readonly positions: number;
  readonly exact: number;
}

/** Over which partitions the last record was compared. */
export interface TailSummary {
  readonly topics: number;
  readonly partitions: number;
  /** They were waited for behind the switch, and not compared. */
  readonly isLate: boolean;
}

/** Evidence is read as it stands in the journal, which another version may have written: what does not fit is left out. */
export function nodesOf(plan: Plan, steps: readonly StepSummary[], pause: { readonly fromMs: number; readonly toMs: number } | undefined): readonly NodeSummary[] {
  const resumed = steps.find(({ kind, outcome }) => kind === 'resume-gateways' && outcome === 'done');
  const unreachable = listOf(resumed?.evidence['unreachable']);
  const tookMs = new Map(entriesOf(resumed?.evidence).map((entry) => [entry['node'], numberOf(entry['tookMs'])]));
  const proven = evidenceOf(steps, 'prove-switch');
  const absentOn = proven?.['absentOn'];
  const proofs = new Map(entriesOf(proven).map((entry) => [entry['node'], proofOf(entry, typeof absentOn === 'string' ? absentOn : undefined)]));
  return nodesOfPlan(plan).map((node) => {
    const isUnreachable = unreachable.includes(node);
    const ms = tookMs.get(node);
    const endMs = resumed === undefined ? pause?.toMs : ms === undefined ? undefined : resumed.startedAtMs + ms;
    return { node, isUnreachable, writePauseMs: pause === undefined || endMs === undefined || isUnreachable ? undefined : endMs - pause.fromMs, proof: proofs.get(node) };
  });
}

export function groupsOf(steps: readonly StepSummary[]): GroupsSummary | undefined {
  const { groups, positions, exact } = evidenceOf(steps, 'move-groups') ?? {};
  return typeof groups === 'number' && typeof positions === 'number' && typeof exact === 'number' ? { groups, positions, exact } : undefined;
}

export function tailOf(steps: readonly StepSummary[]): TailSummary | undefined {
  const proven = evidenceOf(steps, 'prove-tail');
  const { topics, partitions } = proven ?? evidenceOf(steps, 'await-tail') ?? {};
  return typeof topics === 'number' && typeof partitions === 'number' ? { topics, partitions, isLate: proven === undefined } : undefined;
}

function evidenceOf(steps: readonly StepSummary[], wanted: StepKind): StepEvidence | undefined {
  return steps.find(({ kind, outcome }) => kind === wanted && outcome === 'done')?.evidence;
}

function entriesOf(evidence: StepEvidence | undefined): readonly Readonly<Record<string, unknown>>[] {
  return listOf(evidence?.['nodes']).filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
}

function proofOf({ offset, writeMs, readMs }: Readonly<Record<string, unknown>>, absentOn: string | undefined): NodeProof | undefined {
  if (offset === undefined || typeof writeMs !== 'number' || typeof readMs !== 'number') return undefined;
  return { offset: String(offset), writeMs, readMs, absentOn };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
