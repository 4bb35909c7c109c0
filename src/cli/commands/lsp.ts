import { connect, createServer, type Socket } from 'node:net';
import { flag, number } from '../arguments.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, failure, usageError } from '../io.ts';
import { nodePlatform } from '../language-server/platform.ts';
import { serveStdio } from '../language-server/serve-stdio.ts';
import { serveStreams } from '../language-server/serve-streams.ts';

/** Ports are of this machine alone: whoever reaches the server can read the workspace. */
const loopback = '127.0.0.1';

/** `enetc lsp` */
export const lspCommand: RunCommand = async (args, io) => {
  const socket = number(args, 'socket');
  const listen = number(args, 'listen');
  if ([flag(args, 'stdio'), socket !== undefined, listen !== undefined].filter(Boolean).length > 1) {
    throw usageError('--stdio, --socket and --listen cannot be combined', 'lsp');
  }
  if (socket !== undefined) return serveSocket(await connectTo(socket));
  if (listen !== undefined) return serveClients(listen, (text) => io.stderr.write(text));
  return serveStdio();
};

function connectTo(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, loopback, () => resolve(socket));
    socket.on('error', (e) => reject(failure(`cannot connect to ${loopback}:${port}: ${e.message}`)));
  });
}

async function serveSocket(socket: Socket): Promise<number> {
  const code = await serveStreams(socket, socket, nodePlatform());
  socket.end();
  return code;
}

/** Serves each client that connects, with a workspace of its own, until the process is ended. */
function serveClients(port: number, say: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      void serveSocket(socket);
    });
    server.on('error', (e) => reject(failure(`cannot listen on ${loopback}:${port}: ${e.message}`)));
    server.on('close', () => resolve(exitCodes.ok));
    server.listen(port, loopback, () => {
      const address = server.address();
      say(`listening on ${loopback}:${typeof address === 'object' && address ? address.port : port}\n`);
    });
  });
}
