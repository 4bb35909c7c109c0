import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  FileChangeType,
  type FileEvent,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  WatchKind,
} from 'vscode-languageserver';
import { capabilitiesFor } from './capabilities.ts';
import { readClient } from './client.ts';
import { applySettings, fetchSettings } from './configuration.ts';
import { heeding } from './guard.ts';
import type { Session } from './session.ts';
import { filesMayDiffer, reopenDocuments } from './sync.ts';
import { uriToPath } from './uris.ts';
import { pathOf } from './view.ts';

/** The server's lifecycle, and the client's notifications about folders, files and settings. */
export function followLifecycle(session: Session): void {
  const { connection, projects } = session;
  connection.onInitialize((params) => initialize(session, params));
  connection.onInitialized(() => {
    registerWatchers(session);
    void fetchSettings(session);
  });
  connection.onShutdown(() => {
    session.state = 'closing';
  });
  connection.onDidChangeConfiguration(
    heeding(session, ({ settings }: { settings?: { enet?: unknown } | null }) => {
      if (session.client.configuration) void fetchSettings(session);
      else applySettings(session, settings?.enet);
    }),
  );
  connection.onDidChangeWatchedFiles(
    heeding(session, ({ changes }) => {
      const list: readonly FileEvent[] = Array.isArray(changes) ? changes : [];
      const changed = list.map((change) => ({ path: pathOf(session, change?.uri), type: change?.type }));
      const isFolder = ({ path, type }: (typeof changed)[number]) =>
        type === FileChangeType.Deleted && !path.endsWith('.enet');
      const folders = changed.filter(isFolder).map(({ path }) => path);
      const files = changed.filter((change) => !isFolder(change)).map(({ path }) => path);
      let concerns = files.length > 0;
      for (const { ide } of projects.all()) {
        if (folders.length > 0 && ide.foldersGone(folders)) concerns = true;
        if (files.length > 0) ide.filesChanged(files);
      }
      if (concerns) filesMayDiffer(session);
    }),
  );
}

function initialize(session: Session, params: InitializeParams): InitializeResult {
  if (session.state !== 'new') throw new ResponseError(ErrorCodes.InvalidRequest, 'initialize comes once');
  session.platform.takeOptions?.(params.initializationOptions);
  session.client = readClient(params);
  session.state = 'running';
  const folders = foldersOf(params);
  setFolders(session, folders);
  applySettings(session, params.initializationOptions?.settings);
  if (session.client.workspaceFolders) followFolders(session, folders);
  return {
    capabilities: capabilitiesFor(session.client),
    serverInfo: { name: 'enetc', version: session.platform.version },
  };
}

/** The folders that a client works in; older ones have only a root. */
function foldersOf({ workspaceFolders, rootUri, rootPath }: InitializeParams): string[] {
  if (Array.isArray(workspaceFolders)) return urisIn(workspaceFolders);
  if (typeof rootUri === 'string') return [rootUri];
  return typeof rootPath === 'string' ? [rootPath] : [];
}

function urisIn(folders: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(folders) ? folders : [];
  return list.flatMap((folder) => {
    const uri: unknown = (folder as { uri?: unknown } | null)?.uri;
    return typeof uri === 'string' ? [uri] : [];
  });
}

function setFolders({ projects, platform }: Session, uris: readonly string[]): void {
  projects.setFolders(uris.map((uri) => platform.realPath(uriToPath(uri))));
}

function followFolders(session: Session, uris: readonly string[]): void {
  let folders = uris;
  session.connection.onNotification(
    'workspace/didChangeWorkspaceFolders',
    heeding(session, ({ event }: { event?: { added?: unknown; removed?: unknown } | null }) => {
      const removed = new Set(urisIn(event?.removed));
      folders = [...folders.filter((uri) => !removed.has(uri)), ...urisIn(event?.added)];
      setFolders(session, folders);
      reopenDocuments(session);
      filesMayDiffer(session);
    }),
  );
}

function registerWatchers(session: Session): void {
  const { client, connection } = session;
  const ignore = () => {};
  if (client.watchesFiles) {
    connection.client
      .register(DidChangeWatchedFilesNotification.type, {
        // when a folder is removed, editors do not list its files
        watchers: [{ globPattern: '**/*.enet' }, { globPattern: '**', kind: WatchKind.Delete }],
      })
      .catch(() => {
        session.client = { ...session.client, watchesFiles: false };
      });
  }
  if (client.registersConfiguration) {
    connection.client.register(DidChangeConfigurationNotification.type, { section: 'enet' }).catch(ignore);
  }
}
