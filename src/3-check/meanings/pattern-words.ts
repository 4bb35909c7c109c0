import type { Ident, NameNode, StringNode } from '../../1-parse/ast.ts';

/** The words of a dotted path, written bare or in quotes, each with its own span. */
export function patternWords(node: NameNode | StringNode): Ident[] {
  const text = node.kind === 'name' ? node.text : node.value;
  const { source } = node.span;
  let start = node.span.start + (node.kind === 'name' ? 0 : 1);
  return text.split('.').map((name) => {
    const span = { source, start, end: start + name.length };
    start = span.end + 1;
    return { name, span };
  });
}
