import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { enetc, folder, tiny } from '../cli/fake-io.ts';
import { written } from './listing-target.ts';

/**
 * Adding a target is its folder and a line in `6-emit/targets.ts`. This adds the line to the module, and expects all that
 * reads the list to have the target.
 */
vi.mock('../../src/6-emit/targets.ts', async (original) => {
  const { targets } = await original<typeof import('../../src/6-emit/targets.ts')>();
  const { listingEntry } = await import('./listing-target.ts');
  return { targets: [...targets, listingEntry] };
});

describe('a target that is added to the list', () => {
  test('is compiled with by the command line, with its options', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const compile = (...argv: string[]) =>
      enetc(['compile', '--variant', 'a', '--target', 'listing', ...argv], { cwd });
    expect(await compile('--numbers', '--most-lines', '3')).toMatchObject({ code: 0, err: '' });
    expect(written.times).toBe(1);
    const lines = readFileSync(join(cwd, 'tiny-a.txt'), 'utf8').split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 2)).toEqual(['listing of Tiny', '0 image input']);
    // replaced unasked, for it is its own
    expect(await compile()).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(cwd, 'tiny-a.txt'), 'utf8')).toContain('\nclassifier linear\n');
    writeFileSync(join(cwd, 'tiny-a.txt'), 'letters');
    expect(await compile()).toMatchObject({
      code: 1,
      err: expect.stringContaining("'tiny-a.txt' exists and is not a listing that enetc wrote"),
    });
  });

  test.each([
    [['--numbers'], '--numbers belongs to --target listing, not to onnx'],
    [['--target', 'tfjs', '--external-data'], '--external-data belongs to --target onnx or listing, not to tfjs'],
    [['--target', 'listing', '--half'], '--half belongs to --target onnx or tflite, not to listing'],
    [['--target', 'tfjs', '--graph', '--half'], '--half belongs to --target onnx or tflite, not to tfjs with --graph'],
    [['--target', 'listing', '--opset', '17'], '--opset belongs to --target onnx, not to listing'],
    [['--target', 'listing', '--most-lines', 'x'], "--most-lines takes a whole number from 1, not 'x'"],
    [['--target', 'list'], "--target takes onnx or tfjs or savedmodel or tflite or pytorch or listing, not 'list'"],
  ])('%j is refused', async (argv, message) => {
    const ran = await enetc(['compile', 'efficientnet', ...argv]);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  test('is in help, completion, documentation and the public API', async () => {
    const help = (await enetc(['help', 'compile'])).out;
    expect(help).toContain('--target onnx|tfjs|savedmodel|tflite|pytorch|listing');
    expect(help.replace(/\s+/g, ' ')).toContain('or a listing of the nodes');
    expect(help.replace(/\s+/g, ' ')).toContain(
      'FILE.HASH.data next to the model, named by a hash of their contents; listing: half of it elsewhere',
    );
    expect(help.replace(/\s+/g, ' ')).toContain('--half onnx: float16 weights and compute; tflite: float16 weights');
    expect(help.replace(/\s+/g, ' ')).toContain('--most-lines N listing: how many lines are written; 1000 by default');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = (await enetc(['completion', shell])).out;
      expect(script).toContain('most-lines');
      expect(script).toMatch(/onnx tfjs savedmodel tflite pytorch listing/);
    }
    const { fillCliHelp } = await import('../../scripts/docs/cli-help.ts');
    expect(fillCliHelp('<!-- targets -->\n<!-- end -->')).toContain(
      '| listing | a listing of the nodes | float32 | `--numbers`, `--most-lines`, `--external-data`, `--no-fold`, `--no-merge` | what is more than a line |',
    );
    const { targets } = await import('../../src/index.ts');
    expect(targets.map(({ name }) => name)).toEqual([
      'onnx',
      'tfjs',
      'tfjs',
      'tfjs',
      'savedmodel',
      'tflite',
      'pytorch',
      'listing',
    ]);
  });
});

test('what a target states as data is what it does', async () => {
  const { targets } = await import('../../src/6-emit/targets.ts');
  const names = new Set<string>();
  for (const entry of targets) {
    const { name, flag, options, load } = entry;
    // the first form of a name has no flag, the others one each
    expect(flag === undefined).toBe(!names.has(name));
    names.add(name);
    const target = await load();
    expect(target.name).toBe(name);
    for (const [property, option] of Object.entries(options)) {
      const stated = option.kind === 'flag' ? false : option.default;
      expect((target.defaults as Record<string, unknown>)[property], `${name} ${property}`).toEqual(stated);
    }
  }
});
