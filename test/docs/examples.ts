/**
 * The examples of a page: its ```enet blocks. Words after `enet` say what an example is:
 *
 * - nothing: a whole file;
 * - `block`: statements of a block that takes `x`; `model`: members of a model. The test puts the rest around them;
 * - `file=NAME`: a whole file that the page's other examples can import as `./NAME`;
 * - `error=CODE`: the example is wrong on purpose and gives exactly this diagnostic.
 */
export interface Example {
  readonly line: number;
  readonly text: string;
  readonly kind: 'file' | 'block' | 'model';
  readonly file?: string;
  readonly error?: string;
}

export function examplesOf(page: string): Example[] {
  return [...page.matchAll(/^( *)```enet\b([^\n]*)\n([\s\S]*?)^ *```$/gm)].map(
    ([all, indent = '', info = '', body = '']) => {
      const words = info.trim().split(/\s+/).filter(Boolean);
      const value = (key: string) => words.find((w) => w.startsWith(`${key}=`))?.slice(key.length + 1);
      const known = words.filter((w) => /^(block|model|file=.+|error=.+)$/.test(w));
      if (known.length < words.length) throw new Error(`no such kind of example: ${info}`);
      const [file, error] = [value('file'), value('error')];
      return {
        line: page.slice(0, page.indexOf(all)).split('\n').length,
        text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
        kind: words.includes('block') ? 'block' : words.includes('model') ? 'model' : 'file',
        ...(file && { file }),
        ...(error && { error }),
      };
    },
  );
}

/** A whole file of an example: with the imports, the declaration and the members that a fragment leaves out. */
export function wrapExample({ kind, text }: Example): string {
  if (kind === 'file') return text;
  const blocks = ['ConvBnAct', 'MBConv', 'FusedMBConv', 'SeparableConv', 'SqueezeExcite', 'BasicBlock', 'Bottleneck'];
  const used = blocks.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const imports = used.length > 0 ? `import { ${used.join(', ')} } from "std/blocks"\n\n` : '';
  if (kind === 'block') {
    return `${imports}block Example(x) {\n${text}}\n\nmodel Page {\n  input image: [32, 64, 64]\n  s: Example\n}\n`;
  }
  const input = /^\s*input /m.test(text) ? '' : '  input image: [3, 224, 224]\n';
  const section = /^ *(?!input\b|param\b)\w+: /m.test(text) || /^ *return /m.test(text) ? '' : '  stem: Conv(8, 3)\n';
  return `${imports}model Page {\n${input}${text}${section}}\n`;
}
