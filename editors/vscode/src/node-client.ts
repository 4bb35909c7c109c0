import { workspace } from 'vscode';
import { LanguageClient, type ServerOptions, TransportKind } from 'vscode-languageclient/node';
import type { CreateClient } from './client.ts';

/** The server in a process of its own: the one that comes with the extension, or the `enetc` of the settings. */
export const createNodeClient: CreateClient = (context, options) => ({
  client: new LanguageClient('enet', 'enet', serverOptions(context.asAbsolutePath('dist/server.cjs')), options),
});

function serverOptions(bundled: string): ServerOptions {
  const path = workspace.getConfiguration('enet').get('server.path', '').trim();
  // A folder that the user has not trusted does not choose what runs.
  if (path === '' || !workspace.isTrusted) return { module: bundled, transport: TransportKind.stdio };
  return /\.[cm]?js$/.test(path)
    ? { command: process.execPath, args: [path, 'lsp', '--stdio'], options: { env: nodeEnvironment() } }
    : { command: path, args: ['lsp', '--stdio'] };
}

/** In the desktop program the running executable is not Node, but can act as it. */
function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
}
