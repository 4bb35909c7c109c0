import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // ONNX Runtime would leave files in the temporary folder and report to its makers
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // two workers: the golden tests hold a network each
    maxWorkers: 2,
  },
});
