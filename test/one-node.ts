/** Why: these depend on a page that hears clicks and keys, too. */
export const drivesBrowser = 'drives a program of its own: Chromium, code-server with its own Node';

/**
 * Tests whose results do not depend on the version of Node, by why that is so: paths below `test/`, a folder or a file each.
 * CI runs them on one Node; all others, which are the project `node`, run on the oldest and on the newest. A new test
 * belongs to `node` unless it is listed here.
 */
export const oneNode: Readonly<Record<string, readonly string[]>> = {
  'computes in JavaScript alone': [
    'diagnostics',
    'exact',
    'format',
    'ide',
    'import/timm.test.ts',
    'language',
    'lsp/fuzz.test.ts',
    'parse',
    'report',
    'robust/fuzz.test.ts',
    'search/algorithms.test.ts',
    'search/space.test.ts',
    'tfjs/foreign-folders.test.ts',
    'tfjs/golden.test.ts',
    'tfjs/ops.test.ts',
    'tfjs/round-trip.test.ts',
    'training/eager-ops.test.ts',
    'training/gradients.test.ts',
    'training/library-gradients.test.ts',
  ],
  'runs in a program of its own: Python': ['engines', 'onnx/library-checker.test.ts', 'pytorch', 'savedmodel'],
  [drivesBrowser]: [
    'bench/page.test.ts',
    'browser',
    'lsp/worker.test.ts',
    'tfjs/browser.test.ts',
    'tflite/litert-web.test.ts',
    'vscode/compile.test.ts',
    'vscode/preview-restore.test.ts',
    'vscode/preview.test.ts',
    'vscode/serverless.test.ts',
    'vscode/web.test.ts',
    'vscode/workbench.test.ts',
  ],
  // test/onnx/ops, test/tfjs/verify and test/training/session run each op and form through the engines,
  // test/train/run/process trains, test/bench/bench measures, test/weights reads files of each format, test/cli/process
  // rounds to int8, and test/lsp, test/train/run/files and test/structure/expressions look at some of what these look at
  'is a long run of what shorter tests do on both': [
    'bench/table.test.ts',
    'forms',
    'golden',
    'lsp/speed.test.ts',
    'quantise/compile-int8.test.ts',
    'quantise/lite-ops.test.ts',
    'quantise/verify-int8.test.ts',
    'real-files/packages.test.ts',
    'robust/linear.test.ts',
    'tfjs/calibrated-weights.test.ts',
    'tfjs/networks.test.ts',
    'train/run/mnist.test.ts',
    'train/run/tampered.test.ts',
    'training/golden-deep.test.ts',
    'training/golden-families.test.ts',
    'training/golden-loop.test.ts',
    'training/golden-scored.test.ts',
    'training/golden-step.test.ts',
  ],
};

/** The same as patterns for Vitest. */
export const oneNodePatterns = Object.values(oneNode)
  .flat()
  .map((path) => (path.endsWith('.ts') ? `test/${path}` : `test/${path}/**/*.test.ts`));
