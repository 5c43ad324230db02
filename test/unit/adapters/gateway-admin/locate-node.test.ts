import { expect, test } from 'vitest';
import { locateNode } from '../../../../src/adapters/gateway-admin/locate-node.ts';
import { GwctlError } from '../../../../src/shared/errors.ts';
import type { KafkaCluster } from '../../../../src/ports/kafka-cluster.ts';

const LINKS = [{ from: 'main', to: 'failover' }];

/** Clusters that show a record once it was written, where `on` says; 'dead': it cannot be read. `moves`: so often the node leaves main between write and read. */
async function locate(on: readonly string[], { links = LINKS, dead = [] as readonly string[], isOlder = false, moves = 0 } = {}): Promise<string> {
  const written: string[] = [];
  const leftBehind: string[] = [];
  const clusterOf = (name: string) => ({
    endOffsets: async () => {
      if (dead.includes(name)) throw new Error('ECONNREFUSED');
      return new Map([['canary-0', 5n]]);
    },
    readRecords: async (_: unknown, from: bigint) => {
      if (from !== 5n) throw new Error('read from another offset than the end before');
      const shown = [...(name === 'main' ? leftBehind : []), ...(on.includes(name) && !isOlder ? written : [])];
      return shown.map((id) => ({ offset: 5n, timestamp: 0n, key: null, value: Buffer.from(id) }));
    },
  }) as unknown as KafkaCluster;
  const clusters = new Map(['main', 'failover'].map((name) => [name, clusterOf(name)]));
  const canary = { physicalTopic: 'canary', prove: async (node: string, id: string) => {
    if (leftBehind.length < moves) {
      leftBehind.push(id);
      throw new GwctlError('UNAVAILABLE', 'not the one that was written', { details: { hasMoved: true } });
    }
    written.push(id);
    return { node, id, offset: 5n, writeMs: 1, readMs: 1 };
  } };
  return await locateNode('gateway1', { canary, clusters, links }, new AbortController().signal);
}

test.each([
  { name: 'the cluster that has the record', on: ['failover'], is: 'failover' },
  { name: 'the one that it was copied from', on: ['main', 'failover'], is: 'main' },
  { name: 'the only one that can be read and has it', on: ['failover'], options: { dead: ['main'] }, is: 'failover' },
  { name: 'the one that it has moved to meanwhile', on: ['failover'], options: { moves: 2 }, is: 'failover' },
])('a node serves $name', async ({ on, options, is }) => expect(await locate(on, options)).toBe(is));

test.each([
  { name: 'on none: its topic has another name there', on: [], says: /a record that was written through gateway1 is not in canary of main or failover/ },
  { name: 'on none that can be read', on: [], options: { dead: ['main'] }, says: /is not in canary of failover \(main cannot be read: ECONNREFUSED\)/ },
  { name: 'on both, and nothing copies', on: ['main', 'failover'], options: { links: [] }, says: /is on main and failover, so nobody can tell/ },
])('nobody can tell when the record is $name', async ({ on, options, says }) => {
  await expect(locate(on, options)).rejects.toThrow(says);
});

test('nobody can tell of a node that moves and moves', async () => {
  await expect(locate(['failover'], { moves: 100 })).rejects.toThrow('not the one that was written');
});
