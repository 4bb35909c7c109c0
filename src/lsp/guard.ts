import { CancellationToken, ErrorCodes, RAL, ResponseError } from 'vscode-languageserver';
import { cancelled, invalidParams } from './errors.ts';
import type { Session } from './session.ts';
import { type View, viewOf } from './view.ts';

/**
 * Makes a handler of requests out of a function: refuses them before `initialize` and after `shutdown`, honours
 * cancelling, and turns an error of the server itself into an error answer and a line in the client's log.
 */
export function answering<P, R>(
  session: Session,
  handler: (params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R> {
  return async (params, given: CancellationToken | undefined) => {
    // of an empty list of parameters, as Neovim sends it, the token is all that comes
    const token = given ?? CancellationToken.None;
    if (session.state === 'new') throw new ResponseError(ErrorCodes.ServerNotInitialized, 'initialize comes first');
    if (session.state === 'closing') throw new ResponseError(ErrorCodes.InvalidRequest, 'the server is shut down');
    if (token.isCancellationRequested) throw cancelled();
    if (typeof params !== 'object' || params === null) throw invalidParams('the parameters are no object');
    try {
      return await handler(params, endOf(session, token));
    } catch (e) {
      if (e instanceof ResponseError) throw e;
      session.connection.console.error(`an error in enetc, please report it:\n${traceOf(e)}`);
      throw new ResponseError(ErrorCodes.InternalError, `an error in enetc: ${e instanceof Error ? e.message : e}`);
    }
  };
}

/** That a request is no longer wanted: the client says so, or shuts the server down and waits for nothing more. */
function endOf(session: Session, token: CancellationToken): CancellationToken {
  return {
    get isCancellationRequested() {
      return token.isCancellationRequested || session.state === 'closing';
    },
    onCancellationRequested: token.onCancellationRequested,
  };
}

/** As `answering`, for requests about a document. A document that the server may not or cannot see is answered by null. */
export function answeringIn<P extends { textDocument: { uri: string } }, R>(
  session: Session,
  handler: (view: View, params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R | null> {
  return answering<P, R | null>(session, (params, token) => {
    const view = viewOf(session, params.textDocument?.uri);
    return view ? handler(view, params, token) : null;
  });
}

/** Runs what a notification asks for; what is wrong is logged, for a notification has no answer. */
export function heeding<P>(session: Session, handler: (params: P) => void): (params: P) => void {
  return (params) => {
    if (session.state !== 'running') return;
    try {
      if (typeof params !== 'object' || params === null) throw invalidParams('a notification without its parameters');
      handler(params);
    } catch (e) {
      if (e instanceof ResponseError) session.connection.console.warn(e.message);
      else session.connection.console.error(`an error in enetc, please report it:\n${traceOf(e)}`);
    }
  };
}

/** Lets what has come in be heard, cancelling for one; throws where this request was cancelled. */
export async function pause(token: CancellationToken): Promise<void> {
  // at once in Node, where a timer takes a millisecond
  await new Promise<void>((next) => RAL().timer.setImmediate(next));
  if (token.isCancellationRequested) throw cancelled();
}

/** So long, in milliseconds, a request works before what has come in meanwhile is heard. */
const slice = 4;

/** Works for a request step by step while there is more to do, and lets others be heard in between; throws as `pause` does. */
export async function inSlices(token: CancellationToken, step: () => boolean): Promise<void> {
  let until = performance.now() + slice;
  while (step()) {
    if (performance.now() < until) continue;
    await pause(token);
    until = performance.now() + slice;
  }
}

function traceOf(e: unknown): string {
  return e instanceof Error ? (e.stack ?? e.message) : String(e);
}
