import {
  type Disposable,
  type ExtensionContext,
  Selection,
  type TextDocument,
  type TextEditor,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
  workspace,
} from 'vscode';
import { chooseScaling, chosenScaling } from '../scaling/choose-scaling.ts';
import { type ScalingRequest, samePoint } from '../scaling/scaling-text.ts';
import { previewPage } from './html.ts';
import type { FromPage, PageState, ToPage } from './messages.ts';
import type { PreviewData, PreviewParams } from './preview-data.ts';
import { stageAt, toRange } from './stage-at.ts';

export interface Previews extends Disposable {
  /** Shows the network of an editor's file next to it. */
  open(editor: TextEditor, model?: string): void;
  /** Requests what is shown again, at the point chosen now. */
  refresh(): void;
  /** The document whose network is shown. */
  shownDocument(): TextDocument | undefined;
}

type Request = (params: PreviewParams) => Promise<PreviewData | null | undefined>;

/** How long the text must rest before it is redrawn, in ms. */
const restingTime = 60;

/** The preview: one panel, which follows the editor that is looked at. */
export function createPreviews(context: ExtensionContext, request: Request): Previews {
  let panel: WebviewPanel | undefined;
  let document: TextDocument | undefined;
  let model: string | undefined;
  /** The point while a slider moves, until the server has it as the chosen one. */
  let passing: ScalingRequest | undefined;
  let shown: PreviewData | undefined;
  let ready = false;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (message: ToPage) => void panel?.webview.postMessage(message);
  const cursorStage = () => {
    const editor = window.visibleTextEditors.find((e) => e.document === document);
    return editor && shown && document ? stageAt(shown, document.uri.toString(), editor.selection.active) : -1;
  };

  async function update(): Promise<void> {
    if (!panel || !ready) return;
    if (!document) return tell({ kind: 'nothing', text: 'Open a file .enet to see its network' });
    const mine = ++asked;
    const data = await request({
      uri: document.uri.toString(),
      ...(model !== undefined && { model }),
      ...(passing && { scaling: passing }),
    });
    // An answer to an older question comes too late; once a server runs it is asked again.
    if (mine !== asked || !document || data === undefined) return;
    const file = workspace.asRelativePath(document.uri);
    shown = data ?? undefined;
    const uri = document.uri.toString();
    if (data) tell({ kind: 'show', uri, file, data, stage: cursorStage() });
    else tell({ kind: 'nothing', text: `There is no model in ${file}` });
  }

  function updateSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void update(), restingTime);
  }

  async function reveal(stage: number): Promise<void> {
    const place = shown?.stages[stage]?.place;
    if (!place) return;
    const uri = Uri.parse(place.uri);
    const column = window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString())?.viewColumn;
    const editor = await window.showTextDocument(uri, { viewColumn: column ?? ViewColumn.One });
    const range = toRange(place.range);
    editor.selection = new Selection(range.start, range.start);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async function hear(message: FromPage): Promise<void> {
    if (message.kind === 'ready') {
      ready = true;
      await update();
    } else if (message.kind === 'reveal') await reveal(message.stage);
    else if (message.kind === 'model') {
      model = message.model;
      await update();
    } else {
      passing = message.scaling;
      await update();
      if (message.keep && !samePoint(chosenScaling(), message.scaling)) await chooseScaling(message.scaling);
    }
  }

  function attach(created: WebviewPanel): void {
    panel = created;
    ready = false;
    const folder = Uri.joinPath(context.extensionUri, 'dist/preview');
    created.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    created.iconPath = Uri.joinPath(context.extensionUri, 'icons/extension.png');
    created.webview.onDidReceiveMessage(hear);
    created.onDidDispose(() => {
      panel = undefined;
      passing = undefined;
    });
    created.webview.html = previewPage({
      script: created.webview.asWebviewUri(Uri.joinPath(folder, 'page.js')).toString(),
      style: created.webview.asWebviewUri(Uri.joinPath(folder, 'page.css')).toString(),
      source: created.webview.cspSource,
      nonce: createNonce(),
    });
  }

  function follow(editor: TextEditor | undefined): void {
    if (!panel || editor?.document.languageId !== 'enet' || editor.document === document) return;
    document = editor.document;
    model = undefined;
    passing = undefined;
    void update();
  }

  const serializer: WebviewPanelSerializer = {
    async deserializeWebviewPanel(restored, state: Partial<PageState> | undefined) {
      if (!document) {
        document = (await reopen(state?.uri)) ?? findDocument();
        model = document?.uri.toString() === state?.uri ? state?.model : undefined;
      }
      attach(restored);
    },
  };
  const listeners = [
    window.registerWebviewPanelSerializer('enet.preview', serializer),
    window.onDidChangeActiveTextEditor(follow),
    workspace.onDidChangeTextDocument((event) => {
      // A change of an imported file changes the network too.
      if (event.document.languageId === 'enet') updateSoon();
    }),
    window.onDidChangeTextEditorSelection((event) => {
      if (event.textEditor.document === document) tell({ kind: 'cursor', stage: cursorStage() });
    }),
  ];

  return {
    open(editor, wanted) {
      document = editor.document;
      model = wanted;
      passing = undefined;
      if (panel) panel.reveal(undefined, true);
      else {
        const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
        attach(window.createWebviewPanel('enet.preview', 'enet preview', place));
      }
      void update();
    },
    refresh() {
      passing = undefined;
      updateSoon();
    },
    shownDocument: () => (panel ? document : undefined),
    dispose() {
      clearTimeout(timer);
      panel?.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** Undefined where the file is gone. */
async function reopen(uri: string | undefined): Promise<TextDocument | undefined> {
  if (uri === undefined) return undefined;
  try {
    return await workspace.openTextDocument(Uri.parse(uri));
  } catch {
    return undefined;
  }
}

function findDocument(): TextDocument | undefined {
  return window.visibleTextEditors.find((editor) => editor.document.languageId === 'enet')?.document;
}

function createNonce(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
