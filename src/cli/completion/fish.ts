import { commands } from '../commands.ts';
import { optionsOf } from '../options.ts';
import { type KnownModels, operandCandidates, valueCandidates } from './words.ts';

/** The script for fish. */
export function fishScript(models: KnownModels): string {
  const lines = ['# enetc completion for fish', 'complete -c enetc -f'];
  lines.push("complete -c enetc -n __fish_use_subcommand -l help -s h -d 'show help'");
  lines.push("complete -c enetc -n __fish_use_subcommand -l version -s V -d 'print the version'");
  for (const command of commands) {
    lines.push(`complete -c enetc -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`);
  }
  for (const command of commands) {
    const when = `-n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`;
    for (const option of optionsOf(command)) {
      const { words, files } = valueCandidates(option, models);
      const parts = [`complete -c enetc ${when} -l ${option.name}`];
      if (option.short) parts.push(`-s ${option.short}`);
      if (option.value !== undefined) parts.push(files ? '-r -F' : '-x');
      if (words.length > 0) parts.push(`-a ${quote(words.join(' '))}`);
      lines.push(`${parts.join(' ')} -d ${quote(option.description)}`);
    }
    const { words, files } = operandCandidates(command, models);
    if (words.length > 0) lines.push(`complete -c enetc ${when} -a ${quote(words.join(' '))}`);
    if (files) lines.push(`complete -c enetc ${when} -F`);
  }
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
