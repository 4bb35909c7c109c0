import { openNetwork } from '../../build-network.ts';
import { exitCodes, usageError } from '../../io.ts';
import { scalingOptions } from '../../options.ts';
import type { WeightsAction } from './action.ts';
import { writeNetworkWeights, writingOptions } from './write-network-weights.ts';

/** `enetc weights init [spec]`: writes the weights with which training would begin. */
export const initAction: WeightsAction = {
  name: 'init',
  operands: '[spec]',
  least: 0,
  most: 1,
  options: [...scalingOptions.map(({ name }) => name), 'classes', 'outputs', 'map', ...writingOptions],
  async run(args, io) {
    if (!args.values.has('output')) throw usageError('weights init needs --output FILE', 'weights');
    const opened = await openNetwork(args, io);
    return opened ? writeNetworkWeights(opened, undefined, args, io) : exitCodes.diagnostics;
  },
};
