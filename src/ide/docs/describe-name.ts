import type { Declaration, ImportNode, ParamNode } from '../../1-parse/ast.ts';
import { excerpt } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { describeModel } from '../numbers/describe-network.ts';
import { describeStage } from '../numbers/describe-stage.ts';
import { networkOf, pointName } from '../numbers/network-numbers.ts';
import { meaningOf, type NameMeaning } from '../tree/meaning.ts';
import type { TreeNode } from '../tree/node-path.ts';
import { authored } from './authored.ts';
import { describeBuiltin, describeDeclared, describeParam } from './describe.ts';
import { fence, joinParts } from './markdown.ts';
import { counterDocs } from './words.ts';

/** A name where it is used: what it stands for, with its documentation. Markdown; empty where it means nothing. */
export function describeUse(
  analysis: Analysis,
  declaration: Declaration | ImportNode | undefined,
  name: string,
  path: readonly TreeNode[] = [],
): string {
  const meaning = meaningOf(analysis.module, declaration, name, path);
  return meaning ? describeMeaning(analysis, declaration, meaning) : '';
}

export function describeMeaning(
  analysis: Analysis,
  declaration: Declaration | ImportNode | undefined,
  meaning: NameMeaning,
): string {
  switch (meaning.kind) {
    case 'declared': {
      const { declared } = meaning;
      const text = describeDeclared(declared, analysis.module);
      const own = declared.kind === 'model' && declared.module.path === analysis.module.path;
      return own ? joinParts([text, describeModel(analysis, declared.node)]) : text;
    }
    case 'builtin':
      return describeBuiltin(meaning.name) ?? '';
    case 'counter':
      return joinParts([fence(meaning.name), counterDocs[meaning.name] ?? '']);
    case 'element':
      return fence(`${meaning.name.name}  // an element of ${excerpt(meaning.node.span)}`);
    case 'local':
      return describeLocal(analysis, declaration, meaning.node);
  }
}

type LocalNode = Extract<NameMeaning, { kind: 'local' }>['node'];

function describeLocal(analysis: Analysis, declaration: Declaration | ImportNode | undefined, node: LocalNode): string {
  switch (node.kind) {
    case 'param':
      return describeOwnParam(analysis, declaration, node);
    case 'section': {
      const numbers = declaration?.kind === 'model' ? describeStage(analysis, declaration, node.name.name) : '';
      return joinParts([fence(`${node.name.name}: ${excerpt(node.first.span)}`), authored(node.doc), numbers]);
    }
    case 'table':
      return joinParts([fence(`table ${node.name.name}`), authored(node.doc)]);
    case 'input':
      return fence(`input ${node.name.name}: ${excerpt(node.shape.span)}`);
    case 'assign':
      return fence(excerpt(node.span, 80));
  }
}

/** A parameter of this block or model; a model's with its value at the chosen point. */
export function describeOwnParam(
  analysis: Analysis,
  declaration: Declaration | ImportNode | undefined,
  param: ParamNode,
): string {
  const owner = declaration && 'name' in declaration ? declaration.name.name : '';
  const text = describeParam(param, owner);
  const point = declaration?.kind === 'model' ? networkOf(analysis, declaration)?.point : undefined;
  const value = point?.params.find((p) => p.name === param.name.name);
  if (!point || !value) return text;
  const how = value.trace
    ? `: ${value.trace}`
    : value.origin === 'default'
      ? ', the default'
      : `, from ${value.source}`;
  return joinParts([text, `**${value.text}** at ${pointName(point)}${how}`]);
}
