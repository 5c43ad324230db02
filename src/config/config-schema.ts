import { z } from 'zod';
import { FREE_DEADLINES } from './deadlines.ts';
import { DEFAULTS, MAX_HOLD_MS } from './defaults.ts';
import { parseDurationMs } from './duration.ts';

const MAX_INT32 = 2_147_483_647;
const MAX_BROKERS = 100;
const MAX_WORKERS = 64;

// Every message continues a sentence that starts with the value seen: `clusters.main.port: 99999` + `is not a port (1 to 65535)`.
const text = (what: string) => z.string({ error: 'is not text (quote it)' }).min(1, { error: 'is empty' }).optional().describe(what);
const matching = (pattern: RegExp, allowed: string, what: string) => z.string({ error: `is not ${allowed}` }).regex(pattern, { error: `is not ${allowed}` }).optional().describe(what);
const integer = (min: number, max: number, allowed: string, what: string) =>
  z.int({ error: `is not ${allowed}` }).min(min, { error: `is not ${allowed}` }).max(max, { error: `is not ${allowed}` }).optional().describe(what);
const port = (what: string) => integer(1, 65_535, 'a port (1 to 65535)', what);
const count = (min: number, max: number, what: string) => integer(min, max, `a whole number from ${min} to ${max}`, what);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T, what: string) => z.enum(values, { error: `is not one of ${values.join(', ')}` }).optional().describe(what);
const name = (kind: string) => {
  const error = `is not a ${kind} name (a letter, then letters, digits, - and _)`;
  return z.string({ error }).regex(/^[A-Za-z][A-Za-z0-9_-]*$/, { error });
};
const version = (what: string) => matching(/^\d+\.\d+\.\d+$/, 'a version like 4.3.1', what);
const SECRET = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;
const SECRET_FORM = 'a reference (env:NAME or file:PATH; secrets do not stand in this file)';
const SECRET_ERROR = `is not ${SECRET_FORM}`;
const DURATION_ERROR = 'is not a duration like 500ms, 20s or 2m';
const duration = (what: string) => z.string({ error: DURATION_ERROR }).refine((value) => (parseDurationMs(value) ?? 0) > 0, { error: DURATION_ERROR }).optional().describe(what);
const secret = (what: string) => matching(SECRET, SECRET_FORM, what);

function isBootstrap(value: string): boolean {
  return value.split(',').every((address) => {
    const [, host, port] = /^\s*([^\s,]+):(\d{1,5})\s*$/.exec(address) ?? [];
    return host !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
  });
}

const ADMIN_URL_ERROR = 'is not a URL like https://host:8888, without user, path or query';

function isAdminUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && pathname === '/' && `${search}${hash}${username}${password}` === '';
}

const path = (what: string) => text(`${what} (PEM file; relative to this file)`);

const command = (what: string) => z.array(z.string({ error: 'is not text (quote it)' }), { error: 'is not a list of a program and its arguments' }).min(1, { error: 'is empty' }).describe(`${what} (a program and its arguments, run in the folder of this file, and safe to repeat)`);

const security = z
  .strictObject({
    protocol: z.enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'], { error: 'is not one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL' }).describe('security protocol of the brokers\' listener'),
    mechanism: oneOf(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'SASL mechanism (default SCRAM-SHA-512)'),
    username: text('SASL user that gwctl and the gateways are'),
    password: secret('its password: env:NAME or file:PATH'),
    ca: path('authorities that signed the brokers\' certificates; the default is the system\'s'),
  })
  .describe('how the brokers of a cluster that gwctl does not run want to be spoken to');

const serverTls = {
  cert: path('certificate, followed by its chain; with runtime external only the node itself needs it'),
  key: path('private key of the certificate, not encrypted; with runtime external only the node itself needs it'),
  ca: path('authorities that gwctl trusts when it connects; the default is the system\'s, so a self-signed certificate is named here again'),
};

const clientTls = z
  .strictObject({
    ...serverTls,
    clientCa: path('authorities of client certificates; when given, every client must present one'),
    ownCert: path('what gwctl presents where clientCa is given'),
    ownKey: path('private key of ownCert'),
  })
  .optional()
  .describe('TLS on the ports for clients, which then use SASL_SSL (default: plain text)');

const cluster = z
  .strictObject({
    role: oneOf(['primary', 'failover'], 'exactly one cluster is primary: the one that gateways serve before the first switch (default: primary for main, else failover)'),
    brokers: count(1, MAX_BROKERS, `number of brokers, node ids 1 to n (default ${DEFAULTS.brokerCount})`),
    port: port(`port of broker 1, the others follow (default ${DEFAULTS.clusters.main.port} for main, ${DEFAULTS.clusters.failover.port} for failover)`),
    controllerPort: port(`port of the first KRaft controller listener (default: port + ${DEFAULTS.controllerPortDistance})`),
    kafkaVersion: version('Kafka version of this cluster (default: kafka.version)'),
    bootstrap: z
      .string({ error: 'is not a list like "host1:9092,host2:9092"' })
      .refine(isBootstrap, { error: 'is not a list like "host1:9092,host2:9092"' })
      .optional()
      .describe('brokers of a cluster that gwctl does not run, in the order of their node ids; only with runtime external'),
    config: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: 'is not text, a number or true/false' }))
      .optional()
      .describe('extra broker properties, after those of gwctl'),
    security: security.optional(),
  })
  .describe('one Kafka cluster');

const link = z
  .strictObject({
    from: z.string({ error: 'is not a cluster name' }).describe('source cluster'),
    to: z.string({ error: 'is not a cluster name' }).describe('target cluster'),
    topics: text(`topics to mirror: regular expressions, separated by commas (default ${DEFAULTS.topics})`),
    groups: text(`consumer groups to mirror: regular expressions, separated by commas (default ${DEFAULTS.groups})`),
    kafkaVersion: version('version of MirrorMaker 2 (default: kafka.version)'),
    process: z
      .strictObject({
        hold: command('ends it, and returns when it has ended'),
        release: command('starts it again'),
      })
      .optional()
      .describe('commands for a MirrorMaker that others operate, so that a switch can take its replication over; only with runtime external'),
  })
  .describe('one MirrorMaker 2 flow; topics keep their names');

const gatewayNode = z
  .strictObject({
    driver: oneOf(['builtin', 'conduktor'], 'how this node is spoken to (default: gateway.driver)'),
    port: port('first of the consecutive ports, one for each broker node id (default 6969 for gateway1, 7969 for gateway2)'),
    brokerPorts: count(1, MAX_BROKERS, 'number of ports (default: brokers of the largest cluster)'),
    adminPort: port('port of the admin API (default 8888 for gateway1, 8889 for gateway2)'),
    adminUrl: z
      .string({ error: ADMIN_URL_ERROR })
      .refine(isAdminUrl, { error: ADMIN_URL_ERROR })
      .optional()
      .describe('where the admin API of a node is that gwctl does not run, instead of bindHost and adminPort; only with runtime external'),
    workers: count(1, MAX_WORKERS, `processes that serve its clients (default ${DEFAULTS.workers}: the node is one process)`),
    advertisedHost: text(`host that clients are told to connect to (default ${DEFAULTS.host})`),
    bindHost: text(`address that the listeners bind (default ${DEFAULTS.bindHost})`),
    tls: clientTls,
    adminTls: z.strictObject(serverTls).optional().describe('TLS on the port of the admin API (default: plain text)'),
  })
  .describe('one gateway node');

const tenantLimits = z
  .strictObject({
    maxConnections: count(1, 1_000_000, `open connections of one virtual cluster; further ones are refused when they log in (default ${DEFAULTS.limits.maxConnections})`),
    requestsPerSecond: count(1, 10_000_000, 'requests a second; whoever asks for more is slowed, as Kafka does it with its quotas (default: no limit)'),
    requestBurst: count(1, 10_000_000, 'requests that may come at once after a quiet time (default: those of one second)'),
    maxBytesInFlight: count(1024, Number.MAX_SAFE_INTEGER, `bytes of requests that are not answered, and of answers that are not taken; above it nothing more is read (default ${DEFAULTS.limits.maxBytesInFlight}, 256 MiB)`),
  })
  .describe('limits of one virtual cluster on each gateway node');

const gateway = z
  .strictObject({
    driver: oneOf(['builtin', 'conduktor'], 'how the nodes are spoken to; conduktor: by the one call that switches a single node, which weakens what a switch promises (default builtin)'),
    canary: z
      .strictObject({
        virtualCluster: text(`virtual cluster in which it is (default ${DEFAULTS.canary.virtualCluster})`),
        topic: text(`its name there (default ${DEFAULTS.canary.topic})`),
        physicalTopic: text(`its name on the clusters (default ${DEFAULTS.canary.physicalTopic})`),
      })
      .optional()
      .describe('topic of the records that prove which cluster a node serves; only for nodes of other drivers than builtin'),
    clusterId: text(`what clients see as the cluster id, whichever cluster is behind (default ${DEFAULTS.clusterId})`),
    admin: z
      .strictObject({
        username: text(`user of the admin API (default ${DEFAULTS.adminUsername})`),
        password: secret('password of the admin API: env:NAME or file:PATH (the default is for loopback only)'),
      })
      .optional()
      .describe('who may use the admin API'),
    tokenKey: secret('HS256 key of the service-account tokens: env:NAME or file:PATH (default: made by the first `gwctl up`)'),
    tokenKeys: z
      .array(z.string({ error: SECRET_ERROR }).regex(SECRET, { error: SECRET_ERROR }), { error: 'is not a list of references' })
      .min(1, { error: 'is empty' })
      .optional()
      .describe('several keys, instead of tokenKey, while one is replaced: the first signs, all verify'),
    maxFrameBytes: count(1024, MAX_INT32, `largest request or response (default ${DEFAULTS.maxFrameBytes}, 100 MiB)`),
    holdMs: count(100, MAX_HOLD_MS, `longest time a write is held during a switch before it is answered with a retriable error (default ${DEFAULTS.holdMs})`),
    maxInFlight: count(1, 10_000, `requests in flight of one connection (default ${DEFAULTS.maxInFlight})`),
    limits: tenantLimits.optional().describe('limits of every virtual cluster, each for itself and on each node'),
    tenantLimits: z.record(name('virtual cluster'), tenantLimits.nullable()).optional().describe('limits of single virtual clusters, by name; what is left out is as in limits'),
    logFormat: oneOf(['text', 'json'], `format of the lines that a node logs (default ${DEFAULTS.logFormat})`),
  })
  .describe('what all gateway nodes have in common');

const schemaRegistry = z
  .strictObject({
    enabled: z.boolean({ error: 'is not true or false' }).optional().describe('run a schema registry (default false)'),
    port: port(`port of its REST API (default ${DEFAULTS.schemaRegistryPort})`),
    cluster: text('cluster that keeps its topic (default: the primary)'),
    topic: text(`topic that keeps the schemas (default ${DEFAULTS.schemaRegistryTopic})`),
  })
  .describe('schema registry');

const failover = z
  .strictObject({
    maxLagRecords: count(0, Number.MAX_SAFE_INTEGER, `refuse to start a planned switch while more is not replicated (default ${DEFAULTS.maxLagRecords})`),
    maxLagSeconds: count(0, 86_400, `the same, as age of the oldest record (default ${DEFAULTS.maxLagSeconds})`),
    pauseBudget: duration(`longest time that producers may wait before a switch gives up; shorter than gateway.holdMs (default ${DEFAULTS.pauseBudget})`),
    alignLeaders: z.boolean({ error: 'is not true or false' }).optional().describe('before a planned switch, let the brokers of the target lead the partitions that those of the same ids lead on the source (default true)'),
    deadlines: z
      .strictObject({
        translateGroups: duration(`for the positions of consumer groups to be found, before anybody waits (default ${FREE_DEADLINES.translateGroups})`),
        prepare: duration(`until every node has looked at the new cluster (default ${FREE_DEADLINES.prepare})`),
        intent: duration(`until the log of the switch says that it is under way (default ${FREE_DEADLINES.intent})`),
        alignLeaders: duration(`for leaders to be aligned; what is not done by then is left, and the switch goes on (default ${FREE_DEADLINES.alignLeaders})`),
        takeOver: duration(`for the replication to be taken over and to catch up, before anybody waits (default ${FREE_DEADLINES.takeOver})`),
        drainGroups: duration(`for members of consumer groups to commit; producers go on meanwhile (default ${FREE_DEADLINES.drainGroups})`),
        pause: duration('until every node holds writes (default: a fifth of pauseBudget)'),
        drain: duration('until every write is answered (default: a fifth of pauseBudget)'),
        proveTail: duration('until the last record is replicated (default: two fifths of pauseBudget)'),
        moveGroups: duration('for the positions of consumer groups (default: a fifth of pauseBudget)'),
        commit: duration(`until the decision can be read; from here on the switch is not given up (default ${FREE_DEADLINES.commit})`),
        flip: duration(`for one node to switch; the others do not wait for it longer (default ${FREE_DEADLINES.flip})`),
        resume: duration(`the same, to let writes pass (default ${FREE_DEADLINES.resume})`),
        retire: duration(`until the replication from the cluster that was left is ended for good; writes pass already (default ${FREE_DEADLINES.retire})`),
        proveSwitch: duration(`for the records that prove the switch on every node (default ${FREE_DEADLINES.proveSwitch})`),
      })
      .optional()
      .describe('longest time of each phase of a switch; pause, drain, proveTail and moveGroups together: at most pauseBudget'),
  })
  .describe('what a switch may cost');

/** gwctl.yaml, version 1. Every key may be left out. Unknown keys are errors. */
export const configSchema = z
  .strictObject({
    version: z.literal(1, { error: 'is not a known version of this file (1)' }).optional().describe('version of this file format'),
    name: name('environment').optional().describe(`name of the environment and of its folder (default "${DEFAULTS.name}")`),
    runtime: oneOf(['auto', 'local', 'docker', 'external'], 'who runs the clusters: gwctl as containers or as local processes, or somebody else (default auto: docker where an engine answers, else local)'),
    kafka: z.strictObject({ version: version(`Kafka version (default ${DEFAULTS.kafkaVersion})`) }).optional().describe('what clusters and links have in common'),
    clusters: z.record(name('cluster'), cluster.nullable()).optional().describe('clusters by name (default: main and failover)'),
    links: z.array(link, { error: 'is not a list of links' }).optional().describe('mirror links (default: from the primary to every other cluster)'),
    gateways: z.record(name('gateway'), gatewayNode.nullable()).optional().describe('gateway nodes by name (default: gateway1 and gateway2)'),
    gateway: gateway.optional(),
    schemaRegistry: schemaRegistry.optional(),
    failover: failover.optional(),
    virtualClusters: z
      .array(name('virtual cluster'), { error: 'is not a list of virtual cluster names' })
      .optional()
      .describe('virtual clusters that exist from the start; no name may be the beginning of another'),
  })
  .describe('gwctl.yaml: an environment of Kafka clusters, mirror links and gateway nodes');

/** What a gwctl.yaml says, before defaults. */
export type ConfigFile = z.infer<typeof configSchema>;
