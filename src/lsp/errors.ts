import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';

/** An answer to a request whose parameters are not what the protocol says. */
export function invalidParams(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidParams, message);
}

/** The answer to a request that makes no sense now; the message is for people. */
export function requestFailed(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message);
}

/** The answer to a request that the client no longer wants. */
export function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
}
