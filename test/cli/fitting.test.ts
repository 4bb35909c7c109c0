import { expect, test } from 'vitest';
import { enetc, folder } from './fake-io.ts';

const verify = async (cwd: string, ...argv: string[]) => {
  const ran = await enetc(['weights', 'verify', 'e.safetensors', 'tinynet', '--variant', 'e', '--json', ...argv], {
    cwd,
  });
  const { fits, diagnostics } = JSON.parse(ran.out);
  return [
    ran.code,
    fits,
    diagnostics.map(({ code }: { code: string }) => code).filter((code: string) => code.startsWith('weight')),
  ];
};

test('weights are fitted to other classes, none, another image', async () => {
  const cwd = folder({});
  await enetc(['weights', 'init', 'tinynet', '--variant', 'e', '-o', 'e.safetensors'], { cwd });
  expect(await verify(cwd)).toEqual([0, true, []]);
  expect(await verify(cwd, '--set', 'classes=7')).toEqual([1, false, ['weight-shape', 'weight-shape']]);
  expect(await verify(cwd, '--classes', '7')).toEqual([0, true, ['weight-initialised']]);
  const said = await enetc(['weights', 'verify', 'e.safetensors', 'tinynet', '--variant', 'e', '--classes', '7'], {
    cwd,
  });
  expect(said.out).toMatch(/has all 197 tensors of TinyNet, .*, but for those that are initialised\n$/);
  expect(await verify(cwd, '--classes', '1000')).toEqual([0, true, []]);
  expect(await verify(cwd, '--classes', '0')).toEqual([0, true, []]);
  expect(await verify(cwd, '--classes', '0', '--set', 'image=[1, 96, 64]')).toEqual([
    0,
    true,
    ['weight-input-channels'],
  ]);
  const ran = await enetc(['weights', 'verify', 'e.safetensors', 'tinynet', '--classes', '7', '--set', 'classes=7'], {
    cwd,
  });
  expect(ran).toMatchObject({
    code: 2,
    err: expect.stringContaining('--classes and --set classes cannot be combined'),
  });
});

test('a network without classes takes a checkpoint that has a classifier into a file, at a height and a width', async () => {
  const cwd = folder({});
  await enetc(['weights', 'init', 'tinynet', '--variant', 'e', '-o', 'e.safetensors'], { cwd });
  const given = ['--weights', 'e.safetensors', '--classes', '0', '--resolution', '192x224', '-o', 'features.onnx'];
  expect(await enetc(['compile', 'tinynet', '--variant', 'e', ...given], { cwd })).toMatchObject({ code: 0, err: '' });
});
