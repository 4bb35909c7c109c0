import type { Expr, ParamNode, StepNode } from '../../1-parse/ast.ts';
import type { Call } from '../../5-graph/calls.ts';
import type { Graph, GraphNode } from '../../5-graph/graph.ts';
import type { TextEdit } from '../../diagnostics/diagnostic.ts';
import { type Source, type Span, spanText } from '../../source.ts';
import { callsOf, type Giver, giversOf, namesIn } from './givers.ts';
import { isReplaceable, type Obstacle } from './obstacles.ts';
import { type CalledAt, placesOf } from './text-places.ts';

/** A change of a text, and its description in reports. */
export interface LiteEdit extends TextEdit {
  /** `silu -> relu6`, `no se: 0.25`. */
  readonly label: string;
}

/** The edits that remove an obstacle from a text; none where it comes from another text or no edit is known. */
export function editsFor(source: Source, graph: Graph, obstacle: Obstacle): LiteEdit[] {
  if (obstacle.kind === 'activation') return activationEdits(source, graph, obstacle.node);
  return obstacle.kind === 'gate' ? gateEdits(source, graph, obstacle) : [];
}

function isIn({ source }: Span, { name }: Source): boolean {
  return source.name === name;
}

/** ReLU6 in place of an activation, wherever the deciding text names it. */
function activationEdits(source: Source, graph: Graph, { id, span }: GraphNode): LiteEdit[] {
  const calls = callsOf(graph, id);
  const written = { source: span.source, start: span.start, end: span.end };
  const word = spanText(written);
  if (isReplaceable(word)) return isIn(span, source) ? [replaced(written, word)] : [];
  const innermost = calls.at(-1);
  if (!innermost || !placesOf(innermost.declared).params.has(word)) return [];
  return giversOf(calls, word).flatMap((giver) => {
    const { value, param, kind } = giver;
    const names = namesIn(value).filter(({ text }) => isReplaceable(text));
    if (isIn(value.span, source)) return names.map((name) => replaced(name.span, name.text));
    // a default of another file's block: the call states it
    const at = kind === 'default' ? giver.at : undefined;
    return names.length > 0 && at && isIn(at.callee.span, source) ? [added(at, param, 'relu6')] : [];
  });
}

function replaced(span: Span, name: string): LiteEdit {
  return { span, newText: 'relu6', label: `${name} -> relu6` };
}

/** Removes a gate: by the parameter that its step depends on, or with the step. */
function gateEdits(source: Source, graph: Graph, { node, nodes }: Obstacle): LiteEdit[] {
  const { calls, at } = stepOf(graph, node, nodes);
  const caller = calls.at(-1);
  const place = caller && placesOf(caller.declared).calls.get(at.start);
  if (!caller || !place) return [];
  const edits = switchesOf(caller, place).flatMap((param) =>
    giversOf(calls, param.name.name).flatMap((giver) => offEdits(source, giver)),
  );
  if (edits.length > 0 || !isIn(at, source)) return edits;
  return withoutStep(source, place);
}

/** The step that is the gate: the outermost call that contains nothing else, and the calls that it is in. */
function stepOf(
  graph: Graph,
  { id, span }: GraphNode,
  nodes: ReadonlySet<number>,
): { calls: readonly Call[]; at: Span } {
  let calls = callsOf(graph, id);
  let at = span;
  for (let call = calls.at(-1); call && calls.length > 1; call = calls.at(-1)) {
    for (let node = call.first; node < call.end; node++) if (!nodes.has(node)) return { calls, at };
    at = call.span;
    calls = calls.slice(0, -1);
  }
  return { calls, at };
}

/** The parameters of a block that decide only whether a step exists, directly or through an assigned name. */
function switchesOf({ declared }: Call, { node, tail }: CalledAt): ParamNode[] {
  if (!tail?.condition) return [];
  const { params } = placesOf(declared);
  const inStep = namesIn(node).map(({ parts: [first = ''] }) => first);
  const everywhere = namesIn(declared.node).map(({ parts: [first = ''] }) => first);
  const count = (names: readonly string[], name: string) => names.filter((one) => one === name).length;
  const decides = new Set(namesIn(tail.condition).map(({ parts: [first = ''] }) => first));
  return [...decides].flatMap((name) => {
    const param = params.get(name);
    const isOwn = param && count(inStep, name) === count(everywhere, name);
    return isOwn && param.type && offOf(param) !== undefined ? [param] : [];
  });
}

/** The value of a parameter that switches something off. */
function offOf({ type }: ParamNode): string | undefined {
  if (type?.list) return undefined;
  if (type?.name === 'bool') return 'false';
  return type?.name === 'real' || type?.name === 'int' ? '0' : undefined;
}

function isOff(value: Expr | undefined): boolean {
  return (value?.kind === 'number' && value.value === 0) || (value?.kind === 'bool' && !value.value);
}

function offEdits(source: Source, giver: Giver): LiteEdit[] {
  const { param, value } = giver;
  const off = offOf(param) as string;
  const { name } = param.name;
  if (isOff(value)) return [];
  const isDefault = isOff(param.default);
  const label = `no ${name}: ${spanText(value.span)}`;
  if (giver.kind === 'default') {
    if (isIn(value.span, source)) return [{ span: value.span, newText: off, label }];
    return giver.at && isIn(giver.at.callee.span, source) ? [added(giver.at, param, off)] : [];
  }
  if (!isIn(value.span, source)) return [];
  if (giver.kind === 'cell') return [{ span: giver.cell.span, newText: isDefault ? ' ' : off, label }];
  // a positional argument cannot be left out where others follow
  if (!isDefault || !giver.arg.name) return [{ span: value.span, newText: off, label }];
  return [{ span: withComma(source, giver.arg), newText: '', label }];
}

/** An argument with its comma. */
function withComma(source: Source, { span }: { readonly span: Span }): Span {
  const after = /^\s*,[ \t]*/.exec(source.text.slice(span.end));
  if (after) return { source, start: span.start, end: span.end + after[0].length };
  const before = source.text.slice(0, span.start).trimEnd();
  return { source, start: before.endsWith(',') ? before.length - 1 : span.start, end: span.end };
}

/** Adds an argument. */
function added({ args, callee }: CalledAt, { name: { name } }: ParamNode, value: string): LiteEdit {
  const { source } = callee.span;
  const label = `${name}: ${value}`;
  const last = args.at(-1);
  if (last) return { span: { source, start: last.span.end, end: last.span.end }, newText: `, ${label}`, label };
  const open = /^\s*\(/.exec(source.text.slice(callee.span.end));
  const start = callee.span.end + (open?.[0].length ?? 0);
  return { span: { source, start, end: start }, newText: open ? label : `(${label})`, label };
}

/** Removes a step from its chain, or a call from an expression, which leaves what was gated. */
function withoutStep(source: Source, { node, callee }: CalledAt): LiteEdit[] {
  const label = `no ${callee.text}`;
  if (node.kind === 'call') {
    const [first] = node.args;
    return first ? [{ span: node.span, newText: spanText(first.value.span), label }] : [];
  }
  if (node.kind !== 'step') return [];
  return [{ span: { source, start: arrowBefore(source, node), end: node.span.end }, newText: '', label }];
}

/** The end of what comes before a step. */
function arrowBefore({ text }: Source, { span }: StepNode): number {
  const arrow = text.lastIndexOf('->', span.start);
  return text.slice(0, arrow).trimEnd().length;
}
