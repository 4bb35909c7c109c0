import { FileType, Uri, workspace } from 'vscode';
import { FileChangeType, type Middleware } from 'vscode-languageclient';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { CreateClient } from './client.ts';

/** As many files as a workspace in the browser hands to the server at its start. */
const mostFiles = 500;

/** The server in a worker of the browser. It has no disk: it is given the workspace's files, and those that change. */
export const createBrowserClient: CreateClient = async (context, options) => {
  const worker = await startWorker(Uri.joinPath(context.extensionUri, 'dist/server-worker.js'));
  const files: Record<string, string> = {};
  for (const uri of await workspace.findFiles('**/*.enet', undefined, mostFiles)) {
    const text = await readText(uri);
    if (text !== undefined) files[uri.toString()] = text;
  }
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

/** Undefined for a file that is gone again, or a folder of such a name. */
async function readText(uri: Uri): Promise<string | undefined> {
  try {
    const { type } = await workspace.fs.stat(uri);
    return type & FileType.File ? new TextDecoder().decode(await workspace.fs.readFile(uri)) : undefined;
  } catch {
    return undefined;
  }
}
