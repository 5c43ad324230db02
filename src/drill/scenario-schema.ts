import { z } from 'zod';
import { parseDurationMs } from '../config/duration.ts';

const MAX_RATE_PER_SECOND = 10_000;
const MAX_CLIENTS = 50;
const MAX_PARTITIONS = 100;
/** The seed's token lives this long. */
const NINETY_DAYS_SECONDS = 7_776_000;

// Every message continues a sentence that starts with the value seen: `steps[2].produce.topic: 7` + `is not text (quote it)`.
const text = z.string({ error: 'is not text (quote it)' }).min(1, { error: 'is empty' });
const integer = (min: number, max: number) => {
  const error = `is not a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const list = <T extends z.ZodType>(item: T) => z.array(item, { error: 'is not a list' }).min(1, { error: 'has no entry' });
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, { error: `is not one of ${values.join(', ')}` });
const flag = z.boolean({ error: 'is not true or false' });
const nothing = z.strictObject({});
const duration = z
  .string({ error: 'is not a duration like 500ms, 20s or 2m' })
  .refine((value) => (parseDurationMs(value) ?? 0) > 0, { error: 'is not a duration like 500ms, 20s or 2m' })
  .transform((value) => parseDurationMs(value) ?? 0);
/** How long a step looks again before it fails. It ends at once when it is as expected, so there is no need to be short of time. */
const within = duration.prefault('60s');
/** Text as it is; a section is written as JSON, keys in the order of the file. */
const record = z.union([z.string(), z.record(z.string(), z.unknown())], { error: 'is not text or a section' });

const throughGateway = { gateway: text, as: text };
/** Through a gateway as a token's owner, or on a cluster itself: the parser asks for one of the two. */
const either = { gateway: text.optional(), as: text.optional(), cluster: text.optional() };

const recordsExpected = z.strictObject({
  /** All records of the topic, in this order, and no other. */
  records: list(record).optional(),
  /** Among the records; of a section only the keys that are given are compared. */
  contains: list(record).optional(),
  /** Not among them, up to the end of every partition as of now. */
  absent: list(record).optional(),
  count: integer(0, Number.MAX_SAFE_INTEGER).optional(),
});

const count = integer(0, Number.MAX_SAFE_INTEGER);
/** Exactly so many, or `{ max: 5 }`. */
const counted = z.union([count, z.strictObject({ max: count })], { error: 'is not a whole number from 0 on, nor { max: such a number }' }).default(0);

/** What a load may show at the end: the number of each, 0 unless said otherwise for those that must never happen. */
const loadExpected = z.strictObject({
  /** `announced`: what the unplanned switches of the scenario have said that they lose of this topic, and no other number. */
  lost: z.union([counted, z.literal('announced')], { error: 'is not a whole number from 0 on, { max: such a number } or announced' }).default(0),
  duplicated: counted,
  errors: counted,
  skipped: counted,
  unseen: counted,
  reordered: counted,
  maxRedelivered: integer(0, Number.MAX_SAFE_INTEGER).optional(),
  maxAckGap: duration.optional(),
  maxDeliveryGap: duration.optional(),
  minAcknowledged: integer(0, Number.MAX_SAFE_INTEGER).default(1),
});

/** What a step can do, and what it must be told. A new kind without an implementation does not compile (step-registry). */
export const STEP_SCHEMAS = {
  issueToken: z.strictObject({ gateway: text, virtualCluster: text, username: text, lifeTimeSeconds: integer(1, Number.MAX_SAFE_INTEGER).default(NINETY_DAYS_SECONDS), as: text }),
  createTopic: z.strictObject({ ...throughGateway, topic: text, partitions: integer(1, MAX_PARTITIONS).default(1), replicationFactor: integer(1, 10).default(1), ifNotExists: flag.default(false) }),
  deleteTopic: z.strictObject({ ...throughGateway, topic: text }),
  produce: z.strictObject({ ...either, topic: text, records: list(record) }),
  consume: z.strictObject({ ...either, topic: text, from: oneOf(['beginning']).default('beginning'), group: text.optional(), expect: recordsExpected, within }),
  expectTopics: z.strictObject({ cluster: text, contains: list(text).optional(), notContains: list(text).optional(), within }),
  expectMapping: z.strictObject({ cluster: text, virtualCluster: text, topic: text, physical: text, partitions: integer(1, MAX_PARTITIONS).optional(), replicationFactor: integer(1, 10).optional(), within }),
  verify: z.strictObject({ to: text, expect: oneOf(['ready', 'refused']).default('ready'), failing: list(text).optional(), within }),
  failover: z.strictObject({
    to: text, expect: oneOf(['switched', 'refused', 'no-op']).default('switched'), nodes: list(text).optional(), within,
    mode: oneOf(['planned', 'unplanned']).default('planned'), maxLossRecords: count.optional(), maxLossSeconds: count.optional(), acceptLossBy: text.optional(), withoutNodes: list(text).optional(),
  }),
  switchNode: z.strictObject({ gateway: text, from: text, to: text }),
  startLoad: z.strictObject({
    name: text, gateways: list(text), as: text, topic: text, partitions: integer(1, MAX_PARTITIONS).default(3), replicationFactor: integer(1, 10).default(1),
    /** Producers number their batches and never give up. */
    idempotent: flag.default(false),
    producers: integer(1, MAX_CLIENTS).default(2), ratePerSecond: integer(1, MAX_RATE_PER_SECOND).default(100), group: text, consumers: integer(1, MAX_CLIENTS).default(1),
  }),
  stopLoad: z.strictObject({ name: text, expect: loadExpected.prefault({}), within }),
  fault: z.strictObject({ kill: text.optional(), stop: text.optional(), start: text.optional(), within }),
  down: nothing,
} as const;

export type DrillStepKind = keyof typeof STEP_SCHEMAS;

/** A step's settings, defaults filled in. */
export type DrillStepInput<K extends DrillStepKind> = Readonly<z.output<(typeof STEP_SCHEMAS)[K]>>;

export const STEP_KINDS = Object.keys(STEP_SCHEMAS) as readonly DrillStepKind[];

/** The file around the steps; steps are looked at one by one. */
export const scenarioSchema = z.strictObject({
  version: z.literal(1, { error: 'is not a known version of this file (1)' }),
  name: text,
  description: text.optional(),
  steps: list(z.unknown()),
});

export type ScenarioRecord = z.output<typeof record>;
