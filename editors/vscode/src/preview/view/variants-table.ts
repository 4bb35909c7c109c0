import { formatCount, formatFactor } from '../../../../../src/report/format-number.ts';
import type { PreviewData, PreviewVariant } from '../preview-data.ts';
import { attributes, escapeText } from './markup.ts';

interface Column {
  readonly heading: string;
  readonly text: (variant: PreviewVariant) => string;
}

const factor = (value: number | undefined) => (value === undefined ? '' : formatFactor(value));
const count = (value: number | undefined) => (value === undefined ? '' : formatCount(value));

const columns: readonly Column[] = [
  { heading: 'phi', text: ({ phi }) => factor(phi) },
  { heading: 'd', text: ({ d }) => factor(d) },
  { heading: 'w', text: ({ w }) => factor(w) },
  { heading: 'resolution', text: ({ resolution }) => factor(resolution) },
  { heading: 'parameters', text: ({ params }) => count(params) },
  { heading: 'MACs', text: ({ macs }) => count(macs) },
];

/** The variants as a table, columns that would be empty left out; each name is a button that chooses it. */
export function variantsTable({ variants }: PreviewData): string {
  if (variants.length === 0) return '';
  const used = columns.filter(({ text }) => variants.some((variant) => text(variant) !== ''));
  const head = ['variant', ...used.map(({ heading }) => heading)].map((h) => `<th scope="col">${h}</th>`).join('');
  const rows = variants.map((variant) => {
    const button = { type: 'button', 'data-variant': variant.name, 'aria-pressed': String(variant.current) };
    const name = `<th scope="row"><button${attributes(button)}>${escapeText(variant.name)}</button></th>`;
    const cells = used.map(({ text }) => `<td>${escapeText(text(variant))}</td>`).join('');
    return `<tr${variant.current ? ' class="current"' : ''}>${name}${cells}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
