import { expect, test } from 'vitest';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { environmentDir } from '../../../src/topology/environment-dir.ts';
import { bootstrapOf, clusterNamed, gatewayNamed, linkFrom, primaryOf } from '../../../src/topology/lookup.ts';

const topology = parseTopology('', { fileName: 'test', portOffset: 0, baseDir: '/' });

test('clusters, gateways and links are found by name', () => {
  expect(clusterNamed(topology, 'failover').role).toBe('failover');
  expect(gatewayNamed(topology, 'gateway2').admin.port).toBe(8889);
  expect(primaryOf(topology).name).toBe('main');
  expect(linkFrom(topology, 'main', 'failover').name).toBe('main->failover');
  expect(bootstrapOf(clusterNamed(topology, 'main'))).toBe('localhost:29092,localhost:29093,localhost:29094');
});

test.each([
  { name: 'a cluster with a typo', look: () => clusterNamed(topology, 'fialover'), message: 'no cluster named "fialover" (did you mean "failover"?)' },
  { name: 'a cluster like no other', look: () => clusterNamed(topology, 'x'), message: 'no cluster named "x" (known: main, failover)' },
  { name: 'a gateway with a typo', look: () => gatewayNamed(topology, 'gatway1'), message: 'no gateway named "gatway1" (did you mean "gateway1"?)' },
  { name: 'a link in the other direction', look: () => linkFrom(topology, 'failover', 'main'), message: 'no mirror link failover->main (known: main->failover)' },
])('$name is a usage error that lists what there is', ({ look, message }) => {
  expect(look).toThrow(expect.objectContaining({ code: 'USAGE', message }));
});

test('two port offsets of one environment have two folders', () => {
  expect(environmentDir({ name: 'default', portOffset: 0 }, '/work/.gwctl')).toBe('/work/.gwctl/default');
  expect(environmentDir({ name: 'default', portOffset: 1000 }, '/work/.gwctl')).toBe('/work/.gwctl/default+1000');
});
