import type { Declaration, SectionNode } from '../../../1-parse/ast.ts';
import { tensorProperties } from '../../../3-check/check-name.ts';
import { rowNames } from '../../../3-check/check-rows.ts';
import { type FileScope, modelOfSection } from '../../../3-check/meanings/called-blocks.ts';
import { isTensors } from '../../../3-check/types.ts';
import { authored } from '../../docs/authored.ts';
import { propertyDocs } from '../../docs/words.ts';
import type { Proposal } from './item.ts';
import { sectionOf } from './scope-at.ts';
import type { Site } from './site.ts';

/** What may follow the last dot of the word at the cursor: properties of tensors, what stands behind a section. */
export function afterDot(site: Site): Proposal[] {
  const { word, text } = site.piece;
  const words = site.typed.split('.');
  const start = word.start + site.typed.lastIndexOf('.') + 1;
  const replace = { start, end: Math.max(start, word.end) };
  const dotted = /^(?:\.(?:\w+|\*))+/.exec(text.slice(word.end))?.[0];
  const root = site.scope.names.get(words[0] ?? '');
  if (!root) return [];
  const { local, type } = root;
  const section = local && sectionOf(local);
  const inner = section ? partsOf(site.module, local.owner, section, words.slice(1, -1)) : [];
  const known = section !== undefined || isTensors(type) || type === 'unknown';
  const isWhole = words.length === 2 || section !== undefined;
  return [...inner, ...(known && isWhole && dotted === undefined ? properties(section ? 1 : 0) : [])].map((p) => ({
    ...p,
    replace,
  }));
}

/** What a tensor tells of its shape. */
export function properties(rank: number): Proposal[] {
  return tensorProperties.map((label) => ({
    label,
    kind: 'property',
    rank,
    detail: 'int',
    documentation: propertyDocs[label] ?? '',
  }));
}

/** The words that may follow in the path of a section: rows, blocks of a row that is known, sections of a model. */
function partsOf(
  module: FileScope,
  owner: Declaration,
  section: SectionNode,
  [word, ...rest]: readonly string[],
): Proposal[] {
  const model = modelOfSection(module, owner, section);
  if (model) {
    const inner = model.node.members.filter((m) => m.kind === 'section');
    if (word === undefined)
      return inner.map((m) => ({ label: m.name.name, kind: 'section', rank: 0, documentation: authored(m.doc) }));
    const next = inner.find((m) => m.name.name === word);
    return next ? partsOf(model.module, model.node, next, rest) : [];
  }
  const { rows } = section.tail;
  if (rows?.kind !== 'rows' || section.steps.length > 0) return [];
  if (word === undefined) {
    return [...rowNames(rows)]
      .slice(0, mostRows)
      .map((label) => ({ label, kind: 'row', rank: 0, detail: `row of ${section.name.name}` }));
  }
  return [];
}

/** Rows that are offered of one table. */
const mostRows = 200;
