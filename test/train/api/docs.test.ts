import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import * as api from '../../../src/train/api.ts';

const modules = { 'node:fs': fs, 'node:os': os, 'node:path': path };
const page = fs.readFileSync(new URL('../../../docs/training-api.md', import.meta.url), 'utf8');

test('the program of docs/training-api.md runs as it stands and prints what its comments say', async () => {
  const program = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const script = program
    .replace(/^import \{([^}]*)\} from 'enetc\/train';/m, 'const {$1} = api;')
    .replace(/^import \{([^}]*)\} from '(node:\w+)';/gm, "const {$1} = modules['$2'];");
  const printed: string[] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction('api', 'modules', 'console', script)(api, modules, {
    log: (...args: unknown[]) => printed.push(args.join(' ')),
  });
  expect(printed).toEqual([...program.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1]));
  expect(printed).toHaveLength(6);
});

test('docs/training-api.md names every function and error', () => {
  for (const name of Object.keys(api)) expect(page).toContain(`\`${name}`);
});
