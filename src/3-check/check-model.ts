import type { Ident, Member, ModelNode } from '../1-parse/ast.ts';
import { objectiveNames } from '../2-resolve/builtins.ts';
import { checkParam, checkStatement, collectLabels, type Labels, reportUnused } from './check-block.ts';
import { checkExpr, countOf, expectType } from './check-expr.ts';
import { checkSection, checkTables, type TableUses } from './check-section.ts';
import { checkConvention, checkInput, checkScaling } from './check-settings.ts';
import type { Before } from './check-step.ts';
import { checkVariants } from './check-variants.ts';
import { bind, type Checker, innerScope, type Local, report, type Scope } from './scope.ts';

/** Names that a model cannot bind: they choose a point of the family. */
const reserved = new Set(['d', 'w', 'r', 'phi', 'variant']);

/** What the check of one model carries along. */
interface ModelCheck {
  readonly c: Checker;
  /** All that the model binds. */
  readonly scope: Scope;
  /** Its parameters and tables alone: what parameters, scaling and variants see, for they hold before anything is built. */
  readonly facts: Scope;
  readonly uses: TableUses;
  /** What the next section takes where it is given no tensors. */
  before: Before | undefined;
  /** Whether a section was checked. */
  started: boolean;
  /** Of statements outside of sections, whose labels are paths of the model itself. */
  readonly labels: Labels;
}

/** Checks a model: parameters, tables, scaling, variants, sections in order, outputs. */
export function checkModel(c: Checker, model: ModelNode): void {
  const { members, name } = model;
  const scaling = { ownWidths: members.some((m) => m.kind === 'scaling' && m.entries.some(isOwnWidth)) };
  const m: ModelCheck = {
    c,
    scope: { locals: new Map(), scaling },
    facts: { locals: new Map(), scaling },
    uses: { byName: new Map(), byParam: undefined },
    before: undefined,
    started: false,
    labels: new Map(),
  };
  checkOnce(c, model);
  for (const member of members) {
    // tables are seen everywhere, so that a parameter's default can name one that stands below
    if (member.kind === 'table') {
      bindFact(m, member.name.name, { kind: 'table', type: 'table', span: member.name.span, used: false });
    }
    if ('name' in member && member.kind !== 'convention') checkReserved(c, member.name);
    if (member.kind === 'assign') for (const target of member.targets) checkReserved(c, target);
  }
  for (const member of members) checkMember(m, member);
  checkTables(c, m.scope, model, m.uses);
  for (const member of members) if (member.kind === 'variants') checkVariants(c, m.facts, member.rows);
  if (!members.some((member) => member.kind === 'section' || member.kind === 'return')) {
    report(c, 'no-section', name.span, { name: name.name });
  }
  if (!members.some((member) => member.kind === 'input')) report(c, 'no-input', name.span, { name: name.name });
  reportUnused(c, m.scope);
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

function checkReserved(c: Checker, { name, span }: { readonly name: string; readonly span: Local['span'] }): void {
  if (reserved.has(name)) report(c, 'reserved-name', span, { name });
}

/** Binds a parameter or a table, which both scopes see. */
function bindFact({ c, scope, facts }: ModelCheck, name: string, local: Local): void {
  bind(c, scope, name, local);
  if (name !== '' && !facts.locals.has(name)) facts.locals.set(name, local);
}

/** What the section after this one takes from before. */
function sectionBefore(scope: Scope, { name, span }: Ident): Before {
  const type = scope.locals.get(name)?.type;
  return { text: name, count: type && countOf(type), span };
}

function checkMember(m: ModelCheck, member: Member): void {
  const { c, scope, facts } = m;
  switch (member.kind) {
    case 'param':
      checkParam(c, facts, member);
      shareFact(m, member.name.name);
      return;
    case 'convention':
      checkConvention(c, facts, member);
      return;
    case 'input':
      checkInput(c, scope, member);
      if (!m.started) {
        const { name, span } = member.name;
        const { text, count = 0 } = m.before ?? {};
        m.before = { text: text === undefined ? name : `${text}, ${name}`, count: count + 1, span };
      }
      return;
    case 'maximize': {
      const number = (name: string): [string, Local] => [
        name,
        { kind: 'value', type: 'number', span: member.span, used: true },
      ];
      const inner = innerScope(scope, [...objectiveNames].map(number));
      expectType(c, checkExpr(c, inner, member.objective), 'number', member.objective.span);
      return;
    }
    case 'scaling':
      checkScaling(c, facts, member);
      return;
    case 'section':
      checkSection(c, scope, member, m.before, m.uses);
      m.before = sectionBefore(scope, member.name);
      m.started = true;
      return;
    case 'table':
    case 'variants':
      return; // when all names are known
    default:
      checkStatement(c, scope, member);
      collectLabels(c, member, m.labels);
  }
}

/** A parameter is bound where parameters see it; the rest of the model sees the same one. */
function shareFact({ c, scope, facts }: ModelCheck, name: string): void {
  const local = facts.locals.get(name);
  if (local && scope.locals.get(name) !== local) bind(c, scope, name, local);
}
