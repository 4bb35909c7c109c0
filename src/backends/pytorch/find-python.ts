import type { OpenOptions } from '../backend.ts';
import { findPython } from '../find-python.ts';

/** Looks for the packages without importing them: torch takes seconds. */
const script = `
import importlib.util as u, sys
from importlib.metadata import version
if not all(u.find_spec(name) for name in ('torch', 'safetensors', 'PIL')):
    sys.exit(3)
print(version('torch'))
`;

/** What to type where there is no PyTorch. */
export const torchAdvice = 'pip install torch safetensors pillow';

/** A Python that has PyTorch, and what `train.py` needs as well. */
export interface TorchPython {
  readonly python: string;
  /** The version of torch. */
  readonly version: string;
}

/** A Python that has torch, safetensors and Pillow, see `findPython`. Undefined where none has. */
export function findTorchPython(options: OpenOptions, only?: string): TorchPython | undefined {
  const found = findPython(script, options, only);
  return found && { python: found.python, version: found.printed };
}
