import { number } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { MeasureRequest } from './measured.ts';

/** How the command line asks to measure. @param seconds for each network or pair, where it does not say */
export function measureRequest(args: Arguments, seconds: number): MeasureRequest {
  return {
    threads: number(args, 'threads') ?? 1,
    batch: number(args, 'batch') ?? 1,
    seconds: number(args, 'seconds') ?? seconds,
    seed: number(args, 'seed') ?? 0,
  };
}
