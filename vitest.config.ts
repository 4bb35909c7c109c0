import { defineConfig } from 'vitest/config';
import { oneNodePatterns } from './test/one-node.ts';

export default defineConfig({
  test: {
    // bounds for what hangs, not for what is slow: two cores may have ten busy processes. Tests of speed measure processor time
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // ONNX Runtime would leave files in the temporary folder and report to its makers
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // two workers: the golden tests hold a network each
    maxWorkers: 2,
    reporters: ['default', './test/unfinished.ts'],
    projects: [
      { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], exclude: oneNodePatterns } },
      { extends: true, test: { name: 'one-node', include: oneNodePatterns } },
    ],
  },
});
