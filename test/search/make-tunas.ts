// Writes test/search/tunas-pixel1.json: the latency table of TuNAS's ProxylessNAS-like space on a Pixel 1, from
// tunas/cost_model_data.py of github.com/google-research/google-research (Apache License 2.0):
//   npx tsx test/search/make-tunas.ts cost_model_data.py
// The layers are those of tunas/mobile_search_space_v3.py, in the order of tunas/mobile_cost_model.py: a separable convolution with
// three kernels, then inverted bottlenecks with kernels 3, 5, 7 and expansions 3, 6, of which all but the first of a block may be left out.
import { readFileSync, writeFileSync } from 'node:fs';

const text = readFileSync(process.argv[2] ?? 'cost_model_data.py', 'utf8');

/** Big-endian float32, base64. */
function floats(name: string): number[] {
  const [, base64 = ''] = new RegExp(`^${name} = b"""\\n([^"]*)"""`, 'm').exec(text) ?? [];
  const bytes = Buffer.from(base64.replaceAll('\n', ''), 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatBE(4 * i));
}

const kernel = floats('_PROXYLESSNAS_SEARCH_KERNEL');
const [bias] = floats('_PROXYLESSNAS_SEARCH_BIAS');
const skippable = [false, true, true, true];
const bottlenecks = [...Array.from({ length: 5 }, () => skippable).flat(), false];
let at = 0;
const layers = [3, ...bottlenecks.map((skip) => (skip ? 7 : 6))].map((n) => {
  at += n;
  return kernel.slice(at - n, at);
});
if (at !== kernel.length) throw new Error(`${kernel.length} numbers, ${at} expected`);
writeFileSync(new URL('tunas-pixel1.json', import.meta.url), `${JSON.stringify({ bias, layers }, undefined, 1)}\n`);
