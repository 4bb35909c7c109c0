import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { option, words } from '../../diagnostics/words.ts';
import { nodeHost } from '../../node/host.ts';
import type { Spec } from '../../node/open-spec.ts';
import { decodeSource } from '../../source.ts';
import { parseProgression } from '../progressive.ts';
import { RunError, SettingError } from '../run-error.ts';
import type { ResolvedSettings } from '../settings.ts';
import type { NetworkRequest, RunConfig } from './run-config.ts';
import { type RunFolder, readRun, type StoredRun, specFolder } from './run-folder.ts';

/** What a run's folder states about its network. */
export interface RunNetwork extends StoredRun {
  readonly folder: RunFolder;
  readonly spec: Spec;
  /** The request for the trained network. */
  readonly request: NetworkRequest;
}

/** Reads what network a run trains. @throws RunError if there is no run, or it is damaged. */
export function openRunNetwork(folder: RunFolder): RunNetwork {
  const { config, hashes } = readRun(folder);
  const spec = openRunSpec(folder, config);
  return { folder, config, hashes, spec, request: networkRequest(config.network, config.settings) };
}

/** The run's own copy of its spec. */
export function openRunSpec({ path, shown }: RunFolder, { spec }: RunConfig): Spec {
  const root = join(path, specFolder);
  const file = join(root, spec);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new RunError(`the run's spec '${join(shown, specFolder, spec)}' cannot be read`);
  }
  return { ...decodeSource(file, bytes), host: nodeHost(root, root) };
}

/** A run's best weights; its last ones if it is not validated. */
export function bestWeights({ path, shown }: RunFolder): string {
  const names = ['best.safetensors', 'last.safetensors'];
  const file = names.map((name) => join(path, name)).find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  throw new RunError(`the run '${shown}' has no weights yet: they are written after its first epoch`, {
    setting: 'run',
  });
}

/** The point that the options name; for a progression its last size. With the crop, which belongs to the network. */
export function networkRequest(asked: NetworkRequest, { progressive, crop }: ResolvedSettings): NetworkRequest {
  const request = crop === undefined ? asked : { ...asked, preprocessing: { ...asked.preprocessing, crop } };
  if (progressive === undefined) return request;
  const { to } = parseProgression(progressive);
  const { resolution } = request;
  if (resolution !== undefined && resolution !== to) {
    const given = option('resolution', typeof resolution === 'number' ? resolution : resolution.join('x'));
    throw new SettingError(
      'progressive',
      words`${given} and ${option('progressive', progressive)} end at different sizes`,
    );
  }
  return { ...request, resolution: to };
}
