import {
  type CodeLens,
  CodeLensRequest,
  CodeLensResolveRequest,
  type InlayHint,
  InlayHintKind,
  InlayHintRequest,
} from 'vscode-languageserver';
import { codeLenses, type CodeLens as EnetLens, resolveCodeLens } from '../../ide/features/code-lens.ts';
import { inlayHints } from '../../ide/features/inlay-hints.ts';
import { invalidParams } from '../errors.ts';
import { answer, answerIn } from '../guard.ts';
import { positionAt } from '../lines.ts';
import { markup } from '../markup.ts';
import type { Session } from '../session.ts';
import { type DocumentView, offsetsIn, rangeIn, viewOf } from '../view.ts';

/** What a client sends back with a lens to get its title. */
interface LensData {
  readonly uri: string;
  readonly lens: EnetLens;
}

/** What numbers become at the chosen point, within the text and above it. */
export function answerHints(session: Session): void {
  answerIn(session, InlayHintRequest.type, (view, { range }): InlayHint[] =>
    inlayHints(view.analysis, offsetsIn(view, range), session.settings.inlayHints).map((hint) => ({
      position: positionAt(view.lines, hint.offset, session.client.encoding),
      label: hint.label,
      ...(hint.kind === 'parameter' ? { kind: InlayHintKind.Parameter, paddingRight: true } : { paddingLeft: true }),
      tooltip: markup(session, hint.tooltip),
    })),
  );
  answerIn(session, CodeLensRequest.type, (view): CodeLens[] =>
    inTheirOrder(
      codeLenses(view.analysis).map((lens) => ({
        range: rangeIn(view, lens),
        ...(lens.title === undefined
          ? { data: { uri: view.uri, lens } satisfies LensData }
          : { command: commandOf(view, lens, lens.title) }),
      })),
    ),
  );
  answer(session, CodeLensResolveRequest.type, (given): CodeLens => {
    const { uri, lens } = (given.data ?? {}) as Partial<LensData>;
    if (!isLens(lens)) throw invalidParams('the lens is not from this server');
    const view = viewOf(session, uri);
    return view ? { ...given, command: commandOf(view, lens, resolveCodeLens(view.analysis, lens).title) } : given;
  });
}

/**
 * Lets each lens of a line start one character after the one before it: Neovim sorts them by that, and mixes up those that
 * start together. A place past the end of a line counts as its end.
 */
function inTheirOrder(lenses: readonly CodeLens[]): CodeLens[] {
  const next = new Map<number, number>();
  return lenses.map((lens) => {
    const { start, end } = lens.range;
    const character = Math.max(start.character, next.get(start.line) ?? 0);
    next.set(start.line, character + 1);
    const last = end.line === start.line ? Math.max(end.character, character) : end.character;
    return { ...lens, range: { start: { ...start, character }, end: { ...end, character: last } } };
  });
}

/** Whether a client has sent back a lens as it was. */
function isLens(lens: EnetLens | null | undefined): lens is EnetLens {
  const { model, variant }: { model?: unknown; variant?: unknown } = lens?.command ?? {};
  return typeof model === 'string' && (variant === undefined || typeof variant === 'string');
}

/** The commands of lenses take the document, the model and perhaps a variant. */
function commandOf({ uri }: DocumentView, { command }: EnetLens, title: string) {
  const variant = 'variant' in command && command.variant !== undefined ? [command.variant] : [];
  return { title, command: command.name, arguments: [uri, command.model, ...variant] };
}
