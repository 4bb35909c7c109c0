import type { ParamNode } from '../../../1-parse/ast.ts';
import type { Signature, SignatureParam } from '../../../3-check/signature.ts';
import { variantNames } from '../../../3-check/variants.ts';
import { describeOpParam, describeParam, paramsOf, paramText } from '../../docs/describe.ts';
import { settingDocs, variantColumnDocs } from '../../docs/words.ts';
import { type CallAt, callOf, settingsOf } from './call-at.ts';
import type { Proposal } from './item.ts';
import type { Site } from './site.ts';

/** The names of arguments that can still be given; what must be given comes first. */
export function argumentNames(site: Site): Proposal[] {
  const path = site.path.slice(0, -1);
  const settings = settingsOf(path);
  if (settings) return settingNames(site, settings);
  const call = callOf(site, path);
  if (!call || call.argument !== undefined) return [];
  return call.left.map((p) => ({ ...argument(site, call, p), rank: p.required ? 0 : p === call.param ? 1 : 2 }));
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
  { op, declared, name }: Signature,
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
  const factor = variantColumnDocs[param.name];
  if (factor !== undefined) return { detail: 'real', documentation: factor };
  return { detail: 'tensor', documentation: '' };
}

function settingNames(site: Site, settings: NonNullable<ReturnType<typeof settingsOf>>): Proposal[] {
  const { tokens } = site.prefix;
  const from = site.bracket?.index ?? tokens.length;
  const given = new Set(tokens.slice(from).map(({ image }) => image));
  return [...settings]
    .filter(([name]) => !given.has(name))
    .map(([name, type]) => ({
      label: name,
      kind: 'parameter',
      rank: 0,
      detail: typeof type === 'string' ? type : 'real[]',
      documentation: settingDocs[name] ?? '',
      insertText: hasColon(site) ? name : `${name}: `,
      filterText: name,
      thenSuggest: true,
    }));
}

/** The variants of the model that is called, where the argument at the cursor chooses one. */
export function variantValues(site: Site): Proposal[] | undefined {
  const call = callOf(site, site.path.slice(0, -1));
  const declared = call?.signature.declared;
  if (call?.argument !== 'variant' || declared?.kind !== 'model') return undefined;
  return variantNames(declared).map((label) => ({
    label,
    kind: 'variant',
    rank: 0,
    detail: `variant of ${declared.node.name.name}`,
  }));
}
