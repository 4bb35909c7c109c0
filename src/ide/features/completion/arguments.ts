import type { Signature, SignatureParam } from '../../../3-check/signature.ts';
import { variantNames } from '../../../3-check/variants.ts';
import type { Analysis } from '../../core/analysis.ts';
import { describeParamOf, paramLabel, paramsOf, paramText } from '../../docs/describe.ts';
import { settingDocs, variantColumnDocs } from '../../docs/words.ts';
import { type CallAt, callOf, settingsOf } from './call-at.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';

/** The names of arguments that can still be given; what must be given comes first. */
export function argumentNames(site: CompletionSite): CompletionProposal[] {
  const path = site.path.slice(0, -1);
  const settings = settingsOf(path);
  if (settings) return settingNames(site, settings);
  const call = callOf(site, path);
  if (!call || call.argument !== undefined) return [];
  return call.left.map((p) => ({ ...argument(site, call, p), rank: p.required ? 0 : p === call.param ? 1 : 2 }));
}

function argument(site: CompletionSite, { signature }: CallAt, param: SignatureParam): CompletionProposal {
  const { detail, documentation } = describe(site.analysis, signature, param);
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
function hasColon({ piece }: CompletionSite): boolean {
  return /^\s*:/.test(piece.text.slice(piece.word.end, piece.word.end + 16));
}

/** A parameter's type, default and documentation. */
export function describe(
  analysis: Analysis,
  signature: Signature,
  param: SignatureParam,
): { detail: string; documentation: string } {
  const { name } = param;
  const node = paramsOf(signature.declared?.node).find((p) => p.name.name === name);
  const typed = /: (.*)/s.exec(node ? paramText(node) : paramLabel(signature, param))?.[1];
  const ofPoint = name === 'variant' ? 'name' : Object.hasOwn(variantColumnDocs, name) ? 'real' : 'tensor';
  const detail = typed ?? (node ? 'tensor' : ofPoint);
  return { detail, documentation: describeParamOf(signature, name, analysis) };
}

function settingNames(
  site: CompletionSite,
  settings: NonNullable<ReturnType<typeof settingsOf>>,
): CompletionProposal[] {
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
export function variantValues(site: CompletionSite): CompletionProposal[] | undefined {
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
