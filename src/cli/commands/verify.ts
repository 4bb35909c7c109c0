import type { BackendName } from '../../backends/backend.ts';
import { type ParityReport, verifyParity } from '../../backends/parity/verify.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { describePoint } from '../../report/point-text.ts';
import { summarizePoint } from '../../report/summary.ts';
import { columnsOf, type Paint, renderTable } from '../../report/text-table.ts';
import { flag, list, number } from '../arguments.ts';
import { openNetwork } from '../build-network.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { openWeights } from '../open-weights.ts';
import { printAnswer, printDiagnostics } from '../print-diagnostics.ts';
import { createTerminalLine } from '../status-line.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';
import { verifyInt8 } from './verify-int8.ts';

const defaults = { batch: 2, tolerance: 1e-4 };

/** `enetc verify [spec]` */
export const verifyCommand: RunCommand = async (args, io) => {
  if (flag(args, 'int8')) return verifyInt8(args, io);
  if (flag(args, 'calibrate')) throw usageError('--calibrate needs --int8', 'verify');
  requireWeights(args);
  const tolerance = number(args, 'tolerance') ?? defaults.tolerance;
  if (!(tolerance > 0 && tolerance <= 1))
    throw usageError('--tolerance takes a number above 0, and at most 1', 'verify');
  const opened = await openNetwork(args, io);
  if (!opened) return exitCodes.diagnostics;
  const weights = await openWeights(opened, args, io);
  const asked = list(args, 'backend') as readonly BackendName[];
  const line = createTerminalLine(io);
  try {
    const { network, checkpoint } = weights;
    const reported = [...weights.diagnostics];
    const result = hasErrors(reported)
      ? { diagnostics: [] }
      : await verifyParity(network, network.graph, {
          ...(asked.length > 0 && { backends: [...new Set(asked)] }),
          batch: number(args, 'batch') ?? defaults.batch,
          tolerance,
          seed: number(args, 'seed') ?? 0,
          ...(flag(args, 'weights') && { weights: weightsRequest(args, opened, checkpoint) }),
          where: { cwd: io.cwd, env: io.env },
          onStep: (what) => line.show(`${what} ...`),
        });
    line.clear();
    reported.push(...result.diagnostics);
    printDiagnostics(reported, args, io);
    const { report } = result;
    // Who names a backend wants that one.
    const absent = report?.missing.find(({ engine }) => asked.includes(engine as BackendName));
    const ok = report?.ok === true && !absent;
    const diagnostics = [...network.diagnostics, ...reported].map(diagnosticToJson);
    const answer = { point: summarizePoint(network.point), tolerance, ...report, ok, diagnostics };
    const heading = `${network.point.model}, ${describePoint(network.point)}`;
    printAnswer(args, io, answer, (paint) => (report ? reportText(heading, report, tolerance, ok, paint) : ''));
    return ok ? exitCodes.ok : exitCodes.diagnostics;
  } finally {
    weights.close();
  }
};

function reportText(heading: string, report: ParityReport, tolerance: number, ok: boolean, paint: Paint): string {
  const rows = report.rows.map(({ form, engine, difference, failure, seconds, ok: fits }) => [
    form,
    engine,
    difference ? difference.relative.toExponential(1) : failure === undefined ? 'the reference' : '',
    difference ? difference.absolute.toExponential(1) : '',
    `${seconds.toFixed(1)} s`,
    fits ? paint.good(difference ? 'same' : 'finite') : paint.bad(badResult(failure, difference)),
  ]);
  const columns = columnsOf(['form', 'engine'], ['relative', 'absolute', 'time'], ['result']);
  const lines = [paint.bold(heading), ''];
  if (rows.length > 0) {
    lines.push(
      renderTable(columns, rows, { paint }),
      `The largest output is ${report.largest.toPrecision(3)}; outputs may differ by ${tolerance} of it.`,
    );
  }
  for (const { form, engine, failure } of report.rows) {
    if (failure !== undefined) lines.push(paint.bad(`${form} on ${engine}: ${failure}`));
  }
  for (const { form, why } of report.refused) lines.push(`${form}: none, ${why}`);
  for (const [engine, detail] of new Map(report.rows.map((row) => [row.engine, row.detail]))) {
    lines.push(paint.dim(`${engine}: ${detail}`));
  }
  for (const { engine, why, advice } of report.missing) {
    lines.push(paint.dim(`${engine}: not run, ${why}${advice === undefined ? '' : `; ${advice}`}`));
  }
  lines.push(ok ? paint.good(agreement(report)) : paint.bad(verdict(report)));
  return `${lines.join('\n')}\n`;
}

function badResult(failure: string | undefined, difference: object | undefined): string {
  if (failure !== undefined) return 'DOES NOT RUN';
  return difference ? 'DIFFERENT' : 'UNSOUND';
}

function agreement({ refused }: ParityReport): string {
  return refused.length === 0 ? 'All forms agree.' : 'The forms that there are agree.';
}

/** What is wrong where not all is well. */
function verdict({ ok, rows, largest }: ParityReport): string {
  if (ok) return 'What was asked for did not run.';
  if (rows.length === 0) return 'Nothing was verified.';
  if (rows.some(({ failure }) => failure !== undefined)) return 'Not every form runs.';
  if (rows.length < 2) return 'Nothing was verified: fewer than two forms ran.';
  if (largest === 0) return 'Nothing was verified: every output of the reference is 0.';
  return Number.isFinite(largest) ? 'The forms do not agree.' : 'The outputs of the reference are not finite.';
}
