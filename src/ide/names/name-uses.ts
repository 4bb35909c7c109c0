import type {
  Arg,
  AssignNode,
  BlockNode,
  ComprehensionNode,
  ConventionNode,
  Declaration,
  Ident,
  ImportNode,
  InputNode,
  ModelNode,
  NameNode,
  ParamNode,
  ReturnNode,
  RowsNode,
  ScalingNode,
  SectionNode,
  SourceConventionNode,
  StepNode,
  TableNode,
  WeightsNode,
} from '../../1-parse/ast.ts';
import { walkNames } from '../../1-parse/walk.ts';
import { childrenOf, type TreeNode } from '../tree/node-path.ts';
import type { Role } from './name-roles.ts';

/** A name in a declaration's tree: what it is, where the tree says it; else what it refers to is to be found. */
export interface NameUse {
  /** In the declaration's own source. */
  readonly offset: number;
  readonly head: string;
  readonly role?: Role;
  /** The comprehensions that it stands in, which bind names. */
  readonly bound: readonly TreeNode[];
}

const known = new WeakMap<Declaration | ImportNode, readonly NameUse[]>();

const declares = (type: Role['type']): Role => ({ type, modifiers: ['declaration'] });
const plain = (type: Role['type']): Role => ({ type, modifiers: [] });

/** All names of a declaration, once for each. */
export function nameUses(declaration: Declaration | ImportNode): readonly NameUse[] {
  let uses = known.get(declaration);
  if (!uses) {
    uses = collect(declaration);
    known.set(declaration, uses);
  }
  return uses;
}

function collect(declaration: Declaration | ImportNode): NameUse[] {
  const uses: NameUse[] = [];
  const add = ({ name, span }: Ident, role: Role | undefined, bound: readonly TreeNode[] = []) => {
    if (name !== '') uses.push({ offset: span.start, head: name, bound, ...(role && { role }) });
  };
  const open: { node: TreeNode; bound: readonly TreeNode[] }[] = [{ node: declaration, bound: [] }];
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const { node } = entry;
    const bound = node.kind === 'comprehension' ? [...entry.bound, node] : entry.bound;
    addOwn(node, bound, add);
    if (node.kind === 'name') {
      const { parts, span } = node as NameNode;
      const role = declaration.kind === 'weights' ? plain('property') : undefined;
      uses.push({ offset: span.start, head: parts[0] ?? '', bound, ...(role && { role }) });
    }
    for (const child of childrenOf(node)) open.push({ node: child, bound });
  }
  // what a node says of its names comes before what they would mean by themselves
  return uses.sort((a, b) => Number(b.role === undefined) - Number(a.role === undefined));
}

type Add = (ident: Ident, role: Role | undefined, bound?: readonly TreeNode[]) => void;

/** The names that a node itself binds or gives. */
function addOwn(node: TreeNode, bound: readonly TreeNode[], add: Add): void {
  switch (node.kind) {
    case 'import':
      for (const name of (node as ImportNode).names) add(name, undefined);
      return;
    case 'block':
      add((node as BlockNode).name, declares('function'));
      return;
    case 'model':
      add((node as ModelNode).name, declares('class'));
      return;
    case 'weights':
      for (const column of (node as WeightsNode).rows.header) add(column, plain('property'));
      add((node as WeightsNode).name, plain('class'));
      return;
    case 'param': {
      const { name, type } = node as ParamNode;
      add(name, declares('parameter'));
      if (type) add(type, { type: 'type', modifiers: ['defaultLibrary'] });
      return;
    }
    case 'assign':
      for (const target of (node as AssignNode).targets) add(target, declares('variable'));
      return;
    case 'comprehension':
      for (const name of (node as ComprehensionNode).names) add(name, declares('variable'), bound);
      return;
    case 'section': {
      const { name, label } = node as SectionNode;
      add(name, declares('property'));
      if (label) add(label, declares('property'));
      addArguments(node, add);
      return;
    }
    case 'step': {
      const { label } = node as StepNode;
      if (label) add(label, declares('property'));
      addArguments(node, add);
      return;
    }
    case 'call':
    case 'input':
      if (node.kind === 'input') add((node as InputNode).name, declares('variable'));
      addArguments(node, add);
      return;
    case 'convention':
      add((node as ConventionNode).name, { type: 'enumMember', modifiers: ['defaultLibrary'] });
      addArguments(node, add);
      return;
    case 'source-convention': {
      const { column, name, variants } = node as SourceConventionNode;
      for (const word of [column, ...variants]) add(word, plain('property'));
      add(name, { type: 'enumMember', modifiers: ['defaultLibrary'] });
      addArguments(node, add);
      return;
    }
    case 'table':
      add((node as TableNode).name, declares('variable'));
      return;
    case 'scaling':
      addScaling(node as ScalingNode, add);
      return;
    case 'variants':
      addNames((node as { readonly rows: RowsNode } & TreeNode).rows, declares('enumMember'), add);
      return;
    case 'rows':
      for (const column of (node as RowsNode).header) add(column, plain('property'));
      addNames(node as RowsNode, declares('property'), add);
      return;
    case 'return':
      for (const { label } of (node as ReturnNode).outputs) if (label) add(label, declares('property'));
      return;
  }
}

function addArguments(node: TreeNode, add: Add): void {
  for (const { name, value } of (node as TreeNode & { readonly args?: readonly Arg[] }).args ?? []) {
    if (!name) continue;
    add(name, plain('parameter'));
    if (name.name === 'variant' && value.kind === 'name')
      add({ name: value.text, span: value.span }, plain('enumMember'));
  }
}

function addScaling({ variable, entries }: ScalingNode, add: Add): void {
  if (variable) add(variable, declares('parameter'));
  for (const { name, parameter, value } of entries) {
    add(name, { type: 'function', modifiers: ['declaration', 'defaultLibrary'] });
    if (parameter) add(parameter, declares('parameter'));
    walkNames(value, ({ text, span }) => {
      if (text === variable?.name || text === parameter?.name) add({ name: text, span }, plain('parameter'));
    });
  }
}

/** The cells of the column `name`, which name the rows. */
function addNames({ header, rows }: RowsNode, role: Role, add: Add): void {
  const column = header.findIndex((h) => h.name === 'name');
  for (const row of rows) {
    const value = row.cells[column]?.values[0];
    if (value?.kind === 'name') add({ name: value.text, span: value.span }, role);
  }
}
