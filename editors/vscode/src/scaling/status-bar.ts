import { Disposable, StatusBarAlignment, window, workspace } from 'vscode';
import { chosenScaling } from './choose-scaling.ts';
import { scalingLabel } from './scaling-text.ts';

/** Shows the chosen point while a file of the language is looked at; a click chooses another. */
export function createStatusBar(): Disposable {
  const item = window.createStatusBarItem('enet.scaling', StatusBarAlignment.Right, 100);
  item.name = 'enet scaling';
  item.command = 'enet.selectScaling';
  const show = () => {
    const label = scalingLabel(chosenScaling());
    item.text = `$(layers) enet: ${label}`;
    item.tooltip = `Hints, hovers and the preview show networks at ${label === 'default' ? "the file's own default" : label}. Click to choose another point.`;
    const visible = window.visibleTextEditors.some(({ document }) => document.languageId === 'enet');
    if (visible) item.show();
    else item.hide();
  };
  show();
  return Disposable.from(
    item,
    window.onDidChangeVisibleTextEditors(show),
    workspace.onDidOpenTextDocument(show),
    workspace.onDidChangeConfiguration(show),
  );
}
