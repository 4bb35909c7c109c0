import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { timmConfigKey } from '../weights/preprocessing-facts.ts';
import { isUnreadable } from '../weights/readers/byte-reader.ts';
import type { OpenedTensors } from '../weights/readers/format.ts';
import { checkpointFormats, formatOf, openCheckpointFile } from '../weights/readers/readers.ts';
import type { DownloadProgress } from './hub/download.ts';
import type { FetchedWeights } from './hub/fetch-weights.ts';
import { type HubName, hubNameOf } from './hub/hub-name.ts';
import { folderProblem, modelFolderFiles } from './model-folder-files.ts';
import { orUndefined } from './or-undefined.ts';
import { openRandomAccess, readText } from './regular-file.ts';
import { FileError } from './system-errors.ts';

export interface OpenedCheckpoint extends OpenedTensors {
  /** The kind of file: `a PyTorch checkpoint`. */
  readonly what: string;
  close(): void;
}

/**
 * Opens a checkpoint by its path, as given by the user: a file of any format that is read, a folder that one stands for, or the name
 * of a published one (`hubNameOf`), which is fetched if it is not in the cache. Only the description of the tensors is read at this point.
 * @param cwd the folder that a relative path starts from.
 * @param key see `CheckpointSource`.
 * @throws FileError, from reading its tensors too.
 */
export async function openCheckpoint(
  path: string,
  cwd: string,
  key?: string,
  progress?: DownloadProgress,
): Promise<OpenedCheckpoint> {
  const hub = hubNameOf(path, cwd);
  const absolute = hub ? (await fetchPublished(hub, path, progress)).path : resolve(cwd, path);
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const folderFormat = isFolder ? checkpointFormats.find(({ folderFile }) => holds(absolute, folderFile)) : undefined;
  if (isFolder && !folderFormat) throw new FileError(`'${path}' cannot be read: ${folderProblem(absolute, path)}`);
  const inFolder = folderFormat?.folderFile ?? '';
  const main = openRandomAccess(join(absolute, inFolder), hub ? path : join(path, inFolder));
  const near = isFolder
    ? modelFolderFiles(absolute, path, path)
    : modelFolderFiles(dirname(absolute), dirname(path), path);
  const closeFiles = () => {
    main.close();
    near.close();
  };
  try {
    const format = folderFormat ?? formatOf(main.file, path);
    // The library for HDF5 is a separate bundle: it takes as long to load as a whole command.
    const openHdf5 = format.needsHdf5 ? await (await import('./hdf5-engine.ts')).loadHdf5() : undefined;
    const source = { name: path, file: main.file, openNear: near.open };
    const options = { ...(key !== undefined && { key }), ...(openHdf5 && { openHdf5 }) };
    const opened = withConfig(openCheckpointFile({ ...source, ...options }, format), dirname(absolute));
    const close = () => {
      opened.close?.();
      closeFiles();
    };
    return {
      ...opened,
      what: format.what,
      ...(opened.checkpoint && { checkpoint: readable(opened.checkpoint) }),
      close,
    };
  } catch (e) {
    closeFiles();
    throw e;
  }
}

/** Published weights, from the cache or the hub. Its client is a separate bundle. */
export async function fetchPublished(
  name: HubName,
  shown: string,
  progress?: DownloadProgress,
): Promise<FetchedWeights> {
  const { fetchWeights } = await import('./hub/fetch-weights.ts');
  return fetchWeights(name, shown, process.env, progress);
}

/** The limit for timm's description of its weights, `config.json`, next to them. A larger file is something else. */
const mostConfigBytes = 1 << 20;

/** Adds the facts from timm's `config.json` next to a file of weights, if there is one. */
function withConfig<Opened extends OpenedTensors>(opened: Opened, folder: string): Opened {
  const path = join(folder, 'config.json');
  const { checkpoint } = opened;
  const size = orUndefined(() => statSync(path).size) ?? Number.POSITIVE_INFINITY;
  const text = checkpoint && size <= mostConfigBytes ? orUndefined(() => readText(path)) : undefined;
  if (!checkpoint || !text?.includes('"pretrained_cfg"')) return opened;
  return {
    ...opened,
    checkpoint: { ...checkpoint, metadata: new Map([...checkpoint.metadata, [timmConfigKey, text]]) },
  };
}

/** A checkpoint whose damage, where it shows only when a tensor is read, is an error of its file. */
function readable(checkpoint: Checkpoint): Checkpoint {
  return {
    ...checkpoint,
    read(name) {
      try {
        return checkpoint.read(name);
      } catch (e) {
        if (!isUnreadable(e)) throw e;
        throw new FileError(`'${checkpoint.name}' cannot be read: ${e.message}`);
      }
    },
  };
}

function holds(folder: string, file: string | undefined): boolean {
  return file !== undefined && existsSync(join(folder, file));
}
