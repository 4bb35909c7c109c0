import type { Command } from '../command.ts';
import { commands } from '../commands.ts';
import type { Option } from '../option.ts';
import { optionsOf } from '../options.ts';
import { type Candidates, type KnownModels, operandCandidates, valueCandidates } from './words.ts';

/** The script for zsh. */
export function zshScript(models: KnownModels): string {
  return `#compdef enetc
# enetc completion for zsh
_enetc() {
  local line state
  _arguments -C '(-)--help[show help]' '(-)--version[print the version]' '1: :_enetc_commands' '*::argument:->arguments'
  [[ $state == arguments ]] || return
  case $line[1] in
${commands.map((c) => commandCase(c, models)).join('\n')}
  esac
}

_enetc_commands() {
  local -a commands=(
${commands.map((c) => `    ${quote(`${c.name}:${c.summary.replace(/:/g, '\\:')}`)}`).join('\n')}
  )
  _describe 'command' commands
}

# Both ways to load it: as a file of $fpath, and by eval.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _enetc "$@"; else compdef _enetc enetc; fi
`;
}

function commandCase(command: Command, models: KnownModels): string {
  const specs = optionsOf(command).flatMap((option) => optionSpecs(option, models));
  const operand = command.maxOperands > 0 ? [quote(`*: :${action(operandCandidates(command, models))}`)] : [];
  return `    ${command.name})\n      _arguments ${[...specs, ...operand].join(' \\\n        ')} ;;`;
}

function optionSpecs(option: Option, models: KnownModels): string[] {
  const description = option.description.replace(/[[\]:]/g, '\\$&');
  const star = option.repeatable ? '*' : '';
  const value = option.value === undefined ? '' : `:${option.value}:${action(valueCandidates(option, models))}`;
  const long = quote(`${star}--${option.name}${option.value === undefined ? '' : '='}[${description}]${value}`);
  return option.short ? [long, quote(`${star}-${option.short}[${description}]${value}`)] : [long];
}

function action({ words, files }: Candidates): string {
  if (words.length > 0 && files) return `{ _alternative "words:name:(${words.join(' ')})" "files:file:_files" }`;
  if (words.length > 0) return `(${words.join(' ')})`;
  return files ? '_files' : ' ';
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
