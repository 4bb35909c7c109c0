import type { FileEnds } from './format.ts';

/** Whether a file starts with these characters, one byte each. */
export function starts(prefix: string): (ends: FileEnds) => boolean {
  return ({ text }) => text.startsWith(prefix);
}

/** Whether the beginning of a file fits a pattern. */
export function matches(pattern: RegExp): (ends: FileEnds) => boolean {
  return ({ text }) => pattern.test(text);
}

/** Whether a file is JSON, which begins with a list or an object. */
export function isJson({ text }: FileEnds): boolean {
  return /^\s*[[{]/.test(text);
}

/** Whether a file is a zip archive whose first file has such a name. */
export function isZipOf(name: RegExp): (ends: FileEnds) => boolean {
  return ({ text }) => {
    if (!text.startsWith('PK\x03\x04') && !text.startsWith('PK\x05\x06')) return false;
    return name.test(text.slice(30, 30 + text.charCodeAt(26) + text.charCodeAt(27) * 256));
  };
}
