import type {
  Arg,
  Declaration,
  Ident,
  NameNode,
  ParamNode,
  RowsNode,
  ScalingEntry,
  SectionNode,
  StepNode,
  TypeNode,
} from '../../1-parse/ast.ts';
import { scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Signature } from '../../3-check/signature.ts';
import { variantNames } from '../../3-check/variants.ts';
import type { Analysis } from '../core/analysis.ts';
import { describeLabel } from '../numbers/describe-label.ts';
import { networkOf } from '../numbers/network-numbers.ts';
import { callOfArgument, paramOfArgument } from '../tree/calls.ts';
import { signatureOfName } from '../tree/meaning.ts';
import { innermost, type TreeNode } from '../tree/node-path.ts';
import { columnAt, placesOfTable, rowAt } from '../tree/table-rows.ts';
import { looksLikeTensor } from '../tree/tensor-arguments.ts';
import { describeOpParam, describeParam } from './describe.ts';
import { describeOwnParam, describeUse } from './describe-name.ts';
import { fence, joinParts } from './markdown.ts';
import { columnDocs, conventionDocs, strideColumnDoc, typeDocs, variantColumnDocs } from './words.ts';

/** A node of the tree and what is to be told of it. */
export interface Described {
  readonly node: TreeNode;
  readonly markdown: string;
}

/** What the innermost part of the tree at a cursor means: a name, a label, a type, a column, an argument. */
export function describeAtName(
  analysis: Analysis,
  declaration: Declaration,
  path: readonly TreeNode[],
  offset: number,
): Described | undefined {
  const node = path.at(-1);
  const parent = path.at(-2);
  if (!node || !parent) return undefined;
  const markdown =
    node.kind === 'name'
      ? describeReference(analysis, declaration, node as NameNode, path)
      : isType(node)
        ? joinParts([fence(`${node.name}${node.list ? '[]' : ''}`), typeDocs[node.name] ?? ''])
        : isIdent(node)
          ? describeIdent(analysis, declaration, node, parent, path)
          : describeValue(analysis, declaration, path, offset);
  return markdown === '' ? undefined : { node, markdown };
}

function isIdent(node: TreeNode): node is Ident {
  return node.kind === undefined && typeof (node as Partial<Ident>).name === 'string';
}

function isType(node: TreeNode): node is TypeNode {
  return isIdent(node) && 'list' in node;
}

function describeReference(
  analysis: Analysis,
  declaration: Declaration,
  node: NameNode,
  path: readonly TreeNode[],
): string {
  const [head = '', ...rest] = node.parts;
  if (rest.length > 0 && rest.at(-1) === 'channels') return fence(`${node.text}  // how many channels`);
  return describeUse(analysis, declaration, head, path);
}

function describeIdent(
  analysis: Analysis,
  declaration: Declaration,
  node: Ident,
  parent: TreeNode,
  path: readonly TreeNode[],
): string {
  const { name } = node;
  switch (parent.kind) {
    case 'block':
    case 'model':
    case 'weights':
      return describeUse(analysis, undefined, name);
    case 'param':
      return describeOwnParam(analysis, declaration, parent as ParamNode);
    case 'section':
      if ((parent as SectionNode).label !== node) return describeUse(analysis, declaration, name);
      return describeLabel(analysis, declaration, (parent as SectionNode).name.name, name);
    case 'step': {
      const section = innermost<SectionNode>(path, 'section');
      return (parent as StepNode).label === node ? describeLabel(analysis, declaration, section?.name.name, name) : '';
    }
    case 'convention':
      return joinParts([fence(`convention ${name}`), conventionDocs[name] ?? '']);
    case 'rows':
      return describeColumn(analysis, declaration, parent as RowsNode, name, path);
    case 'table':
    case 'input':
    case 'assign':
    case 'comprehension':
      return describeUse(analysis, declaration, name, path);
    default:
      return describeOther(analysis, declaration, node, parent, path);
  }
}

/** Names in parts of the tree that have no kind: an argument's name, an entry of `scaling`. */
function describeOther(
  analysis: Analysis,
  declaration: Declaration,
  { name }: Ident,
  parent: TreeNode,
  path: readonly TreeNode[],
): string {
  const call = callOfArgument(path);
  if (call) return describeParamOf(signatureOfName(analysis.module, declaration, call.site.name), name, analysis);
  if (innermost(path, 'scaling') && 'value' in parent)
    return scalingFunctions.get((parent as ScalingEntry).name.name) ?? '';
  return '';
}

/** A number or another value: the parameter that it is for. */
function describeValue(
  analysis: Analysis,
  declaration: Declaration,
  path: readonly TreeNode[],
  offset: number,
): string {
  const call = callOfArgument(path);
  if (call) {
    const isTensor = (arg: Arg) => looksLikeTensor(analysis.module, declaration, arg.value);
    const signature = signatureOfName(analysis.module, declaration, call.site.name);
    const param = signature && paramOfArgument(signature, call.site, call.arg, isTensor);
    return param ? describeParamOf(signature, param.name, analysis) : '';
  }
  const at = rowAt(path, offset);
  const column = at?.rows.header[columnAt(at.row, offset)]?.name;
  return at && column !== undefined ? describeColumn(analysis, declaration, at.rows, column, path) : '';
}

/** A parameter of what a call names. */
export function describeParamOf(signature: Signature | undefined, name: string, analysis: Analysis): string {
  if (!signature) return '';
  if (signature.op) return describeOpParam(signature.op, name) ?? '';
  const { declared } = signature;
  if (declared?.kind === 'model' && name === 'variant') {
    const names = variantNames(declared).join(', ');
    return joinParts([fence('variant'), `A row of the model's variants${names === '' ? '' : `: ${names}`}.`]);
  }
  const members = declared?.kind === 'block' ? declared.node.params : (declared?.node.members ?? []);
  const param = members.find((m) => m.kind === 'param' && m.name.name === name);
  if (param?.kind !== 'param') return '';
  const from = declared && declared.module.path !== analysis.module.path ? `, ${declared.module.path}` : '';
  return describeParam(param, `${signature.name}${from}`);
}

/** A column of `variants`, of a stage table, or of a weight map. */
function describeColumn(
  analysis: Analysis,
  declaration: Declaration,
  rows: RowsNode,
  name: string,
  path: readonly TreeNode[],
): string {
  if (declaration.kind === 'weights') {
    return name === 'path' ? 'The module of this model.' : `The name of the module in checkpoints of ${name}.`;
  }
  if (innermost(path, 'variants')) {
    const own = Object.hasOwn(variantColumnDocs, name) ? variantColumnDocs[name] : undefined;
    return own === undefined ? describeUse(analysis, declaration, name) : joinParts([fence(name), own]);
  }
  const own = Object.hasOwn(columnDocs, name) ? columnDocs[name] : undefined;
  if (own !== undefined) return joinParts([fence(name), own]);
  const text = blocksOfTable(analysis, declaration, rows)
    .map((block) => describeParamOf(signatureOfName(analysis.module, declaration, block), name, analysis))
    .find((described) => described !== '');
  return joinParts([text ?? '', name === 'stride' && text !== undefined ? strideColumnDoc : '']);
}

/** The names of the blocks that a table's rows build: those of its column `block`, then the one before the table. */
function blocksOfTable(analysis: Analysis, declaration: Declaration, rows: RowsNode): string[] {
  const column = rows.header.findIndex((h) => h.name === 'block');
  const written = rows.rows.flatMap((row) => {
    const value = row.cells[column]?.values[0];
    return value?.kind === 'name' ? [value.text] : [];
  });
  const point = declaration.kind === 'model' ? networkOf(analysis, declaration)?.point : undefined;
  const places = declaration.kind === 'model' ? placesOfTable(declaration, rows, point) : [];
  return [...new Set([...written, ...places.flatMap((p) => p.callee ?? [])])];
}
