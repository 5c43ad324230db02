import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type CollectionTag, type ScalarTag, type YAMLSeq } from 'yaml';
import { API_TABLE } from '../../../src/gateway/api-table.ts';
import { writeVersioned } from '../../../src/wire/consumer-protocol.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/wire/generated/consumer-protocol-subscription.ts';
import { APIS } from '../../../src/wire/generated/apis.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import type { ApiDefinition, VersionRange } from '../../../src/wire/schema.ts';
import { REAL_TOPIC_IDS, virtualTopicId } from './table-surroundings.ts';

/** Values by the path of their field: `topics[].name` in each element, `topics[1].name` in the second. */
export type FieldValues = Readonly<Record<string, unknown>>;

/**
 * One row: a message of which everything that `given` does not say is filled with generated values, and what comes out of it. A path that a
 * version lacks is passed over there.
 */
export interface RewriteCase {
  readonly name: string;
  /** Of the client. */
  readonly versions: VersionRange;
  readonly given: FieldValues;
  /** All that changes. */
  readonly expected: FieldValues;
  /** In place of `expected`: the gateway answers by itself. What is not said has its default. */
  readonly answer: FieldValues | undefined;
  /** Fields that could say something of a cluster and pass on purpose. */
  readonly unchanged: readonly string[];
}

/** `test/wire/rewrites/<api>.yaml`. */
export interface RewriteTable {
  readonly api: ApiDefinition;
  readonly request: readonly RewriteCase[];
  readonly response: readonly RewriteCase[];
}

/** As an expected value: the element is taken out of its list. */
export const REMOVED = Symbol('removed');
/** As an expected value: whatever it is. */
export const ANY = Symbol('any');

const scalar = (tag: string, resolve: (text: string) => unknown): ScalarTag => ({ tag, resolve });
const list = (tag: string, resolve: (names: string[]) => unknown): CollectionTag => ({ tag, collection: 'seq', resolve: (seq) => resolve((seq as YAMLSeq).toJSON() as string[]) });

const TAGS = [
  scalar('!removed', () => REMOVED),
  scalar('!any', () => ANY),
  scalar('!virtualId', virtualTopicId),
  scalar('!realId', (topic) => {
    const id = REAL_TOPIC_IDS.get(topic);
    if (id === undefined) throw new Error(`no real topic id of ${topic}`);
    return id;
  }),
  scalar('!bytes', (text) => Buffer.from(text)),
  list('!subscription', (topics) =>
    writeVersioned(consumerProtocolSubscription, {
      version: 1,
      rest: Buffer.from('rest'),
      value: newMessage(consumerProtocolSubscription, { topics, userData: Buffer.from('users'), ownedPartitions: topics.map((topic) => ({ topic, partitions: [1] })) }),
    })),
  list('!assignment', (topics) =>
    writeVersioned(consumerProtocolAssignment, { version: 0, rest: Buffer.alloc(0), value: newMessage(consumerProtocolAssignment, { assignedPartitions: topics.map((topic) => ({ topic, partitions: [0] })) }) })),
];

export function readRewriteTables(folder: string): readonly RewriteTable[] {
  return readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort().map((name) => parseRewriteTable(name, readFileSync(join(folder, name), 'utf8')));
}

/** Throws for whatever is not a table: a misspelt key would be a check that is not made. */
export function parseRewriteTable(file: string, text: string): RewriteTable {
  const { api: apiName, request = [], response = [], ...rest } = parse(text, { customTags: TAGS }) as { api: string; request?: unknown[]; response?: unknown[] };
  const api = [...APIS.values()].find(({ name }) => name === apiName);
  const rule = api === undefined ? undefined : API_TABLE.get(api.key);
  if (api === undefined || rule === undefined) throw new Error(`${file}: ${apiName} is no api of the table`);
  if (file !== `${kebabCase(apiName)}.yaml`) throw new Error(`${file}: is not called ${kebabCase(apiName)}.yaml`);
  refuseKeys(file, rest);
  const casesOf = (rows: unknown[], direction: string): RewriteCase[] => rows.map((row) => readCase(file, direction, row as Record<string, unknown>, [rule.min, rule.max]));
  return { api, request: casesOf(request, 'request'), response: casesOf(response, 'response') };
}

function readCase(file: string, direction: string, row: Record<string, unknown>, all: VersionRange): RewriteCase {
  const { versions = `${all[0]}-${all[1]}`, name = '', given = {}, expected = {}, answer, unchanged = [], ...rest } = row;
  refuseKeys(`${file} ${direction}`, rest);
  const [low = Number.NaN, high = low] = String(versions).split('-').map(Number);
  if (!(low >= all[0] && high <= all[1] && low <= high)) throw new Error(`${file} ${direction}: versions ${String(versions)} (allowed: within ${all[0]}-${all[1]})`);
  return {
    name: `${direction} ${low}-${high}${name === '' ? '' : `, ${String(name)}`}`,
    versions: [low, high],
    given: given as FieldValues,
    expected: expected as FieldValues,
    answer: answer as FieldValues | undefined,
    unchanged: unchanged as readonly string[],
  };
}

function refuseKeys(where: string, rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Error(`${where}: unknown key "${unknown}"`);
}

function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
