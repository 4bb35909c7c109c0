import type { Program } from '../2-resolve/program.ts';
import type { Graph, GraphNode } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { unknownColumn } from './choose-weights.ts';
import type { ExportedTensor } from './export-names.ts';
import { fillPattern, matchPattern } from './module-pattern.ts';
import { requiredTensors } from './required-tensors.ts';
import { weightColumns } from './weight-columns.ts';
import { compileRows, type Owned, ownedTensors } from './weight-map.ts';

/**
 * A network's tensors under the names of a column of its model's weight map, in the order of its nodes. Stars are numbered like PyTorch's modules: a star that is a word counts the members of a list from 0, one within a word (`layer*`) counts
 * attributes from 1, each in the order of the network's nodes, except numbers that rows name.
 * @returns no tensors where the map leaves a name open: then a file with such names is needed, see `namesLike`.
 */
export function derivedNames(
  program: Program,
  graph: Graph,
  column: string,
): { readonly tensors?: readonly ExportedTensor[]; readonly diagnostics: readonly Diagnostic[] } {
  const [use] = graph.models;
  const columns = use ? weightColumns(program, use.declared) : new Map();
  const rows = columns.get(column)?.rows;
  if (!rows) return { diagnostics: [unknownColumn(column, [...columns.keys()])] };
  const required = [...requiredTensors(graph)];
  const { compiled } = compileRows(rows);
  const names = required.map(({ tensor }) => tensor.name);
  const owned = new Map(ownedTensors(compiled, names).map((tensor) => [tensor.name, tensor]));
  const number = starNumbers(graph);
  const tensors: ExportedTensor[] = [];
  for (const { node, tensor } of required) {
    const parts = partsOf(owned.get(tensor.name), node, number);
    if (!parts || (tensor.shape[0] ?? 1) % parts.length !== 0) {
      return { diagnostics: [createDiagnostic('weight-names-open', undefined, { column, tensor: tensor.name })] };
    }
    const shape = [(tensor.shape[0] ?? 1) / parts.length, ...tensor.shape.slice(1)];
    const size = shape.reduce((product, n) => product * n, 1);
    for (const [i, name] of parts.entries()) {
      tensors.push({ name, shape: tensor.shape.length === 0 ? [] : shape, node, tensor, begin: i * size });
    }
  }
  return { tensors, diagnostics: [] };
}

/** The names of a tensor's parts; undefined where no row names it, several rows do, or a number is open. */
function partsOf(tensor: Owned | undefined, node: GraphNode, number: StarNumbers): readonly string[] | undefined {
  if (!tensor) return undefined;
  const { row, path, matcher, match } = tensor;
  const alternatives = row.group.rows.filter((other) => other.path && matcher(other.path, path));
  if (alternatives.length !== 1 || (matcher !== matchPattern && !row.subtree)) return undefined;
  const filled = row.parts.map((part) => {
    const stars = number(part.words, match.stars, membersOf(row, path), node);
    return stars && fillPattern(part, { ...match, stars });
  });
  return filled.every((name) => name !== undefined) ? filled : undefined;
}

/** The paths of the modules that the stars of a row refer to: `stages.1`, `stages.1.0`. */
function membersOf(row: Owned['row'], path: readonly string[]): readonly string[] {
  const words = row.path?.words ?? [];
  return words.flatMap(({ after }, i) => (after === undefined ? [] : [path.slice(0, i + 1).join('.')]));
}

type Words = Owned['row']['parts'][0]['words'];
type StarNumbers = (
  words: Words,
  own: readonly string[],
  members: readonly string[],
  node: GraphNode,
) => readonly string[] | undefined;

/** The numbered members of a list, by their paths, and where in the network the last one ended. */
interface NumberedList {
  readonly numbers: Map<string, number>;
  next: number;
  /** Without a path the member is only this node. */
  end?: { readonly path: string | undefined; readonly node: number } | undefined;
}

/** Numbers the members of each list in the order in which they are asked for. */
function starNumbers({ nodes }: Graph): StarNumbers {
  const lists = new Map<string, NumberedList>();
  const listOf = (within: string, first: number) => {
    const list = lists.get(within) ?? { numbers: new Map<string, number>(), next: first };
    lists.set(within, list);
    return list;
  };
  /** Steps between two members might be members themselves, without tensors: activations, pools. */
  const follows = ({ end }: NumberedList, path: string | undefined, to: number) =>
    end === undefined ||
    nodes.slice(end.node + 1, to).every((node) => isWithin(node.path, end.path) || isWithin(node.path, path));
  return (words, own, members, { id, path }) => {
    const count = words.filter(({ after }) => after !== undefined).length;
    // where we have more stars, their only one counts what all of ours distinguish
    if (count !== own.length && !(count === 1 && own.length > 1)) return undefined;
    const stars: string[] = [];
    let within = '';
    for (const [i, { before, after }] of words.entries()) {
      if (after === undefined) {
        if (/^\d+$/.test(before)) {
          const list = listOf(`${within}*`, 0);
          list.next = Math.max(list.next, Number(before) + 1);
          list.end = i === words.length - 1 ? { path: undefined, node: id } : undefined;
        }
        within += `${before}.`;
        continue;
      }
      const nth = stars.length === count - 1 ? own.length - 1 : stars.length;
      const text = own[nth] as string;
      const isWord = before + after === '';
      if (!isWord && text.startsWith(before) && text.endsWith(after)) {
        stars.push(text.slice(before.length, text.length - after.length));
      } else {
        if (!/^[a-z]*\d+$/i.test(text)) return undefined;
        const module = i === words.length - 1 ? undefined : (members[nth] as string);
        const member = module ?? path;
        const list = listOf(`${within}${before}*${after}`, isWord ? 0 : 1);
        if (!list.numbers.has(member)) {
          if (isWord && !follows(list, module, id)) return undefined;
          list.numbers.set(member, list.next++);
        }
        list.end = { path: module, node: id };
        stars.push(String(list.numbers.get(member)));
      }
      within += `${before}${stars.at(-1)}${after}.`;
    }
    return stars;
  };
}

function isWithin(path: string, module: string | undefined): boolean {
  return module !== undefined && (path === module || path.startsWith(`${module}.`));
}
