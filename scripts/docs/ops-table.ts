import { type BuiltinOp, type BuiltinParam, builtinOps } from '../../src/2-resolve/builtins.ts';

const region = /(<!-- ops -->\n)[\s\S]*?(<!-- end -->)/;

/** Fills the table of ops in the reference of the language, from their descriptors. */
export function fillOpsTable(page: string): string {
  const rows = [...builtinOps.values()].map((op) => `| \`${op.name}\` | ${paramsOf(op)} | ${op.doc} |\n`);
  const table = ['\n| op | parameters | what it does |\n| --- | --- | --- |\n', ...rows, '\n'].join('');
  return page.replace(region, (_all, start: string, end: string) => start + table + end);
}

function paramsOf({ tensors, tensorNames, most, numbers, params }: BuiltinOp): string {
  if (tensors === 'many')
    return most === undefined
      ? `two tensors or more${numbers ? ', numbers among them' : ''}`
      : 'two tensors, or a number for one';
  const named = tensorNames.length > 1 ? tensorNames.map((name) => `\`${name}\``) : [];
  return params.length === 0 ? 'none' : [...named, ...params.map(paramText)].join(', ');
}

function paramText({ name, type, otherwise }: BuiltinParam): string {
  const typed = type === 'padding' || type === 'interpolation' ? name : `${name}: ${type}`;
  if (!otherwise) return `\`${typed}\``;
  if ('convention' in otherwise) return `\`${typed}\` = convention`;
  return otherwise.text ? `\`${typed}\` = ${otherwise.text}` : `\`${typed} = ${otherwise.value}\``;
}
