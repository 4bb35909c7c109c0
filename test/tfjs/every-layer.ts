/** A network with every kind of layer that trains: norms, excitation, stochastic depth, dropout, our own layers. */
export const everyLayer = `import { ConvBnAct, MBConv } from "std/blocks"

model Small {
  param classes: int = 3
  convention torch(momentum: 0.9)
  input image: [3, 16, 16]
  stem: ConvBnAct(8, 3, 2, act: hardswish)
  grouped: ConvBnAct(16, 3, groups: 4, act: hardsigmoid) -> Normalise
  dilated: Conv(16, 3, groups: 16, dilation: 2)
  stages: MBConv {
    | channels | kernel | stride | se   | drop | act  |
    | 16       | 3      | 1      | 0.25 | 0.2  | silu |
    | 24       | 5      | 2      | 0.25 | 0.2  | silu |
  }
  pool: MaxPool(3, stride: 2) -> Upsample(2) -> Upsample(3, mode: bilinear)
  along: ChannelConv(3) -> sigmoid -> Power(1.5)
  norms: GroupNorm(4) -> LocalResponseNorm(3) -> last: LayerNorm
  head: GlobalAvgPool -> Dropout(0.2)
  classifier: Linear(classes)
}
`;
