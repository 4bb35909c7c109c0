import type { BaseLanguageClient } from 'vscode-languageclient';
import type { PreviewData, PreviewParams } from './preview-data.ts';

/** Asks the server for what the preview shows. Undefined where the document has no model, or the server is not running. */
export async function requestPreview(
  client: BaseLanguageClient | undefined,
  params: PreviewParams,
): Promise<PreviewData | undefined> {
  if (!client?.isRunning()) return undefined;
  return (await client.sendRequest<PreviewData | null>('enet/preview', params)) ?? undefined;
}
