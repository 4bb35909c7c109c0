import { fitWeights } from '../fit-weights.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { WeightsRequest } from '../weights/choose-weights.ts';
import { flag, list, number, text } from './arguments.ts';
import type { OpenedNetwork } from './build-network.ts';
import type { Arguments } from './command.ts';
import { askedConvention } from './convention-option.ts';
import { usageError } from './io.ts';

/** Throws a usage error for options that say how `--weights` is read, where it is not given. */
export function requireWeights(args: Arguments): void {
  if (flag(args, 'weights')) return;
  for (const name of ['weights-key', 'weights-map', 'map', 'allow-missing', 'allow-unsound']) {
    if (flag(args, name)) throw usageError(`--${name} needs --weights`, args.command.name);
  }
}

/** What `--weights` and its companions ask for of a network. @param checkpoint what `--weights` names, open. */
export function weightsRequest(
  args: Arguments,
  { spec, request, network }: OpenedNetwork,
  checkpoint: Checkpoint | undefined,
): WeightsRequest {
  const seed = number(args, 'seed');
  const map = text(args, 'weights-map');
  const { convention } = askedConvention(args);
  const isFitted = checkpoint && (flag(args, 'classes') || flag(args, 'outputs'));
  const fitted = isFitted ? fitWeights(spec, request, network.graph) : {};
  return {
    ...fitted,
    allowMissing: [...list(args, 'allow-missing'), ...(fitted.allowMissing ?? [])],
    ...(flag(args, 'allow-unsound') && { allowUnsound: true }),
    ...(seed !== undefined && { seed }),
    ...(map !== undefined && { map }),
    ...(convention && { convention }),
    ...(checkpoint && { checkpoint }),
  };
}
