import type { ExtensionContext } from 'vscode';
import { activateExtension, type RunningExtension } from './activate.ts';
import { createBrowserClient } from './browser-client.ts';

let running: RunningExtension | undefined;

/** The entry in VS Code for the web: the server runs in a worker. */
export async function activate(context: ExtensionContext): Promise<void> {
  running = await activateExtension(context, createBrowserClient);
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
