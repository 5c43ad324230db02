import type { z } from 'zod';
import { didYouMean } from '../shared/did-you-mean.ts';
import { type ConfigFile, configSchema } from './config-schema.ts';
import type { ConfigPath } from './config-document.ts';
import { type Finding, renderPath } from './diagnostic.ts';

/** The file, with what was wrong taken out so that the rest can be checked, too; and everything that was wrong. */
export interface CheckedShape {
  readonly file: ConfigFile;
  readonly findings: readonly Finding[];
}

// JSON schema, as far as it is needed to know which keys a section may have.
interface SectionSchema {
  readonly properties?: Readonly<Record<string, SectionSchema>>;
  readonly additionalProperties?: SectionSchema | boolean;
  readonly items?: SectionSchema;
  readonly anyOf?: readonly SectionSchema[];
}

/** Checks every key and value by itself, against the schema. */
export function checkShape(value: unknown): CheckedShape {
  const findings: Finding[] = [];
  let rest: unknown = structuredClone(value);
  // A round takes out what the one before complained of: a section without its wrong keys may lack a required one and go as a whole.
  for (let round = 0; round < 10; round++) {
    const parsed = configSchema.safeParse(rest);
    if (parsed.success) return { file: parsed.data, findings };
    const found = parsed.error.issues.flatMap((issue) => findingsOf(issue, rest));
    if (round === 0) findings.push(...found);
    for (const { path } of found.toReversed()) rest = without(rest, path);
  }
  return { file: {}, findings };
}

function findingsOf(issue: z.core.$ZodIssue, root: unknown): readonly Finding[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({ path: [...path, key], isKey: true, message: `unknown key ${didYouMean(key, known)}` }));
  }
  if (issue.code === 'invalid_key') return [{ path, isKey: true, message: issue.issues[0]?.message ?? issue.message }];
  const seen = valueAt(root, path);
  if (seen === undefined) return [{ path, message: 'missing' }];
  const isSection = issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record');
  return [{ path, message: `${show(path, seen)} ${isSection ? 'is not a section with keys and values' : issue.message}` }];
}

/** Values whose name sounds like a secret are not printed: the file may hold one by mistake. */
function show(path: ConfigPath, value: unknown): string {
  if (/password|secret|token|credential|jaas|keys?$|keys\[/i.test(renderPath(path))) return 'the value (not shown)';
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function keysAt(path: ConfigPath): readonly string[] {
  let section: SectionSchema | undefined = configSchema.toJSONSchema({ io: 'input' }) as SectionSchema;
  for (const key of path) {
    section = section?.properties?.[key] ?? section?.items ?? (typeof section?.additionalProperties === 'object' ? section.additionalProperties : undefined);
    section = section?.anyOf?.find((choice) => choice.properties !== undefined) ?? section;
  }
  return Object.keys(section?.properties ?? {});
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined), root);
}

function without(root: unknown, path: ConfigPath): unknown {
  const last = path.at(-1);
  if (last === undefined) return {};
  const parent = valueAt(root, path.slice(0, -1));
  if (typeof parent !== 'object' || parent === null) return root;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (Object.hasOwn(parent, last)) delete (parent as Record<string | number, unknown>)[last];
  // A key that is required and missing: the section as a whole cannot be used.
  else return without(root, path.slice(0, -1));
  return root;
}
