import type { Broker, Cluster } from './topology.ts';
import { renderProperties } from './render-properties.ts';

/** The server.properties of one broker: combined mode (broker and controller), loopback only, timers of a small cluster that elects quickly. */
export function renderServerProperties(cluster: Cluster, broker: Broker, dataDir: string): string {
  return renderProperties({ ...serverProperties(cluster, broker, dataDir), ...cluster.brokerConfig });
}

/** The same as settings: what containers change of it comes after. */
export function serverProperties(cluster: Cluster, broker: Broker, dataDir: string): Record<string, string> {
  const copies = Math.min(3, cluster.brokers.length);
  const inSync = copies >= 3 ? 2 : 1;
  return {
    'node.id': `${broker.id}`,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': cluster.brokers.map(({ id, host, controllerPort }) => `${id}@${host}:${controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENT://${BIND_HOST}:${broker.port},CONTROLLER://${BIND_HOST}:${broker.controllerPort}`,
    'advertised.listeners': `CLIENT://${broker.host}:${broker.port}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'log.dirs': dataDir,

    'auto.create.topics.enable': 'false',
    'delete.topic.enable': 'true',
    'unclean.leader.election.enable': 'false',
    'default.replication.factor': `${copies}`,
    'min.insync.replicas': `${inSync}`,
    'offsets.topic.num.partitions': '5',
    'offsets.topic.replication.factor': `${copies}`,
    'transaction.state.log.num.partitions': '3',
    'transaction.state.log.replication.factor': `${copies}`,
    'transaction.state.log.min.isr': `${inSync}`,

    // A quorum of processes on one machine: nobody is far away, so silence means death sooner.
    'controller.quorum.election.timeout.ms': '500',
    'controller.quorum.election.backoff.max.ms': '500',
    'controller.quorum.fetch.timeout.ms': '2000',
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
    'replica.lag.time.max.ms': '10000',
    'group.initial.rebalance.delay.ms': '0',
    // MirrorMaker killed and started again waits for its own old membership to run out.
    'group.min.session.timeout.ms': '1000',

    // Six brokers share this machine: threads and buffers for that, not for a server of their own.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '2097152',
  };
}

const BIND_HOST = '127.0.0.1';
