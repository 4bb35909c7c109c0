import type { ExtensionContext } from 'vscode';
import { activateExtension, type RunningExtension } from './activate.ts';
import { createNodeClient } from './node-client.ts';

let running: RunningExtension | undefined;

/** The entry in VS Code for desktops, and on servers. */
export async function activate(context: ExtensionContext): Promise<void> {
  running = await activateExtension(context, createNodeClient);
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
