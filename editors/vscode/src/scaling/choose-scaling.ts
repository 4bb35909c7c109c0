import { ConfigurationTarget, workspace } from 'vscode';
import { readScaling } from '../../../../src/lsp/settings.ts';
import type { ScalingRequest } from './scaling-text.ts';

/**
 * The setting `enet.scaling` as it is written in the nearest settings that have it. The editor itself would mix the fields
 * of all of them, so that a phi of the workspace met a variant of the user.
 */
export function nearestScaling(): unknown {
  const found = workspace.getConfiguration('enet').inspect('scaling');
  return found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
}

/** The point at which hints, hovers and the preview show networks. What is wrong with the setting the server says in its log. */
export function chosenScaling(): ScalingRequest {
  const request = readScaling(nearestScaling());
  return typeof request === 'string' ? {} : request;
}

/**
 * Makes a point the chosen one: in the settings of the workspace where there is one that can be written, else in the
 * user's. In a browser a workspace may be a repository to look at.
 */
export async function chooseScaling(request: ScalingRequest): Promise<void> {
  const configuration = workspace.getConfiguration('enet');
  const { globalValue, workspaceValue } = configuration.inspect('scaling') ?? {};
  const isDefault = Object.keys(request).length === 0;
  if (workspace.workspaceFolders) {
    try {
      // The default needs no entry, unless the user's own settings say something else.
      const value = isDefault && !globalValue ? undefined : request;
      return await configuration.update('scaling', value, ConfigurationTarget.Workspace);
    } catch (e) {
      // What stands there would win over what the user chooses now.
      if (workspaceValue !== undefined) throw e;
    }
  }
  await configuration.update('scaling', isDefault ? undefined : request, ConfigurationTarget.Global);
}
