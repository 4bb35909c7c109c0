/** A spec of blocks, tables and models, about as long as asked for: what a generator might write. */
export function largeSpec(lines: number): string {
  const parts = ['import { ConvBnAct, MBConv } from "std/blocks"\n'];
  let count = 1;
  for (let i = 0; count < lines; i++) {
    const model = i % 20 === 19 ? modelText(i) : blockText(i);
    parts.push(model);
    count += model.split('\n').length - 1;
  }
  return parts.join('\n');
}

function blockText(i: number): string {
  const inner = i % 20 === 0 ? 'ConvBnAct(channels, kernel)' : `Unit${i - 1}(channels, kernel)`;
  return `/// Block ${i}: two convolutions about a gate.
block Unit${i}(x, channels: int, kernel: int = 3, act: activation = relu) {
  require channels > 0
  hidden = round_filters(channels * 2, 8)
  a = x -> first: Conv(hidden, kernel) -> bn: BatchNorm -> act
  b = a -> second: Conv(channels, 1, bias: false) -> bn2: BatchNorm -> act
  gate = b -> GlobalAvgPool -> squeeze: Conv(8, 1) -> relu -> excite: Conv(b.channels, 1) -> sigmoid
  gated = b -> Mul(gate)${i % 20 < 3 && i % 20 > 0 ? ` -> inner: ${inner}` : ''}
  return gated -> project: Conv(channels, 1)
}
`;
}

function modelText(i: number): string {
  return `/// Model ${i}.
model Net${i} {
  param classes: int = 10
  param resolution: int = r(32)
  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }
  variants {
    | name | phi | resolution |
    | s    | 0   | 32         |
    | l    | 1   | 40         |
  }
  table mixed {
    | block        | repeat | channels |
    | Unit${i - 19}  | 1      | w(24)    |
    | Unit${i - 17}  | 1      | w(32)    |
    | Unit${i - 1}   | 1      | w(32)    |
  }
  input image: [3, resolution, resolution]
  stem: ConvBnAct(w(16), stride: 2)
  stages: MBConv {
    | repeat | channels | stride | kernel | expand |
    | d(1)   | w(16)    | 1      | 3      | 1      |
    | d(2)   | w(24)    | 2      | 3      | 6      |
  }
  more: MBConv { mixed }
  head: GlobalAvgPool -> fc: Linear(classes)
  return head
}
`;
}

/** A model with one table of so many rows. */
export function largeTable(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, i) => `    | 1      | ${8 + (i % 4) * 8}       | ${1 + (i % 2) * 2}      |`,
  );
  return `model Long {
  input image: [3, 32, 32]
  stages: Conv {
    | repeat | channels | kernel |
${lines.join('\n')}
  }
  return stages
}
`;
}
