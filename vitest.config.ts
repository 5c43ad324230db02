import { defineConfig } from 'vitest/config';

// Unit and wire tests stay in memory and on loopback; integration and e2e tests start processes that fight for two cores.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000, hookTimeout: 10_000, expect: { poll: { timeout: 9000 } } } },
      { test: { name: 'wire', include: ['test/wire/**/*.test.ts'], testTimeout: 10_000, hookTimeout: 10_000, expect: { poll: { timeout: 9000 } } } },
      { test: { name: 'model', include: ['test/model/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], sequence: { groupOrder: 1 }, testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } },
      // npm run soak only.
      { test: { name: 'soak', include: ['test/soak/**/*.test.ts'], fileParallelism: false } },
      { test: { name: 'kill', include: ['test/kill/**/*.test.ts'], sequence: { groupOrder: 3 }, testTimeout: 600_000, fileParallelism: false } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], sequence: { groupOrder: 2 }, testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false } },
      { test: { name: 'containers', include: ['test/containers/**/*.test.ts'], sequence: { groupOrder: 3 }, testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false } },
    ],
  },
});
