import { modelInfo, pathsInfo } from '@huggingface/hub';
import { FileError, isFileError, systemProblem } from '../system-errors.ts';
import { type CachedRepo, cachedFile, cachedRepo, commitPattern } from './cache.ts';
import { chooseFile } from './choose-file.ts';
import { connect, type HubConnection, hubProblem } from './connection.ts';
import { type DownloadProgress, download, type HubFile } from './download.ts';
import type { HubName } from './hub-name.ts';

/** Weights of the hub, on this machine. */
export interface FetchedWeights {
  /** Of the file in the cache. */
  readonly path: string;
  /** Their permanent name: with file and commit. */
  readonly pinned: Required<HubName>;
}

/** What timm and others describe their weights in, next to these. */
const description = 'config.json';

/**
 * The file of weights that is published under a name: of the cache, which is not compared with the hub again, or fetched into it.
 * @param shown how the user calls it.
 * @throws FileError where it is not in the cache and cannot be fetched.
 */
export async function fetchWeights(
  name: HubName,
  shown: string,
  env: Readonly<Record<string, string | undefined>>,
  progress: DownloadProgress = () => {},
): Promise<FetchedWeights> {
  const cache = cachedRepo(name.repo);
  const result = ({ commit, file }: { commit: string; file: string }) => ({
    path: cache.pathOf(commit, file),
    pinned: { repo: name.repo, file, revision: commit },
  });
  const there = cachedFile(cache, name);
  if (there) return result(there);
  const { connection, isOffline, refused } = connect(env);
  if (isOffline) throw new FileError(`'${shown}' is not in the cache, and HF_HUB_OFFLINE forbids fetching it`);
  try {
    return result(await fetchInto(cache, name, shown, connection, progress));
  } catch (e) {
    if (isFileError(e)) throw e;
    const problem = systemProblem(e);
    if (problem !== undefined) throw new FileError(`'${shown}' cannot be kept in the cache: ${problem}`);
    throw hubProblem(shown, connection.hubUrl, refused(), e);
  }
}

async function fetchInto(
  cache: CachedRepo,
  { repo, file: asked, revision }: HubName,
  shown: string,
  connection: HubConnection,
  progress: DownloadProgress,
): Promise<{ readonly commit: string; readonly file: string }> {
  const { sha, filePaths } = await modelInfo({
    ...connection,
    name: repo,
    revision,
    additionalFields: ['sha', 'filePaths'],
  });
  const commit = String(sha);
  if (!commitPattern.test(commit)) throw new FileError(`'${shown}' cannot be fetched: the hub states no commit for it`);
  const file = chooseFile(shown, filePaths, asked);
  const paths = [file, ...(filePaths.includes(description) && file !== description ? [description] : [])];
  const infos = await pathsInfo({ ...connection, repo, paths, revision: commit, expand: false });
  // the description first: weights in the cache have theirs
  for (const path of paths.toReversed()) {
    if (cache.holds(commit, path)) continue;
    const info = infos.find((one) => one.path === path);
    const checksum = info?.lfs?.oid ?? info?.oid ?? '';
    if (!info || !/^([0-9a-f]{64}|[0-9a-f]{40})$/.test(checksum)) {
      throw new FileError(`'${shown}' cannot be fetched: the hub states no checksum for '${path}'`);
    }
    const wanted: HubFile = { repo, commit, file: path, size: info.lfs?.size ?? info.size, checksum };
    if (!cache.hasBlob(checksum)) await download(cache, wanted, connection, path === file ? progress : () => {});
    cache.link(wanted);
  }
  cache.noteCommit(revision, commit);
  return { commit, file };
}
