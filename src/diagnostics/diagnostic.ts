import type { Span } from '../source.ts';
import { type Code, catalog, type MessageArgs } from './catalog.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** A change that fixes what a diagnostic reports. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Whether `enetc check --fix` may apply it unasked: it cannot change what the file means. */
  readonly safe: boolean;
}

export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** Something to report about a source. Errors are values: nothing in the compiler throws for what a user wrote. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  /** Where; absent for what no file holds, such as a command-line option. */
  readonly span?: Span;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
}

export interface DiagnosticExtras {
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
}

/** The longest text that a message takes from a file: a name of a million characters stays a short message. */
const longestArgument = 480;

/** Makes a diagnostic of the catalog's entry `code`. The arguments are typed by the entry. */
export function createDiagnostic<C extends Code>(
  code: C,
  span: Span | undefined,
  args: MessageArgs<C>,
  extras: DiagnosticExtras = {},
): Diagnostic {
  const entry = catalog[code];
  const message = (entry.message as (args: MessageArgs<C>) => string)(cutLong(args));
  return { code, severity: entry.severity, message, ...(span && { span }), ...extras };
}

function cutLong<T extends object>(args: T): T {
  const isLong = (value: unknown) => typeof value === 'string' && value.length > longestArgument;
  if (!Object.values(args).some(isLong)) return args;
  const cut = (value: unknown) => (isLong(value) ? `${(value as string).slice(0, longestArgument - 3)}...` : value);
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, cut(value)])) as T;
}

/** Names in a message: `a, b, c`, and how many more there are beyond the first. */
export function listNames(names: readonly string[], most = 12, separator = ', '): string {
  if (names.length <= most) return names.join(separator);
  return `${names.slice(0, most).join(separator)} and ${names.length - most} more`;
}

/** Whether any of them keeps a file from compiling. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** A fix that puts `newText` where `span` is. */
export function replaceFix(title: string, span: Span, newText: string, safe = false): Fix {
  return { title, edits: [{ span, newText }], safe };
}
