import { realpathSync } from 'node:fs';
import { nodePlatform } from './language-server/platform.ts';
import { serveStreams } from './language-server/serve-streams.ts';

/** `enetc lsp`: the entry of the bundle `dist/lsp.cjs`, which is loaded by that command alone. */
export { lspCommand } from './commands/lsp.ts';

// Run as a script of its own, as an editor's extension does that brings its own copy, it serves standard input.
const [, script] = process.argv;
if (script !== undefined && isThisFile(script)) {
  void serveStreams(process.stdin, process.stdout, nodePlatform()).then((code) => process.exit(code));
}

function isThisFile(path: string): boolean {
  try {
    return realpathSync(path) === import.meta.filename;
  } catch {
    return false;
  }
}
