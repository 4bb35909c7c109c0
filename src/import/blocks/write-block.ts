import type { ConventionSettings } from '../../4-scale/scaling.ts';
import type { ValueRef } from '../../5-graph/graph.ts';
import { createNames } from '../names.ts';
import { callText, type SaidCall } from '../say-op.ts';
import { createStepWriter, labelOf, owns } from '../step-writer.ts';
import type { BlockUse, Repeated } from './instances.ts';
import { type BlockParam, parametersOf } from './parameters.ts';
import type { Reading } from './reading.ts';

/** A block as the text of a spec, and its uses. */
export interface WrittenBlock {
  readonly name: string;
  readonly text: string;
  readonly params: readonly BlockParam[];
  readonly instances: readonly BlockUse[];
}

/** A block that describes all the parts; undefined where none can. @throws Unsayable */
export function writeBlock(
  reading: Reading,
  { instances }: Repeated,
  name: string,
  settings: ConventionSettings,
): WrittenBlock | undefined {
  const said = parametersOf(reading, instances, settings);
  if (!said) return undefined;
  const params = [...said.params];
  const names = createNames(['x', ...params.map((param) => param.name), ...said.values.map((value) => value.name)]);
  const labels = createNames();
  const lines = said.values.map((value) => `${value.name} = ${value.text}`);
  const call = (place: string) => said.calls.get(place) as SaidCall;

  const [first] = instances as [BlockUse];
  const writer = createStepWriter({
    names,
    labels,
    isNamed: (id) => new Set(reading.readers[id]).size !== 1,
    chainName: (op) => (owns(op) ? 'y' : labelOf(op)),
  });
  writer.call({ node: first.input, output: 0 }, 'x');
  for (const [i, id] of first.main.entries()) {
    writer.add(id, reading.nodes[id]!, (tensors) => callText(call(`main.${i}`), tensors));
  }
  const written = [...writer.statements()];
  const end: ValueRef = { node: first.main.at(-1) as number, output: 0 };
  let y = writer.nameOf(end);
  const last = written.at(-1);
  const steps: string[] = [];
  const longest = instances.find(({ around }) => around !== 'none' && around.length > 0) ?? first;
  const way = longest.around === 'none' ? [] : longest.around;
  const around = way.map((id, i) => {
    const { op } = reading.nodes[id]!;
    return `${owns(op) ? `${labels.unique(labelOf(op))}: ` : ''}${callText(call(`around.${i}`))}`;
  });
  const condition = conditionOf(reading, instances, y);
  const rule = condition === true ? undefined : (condition ?? names.unique('residual'));
  if (condition === undefined) {
    const values = instances.map((instance) => String(isPlainSum(instance)));
    params.push({ name: rule as string, type: 'bool', values });
  }
  // A name that nothing else needs is left out.
  if (last && last.name === y && !rule?.startsWith(`${y}.`)) {
    written.pop();
    y = last.text;
  }
  lines.push(...written.map((statement) => `${statement.name} = ${statement.text}`));
  const isSum = instances.some((instance) => instance.around !== 'none');
  if (around.length > 0) {
    const chain = `x -> ${around.join(' -> ')}`;
    if (rule === undefined) steps.push(`Add(${chain})`);
    else {
      const skip = names.unique('skip');
      lines.push(`${skip} = x if ${rule} else (${chain})`);
      steps.push(`Add(${skip})`);
    }
  } else if (isSum) steps.push(rule === undefined ? 'Add(x)' : `Add(x) if ${rule}`);
  for (const [i, id] of first.tail.entries()) {
    const { op } = reading.nodes[id]!;
    steps.push(`${owns(op) ? `${labels.unique(labelOf(op))}: ` : ''}${callText(call(`tail.${i}`))}`);
  }
  lines.push(`return ${[y, ...steps].join(' -> ')}`);
  const listed = ['x', ...params.map((param) => `${param.name}: ${param.type}`)].join(', ');
  const body = lines.map((line) => `  ${line}\n`).join('');
  return { name, text: `block ${name}(${listed}) {\n${body}}\n`, params, instances };
}

/** Whether a use adds its input itself. */
function isPlainSum({ around }: BlockUse): boolean {
  return around !== 'none' && around.length === 0;
}

/**
 * When the input itself is added: always, if the shape stays, or undefined if neither rule holds. Also `true` if nothing is ever
 * added.
 */
function conditionOf({ nodes }: Reading, instances: readonly BlockUse[], y: string): true | string | undefined {
  const kinds = new Set(instances.map(isPlainSum));
  if (kinds.size === 1) return true;
  const axes = ['channels', 'height', 'width'] as const;
  const staying = (wanted: readonly number[]) =>
    instances.every((instance) => {
      const [before, after] = [instance.input, instance.main.at(-1) as number].map((id) => nodes[id]!.shapes[0] ?? []);
      return wanted.every((axis) => before?.[axis] === after?.[axis]) === isPlainSum(instance);
    });
  const rules = [[0], [1], [0, 1], [0, 1, 2]];
  const rule = rules.find(staying);
  return rule?.map((axis) => `${y}.${axes[axis]} == x.${axes[axis]}`).join(' and ');
}
