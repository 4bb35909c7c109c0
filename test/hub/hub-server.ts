import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A repository of the hub. */
export interface ServedRepo {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Those that git keeps a pointer to. */
  readonly large?: readonly string[];
  readonly gated?: boolean;
}

/** What goes wrong on the way. */
export interface Faults {
  /** The connection is cut after so many bytes of a file, so many times. */
  cut?: { after: number; times: number };
  /** A byte of each file is changed. */
  damaged?: boolean;
  status?: number;
}

export const servedCommit = 'c0ffee'.padEnd(40, '0');

/**
 * A server that speaks the part of the Hugging Face hub's API that its JavaScript client uses for models, files and checksums
 * (https://huggingface.co/docs/hub/api).
 */
export async function serveHub(repos: Readonly<Record<string, ServedRepo>>, faults: Faults = {}) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://hub');
    requests.push(`${request.method} ${url.pathname}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    const refuse = (status: number, code: string) => {
      response.writeHead(status, { 'X-Error-Code': code, 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: code }));
    };
    if (faults.status) return refuse(faults.status, '');
    const path = decodeURIComponent(url.pathname);
    const [, name = '', what = '', revision = '', file = ''] =
      /^\/(?:api\/models\/)?([^/]+\/[^/]+)\/(revision|paths-info|resolve)\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    const repo = repos[name];
    // as the hub answers strangers
    if (!repo) return refuse(401, 'RepoNotFound');
    if (!['main', servedCommit].includes(revision)) return refuse(404, 'RevisionNotFound');
    if (what === 'revision') {
      const siblings = Object.keys(repo.files).map((rfilename) => ({ rfilename }));
      return sendJson(response, { _id: '1', id: name, sha: servedCommit, siblings, gated: repo.gated ?? false });
    }
    if (what === 'paths-info') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { paths } = JSON.parse(body) as { paths: string[] };
        sendJson(
          response,
          paths.flatMap((one) => infoOf(repo, one)),
        );
      });
      return;
    }
    if (repo.gated && request.headers.authorization !== 'Bearer hf_let_me_in') return refuse(403, 'GatedRepo');
    const content = repo.files[file];
    if (!content) return refuse(404, 'EntryNotFound');
    sendFile(response, content, request.headers.range, faults);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** What was asked for since the last look. */
    requests: () => requests.splice(0),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function infoOf({ files, large = [] }: ServedRepo, path: string) {
  const content = files[path];
  if (!content) return [];
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const lfs = { oid: createHash('sha256').update(content).digest('hex'), size: content.length, pointerSize: 134 };
  return [{ type: 'file', path, oid, size: content.length, ...(large.includes(path) && { lfs }) }];
}

function sendJson(response: ServerResponse, json: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(json));
}

function sendFile(response: ServerResponse, content: Uint8Array, range: string | undefined, faults: Faults): void {
  const [, from = '0', to = String(content.length - 1)] = /^bytes=(\d+)-(\d+)?$/.exec(range ?? '') ?? [];
  const part = content.slice(Number(from), Number(to) + 1);
  const isProbe = range === 'bytes=0-0';
  if (faults.damaged && !isProbe) part[0] = (part[0] as number) ^ 1;
  response.writeHead(range === undefined ? 200 : 206, {
    ETag: '"etag"',
    'Content-Length': part.length,
    'Content-Range': `bytes ${from}-${to}/${content.length}`,
  });
  const { cut } = faults;
  if (isProbe || !cut || cut.times === 0 || part.length <= cut.after) {
    response.end(part);
    return;
  }
  cut.times--;
  response.write(part.slice(0, cut.after), () => setTimeout(() => response.destroy(), 20));
}
