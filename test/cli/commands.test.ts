import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enetc, folder, tiny } from './fake-io.ts';

const broken = 'model Broken {\n  input image: [3, 8, 8]\n  stem: Convv(8, 3)\n}\n';

describe('which spec', () => {
  test('a path, standard input, a library model, the only file of the folder', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    for (const argv of [['tiny.enet'], ['./tiny.enet'], [join(cwd, 'tiny.enet')], []]) {
      expect(await enetc(['summary', ...argv], { cwd })).toMatchObject({ code: 0, err: '' });
    }
    const piped = await enetc(['summary', '-', '--json'], { cwd, stdin: tiny });
    expect(JSON.parse(piped.out)).toMatchObject({ model: 'Tiny' });
    const library = await enetc(['summary', 'efficientnet', '--variant', 'b0', '--json'], { cwd });
    const summary = JSON.parse(library.out);
    expect(summary).toMatchObject({ totals: { params: 5288548, macs: 385814752 } });
    expect(summary.stages).toHaveLength(10);
  });

  test('none, several, or one that is not there', async () => {
    const empty = folder();
    expect((await enetc(['summary'], { cwd: empty })).err).toContain('there is no .enet file in this folder');
    const two = folder({ 'a.enet': tiny, 'b.enet': tiny });
    expect(await enetc(['summary'], { cwd: two })).toMatchObject({
      code: 2,
      err: expect.stringContaining('this folder has several: a.enet, b.enet'),
    });
    expect((await enetc(['summary', 'aa.enet'], { cwd: two })).err).toContain(
      "no file 'aa.enet'; did you mean 'a.enet'?",
    );
    expect((await enetc(['summary', 'effcientnet'], { cwd: two })).err).toContain("did you mean 'efficientnet'?");
    expect(await enetc(['summary', '.'], { cwd: two })).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is a folder'),
    });
  });

  test('imports stay in the current folder, through links too', async () => {
    const outside = folder({ 'secret.enet': 'block Secret(x) {\n  return x -> relu\n}\n' });
    const cwd = folder();
    symlinkSync(join(outside, 'secret.enet'), join(cwd, 'link.enet'));
    const spec = (from: string) =>
      `import { Secret } from "${from}"\n${tiny.replace('head: GlobalAvgPool', 'head: Secret -> GlobalAvgPool')}`;
    writeFileSync(join(cwd, 'a.enet'), spec(`${join(outside, 'secret.enet')}`));
    writeFileSync(join(cwd, 'b.enet'), spec('./link.enet'));
    expect((await enetc(['check', 'a.enet'], { cwd })).err).toContain('import-outside-root');
    expect((await enetc(['check', 'b.enet'], { cwd })).err).toContain('import-outside-root');
  });

  test('a file of another kind is no spec, in one sentence', async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    const cwd = folder({ 'four.png': png.slice(0, 4), 'picture.enet': png });
    for (const name of ['four.png', 'picture.enet']) {
      const { code, err } = await enetc(['check', name], { cwd });
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`'${name}' cannot be read: it is not a spec, which is text in UTF-8`),
      ]);
      const summary = await enetc(['summary', name], { cwd });
      expect([summary.code, summary.err.split('\n')[0]]).toEqual([
        2,
        `error: '${name}' cannot be read: it is not a spec, which is text in UTF-8`,
      ]);
    }
  });

  test('a file that is no UTF-8 is said to be', async () => {
    const cwd = folder({ 'tiny.enet': new Uint8Array([...new TextEncoder().encode(tiny), 0x2f, 0x2f, 0xff, 0x0a]) });
    expect(await enetc(['check', 'tiny.enet'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('invalid-utf8'),
    });
  });
});

describe('compile', () => {
  test('writes the file and says what it is', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = await enetc(['compile', '--phi', '1'], { cwd });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(
      /^tiny-b\.onnx {2}.*KiB · 532 parameters · 111 k MACs · published row b \(the formula at phi 1 gives .*w 1\.1.*\)\n$/,
    );
    expect(readdirSync(cwd).sort()).toEqual(['tiny-b.onnx', 'tiny.enet']);
  });

  test('the name says variant or phi', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    await enetc(['compile', '--phi', '-0.5'], { cwd });
    await enetc(['compile', '--variant', 'a'], { cwd });
    await enetc(['compile'], { cwd });
    await enetc(['compile', '-', '--phi', '1', '--formula'], { cwd, stdin: tiny });
    expect(
      readdirSync(cwd)
        .filter((n) => n.endsWith('.onnx'))
        .sort(),
    ).toEqual(['tiny-a.onnx', 'tiny-phi-0.5.onnx', 'tiny-phi1.onnx', 'tiny.onnx']);
  });

  test('for machines, and quietly', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = await enetc(['compile', '--variant', 'b', '--json', '-o', 'x.onnx'], { cwd });
    expect(JSON.parse(ran.out)).toMatchObject({
      file: 'x.onnx',
      bytes: statSync(join(cwd, 'x.onnx')).size,
      model: 'Tiny',
      point: { variant: 'b', w: 2 },
      params: 532,
      diagnostics: [],
    });
    expect(await enetc(['compile', '--quiet'], { cwd })).toEqual({ code: 0, out: '', err: '' });
  });

  test('same input, same bytes', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    await enetc(['compile', '-o', 'a.onnx', '--seed', '3'], { cwd });
    await enetc(['compile', '-o', 'b.onnx', '--seed', '3'], { cwd });
    await enetc(['compile', '-o', 'c.onnx', '--seed', '4'], { cwd });
    const [a, b, c] = ['a', 'b', 'c'].map((n) => readFileSync(join(cwd, `${n}.onnx`)));
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(false);
  });

  test('external data next to the model', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect((await enetc(['compile', '--external-data', '-o', 'x.onnx'], { cwd })).code).toBe(0);
    expect(readdirSync(cwd).sort()).toContain('x.onnx');
    expect(readdirSync(cwd).filter((n) => n.includes('tmp'))).toEqual([]);
  });

  test('an error in the spec leaves an older file as it was', async () => {
    const cwd = folder({ 'broken.enet': broken, 'broken.onnx': 'old' });
    const ran = await enetc(['compile'], { cwd });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('Convv');
    expect(JSON.parse((await enetc(['compile', '--json'], { cwd })).out).diagnostics[0]).toHaveProperty('code');
    expect(readFileSync(join(cwd, 'broken.onnx'), 'utf8')).toBe('old');
    expect(readdirSync(cwd).sort()).toEqual(['broken.enet', 'broken.onnx']);
  });

  test.each([
    [['-o', '.'], 2, "'.' is a folder: give the file a name"],
    [['-o', 'nowhere/x.onnx'], 1, "there is no folder 'nowhere'"],
    [['-o', 'tiny.enet/x.onnx'], 1, 'cannot write'],
    [['-o', '/dev/full'], 1, "cannot write '/dev/full': the disk is full"],
    [['--phi', '1', '--variant', 'a'], 2, '--variant and --phi cannot be combined'],
    [['--formula', '--published', '--phi', '1'], 2, 'cannot be combined'],
    [['--weights-map', 'timm'], 2, '--weights-map needs --weights'],
    [['--weights-key', 'ema'], 2, '--weights-key needs --weights'],
    [['--weights', 'no.safetensors'], 1, "'no.safetensors' cannot be read: there is no such file"],
    [['--weights', 'tiny.enet'], 1, 'checkpoint-format'],
    [['--variant', 'c'], 1, 'unknown-variant'],
    [['--set', 'clases=3'], 1, 'clases'],
    [['--w', '-1'], 1, 'bad-factor'],
  ])('%j ends with %i', async (argv, code, message) => {
    const cwd = folder({ 'tiny.enet': tiny });
    const ran = await enetc(['compile', ...argv], { cwd });
    expect(ran).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });

  test('a link to a file is written through', async () => {
    const cwd = folder({ 'tiny.enet': tiny, 'real.onnx': '' });
    symlinkSync('real.onnx', join(cwd, 'link.onnx'));
    expect((await enetc(['compile', '-o', 'link.onnx'], { cwd })).code).toBe(0);
    expect(statSync(join(cwd, 'real.onnx')).size).toBeGreaterThan(100);
    expect(readFileSync(join(cwd, 'link.onnx')).equals(readFileSync(join(cwd, 'real.onnx')))).toBe(true);
  });
});

describe('check', () => {
  test('goes through folders, without node_modules and hidden ones', async () => {
    const cwd = folder({ 'a.enet': tiny, 'notes.txt': 'x' });
    for (const sub of ['sub', 'node_modules', '.git']) {
      mkdirSync(join(cwd, sub));
      writeFileSync(join(cwd, sub, 'b.enet'), sub === 'sub' ? tiny : broken);
    }
    symlinkSync(cwd, join(cwd, 'sub', 'loop'));
    expect(await enetc(['check'], { cwd })).toEqual({ code: 0, out: '2 files checked: nothing to report\n', err: '' });
    const json = JSON.parse((await enetc(['check', '.', '--json'], { cwd })).out);
    expect(json).toEqual({ files: 2, fixed: 0, diagnostics: [] });
  });

  test('ends with 1 where there is an error, and says where', async () => {
    const cwd = folder({ 'broken.enet': broken });
    const ran = await enetc(['check', '--quiet'], { cwd });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('broken.enet:3:9');
    const json = JSON.parse((await enetc(['check', '--json'], { cwd })).out);
    expect(json.diagnostics[0].span).toMatchObject({ file: 'broken.enet', start: { line: 3, column: 9 } });
  });

  test('--fix fixes what is safe; --max-warnings counts the rest', async () => {
    const unused = tiny.replace('{ ConvBnAct }', '{ ConvBnAct, MBConv }');
    const cwd = folder({ 'a.enet': unused });
    expect((await enetc(['check'], { cwd })).code).toBe(0);
    expect((await enetc(['check', '--max-warnings', '0'], { cwd })).code).toBe(1);
    const ran = await enetc(['check', '--fix', '--max-warnings', '0'], { cwd });
    expect(ran).toMatchObject({ code: 0, out: 'a.enet checked, 1 fix applied: nothing to report\n' });
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe(tiny);
  });

  test('standard input', async () => {
    expect(await enetc(['check', '-'], { stdin: tiny })).toMatchObject({ code: 0, err: '' });
    expect(await enetc(['check', '-'], { stdin: broken })).toMatchObject({ code: 1 });
    expect(await enetc(['check', '-', '--fix'], { stdin: tiny })).toMatchObject({ code: 2 });
  });

  test('a path that is not there', async () => {
    expect(await enetc(['check', 'nowhere'], { cwd: folder() })).toMatchObject({
      code: 2,
      err: expect.stringContaining("there is no file or folder 'nowhere'"),
    });
  });
});

describe('fmt', () => {
  const loose = tiny.replace('| a    | 0   | 1.0 | 16         |', '|a|0|1.0|16|');

  test('rewrites in place, once', async () => {
    const cwd = folder({ 'a.enet': loose });
    expect(await enetc(['fmt', '--check'], { cwd })).toMatchObject({ code: 1, out: 'would change a.enet\n' });
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe(loose);
    expect(await enetc(['fmt'], { cwd })).toMatchObject({ code: 0, out: 'formatted a.enet\n' });
    expect(await enetc(['fmt', '--check'], { cwd })).toMatchObject({ code: 0, out: '1 file unchanged\n' });
    expect(JSON.parse((await enetc(['fmt', '--json'], { cwd })).out)).toEqual({
      files: 1,
      changed: [],
      diagnostics: [],
    });
  });

  test('prints standard input, formatted', async () => {
    const ran = await enetc(['fmt', '-'], { stdin: loose });
    expect(ran.out).toContain('| a    | 0   | 1.0 | 16         |');
    expect((await enetc(['fmt', '-', '--check'], { stdin: loose })).code).toBe(1);
    expect((await enetc(['fmt', '-', '--check'], { stdin: ran.out })).code).toBe(0);
  });

  test('leaves a text alone that cannot be read', async () => {
    const cwd = folder({ 'a.enet': 'model {{{' });
    expect((await enetc(['fmt'], { cwd })).code).toBe(1);
    expect(readFileSync(join(cwd, 'a.enet'), 'utf8')).toBe('model {{{');
  });
});

describe('explain', () => {
  test('a code, as it is or as it was printed', async () => {
    for (const code of ['missing-bar', 'error[missing-bar]']) {
      expect((await enetc(['explain', code])).out).toMatch(/^error\[missing-bar\]\n\n/);
    }
    expect(JSON.parse((await enetc(['explain', 'missing-bar', '--json'])).out)).toMatchObject({ code: 'missing-bar' });
    expect(await enetc(['explain', 'missing-bra'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("'missing-bar'"),
    });
  });

  test('a network: rule, formula against published row, budget, every number', async () => {
    const { out } = await enetc(['explain', 'efficientnet', '--phi', '5', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      rule: 'published row b5',
      cost: { params: 30389784, resolution: 456 },
      comparison: {
        used: 'published',
        values: expect.arrayContaining([{ name: 'resolution', published: '456', formula: '451' }]),
        formula: { resolution: 451 },
      },
      budget: { d: 2.2, w: 1.6, promised: 32 },
      numbers: expect.arrayContaining([
        expect.objectContaining({ stage: 'stages.3', expression: 'w(80)', result: 128 }),
      ]),
    });
    const forced = JSON.parse((await enetc(['explain', 'efficientnet', '--phi', '5', '--formula', '--json'])).out);
    expect(forced.comparison).toMatchObject({ used: 'formula', published: { params: 30389784 } });
  });

  test('as text', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect((await enetc(['explain', '--phi', '1'], { cwd })).out).toMatchSnapshot();
    expect((await enetc(['explain'], { cwd })).out).toContain('Tiny: defaults');
  });
});

describe('graph', () => {
  test('the format is said, or is what the name ends with', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect((await enetc(['graph'], { cwd })).out).toMatch(/^<svg /);
    expect((await enetc(['graph', '--format', 'mermaid'], { cwd })).out).toContain('flowchart TB');
    for (const [name, start] of [
      ['a.svg', '<svg'],
      ['a.dot', 'digraph'],
      ['a.mmd', '%%'],
      ['a.json', '{'],
    ] as const) {
      expect((await enetc(['graph', '-o', name], { cwd })).code).toBe(0);
      expect(readFileSync(join(cwd, name), 'utf8').startsWith(start)).toBe(true);
    }
  });
});

describe('drawings of whole commands', () => {
  test.each([
    ['tiny.enet', '--variant', 'b'],
    ['resnet', '--variant', 'resnet18'],
    ['mobilenet-v3', '--variant', 'small'],
  ])('graph %s', async (...argv) => {
    const { code, out } = await enetc(['graph', ...argv], { cwd: folder({ 'tiny.enet': tiny }) });
    expect(code).toBe(0);
    expect(out).toMatchSnapshot();
  });
});

describe('diff', () => {
  test.each([
    [['efficientnet@b0', 'efficientnet@b1']],
    [['efficientnet@b0', '@b1']],
    [['efficientnet', 'b0', 'b1']],
    [['efficientnet', '--variant', 'b0', '--variant', 'b1']],
    [['efficientnet@0', '@1']],
    [['efficientnet', '--phi', '0', '--phi', '1']],
    [['efficientnet@b0', '--variant', 'b1']],
  ])('%j: B0 and B1', async (argv) => {
    const { code, out } = await enetc(['diff', ...argv, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).totals[0]).toEqual({ name: 'params', from: 5288548, to: 7794184, ratio: 7794184 / 5288548 });
  });

  test('two specs, with options for both', async () => {
    const cwd = folder({ 'a.enet': tiny, 'b.enet': tiny.replace('kernel: 3', 'kernel: 5') });
    const { out } = await enetc(['diff', 'a.enet', 'b.enet', '--variant', 'b', '--set', 'classes=7'], { cwd });
    expect(out).toMatchSnapshot();
    expect((await enetc(['diff', 'a.enet', 'a.enet'], { cwd })).out).toContain('Nothing differs');
  });

  test('one network is not enough', async () => {
    expect(await enetc(['diff', 'efficientnet'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('two networks'),
    });
    expect(await enetc(['diff', '-', '-'])).toMatchObject({ code: 2 });
  });
});

describe('list, init, completion', () => {
  test('list names models, variants and modules', async () => {
    const json = JSON.parse((await enetc(['list', 'efficientnet', '--json'])).out);
    expect(json[0]).toMatchObject({ name: 'efficientnet', model: 'EfficientNet' });
    expect(json[0].variants[0]).toEqual({ variant: 'b0', input: [3, 224, 224], params: 5288548, macs: 385814752 });
    expect((await enetc(['list', 'efficientnet'])).out).toContain('b0');
    expect((await enetc(['list', '--modules'])).out).toContain('std/blocks\n');
    expect(await enetc(['list', 'efficentnet'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean 'efficientnet'?"),
    });
  });

  test('init writes a spec that checks, is formatted and builds, and overwrites nothing', async () => {
    const cwd = folder();
    expect((await enetc(['init'], { cwd })).out).toContain('enetc summary my-net.enet');
    expect(await enetc(['check', '--max-warnings', '0'], { cwd })).toMatchObject({ code: 0, err: '' });
    expect((await enetc(['fmt', '--check'], { cwd })).code).toBe(0);
    expect((await enetc(['summary', '--phi', '2'], { cwd })).code).toBe(0);
    expect(await enetc(['init'], { cwd })).toMatchObject({ code: 1, err: expect.stringContaining('--force') });
    expect((await enetc(['init', '--force', '--quiet'], { cwd })).out).toBe('');
    expect((await enetc(['init', '--from', 'resnet'], { cwd })).code).toBe(0);
    expect((await enetc(['check', 'resnet.enet'], { cwd })).code).toBe(0);
    expect((await enetc(['init', '--from', 'resnt'], { cwd })).code).toBe(2);
  });

  test('completion scripts hold every command and option', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, out } = await enetc(['completion', shell]);
      expect(code).toBe(0);
      for (const word of ['compile', 'allow-missing', 'mermaid', 'resnet50', 'missing-bar'])
        expect(out).toContain(word);
    }
    expect((await enetc(['completion'])).code).toBe(2);
    expect((await enetc(['completion', 'tcsh'])).code).toBe(2);
  });
});

describe('colours', () => {
  const cwd = () => folder({ 'broken.enet': broken, 'tiny.enet': tiny });
  const colored = async (argv: string[], options: { env?: Record<string, string>; tty?: boolean }) => {
    const { out, err } = await enetc(argv, { cwd: cwd(), ...options });
    return (out + err).includes('\x1b[');
  };

  test.each([
    [false, {}],
    [true, { tty: true }],
    [false, { tty: true, env: { NO_COLOR: '1' } }],
    [true, { tty: true, env: { NO_COLOR: '' } }],
    [false, { tty: true, env: { TERM: 'dumb' } }],
    [true, { env: { FORCE_COLOR: '1' } }],
    [true, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }],
    [false, { tty: true, env: { FORCE_COLOR: '0' } }],
  ])('%j where %j', async (expected, options) => {
    expect(await colored(['summary', 'tiny.enet'], options)).toBe(expected);
    expect(await colored(['check', 'broken.enet'], options)).toBe(expected);
  });

  test('options win over the environment', async () => {
    expect(await colored(['summary', 'tiny.enet', '--no-color'], { tty: true, env: { FORCE_COLOR: '1' } })).toBe(false);
    expect(await colored(['summary', 'tiny.enet', '--color'], { env: { NO_COLOR: '1' } })).toBe(true);
  });
});
