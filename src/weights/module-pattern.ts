/**
 * A name with stars, in a weight map: `stages.*.*.expand.conv`, or `layer*.*.conv1`. A star matches some text, at least
 * one character, within one word between dots; a word has at most one.
 */
export interface ModulePattern {
  readonly words: readonly Word[];
  /** The words up to the last one with a star, as text: `stages.*.*`. Empty without a star. */
  readonly prefix: string;
}

interface Word {
  /** All of the word, or what precedes its star. */
  readonly before: string;
  /** What follows its star; absent in a word without one. */
  readonly after?: string;
}

/** What the stars of a pattern matched in a name, and the rest of the name beyond the pattern. */
export interface PatternMatch {
  readonly stars: readonly string[];
  /** `weight`, `bias`, `running_mean`, `running_var`; `conv.weight` below a module; empty where the pattern names the tensor itself. */
  readonly member: string;
}

const members = new Set(['weight', 'bias', 'running_mean', 'running_var']);

/** Undefined for an invalid pattern: one with an empty word, or with two stars in a word. */
export function parsePattern(text: string): ModulePattern | undefined {
  const texts = text.split('.');
  const words: Word[] = [];
  for (const word of texts) {
    const [before, after, ...more] = word.split('*') as [string, string?, ...string[]];
    if (word === '' || more.length > 0) return undefined;
    words.push(after === undefined ? { before } : { before, after });
  }
  const prefixLength = texts.findLastIndex((word) => word.includes('*')) + 1;
  return { words, prefix: texts.slice(0, prefixLength).join('.') };
}

/**
 * Whether a pattern names a tensor, or the module that the tensor belongs to.
 * @param name the tensor's name, split at the dots.
 */
export function matchPattern(pattern: ModulePattern, name: readonly string[]): PatternMatch | undefined {
  const beyond = name.length - pattern.words.length;
  if (beyond !== 0 && beyond !== 1) return undefined;
  if (beyond === 1 && !members.has(name[pattern.words.length] as string)) return undefined;
  return matchSubtree(pattern, name);
}

/** Whether a pattern names a tensor or anything above it. @param name the tensor's name, split at the dots. */
export function matchSubtree({ words }: ModulePattern, name: readonly string[]): PatternMatch | undefined {
  if (name.length < words.length) return undefined;
  const stars: string[] = [];
  for (const [i, { before, after }] of words.entries()) {
    const text = name[i] as string;
    if (after === undefined) {
      if (text !== before) return undefined;
    } else {
      if (text.length <= before.length + after.length) return undefined;
      if (!text.startsWith(before) || !text.endsWith(after)) return undefined;
      stars.push(text.slice(before.length, text.length - after.length));
    }
  }
  return { stars, member: name.slice(words.length).join('.') };
}

/** The name that a pattern gives with these texts for its stars; missing ones stay stars. */
export function fillPattern({ words }: ModulePattern, { stars, member }: PatternMatch): string {
  let star = 0;
  const filled = words.map(({ before, after }) =>
    after === undefined ? before : before + (stars[star++] ?? '*') + after,
  );
  if (member) filled.push(member);
  return filled.join('.');
}
