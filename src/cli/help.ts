import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { Option } from './option.ts';
import { optionsOf } from './options.ts';

const width = 100;

/** The help of the program: what commands there are. */
export function generalHelp(): string {
  const longest = Math.max(...commands.map((c) => c.name.length));
  return [
    'enetc: compiles families of convolutional networks',
    '',
    'Usage: enetc <command> [options]',
    '',
    'Commands:',
    ...commands.map((c) => `  ${c.name.padEnd(longest)}  ${c.summary}`),
    '',
    'Examples:',
    '  enetc list                                  the models of the library',
    '  enetc compile efficientnet --phi 5          EfficientNet-B5 as an ONNX file',
    '  enetc init && enetc summary                 your own spec, in numbers',
    '',
    "'enetc help <command>' or 'enetc <command> --help' shows more; 'enetc --version' prints the version.",
    'Exit codes: 0 success, 1 errors in what was compiled, 2 a wrong command line.',
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = optionsOf(command);
  const names = options.map(optionName);
  const left = Math.max(...names.map((n) => n.length));
  const lines = [
    `${command.name}: ${command.summary}`,
    '',
    `Usage: enetc ${[command.name, command.operands, '[options]'].filter(Boolean).join(' ')}`,
    '',
  ];
  for (const paragraph of command.details.split('\n\n').filter(Boolean)) lines.push(...wrap(paragraph, width), '');
  lines.push('Options:');
  options.forEach((option, i) => {
    const [first, ...more] = wrap(describe(option), width - left - 4);
    lines.push(`  ${(names[i] as string).padEnd(left)}  ${first ?? ''}`);
    for (const line of more) lines.push(`${' '.repeat(left + 4)}${line}`);
  });
  lines.push('', command.examples.length > 1 ? 'Examples:' : 'Example:');
  for (const [line, does] of command.examples) lines.push(`  ${line}`, `      ${does}`);
  return `${lines.join('\n')}\n`;
}

/** `-o, --output FILE` */
function optionName(option: Option): string {
  const dashes = `${option.short ? `-${option.short}, ` : '    '}--${option.name}`;
  if (option.value === undefined) return dashes;
  const words = isLong(option) ? undefined : option.choices?.join('|');
  const value = option.kind && words ? `${option.value}|${words}` : (words ?? option.value);
  return `${dashes} ${value}${option.repeatable ? ' ...' : ''}`;
}

/** Whether an option's values would leave no room for what is said of them: they then stand there. */
function isLong({ choices = [] }: Option): boolean {
  return choices.join('|').length > 60;
}

function describe(option: Option): string {
  const values = isLong(option) ? `${option.choices?.join(', ')}: ` : '';
  return `${values}${option.description}${option.repeatable ? '; may be repeated' : ''}`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
