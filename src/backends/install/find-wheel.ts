import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InstallError } from './install-error.ts';
import { lastLines, runTool } from './run-tool.ts';

/** TensorFlow as a Python package: its libraries and its C headers. */
export interface Wheel {
  readonly python: string;
  readonly version: string;
  /** The package's folder, with the two libraries in it. */
  readonly library: string;
  readonly include: string;
  /** Full paths: `libtensorflow_cc.so.2`, `libtensorflow_framework.so.2`. */
  readonly libraries: readonly string[];
}

/** Finds the package without importing it: that takes seconds, and may start a GPU. */
const script = `
import importlib.util, json, os, sys
from importlib import metadata
spec = importlib.util.find_spec('tensorflow')
if spec is None or not spec.origin: sys.exit(3)
folder = os.path.dirname(os.path.realpath(spec.origin))
version = ''
for name in ['tensorflow', 'tensorflow-cpu', 'tensorflow-rocm', 'tensorflow-macos', 'tf-nightly', 'tf-nightly-cpu']:
    try:
        version = version or metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({'python': sys.executable, 'folder': folder, 'version': version}))
`;

interface ScriptAnswer {
  readonly python: string;
  readonly folder: string;
  readonly version: string;
}

const hint = 'pip install tensorflow-cpu (for a GPU: tensorflow[and-cuda])';

/**
 * The TensorFlow of a Python, or of the first of the usual ones that has it: the active virtual environment's, that of
 * `.venv` in the user's folder, `python3`, `python`.
 * @throws InstallError if there is none, or one that cannot be linked
 */
export async function findWheel(
  python: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Wheel> {
  if (python !== undefined) return describeWheel(python, await ask(python, cwd));
  const candidates = [
    env.VIRTUAL_ENV && join(env.VIRTUAL_ENV, 'bin/python'),
    existsSync(join(cwd, '.venv/bin/python')) ? join(cwd, '.venv/bin/python') : undefined,
    'python3',
    'python',
  ].filter((candidate) => candidate !== undefined && candidate !== '') as string[];
  const tried: string[] = [];
  for (const candidate of candidates) {
    const answer = await ask(candidate, cwd);
    if (answer.code === 0) return describeWheel(candidate, answer);
    if (!answer.missing) tried.push(candidate);
  }
  throw new InstallError(
    tried.length === 0
      ? `there is no Python (python3, python). Install one and TensorFlow with it: ${hint}; or name one with --python PATH`
      : `no TensorFlow in ${tried.join(', ')}. Type ${hint}, or name a Python that has it with --python PATH`,
  );
}

function ask(python: string, cwd: string) {
  return runTool(python, ['-c', script], { cwd });
}

function describeWheel(python: string, answer: Awaited<ReturnType<typeof ask>>): Wheel {
  if (answer.missing) throw new InstallError(`there is no program '${python}'`);
  if (answer.code === 3) throw new InstallError(`'${python}' has no TensorFlow. Type ${python} -m ${hint}`);
  if (answer.code !== 0) {
    const output = lastLines(answer.stderr);
    const how = answer.code === undefined ? `by the signal ${answer.signal}` : `with code ${answer.code}`;
    throw new InstallError(
      `'${python}' failed to report its TensorFlow${output === '' ? `: it printed nothing and ended ${how}` : `:\n${output}`}`,
    );
  }
  const found = JSON.parse(answer.stdout) as ScriptAnswer;
  const mac = process.platform === 'darwin';
  const libraries = ['tensorflow_cc', 'tensorflow_framework'].map((name) =>
    join(found.folder, mac ? `lib${name}.2.dylib` : `lib${name}.so.2`),
  );
  const absent = libraries.find((file) => !existsSync(file));
  if (absent !== undefined) {
    throw new InstallError(
      `TensorFlow ${found.version} of '${python}' lacks ${absent}, which newer versions bring (2.21 does). ` +
        `Type ${python} -m pip install --upgrade tensorflow-cpu (for a GPU: tensorflow[and-cuda])`,
    );
  }
  return {
    python: found.python,
    version: found.version,
    library: found.folder,
    include: join(found.folder, 'include'),
    libraries,
  };
}
