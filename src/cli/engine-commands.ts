import type { Command } from './commands.ts';

/**
 * The commands that need an engine: TensorFlow.js, worker threads, native packages. What runs them is a bundle of its
 * own, `dist/engines.cjs` (see `engines.ts`), so that the others start as fast as without them. In the order of help.
 */
export const engineCommands: readonly Command[] = [];
