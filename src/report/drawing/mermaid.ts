import { formatShape } from '../format-number.ts';
import type { Diagram } from './diagram.ts';

/** The diagram as a Mermaid flowchart: stages in sequence, then the inside of each kind of block. */
export function drawMermaid(diagram: Diagram): string {
  const lines = [`%% ${comment([diagram.title, ...diagram.facts].join(', '))}`, 'flowchart TB'];
  const node = (id: string, open: string, text: string, close: string) => lines.push(`  ${id}${open}"${text}"${close}`);
  lines.push(`  subgraph network["${quote(diagram.title)}"]`, '  direction TB');
  diagram.inputs.forEach(({ name, shape }, i) => {
    node(`in${i}`, '([', quote(`${name} ${formatShape(shape)}`), '])');
  });
  diagram.stages.forEach((stage, i) => {
    const repeats = stage.repeats > 1 ? ` ×${stage.repeats}` : '';
    node(
      `s${i}`,
      '[',
      [`${stage.title}${repeats}`, stage.details, stage.id].filter(Boolean).map(quote).join('<br/>'),
      ']',
    );
  });
  for (const { from, to, shape } of diagram.edges) {
    lines.push(`  ${from < 0 ? 'in0' : `s${from}`} -->|"${quote(formatShape(shape))}"| s${to}`);
  }
  diagram.taps.forEach(({ name, from, shape }, i) => {
    node(`out${i}`, '([', quote(`${name} ${formatShape(shape)}`), '])');
    lines.push(`  ${from < 0 ? 'in0' : `s${from}`} --> out${i}`);
  });
  lines.push('  end');
  diagram.blocks.forEach((block, b) => {
    lines.push(`  subgraph b${b}["${quote(block.operator)}"]`, '    direction TB');
    block.units.forEach((unit, u) => {
      const text = [unit.label, ...unit.details.split('\n')].filter(Boolean).map(quote).join('<br/>');
      const [open, close] = unit.kind === 'join' ? ['((', '))'] : unit.kind === 'port' ? ['([', '])'] : ['[', ']'];
      lines.push(`    b${b}u${u}${open}"${text}"${close}`);
    });
    for (const [from, to] of block.edges) lines.push(`    b${b}u${from} --> b${b}u${to}`);
    lines.push('  end');
    const optional = block.units.flatMap((unit, u) => (unit.optional ? [`b${b}u${u}`] : []));
    if (optional.length > 0) lines.push(`  class ${optional.join(',')} optional`);
  });
  if (diagram.blocks.some((b) => b.units.some((u) => u.optional)))
    lines.push('  classDef optional stroke-dasharray: 4 3');
  return `${lines.join('\n')}\n`;
}

/** Text inside quotes: all that Mermaid could read as markup becomes an entity. */
function quote(text: string): string {
  return plainText(text).replace(/[^\p{L}\p{N} .,·×…_/()]/gu, (c) => `#${c.codePointAt(0)};`);
}

/** Text for a comment, without line breaks and directives. */
function comment(text: string): string {
  return plainText(text).replace(/[^\p{L}\p{N} .,·×_/()+-]/gu, ' ');
}

function plainText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
