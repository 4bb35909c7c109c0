import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { createTextMateGrammar } from '../../scripts/textmate/grammar.ts';

/** A stretch of a text and the innermost scope that the grammar gives it; none where only the file's own holds. */
export interface Scoped {
  readonly start: number;
  readonly end: number;
  readonly scope: string | undefined;
}

/** Loads the grammar into the engine that VS Code uses. */
export async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(JSON.stringify(createTextMateGrammar()), 'enet.tmLanguage.json'),
  });
  const grammar = await registry.loadGrammar('source.enet');
  if (!grammar) throw new Error('the grammar does not load');
  return grammar;
}

/** The scopes of a text, line by line as an editor asks for them. */
export function scopesOf(grammar: textmate.IGrammar, text: string): Scoped[] {
  const scoped: Scoped[] = [];
  let state = textmate.INITIAL;
  for (const line of text.matchAll(/([^\n\r]*)(?:\r\n|\n|\r|$)/g)) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line[1] as string, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const end = Math.min(endIndex, (line[1] as string).length);
      const scope = scopes.length > 1 ? scopes.at(-1) : undefined;
      if (end > startIndex) scoped.push({ start: line.index + startIndex, end: line.index + end, scope });
    }
  }
  return scoped;
}
