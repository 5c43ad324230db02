import type { GatewayNode } from './topology.ts';

/** What Kafka's own tools need to connect to a node as a service account: the seed's `teamA-sa.properties`. */
export function renderClientProperties(node: GatewayNode, username: string, token: string): string {
  const bootstrap = node.ports[0]?.port ?? 0;
  return [
    `security.protocol=${node.tls === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL'}`,
    ...(node.tls?.caFile === undefined ? [] : ['ssl.truststore.type=PEM', `ssl.truststore.location=${node.tls.caFile}`]),
    'sasl.mechanism=PLAIN',
    `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='${username}' password='${token}';`,
    `bootstrap.servers=${node.advertisedHost}:${bootstrap}`,
    '',
  ].join('\n');
}
