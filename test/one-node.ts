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
    'docs',
    'exact',
    'format',
    'ide',
    'import/timm.test.ts',
    'language',
    'lsp/fuzz.test.ts',
    'merge',
    'parse',
    'pipeline/partition.test.ts',
    'pipeline/plan.test.ts',
    'pipeline/published.test.ts',
    'pipeline/schedule.test.ts',
    'report',
    'robust/fuzz.test.ts',
    'search',
    'structure/add-target.test.ts',
    'structure/dependencies.test.ts',
    'structure/mutation.test.ts',
    'tfjs/foreign-folders.test.ts',
    'tfjs/golden.test.ts',
    'tfjs/ops.test.ts',
    'tfjs/round-trip.test.ts',
    'tfjs/shared-layers.test.ts',
    'training/auxiliary.test.ts',
    'training/eager-ops.test.ts',
    'training/eager-runner.test.ts',
    'training/gradients.test.ts',
    'training/library-gradients.test.ts',
  ],
  // that such a program is started and answers is looked at by test/onnx/ops, test/tfjs/verify, test/predict/tflite, test/bench/tflite
  // and test/lsp/process
  'runs in a program of its own: Python, the compiler of TypeScript, an editor': [
    'engines',
    'lsp/emacs.test.ts',
    'lsp/helix.test.ts',
    'lsp/neovim.test.ts',
    'onnx/checker.test.ts',
    'onnx/library-checker.test.ts',
    'onnx/schema.test.ts',
    'pipeline/measure.test.ts',
    'pytorch',
    'savedmodel',
    'structure/add-op.test.ts',
    'tflite/file.test.ts',
    'tflite/networks.test.ts',
    'tflite/ops.test.ts',
  ],
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
  // rounds to int8, test/study/queue/away and joining kill workers and servers, and test/lsp, test/train/run/files and
  // test/structure/expressions look at some of what these look at
  'is a long run of what shorter tests do on both': [
    'backbones',
    'bench/table.test.ts',
    'forms',
    'golden',
    'import/checkpoint.test.ts',
    'import/graph-model.test.ts',
    'import/hostile.test.ts',
    'import/import.test.ts',
    'lsp/hostile-fuzz.test.ts',
    'lsp/speed.test.ts',
    'quantise',
    'real-files',
    'robust/linear.test.ts',
    'study/queue/kills.test.ts',
    'tfjs/calibrated-weights.test.ts',
    'tfjs/networks.test.ts',
    'train/run/mnist.test.ts',
    'train/run/quantize.test.ts',
    'train/run/tampered.test.ts',
    'training/golden-deep.test.ts',
    'training/golden-families.test.ts',
    'training/golden-loop.test.ts',
    'training/golden-scored.test.ts',
    'training/golden-step.test.ts',
    'training/quantised-network.test.ts',
    'weights/hostile.test.ts',
  ],
};

/** The same as patterns for Vitest. */
export const oneNodePatterns = Object.values(oneNode)
  .flat()
  .map((path) => (path.endsWith('.ts') ? `test/${path}` : `test/${path}/**/*.test.ts`));
