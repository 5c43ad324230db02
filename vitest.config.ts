import { defineConfig } from 'vitest/config';

/** These hold on a machine that is busy with another of them, and run two at a time: alone each leaves a third of two cores idle. In the other files participants are killed or cut off, or clocks decide. */
const STEADY = ['conduktor', 'client-survival-controls', 'drill', 'drill-scenarios', 'external', 'external-load', 'external-takeover', 'fence', 'groups', 'isolation', 'kafka-tools', 'operators', 'takeover', 'topic-ids'].map((name) => `test/e2e/${name}.test.ts`);

// Unit and wire tests stay in memory and on loopback; integration and e2e tests start processes that fight for two cores.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000, hookTimeout: 10_000, expect: { poll: { timeout: 9000 } } } },
      { test: { name: 'wire', include: ['test/wire/**/*.test.ts'], testTimeout: 10_000, hookTimeout: 10_000, expect: { poll: { timeout: 9000 } } } },
      { test: { name: 'model', include: ['test/model/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], globalSetup: 'test/integration/fetch-kafka.ts', sequence: { groupOrder: 1 }, testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } },
      // npm run soak only.
      { test: { name: 'soak', include: ['test/soak/**/*.test.ts'], fileParallelism: false } },
      { test: { name: 'kill', include: ['test/kill/**/*.test.ts'], sequence: { groupOrder: 4 }, testTimeout: 600_000, fileParallelism: false } },
      { test: { name: 'e2e-steady', include: STEADY, sequence: { groupOrder: 2 }, testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 2 } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: STEADY, sequence: { groupOrder: 3 }, testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false } },
      // One at a time: they share the tag of the gateway's image, and each `up` builds it from its own folder.
      { test: { name: 'containers', include: ['test/containers/**/*.test.ts'], sequence: { groupOrder: 5 }, testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false } },
    ],
  },
});
