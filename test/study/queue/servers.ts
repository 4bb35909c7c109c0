import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** The password in each server's address, which is to be found nowhere else. */
export const password = 'geheim';

/** A real server on a free port of loopback, which keeps what it holds in a folder of its own. */
export interface TestServer {
  readonly url: string;
  /** Its process, for what kills it. */
  pid(): number;
  /** Begins to serve, after it was killed too. */
  start(): Promise<void>;
  /** As `kill -9` does, to all of its processes. */
  kill(): Promise<void>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

export const serverKinds = ['redis', 'postgres'] as const;
export type ServerKind = (typeof serverKinds)[number];

const postgresBin = ['/usr/lib/postgresql', '/usr/local/lib/postgresql']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((version) => join(folder, version, 'bin')))
  .find((folder) => existsSync(join(folder, 'initdb')));

/** Why a server cannot be started here; undefined if it can. */
export function missing(kind: ServerKind): string | undefined {
  if (kind === 'redis') return onPath('redis-server') ? undefined : 'there is no redis-server';
  if (postgresBin === undefined) return 'there is no PostgreSQL';
  return process.getuid?.() === 0 && postgresUser() === undefined ? 'PostgreSQL does not run as root' : undefined;
}

export async function startServer(kind: ServerKind): Promise<TestServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), `enetc-${kind}-`));
  const command = kind === 'redis' ? redis(port, folder) : postgres(port, folder);
  let child: ChildProcess;
  const kill = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    killTree(child.pid as number);
    await ended;
  };
  const server: TestServer = {
    url:
      kind === 'redis'
        ? `redis://:${password}@127.0.0.1:${port}`
        : `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    pid: () => child.pid as number,
    async start() {
      for (let tries = 0; ; tries++) {
        child = spawn(command[0] as string, command.slice(1), { stdio: 'ignore', cwd: folder });
        await Promise.race([answers(port), new Promise((resolve) => child.once('exit', resolve))]);
        if (child.exitCode === null) return;
        // what it had in memory is shared with processes of its own that end a moment after it
        if (tries === 40) throw new Error(`${kind} ends with code ${child.exitCode}`);
        await setTimeout(250);
      }
    },
    kill,
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await server.start();
  return server;
}

function redis(port: number, folder: string): string[] {
  const given = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', save: '', requirepass: password };
  return ['redis-server', ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)])];
}

function postgres(port: number, folder: string): string[] {
  const user = process.getuid?.() === 0 ? (postgresUser() as { uid: number; gid: number }) : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const as = user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
  const data = join(folder, 'data');
  const [command, ...rest] = [
    ...as,
    join(postgresBin as string, 'initdb'),
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
  ];
  execFileSync(command as string, [...rest, '--no-sync'], { stdio: 'ignore', cwd: folder });
  return [
    ...as,
    join(postgresBin as string, 'postgres'),
    ...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
  ];
}

/** Debian's package makes a user for it, which it needs where tests run as root. */
function postgresUser(): { uid: number; gid: number } | undefined {
  try {
    const id = (what: string) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    return onPath('setpriv') ? { uid: id('-u'), gid: id('-g') } : undefined;
  } catch {
    return undefined;
  }
}

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** Children first, so that none of them has the time to end in order. */
export function killTree(pid: number): void {
  const children = () => {
    try {
      return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
        .trim()
        .split(/\s+/);
    } catch {
      return [];
    }
  };
  const below = children().filter((text) => text !== '');
  for (const one of [pid, ...below.map(Number)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answers(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await setTimeout(30);
  }
}
