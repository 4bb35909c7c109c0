import type { ChannelOrder, Interpolation, Preprocessing } from '../4-scale/preprocessing.ts';
import { number, text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { usageError } from './io.ts';
import { cropOption } from './preprocessing-options.ts';

/** What the options state. Undefined if they state nothing. */
export function askedPreprocessing(args: Arguments): Preprocessing | undefined {
  const [mean, std, crop] = [numbers(args, 'mean'), numbers(args, 'std'), cropOf(args)];
  if (std?.some((n) => n <= 0)) throw usageError('--std takes numbers above 0', args.command.name);
  const channelOrder = text(args, 'channel-order') as ChannelOrder | undefined;
  const interpolation = text(args, 'interpolation') as Interpolation | undefined;
  if (!mean && !std && !channelOrder && !interpolation && crop === undefined) return undefined;
  return {
    ...(mean && { mean }),
    ...(std && { std }),
    ...(channelOrder && { channelOrder }),
    ...(crop !== undefined && { crop }),
    ...(interpolation && { interpolation }),
  };
}

/** Where the crop is a setting, as in training, it comes with these. */
function cropOf(args: Arguments): number | undefined {
  return args.command.options.includes(cropOption) ? number(args, 'crop') : undefined;
}

function numbers(args: Arguments, name: string): readonly number[] | undefined {
  return text(args, name)?.split(',').map(Number);
}
