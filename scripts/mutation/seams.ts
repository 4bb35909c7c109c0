/** A place where two parts meet, and the tests that go through it. */
export interface Seam {
  readonly what: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** What the units' own tests cannot see: which number the loop feeds, which file is renamed first, what a screen or a file says. */
export const seams: readonly Seam[] = [
  {
    what: 'what a training step is fed',
    files: [
      'src/train/loop/run-step.ts',
      'src/train/loop/step-inputs.ts',
      'src/train/schedule.ts',
      'src/train/progressive.ts',
    ],
    tests: ['test/train/run', 'test/training/golden-step.test.ts'],
  },
  {
    what: 'which epoch counts, and how an epoch is scored',
    files: ['src/train/loop/finish-epoch.ts', 'src/train/loop/evaluate.ts', 'src/train/loop/score.ts'],
    tests: ['test/train/run'],
  },
  {
    what: 'from files to batches',
    files: [
      'src/train/data/hold-out.ts',
      'src/train/data/csv.ts',
      'src/train/data/folders.ts',
      'src/train/augment/patches.ts',
      'src/train/augment/mixing.ts',
    ],
    tests: ['test/train/data', 'test/train/augment'],
  },
  {
    what: 'checkpoints to parameters',
    files: ['src/weights/checkpoint-weights.ts', 'src/weights/weight-map.ts'],
    tests: ['test/weights', 'test/language/weights.test.ts'],
  },
  {
    what: 'what is written, in which order',
    files: ['src/cli/output-files.ts', 'src/cli/output-folder.ts'],
    tests: ['test/cli'],
  },
  {
    what: 'what machines and people read',
    files: [
      'src/diagnostics/json.ts',
      'src/diagnostics/nearest.ts',
      'src/5-graph/receptive-field.ts',
      'src/report/drawing/svg.ts',
    ],
    tests: ['test/diagnostics', 'test/report', 'test/language'],
  },
];
