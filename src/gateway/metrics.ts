import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NodeState } from '../shared/admin-api.ts';
import { APIS } from '../wire/generated/apis.ts';

/** What is read from the node each time that the metrics are asked for. */
export interface Observed {
  state(): NodeState;
  /** Bytes over all client connections so far, also those that have ended. */
  clientBytes(): { readonly received: number; readonly sent: number };
  readonly clusters: readonly string[];
  /** Adds what other parts of the node have to show. */
  register?(registry: Registry, prefix: string): void;
}

export interface Metrics {
  /** Called for every answered request: on the data path, so the series are looked up once. */
  answered(apiKey: number, milliseconds: number): void;
  /** A connection was ended for what it sent, or for what a broker did; the code of the error says which. */
  refused(reason: string): void;
  /** The text exposition format of Prometheus, and its content type. */
  render(): Promise<{ readonly text: string; readonly contentType: string }>;
}

const PREFIX = 'gwctl_gateway_';
/** From a local answer to a long poll, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** The metrics of one node; each node has a registry of its own. */
export function createMetrics(observed: Observed): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = new Histogram({ name: `${PREFIX}request_seconds`, help: 'From when a request goes on (a held write: when it is let go) to its answer', labelNames: ['api'], buckets: SECONDS, registers });
  const refusals = new Counter({ name: `${PREFIX}refused_connections_total`, help: 'Connections that the node ended', labelNames: ['reason'], registers });
  gauge('connections', 'Open client connections', ({ connections }) => connections);
  gauge('held_writes', 'Writes that wait for a switch', ({ heldWrites }) => heldWrites);
  gauge('in_flight_writes', 'Writes that a broker has not answered yet', ({ inFlightWrites }) => inFlightWrites);
  gauge('generation', 'Grows by one with each switch; the same on all nodes', ({ generation }) => generation);
  gauge('serving', '1 while writes pass', ({ phase }) => (phase === 'serving' || phase === 'prepared' ? 1 : 0));
  new Gauge({
    name: `${PREFIX}active_cluster`,
    help: '1 for the cluster that this node serves, 0 for the others',
    labelNames: ['cluster'],
    registers,
    collect() {
      for (const cluster of observed.clusters) this.set({ cluster }, observed.state().active === cluster ? 1 : 0);
    },
  });
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

  function gauge(name: string, help: string, read: (state: NodeState) => number): void {
    new Gauge({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        this.set(read(observed.state()));
      },
    });
  }

  const byApi = new Map<number, Histogram.Internal<'api'>>();
  return {
    answered: (apiKey, milliseconds) => {
      let series = byApi.get(apiKey);
      if (series === undefined) {
        series = seconds.labels({ api: APIS.get(apiKey)?.name ?? String(apiKey) });
        byApi.set(apiKey, series);
      }
      series.observe(milliseconds / 1000);
    },
    refused: (reason) => refusals.inc({ reason }),
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
