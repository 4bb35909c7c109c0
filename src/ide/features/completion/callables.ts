import { Colon } from '../../../../grammar/tokens.ts';
import { type BuiltinOp, builtinOps } from '../../../2-resolve/builtins.ts';
import type { Declared } from '../../../2-resolve/program.ts';
import { ownsTensors } from '../../../3-check/owns-tensors.ts';
import { type Signature, signatureOf } from '../../../3-check/signature.ts';
import { memoise } from '../../../memoise.ts';
import { activationNames } from '../../../ops/activations.ts';
import { describeBuiltin, describeDeclared, describeOp, opHeading, paramText } from '../../docs/describe.ts';
import { importsInto } from '../import-edit.ts';
import type { CompletionProposal } from './item.ts';
import type { CompletionSite } from './site.ts';
import { libraryNames } from './workspace-names.ts';

/** A block, a model or an op that can be named at the cursor. */
interface Callable {
  readonly callee: BuiltinOp | Declared;
  readonly signature: Signature;
  readonly proposal: CompletionProposal;
}

/**
 * Blocks, models and ops: the file's own and imported ones, the language's, then with their import the library's and
 * those of the workspace's other files.
 */
export function callables(site: CompletionSite): Callable[] {
  const { module, piece } = site;
  const own = [...module.scope.values()].filter(
    ({ node }) => node !== piece.node && !site.scope.names.has(node.name.name),
  );
  const libraryOwn = libraryNames().filter(
    ({ node, module: from }) => !module.scope.has(node.name.name) && from.path !== module.path && node !== piece.node,
  );
  const edit = importsInto(site.analysis);
  const brought = (declared: Declared, from: string, rank: number): Callable => {
    const made = declaredCallable(declared, rank, `import from ${from}`);
    return { ...made, proposal: { ...made.proposal, additionalEdits: [edit(declared.node.name.name, from)] } };
  };
  return [
    ...own.map((d) =>
      declaredCallable(d, d.kind === 'block' ? 1 : 4, d.module.path === module.path ? '' : `from ${d.module.path}`),
    ),
    ...[...builtinOps.values()].map(opCallable),
    ...libraryOwn.map((d) => brought(d, d.module.path, d.kind === 'block' ? 5 : 6)),
    ...site.others.names().map(({ declared: d, from }) => brought(d, from, d.kind === 'block' ? 7.2 : 7.4)),
  ];
}

function declaredCallable(declared: Declared, rank: number, detail: string): Callable {
  const { headline, documentation } = textsOf(declared);
  const proposal: CompletionProposal = {
    label: declared.node.name.name,
    kind: declared.kind,
    rank,
    detail: detail === '' ? headline : detail,
    documentation,
  };
  return { callee: declared, signature: signatureOf(declared), proposal };
}

/** A file may have a thousand blocks, and each list names them all. */
const textsOf = memoise((declared: Declared) => ({
  headline: declared.kind === 'model' ? 'model' : `(${declared.node.params.map(paramText).join(', ')})`,
  documentation: describeDeclared(declared, undefined),
}));

function opCallable(op: BuiltinOp): Callable {
  const detail = opHeading(op);
  return {
    callee: op,
    signature: signatureOf(op),
    proposal: { label: op.name, kind: 'op', rank: 2, detail, documentation: describeOp(op) },
  };
}

/** Blocks and ops by name only: where a block is a value. */
export function blockValues(site: CompletionSite): CompletionProposal[] {
  return [...localsOfType(site, 'block', 0), ...callables(site).map(({ proposal }) => proposal)];
}

/** Parameters that hold a value of a type, and tables. */
export function localsOfType(
  { scope }: CompletionSite,
  detail: 'block' | 'activation' | 'table',
  rank: number,
): CompletionProposal[] {
  const locals = [...scope.names.values()].filter(({ type }) => type === detail);
  return locals.map(({ name, kind, doc = '' }) => ({
    label: name,
    kind: kind === 'table' ? kind : 'parameter',
    rank,
    detail,
    documentation: doc,
  }));
}

/** How a call is written at the cursor. */
export interface CallForm {
  /** Whether the chain brings tensors. */
  readonly chained: boolean;
  /** Whether a label may still be written, and is required if the step has tensors. */
  readonly label: boolean;
  /** Whether an opening parenthesis follows the cursor already. */
  readonly called: boolean;
}

/** Steps: calls with the arguments that they need, labelled where they must be. */
export function calls(site: CompletionSite, form: CallForm): CompletionProposal[] {
  const labels = form.label ? labelsIn(site) : new Set<string>();
  const fitting = callables(site).filter(({ signature }) => !form.chained || signature.tensors !== 0);
  return fitting.map(({ callee, signature, proposal }) => {
    const insertText = form.called ? undefined : callText(callee, signature, form, labels);
    if (insertText === undefined) return proposal;
    return { ...proposal, insertText, isSnippet: true, filterText: proposal.label };
  });
}

/** The text of a call where it is more than the name. */
function callText(
  callee: BuiltinOp | Declared,
  signature: Signature,
  form: CallForm,
  labels: ReadonlySet<string>,
): string | undefined {
  const needed = signature.params.filter((p) => p.required && !(form.chained && p.tensor)).length;
  const many = signature.tensors === 'many';
  const owns = 'node' in callee ? ownsTensors(callee) : callee.ownsTensors;
  const label = form.label && owns ? `\${1:${freeLabel(labels, signature.word)}}: ` : '';
  const args = needed > 0 || many ? `(\${${label === '' ? 1 : 2}})` : '';
  if (label === '' && args === '') return undefined;
  return `${label}${signature.name}${args}\${0}`;
}

/** Words with a colon: the labels of the block, or of the section at the cursor, among them. */
function labelsIn({ prefix: { tokens, statement }, piece }: CompletionSite): ReadonlySet<string> {
  const from = piece.node?.kind === 'block' ? 0 : statement;
  const taken = new Set<string>();
  for (let i = from + 1; i < tokens.length; i++) {
    if (tokens[i]?.tokenType === Colon) taken.add(tokens[i - 1]?.image ?? '');
  }
  return taken;
}

/** A label that is not taken: `conv`, `conv2`. */
function freeLabel(taken: ReadonlySet<string>, word: string): string {
  if (!taken.has(word)) return word;
  for (let n = 2; ; n++) if (!taken.has(`${word}${n}`)) return `${word}${n}`;
}

/** Activations, and parameters that hold one. */
export function activationValues(site: CompletionSite, rank: number): CompletionProposal[] {
  const named = activationNames.map((label): CompletionProposal => {
    const documentation = describeBuiltin(label) ?? '';
    return {
      label,
      kind: 'activation',
      rank: rank + Number(label === 'identity'),
      detail: 'activation',
      documentation,
    };
  });
  return [...localsOfType(site, 'activation', rank), ...named];
}
