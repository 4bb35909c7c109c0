import { nounFor } from '../diagnostics/noun-for.ts';
import type { CompoundBudget, ExplainedValue, Explanation, RuleComparison } from './explain.ts';
import { formatCount, formatFactor } from './format-number.ts';
import { columnsOf, type Paint, plain, renderTable } from './text-table.ts';
import { typeCountsText } from './type-counts.ts';

/** An explanation for a terminal. */
export function explanationText(explanation: Explanation, paint: Paint = plain): string {
  const { convention, cost, types } = explanation;
  const parts = [
    `${paint.bold(`${explanation.model} ${explanation.variant ?? ''}`.trim())}: ${explanation.rule}\n${formatCount(cost.params)} ${nounFor(cost.params, 'parameter')}, ${formatCount(cost.macs)} ${nounFor(cost.macs, 'MAC')} at ${cost.resolution} × ${cost.width ?? cost.resolution}\n${types ? `${typeCountsText(types)}\n` : ''}`,
    valueTable('factor', explanation.factors, paint),
    explanation.params.length > 0 ? valueTable('parameter', explanation.params, paint) : '',
    `${paint.bold(`convention ${convention.name}`)} (from ${convention.source}): ${convention.padding} padding, epsilon ${convention.epsilon}, momentum ${convention.momentum}, ${convention.countPad ? 'average pools count padding' : 'average pools leave padding out'}\n`,
    explanation.comparison ? comparisonText(explanation.comparison, paint) : '',
    explanation.budget ? budgetText(explanation.budget, paint) : '',
    numbersText(explanation, paint),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function valueTable(title: string, values: readonly ExplainedValue[], paint: Paint): string {
  const rows = values.map(({ name, value, source, trace }) => [name, shortNumber(value), source, trace]);
  return renderTable(columnsOf([title], ['value'], ['from', 'how']), rows, { paint });
}

function comparisonText({ used, values, published, formula }: RuleComparison, paint: Paint): string {
  const mark = (rule: 'published' | 'formula') =>
    `${rule === 'formula' ? 'formula' : 'published row'}${rule === used ? ' (used)' : ''}`;
  const rows = [
    ...values.map((v) => [v.name, shortNumber(v.published), shortNumber(v.formula)]),
    ['parameters', formatCount(published.params), formatCount(formula.params)],
    ['MACs', formatCount(published.macs), formatCount(formula.macs)],
  ];
  return renderTable(columnsOf([''], [mark('published'), mark('formula')]), rows, { paint });
}

function budgetText(budget: CompoundBudget, paint: Paint): string {
  const { d, w, r, product, promised, macs } = budget;
  const f = (n: number) => formatFactor(n, 2);
  const lines = [
    `${paint.bold('budget')}  d · w² · r² = ${formatFactor(d)} · ${formatFactor(w)}² · ${formatFactor(r)}² = ${f(product)}` +
      (promised === undefined ? '' : `; 2 ^ phi = ${f(promised)}`),
    `        built: ×${f(macs)} the MACs of d = w = r = 1; rounding, and what does not scale, make the difference`,
  ];
  return `${lines.join('\n')}\n`;
}

function numbersText({ numbers }: Explanation, paint: Paint): string {
  if (numbers.length === 0) return 'No number of this network is scaled.\n';
  let last = '';
  const rows = numbers.map(({ stage, expression, result, text }) => {
    const shown = stage === last ? '' : stage;
    last = stage;
    return [shown, expression.replace(/\s+/g, ' '), shortNumber(String(result)), text];
  });
  return renderTable(columnsOf(['stage', 'written'], ['is'], ['because']), rows, { paint });
}

/** Numbers with at most four decimals; other texts as they are. */
function shortNumber(text: string): string {
  return text !== '' && Number.isFinite(Number(text)) ? formatFactor(Number(text), 4) : text;
}
