/** gwctl's own virtual cluster, in which it proves each switch. Not a name that a user can take. */
export const CANARY_VIRTUAL_CLUSTER = '_gwctl';

/** The topic in it, as clients of that virtual cluster call it. */
export const CANARY_TOPIC = 'canary';

/** The same topic on the clusters. */
export const PHYSICAL_CANARY_TOPIC = CANARY_VIRTUAL_CLUSTER + CANARY_TOPIC;

const DAY_MS = 24 * 3_600_000;

/** Its settings, whoever makes it first. */
export const CANARY_TOPIC_CONFIGS: Readonly<Record<string, string>> = { 'cleanup.policy': 'delete', 'retention.ms': String(DAY_MS) };
