import type { Declaration, ImportNode, ParamNode, SectionNode } from '../../1-parse/ast.ts';
import { scalingFunctions } from '../../2-resolve/builtins.ts';
import type { Declared } from '../../2-resolve/program.ts';
import { meaningsOf } from '../../3-check/meanings/declaration-names.ts';
import type { Entity } from '../../3-check/meanings/entity.ts';
import type { LanguagePlace, LocalName, NameTarget, Occurrence } from '../../3-check/meanings/occurrence.ts';
import { resolveTarget } from '../../3-check/meanings/resolve-target.ts';
import { excerpt } from '../../source.ts';
import type { Analysis } from '../core/analysis.ts';
import { signatureOfTarget } from '../names/signature-of-target.ts';
import { describeModel } from '../numbers/describe-network.ts';
import { describeLabel, describeStage } from '../numbers/describe-stage.ts';
import { networkOf, pointName } from '../numbers/network-numbers.ts';
import { innermost, type TreeNode } from '../tree/node-path.ts';
import { authored } from './authored.ts';
import { describeBuiltin, describeDeclared, describeParam, describeParamOf } from './describe.ts';
import { fence, joinParts } from './markdown.ts';
import {
  columnDocs,
  conventionDocs,
  counterDocs,
  measureDocs,
  numberDocs,
  objectiveDocs,
  pointDocs,
  propertyDocs,
  settingDocs,
  strideColumnDoc,
  typeDocs,
  variantColumnDocs,
} from './words.ts';

/** The position of a name: its declaration, and the nodes of the tree above it. */
export interface NamePlace {
  readonly declaration: Declaration | ImportNode;
  readonly path: readonly TreeNode[];
}

/** The meaning of a name at its position, with its documentation. Markdown; empty where there is nothing to show. */
export function describeName(analysis: Analysis, occurrence: Occurrence, place: NamePlace): string {
  const { target, name } = occurrence;
  switch (target.kind) {
    case 'local':
      return describeLocal(analysis, target.local);
    case 'declared':
      return describeWhole(analysis, declaredAs(analysis, target.node));
    case 'label': {
      const section = innermost<SectionNode>(place.path, 'section')?.name.name;
      return describeLabel(analysis, place.declaration as Declaration, section, name);
    }
    case 'choice':
      return describeChoice(place.declaration as Declaration, name);
    case 'argument':
      return describeArgument(analysis, target);
    case 'language':
      return describeLanguage(name, target.what, place);
    case 'path':
    case 'module-path': {
      const all = resolveTarget(analysis.module, target);
      if (all.length === 0 && target.kind === 'path') return describeLanguage(name, 'property', place);
      return joinParts(all.slice(0, mostPlaces).map((e) => describePlace(e, target.words.slice(0, target.index))));
    }
    default:
      return joinParts(resolveTarget(analysis.module, target).map((entity) => describeEntity(analysis, entity)));
  }
}

/** A choice that has a name: what it settles, and in how many places. */
function describeChoice(declaration: Declaration, name: string): string {
  const choices = meaningsOf(declaration).choices.get(name) ?? [];
  const [first] = choices;
  if (!first) return '';
  const places = choices.length === 1 ? 'in one place' : `in ${choices.length} places, where it takes the same value`;
  const settled =
    declaration.kind === 'model' ? `\`--set ${name}=…\` settles it.` : 'Each use of the block has its own.';
  return joinParts([fence(excerpt(first.span)), `A choice ${places}. ${settled}`]);
}

/** A path with stars may mean many places: at most this many are shown. */
const mostPlaces = 3;

/** The parameter that an argument or a column is for; in a table that of the first block that has it. */
export function describeArgument(analysis: Analysis, target: Extract<NameTarget, { kind: 'argument' }>): string {
  const { callees, name, column } = target;
  const described = callees
    .map((callee) => {
      if (callee.kind === 'language') return Object.hasOwn(settingDocs, name) ? describeSetting(name) : '';
      return describeParamOf(signatureOfTarget(analysis.module, callee), name, analysis);
    })
    .find((text) => text !== '');
  return joinParts([described ?? '', column && name === 'stride' && described !== undefined ? strideColumnDoc : '']);
}

function describeSetting(name: string): string {
  return joinParts([fence(name), settingDocs[name] ?? '']);
}

function declaredAs({ module }: Analysis, node: Declared['node']): Declared {
  const declared = module.scope.get(node.name.name);
  // of two with one name the second is what no other name means
  if (declared?.node === node) return declared;
  return node.kind === 'block' ? { kind: 'block', node, module } : { kind: 'model', node, module };
}

/** A block or a model; a model of this file with what it becomes. */
function describeWhole(analysis: Analysis, declared: Declared): string {
  const text = describeDeclared(declared, analysis.module);
  const own = declared.kind === 'model' && declared.module.path === analysis.module.path;
  return own ? joinParts([text, describeModel(analysis, declared.node)]) : text;
}

function describeEntity(analysis: Analysis, { kind, name, declared, owner }: Entity): string {
  if (declared) return describeWhole(analysis, declared);
  if (kind === 'language') return describeBuiltin(name) ?? '';
  // a row's result is shown for the row as a whole
  if (kind !== 'variant' || !owner) return '';
  return joinParts([fence(`variant: ${name}`), `A row of the variants of \`${owner.name.name}\`.`]);
}

/**
 * A word of a path: a section, a row or a label, perhaps of another declaration. Without numbers, since nothing is built for it.
 */
function describePlace({ kind, name, ident, owner }: Entity, before: readonly string[]): string {
  const path = [...before, name].join('.');
  if (kind === 'label') return `Label **${name}**: parameters of this step are named \`${path}…\`.`;
  if (kind === 'row') return `Row **${name}**: parameters of its blocks are named \`${path}…\`.`;
  const section = owner?.kind === 'model' ? owner.members.find((m) => 'name' in m && m.name === ident) : undefined;
  return section?.kind === 'section' ? describeSection(section) : '';
}

function describeSection({ name, first, doc }: SectionNode, numbers = ''): string {
  return joinParts([fence(`${name.name}: ${excerpt(first.span)}`), authored(doc), numbers]);
}

function describeLocal(analysis: Analysis, { ident: { name }, owner, param, binder }: LocalName): string {
  if (param) return describeOwnParam(analysis, owner, param);
  if (!binder) return '';
  // an entry of `scaling` has no kind
  if (!('kind' in binder)) return joinParts([fence(`${binder.name.name}(${name})`), numberDocs.rounded]);
  switch (binder.kind) {
    case 'section':
      return describeSection(binder, owner.kind === 'model' ? describeStage(analysis, owner, name) : '');
    case 'table':
      return joinParts([fence(`table ${name}`), authored(binder.doc)]);
    case 'input':
      return fence(`input ${name}: ${excerpt(binder.shape.span)}`);
    case 'assign':
      return fence(excerpt(binder.span, 80));
    case 'comprehension':
      return fence(`${name}  // an element of ${excerpt(binder.span)}`);
    case 'scaling':
      return joinParts([fence(`scaling ${name}`), numberDocs.variable]);
  }
}

/** A parameter of this block or model; a model's with its value at the chosen point. */
function describeOwnParam(analysis: Analysis, declaration: Declaration, param: ParamNode): string {
  const text = describeParam(param, declaration.name.name);
  const point = declaration.kind === 'model' ? networkOf(analysis, declaration)?.point : undefined;
  const value = point?.params.find((p) => p.name === param.name.name);
  if (!point || !value) return text;
  const how = value.trace
    ? `: ${value.trace}`
    : value.origin === 'default'
      ? ', the default'
      : `, from ${value.source}`;
  return joinParts([text, `**${value.text}** at ${pointName(point)}${how}`]);
}

/** A word that the language gives a meaning by its place. */
function describeLanguage(name: string, what: LanguagePlace, { declaration, path }: NamePlace): string {
  if (what === 'entry') return scalingFunctions.get(name) ?? '';
  if (what === 'column' && declaration.kind === 'weights') {
    return name === 'path' ? 'The module of this model.' : `The name of the module in checkpoints of ${name}.`;
  }
  const docs = what === 'column' && innermost(path, 'variants') ? variantColumnDocs : (languageDocs[what] ?? {});
  const heading = what === 'convention' ? `convention ${name}` : name;
  return Object.hasOwn(docs, name) ? joinParts([fence(heading), docs[name] ?? '']) : '';
}

const languageDocs: Partial<Readonly<Record<LanguagePlace, Readonly<Record<string, string>>>>> = {
  counter: counterDocs,
  objective: objectiveDocs,
  factor: variantColumnDocs,
  measure: measureDocs,
  point: pointDocs,
  property: propertyDocs,
  type: typeDocs,
  convention: conventionDocs,
  column: columnDocs,
};
