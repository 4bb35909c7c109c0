import { summarize } from '../../report/summary.ts';
import { summaryText } from '../../report/summary-text.ts';
import { flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { exitCodes } from '../io.ts';
import { printJson } from '../print-diagnostics.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { paintFor } from '../style.ts';

/** `enetc summary [spec]` */
export const summaryCommand: RunCommand = async (args, io) => {
  const spec = await openSpec(args.operands[0], io, 'summary');
  const network = buildNetwork(spec, scalingRequest(args, spec), args, io);
  if (!network) return exitCodes.diagnostics;
  const summary = summarize(network.graph, network.point);
  if (flag(args, 'json')) printJson(summary, io);
  else io.stdout.write(summaryText(summary, paintFor(args, io)));
  return exitCodes.ok;
};
