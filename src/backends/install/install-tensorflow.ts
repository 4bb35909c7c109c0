import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../node/make-folders.ts';
import type { OpenOptions } from '../backend.ts';
import { checkGradient } from '../check-gradient.ts';
import { dataFolder } from '../data-folder.ts';
import { resolveFrom } from '../find-package.ts';
import { type LinkedTensorflow, linkFolder, recordName } from '../linked-tensorflow.ts';
import { loadTensorflow } from '../tensorflow/load.ts';
import { compileBinding, findCompiler } from './compile-binding.ts';
import { findWheel } from './find-wheel.ts';
import { InstallError } from './install-error.ts';
import { lastLines, runTool } from './run-tool.ts';

/** What is fetched from npm: exact versions, since the binding is built from the sources of one of them. */
const packages = { '@tensorflow/tfjs-node': '4.22.0', 'node-api-headers': '1.9.0' };

export interface InstallOptions extends OpenOptions {
  /** The Python whose TensorFlow is linked; found where not given. */
  readonly python?: string;
  /** Called with what is being done, one line per step. */
  say(line: string): void;
  /** Called with the temporary folder, for cleaning up after an interruption; and when it is gone. */
  began(folder: string): void;
  ended(folder: string): void;
}

/**
 * Links the TensorFlow of a Python: fetches tfjs-node, builds its binding against the libraries of the wheel, computes a
 * gradient with it, and remembers it. All in a folder next to it; an existing link stays until the new one works.
 * @throws InstallError with what is missing and what to type
 */
export async function installTensorflow(
  options: InstallOptions,
): Promise<LinkedTensorflow & { readonly gpu: boolean }> {
  const { cwd, env, say } = options;
  if (process.platform === 'win32') {
    throw new InstallError(
      "on Windows TensorFlow's Python package has no library to link. Use WSL, or the backend 'webgpu', which runs on any GPU",
    );
  }
  const wheel = await findWheel(options.python, cwd, env);
  say(`TensorFlow ${wheel.version} of ${wheel.python}`);
  const compiler = await findCompiler(env);
  const home = dataFolder(env);
  makeFolders(home);
  const folder = mkdtempSync(join(home, 'tensorflow-new-'));
  options.began(folder);
  try {
    say(`fetching @tensorflow/tfjs-node ${packages['@tensorflow/tfjs-node']}`);
    await fetchPackages(folder);
    say(`building the binding with ${compiler}`);
    await compileBinding(compiler, join(folder, 'node_modules'), wheel);
    say('checking it');
    const { version, gpu } = await checkLink(folder);
    const link: LinkedTensorflow = { version, python: wheel.python, library: wheel.library };
    writeFileSync(join(folder, recordName), `${JSON.stringify(link, null, 2)}\n`);
    replaceLink(folder, linkFolder(env));
    return { ...link, gpu };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    options.ended(folder);
  }
}

/** Forgets the linked TensorFlow and removes what was built for it. The Python package stays. */
export function removeTensorflow(env: OpenOptions['env']): void {
  rmSync(linkFolder(env), { recursive: true, force: true });
}

/** Replaces the old link, if there is one, by the new: a folder cannot be renamed over another. */
function replaceLink(folder: string, link: string): void {
  const old = mkdtempSync(`${link}-old-`);
  if (existsSync(link)) renameSync(link, join(old, 'link'));
  renameSync(folder, link);
  rmSync(old, { recursive: true, force: true });
}

async function fetchPackages(folder: string): Promise<void> {
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ private: true, dependencies: packages }, null, 2)}\n`,
  );
  // Without its install script, which downloads TensorFlow 2.9.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { code, missing, stderr } = await runTool('npm', args, { cwd: folder });
  if (missing) throw new InstallError('there is no npm, which fetches @tensorflow/tfjs-node. Install Node.js with npm');
  if (code !== 0) throw new InstallError(`npm could not fetch @tensorflow/tfjs-node:\n${lastLines(stderr)}`);
}

/**
 * Loads the binding in a process of its own first: a library that this processor or system cannot run ends the process
 * that loads it. Then here, to compute.
 */
async function checkLink(folder: string): Promise<{ version: string; gpu: boolean }> {
  const binding = join(folder, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
  const { code, signal, stderr } = await runTool(process.execPath, ['-e', `require(${JSON.stringify(binding)})`], {
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  if (code !== 0) {
    const end = signal ? `the process that loaded it was ended by ${signal}` : 'it does not load';
    throw new InstallError(`the binding is built, but ${end}:\n${lastLines(stderr)}`);
  }
  const entry = resolveFrom(folder, '@tensorflow/tfjs-node');
  if (entry === undefined) throw new InstallError('npm has fetched @tensorflow/tfjs-node without its entry file');
  const { tf, version, gpu } = await loadTensorflow(entry, true);
  await checkGradient(tf);
  return { version, gpu };
}
