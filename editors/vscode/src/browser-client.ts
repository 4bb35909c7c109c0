import { Uri, workspace } from 'vscode';
import { FileChangeType, type Middleware } from 'vscode-languageclient';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { CreateClient } from './client.ts';
import { readText, readWorkspaceFiles } from './workspace-files.ts';

/** The server in a worker of the browser. It has no disk: it is given the workspace's files, and those that change. */
export const createBrowserClient: CreateClient = async (context, options) => {
  const worker = await startWorker(Uri.joinPath(context.extensionUri, 'dist/server-worker.js'));
  const files = await readWorkspaceFiles();
  const initializationOptions = { ...options.initializationOptions, files };
  const handOver: Middleware['workspace'] = {
    async didChangeWatchedFile(event, next) {
      const text = event.type === FileChangeType.Deleted ? undefined : await readText(Uri.parse(event.uri));
      await client.sendNotification('enet/files', { files: { [event.uri]: text ?? null } });
      await next(event);
    },
  };
  const middleware = { ...options.middleware, workspace: { ...options.middleware?.workspace, ...handOver } };
  const client = new LanguageClient('enet', 'enet', worker, { ...options, initializationOptions, middleware });
  return { client, end: () => worker.terminate() };
};

/** An extension of a remote machine has addresses that no worker may be made of, but its text can be read. */
async function startWorker(script: Uri): Promise<Worker> {
  if (script.scheme !== 'vscode-remote') return new Worker(script.toString(true));
  const text = new Uint8Array(await workspace.fs.readFile(script));
  return new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
}
