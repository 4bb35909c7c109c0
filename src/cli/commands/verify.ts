import type { BackendName } from '../../backends/backend.ts';
import { type ParityReport, verifyParity } from '../../backends/parity/verify.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { openCheckpoint } from '../../node/open-checkpoint.ts';
import { describePoint } from '../../report/point-text.ts';
import { summarizePoint } from '../../report/summary.ts';
import { type Paint, renderTable } from '../../report/text-table.ts';
import { flag, list, number, text } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { RunCommand } from '../commands.ts';
import { followWeights } from '../follow-weights.ts';
import { exitCodes, usageError } from '../io.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { paintFor } from '../style.ts';
import { requireWeights, weightsRequest } from '../weights-request.ts';

const defaults = { batch: 2, tolerance: 1e-4 };

/** `enetc verify [spec]` */
export const verifyCommand: RunCommand = async (args, io) => {
  requireWeights(args);
  const tolerance = number(args, 'tolerance') ?? defaults.tolerance;
  if (!(tolerance > 0)) throw usageError('--tolerance takes a number above 0', 'verify');
  const spec = await openSpec(args.operands[0], io, 'verify');
  const request = scalingRequest(args, spec);
  const built = buildNetwork(spec, request, args, io);
  if (!built) return exitCodes.diagnostics;
  const path = text(args, 'weights');
  const opened = path === undefined ? undefined : openCheckpoint(path, io.cwd);
  const asked = list(args, 'backend') as readonly BackendName[];
  try {
    const map = text(args, 'weights-map');
    const followed = opened?.checkpoint && followWeights(spec, built, request, opened.checkpoint, map);
    const network = followed?.network ?? built;
    const said = [...(opened?.diagnostics ?? []), ...(followed?.diagnostics ?? [])];
    const result = hasErrors(said)
      ? { diagnostics: [] }
      : await verifyParity(network, network.graph, {
          ...(asked.length > 0 && { backends: [...new Set(asked)] }),
          batch: number(args, 'batch') ?? defaults.batch,
          tolerance,
          seed: number(args, 'seed') ?? 0,
          ...(opened && { weights: weightsRequest(args, opened.checkpoint) }),
          where: { cwd: io.cwd, env: io.env },
          onStep: (what) => {
            if (io.stderr.isTTY) io.stderr.write(`\r\x1b[K${what} ...`);
          },
        });
    if (io.stderr.isTTY) io.stderr.write('\r\x1b[K');
    said.push(...result.diagnostics);
    printDiagnostics(said, args, io);
    const { report } = result;
    // Who names a backend wants that one.
    const absent = report?.missing.find(({ engine }) => asked.includes(engine as BackendName));
    const ok = report?.ok === true && !absent;
    if (flag(args, 'json')) {
      const diagnostics = [...network.diagnostics, ...said].map(diagnosticToJson);
      printJson({ point: summarizePoint(network.point), tolerance, ...report, ok, diagnostics }, io);
    } else if (report) {
      const heading = `${network.point.model}, ${describePoint(network.point)}`;
      io.stdout.write(reportText(heading, report, tolerance, ok, paintFor(args, io)));
    }
    return ok ? exitCodes.ok : exitCodes.diagnostics;
  } finally {
    opened?.close();
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
  const columns = ['form', 'engine', 'relative', 'absolute', 'time', 'result'].map((title, i) => ({
    title,
    align: i >= 2 && i <= 4 ? ('right' as const) : ('left' as const),
  }));
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
