/** A piece of a text: from `start` to the start of the next one. */
export interface Cut {
  readonly start: number;
  /** Whether a block, a model or a weight map began in a piece before this one: an import comes too late then. */
  readonly declared: boolean;
}

// What follows the keyword distinguishes a declaration from a type or a column: see `startsDeclaration` in `1-parse`. A
// comment is matched whole or not at all: otherwise a line of slashes would be tried as every series of shorter
// comments.
const gap = '(?:[ \\t\\r\\n\\f\\v\\u00a0\\ufeff]|//[^\\n\\r]*(?![^\\n\\r]))';
const beginning = new RegExp(
  `(import|model|weights|block)(?![\\w]|\\.[\\w*])(?:(?<=import|model)|(?<=weights)${gap}+[A-Za-z_]|(?<=block)${gap}+[A-Za-z_][\\w.*]*${gap}*[({])?`,
  'y',
);

/**
 * Cuts a text before each declaration that begins a line, with the comment lines right above it, even where the text
 * before leaves a bracket open: something half typed only affects its own piece. Linear; only looks at brackets,
 * strings and comments. The first piece is what comes before all declarations; it always exists.
 */
export function cutText(text: string): Cut[] {
  const cuts: Cut[] = [{ start: 0, declared: false }];
  const { length } = text;
  let declared = false;
  let depth = 0;
  // the last character that is neither blank nor in a comment, and whether it is alone on its line
  let last = 0;
  let alone = false;
  // where the comment lines right above begin; -1 where there are none
  let comments = -1;
  let at = 0;
  while (at < length) {
    const lineStart = at;
    at = skipBlanks(text, at);
    let code = text.charCodeAt(at);
    const isComment = code === 47 && text.charCodeAt(at + 1) === 47;
    if (mayDeclare(code) && !(last === 124 && alone)) {
      beginning.lastIndex = at;
      const word = beginning.exec(text);
      const settled = depth === 0 && (last === 0 || last === 125 || last === 34);
      if (word && (settled || isWhole(word))) {
        const start = comments >= 0 ? comments : lineStart;
        if (start > 0) cuts.push({ start, declared });
        if (word[1] !== 'import') declared = true;
        depth = 0;
      }
    }
    if (!isComment) comments = -1;
    else if (comments < 0) comments = lineStart;
    let first = true;
    while (at < length && code !== 10 && code !== 13) {
      if (code === 34 || code === 39) at = endOfString(text, at, code);
      else if (code === 35 || (code === 47 && text.charCodeAt(at + 1) === 47)) {
        const end = endOfLine(text, at);
        if (code === 35) last = code;
        at = end;
        code = text.charCodeAt(at);
        continue;
      } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
        const close = text.indexOf('*/', at + 2);
        at = close < 0 ? length : close + 2;
      } else {
        if (code === 123 || code === 40 || code === 91) depth++;
        else if ((code === 125 || code === 41 || code === 93) && depth > 0) depth--;
        at++;
      }
      if (!isBlank(code)) {
        last = code;
        alone = first;
        first = false;
      }
      code = text.charCodeAt(at);
    }
    if (code === 13 && text.charCodeAt(at + 1) === 10) at++;
    at++;
  }
  return cuts;
}

function isWhole(word: RegExpExecArray): boolean {
  return word[1] === 'import' || word[1] === 'model' || word[0].length > (word[1] as string).length;
}

/** The first letters of the keywords. */
function mayDeclare(code: number): boolean {
  return code === 105 || code === 109 || code === 119 || code === 98;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 0xa0 || code === 0xfeff;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The end of a string of either quote; one that is not closed ends with its line. */
function endOfString(text: string, from: number, quote: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === 10 || code === 13) return at;
  }
  return text.length;
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
  return at;
}
