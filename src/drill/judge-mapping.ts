/** What a scenario says of one topic of a virtual cluster. */
export interface MappingExpected {
  readonly topic: string;
  readonly physical: string;
  readonly partitions?: number | undefined;
  readonly replicationFactor?: number | undefined;
  /** The clusters that a mapping may name as the one on which the topic was created. */
  readonly clusters: readonly string[];
}

type Rule = (value: unknown) => string | undefined;

/**
 * What is wrong with the entry of a topic in a `_topicMappings` record, a line each; none when it has the seed's whole shape: every key, no
 * other, every type, and the physical name in each of the three places.
 */
export function findMappingProblems(record: unknown, expected: MappingExpected): readonly string[] {
  if (!isSection(record)) return ['the record is not a JSON object'];
  const entry = record[expected.topic];
  if (entry === undefined) return [`${expected.topic}: missing (there are ${Object.keys(record).join(', ') || 'no topics'})`];
  return check(`${expected.topic}`, entry, {
    clusterId: (value) => (expected.clusters.includes(String(value)) ? undefined : `is ${show(value)} (allowed: ${expected.clusters.join(', ')})`),
    name: equal(expected.physical),
    isConcentrated: equal(false),
    compactedName: equal(expected.physical),
    isCompacted: equal(false),
    compactedAndDeletedName: equal(expected.physical),
    isCompactedAndDeleted: equal(false),
    createdAt: (value) => (isDateParts(value) ? undefined : `is ${show(value)} (allowed: year, month, day, hour, minute, second, millisecond)`),
    isDeleted: equal(false),
    configuration: (value) =>
      check('', value, {
        numPartitions: count(expected.partitions),
        replicationFactor: count(expected.replicationFactor),
        properties: (properties) => (isSection(properties) ? undefined : `is ${show(properties)} (allowed: an object)`),
      }).join('; ') || undefined,
    isVirtual: equal(false),
  });
}

function check(path: string, value: unknown, rules: Readonly<Record<string, Rule>>): readonly string[] {
  if (!isSection(value)) return [`${path === '' ? '' : `${path}: `}is ${show(value)} (allowed: an object)`];
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const problems = Object.entries(rules).flatMap(([key, rule]) => {
    if (!Object.hasOwn(value, key)) return [`${at(key)}: missing`];
    const problem = rule(value[key]);
    return problem === undefined ? [] : [`${at(key)}: ${problem}`];
  });
  return [...problems, ...Object.keys(value).filter((key) => !Object.hasOwn(rules, key)).map((key) => `${at(key)}: unknown key`)];
}

function equal(wanted: string | boolean): Rule {
  return (value) => (value === wanted ? undefined : `is ${show(value)} (expected: ${show(wanted)})`);
}

function count(wanted: number | undefined): Rule {
  return (value) => {
    if (!Number.isSafeInteger(value) || Number(value) < 1) return `is ${show(value)} (allowed: a positive whole number)`;
    return wanted === undefined || value === wanted ? undefined : `is ${show(value)} (expected: ${wanted})`;
  };
}

const DATE_LIMITS = [[2000, 9999], [1, 12], [1, 31], [0, 23], [0, 59], [0, 60], [0, 999_999_999]] as const;

function isDateParts(value: unknown): boolean {
  return Array.isArray(value) && value.length === DATE_LIMITS.length && DATE_LIMITS.every(([min, max], index) => Number.isSafeInteger(value[index]) && value[index] >= min && value[index] <= max);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
