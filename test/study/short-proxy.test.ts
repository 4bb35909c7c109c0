import { expect, test } from 'vitest';
import { plainWords } from '../../src/diagnostics/words.ts';
import { shortProxy } from '../../src/study/short-proxy.ts';
import { build, model } from '../language/build.ts';

const network = (convention: string) =>
  build(model(`  convention ${convention}\n  s: image -> c: Conv(8, 3) -> n: BatchNorm`)).graph;

test('a proxy that is short against the momentum of batch norms is warned of', () => {
  const said = shortProxy(network('tf'), 100);
  expect(said && plainWords(said)).toContain('a momentum of 0.99 still hold 37 % of their initial values');
  expect(said && plainWords(said)).toContain('299 steps are enough');
  expect(shortProxy(network('tf'), 299)).toBeUndefined();
  expect(shortProxy(network('tf'), 298)).toBeDefined();
  expect(shortProxy(network('torch'), 100)).toBeUndefined();
});
