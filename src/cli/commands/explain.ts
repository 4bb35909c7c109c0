import { type CompileOptions, compile } from '../../compile.ts';
import { type Code, catalog, codes } from '../../diagnostics/catalog.ts';
import { nearestNames } from '../../diagnostics/nearest.ts';
import type { Spec } from '../../node/open-spec.ts';
import { type ExplainedPoint, explainNetwork } from '../../report/explain.ts';
import { explanationText } from '../../report/explain-text.ts';
import { flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io, isExit, usageError } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { openSpec } from '../spec.ts';

/** `enetc explain [code | spec]` */
export const explainCommand: RunCommand = async (args, io) => {
  const [operand] = args.operands;
  const code = codes.find((c) => c === operand?.replace(/^(error|warning|info)\[(.*)\]$/, '$2'));
  if (code) return explainCode(code, args, io);
  let spec: Spec;
  try {
    spec = await openSpec(operand, io, 'explain');
  } catch (e) {
    const [near] = operand === undefined || flag(args, 'model') ? [] : nearestNames(operand, codes);
    if (!isExit(e) || near === undefined) throw e;
    throw usageError(`'${operand}' is not a diagnostic, a file or a model; did you mean '${near}'?`, 'explain');
  }
  return explainSpec(spec, args, io);
};

/** Explains what a diagnostic means. */
function explainCode(code: Code, args: Arguments, io: Io): number {
  const { severity, explanation } = catalog[code];
  printAnswer(args, io, { code, severity, explanation }, (paint) => {
    return `${paint.bold(`${severity}[${code}]`)}\n\n${explanation}\n`;
  });
  return exitCodes.ok;
}

/** Explains why the numbers of a network are what they are. */
function explainSpec(spec: Spec, args: Arguments, io: Io): number {
  const opened = buildNetwork(spec, args, io);
  if (!opened) return exitCodes.diagnostics;
  const { request, network } = opened;
  const { d, w, r, variant, phi, resolution, rule, ...unscaled } = request;
  const scaled = [d, w, r, variant, phi, resolution].some((v) => v !== undefined);
  const { alternative } = network.point;
  // The other rule's network has the same things set by hand, and the base has none of what scales.
  const other = alternative && build(spec, { ...request, rule: alternative.rule });
  const base = scaled ? build(spec, withoutResolution(unscaled)) : undefined;
  const explanation = explainNetwork(network, other, base);
  printAnswer(args, io, explanation, (paint) => explanationText(explanation, paint));
  return exitCodes.ok;
}

function build(spec: Spec, options: CompileOptions): ExplainedPoint | undefined {
  const { graph, point } = compile(spec.source, options, spec.host);
  return graph && point && { graph, point };
}

function withoutResolution(options: CompileOptions): CompileOptions {
  const { resolution: _, ...set } = options.set ?? {};
  return { ...options, set };
}
