import { type ExtensionContext, type LogOutputChannel, workspace } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { canCompile } from './compile.ts';
import { nearestScaling } from './scaling/choose-scaling.ts';

export interface ServerClient {
  readonly client: BaseLanguageClient;
  /** Ends what the client leaves when it has stopped. */
  end?(): void;
}

/** Makes the client for where the extension runs; it is not started yet. */
export type CreateClient = (
  context: ExtensionContext,
  options: LanguageClientOptions,
) => Promise<ServerClient> | ServerClient;

/** The commands that the extension runs itself: the server's lenses and actions call them, it does not offer them. */
export const commandIds = [
  'enet.preview',
  'enet.selectScaling',
  'enet.compile',
  'enet.showGraph',
  'enet.restartServer',
] as const;

export type CommandId = (typeof commandIds)[number];

/** What the client says of itself to the server. Files of the library are documents like others, but read-only. */
export function clientOptions(channel: LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [{ language: 'enet' }],
    outputChannel: channel,
    // hovers show what the authors of specs write
    markdown: { isTrusted: false, supportHtml: false },
    initializationOptions: {
      clientCommands: commandIds,
      settings: plain({ scaling: nearestScaling(), inlayHints: workspace.getConfiguration('enet').get('inlayHints') }),
    },
    synchronize: {
      configurationSection: 'enet',
    },
    middleware: {
      workspace: {
        configuration: async (params, token, next) => {
          const sections: unknown = await next(params, token);
          if (!Array.isArray(sections)) return [];
          return sections.map((found, i) =>
            params.items[i]?.section === 'enet' ? plain({ ...found, scaling: nearestScaling() }) : found,
          );
        },
      },
      provideCodeLenses: async (document, token, next) => {
        if (!workspace.getConfiguration('enet', document.uri).get('codeLens', true)) return [];
        const lenses = await next(document, token);
        return canCompile(document.uri) ? lenses : lenses?.filter(({ command }) => command?.command !== 'enet.compile');
      },
    },
  };
}

/** Settings are proxies of the editor's, which cannot go to a worker. */
function plain<T>(settings: T): T {
  return JSON.parse(JSON.stringify(settings));
}
