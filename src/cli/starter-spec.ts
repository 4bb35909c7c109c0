/** What `enetc init` writes: small, whole, and with one of each thing that a first spec needs. */
export const starterSpec = `import { ConvBnAct, MBConv } from "std/blocks"

/// A small network for images of 96 x 96, and how it grows with phi.
model MyNet {
  param classes: int = 10
  param resolution: int = r(96)
  param dropout: real = 0.2

  convention torch                   // symmetric padding, batch-norm epsilon 1e-5

  /// Each step of phi roughly doubles the compute: d * w^2 * r^2 is about 2 ^ phi.
  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }

  input image: [3, resolution, resolution]

  stem: ConvBnAct(w(16), kernel: 3, stride: 2, act: silu)

  // one row per stage; d() scales repeats, w() scales filters
  stages: MBConv(se: 0.25, act: silu) {
    | repeat | channels | kernel | stride | expand |
    | d(1)   | w(16)    | 3      | 1      | 1      |
    | d(2)   | w(24)    | 3      | 2      | 4      |
    | d(2)   | w(40)    | 5      | 2      | 4      |
    | d(3)   | w(80)    | 3      | 2      | 4      |
  }

  head: ConvBnAct(w(256), kernel: 1, act: silu) -> GlobalAvgPool -> Dropout(dropout)
  classifier: Linear(classes)
  return logits: classifier
}
`;
