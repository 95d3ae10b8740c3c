import { defineConfig } from 'vitest/config';

/** The tested rows of the table; apart from the other tests, as they install what they run. */
export default defineConfig({
  test: {
    include: ['test/compat/**/*.test.ts'],
    testTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
