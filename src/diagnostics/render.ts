import { positionAt } from '../source.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { type FrameStyle, renderFrame } from './render-frame.ts';
import { safeText } from './text-width.ts';

export interface RenderOptions {
  /** Whether to use ANSI colours. */
  readonly color: boolean;
  /** Columns of the terminal; longer source lines are cut around the place. 100 by default. */
  readonly width?: number;
}

/**
 * Diagnostics as people read them: a message with its code, the place in the source with the text underlined, what
 * else belongs to it, what would fix it; and a summary at the end. Empty where there are none.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return '';
  const style = options.color ? colored : plain;
  const width = Math.max(40, options.width ?? 100);
  const parts = diagnostics.map((d) => renderDiagnostic(d, style, width));
  return `${parts.join('\n')}\n${renderSummary(diagnostics)}\n`;
}

/** `2 errors, 1 warning`. */
export function renderSummary(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'info'] as const).map((severity) => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    const word = severity === 'info' ? 'note' : severity;
    return n === 0 ? '' : `${n} ${word}${n === 1 ? '' : 's'}`;
  });
  return counts.filter((c) => c !== '').join(', ');
}

function renderDiagnostic(d: Diagnostic, style: Style, width: number): string {
  const mark = style[d.severity];
  const lines = [`${mark(`${d.severity}[${d.code}]`)}${style.bold(`: ${safeText(d.message)}`)}`];
  const related = d.related ?? [];
  // One gutter for all frames of a diagnostic, so that its bars stand in one column.
  const numbers = [d.span, ...related.map((r) => r.span)].flatMap((s) =>
    s ? [positionAt(s.source, s.start).line, positionAt(s.source, s.end).line] : [],
  );
  const gutter = String(Math.max(0, ...numbers)).length;
  const frame: FrameStyle = { gutter, width, dim: style.gutter, mark, underline: '^' };
  if (d.span) lines.push(...renderFrame(d.span, frame));
  for (const r of related) {
    lines.push(`${style.info('note')}: ${safeText(r.message)}`);
    lines.push(...renderFrame(r.span, { ...frame, mark: style.info, underline: '-' }));
  }
  for (const fix of d.fixes ?? []) lines.push(`${style.help('help')}: ${safeText(fix.title)}`);
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string) => string;
type Style = Readonly<Record<Severity | 'bold' | 'gutter' | 'help', Paint>>;

const none: Paint = (text) => text;
const ansi =
  (codes: string): Paint =>
  (text) =>
    `\x1b[${codes}m${text}\x1b[0m`;
const plain: Style = { error: none, warning: none, info: none, bold: none, gutter: none, help: none };
const colored: Style = {
  error: ansi('1;31'),
  warning: ansi('1;33'),
  info: ansi('1;36'),
  bold: ansi('1'),
  gutter: ansi('34'),
  help: ansi('1;32'),
};
