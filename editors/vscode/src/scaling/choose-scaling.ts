import { ConfigurationTarget, workspace } from 'vscode';
import { readScaling } from '../../../../src/lsp/settings.ts';
import type { ScalingRequest } from './scaling-text.ts';

/**
 * The point at which hints, hovers and the preview show networks: of the nearest settings that state one. The editor
 * itself would mix the fields of all of them, so that a phi of the workspace met a variant of the user.
 */
export function chosenScaling(): ScalingRequest {
  const found = workspace.getConfiguration('enet').inspect('scaling');
  const request = readScaling(found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue);
  // What is wrong with it the server says in its log.
  return typeof request === 'string' ? {} : request;
}

/** Makes a point the chosen one: in the settings of the workspace where there is one, else in the user's. */
export async function chooseScaling(request: ScalingRequest): Promise<void> {
  const configuration = workspace.getConfiguration('enet');
  const inWorkspace = workspace.workspaceFolders !== undefined;
  // The default needs no entry, unless the user's own settings say something else.
  const silent = Object.keys(request).length === 0 && !(inWorkspace && configuration.inspect('scaling')?.globalValue);
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await configuration.update('scaling', silent ? undefined : request, target);
}
