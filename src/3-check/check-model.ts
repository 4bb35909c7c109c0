import type { Ident, Member, ModelNode } from '../1-parse/ast.ts';
import { checkOutput, checkParam, checkStatement, reportUnused } from './check-block.ts';
import { checkChoiceNames } from './check-choices.ts';
import { checkExpr, countOf, expectType } from './check-expr.ts';
import { checkSection, checkTables, type TableUses } from './check-section.ts';
import { checkConvention, checkInput, checkScaling } from './check-settings.ts';
import type { Before } from './check-step.ts';
import { checkVariants } from './check-variants.ts';
import { bind, type Checker, report } from './checker.ts';
import { collectLabels, type LabelScope, type Labels, reportSharedOnce } from './labels.ts';

/** Names that a model cannot bind: they choose a point of the family. */
const reserved = new Set(['d', 'w', 'r', 'phi', 'variant']);

/** The state of one model's check. */
interface ModelCheck {
  readonly c: Checker;
  readonly uses: TableUses;
  /** What the next section takes where it is given no tensors. */
  before: Before | undefined;
  /** Whether a section was checked. */
  started: boolean;
  /** Labels of statements outside of sections and of shared steps, which are paths of the model itself. */
  readonly labels: Labels;
}

/** Checks a model: parameters, tables, scaling, variants, sections in order, outputs. */
export function checkModel(c: Checker, model: ModelNode): void {
  const { members, name } = model;
  c.scaling = { ownWidths: members.some((m) => m.kind === 'scaling' && m.entries.some(isOwnWidth)) };
  const m: ModelCheck = {
    c,
    uses: { byName: new Map(), byParam: undefined },
    before: undefined,
    started: false,
    labels: new Map(),
  };
  checkOnce(c, model);
  for (const member of members) {
    // tables are visible everywhere, so that a parameter's default can name one below
    if (member.kind === 'table') {
      bind(c, member.name, { type: 'table', used: false });
    }
    if ('name' in member && member.kind !== 'convention') checkReserved(c, member.name);
    if (member.kind === 'assign') for (const target of member.targets) checkReserved(c, target);
  }
  for (const member of members) checkMember(m, member);
  checkTables(c, model, m.uses);
  for (const member of members) if (member.kind === 'variants') checkVariants(c, member.rows);
  if (!members.some((member) => member.kind === 'section' || member.kind === 'return')) {
    report(c, 'no-section', name.span, { name: name.name });
  }
  if (!members.some((member) => member.kind === 'input')) report(c, 'no-input', name.span, { name: name.name });
  reportSharedOnce(c, m.labels);
  for (const [first] of c.meanings.choices.values()) if (first) checkReserved(c, first.name);
  checkChoiceNames(c);
  reportUnused(c);
}

function statements({ labels }: ModelCheck): LabelScope {
  return { own: labels, shared: labels };
}

function isOwnWidth(entry: { readonly name: { readonly name: string }; readonly parameter?: unknown }): boolean {
  return entry.name.name === 'w' && entry.parameter !== undefined;
}

const once: ReadonlySet<string> = new Set(['convention', 'scaling', 'variants', 'maximize', 'return']);

function checkOnce(c: Checker, model: ModelNode): void {
  const seen = new Map<string, Member>();
  for (const member of model.members) {
    if (!once.has(member.kind)) continue;
    const other = seen.get(member.kind);
    if (!other) {
      seen.set(member.kind, member);
      continue;
    }
    const related = [{ span: other.span, message: 'the first' }];
    if (member.kind === 'convention' && other.kind === 'convention' && member.name.name !== other.name.name) {
      report(c, 'mixed-conventions', member.span, { first: other.name.name, second: member.name.name }, { related });
    } else report(c, 'duplicate-member', member.span, { what: member.kind }, { related });
  }
  const end = model.members.findIndex((member) => member.kind === 'return');
  const after = model.members.slice(end + 1).find((member) => member.kind === 'section' || member.kind === 'assign');
  if (end >= 0 && after) report(c, 'return-not-last', (model.members[end] as Member).span, {});
}

function checkReserved(c: Checker, { name, span }: Ident): void {
  if (reserved.has(name)) report(c, 'reserved-name', span, { name });
}

/** What the section after this one takes from before. */
function sectionBefore(c: Checker, ident: Ident): Before {
  const bound = c.meanings.locals.get(ident);
  const type = bound && c.locals.get(bound)?.type;
  return { text: ident.name, count: type && countOf(type), span: ident.span };
}

function checkMember(m: ModelCheck, member: Member): void {
  const { c } = m;
  switch (member.kind) {
    case 'param':
      checkParam(c, member);
      return;
    case 'convention':
      checkConvention(c, member);
      return;
    case 'input':
      checkInput(c, member);
      if (!m.started) {
        const { name, span } = member.name;
        const { text, count = 0 } = m.before ?? {};
        m.before = { text: text === undefined ? name : `${text}, ${name}`, count: count + 1, span };
      }
      return;
    case 'maximize':
      expectType(c, checkExpr(c, member.objective), 'number', member.objective.span);
      return;
    case 'auxiliary':
      expectType(c, checkExpr(c, member.weight), 'number', member.weight.span, 'the weight in the loss');
      for (const value of member.outputs) checkOutput(c, value);
      collectLabels(c, member, statements(m));
      return;
    case 'scaling':
      checkScaling(c, member);
      return;
    case 'section':
      checkSection(c, member, m.before, m.uses, m.labels);
      m.before = sectionBefore(c, member.name);
      m.started = true;
      return;
    case 'table':
    case 'variants':
      return; // when all names are known
    default:
      checkStatement(c, member);
      collectLabels(c, member, statements(m));
  }
}
