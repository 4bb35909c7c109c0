import { resolve } from 'node:path';
import { totalCost } from '../../5-graph/cost.ts';
import { applyPasses } from '../../6-emit/emit.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import type { Spec } from '../../node/open-spec.ts';
import { attemptWrite } from '../../node/system-errors.ts';
import { type QuantisationReport, quantisationText, type TrainedReport } from '../../quantise/report.ts';
import { quantisationPage } from '../../quantise/report-page.ts';
import { formatBytes, formatCount } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { outputShapes, summarizePoint } from '../../report/summary.ts';
import { outputText } from '../../report/summary-text.ts';
import type { WeightsRequest } from '../../weights/choose-weights.ts';
import { statedRanges } from '../../weights/range-facts.ts';
import { flag, text } from '../arguments.ts';
import { openNetwork } from '../build-network.ts';
import { type ChosenTarget, chooseTarget } from '../choose-target.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io, usageError } from '../io.ts';
import { loadQuantisation } from '../load-quantisation.ts';
import { openWeights } from '../open-weights.ts';
import { createOutputFiles } from '../output-files.ts';
import { createOutputFolder } from '../output-folder.ts';
import { reportPage } from '../own-outputs.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { createProgress } from '../progress.ts';
import { quantiseFromRun } from '../quantisation/quantise-from-run.ts';
import { type Output, outputOf, refuseFile, refuseFolder } from '../refuse-overwriting.ts';
import { refuseSize, weightBytes } from '../refuse-size.ts';
import { lacksCalibration, requireInt8 } from '../require-int8.ts';
import { paintFor } from '../style.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

/** `enetc compile [spec]` */
export const compileCommand: RunCommand = async (args, io) => {
  const target = await chooseTarget(args, io);
  requireWeights(args);
  requireInt8(args, target.entry);
  const opened = await openNetwork(args, io);
  if (!opened) return exitCodes.diagnostics;
  const name = outputName(args, opened.spec, opened.network, target);
  const output = outputOf(name, opened.network.program, args, io);
  const { output: written } = target.entry;
  if (written.kind === 'folder') refuseFolder(output);
  else refuseFile(output, written);
  const page = pageOf(output, args, io);
  refuseSize(output, weightBytes(applyPasses(opened.network.graph, target.entry, target.passes)));
  const weights = await openWeights(opened, args, io);
  const { path } = output;
  const files = written.kind === 'folder' ? createOutputFolder(path, name, io.cwd) : createOutputFiles(path, name);
  const progress = createProgress(name, io);
  const { network } = weights;
  try {
    if (hasErrors(weights.diagnostics)) return refuse(network, weights.diagnostics, args, io);
    const request = weightsRequest(args, opened, weights.checkpoint);
    const quantised = flag(args, 'int8') ? await quantise(network, target, request, args, io) : undefined;
    const { diagnostics, bytes } = target.emit(network, files.open, {
      ...request,
      ...(quantised && { prepared: quantised.prepared, facts: quantised.facts }),
      ...(weights.labels && { labels: weights.labels }),
      progress: progress.update,
    });
    progress.clear();
    const all = [...weights.diagnostics, ...diagnostics];
    if (hasErrors(all)) return refuse(network, all, args, io);
    files.commit();
    const found = quantised?.report;
    if (page && found && !('trained' in found)) {
      const html = quantisationPage({ name, report: found });
      attemptWrite(page.shown, () => writeTextAtomically(page.path, html));
    }
    printDiagnostics(all, args, io);
    report(network, name, bytes, all, quantised?.report, args, io);
    return exitCodes.ok;
  } finally {
    progress.clear();
    files.discard();
    weights.close();
  }
};

/** With the ranges that pictures show, or those that the weights state: of a training with rounded values. */
async function quantise(network: Network, target: ChosenTarget, request: WeightsRequest, args: Arguments, io: Io) {
  if (flag(args, 'calibrate')) return (await loadQuantisation())(network, target, request, args, io);
  const ranges = request.checkpoint && statedRanges(request.checkpoint.metadata);
  if (!ranges) throw usageError(lacksCalibration, 'compile');
  return quantiseFromRun(network, target, request, ranges);
}

/** Where the page of `--report` goes. @throws if that would destroy something. */
function pageOf(output: Output, args: Arguments, io: Io): Output | undefined {
  const shown = text(args, 'report');
  if (shown === undefined) return undefined;
  const page = { ...output, path: resolve(io.cwd, shown), shown };
  refuseFile(page, reportPage);
  return page;
}

type Diagnostics = Network['diagnostics'];

function refuse(network: Network, diagnostics: Diagnostics, args: Arguments, io: Io): number {
  printDiagnostics(diagnostics, args, io);
  if (flag(args, 'json')) {
    printJson({ diagnostics: [...network.diagnostics, ...diagnostics].map(diagnosticToJson) }, io);
  }
  return exitCodes.diagnostics;
}

function report(
  network: Network,
  file: string,
  bytes: number,
  diagnostics: Diagnostics,
  quantisation: QuantisationReport | TrainedReport | undefined,
  args: Arguments,
  io: Io,
): void {
  const { params, macs } = totalCost(network.graph);
  if (flag(args, 'json')) {
    const { model, alternative } = network.point;
    const facts = { file, bytes, model, point: summarizePoint(network.point), ...(alternative && { alternative }) };
    const all = [...network.diagnostics, ...diagnostics].map(diagnosticToJson);
    const outputs = outputShapes(network.graph);
    printJson({ ...facts, params, macs, outputs, ...(quantisation && { quantisation }), diagnostics: all }, io);
  } else if (!flag(args, 'quiet')) {
    const facts = [
      formatBytes(bytes),
      `${formatCount(params)} ${nounFor(params, 'parameter')}`,
      `${formatCount(macs)} ${nounFor(macs, 'MAC')}`,
    ];
    io.stdout.write(`${safeText(file)}  ${[...facts, describePoint(network.point)].join(' · ')}\n`);
    if (quantisation) io.stdout.write(quantisationText(quantisation, paintFor(args, io)));
    if (!flag(args, 'outputs')) return;
    for (const output of outputShapes(network.graph)) io.stdout.write(`  ${safeText(outputText(output))}\n`);
  }
}

/** `efficientnet-b5.onnx`, `efficientnet-b5/`: the spec, then the variant or phi. */
function outputName(args: Arguments, spec: Spec, { point }: Network, { entry }: ChosenTarget): string {
  const given = text(args, 'output');
  if (given !== undefined) return given;
  const label = spec.label ?? point.model.toLowerCase();
  const { kind, ending } = entry.output;
  const suffix = point.variant ?? (point.phi === undefined ? undefined : `phi${point.phi}`);
  return `${suffix === undefined ? label : `${label}-${suffix}`}${ending}${kind === 'folder' ? '/' : ''}`;
}
