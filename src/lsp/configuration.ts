import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { Session } from './session.ts';
import { readSettings } from './settings.ts';

/** Asks the client for its settings, if it supports that. */
export async function fetchSettings(session: Session): Promise<void> {
  if (!session.client.configuration) return;
  try {
    const section: unknown = await session.connection.workspace.getConfiguration('enet');
    // a client that has none leaves what came with `initialize`
    if (section !== undefined && section !== null) applySettings(session, section);
  } catch (e) {
    session.connection.console.warn(`the client did not give its settings: ${e instanceof Error ? e.message : e}`);
  }
}

/** Takes the section `enet` of the settings; what is wrong in it goes to the client's log. */
export function applySettings(session: Session, section: unknown): void {
  const { settings, problems } = readSettings(section);
  for (const problem of problems) session.connection.console.warn(problem);
  const before = session.settings;
  session.settings = settings;
  if (JSON.stringify(settings.scaling) !== JSON.stringify(before.scaling)) chooseScaling(session, settings.scaling);
  else if (JSON.stringify(settings) !== JSON.stringify(before)) refresh(session);
}

/** Shows another point of every family: hints, lenses and previews are computed again. */
export function chooseScaling(session: Session, scaling: ScalingRequest): void {
  session.settings = { ...session.settings, scaling };
  session.projects.setScaling(scaling);
  refresh(session);
  // others might complain about a message that they do not know
  if (session.client.ownCommands.size > 0) {
    session.connection.sendNotification('enet/scalingChanged', { scaling }).catch(() => {});
  }
}

/** Makes the client request again what it shows between the lines. */
export function refresh({ connection, client }: Session): void {
  const ignore = () => {};
  if (client.refreshes.inlayHints) connection.languages.inlayHint.refresh().catch(ignore);
  if (client.refreshes.codeLenses) connection.sendRequest('workspace/codeLens/refresh').catch(ignore);
}
