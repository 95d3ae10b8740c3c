import { defineConfig } from 'vitest/config';

/** Each file has an editor of its own, and two cores carry one at a time. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
