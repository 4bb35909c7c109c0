import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sizeProblem } from '../../src/cli/refuse-size.ts';
import { temporaryPath } from '../../src/node/temporary-names.ts';
import { enetc, folder, tiny } from './fake-io.ts';

const unit = 'block Unit(x) {\n  return x -> relu\n}\n';
const importing = `import { Unit } from "./unit.enet"\n${tiny.replace('head: GlobalAvgPool', 'head: Unit -> GlobalAvgPool')}`;

/** A folder of a spec, what it imports, weights of it, and a layers model of it. */
async function project(): Promise<string> {
  const cwd = folder({ 'net.enet': importing, 'unit.enet': unit });
  const made = [
    await enetc(['weights', 'init', 'net.enet', '-o', 'w.safetensors'], { cwd }),
    await enetc(['compile', 'net.enet', '--target', 'tfjs', '-o', 'trained'], { cwd }),
  ];
  expect(made.map(({ code }) => code)).toEqual([0, 0]);
  return cwd;
}

/** All files below a folder with what they hold. */
function contents(cwd: string): Record<string, string> {
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !statSync(join(cwd, name)).isDirectory(),
  );
  return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(cwd, name), 'latin1')]));
}

describe('an output never overwrites what it is made from', () => {
  const commands = {
    compile: ['compile', 'net.enet'],
    tfjs: ['compile', 'net.enet', '--target', 'tfjs', '--weights', 'trained'],
    graph: ['graph', 'net.enet', '--format', 'svg'],
    weights: ['weights', 'init', 'net.enet'],
    weighed: ['compile', 'net.enet', '--weights', 'w.safetensors'],
    converted: ['weights', 'convert', 'w.safetensors', 'net.enet'],
    like: ['weights', 'init', 'net.enet', '--like', 'w.safetensors'],
    layers: ['weights', 'convert', 'trained', 'net.enet'],
    byName: ['weights', 'convert', 'trained/model.json', 'net.enet'],
  } as const;

  test.each([
    ['compile', 'net.enet'],
    ['compile', './sub/../net.enet'],
    ['compile', 'unit.enet'],
    ['compile', 'link.enet'],
    ['compile', 'hard.enet'],
    ['graph', 'net.enet'],
    ['graph', 'unit.enet'],
    ['weights', 'net.enet'],
    ['weighed', 'w.safetensors'],
    ['converted', 'w.safetensors'],
    ['converted', 'w-link.safetensors'],
    ['like', 'w.safetensors'],
    ['layers', 'trained/model.json'],
    ['layers', 'trained/group1-shard1of1.bin'],
    ['byName', 'trained/model.json'],
    ['byName', 'trained/group1-shard1of1.bin'],
    ['tfjs', 'trained'],
    ['tfjs', 'trained-link/'],
  ] as const)('%s -o %s, with --force too', async (command, output) => {
    const cwd = await project();
    mkdirSync(join(cwd, 'sub'));
    symlinkSync('net.enet', join(cwd, 'link.enet'));
    symlinkSync('w.safetensors', join(cwd, 'w-link.safetensors'));
    symlinkSync('trained', join(cwd, 'trained-link'));
    linkSync(join(cwd, 'net.enet'), join(cwd, 'hard.enet'));
    const before = contents(cwd);
    for (const force of [[], ['--force']]) {
      const ran = await enetc([...commands[command], '-o', output, ...force], { cwd });
      expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is a source of the output') });
      expect(contents(cwd)).toEqual(before);
    }
  });

  test('the spec of the current folder, where none is named', async () => {
    const cwd = folder({ 'net.enet': tiny });
    expect((await enetc(['compile', '-o', 'net.enet'], { cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, 'net.enet'), 'utf8')).toBe(tiny);
  });
});

describe('what enetc did not write is only overwritten with --force', () => {
  const foreign = 'somebody’s own work';
  test.each([
    [['compile', 'tiny.enet', '-o', 'x.onnx'], 'x.onnx', 'is not an ONNX model that enetc wrote'],
    [
      ['weights', 'init', 'tiny.enet', '-o', 'x.safetensors'],
      'x.safetensors',
      'is not a safetensors file that enetc wrote',
    ],
    [['graph', 'tiny.enet', '-o', 'x.svg'], 'x.svg', 'is not a drawing that enetc wrote'],
    [['graph', 'tiny.enet', '-o', 'x.mmd'], 'x.mmd', 'is not a drawing'],
    [['graph', 'tiny.enet', '-o', 'x.dot'], 'x.dot', 'is not a drawing'],
    [['graph', 'tiny.enet', '-o', 'x.json'], 'x.json', 'is not a drawing'],
    [['init', 'x'], 'x.enet', "'x.enet' exists; --force overwrites it"],
  ] as const)('%j', async (argv, name, message) => {
    const cwd = folder({ 'tiny.enet': tiny, [name]: foreign });
    expect(await enetc(argv, { cwd })).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(foreign);
    expect((await enetc([...argv, '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, name), 'utf8')).not.toBe(foreign);
    if (argv[0] === 'init') return;
    // Its own output it knows, through a link too; an empty file is nobody's work.
    symlinkSync(name, join(cwd, `link-${name}`));
    expect((await enetc(argv, { cwd })).code).toBe(0);
    expect(
      (
        await enetc(
          argv.map((word) => (word === name ? `link-${name}` : word)),
          { cwd },
        )
      ).code,
    ).toBe(0);
    writeFileSync(join(cwd, name), '');
    expect((await enetc(argv, { cwd })).code).toBe(0);
  });

  test('a model that another program wrote into the folder', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const argv = ['compile', 'tiny.enet', '--target', 'tfjs', '-o', 'm'];
    expect((await enetc(argv, { cwd })).code).toBe(0);
    expect((await enetc(argv, { cwd })).code).toBe(0);
    const json = readFileSync(join(cwd, 'm/model.json'), 'utf8');
    const saved = json.replace('"generatedBy":"enetc', '"generatedBy":"TensorFlow.js tfjs-layers v4.22.0');
    writeFileSync(join(cwd, 'm/model.json'), saved);
    expect(await enetc(argv, { cwd })).toMatchObject({ code: 1, err: expect.stringContaining('did not write') });
    expect(readFileSync(join(cwd, 'm/model.json'), 'utf8')).toBe(saved);
    expect((await enetc([...argv, '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'm/model.json'), 'utf8')).toBe(json);
  });

  test('each kind of folder is known again', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    for (const form of [[], ['--graph'], ['--train']]) {
      const argv = ['compile', 'tiny.enet', '--target', 'tfjs', ...form, '-o', 'm'];
      expect((await enetc(argv, { cwd })).code).toBe(0);
    }
  });

  test.each(['model.json', 'weights.bin', 'group1-shard1of1.bin'])(
    'a folder called %s is not removed',
    async (name) => {
      const cwd = folder({ 'tiny.enet': tiny });
      mkdirSync(join(cwd, 'm', name), { recursive: true });
      writeFileSync(join(cwd, 'm', name, 'thesis.tex'), 'years');
      for (const force of [[], ['--force']]) {
        const ran = await enetc(['compile', 'tiny.enet', '--target', 'tfjs', '-o', 'm', ...force], { cwd });
        expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(`contains '${name}'`) });
        expect(readFileSync(join(cwd, 'm', name, 'thesis.tex'), 'utf8')).toBe('years');
      }
    },
  );
});

describe('weights next to the model', () => {
  const compile = (cwd: string, ...argv: string[]) =>
    enetc(['compile', 'mnasnet', '--variant', 'small', '-o', 'x.onnx', ...argv], { cwd });
  const data = (cwd: string) => readdirSync(cwd).filter((name) => name.endsWith('.data'));

  test('are called by what they hold, and go with the model that they belonged to', async () => {
    const cwd = folder();
    expect((await compile(cwd, '--external-data')).code).toBe(0);
    const [first] = data(cwd);
    expect(first).toMatch(/^x\.onnx\.[0-9a-f]{12}\.data$/);
    const model = readFileSync(join(cwd, 'x.onnx'));
    expect(model.includes(first as string)).toBe(true);
    // Same input, same bytes and names.
    expect((await compile(cwd, '--external-data')).code).toBe(0);
    expect(data(cwd)).toEqual([first]);
    expect(readFileSync(join(cwd, 'x.onnx')).equals(model)).toBe(true);
    // Others' data stay.
    writeFileSync(join(cwd, 'x.onnx.data'), 'of a model elsewhere');
    expect((await compile(cwd, '--external-data', '--seed', '1')).code).toBe(0);
    const [second, third] = data(cwd).sort();
    expect([second, third]).toEqual([expect.stringMatching(/^x\.onnx\.[0-9a-f]{12}\.data$/), 'x.onnx.data']);
    expect(second).not.toBe(first);
    expect((await compile(cwd)).code).toBe(0);
    expect(data(cwd)).toEqual(['x.onnx.data']);
  });

  test('have their name before the model has its own', async () => {
    const cwd = folder();
    await compile(cwd, '--external-data');
    const [name] = data(cwd);
    const other = folder();
    // The name is taken: the weights cannot have it, and so the model must not appear.
    mkdirSync(join(other, name as string));
    const ran = await compile(other, '--external-data');
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining("cannot write 'x.onnx'") });
    expect(readdirSync(other)).toEqual([name]);
  });

  test('the older model keeps its own data until the new one has its name', async () => {
    const cwd = folder();
    await compile(cwd, '--external-data');
    const [first] = data(cwd);
    const old = readFileSync(join(cwd, 'x.onnx'));
    const weights = readFileSync(join(cwd, first as string));
    await compile(cwd, '--external-data', '--seed', '1');
    const [second] = data(cwd);
    // As a process that dies between the two renames leaves it.
    writeFileSync(join(cwd, first as string), weights);
    writeFileSync(join(cwd, 'x.onnx'), old);
    expect(second).not.toBe(first);
    expect(readFileSync(join(cwd, 'x.onnx')).includes(first as string)).toBe(true);
    expect(readFileSync(join(cwd, 'x.onnx')).includes(second as string)).toBe(false);
  });
});

describe('what a process that died has left', () => {
  /** The number of a process that is over. */
  const dead = () => spawnSync(process.execPath, ['-e', '']).pid;
  const leftBy = (pid: number, path: string) => temporaryPath(path).replace(`-${process.pid}.`, `-${pid}.`);

  test('goes with the next run that writes into the folder; what a living one writes stays', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const gone = [leftBy(dead(), join(cwd, 'a.onnx')), leftBy(dead(), join(cwd, 'm'))];
    writeFileSync(gone[0] as string, 'half');
    mkdirSync(gone[1] as string);
    writeFileSync(join(gone[1] as string, 'model.json'), '{}');
    const living = leftBy(process.ppid, join(cwd, 'b.onnx'));
    const elsewhere = gone[0]!.replace(/enetc-[0-9a-f]{8}/, 'enetc-00000000');
    const others = ['.vimrc.tmp', '.a.onnx.123.tmp', 'a.tmp'];
    for (const path of [living, elsewhere, ...others.map((name) => join(cwd, name))]) writeFileSync(path, 'x');
    expect((await enetc(['compile', 'tiny.enet', '-o', 'b.onnx'], { cwd })).code).toBe(0);
    for (const path of gone) expect(existsSync(path)).toBe(false);
    for (const path of [living, elsewhere, ...others.map((name) => join(cwd, name))])
      expect(existsSync(path)).toBe(true);
  });

  test('an older folder that was set aside gets its name back', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    const compile = (...argv: string[]) => enetc(['compile', 'tiny.enet', '--target', 'tfjs', ...argv], { cwd });
    await compile('-o', 'm');
    const before = contents(join(cwd, 'm'));
    renameSync(join(cwd, 'm'), `${leftBy(dead(), join(cwd, 'm'))}.old`);
    await compile('-o', 'other');
    expect(contents(join(cwd, 'm'))).toEqual(before);
    renameSync(join(cwd, 'm'), `${leftBy(dead(), join(cwd, 'm'))}.old`);
    expect((await compile('-o', 'm')).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['m', 'other', 'tiny.enet']);
  });

  test('the longest names have room for a temporary one', async () => {
    const cwd = folder({ 'tiny.enet': tiny });
    for (const name of [`${'a'.repeat(250)}.onnx`, `${'ü'.repeat(124)}.onnx`, `${'網'.repeat(83)}.onnx`]) {
      expect(await enetc(['compile', 'tiny.enet', '-o', name], { cwd })).toMatchObject({ code: 0 });
      expect(existsSync(join(cwd, name))).toBe(true);
    }
    expect(await enetc(['compile', 'tiny.enet', '-o', 'a'.repeat(300)], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('the name is too long'),
    });
  });
});

describe('very large outputs', () => {
  test('the size is said, and nothing written', async () => {
    const cwd = folder();
    for (const argv of [
      ['compile', 'efficientnet', '--phi', '20'],
      ['compile', 'efficientnet', '--phi', '20', '--target', 'tfjs', '-o', 'm'],
      ['weights', 'init', 'efficientnet', '--phi', '20', '-o', 'w.safetensors'],
    ]) {
      const ran = await enetc(argv, { cwd });
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toMatch(/' would have \d+(\.\d+)? GiB.*; --force writes it/);
      expect(readdirSync(cwd)).toEqual([]);
    }
  });

  test('the room on the disk counts', () => {
    expect(sizeProblem(3e9, 4e9)).toBeUndefined();
    expect(sizeProblem(3e9, undefined)).toBeUndefined();
    expect(sizeProblem(3e9, 2e9)).toBe(', and the disk has 1.86 GiB left');
    expect(sizeProblem(5e9, 1e12)).toBe('');
    expect(sizeProblem(5e9, undefined)).toBe('');
  });
});

describe('names of another kind of file', () => {
  test.each([
    [['compile', 'tiny.enet', '-o', 'x.png'], "'x.png' has the name of a picture, but the output is an ONNX model"],
    [['compile', 'tiny.enet', '-o', 'x.svg'], "'x.svg' has the name of a drawing, but the output is an ONNX model"],
    [['compile', 'tiny.enet', '-o', 'x.safetensors'], "'x.safetensors' has the name of a safetensors file"],
    [
      ['compile', 'tiny.enet', '--target', 'pytorch', '-o', 'x.py'],
      "'x.py' has the name of a Python file, but the output is a folder",
    ],
    [
      ['compile', 'tiny.enet', '--target', 'tfjs', '-o', 'model.json'],
      "'model.json' has the name of a JSON file, but the output is a folder",
    ],
    [['compile', 'tiny.enet', '-o', 'x.onnx', '--target', 'tfjs'], 'an ONNX model, but the output is a folder'],
    [['weights', 'init', 'tiny.enet', '-o', 'x.onnx'], 'an ONNX model, but the output is a safetensors file'],
  ])('%s', async (argv, message) => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(await enetc(argv, { cwd })).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });
});

describe('names that are not a file', () => {
  test.each(['compile', 'weights init', 'graph'])('%s: a name that ends as a folder does', async (command) => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(await enetc([...command.split(' '), 'tiny.enet', '-o', 'x.svg/'], { cwd })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("'x.svg/' is a folder: give the file a name"),
    });
    expect(await enetc(['init', 'new/'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('is a folder'),
    });
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });

  test.each(['compile', 'weights init'])('%s does not write between its own words', async (command) => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(await enetc([...command.split(' '), 'tiny.enet', '-o', '-'], { cwd })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("'-' is standard output"),
    });
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });
});

describe('graph writes what the name says', () => {
  test.each([
    [['-o', 'x.png'], "'x.png': graph does not write png files"],
    [['-o', 'x.PDF'], 'graph does not write pdf files'],
    [['-o', 'x.svg.jpg'], 'graph does not write jpg files'],
    [['-o', 'x.png', '--format', 'svg'], 'graph does not write png files'],
    [['-o', 'x.svg', '--format', 'dot'], "--format dot contradicts 'x.svg', whose ending is that of svg"],
    [['-o', 'x.gv', '--format', 'mermaid'], 'contradicts'],
    [['-o', 'x.constructor'], 'graph does not write constructor files'],
  ])('%j is refused', async (argv, message) => {
    const cwd = folder({ 'tiny.enet': tiny });
    expect(await enetc(['graph', ...argv], { cwd })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(message),
    });
    expect(readdirSync(cwd)).toEqual(['tiny.enet']);
  });

  test.each([
    [['-o', 'x.SVG'], 'x.SVG', '<svg'],
    [['-o', 'x'], 'x', '<svg'],
    [['-o', 'a.b/x'], 'a.b/x', '<svg'],
    [['-o', 'x.gv', '--format', 'dot'], 'x.gv', 'digraph'],
    [['-o', 'x.md', '--format', 'mermaid'], 'x.md', '%%'],
  ])('%j is taken', async (argv, name, start) => {
    const cwd = folder({ 'tiny.enet': tiny });
    mkdirSync(join(cwd, 'a.b'));
    expect(await enetc(['graph', ...argv], { cwd })).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(cwd, name), 'utf8').startsWith(start)).toBe(true);
  });
});
