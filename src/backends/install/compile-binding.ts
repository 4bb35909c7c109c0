import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Wheel } from './find-wheel.ts';
import { InstallError } from './install-error.ts';
import { quietModule, quietSource } from './quiet-source.ts';
import { lastLines, runTool } from './run-tool.ts';
import { sessionOptionsSource, wrappedLoad } from './session-options-source.ts';

/** The Node-API version that tfjs-node 4.22 prefers: every Node that enetc runs on has it. */
const napiVersion = 8;

/**
 * A C++ compiler: `CXX`, else the first of the usual ones.
 * @throws InstallError if there is none
 */
export async function findCompiler(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const candidates = env.CXX ? [env.CXX] : ['c++', 'g++', 'clang++'];
  for (const candidate of candidates) {
    if ((await runTool(candidate, ['--version'])).code === 0) return candidate;
  }
  const install = process.platform === 'darwin' ? 'xcode-select --install' : 'apt install g++ (Debian, Ubuntu)';
  throw new InstallError(
    `there is no C++ compiler (${candidates.join(', ')}), which the binding is built with: ${install}`,
  );
}

/**
 * Builds tfjs-node's binding in place, against the libraries of the wheel where they are. The compiler is called directly, not by node-gyp, which wants Python modules, `make`, and headers of this very Node from the network: the binding is two
 * files over Node-API, whose headers are the same for every Node (npm's `node-api-headers`).
 *
 * The libraries are not copied or linked into the package as tfjs-node does: they look for pip's CUDA libraries relative to their own location (RUNPATH `$ORIGIN/../nvidia/cudnn/lib` and the like).
 * @param modules the `node_modules` folder that has tfjs-node and node-api-headers
 * @throws InstallError with the output of the compiler
 */
export async function compileBinding(compiler: string, modules: string, wheel: Wheel): Promise<void> {
  const tfjsNode = join(modules, '@tensorflow/tfjs-node');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjsNode, 'binding', name));
  const common = ['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${napiVersion}`];
  // Symbols of Node itself are resolved when Node loads the module.
  if (process.platform === 'darwin') common.push('-undefined', 'dynamic_lookup');
  common.push('-I', join(modules, 'node-api-headers/include'));
  // Where node-pre-gyp looks: package.json's binary.module_path.
  const binding = join(tfjsNode, `lib/napi-v${napiVersion}/tfjs_binding.node`);
  mkdirSync(dirname(binding), { recursive: true });
  const sessionOptions = join(tfjsNode, 'binding/session-options.cc');
  writeFileSync(sessionOptions, sessionOptionsSource);
  await compile(compiler, [
    ...common,
    '-I',
    wheel.include,
    `-D${wrappedLoad.join('=')}`,
    ...sources,
    sessionOptions,
    '-o',
    binding,
    ...wheel.libraries,
    `-Wl,-rpath,${wheel.library}`,
  ]);
  const quiet = join(tfjsNode, 'lib/quiet-stderr.cc');
  writeFileSync(quiet, quietSource);
  await compile(compiler, [...common, quiet, '-o', join(tfjsNode, 'lib', quietModule)]);
}

async function compile(compiler: string, args: readonly string[]): Promise<void> {
  const { code, signal, stderr, stdout } = await runTool(compiler, args);
  if (code === 0) return;
  const end = signal ? `was ended by ${signal}` : `ended with ${code}`;
  throw new InstallError(`${compiler} ${end}:\n${lastLines(stderr || stdout, 20)}`);
}
