import type { _, _Connection } from 'vscode-languageserver';
import type { Client } from './client.ts';
import type { OpenDocument } from './documents.ts';
import type { Platform } from './platform.ts';
import type { Projects } from './projects.ts';
import type { EditorSettings } from './settings.ts';

/** The server's end of the connection, whatever the transport. */
export type Connection = _Connection<_, _, _, _, _, _, _, _>;

/** All that the server knows while a client is connected. */
export interface Session {
  readonly connection: Connection;
  readonly platform: Platform;
  readonly projects: Projects;
  /** By URI, as the client writes it. */
  readonly documents: Map<string, OpenDocument>;
  /** `new` until `initialize`, `closing` from `shutdown` on: then requests are refused, as the protocol requires. */
  state: 'new' | 'running' | 'closing';
  client: Client;
  settings: EditorSettings;
  /** Recomputes what the client shows after a change of what it depends on. Made by `idle-work.ts`. */
  documentsChanged(): void;
}

/** The open document of a path. */
export function documentAt(session: Session, path: string): OpenDocument | undefined {
  for (const document of session.documents.values()) if (document.path === path) return document;
  return undefined;
}
