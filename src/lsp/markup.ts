import { type MarkupContent, MarkupKind } from 'vscode-languageserver';
import type { Session } from './session.ts';

/** Markdown for a client; it is readable as is for those that show plain text. */
export function markup({ client }: Session, markdown: string): MarkupContent {
  return { kind: client.markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value: markdown };
}

/** A snippet as plain text, for clients without tab stops: `${1:name}` becomes `name`, `$1` nothing. */
export function withoutTabStops(snippet: string): string {
  return snippet.replace(
    /\\([\\$}])|\$\{\d+:([^{}]*)\}|\$\{?\d+\}?/g,
    (_, escaped?: string, text?: string) => escaped ?? text ?? '',
  );
}
