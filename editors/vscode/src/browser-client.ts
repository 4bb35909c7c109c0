import { Uri, workspace } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { CreateClient } from './client.ts';

/** As many files as a workspace in the browser hands to the server at its start. */
const mostFiles = 500;

/** The server in a worker of the browser. It has no disk: it is given the workspace's files. */
export const createBrowserClient: CreateClient = async (context, options) => {
  const worker = new Worker(Uri.joinPath(context.extensionUri, 'dist/server-worker.js').toString(true));
  const files: Record<string, string> = {};
  for (const uri of await workspace.findFiles('**/*.enet', undefined, mostFiles)) {
    files[uri.toString()] = new TextDecoder().decode(await workspace.fs.readFile(uri));
  }
  const initializationOptions = { ...options.initializationOptions, files };
  return new LanguageClient('enet', 'enet', worker, { ...options, initializationOptions });
};
