import type { Expr } from '../../1-parse/ast.ts';
import { builtinOps } from '../../2-resolve/builtins.ts';
import { type Graph, type GraphNode, inputShapeOf, shapeOf } from '../../5-graph/graph.ts';
import type { OpKind } from '../../ops/ops.ts';
import { argumentItems, argumentOf, isLeftOut } from './arguments.ts';
import { type StepText, textOf } from './ast-index.ts';
import { type Attribute, attributeText, sameAttribute } from './attributes.ts';
import { createScope, type Parameter, type Stated } from './expressions.ts';
import type { CallItem, Instance, Item, OpItem, ValueKey } from './instances.ts';
import { createMembers, type Members } from './members.ts';
import { opForms } from './op-table.ts';
import { isPlainName, itemOf, type Part, type StatedCall, snakeCase, type WholeNetwork } from './part.ts';
import { callOf, docstring, mentions, type Python, variableName } from './python-text.ts';
import type { Sample, Step, StepForm } from './step.ts';
import { findTables, type StageTable } from './tables.ts';
import type { ClassStep, Ref, Variant } from './variants.ts';
import { writeForward } from './write-forward.ts';

/** A written class. */
export interface WrittenClass {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The number of a call among those of the class, which indexes the values of its parameters. */
  readonly numbers: ReadonlyMap<Instance, number>;
  readonly lines: readonly string[];
}

/** What writing a class needs to know about the others. */
export interface ClassRequest {
  readonly graph: Graph;
  /** The same network for images of other sizes: nodes of one number are the same step. */
  readonly others?: readonly Graph[];
  readonly name: string;
  readonly doc: string;
  readonly variant: Variant;
  /** The class of each call in it. */
  readonly classOf: (instance: Instance) => WrittenClass;
  /** Asks for a helper in the file. */
  readonly helper: (name: string) => void;
  /** The network's own model: the names of its inputs and outputs, and how training's outputs are attached to it. */
  readonly whole?: WholeNetwork;
  /** The names of its inputs, which are then kept in `forward`; those of the block's text where absent. */
  readonly inputNames?: readonly string[];
}

export function writeClass(request: ClassRequest): WrittenClass {
  const { graph, name, doc, variant, classOf, whole } = request;
  const { instances, slots } = variant;
  const [first] = instances as readonly [Instance, ...Instance[]];
  const declaredText = textOf(first.call.declared);
  const given = request.inputNames ?? whole?.inputs;
  const inputNames = given ? given.map(variableName) : namesOfInputs(variant, declaredText);
  const isOpen = first.call.declared.kind === 'block';
  const scope = createScope(
    instances.map(({ call }) => call),
    inputNames,
    isOpen,
  );
  const foreign = new Set(instances.flatMap((instance) => [...instance.foreign]));
  const paths = new Set(slots.map((slot) => itemOf(slot).path).filter((path) => path !== ''));
  const members = createMembers(paths, foreign);
  const fields: string[] = [];
  const channels = new Map<Ref, { readonly stated: Stated; readonly slot: ClassStep }>();
  /** The channels of a value as stated by the step that gives it: they hold for the calls that have that step. */
  const channelsFrom = (ref: Ref, reader: ClassStep): Stated | undefined => {
    const known = channels.get(ref);
    const holds = known && reader.items.every((item, i) => item === undefined || known.slot.items[i] !== undefined);
    return holds ? known.stated : undefined;
  };

  const isTensor = (expr: Expr) =>
    expr.kind === 'chain' ||
    (expr.kind === 'name' && expr.parts.length === 1 && first.call.names.shape(expr.text) !== undefined);

  /** The shape of a slot's value, by the number of the call. */
  const shapeIn = (item: Item | undefined, input: number) => {
    const value = item?.inputs[input];
    if (value === undefined) return undefined;
    const [node = 0, output = 0] = value.split('/').map(Number);
    return shapeOf(graph, { node, output });
  };

  const parts = slots.map((slot): Part => {
    const item = itemOf(slot);
    const span = item.kind === 'op' ? item.node.span : item.instance.call.span;
    const step = declaredText.step(span);
    const presence = slot.items.map((each) => each !== undefined);
    const isOptional = presence.includes(false);
    const channelsOf = (input: number): Stated => {
      const values = slot.items.map((each) => shapeIn(each, input)?.[0]);
      const ref = slot.inputs[input] ?? '';
      const known = channelsFrom(ref, slot);
      if (known) return known;
      const number = /^in\/(\d+)$/.exec(ref)?.[1];
      const tensor = number === undefined ? undefined : inputNames[Number(number)];
      const found = tensor === undefined || !isOpen ? undefined : scope.channelsOf(tensor);
      if (found && values.every((value, i) => value === undefined || value === found.values[i])) {
        return { text: found.text };
      }
      return scope.state(values, undefined, 'in_channels');
    };
    const built = item.kind === 'op' ? opPart(slot, item, step, channelsOf) : callPart(slot, item, step);
    const outChannels = outputChannels(slot, built.channels, channelsOf);
    if (outChannels) channels.set(`${slot.key}/0`, { stated: outChannels, slot });
    const outputs = slot.items.map((each) => [...(each?.outputs ?? [])]);
    const common = { slot, step, outputs, value: built.value, ...(built.call && { call: built.call }) };
    const path = item.path === '' ? built.name : item.path;
    const module = built.module && path !== undefined ? { module: built.module, path } : {};
    if (!isOptional) return { ...common, ...module };
    // a step that a rate of 0 or an identity leaves out is kept, and does nothing
    if (built.isNeutral) return { ...common, ...module };
    const written = step?.condition;
    const condition = scope.condition(
      built.conditionValues ?? slot.items.map((each) => each !== undefined),
      written,
      `has_${flagName(item)}`,
    );
    const isModule = built.module !== undefined && slot.inputs.length === 1;
    if (isModule) return { ...common, ...module, condition };
    const flag = members.field(isPlainName(condition) ? condition : `has_${flagName(item)}`);
    if (!fields.some((line) => line.startsWith(`self.${flag} =`))) fields.push(`self.${flag} = ${condition}`);
    return { ...common, ...module, condition, flag };
  });

  function outputChannels(
    slot: ClassStep,
    stated: Stated | undefined,
    channelsOf: (input: number) => Stated,
  ): Stated | undefined {
    if (stated) return stated;
    const item = itemOf(slot);
    if (item.kind === 'call') return undefined;
    const [out = []] = item.node.shapes;
    if (inputShapeOf(graph, item.node)[0] !== out[0] || slot.inputs.length === 0) return undefined;
    return channelsOf(0);
  }

  interface Built extends Pick<StepForm, 'module' | 'name' | 'value' | 'channels'> {
    readonly call?: StatedCall;
    /** Whether it does nothing in the calls that lack it. */
    readonly isNeutral?: boolean;
    /** The calls in which its condition holds, where these are more than those that have it. */
    readonly conditionValues?: readonly boolean[];
  }

  function opPart(
    slot: ClassStep,
    { node: { op } }: OpItem,
    text: StepText | undefined,
    channelsOf: (input: number) => Stated,
  ): Built {
    const kind = op.kind as OpKind;
    const sampleOf = (of: Graph, node: GraphNode) => {
      const inputShapes = node.inputs.map((ref) => shapeOf(of, ref));
      return { node, op: node.op, inputShapes } as Sample<OpKind>;
    };
    const nodes = slot.items.map((item) => (item?.kind === 'op' ? item.node : undefined));
    const samples = nodes.map((node) => node && sampleOf(graph, node));
    const elsewhere = (request.others ?? []).flatMap((of) =>
      nodes.flatMap((node) => (node ? [sampleOf(of, of.nodes[node.id] as GraphNode)] : [])),
    );
    const written = (argument: string | undefined): Expr | undefined => {
      if (argument === undefined || !text) return undefined;
      // an activation is itself what the step is named after
      if (kind === 'activation') return nameOf(text);
      const builtin = builtinOps.get(text.callee);
      if (!builtin || argument === '') return undefined;
      return argumentOf(
        text,
        builtin.params.map((param) => param.name),
        argument,
        isTensor,
      );
    };
    const neutral: Attribute | undefined =
      kind === 'dropout' || kind === 'dropPath' ? 0 : kind === 'activation' ? { code: 'nn.Identity' } : undefined;
    // a call that lacks the step without a condition in the text gets it with the neutral number
    const isNeutral =
      neutral !== undefined && text !== undefined && text.condition === undefined && slot.inputs.length === 1;
    // where the condition holds and the step is absent, its number is the one with which it does nothing
    const presence = slot.items.map((item) => item !== undefined);
    const worth = neutral !== undefined && text?.condition ? scope.worth(text.condition) : undefined;
    const conditionValues = worth?.every((value, i) => typeof value === 'boolean' && (value || !presence[i]))
      ? worth.map((value) => value === true)
      : undefined;
    const valuesOf = (of: (sample: Sample<OpKind>) => Attribute) =>
      samples.map((sample, i) => (sample ? of(sample) : isNeutral || conditionValues?.[i] ? neutral : undefined));
    const step: Step<OpKind> = {
      samples: samples.filter((sample) => sample !== undefined),
      elsewhere,
      init: (name, of, argument) => scope.state(valuesOf(of), written(argument), name),
      forward(name, of, argument) {
        const stated = scope.state(valuesOf(of), written(argument), name);
        if (stated.literal !== undefined) return stated.text;
        const field = members.field(isPlainName(stated.text) ? stated.text : name);
        const line = `self.${field} = ${stated.text}`;
        if (!fields.includes(line)) fields.push(line);
        return `self.${field}`;
      },
      channels: channelsOf,
      batch: () => inputNames[0],
      helper: request.helper,
    };
    const form = (opForms[kind] as (step: Step<OpKind>) => StepForm)(step);
    return { ...form, isNeutral, ...(conditionValues && { conditionValues }) };
  }

  function callPart(slot: ClassStep, { instance }: CallItem, text: StepText | undefined): Built {
    const called = classOf(instance);
    const calls = slot.items.map((item) => (item?.kind === 'call' ? item.instance : undefined));
    const params = instance.call.declared.kind === 'block' ? blockParams(instance) : [];
    const stated = called.parameters.map((parameter) => {
      const values = calls.map((call) =>
        call === undefined ? undefined : parameter.values[called.numbers.get(call) as number],
      );
      const written =
        text && parameter.declared !== undefined ? argumentOf(text, params, parameter.declared, isTensor) : undefined;
      const isChannels = parameter.name.endsWith('in_channels');
      const own = isChannels ? inputChannels(slot, values) : undefined;
      return { parameter, values, stated: own ?? scope.state(values, written, parameter.name) };
    });
    const python = callOf(called.name, argumentItems(stated));
    const args = stated.map((given) => ({
      parameter: given.parameter,
      text: given.stated.text,
      isDefault: isLeftOut(given),
    }));
    const out = slot.items.map((item) => {
      const value = item?.outputs[0];
      return value === undefined ? undefined : shapeAt(value)[0];
    });
    const source = stated.find(
      ({ values, parameter }) =>
        !parameter.name.endsWith('in_channels') && out.every((value, i) => value === undefined || value === values[i]),
    );
    return {
      module: python,
      call: { callee: called.name, python, args },
      name: snakeCase(called.name),
      value: (inputs, self) => `${self}(${inputs.join(', ')})`,
      ...(source && { channels: source.stated }),
    };
  }

  function inputChannels(slot: ClassStep, values: readonly (Attribute | undefined)[]): Stated | undefined {
    const ref = slot.inputs[0] ?? '';
    const known = channelsFrom(ref, slot);
    if (known?.literal !== undefined && values.every((v) => v === undefined || sameAttribute(v, known.literal)))
      return known;
    if (known && known.literal === undefined) {
      const shapes = slot.items.map((item) => shapeIn(item, 0)?.[0]);
      if (values.every((value, i) => value === undefined || value === shapes[i])) return known;
    }
    const number = /^in\/(\d+)$/.exec(ref)?.[1];
    const tensor = number === undefined ? undefined : inputNames[Number(number)];
    const found = tensor === undefined || !isOpen ? undefined : scope.channelsOf(tensor);
    if (found && values.every((value, i) => value === undefined || sameAttribute(value, found.values[i]))) {
      return { text: found.text };
    }
    return undefined;
  }

  function shapeAt(value: ValueKey) {
    const [node = 0, output = 0] = value.split('/').map(Number);
    return shapeOf(graph, { node, output });
  }

  const tables = findTables(
    parts.map(({ slot, call, condition }) => ({ slot, ...(call && { call }), isOptional: condition !== undefined })),
    declaredText,
    (path, count) => !paths.has(path) && [...paths].filter((other) => other.startsWith(`${path}.`)).length === count,
  );
  const init = writeInit({ parts, tables, members, fields });
  const keepsInputs = given !== undefined;
  const forward = writeForward({ parts, tables, members, variant, inputNames, keepsInputs, ...(whole && { whole }) });
  for (const helper of [...scope.helpers, ...members.needs]) request.helper(helper);
  const uses = (lines: readonly string[], name: string) => lines.some((line) => mentions(line, name));
  const locals: string[] = [];
  for (const { name: local, text } of [...scope.locals()].reverse()) {
    if (uses([...init, ...locals], local)) locals.unshift(`        ${local} = ${text}`);
  }
  const parameters = scope.parameters().filter((parameter) => uses([...init, ...locals], parameter.name));
  const lines = [
    `class ${name}(nn.Module):`,
    ...(doc === '' ? [] : [...docstring(4, doc), '']),
    ...signatureLines(parameters),
    '        super().__init__()',
    ...locals,
    ...init,
    '',
    ...forward,
  ];
  return {
    name,
    parameters,
    numbers: new Map(instances.map((instance, i) => [instance, i])),
    lines,
  };
}

function flagName(item: Item): string {
  if (item.path !== '') return variableName(item.path.replaceAll('.', '_'));
  return item.kind === 'op' ? snakeCase(item.node.op.kind) : snakeCase(item.instance.call.declared.node.name.name);
}

function nameOf({ callee }: StepText): Expr {
  return { kind: 'name', text: callee, parts: callee.split('.'), span: undefined as never };
}

function blockParams(instance: Instance): readonly string[] {
  return textOf(instance.call.declared)
    .params.filter(({ type }) => type !== undefined)
    .map(({ name }) => name.name);
}

/** The names of a class's tensors: those of the block, where its text gives them. */
function namesOfInputs({ slots, instances }: Variant, text: ReturnType<typeof textOf>): string[] {
  const [{ inputs }] = instances as [Instance];
  const tensors = text.params.filter(({ type }) => type === undefined).map(({ name }) => name.name);
  const names: (string | undefined)[] = inputs.map(() => undefined);
  slots.forEach((slot) => {
    const item = itemOf(slot);
    const step = text.step(item.kind === 'op' ? item.node.span : item.instance.call.span);
    const number = /^in\/(\d+)$/.exec(slot.inputs[0] ?? '')?.[1];
    if (step?.head === undefined || number === undefined || !tensors.includes(step.head)) return;
    if (!names.includes(step.head)) names[Number(number)] ??= step.head;
  });
  const free = tensors.filter((name) => !names.includes(name));
  const taken = new Set(names.filter((name) => name !== undefined));
  const given = names.map((name, i) => {
    if (name !== undefined) return name;
    // the only tensor, or one with the shape of a name's
    const candidate = free.shift() ?? (i === 0 ? 'x' : `x${i + 1}`);
    let unique = candidate;
    for (let n = 2; taken.has(unique); n++) unique = `${candidate}${n}`;
    taken.add(unique);
    return unique;
  });
  return given.map(variableName);
}

function signatureLines(parameters: readonly Parameter[]): string[] {
  const texts = parameters.map(({ name, type, otherwise }) => {
    const value = otherwise === undefined ? '' : ` = ${attributeText(otherwise)}`;
    return `${name}: ${type}${value}`;
  });
  const one = `    def __init__(${['self', ...texts].join(', ')}) -> None:`;
  if (one.length <= 88) return [one];
  const inside = `        ${['self', ...texts].join(', ')}`;
  if (inside.length <= 88) return ['    def __init__(', inside, '    ) -> None:'];
  return ['    def __init__(', ...['self', ...texts].map((text) => `        ${text},`), '    ) -> None:'];
}

interface InitRequest {
  readonly parts: readonly Part[];
  readonly tables: readonly StageTable[];
  readonly members: Members;
  readonly fields: readonly string[];
}

function writeInit({ parts, tables, members, fields }: InitRequest): string[] {
  const lines: string[] = [];
  const inTable = new Map<number, StageTable>();
  for (const table of tables) for (const { part } of table.blocks) inTable.set(part, table);
  const written = new Set<string>();
  parts.forEach(({ module, path, condition, flag }, i) => {
    const table = inTable.get(i);
    if (table) {
      if (table.blocks[0]?.part === i) lines.push(...table.lines);
      members.note(i, `${table.path}.${table.blocks.find(({ part }) => part === i)?.place}`);
      return;
    }
    if (!module || path === undefined) return;
    const place = members.place(i, path, (parts[i] as Part).slot);
    if (written.has(place)) return;
    written.add(place);
    const value: Python =
      condition !== undefined && flag === undefined ? { value: module, condition, otherwise: 'nn.Identity()' } : module;
    const isParameter = typeof module !== 'string' && 'open' in module && module.open.startsWith('nn.Parameter');
    lines.push(...members.register(place, value, isParameter));
  });
  const own = fields.map((line) => `        ${line}`);
  return [...members.containers().map((line) => `        ${line}`), ...lines, ...own];
}
