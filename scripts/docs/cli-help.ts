import { commands } from '../../src/cli/commands.ts';
import { commandHelp, generalHelp } from '../../src/cli/help.ts';

/** The commands that docs/cli.md gives the help of, besides `enetc` itself. */
export const documentedCommands = commands.map((c) => c.name).filter((name) => name !== 'help');

/** Puts the real help of each command between its marks, `<!-- help compile -->` and `<!-- end -->`. */
export function fillCliHelp(page: string): string {
  return page.replace(/<!-- help (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    return `<!-- help ${name} -->\n\n\`\`\`text\n${helpOf(name).trimEnd()}\n\`\`\`\n\n<!-- end -->`;
  });
}

function helpOf(name: string): string {
  if (name === 'enetc') return generalHelp();
  const command = commands.find((c) => c.name === name);
  if (!command) throw new Error(`docs/cli.md asks for the help of '${name}', which is no command`);
  return commandHelp(command);
}
