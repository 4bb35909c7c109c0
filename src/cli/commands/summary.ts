import { summarize } from '../../report/summary.ts';
import { summaryText } from '../../report/summary-text.ts';
import { openNetwork } from '../build-network.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';

/** `enetc summary [spec]` */
export const summaryCommand: RunCommand = async (args, io) => {
  const opened = await openNetwork(args, io);
  if (!opened) return exitCodes.diagnostics;
  const summary = summarize(opened.network.graph, opened.network.point);
  printAnswer(args, io, summary, (paint) => summaryText(summary, paint));
  return exitCodes.ok;
};
