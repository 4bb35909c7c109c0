import { realpathSync } from 'node:fs';
import { serveStdio } from './language-server/serve-stdio.ts';

/** `enetc lsp`: the entry of the bundle `dist/lsp.cjs`, which is loaded by that command alone. */
export { lspCommand } from './commands/lsp.ts';

// Run as a script of its own, as an editor's extension does that brings its own copy, it serves standard input.
const [, script] = process.argv;
if (script !== undefined && isThisFile(script)) {
  void serveStdio().then((code) => {
    process.exitCode = code;
  });
}

function isThisFile(path: string): boolean {
  try {
    return realpathSync(path) === import.meta.filename;
  } catch {
    return false;
  }
}
