import { formatShape } from '../format-number.ts';
import type { Diagram } from './diagram.ts';
import { operatorSwatch, unitSwatches } from './palette.ts';

/** The diagram in Graphviz' DOT language: stages in sequence, then a cluster for the inside of each kind of block. */
export function drawDot(diagram: Diagram): string {
  const operators = diagram.blocks.map((b) => b.operator);
  const lines = [
    `digraph ${quote(diagram.title)} {`,
    `  label=${quote([diagram.title, diagram.facts.join(' · ')].join('\n'))};`,
    '  labelloc=t;',
    '  fontname="Helvetica";',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=10];',
  ];
  diagram.inputs.forEach(({ name, shape }, i) => {
    lines.push(`  in${i} [shape=plaintext, style="", label=${quote(`${name}\n${formatShape(shape)}`)}];`);
  });
  diagram.stages.forEach((stage, i) => {
    const repeats = stage.repeats > 1 ? ` ×${stage.repeats}` : '';
    const label = [`${stage.title}${repeats}`, stage.details, stage.id].filter(Boolean).join('\n');
    const { fill, stroke } = operatorSwatch(operators, stage.operators);
    lines.push(`  s${i} [label=${quote(label)}, fillcolor="${fill}", color="${stroke}"];`);
  });
  for (const { from, to, shape } of diagram.edges) {
    lines.push(`  ${from < 0 ? 'in0' : `s${from}`} -> s${to} [label=${quote(` ${formatShape(shape)}`)}];`);
  }
  diagram.taps.forEach(({ name, from, shape }, i) => {
    lines.push(`  out${i} [shape=plaintext, style="", label=${quote(`${name}\n${formatShape(shape)}`)}];`);
    lines.push(`  ${from < 0 ? 'in0' : `s${from}`} -> out${i};`);
  });
  diagram.blocks.forEach((block, b) => {
    const { stroke } = operatorSwatch(operators, [block.operator]);
    lines.push(`  subgraph cluster_${b} {`, `    label=${quote(block.operator)};`, `    color="${stroke}";`);
    block.units.forEach((unit, u) => {
      const { fill, stroke: line } = unitSwatches[unit.kind];
      const shape =
        unit.kind === 'join' ? ', shape=circle, width=0.3, margin=0' : unit.kind === 'port' ? ', shape=plaintext' : '';
      const style = unit.optional ? ', style="rounded,filled,dashed"' : '';
      const label = [unit.label, unit.details].filter(Boolean).join('\n');
      lines.push(`    b${b}u${u} [label=${quote(label)}, fillcolor="${fill}", color="${line}"${shape}${style}];`);
    });
    for (const [from, to] of block.edges) lines.push(`    b${b}u${from} -> b${b}u${to};`);
    lines.push('  }');
  });
  return `${lines.join('\n')}\n}\n`;
}

/** A quoted string of DOT; line breaks are `\n`, other control characters go. */
function quote(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return `"${escaped}"`;
}
