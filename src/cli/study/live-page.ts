import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveFrame, liveScript, progressHtml } from '../../study/report/live-report.ts';
import { reportBody } from '../../study/report/study-report.ts';
import type { StudyEvent } from '../../study/study-events.ts';
import { networkFile } from '../../study/study-folder.ts';
import type { StudyFound } from '../../study/study-kind.ts';
import type { Io } from '../io.ts';
import { answer, listenUnderToken } from '../listen-under-token.ts';

/** A page on loopback that shows a study while it runs. */
export interface LivePage {
  onEvent(event: StudyEvent): void;
  close(): void;
}

/** Serves the page, and says where. */
export async function openLivePage(io: Pick<Io, 'stderr'>): Promise<LivePage> {
  let found: (() => StudyFound) | undefined;
  let progress = '';
  let trained = 0;
  const files: Readonly<Record<string, () => { type: string; body: string } | undefined>> = {
    '': () => ({ type: 'text/html; charset=utf-8', body: liveFrame }),
    'live.js': () => ({ type: 'text/javascript; charset=utf-8', body: liveScript }),
    progress: () => ({ type: 'application/json', body: JSON.stringify({ progress, trained }) }),
    report: () => found && { type: 'text/html; charset=utf-8', body: reportBody(found()) },
  };
  const page = await listenUnderToken(
    { host: '127.0.0.1', port: 0 },
    async (path, request, response) => {
      const file = request.method === 'GET' && Object.hasOwn(files, path) ? files[path]?.() : networkOf(path);
      if (file) answer(response, 200, file.body, file.type);
      else answer(response, 404, 'There is nothing here.');
    },
    (e) => io.stderr.write(`warning: the page cannot be shown: ${e instanceof Error ? e.message : String(e)}\n`),
  );
  io.stderr.write(`the study as it goes: ${page.urls[0]}\n`);
  return {
    onEvent(event) {
      if (event.kind === 'study') found = event.found;
      if (event.kind === 'study') trained = event.known;
      if (event.kind === 'trial') trained++;
      if (event.kind === 'progress') progress = progressHtml(event.running);
      if (event.kind === 'trial') progress = '';
    },
    close: page.close,
  };

  /** The spec of a network that the report links to. */
  function networkOf(path: string): { type: string; body: string } | undefined {
    const { folder, config, findings } = found?.() ?? {};
    const record = findings?.networks.find(({ network }) => config && networkFile(config, network) === path);
    if (!record || !folder) return undefined;
    return { type: 'text/plain; charset=utf-8', body: readFileSync(join(folder.path, path), 'utf8') };
  }
}
