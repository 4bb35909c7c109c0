// Runs the built command line once and writes V8's compiled form of the code used next to it (see src/cli/launch.ts).
// Called by scripts/build.ts: node scripts/code-cache.cjs MAIN.CJS OUT.CACHE ARGUMENTS...
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, Module } = require('node:module');
const { dirname } = require('node:path');
const { constants, Script } = require('node:vm');

const [file, out, ...args] = process.argv.slice(2);
const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
process.argv = [process.argv[0], file, ...args];
process.on('exit', () => writeFileSync(out, script.createCachedData()));
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, createRequire(file), module_, file, dirname(file));
