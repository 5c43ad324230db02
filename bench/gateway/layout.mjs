// Where everything listens: one broker with a listener for each forwarder that does not understand Kafka, so that what it advertises leads
// clients back through that forwarder, and the proxies themselves.

/** Base ports, before the offset. Far from those of the other benchmarks at any offset of theirs. */
const BROKER = { client: 10_492, controller: 10_592, haproxy: 10_493, forwarder: 10_494 };
const PROXY = { haproxy: 10_600, forwarder: 10_601, kroxylicious: 10_610, kafkaProxy: 10_630 };
const GATEWAY = { client: 10_700, admin: 10_750 };

/** What our gateway is called among the targets. */
export const OURS = 'gwctl';

/** The virtual cluster that our gateway serves in the benchmark. */
export const VIRTUAL_CLUSTER = 'perf';

/** Room for a Produce request of 95 MB, in the broker and in the topic. */
export const MAX_MESSAGE_BYTES = 104_857_600;

export function layoutFor(portOffset) {
  const move = (ports) => Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, port + portOffset]));
  // A gateway's client ports move by a hundredth more (README, port offset).
  return { broker: move(BROKER), proxy: move(PROXY), gatewayPort: GATEWAY.client + portOffset + Math.floor(portOffset / 100) };
}

export function renderClusters({ broker, proxy }) {
  return [
    'clusters:',
    '  main:',
    `    port: ${BROKER.client}`,
    `    controllerPort: ${BROKER.controller}`,
    '    brokers: 1',
    '    config:',
    `      listeners: "CLIENT://127.0.0.1:${broker.client},CONTROLLER://127.0.0.1:${broker.controller},HAPROXY://127.0.0.1:${broker.haproxy},FORWARDER://127.0.0.1:${broker.forwarder}"`,
    `      advertised.listeners: "CLIENT://localhost:${broker.client},HAPROXY://localhost:${proxy.haproxy},FORWARDER://localhost:${proxy.forwarder}"`,
    '      listener.security.protocol.map: "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,HAPROXY:PLAINTEXT,FORWARDER:PLAINTEXT"',
    `      message.max.bytes: ${MAX_MESSAGE_BYTES}`,
    // What was measured goes at once: the folder may be in memory.
    '      log.segment.delete.delay.ms: 1000',
    '',
  ].join('\n');
}

export function renderGateway() {
  return `links: []\ngateways:\n  gateway1: {port: ${GATEWAY.client}, adminPort: ${GATEWAY.admin}}\nvirtualClusters: [${VIRTUAL_CLUSTER}]\n`;
}
