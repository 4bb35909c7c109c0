import type { BlockNode, Declaration, Ident, ImportNode, ModelNode, ParamNode, RowsNode } from '../../1-parse/ast.ts';
import { headOf } from '../../1-parse/section-head.ts';
import { rowName } from '../../3-check/row-names.ts';
import { type Span, spanText } from '../../source.ts';
import type { Analysis, Place } from '../core/analysis.ts';
import { firstSentence } from '../docs/markdown.ts';

export type SymbolKind =
  | 'import'
  | 'block'
  | 'model'
  | 'weights'
  | 'parameter'
  | 'input'
  | 'section'
  | 'table'
  | 'row'
  | 'variants'
  | 'variant'
  | 'scaling'
  | 'factor'
  | 'value';

/** Something in a document that has a name, with its contents. */
export interface DocumentSymbol {
  readonly name: string;
  /** What is shown next to the name: a type, a callee. */
  readonly detail: string;
  readonly kind: SymbolKind;
  readonly place: Place;
  /** The name itself, within `place`. */
  readonly selection: Place;
  readonly children: readonly DocumentSymbol[];
}

/** Where spans stand. */
type Locate = Analysis['locate'];

/** What a document declares, as a tree in the order of the text. Unnamed parts are left out. */
export function documentSymbols({ module, locate }: Analysis): readonly DocumentSymbol[] {
  return [
    ...module.ast.imports.flatMap((node) => importSymbol(locate, node)),
    ...module.ast.declarations.flatMap((node) => declarationSymbol(locate, node)),
  ];
}

/** A declaration as a symbol; none if its name is missing. */
export function declarationSymbol(locate: Locate, node: Declaration): DocumentSymbol[] {
  if (node.kind === 'weights') {
    const namings = node.rows.header.slice(1).map((h) => h.name);
    return symbol(locate, 'weights', `weights ${node.name.name}`, node.name.span, node.span, namings.join(', '));
  }
  const children = node.kind === 'block' ? blockSymbols(locate, node) : modelSymbols(locate, node);
  return named(locate, node.kind, node.name, node.span, firstSentence(node.doc), children);
}

function importSymbol(locate: Locate, node: ImportNode): DocumentSymbol[] {
  const names = node.names.map((n) => n.name).join(', ');
  return symbol(locate, 'import', node.from.value, node.from.span, node.span, names);
}

function blockSymbols(locate: Locate, { params, body }: BlockNode): DocumentSymbol[] {
  const values = body.flatMap((s) => (s.kind === 'assign' ? s.targets.map((name) => ({ name, span: s.span })) : []));
  return [
    ...params.flatMap((p) => paramSymbol(locate, p)),
    ...values.flatMap(({ name, span }) => (name.name === '_' ? [] : named(locate, 'value', name, span))),
  ];
}

function modelSymbols(locate: Locate, { members }: ModelNode): DocumentSymbol[] {
  return members.flatMap((m): DocumentSymbol[] => {
    switch (m.kind) {
      case 'param':
        return paramSymbol(locate, m);
      case 'input':
        return named(locate, 'input', m.name, m.span, spanText(m.shape.span));
      case 'section': {
        const { rows } = m.tail;
        const callee = headOf(m).callee?.text ?? '';
        const children = rows?.kind === 'rows' ? rowSymbols(locate, rows, 'row') : [];
        return named(locate, 'section', m.name, m.span, callee, children);
      }
      case 'table':
        return named(locate, 'table', m.name, m.span, '', rowSymbols(locate, m.rows, 'row'));
      case 'variants': {
        const keyword = { ...m.span, end: Math.min(m.span.end, m.span.start + 'variants'.length) };
        return symbol(locate, 'variants', 'variants', keyword, m.span, '', rowSymbols(locate, m.rows, 'variant'));
      }
      case 'scaling': {
        const keyword = { ...m.span, end: Math.min(m.span.end, m.span.start + 'scaling'.length) };
        const factors = m.entries.flatMap((e) => named(locate, 'factor', e.name, e.span, spanText(e.value.span)));
        return symbol(locate, 'scaling', 'scaling', keyword, m.span, m.variable?.name ?? '', factors);
      }
      case 'assign':
        return m.targets.flatMap((name) => (name.name === '_' ? [] : named(locate, 'value', name, m.span)));
      default:
        return [];
    }
  });
}

function paramSymbol(locate: Locate, { name, type, span }: ParamNode): DocumentSymbol[] {
  return named(locate, 'parameter', name, span, type ? `${type.name}${type.list ? '[]' : ''}` : 'tensor');
}

function rowSymbols(locate: Locate, { header, rows }: RowsNode, kind: 'row' | 'variant'): DocumentSymbol[] {
  const column = header.findIndex((h) => h.name === 'name');
  return rows.flatMap((row, i) => {
    const at = row.cells[column]?.span ?? row.span;
    return symbol(locate, kind, rowName(row, column, i), at, row.span);
  });
}

function named(
  locate: Locate,
  kind: SymbolKind,
  { name, span: at }: Ident,
  span: Span,
  detail = '',
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol[] {
  return symbol(locate, kind, name, at, span, detail, children);
}

function symbol(
  locate: Locate,
  kind: SymbolKind,
  name: string,
  at: Span,
  span: Span,
  detail = '',
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol[] {
  if (name === '') return [];
  const place = locate(span);
  const selection = locate(at);
  // in a broken text a name may be outside of its range; editors refuse that
  const inside = place.start <= selection.start && selection.end <= place.end;
  return [{ name, detail, kind, place, selection: inside ? selection : place, children }];
}
