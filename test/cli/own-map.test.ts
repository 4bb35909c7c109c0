import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enetc, folder } from './fake-io.ts';

const map = `import { SqueezeNet } from "std/squeezenet"

weights SqueezeNet {
  convention mine: torch(mean: [0.25, 0.5, 0.75], std: [0.5, 0.25, 0.125])
  | path             | mine            |
  | stem             | entry           |
  | classifier       | answer          |
  | fire.*.squeeze   | "module*.thin"  |
  | fire.*.expand1x1 | "module*.small" |
  | fire.*.expand3x3 | "module*.large" |
}
`;
const size = '--resolution 64 --classes 5';

async function project() {
  const cwd = folder({
    'mine.enet': map,
    'other.enet': map.replaceAll('SqueezeNet', 'ResNet').replace('squeezenet', 'resnet'),
  });
  const run = (line: string) => enetc(line.split(' '), { cwd });
  const done = async (line: string) => expect(await run(line)).toMatchObject({ code: 0, err: '' });
  return { cwd, run, done };
}

describe('--map', () => {
  test('weights with names of their own, for a model of the library: loaded, converted, and verified', async () => {
    const { run, done } = await project();
    await done('weights init squeezenet --classes 5 --seed 3 -o own.safetensors');
    await done('weights convert own.safetensors squeezenet --classes 5 --names mine --map mine.enet -o mine.pth');
    const names = JSON.parse((await run('weights inspect mine.pth --json')).out).tensors.map(
      (t: { name: string }) => t.name,
    );
    expect(
      names.filter((name: string) => /^(entry|answer|module\d+\.(thin|small|large))\.(weight|bias)$/.test(name)),
    ).toHaveLength(52);

    expect((await run(`compile squeezenet ${size} --weights mine.pth`)).code).toBe(1);
    await done(`compile squeezenet ${size} --weights mine.pth --map mine.enet`);
    await done(`compile squeezenet ${size} --weights own.safetensors -o own.onnx`);
    await done('weights verify mine.pth squeezenet --classes 5 --map mine.enet');
    // without a spec the map tells the model
    const compared = 'weights diff mine.pth own.safetensors --classes 5 --map mine.enet';
    expect((await run(compared)).out).toContain('52 tensors compared, 0 differ');
    // called after the model, not after the map
    expect((await run('weights diff squeezenet.onnx own.onnx')).out).toContain('52 tensors compared, 0 differ');
    const { metadata } = JSON.parse((await run('weights inspect squeezenet.onnx --json')).out);
    expect(metadata['enet.input.image.mean']).toBe('[0.25,0.5,0.75]');
  });

  test('for a model of a file, which the map imports', async () => {
    const { cwd, done } = await project();
    mkdirSync(join(cwd, 'maps'));
    const net =
      'model Net {\n  input x: [3, 8, 8]\n  head: GlobalAvgPool\n  classifier: Linear(5)\n  return logits: classifier\n}\n';
    writeFileSync(join(cwd, 'net.enet'), net);
    const rows = 'weights Net {\n  | path | mine |\n  | classifier | answer |\n}\n';
    writeFileSync(join(cwd, 'maps', 'm.enet'), `import { Net } from "../net.enet"\n${rows}`);
    await done('weights init net.enet --names mine --map maps/m.enet -o mine.pth');
    await done('compile net.enet --weights mine.pth --map maps/m.enet');
  });

  test.each([
    ['compile squeezenet --map mine.enet', 2, '--map needs --weights'],
    [
      'compile squeezenet --weights x.pth --map none.enet',
      2,
      "there is no file 'none.enet'; did you mean 'mine.enet'?",
    ],
    [
      'compile squeezenet --weights x.pth --map other.enet',
      1,
      `'other.enet' has no weight map of SqueezeNet: it takes import { SqueezeNet } from "std/squeezenet" and weights SqueezeNet { ... }`,
    ],
    ['compile squeezenet --weights x.pth --map bad.enet', 1, "'std/squeezenet' declares no 'Squeezenet'"],
    ['compile - --weights x.pth --map mine.enet', 2, '--map takes a spec from a file or the library'],
  ])('%s ends with %i', async (line, code, message) => {
    const { cwd, run } = await project();
    writeFileSync(join(cwd, 'bad.enet'), map.replace('import { SqueezeNet }', 'import { Squeezenet }'));
    expect(await run(line)).toMatchObject({ code, err: expect.stringContaining(message) });
  });
});
