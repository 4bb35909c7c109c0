import type { Program } from '../2-resolve/program.ts';
import { variantNames } from '../3-check/variants.ts';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import { buildGraph } from '../5-graph/build.ts';
import type { Graph } from '../5-graph/graph.ts';
import type { Checkpoint } from './checkpoint.ts';
import { matchCheckpoint } from './match-checkpoint.ts';
import { chooseNamings } from './namings.ts';
import { requiredTensors } from './required-tensors.ts';
import { withoutPrefix } from './without-prefix.ts';

/** A family has some ten members; for one with more building all networks takes too long. */
const mostVariants = 24;
/** The tensors of a last layer, whose shapes depend on the number of classes. */
const mostOfClasses = 2;
/** Published widths are multiples of this. */
const widthStep = 0.05;

/**
 * The points of a network's family at which it has the tensors of a checkpoint, except those for the classes: its variants, or else
 * another width of the same variant. As options: `--variant w140`, `--variant large --w 0.75`.
 */
export function fittingPoints(program: Program, graph: Graph, checkpoint: Checkpoint, map?: string): string[] {
  const use = graph.models.find(({ path }) => path === '');
  if (!use) return [];
  const { declared, variant } = use;
  const misfits = (other: Graph | undefined): number => {
    if (!other) return Number.POSITIVE_INFINITY;
    const { missing, misshapen } = matched(program, other, checkpoint, map);
    return missing.length + misshapen.length;
  };
  const fits = (request: ScalingRequest) => misfits(buildGraph(declared, request).graph) <= mostOfClasses;
  const variants = variantNames(declared)
    .slice(0, mostVariants)
    .filter((name) => fits({ variant: name }));
  if (variants.length > 0) return variants.map((name) => `--variant ${name}`);
  const own = variant === undefined ? {} : { variant };
  const width = widths(program, graph, checkpoint, map).find((w) => fits({ ...own, w }));
  return width === undefined ? [] : [`${variant === undefined ? '' : `--variant ${variant} `}--w ${width}`];
}

/** The widths that a checkpoint may have, by how many filters it has for those of a network; the most likely first. */
function widths(program: Program, graph: Graph, checkpoint: Checkpoint, map: string | undefined): number[] {
  const { misshapen } = matched(program, graph, checkpoint, map);
  const ratios = misshapen.flatMap(({ tensor: { shape }, found }) =>
    found?.[0] && shape[0] ? found[0] / shape[0] : [],
  );
  const middle = ratios.sort((a, b) => a - b)[ratios.length >> 1];
  if (middle === undefined) return [];
  const nearest = Math.round(middle / widthStep);
  return [0, -1, 1, -2, 2].map((steps) => Number(((nearest + steps) * widthStep).toFixed(2))).filter((w) => w > 0);
}

function matched(program: Program, graph: Graph, checkpoint: Checkpoint, map: string | undefined) {
  const tensors = [...requiredTensors(graph)].map(({ tensor }) => tensor);
  const { prefix, namings } = chooseNamings(program, graph, tensors, checkpoint.tensors.keys(), map);
  return matchCheckpoint(tensors, withoutPrefix(checkpoint, prefix).tensors, namings);
}
