import { expect } from 'vitest';
import { decide, openStateLog, STATE_TOPIC } from '../../src/arbiter/state-log.ts';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import type { SwitchOrder } from '../../src/shared/admin-api.ts';

const DEADLINE = { timeout: 60_000, interval: 50 };

/** What gwctl does between drain and flip: no node moves before it stands on the log of the cluster that it goes to. */
export async function commitSwitch(target: KafkaClient, { runId, generation, to }: SwitchOrder): Promise<void> {
  const { kind } = await decide(openStateLog(target), { kind: 'commit', generation, from: to === 'main' ? 'failover' : 'main', to, runId, by: 'test', at: new Date().toISOString() });
  expect(kind).toBe('commit');
}

/** The next node that starts is the first one that these clusters see. */
export async function forgetSwitches(clusters: readonly KafkaClient[]): Promise<void> {
  await Promise.all(clusters.map(async (client) => {
    await client.deleteTopics([STATE_TOPIC]);
    await expect.poll(async () => (await client.metadata()).topics.map(({ name }) => name), DEADLINE).not.toContain(STATE_TOPIC);
  }));
}
