import { type TextDocument, window, workspace } from 'vscode';
import { pointArguments, type ScalingRequest } from './scaling/scaling-text.ts';

/** Runs `enetc compile` on a file in a terminal, where what it prints can be read. */
export async function compileInTerminal(
  document: TextDocument,
  scaling: ScalingRequest,
  model?: string,
): Promise<void> {
  if (document.uri.scheme !== 'file') {
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
  terminal.sendText(words.map(quoteWord).join(' '));
}

/** A word as shells take it. Double quotes are understood by all of them; what those would expand is never in a name. */
function quoteWord(word: string): string {
  if (/^[\w./:=@%+,-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
