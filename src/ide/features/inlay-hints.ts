import type { ModelNode } from '../../1-parse/ast.ts';
import type { Shape } from '../../5-graph/graph.ts';
import { formatShape } from '../../report/format-number.ts';
import { describePoint } from '../../report/point-text.ts';
import { stageNumbers } from '../../report/stage-numbers.ts';
import type { AnalysedNetwork, Analysis } from '../core/analysis.ts';
import { argumentHints } from '../hints/argument-hints.ts';
import { callHints, type InlayHint, paramHints, scalingHints, tableHints, tablesOf } from '../hints/value-hints.ts';
import { networkOf } from '../numbers/network-numbers.ts';
import { nameOfRow, placesOfTable } from '../tree/table-rows.ts';

/** Which hints are wanted. */
export interface InlayHintOptions {
  /** The values of scaled numbers, parameters and factors at the chosen point, where they differ from the text. */
  readonly values: boolean;
  /** The shape that comes out of each row and section. */
  readonly shapes: boolean;
  /** The names of parameters before arguments without one. */
  readonly parameterNames: boolean;
}

export const defaultInlayHints: InlayHintOptions = { values: true, shapes: true, parameterNames: false };

/** A range of a document, or all of it. */
export interface HintRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The hints of a range of a document, in its order: the values of numbers at the chosen point, where they differ from
 * the text, and the shape at the end of each row and section. A model that cannot be built has none of these.
 */
export function inlayHints(
  analysis: Analysis,
  range: HintRange = { start: 0, end: analysis.source.text.length },
  options: InlayHintOptions = defaultInlayHints,
): InlayHint[] {
  const hints: InlayHint[] = [];
  for (const node of analysis.module.ast.declarations) {
    const place = analysis.locate(node.span);
    if (place.end < range.start || range.end < place.start) continue;
    // all spans of a declaration are in one source, so that one shift leads to the document
    const shift = place.start - node.span.start;
    for (const hint of hintsOf(analysis, node, options)) {
      const offset = hint.offset + shift;
      if (range.start <= offset && offset <= range.end) hints.push({ ...hint, offset });
    }
  }
  return hints.sort((a, b) => a.offset - b.offset);
}

function hintsOf(
  analysis: Analysis,
  node: Analysis['module']['ast']['declarations'][number],
  options: InlayHintOptions,
): InlayHint[] {
  if (node.kind === 'weights') return [];
  const names = options.parameterNames ? argumentHints(analysis.module, node) : [];
  return node.kind === 'model' ? [...names, ...modelHints(analysis, node, options)] : names;
}

const known = new WeakMap<ModelNode, { network: AnalysedNetwork; values: InlayHint[]; shapes: InlayHint[] }>();

/** A model's hints at its chosen point; found once for each network. */
function modelHints(analysis: Analysis, model: ModelNode, { values, shapes }: InlayHintOptions): InlayHint[] {
  const network = networkOf(analysis, model);
  if (!network) return [];
  let all = known.get(model);
  if (all?.network.graph !== network.graph) {
    all = { network, values: valueHints(model, network), shapes: shapeHints(model, network) };
    known.set(model, all);
  }
  return [...(values ? all.values : []), ...(shapes ? all.shapes : [])];
}

function valueHints(model: ModelNode, network: AnalysedNetwork): InlayHint[] {
  return [
    ...paramHints(model, network),
    ...scalingHints(model, network),
    ...tableHints(model, network),
    ...callHints(model, network),
  ];
}

function shapeHints(model: ModelNode, network: AnalysedNetwork): InlayHint[] {
  const tooltip = `Channels × height × width, ${describePoint(network.point)}`;
  return shapePlaces(model, network).map(({ offset, shape }) => ({
    offset,
    label: `→ ${formatShape(shape)}`,
    tooltip,
    kind: 'shape',
  }));
}

/** Where an output shape is shown: at the end of a row, and of a section that does not end in a table. */
export function shapePlaces(model: ModelNode, network: AnalysedNetwork): { offset: number; shape: Shape }[] {
  const { graph, point } = network;
  const ofRows = tablesOf(model, network).flatMap((rows) => {
    const [place] = placesOfTable(model, rows, point);
    return rows.rows.flatMap((row) => {
      const numbers = place?.isOnly && stageNumbers(graph, place.section, nameOfRow(rows, row));
      return numbers ? [{ offset: row.span.end, shape: numbers.output }] : [];
    });
  });
  const ofSections = model.members.flatMap((member) => {
    if (member.kind !== 'section') return [];
    const last = member.steps.at(-1)?.tail ?? member.tail;
    const numbers = last.rows?.kind === 'rows' ? undefined : stageNumbers(graph, member.name.name);
    return numbers ? [{ offset: member.span.end, shape: numbers.output }] : [];
  });
  return [...ofRows, ...ofSections];
}
