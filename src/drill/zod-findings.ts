import type { z } from 'zod';
import type { ConfigPath } from '../config/config-document.ts';
import type { Finding } from '../config/diagnostic.ts';
import { didYouMean } from '../shared/did-you-mean.ts';

interface SectionSchema {
  readonly properties?: Readonly<Record<string, SectionSchema>>;
}

/** What zod says of a value, as findings that start with the value seen; `at` is where the value stands in the file. */
export function findingsOfIssue(issue: z.core.$ZodIssue, root: unknown, schema: z.ZodType, at: ConfigPath = []): readonly Finding[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...at, ...path, key], isKey: true, message: `unknown key ${didYouMean(key, keysAt(schema, path))}` }));
  }
  const seen = path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined), root);
  if (seen === undefined) return [{ path: [...at, ...path], message: 'missing' }];
  const isSection = issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record');
  return [{ path: [...at, ...path], message: `${show(seen)} ${isSection ? 'is not a section with keys and values' : issue.message}` }];
}

function keysAt(schema: z.ZodType, path: ConfigPath): readonly string[] {
  let section = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as SectionSchema | undefined;
  for (const key of path) section = section?.properties?.[key];
  return Object.keys(section?.properties ?? {});
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
