import type { Graph } from '../../../5-graph/graph.ts';
import { helperCode } from '../helpers.ts';
import type { CallItem, Instance, Item } from '../instances.ts';
import { docstring, layOut, listOf, mentions, type Python, stringText } from '../python-text.ts';
import { joinInstances } from '../variants.ts';
import { type WrittenClass, writeClass } from '../write-class.ts';
import { importsOf, type NetworkClasses, writeClasses } from '../write-model.ts';
import { cutIntoStages, type Handed } from './handed.ts';
import { rangeOf } from './slice.ts';
import type { StagePlan } from './stage-plan.ts';

/**
 * The text of `stages.py`: a module for each stage of a plan, with classes for the parts of blocks that a cut goes through.
 * Tensors are named as in the whole network; whole blocks come from `model.py`.
 */
export function writeStages(graph: Graph, plan: StagePlan): string {
  const network = writeClasses(graph);
  const stages = cutIntoStages(graph, network.root, plan);
  const helpers = new Set<string>();
  const written: WrittenClass[] = [];
  const names = stages.map(({ instance, inputNames }, i) => {
    const { from, to } = plan.stages[i] as StagePlan['stages'][number];
    const write = classWriter(graph, network, i + 1, helpers, written);
    return write(instance, `Stage${i + 1}`, `From ${from} to ${to}.`, inputNames).name;
  });
  const classes = written.map(({ lines }) => lines.join('\n'));
  const own = helperCode(new Set([...helpers].filter((name) => !network.helpers.has(name))));
  const body = [...own, ...classes, constants(names, stages, plan).join('\n')].join('\n\n\n');
  const inFile = new Set([...body.matchAll(/^(?:class|def) (\w+)/gm)].map(([, name]) => name));
  const others = [...network.classes.map(({ name }) => name), ...network.helpers];
  const code = body
    .split('"""')
    .filter((_text, i) => i % 2 === 0)
    .join('');
  const imported = others.filter((name) => mentions(code, name) && !inFile.has(name));
  const title = docstring(0, `The stages of ${graph.name} in a pipeline, written by enetc from its plan.`);
  const head = [...title, '', ...importsOf(body), ...(imported.length > 0 ? ['', ...importOf('model', imported)] : [])];
  return [...head, '', '', body, ''].join('\n');
}

type WriteClass = (instance: Instance, name: string, doc: string, inputNames?: readonly string[]) => WrittenClass;

/** Writes the class of a part, after those of the parts in it. */
function classWriter(
  graph: Graph,
  network: NetworkClasses,
  stage: number,
  helpers: Set<string>,
  written: WrittenClass[],
): WriteClass {
  const parts = new Map<Instance, WrittenClass>();
  const classOf = (inner: Instance) => (parts.get(inner) ?? network.classOf.get(inner)) as WrittenClass;
  const write: WriteClass = (instance, name, doc, inputNames) => {
    const cut = instance.items.filter((item): item is CallItem => item.kind === 'call' && !classOf(item.instance));
    for (const { instance: inner } of cut) {
      const block = inner.call.declared.node.name.name;
      parts.set(
        inner,
        write(inner, `${block}${placeOf(inner)}Part`, `The part of ${block} that is in stage ${stage}.`),
      );
    }
    const [variant] = joinInstances(graph, [instance], (inner) => classOf(inner).name);
    if (!variant) throw new Error('a stage without a class');
    const made = writeClass({
      graph,
      name: network.unique(name),
      doc,
      variant,
      classOf,
      helper: (wanted) => helpers.add(wanted),
      ...(inputNames && { inputNames }),
    });
    written.push(made);
    return made;
  };
  return write;
}

/** Which part of its call a part is. */
function placeOf({ call, items }: Instance): 'First' | 'Middle' | 'Last' {
  const [first] = items as [Item];
  const { end } = rangeOf(items.at(-1) as Item);
  if (rangeOf(first).first === call.first) return 'First';
  return end === call.end ? 'Last' : 'Middle';
}

/** What `train.py` reads from the plan. */
function constants(
  names: readonly string[],
  stages: readonly { readonly handsOver: readonly Handed[] }[],
  { schedule, batch, microBatches, stages: planned }: StagePlan,
): string[] {
  const handed = ({ shape, trains }: Handed): Python =>
    listOf('()', [`(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`, trains ? 'True' : 'False']);
  return [
    `SCHEDULE = ${stringText(schedule)}`,
    '# images per step, and the number of parts that they are split into',
    `BATCH, MICRO_BATCHES = ${batch}, ${microBatches}`,
    ...layOut(0, 'STAGES: list[Callable[[], nn.Module]] = ', listOf('[]', names)),
    '# which of them recompute their values for the backward half',
    ...layOut(
      0,
      'RECOMPUTES = ',
      listOf(
        '[]',
        planned.map(({ recompute }) => (recompute ? 'True' : 'False')),
      ),
    ),
    '# what each passes to the next: the shape for one image, and whether it has a gradient',
    ...layOut(
      0,
      'HANDED: list[list[tuple[tuple[int, ...], bool]]] = ',
      listOf(
        '[]',
        stages.map(({ handsOver }) => listOf('[]', handsOver.map(handed))),
      ),
    ),
  ];
}

function importOf(module: string, names: readonly string[]): string[] {
  const sorted = [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const one = `from ${module} import ${sorted.join(', ')}`;
  if (one.length <= 88) return [one];
  return [`from ${module} import (`, ...sorted.map((name) => `    ${name},`), ')'];
}

/** Classes before functions. */
function rank(name: string): number {
  return /^[A-Z]/.test(name) ? 0 : 1;
}
