import { commands, type ExtensionContext, type TextEditor, Uri, window, workspace } from 'vscode';
import { readScaling } from '../../../src/lsp/settings.ts';
import { type CommandId, type CreateClient, clientOptions, type ServerClient } from './client.ts';
import { compileInTerminal } from './compile.ts';
import { createPreviews } from './preview/previews.ts';
import { requestPreview } from './preview/request.ts';
import { chooseScaling, chosenScaling } from './scaling/choose-scaling.ts';
import { pointOfModel } from './scaling/scaling-text.ts';
import { selectScaling } from './scaling/select-scaling.ts';
import { createStatusBar } from './scaling/status-bar.ts';

export interface RunningExtension {
  stop(): Promise<void>;
}

/**
 * Starts the server and registers what the extension itself adds to it: commands, the status bar, the preview. The rest
 * (hints, hovers, completion, ...) goes between editor and server without it.
 */
export async function activateExtension(
  context: ExtensionContext,
  createClient: CreateClient,
): Promise<RunningExtension> {
  const channel = window.createOutputChannel('enet', { log: true });
  let server: ServerClient | undefined;
  const previews = createPreviews(context, (params) => requestPreview(server?.client, params));

  /** A lens names its file; from the palette it is the one that is looked at. */
  const onFile = (run: (editor: TextEditor, model?: string, variant?: string) => unknown) => {
    return async (uri?: Uri | string, model?: unknown, variant?: unknown) => {
      const editor = await findEditor(uri);
      if (!editor) return window.showInformationMessage('enet: open a file .enet first');
      return run(editor, asText(model), asText(variant));
    };
  };
  const handlers: Record<CommandId, (...args: never[]) => unknown> = {
    'enet.preview': onFile((editor, model) => previews.open(editor, model)),
    'enet.showGraph': onFile((editor, model) => previews.open(editor, model)),
    'enet.compile': onFile(async ({ document }, model, variant) => {
      const shown = await requestPreview(server?.client, { uri: document.uri.toString(), model });
      const point = variant === undefined ? pointOfModel(chosenScaling(), shown) : { variant };
      await compileInTerminal(document, point, model);
    }),
    'enet.selectScaling': async (uri?: unknown, model?: unknown, variant?: unknown) => {
      // A lens names its document, model and variant; a key binding may give a point alone.
      const ofLens = variant === undefined ? undefined : { variant };
      const point = model === undefined && !(uri instanceof Uri) ? uri : ofLens;
      if (point !== undefined) return choosePoint(point);
      const document = window.activeTextEditor?.document ?? previews.shownDocument();
      if (document?.languageId !== 'enet') return selectScaling(undefined);
      return selectScaling(
        await requestPreview(server?.client, { uri: document.uri.toString(), model: asText(model) }),
      );
    },
    'enet.restartServer': async () => {
      await stopServer();
      await startServer();
    },
  };
  for (const [id, handler] of Object.entries(handlers)) {
    context.subscriptions.push(commands.registerCommand(id, handler));
  }
  context.subscriptions.push(
    channel,
    previews,
    createStatusBar(),
    workspace.onDidGrantWorkspaceTrust(() => commands.executeCommand('enet.restartServer')),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('enet.server.path')) void commands.executeCommand('enet.restartServer');
    }),
  );
  async function startServer(): Promise<void> {
    server = await createClient(context, clientOptions(channel));
    server.client.onNotification('enet/scalingChanged', () => previews.refresh());
    await server.client.start();
    previews.refresh();
  }
  async function stopServer(): Promise<void> {
    try {
      await server?.client.dispose();
    } catch (e) {
      // One that hangs does not keep another from starting.
      channel.warn(`the server did not stop by itself: ${e instanceof Error ? e.message : e}`);
    }
    server?.end?.();
  }
  await startServer();
  return { stop: stopServer };
}

async function findEditor(uri?: Uri | string): Promise<TextEditor | undefined> {
  if (uri === undefined) {
    const active = window.activeTextEditor;
    return active?.document.languageId === 'enet'
      ? active
      : window.visibleTextEditors.find((editor) => editor.document.languageId === 'enet');
  }
  const wanted = uri.toString();
  const visible = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === wanted);
  const opened = workspace.textDocuments.find((document) => document.uri.toString() === wanted);
  return visible ?? (opened && window.showTextDocument(opened));
}

async function choosePoint(point: unknown): Promise<void> {
  const request = readScaling(point);
  if (typeof request === 'string') await window.showErrorMessage(`enet: ${request}`);
  else await chooseScaling(request);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
