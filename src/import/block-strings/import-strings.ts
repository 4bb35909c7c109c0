import { format } from '../../1-parse/format.ts';
import { compile } from '../../compile.ts';
import { createDiagnostic, hasErrors } from '../../diagnostics/diagnostic.ts';
import type { ImportResult } from '../imported.ts';
import { modelName } from '../names.ts';
import { saying, UnsayableNode } from '../unsayable.ts';
import { type BlockRow, readBlockString } from './read-strings.ts';

/** What the strings leave open, as in EfficientNet. */
const usual = { stem: 32, head: 1280, act: 'silu' } as const;

/**
 * Block strings of timm or of the TPU reference code as a spec, without weights.
 * @param name of the model, from a file's name
 */
export function importStrings(strings: readonly string[], file: string, name: string): ImportResult {
  try {
    const rows = strings.map((text) => saying(text, () => readBlockString(text)));
    const stem = rows[0]?.inputs ?? usual.stem;
    const { text } = format({ name: 'imported.enet', text: specOf(rows, stem, modelName(name)) });
    const { graph, diagnostics } = compile({ name: 'imported.enet', text });
    if (!graph || hasErrors(diagnostics)) {
      const reason = diagnostics[0]?.message ?? '';
      return { diagnostics: [createDiagnostic('import-limits', undefined, { file, reason })] };
    }
    const note = createDiagnostic('import-strings', undefined, { file, ...usual, stem });
    return { imported: { text, graph, size: { count: strings.length, what: 'blocks' } }, diagnostics: [note] };
  } catch (e) {
    if (!(e instanceof UnsayableNode)) throw e;
    const data = { file, node: e.node, type: 'block string', reason: e.message };
    return { diagnostics: [createDiagnostic('import-node', undefined, data)] };
  }
}

function specOf(rows: readonly BlockRow[], stem: number, model: string): string {
  const counts = new Map<BlockRow['block'], number>();
  for (const { block } of rows) counts.set(block, (counts.get(block) ?? 0) + 1);
  const [[main] = ['MBConv' as const]] = [...counts].sort(([, a], [, b]) => b - a);
  const columns: readonly (readonly [string, (row: BlockRow) => string])[] = [
    ['block', ({ block }) => (block === main ? '' : block)],
    ['repeat', ({ repeat }) => String(repeat)],
    ['channels', ({ channels }) => String(channels)],
    ['kernel', ({ kernel }) => String(kernel)],
    ['stride', ({ stride }) => String(stride)],
    ['expand', ({ expand }) => (expand === undefined ? '' : String(expand))],
    ['se', ({ se = 0 }) => (se === 0 ? '' : String(se))],
    ['act', ({ act = '' }) => act],
    ['project_act', ({ block, act = usual.act }) => (block === 'SeparableConv' ? act : '')],
    ['skip', ({ skip }) => (skip === false ? 'false' : '')],
  ];
  const kept = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''));
  const lines = [kept.map(([column]) => column), ...rows.map((row) => kept.map(([, cell]) => cell(row)))];
  const table = lines.map((cells) => `    | ${cells.join(' | ')} |\n`).join('');
  const blocks = [...new Set(['ConvBnAct', ...counts.keys()])].sort().join(', ');
  return `import { ${blocks} } from "std/blocks"

model ${model} {
  param classes: int = 1000
  param resolution: int = 224

  convention ${rows[0]?.inputs === undefined ? 'torch' : 'tf'}

  input image: [3, resolution, resolution]
  stem: ConvBnAct(${stem}, kernel: 3, stride: 2, act: ${usual.act})
  stages: ${main}(act: ${usual.act}) {
${table}  }
  head: ConvBnAct(${usual.head}, kernel: 1, act: ${usual.act}) -> GlobalAvgPool -> Dropout(0.2)
  classifier: Linear(classes)
  return logits: classifier
}
`;
}
