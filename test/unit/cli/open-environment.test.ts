import { expect, test } from 'vitest';
import { openEnvironment } from '../../../src/cli/open-environment.ts';
import { createMemoryContext } from '../../support/cli-context.ts';

test('an environment is its topology and a folder of its own', async () => {
  const { topology, dir } = await openEnvironment({ config: undefined, portOffset: 100, stateDir: '/var/gwctl', debug: false }, createMemoryContext());
  expect(topology.gateways[0]?.admin.port).toBe(8988);
  expect(dir).toBe('/var/gwctl/default+100');
});
