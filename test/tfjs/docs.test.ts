import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import * as enetc from '../../src/index.ts';

test('the program of docs/tfjs.md runs as it stands and prints what its comments say', async () => {
  const page = readFileSync(new URL('../../docs/tfjs.md', import.meta.url), 'utf8');
  const [, program = ''] = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  const script = program
    .replace("import * as tf from '@tensorflow/tfjs';", '')
    .replace(/^import \{([^}]*)\} from 'enetc';/m, 'const {$1} = enetc;');
  const printed: string[] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await tf.setBackend('cpu');
  await new AsyncFunction('enetc', 'tf', 'console', script)(enetc, tf, {
    log: (...args: unknown[]) => printed.push(args.join(' ')),
  });
  expect(printed).toEqual([...program.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1]));
  expect(printed).toHaveLength(3);
});
