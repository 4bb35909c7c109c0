import type { Instance, Item, ValueKey } from './instances.ts';
import type { Members } from './members.ts';
import { isPlainName, itemOf, type Part, type WholeNetwork } from './part.ts';
import { callOf, inline, layOut, listOf, mentions, type Python, variableName } from './python-text.ts';
import type { StageTable } from './tables.ts';
import { type ClassStep, inputRef, type Ref, type Variant } from './variants.ts';

export interface ForwardRequest {
  readonly parts: readonly Part[];
  readonly tables: readonly StageTable[];
  readonly members: Members;
  readonly variant: Variant;
  readonly inputNames: readonly string[];
  /** Whether inputs keep their names, and only values computed from them are called `x`. */
  readonly keepsInputs: boolean;
  readonly whole?: WholeNetwork;
}

/** The lines of a class's `forward`. */
export function writeForward(request: ForwardRequest): string[] {
  const { parts, tables, members, variant, inputNames, keepsInputs, whole } = request;
  const { slots, instances } = variant;
  const [instance] = instances as [Instance];
  const names = new Map<Ref, string>();
  inputNames.forEach((name, i) => {
    names.set(inputRef(i), name);
  });
  const refOfValue = (value: ValueKey): Ref => {
    const number = instance.inputs.indexOf(value);
    if (number >= 0) return inputRef(number);
    const slot = slots.find(({ items }) => items[0]?.outputs.includes(value)) as ClassStep;
    return `${slot.key}/${slot.items[0]?.outputs.indexOf(value)}`;
  };
  const outputs = whole ? whole.outputs.map(({ value }) => refOfValue(value)) : variant.outputs;
  const auxiliary = whole?.auxiliary.map(({ value }) => refOfValue(value)) ?? [];
  // What only training's outputs need is written after everything else.
  const needed = neededBy(slots, outputs);
  const isNeeded = (i: number) => needed.has((slots[i] as ClassStep).key);
  const written = [...slots.keys()].sort((a, b) => Number(isNeeded(b)) - Number(isNeeded(a)));
  const lastUse = new Map<Ref, number>();
  written.forEach((i, time) => {
    for (const ref of (slots[i] as ClassStep).inputs) lastUse.set(ref, time);
  });
  for (const ref of [...outputs, ...auxiliary]) lastUse.set(ref, slots.length);
  const taken = new Set(inputNames);
  /** Values that are written inline in the one step that reads them. */
  const pending = new Map<Ref, { readonly text: string; readonly part: Part }>();
  const live = (name: string, time: number) =>
    [...names].some(
      ([ref, other]) =>
        (other === name || (pending.has(ref) && mentions(other, name))) && (lastUse.get(ref) ?? -1) > time,
    );
  const joins = new Set<string>(['add', 'mul', 'sub', 'div', 'concat']);
  const isJoin = (i: number) => {
    const part = parts[i] as Part;
    const item = itemOf(part.slot);
    return item.kind === 'op' && joins.has(item.node.op.kind) && part.condition === undefined;
  };
  const isOutput = new Set([...outputs, ...auxiliary]);
  const fresh = (wanted: string): string => {
    let name = variableName(wanted);
    for (let n = 2; taken.has(name); n++) name = `${variableName(wanted)}${n}`;
    taken.add(name);
    return name;
  };
  const lines: string[] = [];
  const training: string[] = [];
  const skip = new Set<number>();
  let open: string | undefined;
  for (const [time, i] of written.entries()) {
    if (skip.has(i)) continue;
    const part = parts[i] as Part;
    const isTraining = !isNeeded(i);
    const target = isTraining ? training : lines;
    if (isTraining && training.length === 0) open = undefined;
    const table = tables.find(({ blocks }) => blocks[0]?.part === i);
    if (table?.isChain) {
      const last = table.blocks.at(-1)?.part as number;
      const lastSlot = slots[last] as ClassStep;
      const input = names.get(part.slot.inputs[0] as Ref) as string;
      const inner = table.blocks.map(({ part: at }) => `${(slots[at] as ClassStep).key}/0`);
      const wanted = inner.flatMap((ref, k) =>
        k < inner.length - 1 &&
        (isOutput.has(ref) || readersOf(slots, ref).some((at) => at !== table.blocks[k + 1]?.part))
          ? [k]
          : [],
      );
      const isInput = keepsInputs && inputNames.includes(input);
      const result = isInput && !taken.has('x') ? fresh('x') : live(input, time) || isInput ? fresh('y') : input;
      open = undefined;
      target.push(...table.run(input, result, wanted.length > 0));
      for (const k of wanted) names.set(inner[k] as Ref, `${table.kept}[${k}]`);
      names.set(`${lastSlot.key}/0`, result);
      for (const { part: at } of table.blocks) skip.add(at);
      continue;
    }
    const self = part.module ? members.self(i) : '';
    const valueNow = () =>
      part.value(
        part.slot.inputs.map((ref) => names.get(ref) ?? 'None'),
        self,
      );
    let value = valueNow();
    const waiting = part.slot.inputs.filter((ref) => pending.has(ref));
    if (waiting.length > 0) {
      if (value.length + (part.step?.assigned ?? 'return').length + 11 > 88) {
        for (const ref of waiting) {
          const { text, part: source } = pending.get(ref) as { text: string; part: Part };
          const name = fresh(nextName(source));
          target.push(...assign(name, text));
          names.set(ref, name);
        }
        open = undefined;
        value = valueNow();
      }
      for (const ref of waiting) pending.delete(ref);
    }
    const item = itemOf(part.slot);
    const own = `${part.slot.key}/0`;
    const readers = readersOf(slots, own);
    const isWaiting =
      item.outputs.length === 1 &&
      part.flag === undefined &&
      part.step?.assigned === undefined &&
      !(
        item.kind === 'op' &&
        (joins.has(item.node.op.kind) || ['split', 'rescale', 'weight'].includes(item.node.op.kind))
      ) &&
      readers.length === 1 &&
      isJoin(readers[0] as number) &&
      !isOutput.has(own) &&
      (slots[readers[0] as number] as ClassStep).inputs.filter((ref) => ref === own).length === 1 &&
      isTraining === !isNeeded(readers[0] as number) &&
      // the end of a separate chain keeps its lines
      (part.slot.inputs.length !== 1 ||
        isInputRef(part.slot.inputs[0] as Ref) ||
        live(names.get(part.slot.inputs[0] as Ref) as string, time));
    if (isWaiting) {
      pending.set(own, { text: value, part });
      names.set(own, value);
      continue;
    }
    const count = item.outputs.length;
    if (count > 1 || (item.kind === 'op' && item.node.op.kind === 'split')) {
      const assigned = part.step?.assigned ?? partName(item);
      const results = item.outputs.map((_, k) => {
        const ref = `${part.slot.key}/${k}`;
        const isRead = lastUse.has(ref);
        const result = isRead ? fresh(count === 1 ? assigned : `${assigned}${k + 1}`) : '_';
        names.set(ref, result);
        return result;
      });
      open = undefined;
      if (results.every((name) => name === '_')) continue;
      target.push(...assignAll(results, value));
      continue;
    }
    const first = part.slot.inputs[0];
    const firstName = first === undefined ? undefined : names.get(first);
    const isInput = keepsInputs && firstName !== undefined && firstName !== 'x' && inputNames.includes(firstName);
    const canReuse =
      !isInput && firstName !== undefined && isPlainName(firstName) && !live(firstName, time) && taken.has(firstName);
    const ref = `${part.slot.key}/0`;
    const wanted = part.step?.assigned;
    const optional = part.condition !== undefined && part.flag !== undefined;
    const keepsName = canReuse && (wanted === undefined || optional || variableName(wanted) === firstName);
    const result = keepsName
      ? (firstName as string)
      : fresh(wanted ?? (isInput && !taken.has('x') ? 'x' : nextName(part)));
    names.set(ref, result);
    if (value === result) continue;
    if (optional) {
      const test = `self.${part.flag}`;
      if (keepsName) {
        if (open !== test || target.at(-1) === undefined) target.push(`        if ${test}:`);
        target.push(...assign(result, value, 12));
        open = test;
      } else {
        open = undefined;
        target.push(...layOut(8, `${result} = `, { value, condition: test, otherwise: firstName ?? 'None' }));
      }
      continue;
    }
    open = undefined;
    target.push(...assign(result, value));
  }
  const given = outputs.map((ref) => names.get(ref) as string);
  const type = outputType(whole, given.length, auxiliary.length > 0);
  const head = signature(inputNames, type);
  const value = outputText(whole, given);
  if (auxiliary.length > 0) {
    const others = auxiliary.map((ref) => names.get(ref) as string);
    const inner = training.map((line) => `    ${line}`);
    return [
      ...head,
      ...lines,
      '        if self.training:',
      ...inner,
      ...layOut(12, 'return ', `${inline(value)}, (${others.join(', ')}${others.length === 1 ? ',' : ''})`),
      ...layOut(8, 'return ', value),
    ];
  }
  // a last assignment is what is returned
  const lastLine = lines.at(-1);
  const [only] = given;
  const assigned = `        ${only} = `;
  const isWhole = given.length === 1 && typeof value === 'string' && !'([{'.includes(lastLine?.at(-1) ?? '(');
  if (isWhole && lastLine?.startsWith(assigned))
    return [...head, ...lines.slice(0, -1), ...layOut(8, 'return ', lastLine.slice(assigned.length))];
  return [...head, ...lines, ...layOut(8, 'return ', value)];
}

function isInputRef(ref: Ref): boolean {
  return ref.startsWith('in/');
}

function readersOf(slots: readonly ClassStep[], ref: Ref): number[] {
  return slots.flatMap(({ inputs }, i) => (inputs.includes(ref) ? [i] : []));
}

/** A call of a module by its path. */
const pathCall = /^(self\.get_submodule\("[^"]*"\))(\(.*)$/;

function assign(name: string, value: string, indent = 8): string[] {
  const found = pathCall.exec(value);
  if (found && indent + name.length + 3 + value.length > 88) {
    return [`${' '.repeat(indent)}module = ${found[1]}`, ...assign(name, `module${found[2]}`, indent)];
  }
  return layOut(indent, `${name} = `, breakable(value));
}

/** Several names are broken over lines where the call does not fit after them. */
function assignAll(names: readonly string[], value: string): string[] {
  if (names.length === 1) return assign(`(${names[0]},)`, value);
  const all = names.join(', ');
  const callee = value.slice(0, value.indexOf('(') + 1);
  if (8 + all.length + 3 + callee.length <= 88) return assign(all, value);
  const broken = (call: string) => ['        (', ...names.map((name) => `            ${name},`), ...assign(')', call)];
  const found = pathCall.exec(value);
  if (!found) return broken(value);
  return [`        module = ${found[1]}`, ...broken(`module${found[2]}`)];
}

/** A call as an expression that can be broken over lines, where its arguments are plain. */
function breakable(value: string): Python {
  const match = /^((?:[\w.]|\[[^\]]*\]|\((?:"[^"]*"|nn\.Module, [^()]*)\))+)\((.*)\)$/.exec(value);
  if (!match) return value;
  const [, callee = '', inside = ''] = match;
  const parts = splitArguments(inside);
  if (!parts) return value;
  return callOf(
    callee,
    parts.map((part) => ['', nested(part)] as const),
  );
}

function nested(part: string): Python {
  if (part.startsWith('(') && part.endsWith(')')) {
    const inner = splitArguments(part.slice(1, -1));
    if (inner && inner.length > 1) return { open: '(', items: inner.map((text) => ['', text] as const), close: ')' };
  }
  return part;
}

/** Arguments at the commas outside of brackets; undefined where a bracket closes something other than an argument. */
function splitArguments(text: string): string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const c of text) {
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    if (depth < 0) return undefined;
    if (c === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += c;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

/** The name of one of several values that the text does not name. */
function partName(item: Item): string {
  return item.path.split('.').findLast((name) => /^[A-Za-z]/.test(name)) ?? 'part';
}

/** The name of a value that the text does not name. */
function nextName({ slot }: Part): string {
  const item = itemOf(slot);
  const label = item.path.split('.').at(-1);
  if (item.kind === 'op' && item.node.op.kind === 'weight' && label) return label;
  return 'y';
}

function neededBy(slots: readonly ClassStep[], outputs: readonly Ref[]): ReadonlySet<string> {
  const needed = new Set(outputs.map((ref) => ref.slice(0, ref.lastIndexOf('/'))));
  for (let i = slots.length - 1; i >= 0; i--) {
    const { key, inputs } = slots[i] as ClassStep;
    if (needed.has(key)) for (const ref of inputs) needed.add(ref.slice(0, ref.lastIndexOf('/')));
  }
  return needed;
}

function outputType(whole: WholeNetwork | undefined, count: number, hasAuxiliary: boolean): string {
  const plain =
    count === 1 ? 'Tensor' : whole ? 'dict[str, Tensor]' : `tuple[${Array(count).fill('Tensor').join(', ')}]`;
  return hasAuxiliary ? `${plain} | tuple[${plain}, tuple[Tensor, ...]]` : plain;
}

function outputText(whole: WholeNetwork | undefined, given: readonly string[]): Python {
  if (given.length === 1) return given[0] as string;
  if (!whole) {
    const one = given.join(', ');
    return 8 + 'return '.length + one.length <= 88 ? one : listOf('()', given);
  }
  return {
    open: '{',
    items: given.map((name, i) => [`"${whole.outputs[i]?.name}": `, name] as const),
    close: '}',
  };
}

function signature(inputs: readonly string[], type: string): string[] {
  const texts = ['self', ...inputs.map((name) => `${name}: Tensor`)];
  const one = `    def forward(${texts.join(', ')}) -> ${type}:`;
  if (one.length <= 88) return [one];
  const inside = `        ${texts.join(', ')}`;
  const result = resultLines(type);
  if (inside.length <= 88) return ['    def forward(', inside, ...result];
  return ['    def forward(', ...texts.map((text) => `        ${text},`), ...result];
}

function resultLines(type: string): string[] {
  const one = `    ) -> ${type}:`;
  if (one.length <= 88) return [one];
  const parts = type.slice('tuple['.length, -1).split(', ');
  return ['    ) -> tuple[', ...parts.map((part) => `        ${part},`), '    ]:'];
}
