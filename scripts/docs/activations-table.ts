import { activationFacts } from '../../src/ops/activations.ts';

const region = /(<!-- activations -->\n)[\s\S]*?(<!-- end -->)/;

/** Fills the table of activations in the reference of the language, from their facts. */
export function fillActivationsTable(page: string): string {
  const rows = Object.entries(activationFacts).map(([name, { doc }]) => `| \`${name}\` | ${doc} |\n`);
  const table = ['\n| activation | value |\n| --- | --- |\n', ...rows, '\n'].join('');
  return page.replace(region, (_all, start: string, end: string) => start + table + end);
}
