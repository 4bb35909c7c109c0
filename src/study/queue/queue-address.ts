import { option, words } from '../../diagnostics/words.ts';
import { SettingError } from '../../train/run-error.ts';

/** The server that holds a queue. */
export interface QueueAddress {
  readonly kind: 'redis' | 'postgres';
  /** As it was given, including a password: only for the connection. */
  readonly url: string;
  /** For people and files: without user, password and options. */
  readonly shown: string;
}

const kinds: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/**
 * Reads the address of a queue: `redis://HOST:PORT/DB`, `rediss://` (Redis over TLS), `postgres://HOST:PORT/DATABASE`. User, password and
 * options are the driver's.
 * @throws SettingError for anything else, without repeating it: it may hold a password
 */
export function parseQueueAddress(url: string): QueueAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const kind = parsed && kinds[parsed.protocol];
  if (!parsed || !kind || parsed.hostname === '') {
    throw new SettingError(
      'queue',
      words`${option('queue')} takes the address of a server: redis://HOST:PORT, rediss://HOST:PORT or postgres://HOST:PORT/DATABASE`,
    );
  }
  return { kind, url, shown: `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}` };
}
