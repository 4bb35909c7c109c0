import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // two workers: the golden tests hold a network each
    maxWorkers: 2,
  },
});
