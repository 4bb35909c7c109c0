import type { OpenOptions } from '../backend.ts';
import { findPython } from '../find-python.ts';

/** Looks for the packages without importing them: TensorFlow takes seconds. */
const script = `
import importlib.util as u, sys
sys.exit(0 if u.find_spec('ai_edge_litert') or u.find_spec('tensorflow') else 3)
`;

/** What to type where there is no interpreter. */
export const liteAdvice = 'pip install ai-edge-litert';

/** A Python that has TensorFlow Lite's interpreter, see `findPython`. Undefined where none has. */
export function findLitePython(options: OpenOptions): string | undefined {
  return findPython(script, options)?.python;
}
