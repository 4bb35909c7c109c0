import { EventEmitter, type ExtensionContext, type FileChangeEvent, FileSystemError, Uri, workspace } from 'vscode';

/**
 * An extension for tests: files under `memory:/`, all in one folder, from `files.json` next to its script. It has what a
 * virtual folder in the browser has, and no search.
 */
export async function activate(context: ExtensionContext): Promise<void> {
  const answer = await fetch(Uri.joinPath(context.extensionUri, 'files.json').toString(true));
  const texts = (await answer.json()) as Record<string, string>;
  const files = new Map(Object.entries(texts).map(([name, text]) => [`/${name}`, new TextEncoder().encode(text)]));
  const changes = new EventEmitter<FileChangeEvent[]>();
  const read = (uri: Uri) => {
    const bytes = files.get(uri.path);
    if (!bytes) throw FileSystemError.FileNotFound(uri);
    return bytes;
  };
  const refuse = () => {
    throw FileSystemError.NoPermissions();
  };
  const provider = workspace.registerFileSystemProvider('memory', {
    onDidChangeFile: changes.event,
    watch: () => ({ dispose() {} }),
    stat: (uri) => {
      const size = uri.path === '/' ? 0 : read(uri).length;
      return { type: uri.path === '/' ? 2 : 1, ctime: 0, mtime: size, size };
    },
    readDirectory: () => [...files.keys()].map((path) => [path.slice(1), 1]),
    readFile: read,
    writeFile(uri, content) {
      const type = files.has(uri.path) ? 1 : 2;
      files.set(uri.path, new Uint8Array(content));
      changes.fire([{ type, uri }]);
    },
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  });
  context.subscriptions.push(provider);
}
