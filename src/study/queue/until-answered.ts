import { setTimeout } from 'node:timers/promises';

/** How long to wait before a server is asked again, in milliseconds. */
const pause = 500;

/** Called when a server stops answering, and when it answers again. */
export interface Reachability {
  away(reason: string): void;
  back(): void;
}

/**
 * Asks a server until it answers.
 * @returns undefined where the signal came first
 * @throws the answer, if it is a refusal
 */
export async function untilAnswered<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  reachability: Reachability,
): Promise<T | undefined> {
  let isAway = false;
  while (!signal.aborted) {
    try {
      // a command that waits for the connection to come back ends with the signal
      const answer = await orAborted(ask(), signal);
      if (isAway && !signal.aborted) reachability.back();
      return answer;
    } catch (e) {
      if (isRefusal(e)) throw e;
      if (!isAway) reachability.away(reasonOf(e));
      isAway = true;
      await setTimeout(pause, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** SQLSTATE classes of permanent refusals: authorisation, unknown database, access or syntax. */
const refusals = ['28', '3D', '42'];

/**
 * Whether a server has answered with a refusal. The codes of BullMQ are numbers, those of PostgreSQL five characters.
 */
export function isRefusal(e: unknown): boolean {
  const { code, message = '' } = e as { code?: string | number; message?: string };
  if (typeof code === 'number') return true;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return refusals.includes(code.slice(0, 2));
  return /^(NOAUTH|WRONGPASS|NOPERM|Missing (lock|key)|Lock mismatch)/.test(message);
}

/** In one line, and without the address, which may hold a password. */
export function reasonOf(e: unknown): string {
  const { message, code, errors } = e as { message?: string; code?: string; errors?: readonly unknown[] };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  return (message || code || String(e)).split('\n', 1)[0] as string;
}
