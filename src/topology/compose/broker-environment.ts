import { createHash } from 'node:crypto';
import { serverProperties } from '../render-server-properties.ts';
import type { Broker, Cluster } from '../topology.ts';
import { brokerService, CLIENT_LISTENER_PORT, CONTROLLER_LISTENER_PORT, HOST_LISTENER_PORT } from './container-view.ts';

/** As in the local runtime: only the quick compiler, since seven JVMs start at once. */
export const CONTAINER_JVM_FLAGS = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';

/** The variables that the apache/kafka image makes a server.properties of. `seen` is the cluster as containers see it, `broker` as the host does. */
export function brokerEnvironment(seen: Cluster, broker: Broker, project: string): Readonly<Record<string, string>> {
  const name = brokerService(seen.name, broker);
  const properties = {
    ...serverProperties(seen, broker, '/var/lib/kafka/data'),
    listeners: `CLIENT://:${CLIENT_LISTENER_PORT},CONTROLLER://:${CONTROLLER_LISTENER_PORT},HOST://:${HOST_LISTENER_PORT}`,
    'advertised.listeners': `CLIENT://${name}:${CLIENT_LISTENER_PORT},HOST://${broker.host}:${broker.port}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,HOST:PLAINTEXT',
    ...seen.brokerConfig,
  };
  return {
    CLUSTER_ID: kafkaClusterId(`${project}/${seen.name}`),
    KAFKA_HEAP_OPTS: '-Xms64m -Xmx256m',
    KAFKA_JVM_PERFORMANCE_OPTS: CONTAINER_JVM_FLAGS,
    ...Object.fromEntries(Object.entries(properties).map(([key, value]) => [variableOf(key), value])),
  };
}

/** The image's way to write a property name: `.` is `_`, `_` is `__`, `-` is `___`. */
export function variableOf(property: string): string {
  return `KAFKA_${property.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()}`;
}

/** 16 bytes in base64url, as Kafka wants it; made of the name, so that rendering twice gives the same file. */
export function kafkaClusterId(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
  // Kafka itself avoids ids that begin with a dash: command lines take them for options.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}
