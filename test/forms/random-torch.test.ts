import { expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { compile } from '../../src/compile.ts';
import { hasErrors } from '../../src/diagnostics/diagnostic.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { inputsOf } from '../onnx/emit.ts';
import { findPython } from '../oracle.ts';
import { startTorch } from '../pytorch/python-torch.ts';
import { folderInMemory } from '../tfjs/models.ts';
import { randomSpec } from './random-spec.ts';
import { differenceOf, expectedOutputs, isIllConditioned } from './run-forms.ts';

/** How many specs: `ENET_FUZZ=5000 npx vitest run test/forms`. `ENET_SEED` chooses others. */
const runs = Number(process.env.ENET_FUZZ ?? 100);
const seed = Number(process.env.ENET_SEED ?? 1905);
/** A busy machine takes fewer of them, but some. */
const mostTime = process.env.ENET_FUZZ ? Number.POSITIVE_INFINITY : 25_000;

const python = findPython(['torch', 'numpy']);

test.skipIf(!python)(
  'random specs are modules that have our names, and give what loops in double precision give',
  {
    timeout: Math.max(runs * 10_000, 300_000),
  },
  async () => {
    const torch = startTorch(python as string);
    const start = performance.now();
    const wrong: string[] = [];
    let ran = 0;
    try {
      for (let i = 0; i < runs && (i < 20 || performance.now() - start < mostTime); i++) {
        const { text, options } = randomSpec(seed + i, i % 3 === 0);
        const network = compile({ name: 'random.enet', text }, options);
        const graph = network.graph!;
        const checkpoint = randomWeights(graph, seed + i);
        const folder = folderInMemory();
        // a pool padded by its window or more has no defined result in any form
        if (hasErrors(emit(network, pytorchTarget, {}, folder.open, { checkpoint }).diagnostics)) continue;
        const expected = expectedOutputs(network, checkpoint);
        // where powers of powers reach a sigmoid, single precision has no digit left
        if (expected.some((values) => Array.from(values).some((value) => Math.abs(value) > 1e12))) continue;
        const say = (what: string) => wrong.push(`seed ${seed + i} ${JSON.stringify(options)}: ${what}\n${text}`);
        try {
          const names = await torch.load(folder.files());
          const own = [...graphTensors(graph)].map(({ tensor }) => tensor.name);
          if ([...names].sort().join() !== own.sort().join()) say('its state has other names');
          const difference = differenceOf(await torch.run(graph, inputsOf(graph, 2), 2), expected);
          if (!(difference < 1e-4) && !isIllConditioned(network, checkpoint, expected)) say(`differs by ${difference}`);
          ran++;
        } catch (e) {
          say((e as Error).message);
        }
      }
    } finally {
      torch.close();
    }
    expect(wrong.join('\n\n')).toBe('');
    console.info(`${ran} modules, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  },
);
