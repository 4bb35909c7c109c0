// Writes the library's text to a module, so that the core needs no file system and the library is available in a browser.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../stdlib/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.enet'))
  .sort();
const entries = files.map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  return `  ${JSON.stringify(`std/${name.slice(0, -5)}`)}: ${JSON.stringify(text)},`;
});
writeFileSync(
  new URL('../src/stdlib.generated.ts', import.meta.url),
  `// Generated from stdlib/ by \`npm run generate\`. Do not edit.\n\n/** The library: the text of each module by its name, std/blocks. */\nexport const stdlib: Readonly<Record<string, string>> = {\n${entries.join('\n')}\n};\n`,
);
