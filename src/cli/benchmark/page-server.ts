import type { IncomingMessage, ServerResponse } from 'node:http';
import { isPageResult, type PageJob, type PageResult } from '../../bench/page/protocol.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { failure } from '../io.ts';
import { answer, listenUnderToken } from '../listen-under-token.ts';
import type { PageFiles } from './page-files.ts';

/** What a page may send at most: the latencies of a day are less. */
const mostBytes = 64 << 20;
/** A page that says nothing for so long has gone. */
const mostSilenceMs = 300_000;

export interface ServedPage {
  /** The addresses under which it can be opened, with the token. */
  readonly urls: readonly string[];
  /** What the page has measured, for each job. Rejects with a failure that says what went wrong there. */
  readonly results: Promise<readonly PageResult[]>;
  close(): void;
}

/**
 * Serves a page that measures, on one address and under a token that nobody can guess. The first that opens it takes the jobs, one
 * after the other; another is told so until that one has left.
 * @param jobs at least one.
 * @param host an address of this machine. @param port 0 for any that is free.
 */
export async function servePage(
  jobs: readonly PageJob[],
  files: PageFiles,
  { host, port, onProgress }: { host: string; port: number; onProgress: (text: string) => void },
): Promise<ServedPage> {
  let isTaken = false;
  let silence: NodeJS.Timeout | undefined;
  const { promise: results, resolve, reject } = withResolvers<readonly PageResult[]>();
  results.catch(() => {});
  const done: PageResult[] = [];
  /** 204 where all are done. */
  const giveJob = (response: ServerResponse) => {
    const job = jobs[done.length];
    if (job) answer(response, 200, JSON.stringify(job), 'application/json');
    else answer(response, 204, '');
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => reject(failure('the page has not responded for five minutes')), mostSilenceMs);
  };
  const actions: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>> = {
    async job(_, response) {
      if (isTaken) return answer(response, 409, 'Another page is measuring.');
      isTaken = true;
      heard();
      giveJob(response);
    },
    async next(_, response) {
      heard();
      giveJob(response);
    },
    async progress(request, response) {
      heard();
      const text = await bodyOf(request);
      const place = jobs.length > 1 ? `network ${done.length + 1} of ${jobs.length}: ` : '';
      if (typeof text === 'string') onProgress(place + safeText(text.slice(0, 200)));
      answer(response, 204, '');
    },
    async result(request, response) {
      const value = await bodyOf(request);
      const models = jobs[done.length]?.models.length ?? 0;
      if (!isPageResult(value, models)) return answer(response, 400, 'This is not a result.');
      done.push(value);
      // once the page has been told: the server closes then
      if (done.length === jobs.length) response.once('finish', () => resolve(done));
      answer(response, 204, '');
    },
    async failed(request, response) {
      const message = await bodyOf(request);
      const said = typeof message === 'string' ? message.slice(0, 1000) : 'nothing';
      response.once('finish', () => reject(failure(`the browser reports: ${said}`)));
      answer(response, 204, '');
    },
    async left(_, response) {
      clearTimeout(silence);
      isTaken = false;
      answer(response, 204, '');
    },
  };
  const serve = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    const action = request.method === 'POST' && Object.hasOwn(actions, path) ? actions[path] : undefined;
    if (action) return action(request, response);
    const file = request.method === 'GET' ? files.get(decoded(path)) : undefined;
    if (!file) return answer(response, 404, 'There is nothing here.');
    const { type, bytes } = file();
    answer(response, 200, bytes, type);
  };
  const { urls, close } = await listenUnderToken({ host, port }, serve, (e) =>
    reject(failure(`the page cannot be served: ${e instanceof Error ? e.message : String(e)}`)),
  );
  return {
    urls,
    results,
    close() {
      clearTimeout(silence);
      close();
    },
  };
}

/** What a page has sent as JSON; undefined for what is none or too long. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > mostBytes) return undefined;
    parts.push(part as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (e: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
