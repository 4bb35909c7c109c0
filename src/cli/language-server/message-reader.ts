import type { Readable } from 'node:stream';
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type Message,
} from 'vscode-languageserver-protocol/node';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { orUndefined } from '../../node/or-undefined.ts';

/** No message is this long: a bound for a Content-Length that is nonsense. */
const mostBytes = 512 << 20;

/** No header is this long: after this number of bytes without its end there is none. */
const mostHeaderBytes = 4096;

/** The notification that the reader itself gives at the end of its stream. */
export const inputEnded = '$/inputEnded';

const lengthName = 'Content-Length:';

/**
 * Reads the protocol's messages off a stream, and finds the next one after bytes that are none: a header without a
 * length, a length that is wrong, a body that is no JSON. What was passed over is an error event; reading goes on. The end
 * of the stream is the notification `inputEnded`.
 *
 * A header inside of a body shows that the body's length was too large: raw line ends cannot stand within a JSON
 * string, and outside of strings JSON has no such letters.
 */
export class MessageStreamReader extends AbstractMessageReader {
  readonly #stream: Readable;
  #buffer: Buffer = Buffer.alloc(0);
  /** Chunks of a message that is not whole yet: joined once, not with each that comes. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes that the message being read has, of its header and body; 0 where that is not known. */
  #needed = 0;

  constructor(stream: Readable) {
    super();
    this.#stream = stream;
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => this.#take(chunk, callback);
    this.#stream.on('data', onData);
    this.#stream.on('error', (e) => this.fireError(e));
    // A message of its own, so that all that came before it is heard.
    const onEnd = () => callback({ jsonrpc: '2.0', method: inputEnded } as Message);
    this.#stream.on('end', onEnd);
    this.#stream.on('close', onEnd);
    return { dispose: () => void this.#stream.off('data', onData) };
  }

  #take(chunk: Buffer, callback: DataCallback): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#buffer.length + this.#waitingBytes < this.#needed && chunk.indexOf(lengthName) < 0) return;
    this.#buffer = Buffer.concat([this.#buffer, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    while (this.#next(callback)) {
      // all that is there
    }
  }

  /** Reads one message or passes over what is none. False if more bytes are needed. */
  #next(callback: DataCallback): boolean {
    this.#needed = 0;
    const headerEnd = this.#buffer.indexOf('\r\n\r\n');
    if (headerEnd < 0 || headerEnd > mostHeaderBytes) {
      return this.#buffer.length > mostHeaderBytes && this.#skipTo(nextHeader(this.#buffer, 1));
    }
    const length = lengthIn(this.#buffer.toString('latin1', 0, headerEnd));
    if (length === undefined) return this.#skipTo(nextHeader(this.#buffer, 1));
    const start = headerEnd + 4;
    const end = start + length;
    if (this.#buffer.length < end) {
      const other = nextHeader(this.#buffer, start, true);
      if (other < this.#buffer.length) return this.#skipTo(other);
      this.#needed = end;
      return false;
    }
    const message = parseBody(this.#buffer, start, end);
    if (!message) return this.#skipTo(Math.min(nextHeader(this.#buffer, start, true), end));
    this.#buffer = this.#buffer.subarray(end);
    try {
      callback(message);
    } catch (e) {
      // a cancellation without an id, say
      this.fireError(e);
    }
    return true;
  }

  #skipTo(at: number): true {
    const skipped = JSON.stringify(this.#buffer.toString('utf8', 0, Math.min(at, 80)));
    this.#buffer = this.#buffer.subarray(at);
    this.fireError(
      new Error(`passed over ${at} ${nounFor(at, 'byte that is', 'bytes that are')} not a message, from ${skipped} on`),
    );
    return true;
  }
}

/** The length that a header says; undefined if it states none, or is not a header. */
function lengthIn(header: string): number | undefined {
  let length: number | undefined;
  for (const line of header.split('\r\n')) {
    const name = /^[A-Za-z-]+(?=:)/.exec(line)?.[0];
    if (name === undefined) return undefined;
    const value = line.slice(name.length + 1).trim();
    if (name.toLowerCase() === 'content-length') length = /^\d+$/.test(value) ? Number(value) : -1;
  }
  return length !== undefined && length >= 0 && length <= mostBytes ? length : undefined;
}

/**
 * The offset of the next header from `from` on; where there is none, the end, or what can be the start of one.
 * `whole`: only a header whose number and line end are there.
 */
function nextHeader(buffer: Buffer, from: number, whole = false): number {
  for (let at = buffer.indexOf(lengthName, from); at >= 0; at = buffer.indexOf(lengthName, at + 1)) {
    if (!whole || /^Content-Length:[ \t]*\d+\r\n/.test(buffer.toString('latin1', at, at + 64))) return at;
  }
  if (whole) return buffer.length;
  const last = buffer.lastIndexOf(lengthName[0] as string);
  const startsHeader = last >= from && lengthName.startsWith(buffer.toString('latin1', last, last + lengthName.length));
  return startsHeader ? last : buffer.length;
}

function parseBody(buffer: Buffer, start: number, end: number): Message | undefined {
  const value: unknown = orUndefined(() => JSON.parse(buffer.toString('utf8', start, end)));
  return typeof value === 'object' && value !== null ? (value as Message) : undefined;
}
