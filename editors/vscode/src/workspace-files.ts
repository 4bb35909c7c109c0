import { FileType, Uri, workspace } from 'vscode';

/** Limits on files and on folders searched: for a repository opened in the browser each costs a request. */
const mostFiles = 500;
const mostFolders = 500;

/**
 * The texts of the workspace's `.enet` files by URI, those of outer folders first; without `node_modules`, hidden folders
 * and links to folders. The editor's own search is not asked: for a virtual folder without a search it never answers.
 */
export async function readWorkspaceFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  for (let next = 0; next < Math.min(folders.length, mostFolders); next++) {
    const folder = folders[next] as Uri;
    for (const [name, type] of await entriesOf(folder)) {
      const uri = Uri.joinPath(folder, name);
      if (type === FileType.Directory && name !== 'node_modules' && !name.startsWith('.')) folders.push(uri);
      else if (type & FileType.File && name.endsWith('.enet')) {
        if (Object.keys(files).length >= mostFiles) return files;
        const text = await readText(uri);
        if (text !== undefined) files[uri.toString()] = text;
      }
    }
  }
  return files;
}

/** Undefined for a file that is gone again, or a folder of such a name. */
export async function readText(uri: Uri): Promise<string | undefined> {
  try {
    const { type } = await workspace.fs.stat(uri);
    return type & FileType.File ? new TextDecoder().decode(await workspace.fs.readFile(uri)) : undefined;
  } catch {
    return undefined;
  }
}

async function entriesOf(folder: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    // A folder that may not be read has nothing to show.
    return [];
  }
}
