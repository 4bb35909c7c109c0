/** How wide text stands on a terminal, and what of it may be shown there. */

const wide =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u26a1\u26ce\u26d4\u2705\u2728\u274c\u2753-\u2755\u2757\u2795-\u2797\u2b1b\u2b1c\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f004}\u{1f0cf}\u{1f18e}\u{1f191}-\u{1f19a}\u{1f200}-\u{1f320}\u{1f32d}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f7e0}-\u{1f7eb}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
// Marks and format characters; the vowels and finals of Korean syllables, which join the consonant before them.
const none = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
// What joins several characters to one sign: joiners, emoji's variants and skins, flags.
const joining = /[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u;
const wideSign = /\ufe0f|^[\u{1f1e6}-\u{1f1ff}]{2}/u;
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });
// Control characters would drive the terminal; bidirectional ones make text read as another (CVE-2021-42574).
const unsafe =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufeff]/g;

/** The columns that one character (a code point) takes: 0, 1 or 2. */
export function characterWidth(character: string): number {
  if (character.length === 1 && character >= ' ' && character <= '~') return 1;
  if (none.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** The columns that a text takes. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  if (joining.test(text)) {
    let width = 0;
    for (const { segment } of clusters.segment(text)) width += clusterWidth(segment);
    return width;
  }
  return sumOfWidths(text);
}

/** The columns of one sign. Joined characters stand where the first of them would. */
function clusterWidth(cluster: string): number {
  if (!joining.test(cluster)) return sumOfWidths(cluster);
  return wideSign.test(cluster) ? 2 : characterWidth(String.fromCodePoint(cluster.codePointAt(0) as number));
}

function sumOfWidths(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text with what must not reach a terminal shown as a symbol, one for one. Tabs stay. */
export function safeText(text: string): string {
  return text.replace(unsafe, (c) => {
    const code = c.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/**
 * What a program writes, fit for a terminal: as `safeText`, but line ends stay, and the sequences that `kept` names, which are
 * the program's own.
 */
export function safeOutput(text: string, kept: RegExp): string {
  let safe = '';
  let end = 0;
  for (const match of text.matchAll(kept)) {
    safe += safeLines(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return safe + safeLines(text.slice(end));
}

function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}
