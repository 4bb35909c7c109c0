import { commands } from '../commands.ts';
import { optionsOf } from '../options.ts';
import { type Candidates, type KnownModels, operandCandidates, valueCandidates } from './words.ts';

/** The script for bash. */
export function bashScript(models: KnownModels): string {
  return `# enetc completion for bash
_enetc() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= spec= word i
  COMPREPLY=()
  # What stands on the line so far: the command, then the spec.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      -*) ;;
      *) if [[ -z $command ]]; then command=$word; elif [[ -z $spec ]]; then spec=$word; fi ;;
    esac
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "${[...commands.map((c) => c.name), '--help', '--version'].join(' ')}" -- "$cur"))
    return
  fi
  case "$command $prev" in
${values(models)}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map((c) => `      ${c.name}) ${reply({ words: optionsOf(c).map((o) => `--${o.name}`), files: false })} ;;`).join('\n')}
    esac
    return
  fi
  case $command in
${commands.map((c) => `    ${c.name}) ${reply(operandCandidates(c, models))} ;;`).join('\n')}
  esac
}
complete -o filenames -F _enetc enetc
`;
}

/** A case for each option that takes a value. */
function values(models: KnownModels): string {
  const cases = commands.flatMap((command) =>
    optionsOf(command).flatMap((option) => {
      if (option.value === undefined) return [];
      const short = option.short ? ` | "${command.name} -${option.short}"` : '';
      const action = option.completes === 'variant' ? variants(models) : reply(valueCandidates(option, models));
      return [`    "${command.name} --${option.name}"${short}) ${action}; return ;;`];
    }),
  );
  return cases.join('\n');
}

/** The variants of the spec on the line; of all models where it is not a library model. */
function variants(models: KnownModels): string {
  const cases = models.map((m) => `${m.name}) word="${m.variants.join(' ')}" ;;`).join(' ');
  const all = models.flatMap((m) => m.variants).join(' ');
  return `case $spec in ${cases} *) word="${all}" ;; esac; COMPREPLY=($(compgen -W "$word" -- "$cur"))`;
}

function reply({ words, files }: Candidates): string {
  if (words.length === 0 && !files) return ':';
  const parts = [...(words.length > 0 ? [`-W "${words.join(' ')}"`] : []), ...(files ? ['-f'] : [])];
  return `COMPREPLY=($(compgen ${parts.join(' ')} -- "$cur"))`;
}
