import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NodeState } from '../shared/admin-api.ts';
import { APIS } from '../wire/generated/apis.ts';
import type { ServingCounts } from './serving.ts';

/** The metrics of one process as data: they travel between the processes of a node. */
export type MetricSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

/** What is read each time that the metrics of the traffic are asked for. */
export interface ObservedTraffic {
  readonly counts: ServingCounts;
  /** Bytes over all client connections so far, also those that have ended. */
  clientBytes(): { readonly received: number; readonly sent: number };
  /** Adds what other parts of the process have to show. */
  register?(registry: Registry, prefix: string): void;
}

/** The metrics of the clients that one process serves. */
export interface TrafficMetrics {
  /** Called for every answered request. */
  answered(apiKey: number, milliseconds: number): void;
  /** A connection was ended for what it sent, or for what a broker did; the code of the error says which. */
  refused(reason: string): void;
  read(): Promise<readonly MetricSnapshot[]>;
}

/** What is read each time that the metrics of the node are asked for. */
export interface ObservedNode {
  state(): NodeState;
  readonly clusters: readonly string[];
  /** Adds what other parts of the node have to show. */
  register?(registry: Registry, prefix: string): void;
}

const PREFIX = 'gwctl_gateway_';
/** From a local answer to a long poll, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** So many times are sorted into their buckets together: one by one, among all else, that costs several times as much (bench 02). */
const GATHERED = 256;

/** Every registry stands alone: several processes, and in tests several nodes of one process, have their own. */
export function createTrafficMetrics(observed: ObservedTraffic): TrafficMetrics {
  const registry = new Registry();
  const registers = [registry];
  const seconds = new Histogram({ name: `${PREFIX}request_seconds`, help: 'From when a request goes on (a held write: when it is let go) to its answer', labelNames: ['api'], buckets: SECONDS, registers });
  const refusals = new Counter({ name: `${PREFIX}refused_connections_total`, help: 'Connections that the node ended', labelNames: ['reason'], registers });
  gauge(registry, 'connections', 'Open client connections', () => observed.counts.connections);
  gauge(registry, 'held_writes', 'Writes that wait for a switch', () => observed.counts.heldWrites);
  gauge(registry, 'in_flight_writes', 'Writes that a broker has not answered yet', () => observed.counts.inFlightWrites);
  new Counter({
    name: `${PREFIX}client_bytes_total`,
    help: 'Bytes from and to clients',
    labelNames: ['direction'],
    registers,
    collect() {
      const { received, sent } = observed.clientBytes();
      this.reset();
      this.inc({ direction: 'received' }, received);
      this.inc({ direction: 'sent' }, sent);
    },
  });

  observed.register?.(registry, PREFIX);

  const gathered = new Map<number, number[]>();
  const observe = (apiKey: number, times: number[]): void => {
    const series = seconds.labels({ api: APIS.get(apiKey)?.name ?? String(apiKey) });
    for (const milliseconds of times.splice(0)) series.observe(milliseconds / 1000);
  };
  return {
    answered: (apiKey, milliseconds) => {
      let times = gathered.get(apiKey);
      if (times === undefined) gathered.set(apiKey, (times = []));
      times.push(milliseconds);
      if (times.length >= GATHERED) observe(apiKey, times);
    },
    refused: (reason) => refusals.inc({ reason }),
    read: async () => {
      for (const [apiKey, times] of gathered) observe(apiKey, times);
      return await registry.getMetricsAsJSON();
    },
  };
}

/** What a node says of itself once, however many processes serve for it; a reader of its metrics. */
export function createNodeMetrics(observed: ObservedNode): () => Promise<readonly MetricSnapshot[]> {
  const registry = new Registry();
  gauge(registry, 'generation', 'Grows by one with each switch; the same on all nodes', () => observed.state().generation);
  gauge(registry, 'serving', '1 while writes pass', () => (['serving', 'prepared'].includes(observed.state().phase) ? 1 : 0));
  new Gauge({
    name: `${PREFIX}active_cluster`,
    help: '1 for the cluster that this node serves, 0 for the others',
    labelNames: ['cluster'],
    registers: [registry],
    collect() {
      for (const cluster of observed.clusters) this.set({ cluster }, observed.state().active === cluster ? 1 : 0);
    },
  });
  observed.register?.(registry, PREFIX);
  return async () => await registry.getMetricsAsJSON();
}

/** Memory, processor time and event loop of this process; a reader of them. */
export function createProcessMetrics(): () => Promise<readonly MetricSnapshot[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return async () => await registry.getMetricsAsJSON();
}

/** The metrics of several processes as one: counts are added up. What cannot be added is the first process's, which is the node's own. */
export function mergeMetrics(snapshots: readonly (readonly MetricSnapshot[])[]): Promise<MetricSnapshot[]> {
  return merge(snapshots).getMetricsAsJSON();
}

/** The same in the text exposition format of Prometheus, and its content type. */
export async function renderMetrics(snapshots: readonly (readonly MetricSnapshot[])[]): Promise<{ readonly text: string; readonly contentType: string }> {
  const registry = merge(snapshots);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** The counters among them, which go on when the process that counted has ended. */
export function countersOf(snapshots: readonly MetricSnapshot[]): readonly MetricSnapshot[] {
  // A string in what prom-client hands out, whatever its types say.
  return snapshots.filter(({ name, type }) => name.startsWith(PREFIX) && ['counter', 'histogram'].includes(String(type)));
}

function merge(snapshots: readonly (readonly MetricSnapshot[])[]): Registry {
  return AggregatorRegistry.aggregate(snapshots.map((each) => each.map((metric) => (String(metric.aggregator) === 'omit' ? { ...metric, aggregator: 'first' } : metric))));
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: PREFIX + name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
