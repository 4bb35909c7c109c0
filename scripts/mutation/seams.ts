/** A place where two parts meet, and the tests that cover it. */
export interface Seam {
  readonly what: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** What unit tests cannot see: which number the loop feeds, which file is renamed first, what a screen or a file shows. */
export const seams: readonly Seam[] = [
  {
    what: 'the inputs of a training step',
    files: ['src/train/loop/run-step.ts', 'src/train/loop/step-inputs.ts'],
    tests: ['test/train/run/seams.test.ts', 'test/train/run/loop.test.ts', 'test/training/golden-loop.test.ts'],
  },
  {
    what: 'the rate and the size at each step',
    files: ['src/train/schedule.ts', 'src/train/progressive.ts'],
    tests: ['test/train/run/schedule.test.ts', 'test/train/run/warmup.test.ts', 'test/train/run/seams.test.ts'],
  },
  {
    what: 'the best epoch and its score',
    files: ['src/train/loop/finish-epoch.ts', 'src/train/loop/evaluate.ts', 'src/train/loop/score.ts'],
    tests: [
      'test/train/run/seams.test.ts',
      'test/train/run/report.test.ts',
      'test/train/run/loop.test.ts',
      'test/train/run/commands.test.ts',
    ],
  },
  {
    what: 'from files to batches',
    files: [
      'src/train/data/hold-out.ts',
      'src/train/data/csv.ts',
      'src/train/data/folders.ts',
      'src/train/data/assemble-batch.ts',
      'src/train/augment/patches.ts',
      'src/train/augment/mixing.ts',
      'src/train/augment/crops.ts',
    ],
    tests: ['test/train/data', 'test/train/augment'],
  },
  {
    what: 'checkpoints to parameters',
    files: ['src/weights/checkpoint-weights.ts', 'src/weights/star-order.ts', 'src/weights/folded-weights.ts'],
    tests: ['test/weights', 'test/language/weights.test.ts', 'test/onnx/target.test.ts'],
  },
  {
    what: 'what is written, and in which order',
    files: [
      'src/node/atomic-file.ts',
      'src/cli/output-files.ts',
      'src/cli/output-folder.ts',
      'src/train/run/state-file.ts',
    ],
    tests: ['test/cli/outputs.test.ts', 'test/cli/commands.test.ts', 'test/train/run/files.test.ts'],
  },
  {
    what: 'output for machines and people',
    files: [
      'src/diagnostics/json.ts',
      'src/diagnostics/nearest.ts',
      'src/5-graph/receptive-field.ts',
      'src/report/drawing/draw-stages.ts',
      'src/report/drawing/draw-block.ts',
    ],
    tests: ['test/diagnostics', 'test/report', 'test/language/names-elsewhere.test.ts'],
  },
  {
    what: 'which document the server means',
    files: ['src/lsp/documents.ts'],
    tests: ['test/lsp/documents.test.ts', 'test/lsp/outside-changes.test.ts', 'test/lsp/unwatched-files.test.ts'],
  },
];
