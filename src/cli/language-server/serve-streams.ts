import type { Readable, Writable } from 'node:stream';
import { createConnection, LSPErrorCodes } from 'vscode-languageserver';
import {
  createProtocolConnection,
  type Message,
  type ResponseMessage,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import type { Platform } from '../../lsp/platform.ts';
import { serve } from '../../lsp/server.ts';
import { inputEnded, MessageStreamReader } from './message-reader.ts';
import { watchProcess } from './watch-process.ts';

/**
 * Serves one client over a pair of streams until it says `exit`, or its end closes.
 * @returns the exit code that the protocol asks for: 0 where `shutdown` came before the end, else 1.
 */
export function serveStreams(input: Readable, output: Writable, platform: Platform): Promise<number> {
  return new Promise((resolve) => {
    const reader = new MessageStreamReader(input);
    const writer = new StreamMessageWriter(output);
    let unwatch = () => {};
    const watchDog = {
      shutdownReceived: false,
      initialize(params: { processId: number | null }) {
        unwatch = watchProcess(params.processId, end);
      },
      exit: () => end(),
    };
    const end = () => {
      unwatch();
      // what works in the background stops, or it would keep the process
      session.state = 'closing';
      resolve(watchDog.shutdownReceived ? 0 : 1);
    };
    // A request that is cancelled before its turn is answered at once (the connection fills in its id), and not computed.
    const cancelUndispatched = ({ jsonrpc }: Message): ResponseMessage => ({
      jsonrpc,
      id: null,
      error: { code: LSPErrorCodes.RequestCancelled, message: 'the request was cancelled' },
    });
    const server = createConnection((logger) => {
      const connection = createProtocolConnection(reader, writer, logger, {
        connectionStrategy: { cancelUndispatched },
      });
      connection.onError(([error]) => logger.error(error.message));
      connection.onNotification(inputEnded, end);
      return connection;
    }, watchDog);
    const session = serve(server, platform);
  });
}
