import type { Graph } from '../../5-graph/graph.ts';
import { helperCode } from './helpers.ts';
import { type Instance, readInstances, valueKey } from './instances.ts';
import { docstring } from './python-text.ts';
import { joinInstances } from './variants.ts';
import { type WrittenClass, writeClass } from './write-class.ts';

/**
 * The text of `model.py`: helpers, one class for each block of the network, the network, and `create_model`.
 * @param others the same network for images of other sizes, which the module is to take too: see `otherThanModule`
 */
export function writeModel(graph: Graph, others: readonly Graph[] = []): string {
  const { classes, helpers } = writeClasses(graph, others);
  const whole = classes.at(-1) as WrittenClass;
  const parts = [
    ...helperCode(helpers),
    ...classes.map(({ lines }) => lines.join('\n')),
    [
      `def create_model() -> ${whole.name}:`,
      `    """The network, with PyTorch's initial weights: see \`load_state_dict\`."""`,
      `    return ${whole.name}()`,
    ].join('\n'),
  ];
  const body = parts.join('\n\n\n');
  const title = docstring(0, `${graph.name}, written by enetc from its spec.`);
  return [...title, '', ...importsOf(body), '', '', body, ''].join('\n');
}

/**
 * The first of other graphs that a network's module does not compute, although they are the same network for images of other sizes:
 * one whose module would be written differently; padding that follows the size of its input is not a difference.
 */
export function otherThanModule(graph: Graph, others: readonly Graph[]): Graph | undefined {
  const kinds = ({ nodes }: Graph) => nodes.map(({ op, path }) => `${op.kind} ${path}`).join();
  const unlike = others.find((other) => kinds(other) !== kinds(graph));
  if (unlike) return unlike;
  const all = [graph, ...others];
  const text = writeModel(graph, all);
  return others.find((other) => writeModel(other, all) !== text);
}

/** The classes of a network. */
export interface NetworkClasses {
  /** The network's own model as a call. */
  readonly root: Instance;
  /** A block's class follows those of the blocks in it, the network's own is last. */
  readonly classes: readonly WrittenClass[];
  readonly classOf: ReadonlyMap<Instance, WrittenClass>;
  /** The helpers that they call. */
  readonly helpers: ReadonlySet<string>;
  /** A name for a class that is unique in the file. */
  unique(wanted: string): string;
}

/** The classes that a network's blocks and itself become. */
export function writeClasses(graph: Graph, others: readonly Graph[] = []): NetworkClasses {
  const root = readInstances(graph);
  const classes: WrittenClass[] = [];
  const classOf = new Map<Instance, WrittenClass>();
  const helpers = new Set<string>();
  const helper = (name: string) => {
    helpers.add(name);
  };
  const names = new Set<string>(reservedNames);
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; names.has(name); n++) name = `${wanted}${n}`;
    names.add(name);
    return name;
  };
  // a block's class follows those of the blocks in it
  for (const group of groupsOf(root)) {
    const [first] = group as [Instance];
    const { node } = first.call.declared;
    const isWhole = first === root;
    for (const variant of joinInstances(graph, group, (inner) => (classOf.get(inner) as WrittenClass).name)) {
      const written = writeClass({
        graph,
        others,
        name: unique(node.name.name),
        doc: node.doc.trim(),
        variant,
        classOf: (inner) => classOf.get(inner) as WrittenClass,
        helper,
        ...(isWhole && {
          whole: {
            inputs: graph.inputs.map((id) => {
              const op = graph.nodes[id]?.op;
              return op?.kind === 'input' ? op.name : 'x';
            }),
            outputs: graph.outputs.map(({ name, value }) => ({ name, value: valueKey(value) })),
            auxiliary: graph.auxiliary.map(({ name, value }) => ({ name, value: valueKey(value) })),
          },
        }),
      });
      classes.push(written);
      for (const instance of variant.instances) classOf.set(instance, written);
    }
  }
  return { root, classes, classOf, helpers, unique };
}

/** Names of the file that a block's class must not take. */
const reservedNames = [
  'Any',
  'Callable',
  'OrderedDict',
  'Sequence',
  'Tensor',
  'DropPath',
  'F',
  'nn',
  'torch',
  'SameConv2d',
  'PaddedConv2d',
  'LayerNorm2d',
  'ChannelConv',
  'HardSigmoid',
  'CroppedConvTranspose2d',
  'create_model',
];

/** The imports of Python and torch that a module needs. */
export function importsOf(body: string): string[] {
  // called, with type parameters, or used as a type: a docstring may have the word too
  const words = [...body.matchAll(/\w+/g)].filter(({ 0: word, index }) => /[[(]/.test(body[index + word.length] ?? ''));
  const called = new Set(words.map(([word]) => word));
  const uses = (name: string) => called.has(name) || body.includes(`: ${name},`);
  const standard = [
    ...(['OrderedDict'].some(uses) ? ['from collections import OrderedDict'] : []),
    ...importFrom('collections.abc', ['Callable', 'Sequence'].filter(uses)),
    ...(uses('partial') ? ['from functools import partial'] : []),
    ...(uses('Any') ? ['from typing import Any'] : []),
  ];
  const usesTorch = /\btorch\./.test(body);
  const usesF = /\bF\./.test(body);
  return [
    ...standard,
    ...(standard.length > 0 ? [''] : []),
    ...(usesTorch ? ['import torch'] : []),
    ...(usesF ? ['import torch.nn.functional as F'] : []),
    'from torch import Tensor, nn',
  ];
}

function importFrom(module: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`from ${module} import ${names.join(', ')}`];
}

/** The calls by their block, blocks after those that they call; the network's own model last. */
function groupsOf(root: Instance): readonly (readonly Instance[])[] {
  const groups = new Map<unknown, Instance[]>();
  const visit = (instance: Instance) => {
    for (const item of instance.items) if (item.kind === 'call') visit(item.instance);
    const key = instance.call.declared;
    const group = groups.get(key);
    if (group) group.push(instance);
    else groups.set(key, [instance]);
  };
  visit(root);
  return orderGroups([...groups.values()]);
}

function orderGroups(groups: readonly Instance[][]): readonly (readonly Instance[])[] {
  const byDeclared = new Map(groups.map((group) => [group[0]?.call.declared, group]));
  const ordered: (readonly Instance[])[] = [];
  const done = new Set<unknown>();
  const add = (group: readonly Instance[]) => {
    const key = group[0]?.call.declared;
    if (done.has(key)) return;
    done.add(key);
    for (const { items } of group) {
      for (const item of items) if (item.kind === 'call') add(byDeclared.get(item.instance.call.declared) ?? []);
    }
    ordered.push(group);
  };
  for (const group of groups) add(group);
  return ordered;
}
