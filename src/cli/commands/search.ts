import { resolve } from 'node:path';
import type { DeclaredModel } from '../../2-resolve/program.ts';
import type { CompileOptions } from '../../compile.ts';
import { compileSpec } from '../../compile-spec.ts';
import { type Diagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../../diagnostics/json.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { statOf } from '../../node/file-stat.ts';
import type { SpecFile } from '../../node/open-spec.ts';
import type { LatencyTable } from '../../search/latency/latency-table.ts';
import { createCounter } from '../../search/space/counter.ts';
import { type DiscoveredSpace, discoverSpace } from '../../search/space/discover.ts';
import { type Candidate, type Drawn, drawCandidates } from '../../search/space/draw.ts';
import { givenChoices } from '../../search/space/given-choices.ts';
import { restrictSpace, settleChoices } from '../../search/space/settle.ts';
import { type Space, settingsOf, spaceSize } from '../../search/space/space.ts';
import { drawnText, spaceText } from '../../search/space/space-text.ts';
import { flag, number, text } from '../arguments.ts';
import { spaceBudgetsOf } from '../budgets.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, failure, type Io, usageError } from '../io.ts';
import { readLatencyTable } from '../latency-file.ts';
import { writeTextFile } from '../output-files.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec } from '../spec.ts';
import { algorithmOptions, comparisonOptions, proxyOptions } from '../study-options.ts';
import { paintFor } from '../style.ts';

/** `enetc search [spec]` */
export const searchCommand: RunCommand = async (args, io) => {
  if (flag(args, 'data') || flag(args, 'resume')) return (await import('../engines.ts')).searchStudyCommand(args, io);
  refuseStudyOptions(args);
  const count = number(args, 'sample');
  if (count === undefined && !flag(args, 'count')) {
    throw usageError(
      'search needs --data, the images to train on; or --count, which shows the size of the space, or --sample N',
      'search',
    );
  }
  const output = text(args, 'output');
  if (output !== undefined && count === undefined)
    throw usageError('--output needs --sample: a network to write', 'search');
  const table = openTable(args, io);
  const spec = await openSpec(args.operands[0], io, 'search');
  const opened = openSpace(spec, args);
  if ('diagnostics' in opened) return refuse(opened.diagnostics, args, io);
  const { model, space, request } = opened;
  const drawn =
    count === undefined
      ? undefined
      : drawCandidates(
          space,
          createCounter(model, request, space),
          count,
          number(args, 'seed') ?? 0,
          spaceBudgetsOf(args),
          table,
        );
  const written = output === undefined ? undefined : write(output, spec, opened, drawn as Drawn, args, io);
  if (written && 'diagnostics' in written) return refuse(written.diagnostics, args, io);
  if (flag(args, 'json')) printJson(answer(model, space, drawn, written?.file), io);
  else if (!flag(args, 'quiet')) {
    const paint = paintFor(args, io);
    if (flag(args, 'count')) io.stdout.write(spaceText(model.node.name.name, space, paint));
    if (drawn) io.stdout.write(drawnText(space, drawn, paint));
    if (written) io.stdout.write(`\nwrote ${safeText(written.file)}\n`);
  }
  return exitCodes.ok;
};

/** The table of latencies for a sample. */
function openTable(args: Arguments, io: Io): LatencyTable | undefined {
  const shown = text(args, 'table');
  if (shown === undefined) {
    if (flag(args, 'latency'))
      throw usageError('--latency needs --table: a table of the latencies of blocks', 'search');
    return undefined;
  }
  if (!flag(args, 'sample')) throw usageError('--table needs --sample or --data', 'search');
  return readLatencyTable(shown, io);
}

/** @throws a usage error for what only a search that trains takes */
function refuseStudyOptions(args: Arguments): void {
  const others = new Set([...comparisonOptions, ...algorithmOptions, ...proxyOptions].map(({ name }) => name));
  const given = [...args.values.keys()].find((name) => others.has(name));
  if (given !== undefined) throw usageError(`--${given} needs --data: the images to train on`, 'search');
}

export interface OpenedSpace {
  readonly model: DeclaredModel;
  readonly space: DiscoveredSpace;
  /** The point of the family, without the choices that `--set` settles: these are taken out of the space. */
  readonly request: CompileOptions;
}

/** The space that a spec is, as the options ask. */
export function openSpace(
  spec: SpecFile,
  args: Arguments,
): OpenedSpace | { readonly diagnostics: readonly Diagnostic[] } {
  const { set = {}, ...point } = scalingRequest(args, spec);
  const { choices, others } = givenChoices(spec, point, set);
  const request: CompileOptions = { ...point, set: others };
  const { model, diagnostics } = compileSpec(spec, request);
  const errors = diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'open-choice');
  if (!model || errors.length > 0) return { diagnostics };
  const discovered = discoverSpace(model, request);
  if (!discovered.space) return { diagnostics: discovered.diagnostics };
  const restricted = restrictSpace(discovered.space, choices);
  if (hasErrors(restricted.diagnostics)) return restricted;
  return { model, space: restricted.space, request };
}

function write(
  output: string,
  spec: SpecFile,
  { space, request }: OpenedSpace,
  { candidates }: Drawn,
  args: Arguments,
  io: Io,
): { readonly file: string } | { readonly diagnostics: readonly Diagnostic[] } {
  const pick = number(args, 'pick') ?? 1;
  const candidate = candidates[pick - 1];
  if (!candidate) throw failure(`the sample has ${candidates.length} networks; there is no number ${pick}`);
  const file = output.endsWith('.enet') ? output : `${output}.enet`;
  const path = resolve(io.cwd, file);
  if (statOf(path) && !flag(args, 'force')) throw failure(`'${file}' exists; --force overwrites it`);
  const { text: plain, diagnostics } = settleChoices(spec.source, spec.host, space, candidate.encoding, request);
  if (plain === undefined) return { diagnostics };
  writeTextFile(path, file, plain);
  return { file };
}

function refuse(diagnostics: readonly Diagnostic[], args: Arguments, io: Io): number {
  printDiagnostics(diagnostics, args, io);
  if (flag(args, 'json')) printJson({ diagnostics: diagnostics.map(diagnosticToJson) }, io);
  return exitCodes.diagnostics;
}

function answer(model: DeclaredModel, space: Space, drawn: Drawn | undefined, written: string | undefined) {
  const { encodings, networks } = spaceSize(space);
  const { candidates, unknown, ...numbers } = drawn ?? { candidates: [], unknown: 0 };
  return {
    model: model.node.name.name,
    // more digits than a double has
    encodings: String(encodings),
    networks: String(networks),
    decisions: space.decisions.map(({ key, options }) => ({ key, options })),
    ...(drawn && {
      ...numbers,
      ...(unknown > 0 && { unknown }),
      candidates: candidates.map((c) => candidateJson(space, c)),
    }),
    ...(written !== undefined && { written }),
  };
}

function candidateJson(space: Space, { encoding, costs }: Candidate) {
  return { choices: settingsOf(space, encoding), ...costs };
}
