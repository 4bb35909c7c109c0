import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { plainWords, type Words } from '../diagnostics/words.ts';

/** What keeps a run from starting or continuing, for users: what is wrong and what to do. */
export class RunError extends Error {
  // stated explicitly, since bundles shorten class names
  override readonly name: string = 'RunError';
  /** What is wrong, with the options that it names; `message` has their names in this library, and the diagnostics. */
  readonly words: Words;
  /** The option that is at fault, by its own name: `batch`. */
  readonly setting?: string;
  /** What is wrong with the spec or the weights, where that is the cause. */
  readonly diagnostics?: readonly Diagnostic[];

  constructor(words: Words, facts: { readonly setting?: string; readonly diagnostics?: readonly Diagnostic[] } = {}) {
    super([plainWords(words), ...(facts.diagnostics ?? []).map(({ message }) => message)].join(': '));
    this.words = words;
    if (facts.setting !== undefined) this.setting = facts.setting;
    if (facts.diagnostics !== undefined) this.diagnostics = facts.diagnostics;
  }
}

/** An option with an invalid value, or one that does not go with the others. */
export class SettingError extends RunError {
  override readonly name = 'SettingError';
  override readonly setting: string;

  constructor(setting: string, words: Words) {
    super(words, { setting });
    this.setting = setting;
  }
}
