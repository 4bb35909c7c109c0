import { type BackendRequest, backendRequests } from '../../backends/backend.ts';
import { option, words } from '../../diagnostics/words.ts';
import type { Report } from '../events.ts';
import { SettingError } from '../run-error.ts';

/** Where and how a run or an evaluation is computed: nothing that changes its result except by rounding. */
export interface CommonOptions {
  /** The backend: `auto`, the best that works here, `cuda`, `tensorflow`, `webgpu` or `cpu`. */
  readonly backend?: BackendRequest | undefined;
  /** Threads that decode images; one fewer than the machine's cores by default. */
  readonly workers?: number | undefined;
  /** The folder that relative paths start from; the process' own by default. */
  readonly cwd?: string | undefined;
  /** Where backends are looked for (`ENETC_HOME`); the process' own environment by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How a run or an evaluation is followed and stopped. */
export interface RunControl {
  readonly signal?: AbortSignal | undefined;
  /** Called with each event before the run continues. An error that it throws ends the run like any other. */
  readonly onEvent?: Report | undefined;
}

/** `cwd` and `env` with their defaults. @throws SettingError for an unknown backend or an invalid number of threads. */
export function placeOf({ backend, workers, cwd = process.cwd(), env = process.env }: CommonOptions) {
  if (backend !== undefined && !backendRequests.includes(backend)) {
    throw new SettingError('backend', words`${option('backend')} takes ${backendRequests.join(' or ')}`);
  }
  if (workers !== undefined && !(Number.isInteger(workers) && workers > 0)) {
    throw new SettingError('workers', words`${option('workers')} takes a whole number from 1`);
  }
  return { cwd, env };
}

/** Untyped callers may leave out required options. @throws SettingError for the first missing one. */
export function requireOptions<O extends object>(options: O, names: readonly (keyof O & string)[]): void {
  const missing = names.find((name) => options[name] === undefined);
  if (missing !== undefined) throw new SettingError(missing, words`${option(missing)} is required`);
}
