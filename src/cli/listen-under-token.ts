import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pageHeaders } from '../bench/page/index-html.ts';
import { systemProblem } from '../node/system-errors.ts';
import { failure } from './io.ts';

/** Pages that a command serves while it runs. */
export interface Listening {
  /** The addresses under which they are reached, with the token. */
  readonly urls: readonly string[];
  close(): void;
}

/**
 * Serves HTTP on one address and under a token that nobody can guess; anything else is not found.
 * @param host an address of this machine. @param port 0 for any that is free.
 * @param serve gets the path after the token, without a query; what it throws is told to the page as 500 and given to `broken`
 * @throws a failure where nobody can listen there
 */
export async function listenUnderToken(
  { host, port }: { readonly host: string; readonly port: number },
  serve: (path: string, request: IncomingMessage, response: ServerResponse) => Promise<void>,
  broken: (e: unknown) => void,
): Promise<Listening> {
  const token = randomBytes(18).toString('base64url');
  const server = createServer((request, response) => {
    const [, given, path = ''] = /^\/([^/?#]*)\/([^?#]*)/.exec(request.url ?? '') ?? [];
    if (given !== token) return answer(response, 404, 'There is nothing here.');
    serve(path, request, response).catch((e: unknown) => {
      if (!response.headersSent) answer(response, 500, '');
      broken(e);
    });
  });
  await new Promise<void>((ready, no) => {
    server.once('error', no);
    server.listen(port, host, ready);
  }).catch((e: unknown) => {
    throw failure(`cannot listen on ${host}${port === 0 ? '' : `, port ${port}`}: ${systemProblem(e) ?? String(e)}`);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    urls: addressesOf(host).map((address) => `http://${isIPv6(address) ? `[${address}]` : address}:${bound}/${token}/`),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers a request of a page, which may load nothing from elsewhere. */
export function answer(response: ServerResponse, status: number, body: string | Uint8Array, type = 'text/plain'): void {
  response.writeHead(status, { ...pageHeaders, ...(status === 204 ? {} : { 'Content-Type': type }) });
  response.end(body);
}

/** Where a server that listens on an address is reached: for all addresses, each of this machine's, loopback last. */
function addressesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const suitable = own
    .filter(({ family }) => family === 'IPv4')
    .sort((a, b) => Number(a.internal) - Number(b.internal));
  return suitable.map(({ address }) => address);
}
