import { targets } from '../../src/6-emit/targets.ts';
import { commands } from '../../src/cli/commands.ts';
import { commandHelp, generalHelp } from '../../src/cli/help.ts';
import { optionName, passOptions, targetLabel } from '../../src/cli/target-options.ts';

/** The commands whose help is in docs/cli.md, in addition to `enetc` itself. */
export const documentedCommands = commands.map((c) => c.name).filter((name) => name !== 'help');

/**
 * Puts the real help of each command between its marks, `<!-- help compile -->` and `<!-- end -->`, and the table of targets
 * between `<!-- targets -->` and `<!-- end -->`.
 */
export function fillCliHelp(page: string): string {
  const table = `<!-- targets -->\n\n${targetTable()}\n\n<!-- end -->`;
  const withTargets = page.replace(/<!-- targets -->\n[\s\S]*?<!-- end -->/, () => table);
  return withTargets.replace(/<!-- help (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    return `<!-- help ${name} -->\n\n\`\`\`text\n${helpOf(name).trimEnd()}\n\`\`\`\n\n<!-- end -->`;
  });
}

function helpOf(name: string): string {
  if (name === 'enetc') return generalHelp();
  const command = commands.find((c) => c.name === name);
  if (!command) throw new Error(`docs/cli.md asks for the help of '${name}', which is not a command`);
  return commandHelp(command);
}

/** One line per target: how to select it, what it writes and takes, and what it cannot express. */
function targetTable(): string {
  const rows = targets.map((entry) => {
    const { description, options, lacks, types } = entry;
    const own = Object.keys(options).map(optionName);
    const passes = passOptions.filter(({ isFor }) => isFor(entry)).map(({ name }) => name);
    const taken = [...own, ...passes].map((name) => `\`--${name}\``);
    return [
      targetLabel(entry).replace(/--\w+/, '`$&`'),
      description,
      types.join(', '),
      taken.join(', ') || 'none',
      lacks.join(', '),
    ];
  });
  const lines = [
    ['`--target`', 'writes', 'types', 'options', 'cannot express'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
