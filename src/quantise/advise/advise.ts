import type { RowsNode } from '../../1-parse/ast.ts';
import { withoutColumn } from '../../1-parse/edit-columns.ts';
import { format } from '../../1-parse/format.ts';
import { parse } from '../../1-parse/parse.ts';
import { walkNodes } from '../../1-parse/walk.ts';
import { variantNames } from '../../3-check/variants.ts';
import { totalCost } from '../../5-graph/cost.ts';
import type { Graph, GraphNode } from '../../5-graph/graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../../5-graph/passes/for-inference.ts';
import { layOut } from '../../5-graph/quantise/layout.ts';
import { unitsOf } from '../../5-graph/quantise/units.ts';
import { integerOps } from '../../6-emit/onnx/integer-ops.ts';
import { type CompileOptions, compile } from '../../compile.ts';
import { isWhole, type Network } from '../../compile-spec.ts';
import { applyFixes } from '../../diagnostics/apply-fixes.ts';
import { type Diagnostic, hasErrors, type TextEdit } from '../../diagnostics/diagnostic.ts';
import type { Host } from '../../host.ts';
import { positionAt, type Source, type Span } from '../../source.ts';
import { fixedEnds } from './fixed-ends.ts';
import { editsFor, type LiteEdit } from './lite-edits.ts';
import { type Obstacle, obstaclesOf } from './obstacles.ts';

/** What stands in the way of int8 at one place of a text. */
export interface Finding {
  readonly kind: Obstacle['kind'];
  /** `silu`, `gate`, `attend`. */
  readonly name: string;
  /** The text that decides it, if it can be edited, else the one that builds it. */
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** What is done about it, in words; empty where it stays. */
  readonly edits: readonly string[];
  /** How many the network has. */
  readonly count: number;
  /** The cost of the gates themselves, or of the layers whose result an activation keeps in float32. */
  readonly params: number;
  readonly macs: number;
}

/** The figures of a network that matter for int8. */
export interface Int8Numbers {
  readonly params: number;
  readonly macs: number;
  /** Convolutions and linear layers, and how many of them give integers to their readers. */
  readonly layers: number;
  readonly integer: number;
}

export interface Advice {
  readonly findings: readonly Finding[];
  /** What no longer scales. */
  readonly fixed: readonly { readonly line: number; readonly column: number; readonly edit: string }[];
  readonly before: Int8Numbers;
  readonly after: Int8Numbers;
  /** The text of the variant; that of the spec where nothing is to be changed. */
  readonly text: string;
  /** What still stands in the way there. */
  readonly left: readonly { readonly name: string; readonly path: string }[];
}

/** More rounds than there can be obstacles hidden behind one another. */
const mostRounds = 12;

/**
 * What stands in the way of int8 in a spec, and the spec without it: EfficientNet-Lite's recipe (ReLU6 for activations that int8
 * computes in float32, no gates, stem and head that do not scale), as edits of the text. The text is changed for every variant.
 * @param network of the source, at the point that the figures are for
 * @returns diagnostics where the changed text does not compile
 */
export function advise(
  source: Source,
  host: Host,
  request: CompileOptions,
  network: Network,
): { readonly advice?: Advice; readonly diagnostics: readonly Diagnostic[] } {
  const { graph, model } = network;
  const requests = requestsOf(network, request);
  let text = source.text;
  let emptied = false;
  for (let round = 0; round < mostRounds; round++) {
    const current = { ...source, text };
    const edits = new Map<string, LiteEdit>();
    for (const one of requests) {
      const built = compile(current, one, host);
      if (!built.graph || hasErrors(built.diagnostics)) {
        if (one === request || round > 0) return { diagnostics: built.diagnostics };
        continue;
      }
      for (const obstacle of obstaclesOf(built.graph)) {
        for (const edit of editsFor(current, built.graph, obstacle)) edits.set(keyOf(edit.span), edit);
      }
    }
    if (edits.size === 0) break;
    emptied ||= [...edits.values()].some(({ newText }) => newText === ' ');
    text = apply(current, [...edits.values()]);
  }
  if (emptied) text = withoutEmptyColumns({ ...source, text }, source);
  const changed = compile({ ...source, text }, request, host);
  const fixed = text === source.text || !model ? [] : fixedEnds(source, model);
  if (changed.model && text !== source.text)
    text = apply({ ...source, text }, fixedEnds({ ...source, text }, changed.model));
  text = withoutUnused({ ...source, text }, host, request, network.diagnostics);
  if (text !== source.text && format(source).text === source.text) text = format({ ...source, text }).text;
  const result = compile({ ...source, text }, request, host);
  if (!isWhole(result)) return { diagnostics: result.diagnostics };
  const advice: Advice = {
    findings: findingsOf(source, graph),
    fixed: fixed.map(({ span, label }) => ({ ...positionAt(source, span.start), edit: label })),
    before: numbersOf(graph),
    after: numbersOf(result.graph),
    text,
    left: obstaclesOf(result.graph).map(({ name, node: { path } }) => ({ name, path })),
  };
  return { advice, diagnostics: [] };
}

/** The points at which a text is examined: the requested one, and all variants of its model. */
function requestsOf({ model }: Network, request: CompileOptions): CompileOptions[] {
  const { variant: _variant, phi: _phi, rule: _rule, ...rest } = request;
  const names = model ? variantNames(model) : [];
  return [request, ...names.filter((name) => name !== request.variant).map((variant) => ({ ...rest, variant }))];
}

function keyOf({ start, end }: Span): string {
  return `${start}-${end}`;
}

/** Applies edits one by one: of two that touch the same text the first wins. */
function apply(source: Source, edits: readonly TextEdit[]): string {
  return applyFixes(
    source,
    edits.map((edit) => ({ title: '', safe: true, edits: [edit] })),
  ).text;
}

/** A text without the columns that have lost all their cells. */
function withoutEmptyColumns(source: Source, before: Source): string {
  const had = new Map(tablesIn(before).flatMap((rows, i) => filledColumns(rows).map((name) => [`${i} ${name}`, true])));
  let text = source.text;
  for (let i = 0; ; ) {
    const rows = tablesIn({ ...source, text })[i];
    if (!rows) return text;
    const filled = filledColumns(rows);
    const empty = rows.header.find(({ name }) => had.has(`${i} ${name}`) && !filled.includes(name));
    if (!empty) i++;
    else text = apply({ ...source, text }, withoutColumn({ ...source, text }, empty.span));
  }
}

function tablesIn(source: Source): RowsNode[] {
  const tables: RowsNode[] = [];
  walkNodes(parse(source).ast, (node) => {
    if (node.kind === 'rows') tables.push(node as RowsNode);
    return true;
  });
  return tables;
}

function filledColumns({ header, rows }: RowsNode): string[] {
  return header.flatMap(({ name }, column) => (rows.some((row) => row.cells[column]) ? [name] : []));
}

/** A text without the names and imports that are no longer used. */
function withoutUnused(source: Source, host: Host, request: CompileOptions, before: readonly Diagnostic[]): string {
  const known = new Set(before.map(({ message }) => message));
  let { text } = source;
  for (let round = 0; round < mostRounds; round++) {
    const current = { ...source, text };
    const { diagnostics } = compile(current, request, host);
    const unused = diagnostics.filter(
      ({ code, message, span }) =>
        (code === 'unused-import' || code === 'unused-value') &&
        !known.has(message) &&
        span?.source.name === source.name,
    );
    const edits = unused.flatMap(({ code, span, fixes }) =>
      code === 'unused-value' ? lineOf(current, span as Span) : (fixes ?? []).flatMap((fix) => fix.edits),
    );
    if (edits.length === 0) return text;
    text = apply(current, edits);
  }
  return text;
}

/** The statement that assigns a name, with its line. */
function lineOf(source: Source, { start }: Span): TextEdit[] {
  let found: TextEdit[] = [];
  walkNodes(parse(source).ast, (node) => {
    const statement = node as { kind?: unknown; span?: Span; targets?: readonly { span: Span }[] };
    if (statement.kind !== 'assign' || !statement.span) return true;
    if (statement.targets?.length !== 1 || statement.targets[0]?.span.start !== start) return true;
    const { text } = source;
    const before = text.slice(0, statement.span.start).trimEnd().length;
    found = [{ span: { source, start: before, end: statement.span.end }, newText: '' }];
    return false;
  });
  return found;
}

function findingsOf(source: Source, graph: Graph): Finding[] {
  const findings = new Map<string, Finding>();
  for (const obstacle of obstaclesOf(graph)) {
    const { kind, name, node } = obstacle;
    const edits = editsFor(source, graph, obstacle);
    const place = edits[0]?.span ?? node.span;
    const key = `${name} ${place.source.name} ${place.start}`;
    const known = findings.get(key);
    const { params, macs } = totalCost(graph, nodesOf(graph, obstacle));
    findings.set(key, {
      kind,
      name,
      source: place.source.name,
      ...positionAt(place.source, place.start),
      edits: [...new Set(edits.map(({ label }) => label))],
      count: (known?.count ?? 0) + 1,
      params: (known?.params ?? 0) + params,
      macs: (known?.macs ?? 0) + macs,
    });
  }
  return [...findings.values()];
}

/**
 * The nodes whose cost an obstacle accounts for: the layer before an activation, or the nodes of a gate or op itself.
 */
function nodesOf(graph: Graph, { kind, node, nodes }: Obstacle): GraphNode[] {
  if (kind !== 'activation') return [...nodes].map((id) => graph.nodes[id] as GraphNode);
  let before = graph.nodes[node.inputs[0]?.node ?? -1];
  while (before?.op.kind === 'batchNorm') before = graph.nodes[before.inputs[0]?.node ?? -1];
  return before ? [before] : [];
}

function numbersOf(graph: Graph): Int8Numbers {
  const inference = foldBatchNorm(removeTrainingOps(graph));
  const { integer, weighted } = layOut(inference, { units: unitsOf(inference), integers: integerOps }, new Set());
  const layers = inference.nodes.filter(({ op }) => op.kind === 'conv' || op.kind === 'linear');
  const { params, macs } = totalCost(graph);
  return {
    params,
    macs,
    layers: layers.length,
    integer: weighted.filter(({ node }) => integer.has(node)).length,
  };
}
