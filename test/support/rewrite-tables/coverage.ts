import { brokerVersionOf, type ApiRule } from '../../../src/gateway/api-table.ts';
import { isArray, isStruct, isWithin, type FieldSchema, type MessageSchema } from '../../../src/wire/schema.ts';
import { fieldsAt } from '../../../src/wire/struct-fields.ts';
import { fieldAt, normalizePath } from './field-path.ts';
import type { RewriteCase, RewriteTable } from './rewrite-table.ts';

const ENTITIES: ReadonlySet<string | undefined> = new Set(['topicName', 'groupId', 'transactionalId', 'brokerId']);
/** Fields that Kafka gives no entity type, and that say something of a tenant or a cluster all the same. */
const TELLING = /^(leaderEpoch|currentLeaderEpoch|lastFetchedEpoch|committedLeaderEpoch|epoch|host|port|clusterId|errorMessage|batchIndexErrorMessage|resourceName|key|coordinatorKeys|subscribedTopicRegex)$/;

/** The paths of those fields that a name, an address, an epoch or an id can stand in. */
export function tellingPaths(schema: MessageSchema<unknown>, version: number): readonly string[] {
  return pathsIn(schema.fields, version, '');
}

/** What the tables do not say, as sentences; none when each api, version and telling field has its row. */
export function missingRows(rules: Iterable<ApiRule>, tables: readonly RewriteTable[], nameOf: (key: number) => string): readonly string[] {
  const missing = new Set<string>();
  for (const { key, min, max } of rules) {
    const table = tables.find(({ api }) => api.key === key);
    if (table === undefined) {
      missing.add(`${nameOf(key)} has no table`);
      continue;
    }
    for (let version = min; version <= max; version++) {
      const rows = table.request.filter(({ versions }) => isWithin(version, versions));
      const isAnswered = rows.length > 0 && rows.every(({ answer }) => answer !== undefined);
      if (rows.length === 0) missing.add(`${nameOf(key)} request ${version} has no row`);
      if (!isAnswered) for (const path of unnamed(table.api.request, version, rows)) missing.add(`${nameOf(key)} request ${version}: ${path}`);
      const answers = table.response.filter(({ versions }) => isWithin(version, versions));
      if (isAnswered) continue;
      if (answers.length === 0) missing.add(`${nameOf(key)} response ${version} has no row`);
      for (const path of unnamed(table.api.response, brokerVersionOf(key, version), answers)) missing.add(`${nameOf(key)} response ${version}: ${path}`);
    }
  }
  return [...missing];
}

/** Paths of rows that no version of theirs has: they check nothing. */
export function uselessPaths({ api, request, response }: RewriteTable): readonly string[] {
  const useless = (rows: readonly RewriteCase[], schema: MessageSchema<unknown>): string[] =>
    rows.flatMap((row) => {
      const says = (path: string, where: MessageSchema<unknown>): boolean => versionsOf(row).some((version) => [version, brokerVersionOf(api.key, version)].some((at) => fieldAt(where.fields, at, path) !== undefined));
      const own = [...Object.keys(row.given), ...Object.keys(row.expected), ...row.unchanged].filter((path) => !says(path, schema));
      return [...own, ...Object.keys(row.answer ?? {}).filter((path) => !says(path, api.response))].map((path) => `${api.name} ${row.name}: ${path}`);
    });
  return [...useless(request, api.request), ...useless(response, api.response)];
}

export function versionsOf({ versions: [low, high] }: RewriteCase): readonly number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

function unnamed(schema: MessageSchema<unknown>, version: number, rows: readonly RewriteCase[]): string[] {
  const named = new Set(rows.flatMap(({ given, expected, unchanged }) => [...Object.keys(given), ...Object.keys(expected), ...unchanged]).map(normalizePath));
  return tellingPaths(schema, version).filter((path) => !named.has(path) && !named.has(path.replace(/\[\]$/, '')));
}

function pathsIn(fields: readonly FieldSchema[], version: number, prefix: string): string[] {
  return fieldsAt(fields, version).flatMap(({ name, type, entityType }) => {
    const path = `${prefix}${name}${isArray(type) ? '[]' : ''}`;
    const inner = isArray(type) ? type.array : type;
    const isTelling = !isStruct(inner) && (ENTITIES.has(entityType) || TELLING.test(name) || inner === 'uuid' || inner === 'bytes');
    return [...(isTelling ? [path] : []), ...(isStruct(inner) ? pathsIn(inner.struct, version, `${path}.`) : [])];
  });
}
