import type { BaseLanguageClient } from 'vscode-languageclient';
import type { PreviewData, PreviewParams } from './preview-data.ts';

/** Asks the server for what the preview shows. Null where the document has no model, undefined while no server runs. */
export async function requestPreview(
  client: BaseLanguageClient | undefined,
  params: PreviewParams,
): Promise<PreviewData | null | undefined> {
  return client?.isRunning() ? client.sendRequest<PreviewData | null>('enet/preview', params) : undefined;
}
