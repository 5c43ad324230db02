import { isDeepStrictEqual } from 'node:util';
import { counted } from '../shared/counted.ts';
import type { Judgement } from './expectation.ts';
import type { DrillStepInput, ScenarioRecord } from './scenario-schema.ts';

export type RecordsExpected = DrillStepInput<'consume'>['expect'];

const SHOWN_CHARACTERS = 160;

/** Whether the values of a topic, read to its end, are what a scenario expects. */
export function judgeRecords(expect: RecordsExpected, values: readonly string[]): Judgement<readonly string[]> {
  const { records, contains, absent, count } = expect;
  // First what no waiting can cure.
  const present = absent?.filter((record) => values.some((value) => includesRecord(value, record))) ?? [];
  if (present.length > 0) return { ok: false, expected: `no ${present.map(showRecord).join(', ')}`, seen: summary(values), isFinal: true };
  const wanted = records?.length ?? count;
  if (wanted !== undefined && values.length > wanted) return { ok: false, expected: records === undefined ? recordCount(wanted) : summary(records.map(renderRecord)), seen: summary(values), isFinal: true };
  if (wanted !== undefined && values.length < wanted) return { ok: false, expected: records === undefined ? recordCount(wanted) : summary(records.map(renderRecord)), seen: summary(values) };
  const wrong = records?.findIndex((record, index) => !isRecord(values[index] ?? '', record)) ?? -1;
  if (records !== undefined && wrong >= 0) return { ok: false, expected: summary(records.map(renderRecord)), seen: summary(values), isFinal: true };
  const missing = contains?.filter((record) => !values.some((value) => includesRecord(value, record))) ?? [];
  if (missing.length > 0) return { ok: false, expected: missing.map(showRecord).join(', '), seen: summary(values) };
  return { ok: true, value: values };
}

/** The text that is produced for a record of a scenario. */
export function renderRecord(record: ScenarioRecord): string {
  return typeof record === 'string' ? record : JSON.stringify(record);
}

/** One line for a person; long ones are cut. */
export function showValue(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}… (${value.length} characters)`;
}

export function recordCount(count: number): string {
  return counted(count, 'record');
}

function showRecord(record: ScenarioRecord): string {
  return showValue(renderRecord(record));
}

function isRecord(value: string, record: ScenarioRecord): boolean {
  return typeof record === 'string' ? value === record : isDeepStrictEqual(parseJson(value), record);
}

/** A section asks only for the keys that it has: `{name: thibaut}` finds the whole record. */
function includesRecord(value: string, record: ScenarioRecord): boolean {
  if (typeof record === 'string') return value === record;
  const seen = parseJson(value);
  if (typeof seen !== 'object' || seen === null) return false;
  return Object.entries(record).every(([key, part]) => isDeepStrictEqual((seen as Record<string, unknown>)[key], part));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function summary(values: readonly string[]): string {
  return values.length === 0 ? 'no record' : `${recordCount(values.length)}: ${values.map(showValue).join(' · ')}`;
}
