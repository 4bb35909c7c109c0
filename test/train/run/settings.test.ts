import { expect, test } from 'vitest';
import { compile } from '../../../src/compile.ts';
import { stdlib } from '../../../src/stdlib.generated.ts';
import { configHash, formatConfig, parseConfig, type RunConfig } from '../../../src/train/run/run-config.ts';
import { defaultHead, selectTensors } from '../../../src/train/select-tensors.ts';
import {
  clashOf,
  idleSettings,
  resolveSettings,
  type SettingName,
  settingProblem,
} from '../../../src/train/settings.ts';

const config: RunConfig = {
  format: 1,
  version: '0.1.0',
  spec: 'net.enet',
  network: { variant: 'b0', set: { classes: '3' } },
  data: '/data',
  classes: ['a', 'b', 'c'],
  images: { train: 5, validation: 2, digest: 'd' },
  backend: 'auto',
  settings: resolveSettings({ optimiser: 'adamw', freeze: 'stem' }),
};

test('whatever a network was asked for with comes back', () => {
  const preprocessing = { mean: [0.5], std: [1 / 255], crop: 0.9, interpolation: 'bilinear' } as const;
  const conventionSettings = { padding: 'same', epsilon: 1e-3, momentum: 0.9, countPad: true } as const;
  const sources = { '': { name: 'torch', settings: conventionSettings, preprocessing } } as const;
  const asked = { resolution: [96, 128], convention: 'torch', conventionSettings, sources, preprocessing } as const;
  const network = { ...asked, weightsPreprocessing: preprocessing };
  expect(parseConfig(formatConfig({ ...config, network }), 'config.json').network).toEqual(network);
});

test("defaults are the paper's recipe", () => {
  expect(resolveSettings({})).toMatchObject({
    optimiser: 'rmsprop',
    rate: 0.016,
    'rms-decay': 0.9,
    momentum: 0.9,
    epsilon: 1e-3,
    'weight-decay': 1e-5,
    warmup: 5,
    'decay-rate': 0.97,
    'decay-epochs': 2.4,
    'label-smoothing': 0.1,
    ema: 0.9999,
    epochs: 350,
  });
});

test('a configuration comes back as it was written', () => {
  expect(parseConfig(formatConfig(config), 'config.json')).toEqual(JSON.parse(JSON.stringify(config)));
});

test.each([
  ['{', 'is not JSON'],
  ['null', 'is not a configuration'],
  ['{"format": 2}', 'is not a configuration'],
  ['{"format": 1, "settings": {}}', "is damaged: 'version' is missing"],
  [formatConfig({ ...config, backend: 'gpu' as 'auto' }), "'backend' is not auto or"],
  [formatConfig({ ...config, images: { ...config.images, train: -1 } }), "'images.train' is -1, which is out of range"],
  [formatConfig(config).replace('"b0"', '7'), "'network.variant' is not a string"],
  [formatConfig(config).replace('"b"', 'null'), "'classes[1]' is not a string"],
  [formatConfig(config).replace('"images"', '"picures"'), "there is no 'picures'"],
  [formatConfig(config).replace('"rate": 0.00025,', ''), "'rate' is missing"],
  [formatConfig(config).replace('0.00025', '1e999'), "'rate' takes a number"],
  [
    formatConfig({ ...config, settings: { ...config.settings, epochs: 1e300 } }),
    "'epochs' takes a number of at most 1000000000",
  ],
  [formatConfig({ ...config, settings: { ...config.settings, batch: -1 } }), "'batch' takes a number from 1"],
  [formatConfig({ ...config, settings: { ...config.settings, epsilon: 0 } }), "'epsilon' takes a number from 1.2e-38"],
  [formatConfig(config).replace('"warmup"', '"warmpu"'), "no setting 'warmpu'"],
  [formatConfig(config).replace('"warmup": 5,', ''), "'warmup' is missing"],
])('what is not a configuration is said: %#', (text, message) => {
  expect(() => parseConfig(text, 'config.json')).toThrow(message);
});

test('a checkpoint belongs to a configuration: settings, data and spec, not the place or the backend', () => {
  const hash = configHash(config, ['model']);
  expect(configHash({ ...config, backend: 'cpu', data: '/moved', version: '9' }, ['model'])).toBe(hash);
  expect(configHash({ ...config, classes: ['a', 'b', 'd'] }, ['model'])).not.toBe(hash);
  expect(configHash({ ...config, settings: { ...config.settings, seed: 1 } }, ['model'])).not.toBe(hash);
  expect(configHash(config, ['model2'])).not.toBe(hash);
  expect(configHash(config, ['mod', 'el'])).not.toBe(hash);
});

test.each<[SettingName, unknown, string | undefined]>([
  ['epochs', 0, 'takes a number from 1'],
  ['epochs', 1.5, 'takes a whole number'],
  ['label-smoothing', 1, 'takes a number below 1'],
  ['flip', 1, undefined],
  ['flip', 1.1, 'takes a number of at most 1'],
  ['rate', Number.NaN, 'takes a number'],
  ['optimiser', 'adam', 'takes rmsprop or sgd or adamw'],
])('%s %s', (name, value, problem) => {
  expect(settingProblem(name, value)).toBe(problem);
});

test('a setting that nothing would read is said', () => {
  const idle = (given: Parameters<typeof resolveSettings>[0]) =>
    idleSettings(given, resolveSettings(given)).map(([name]) => name);
  expect(idle({ gamma: 1 })).toEqual(['gamma']);
  expect(idle({ gamma: 1, loss: 'focal' })).toEqual([]);
  expect(idle({ optimiser: 'adamw', momentum: 0.5, beta1: 0.8 })).toEqual(['momentum']);
  expect(idle({ head: 'classifier' })).toEqual(['head']);
});

test('a step may not divide 0 by 0: epsilon is above 0, in 32 bits too, where the optimiser has one', () => {
  const clash = (given: Parameters<typeof resolveSettings>[0]) => clashOf(resolveSettings(given))?.[0];
  expect(clash({})).toBeUndefined();
  expect(clash({ optimiser: 'sgd' })).toBeUndefined();
  for (const optimiser of ['adamw', 'rmsprop'] as const) {
    expect(clash({ optimiser })).toBeUndefined();
    expect(clash({ optimiser, epsilon: 1e-30 })).toBeUndefined();
    expect(clash({ optimiser, epsilon: 1e-46 })).toBe('epsilon');
    expect(clash({ optimiser, epsilon: 0 })).toBe('epsilon');
  }
});

test('parts of a network by section, rows and ranges', () => {
  const { graph } = compile(
    { name: 'std/efficientnet', text: stdlib['std/efficientnet'] as string },
    { variant: 'b0' },
  );
  if (!graph) throw new Error('B0 does not compile');
  const sections = (parts: string) => {
    const words = [...selectTensors(graph, parts, 'freeze')].map((name) => name.split('.'));
    return [...new Set(words.map(([first, second]) => (first === 'stages' ? `${first}.${second}` : first)))];
  };
  expect(sections('stem,stages.1-3')).toEqual(['stem', 'stages.1', 'stages.2', 'stages.3']);
  expect(sections('stages')).toHaveLength(7);
  expect([...selectTensors(graph, 'stages.1.0.expand.bn', 'freeze')]).toEqual(
    ['weight', 'bias', 'running_mean', 'running_var'].map((name) => `stages.1.0.expand.bn.${name}`),
  );
  expect([...defaultHead(graph)]).toEqual(['classifier.weight', 'classifier.bias']);
  expect(() => selectTensors(graph, 'stagse', 'freeze')).toThrow(
    "no part 'stagse' that owns weights; did you mean 'stages'?",
  );
  expect(() => selectTensors(graph, 'stages.4-7', 'freeze')).toThrow(
    "no part 'stages.7' that owns weights; the parts of 'stages' are 0, 1, 2, 3, 4, 5, 6",
  );
  expect(() => selectTensors(graph, 'stages.7-9', 'freeze')).toThrow("the parts of 'stages' are 0, 1, 2, 3, 4, 5, 6");
  expect(() => selectTensors(graph, 'stem,', 'freeze')).toThrow(
    "no part '' that owns weights; its sections are stem, stages, head, classifier",
  );
});
