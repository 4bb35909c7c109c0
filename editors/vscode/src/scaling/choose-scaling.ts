import { ConfigurationTarget, workspace } from 'vscode';
import type { ScalingRequest } from './scaling-text.ts';

/** The point at which hints, hovers and the preview show networks. */
export function chosenScaling(): ScalingRequest {
  return workspace.getConfiguration('enet').get<ScalingRequest>('scaling', {});
}

/** Makes a point the chosen one: in the settings of the workspace where there is one, else in the user's. */
export async function chooseScaling(request: ScalingRequest): Promise<void> {
  const target = workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  const value = Object.keys(request).length > 0 ? request : undefined;
  await workspace.getConfiguration('enet').update('scaling', value, target);
}
