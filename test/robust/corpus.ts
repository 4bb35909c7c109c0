import { readdirSync, readFileSync } from 'node:fs';
import { stdlib } from '../../src/stdlib.generated.ts';

const folder = new URL('../samples/', import.meta.url);

/** Small specs that between them use the whole language: they build in a millisecond. */
const small = [
  `import { ConvBnAct, MBConv } from "std/blocks"
block Unit(x, channels: int, kernel: int = 3, stride: int = 1, act: activation = leaky_relu(0.2)) {
  require channels > 0
  hidden = round_filters(x.channels * 2, 8)
  y = x -> expand: Conv(hidden, 1, bias: false) -> bn: BatchNorm -> act
  left, right = Split(y, 2)
  return Concat(left, right -> work: Conv(hidden / 2, kernel)) -> project: Conv(channels, 1, stride) -> Add(x) if stride == 1 and x.channels == channels
}
block Down(x, channels: int) {
  return x -> MaxPool(2) -> conv: Conv(channels, 1, padding: same)
}
model M {
  param classes: int = 10
  param rows: table = shallow
  param unit: block = Unit
  param resolution: int = r(32)
  param widths: int[] = [8, 16]
  convention torch(epsilon: 1e-3)
  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
    w(n) = round(n * w, 8)
  }
  variants {
    | name | phi | w   | d   | resolution | rows    |
    | s    | 0   | 1.0 | 1.0 | 32         | shallow |
    | l    | 1   | 1.5 | 1.1 |            | deep    |
  }
  table shallow {
    | block      | repeat | channels     | stride |
    |            | d(1)   | w(8)         | 1, 2   |
    | Down, Unit | 2      | w(widths[1]) |        |
  }
  table deep {
    | name | repeat | channels | stride | kernel         |
    | c1   | d(2)   | w(8)     | 2      | 3              |
    | c2   | d(3)   | w(16)    | 2      | 3 + 2 * index  |
  }
  input image: [3, resolution, resolution] (mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2])
  stem: ConvBnAct(w(widths[0]), stride: 2)
  stages: unit(act: silu) { rows }
  side = stages -> GlobalAvgPool -> gate: Conv(stages.channels, 1) -> sigmoid
  head: stages -> Mul(side) -> Dropout(0.1) if classes > 1
  classifier: GlobalAvgPool -> fc: Linear(classes)
  return logits: classifier, features: stages
}
weights M {
  convention timm: torch(epsilon: 1e-5, mean: [0.5, 0.5, 0.5]) for s, l
  convention other: tf
  | path        | timm           | other |
  | stem.*      | conv_stem.*    |       |
  | stages.*.*  | "layer*.*"     | a.*, b.* |
}
`,
  `block Pair(x, y, n: int = 2) {
  return x -> Add(y), y -> a: Conv(x.channels, 1)
}
block Twice(x, b: block, n: int = 3) {
  y = x if x.height > 4 else (x -> relu)
  return y -> first: b(8) -> second: b(x.channels if n % 2 == 1 else 4) if x.channels > 4 -> second: b(4) if x.channels <= 4
}
model Inner {
  param width: int = 8
  variants {
    | name | width |
    | big  | 16    |
  }
  input x: [3, 16, 16]
  stem: Conv(width, 3)
  body: Conv(kernel: 1) {
    | name | repeat | channels        |
    | c1   | 2      | width, width*2  |
    | c2   | 1      | width           |
  }
}
model Outer {
  input a: [3, 16, 16]
  input b: [3, 16, 16]
  both: Concat -> mix: Conv(3, 1)
  trunk: Inner(w: 1 + 1 / 2, variant: big if a.height > 8 else big)
  parts = [trunk.body.c1 -> part: Conv(n, k) for n, k in [4, 8], [i * 2 + 1 for i in len([4, 8])]]
  p, q = [parts[0], parts[1] -> fit: Conv(4, 1)]
  pair: p -> join: Pair(q)
  l, _ = pair
  twice: l -> inner: Twice(b: Conv5)
  return twice, c1: trunk.body.c1.0, c2: trunk.body.c2
}
block Conv5(x, channels: int) { return x -> c: Conv(channels, 5, groups: 1, dilation: 1) -> relu6 }
`,
  `model Space {
  convention tf
  input x: [3, 16, 16]
  s: Conv(kernel: 3) {
    | repeat | channels              | stride |
    | {1, 2} | round(8 * {1, 2}, 8)  | 2      |
    | 1      | {8, 16}               | {1, 2} |
  }
  head: GlobalAvgPool -> fc: Linear(10)
  auxiliary 0.3: s -> side: Linear(10), head
  require macs > 100 and peak_memory < 1e9
  maximize accuracy * (latency_ms / 75) ^ -0.07
}
`,
  sample('newest.enet'),
];

function sample(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

/**
 * A spec with the first rows of its `variants` alone, so that checking it builds few networks; without the conventions of weight
 * maps for some of the others.
 */
function withFewVariants(text: string): string {
  return text
    .replace(/( variants \{\n)((?:\s*\|.*\n){3})(?:\s*\|.*\n)*/g, '$1$2')
    .replace(/^ +convention \w+: \w+(\([^)]*\))? for .*\n/gm, '');
}

/** What is mutated: the small specs several times over, the samples, the library. */
export const corpus: readonly string[] = [
  ...small,
  ...small,
  ...small,
  ...small,
  ...readdirSync(folder).map((file) => withFewVariants(sample(file))),
  ...Object.values(stdlib).map(withFewVariants),
];

export { small as smallSpecs };
