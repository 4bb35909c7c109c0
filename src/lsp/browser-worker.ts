import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { browserPlatform, takeFiles } from './browser-host.ts';
import { serve } from './server.ts';
import { uriToPath } from './uris.ts';

/**
 * The language server as a script of a web worker, `dist/lsp-worker.js`: the protocol's messages are those of the
 * worker. Files that documents import and that are not open come in `initializationOptions.files`, `{uri: text}`, and
 * later by the notification `enet/files`, `{files: {uri: text}}`; a text of null removes one.
 */
const scope = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
const files = new Map<string, string>();
const connection = createConnection(new BrowserMessageReader(scope), new BrowserMessageWriter(scope));
const session = serve(connection, browserPlatform('in a browser', files));
connection.onNotification('enet/files', (params: { files?: unknown } | undefined) => {
  takeFiles(files, params?.files);
  const paths = Object.keys(params?.files ?? {}).map(uriToPath);
  for (const { ide } of session.projects.all()) ide.filesChanged(paths);
  session.documentsChanged();
});
