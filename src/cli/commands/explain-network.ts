import { type CompileOptions, compile } from '../../compile.ts';
import { type BuiltPoint, explainNetwork } from '../../report/explain.ts';
import { explanationText } from '../../report/explain-text.ts';
import { type Arguments, flag } from '../arguments.ts';
import { buildNetwork } from '../build-network.ts';
import { exitCodes, type Io } from '../io.ts';
import { printJson } from '../print-diagnostics.ts';
import { scalingRequest } from '../scaling-request.ts';
import type { Spec } from '../spec.ts';
import { paintFor } from '../style.ts';

/** Says why the numbers of a network are what they are. */
export function explainSpec(spec: Spec, args: Arguments, io: Io): number {
  const request = scalingRequest(args, spec);
  const network = buildNetwork(spec, request, args, io);
  if (!network) return exitCodes.diagnostics;
  const { d, w, r, variant, phi, resolution, rule, ...unscaled } = request;
  const scaled = [d, w, r, variant, phi, resolution].some((v) => v !== undefined);
  const { alternative } = network.point;
  // The other rule's network has the same things set by hand, and the base has none of what scales.
  const other = alternative && build(spec, { ...request, rule: alternative.rule });
  const base = scaled ? build(spec, withoutResolution(unscaled)) : undefined;
  const explanation = explainNetwork(network, other, base);
  if (flag(args, 'json')) printJson(explanation, io);
  else io.stdout.write(explanationText(explanation, paintFor(args, io)));
  return exitCodes.ok;
}

function build(spec: Spec, options: CompileOptions): BuiltPoint | undefined {
  const { graph, point } = compile(spec.source, options, spec.host);
  return graph && point && { graph, point };
}

function withoutResolution(options: CompileOptions): CompileOptions {
  const { resolution: _, ...set } = options.set ?? {};
  return { ...options, set };
}
