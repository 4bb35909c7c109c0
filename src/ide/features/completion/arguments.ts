import type { ParamNode } from '../../../1-parse/ast.ts';
import type { SignatureParam } from '../../../3-check/signature.ts';
import { variantNames } from '../../../3-check/variants.ts';
import { describeOpParam, describeParam, paramText } from '../../docs/describe.ts';
import { settingDocs } from '../../docs/words.ts';
import { type CallAt, callAt, openParams, settingsAt } from './call-at.ts';
import type { Proposal } from './item.ts';
import type { Site } from './site.ts';
import { paramsOf, settings } from './wanted-at.ts';

/** The names of arguments that can still be given; what must be given comes first. */
export function argumentNames(site: Site): Proposal[] {
  const kind = settingsAt(site);
  if (kind) return settingNames(site, kind);
  const call = callAt(site);
  if (!call || call.argument !== undefined) return [];
  const { signature, chained, given } = call;
  const next = openParams(call)[call.positional];
  const open = signature.params.filter((p) => !given.has(p.name) && !(chained && p.tensor) && !isFilled(call, p));
  return open.map((p) => ({ ...argument(site, call, p), rank: p.required ? 0 : p === next ? 1 : 2 }));
}

/** Whether an argument without a name fills a parameter already. */
function isFilled(call: CallAt, param: SignatureParam): boolean {
  const place = openParams(call).indexOf(param);
  return place >= 0 && place < call.positional;
}

function argument(site: Site, { signature }: CallAt, param: SignatureParam): Proposal {
  const { detail, documentation } = describe(signature, param);
  return {
    label: param.name,
    kind: 'parameter',
    rank: 0,
    detail,
    documentation,
    insertText: hasColon(site) ? param.name : `${param.name}: `,
    filterText: param.name,
    thenSuggest: !hasColon(site),
  };
}

/** Whether the name at the cursor has its colon already. */
function hasColon({ piece }: Site): boolean {
  return /^\s*:/.test(piece.text.slice(piece.word.end, piece.word.end + 16));
}

/** A parameter's type, default and documentation. */
export function describe(
  { op, declared, name }: CallAt['signature'],
  param: SignatureParam,
): { detail: string; documentation: string } {
  if (op) {
    const own = op.params.find((p) => p.name === param.name);
    return { detail: own?.type ?? 'tensor', documentation: describeOpParam(op, param.name) ?? '' };
  }
  const node: ParamNode | undefined = declared && paramsOf(declared.node).find((p) => p.name.name === param.name);
  if (node)
    return {
      detail: paramText(node).slice(param.name.length + 2) || 'tensor',
      documentation: describeParam(node, name),
    };
  if (param.name === 'variant') return { detail: 'name', documentation: `One of the variants of ${name}.` };
  if (param.name === 'phi') return { detail: 'real', documentation: `The compound coefficient of ${name}.` };
  return { detail: 'tensor', documentation: '' };
}

function settingNames(site: Site, kind: 'convention' | 'input'): Proposal[] {
  const { tokens } = site.prefix;
  const from = site.bracket?.index ?? tokens.length;
  const given = new Set(tokens.slice(from).map(({ image }) => image));
  return Object.keys(settings[kind])
    .filter((name) => !given.has(name))
    .map((name) => ({
      label: name,
      kind: 'parameter',
      rank: 0,
      detail: typeWord(settings[kind][name]),
      documentation: settingDocs[name] ?? '',
      insertText: hasColon(site) ? name : `${name}: `,
      filterText: name,
      thenSuggest: true,
    }));
}

function typeWord(type: unknown): string {
  return typeof type === 'string' ? type : 'real[]';
}

/** The variants of the model that is called, where the argument at the cursor chooses one. */
export function variantValues(site: Site): Proposal[] | undefined {
  const call = callAt(site);
  const declared = call?.signature.declared;
  if (call?.argument !== 'variant' || declared?.kind !== 'model') return undefined;
  return variantNames(declared).map((label) => ({
    label,
    kind: 'variant',
    rank: 0,
    detail: `variant of ${declared.node.name.name}`,
  }));
}
