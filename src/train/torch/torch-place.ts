import { resolve } from 'node:path';
import type { BackendRequest } from '../../backends/backend.ts';
import { findTorchPython, type TorchPython, torchAdvice } from '../../backends/pytorch/find-python.ts';
import { option, words } from '../../diagnostics/words.ts';
import { RunError, SettingError } from '../run-error.ts';

/** Where and how a run of PyTorch is computed. */
export interface TorchPlace {
  readonly python: TorchPython;
  readonly device: string | undefined;
  readonly workers: number | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Python of a run. @throws RunError where none has PyTorch, with what to do */
export function requireTorch(cwd: string, env: TorchPlace['env'], only: string | undefined): TorchPython {
  const given = only?.includes('/') ? resolve(cwd, only) : only;
  const found = findTorchPython({ cwd, env }, given);
  if (found) return found;
  const whose = only === undefined ? 'no Python here has' : `'${only}' does not have`;
  throw new RunError(
    words`${whose} torch, safetensors and Pillow: ${torchAdvice}, or name one that has them with ${option('python')}`,
    { setting: 'python' },
  );
}

/** PyTorch's device for a backend. @throws SettingError if it has none */
export function torchDevice(backend: BackendRequest | undefined): string | undefined {
  if (backend === undefined || backend === 'auto') return undefined;
  if (backend === 'cpu' || backend === 'cuda') return backend;
  throw new SettingError(
    'backend',
    words`${option('engine', 'pytorch')} computes on ${option('backend', 'cpu')} or ${option('backend', 'cuda')}`,
  );
}
