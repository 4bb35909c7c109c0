import { CancellationToken, ErrorCodes, type ProtocolRequestType, RAL, ResponseError } from 'vscode-languageserver';
import { cancelled, invalidParams } from './errors.ts';
import type { Session } from './session.ts';
import { type DocumentView, viewOf } from './view.ts';

/** A kind of request: one of the protocol's, or the name of one of ours. */
type Kind<P, R> = string | ProtocolRequestType<P, R, unknown, unknown, unknown>;

/**
 * Answers a kind of request: refuses it before `initialize` and after `shutdown`, honours cancelling, and turns an error of
 * the server itself into an error answer and a line in the client's log.
 */
export function answer<P, R>(
  session: Session,
  kind: Kind<P, R>,
  handler: (params: P, token: CancellationToken) => R | Promise<R>,
): void {
  const answered = async (params: P, given: CancellationToken | undefined): Promise<unknown> => {
    // of an empty list of parameters, as Neovim sends it, the token is all that comes
    const token = given ?? CancellationToken.None;
    if (session.state === 'new') throw new ResponseError(ErrorCodes.ServerNotInitialized, 'initialize comes first');
    if (session.state === 'closing') throw new ResponseError(ErrorCodes.InvalidRequest, 'the server is shut down');
    if (token.isCancellationRequested) throw cancelled();
    if (typeof params !== 'object' || params === null) throw invalidParams('the parameters are not an object');
    try {
      return await handler(params, endOf(session, token));
    } catch (e) {
      if (e instanceof ResponseError) throw e;
      logError(session, e);
      throw new ResponseError(ErrorCodes.InternalError, `an error in enetc: ${e instanceof Error ? e.message : e}`);
    }
  };
  session.connection.onRequest(kind as string, answered);
}

/** As `answer`, for requests about a document. One that the server may not or cannot see is answered by null. */
export function answerIn<P extends { textDocument: { uri: string } }, R>(
  session: Session,
  kind: Kind<P, R>,
  handler: (view: DocumentView, params: P, token: CancellationToken) => R | Promise<R>,
): void {
  answer<P, R | null>(session, kind, (params, token) => {
    const view = viewOf(session, params.textDocument?.uri);
    return view ? handler(view, params, token) : null;
  });
}

/** A request was cancelled, by the client or because the server is shutting down. */
function endOf(session: Session, token: CancellationToken): CancellationToken {
  return {
    get isCancellationRequested() {
      return token.isCancellationRequested || session.state === 'closing';
    },
    onCancellationRequested: token.onCancellationRequested,
  };
}

/** Handles a notification; errors are logged, since a notification has no answer. */
export function heeding<P>(session: Session, handler: (params: P) => void): (params: P) => void {
  return (params) => {
    if (session.state !== 'running') return;
    try {
      if (typeof params !== 'object' || params === null) throw invalidParams('a notification without its parameters');
      handler(params);
    } catch (e) {
      if (e instanceof ResponseError) session.connection.console.warn(e.message);
      else logError(session, e);
    }
  };
}

/** Lets what has come in be heard, cancelling for one; throws if this request was cancelled. */
export async function pause(token: CancellationToken): Promise<void> {
  // at once in Node, where a timer takes a millisecond
  await new Promise<void>((next) => RAL().timer.setImmediate(next));
  if (token.isCancellationRequested) throw cancelled();
}

/** How long a request works, in milliseconds, before other messages are handled. */
const slice = 4;

/** Works on a request step by step, handling other messages in between; throws like `pause`. */
export async function inSlices(token: CancellationToken, step: () => boolean): Promise<void> {
  let until = performance.now() + slice;
  while (step()) {
    if (performance.now() < until) continue;
    await pause(token);
    until = performance.now() + slice;
  }
}

/** Reports an error of the server itself in the client's log. */
export function logError({ connection }: Session, e: unknown): void {
  const trace = e instanceof Error ? (e.stack ?? e.message) : String(e);
  connection.console.error(`an error in enetc, please report it:\n${trace}`);
}
