import { env, type TextDocument, UIKind, type Uri, window, workspace } from 'vscode';
import { pointArguments, type ScalingRequest } from './scaling/scaling-text.ts';

/** Whether a file can be compiled from here: it is, or will be once saved, on a disk of the machine that has the terminals. */
export function canCompile(uri: Uri): boolean {
  // A browser has no terminals of its own.
  if (env.uiKind === UIKind.Web && env.remoteName === undefined) return false;
  return ['file', 'vscode-remote', 'untitled'].includes(uri.scheme);
}

/** Runs `enetc compile` on a file in a terminal, where what it prints can be read. */
export async function compileInTerminal(
  document: TextDocument,
  scaling: ScalingRequest,
  model?: string,
): Promise<void> {
  if (!canCompile(document.uri)) {
    await window.showInformationMessage(
      'enet: only a file on a local disk, with a terminal available, can be compiled',
    );
    return;
  }
  if (document.isUntitled) {
    await window.showInformationMessage('enet: only a file on a disk can be compiled; save this one first');
    return;
  }
  if (document.isDirty && !(await document.save())) return;
  const configuration = workspace.getConfiguration('enet', document.uri);
  const folder = workspace.getWorkspaceFolder(document.uri)?.uri;
  const command = workspace.isTrusted ? configuration.get('cli.path', 'enetc') : 'enetc';
  const terminal =
    window.terminals.find(({ name, exitStatus }) => name === 'enetc' && !exitStatus) ??
    window.createTerminal({ name: 'enetc', cwd: folder });
  const words = [
    ...(command.endsWith('.cjs') ? ['node', command] : [command]),
    'compile',
    document.uri.fsPath,
    ...(model === undefined ? [] : ['--model', model]),
    ...pointArguments(scaling),
  ];
  terminal.show(true);
  const quoteWord = isOfWindows(document.uri) ? quoteForWindows : quoteForUnix;
  terminal.sendText(words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : quoteWord(word))).join(' '));
}

/** Which machine it is the file says: the extension may run in a browser elsewhere. */
function isOfWindows(uri: Uri): boolean {
  return /^\/[A-Za-z]:/.test(uri.path) || (uri.scheme === 'file' && uri.authority !== '');
}

/** Double quotes are understood by all shells of Windows; what those would expand is never in a name. */
function quoteForWindows(word: string): string {
  return `"${word}"`;
}

function quoteForUnix(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
