import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { renderClustersYaml } from '../../../src/topology/render-clusters-yaml.ts';

function render(text: string): string {
  return renderClustersYaml(parseTopology(text, { fileName: 'test', portOffset: 0, baseDir: '/' }));
}

test("clusters.yaml has the seed's shape", () => {
  expect(render('')).toBe(`config:
  main:
    bootstrap.servers: localhost:29092,localhost:29093,localhost:29094
  failover:
    bootstrap.servers: localhost:39092,localhost:39093,localhost:39094
    gateway.roles: failover
`);
});

test('addresses that mean something to YAML are read back as they were', () => {
  const text = 'runtime: external\nclusters: {main: {bootstrap: "[::1]:9092,[::2]:9092"}, failover: {bootstrap: "h:1"}}\n';
  expect(parse(render(text))).toEqual({ config: { main: { 'bootstrap.servers': '[::1]:9092,[::2]:9092' }, failover: { 'bootstrap.servers': 'h:1', 'gateway.roles': 'failover' } } });
});
