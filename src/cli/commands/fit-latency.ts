import { doubtsOf, summarizeSeries } from '../../bench/statistics.ts';
import { compileSpec, isWhole } from '../../compile-spec.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { parseTime } from '../../report/parse-quantity.ts';
import type { FittedPoint } from '../../search/fit/fit.ts';
import { fitLatency } from '../../search/fit/fit-latency.ts';
import { fitText } from '../../search/fit/fit-text.ts';
import { flag, text } from '../arguments.ts';
import { measureOnnx } from '../benchmark/measure-here.ts';
import { measureRequest } from '../benchmark/measure-request.ts';
import { withTemporaryFolder } from '../benchmark/temporary-folder.ts';
import { writeModel } from '../benchmark/write-model.ts';
import { budgetsOf } from '../budgets.ts';
import type { RunCommand } from '../command.ts';
import { compileLine, fitJson, fitOptionsOf, pointJson } from '../fit-answer.ts';
import { exitCodes, failure, usageError } from '../io.ts';
import { printAnswer, printDiagnostics, printJson } from '../print-diagnostics.ts';
import { createStatusLine } from '../status-line.ts';
import { explained } from '../training/explained.ts';
import { openFamily } from './fit.ts';

/** How long each network is measured. */
const defaultSeconds = 1;

/** `enetc fit [spec] --latency TIME`: the latencies are measured in ONNX Runtime on this machine's CPU. */
export const fitLatencyCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    const ms = parseTime(text(args, 'latency') as string) as number;
    if (flag(args, 'fill')) throw usageError('--fill and --latency cannot be combined', 'fit');
    const budgets = budgetsOf(args);
    const opened = await openFamily(args, io);
    if (!opened) return exitCodes.diagnostics;
    const request = measureRequest(args, defaultSeconds);
    const screen = createStatusLine(args, io);
    let engine = '';
    let doubtful = 0;
    let count = 0;
    const { found, diagnostics } = await withTemporaryFolder(async (folder) => {
      const measure = async (point: FittedPoint) => {
        const name = `network ${++count}`;
        screen.progress(`measuring ${name}`);
        const network = compileSpec(opened.spec, point.request);
        if (!isWhole(network)) throw failure(`${name} does not build: ${network.diagnostics[0]?.message}`);
        const file = await writeModel(network, 'onnx', folder, String(count), name, io);
        const measured = await measureOnnx([file], request, screen, io);
        engine = measured.engine;
        const summary = summarizeSeries((measured.blocks[0] ?? []).flat());
        if (doubtsOf(summary, measured.settled).length > 0) doubtful++;
        return summary.median;
      };
      try {
        return await fitLatency(opened.model, ms, budgets, opened.options, measure);
      } finally {
        screen.clear();
      }
    });
    if (!found) {
      printDiagnostics(diagnostics, args, io);
      if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
      return exitCodes.diagnostics;
    }
    const { fit, measured, isNear } = found;
    const all = { ...budgets, latency: ms };
    const { threads, batch } = request;
    const json = {
      ...fitJson(fit, all),
      options: fitOptionsOf(fit, args),
      measured: { engine, threads, batch, doubtful, networks: measured.map(pointJson) },
    };
    printAnswer(args, io, json, (paint) => {
      const how = `measured in ${engine}, ${threads} ${nounFor(threads, 'thread')}, batch ${batch}: ${measured.length} ${nounFor(measured.length, 'network')}, to the median`;
      const doubts =
        doubtful > 0
          ? `\n${doubtful} of these have no verdict: the machine was too busy, and another run may give another result`
          : '';
      return `${fitText(fit, all, paint, isNear)}${how}${doubts}\n${compileLine(fit, args)}\n`;
    });
    return exitCodes.ok;
  });
