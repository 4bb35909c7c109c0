#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { supervise } from './supervise.ts';

/**
 * Starts the command line from V8's compiled form of it, for most of a short command's time is compiling. Node keeps
 * that form between runs from 22.1 on. For the Node that built the package the build leaves it in `dist/`; V8 itself
 * refuses one that is not of its version and this source, and then compiles as always. `check`, `compile` and `weights` have
 * bundles of their own, for reading what is not used costs time too; that of `check` also answers `--help` and `--version`.
 */
const [, , command] = process.argv;
const own = ['check', 'compile', 'weights'];
const bundle = !command || command.startsWith('-') ? 'check' : own.includes(command) ? command : 'main';
const file = join(__dirname, `${bundle}.cjs`);
const cache = join(__dirname, `${bundle}-${process.versions.v8}.cache`);

const { enableCompileCache } = nodeModule as { enableCompileCache?: () => void };
if (isLong() && isMainThread) supervise(__filename);
else if (existsSync(cache)) runCompiled();
else {
  enableCompileCache?.();
  require(file);
}

/** Whether the command computes and writes for long, deaf to signals. */
function isLong(): boolean {
  if (command !== 'weights') return command === 'compile';
  // Files of these formats are written in turns with hearing them (`in-turns.ts`), which saves the start of a thread.
  const at = process.argv.findIndex((argument) => /^(-o|--output)/.test(argument));
  const { [at]: option = '', [at + 1]: value = '' } = process.argv;
  return at >= 0 && !/\.(safetensors|pt|pth|bin)$/i.test(/^(-o|--output)$/.test(option) ? value : option);
}

function runCompiled(): void {
  const source = nodeModule.Module.wrap(readFileSync(file, 'utf8'));
  const script = new Script(source, {
    filename: file,
    cachedData: readFileSync(cache),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, nodeModule.createRequire(file), module, file, __dirname);
}
