import type { Declared } from '../../../2-resolve/program.ts';
import type { CompletionEdit } from './item.ts';
import type { Site } from './site.ts';

/** The change that imports a name of the library: one more name in the import that is there, or a new import. */
export function importEdit({ analysis, module }: Site, { node, module: from }: Declared): CompletionEdit {
  const { name } = node.name;
  const { imports } = module.ast;
  const same = imports.find((i) => i.from.value === from.path && i.names.every((n) => n.name !== ''));
  const last = same?.names.at(-1);
  if (last) {
    const { end } = analysis.locate(last.span);
    return { start: end, end, newText: `, ${name}` };
  }
  const text = `import { ${name} } from "${from.path}"`;
  const after = imports.at(-1);
  if (after) {
    const { end } = analysis.locate(after.span);
    return { start: end, end, newText: `\n${text}` };
  }
  return { start: 0, end: 0, newText: `${text}\n\n` };
}
