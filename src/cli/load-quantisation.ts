import type { quantisePrepared } from './quantisation/quantise-prepared.ts';

/** What quantises a network, from the bundle of the commands that need an engine. */
export async function loadQuantisation(): Promise<typeof quantisePrepared> {
  return (await import('./engines.ts')).quantisePrepared;
}
