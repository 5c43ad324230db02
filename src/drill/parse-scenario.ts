import type { z } from 'zod';
import { ConfigDocument, type ConfigPath } from '../config/config-document.ts';
import { configError, type Diagnostic, type Finding, renderPath } from '../config/diagnostic.ts';
import { didYouMean } from '../shared/did-you-mean.ts';
import type { Topology } from '../topology/topology.ts';
import { checkSteps, type PlacedStep } from './check-steps.ts';
import type { DrillStep, Scenario } from './scenario.ts';
import { scenarioSchema, STEP_KINDS, STEP_SCHEMAS, type DrillStepKind } from './scenario-schema.ts';
import { findingsOfIssue } from './zod-findings.ts';

/**
 * Text of a scenario file -> Scenario, or CONFIG with every diagnostic at once: `text -> document -> values -> each step's shape -> what does
 * not fit the topology or the steps before`.
 */
export function parseScenario(text: string, file: string, topology: Pick<Topology, 'clusters' | 'gateways'>): Scenario {
  const document = new ConfigDocument(text);
  if (document.problems.length > 0) throw configError(file, document.problems.map((problem) => ({ ...problem, path: '' })));
  const value = valueOf(document, file);
  const whole = scenarioSchema.safeParse(value);
  const findings: Finding[] = whole.success ? [] : whole.error.issues.flatMap((issue) => findingsOfIssue(issue, value, scenarioSchema));
  const { steps, findings: inSteps } = readSteps((value as { steps?: unknown } | null)?.steps);
  findings.push(...inSteps, ...checkSteps(steps, topology));
  if (findings.length > 0 || !whole.success) throw configError(file, findings.map((finding) => place(document, finding)));
  return { file, name: whole.data.name, description: whole.data.description ?? '', steps: steps.map(({ step }) => step) };
}

/** Every step by itself; those that are wrong are left out of what is checked further. */
function readSteps(values: unknown): { readonly steps: readonly PlacedStep[]; readonly findings: readonly Finding[] } {
  const steps: PlacedStep[] = [];
  const findings: Finding[] = [];
  for (const [index, value] of (Array.isArray(values) ? values : []).entries()) {
    const path: ConfigPath = ['steps', index];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      findings.push({ path, message: 'is not a step (a section with a name and one of: ' + STEP_KINDS.join(', ') + ')' });
      continue;
    }
    const { name, ...rest } = value as Record<string, unknown>;
    const hasName = typeof name === 'string' && name !== '';
    if (!hasName) findings.push({ path: name === undefined ? path : [...path, 'name'], message: name === undefined ? 'the step has no name' : 'the name is not text' });
    const { found, wrong } = readKind(rest, path);
    findings.push(...wrong);
    if (found !== undefined && hasName) steps.push({ path: [...path, found.kind], step: { name, ...found } as DrillStep });
  }
  return { steps, findings };
}

interface KindRead {
  readonly found?: { readonly kind: DrillStepKind; readonly input: unknown };
  readonly wrong: readonly Finding[];
}

function readKind(rest: Readonly<Record<string, unknown>>, path: ConfigPath): KindRead {
  const keys = Object.keys(rest);
  const unknown = keys.filter((key) => !isStepKind(key));
  if (unknown.length > 0) return { wrong: unknown.map((key) => ({ path: [...path, key], isKey: true, message: `unknown step ${didYouMean(key, STEP_KINDS)}` })) };
  const [kind, ...more] = keys.filter(isStepKind);
  if (kind === undefined) return { wrong: [{ path, message: `the step does nothing: it needs one of ${STEP_KINDS.join(', ')}` }] };
  if (more.length > 0) return { wrong: more.map((key) => ({ path: [...path, key], isKey: true, message: `the step does ${kind} already (allowed: one thing a step)` })) };
  const schema: z.ZodType = STEP_SCHEMAS[kind];
  const value = rest[kind] ?? {};
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { wrong: parsed.error.issues.flatMap((issue) => findingsOfIssue(issue, value, schema, [...path, kind])) };
  return { found: { kind, input: parsed.data }, wrong: [] };
}

function isStepKind(key: string): key is DrillStepKind {
  return Object.hasOwn(STEP_SCHEMAS, key);
}

function valueOf(document: ConfigDocument, file: string): unknown {
  try {
    return document.value;
  } catch (reason) {
    if (reason instanceof ReferenceError) throw configError(file, [{ line: 1, column: 1, path: '', message: 'an alias (*name) has no anchor (&name) before it, or there are too many' }]);
    throw reason;
  }
}

function place(document: ConfigDocument, { path, isKey, message }: Finding): Diagnostic {
  return { ...(isKey === true ? document.locateKey(path) : document.locate(path)), path: renderPath(path), message };
}
