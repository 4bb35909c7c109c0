/** Two files with all that names can stand for: what is declared in one is used in the other, by name and in paths. */

export const blocks = `/// Two of them.
block Twice(x, channels: int, kernel: int = 3) {
  y = x -> first: Conv(channels, kernel)
  return y -> second: Conv(channels, kernel)
}

block Once(x, channels: int) {
  return x -> only: Conv(channels, 1)
}
`;

export const net = `import { Twice, Once } from "./blocks.enet"

model Net {
  param classes: int = 10
  param unit: block = Twice
  variants {
    | name  | unit  | classes |
    | small | Once  | 5       |
  }
  input image: [3, 32, 32]
  stem: Twice(8, kernel: 5)
  stages: Twice {
    | name | block | repeat | channels |
    | c1   | Once  | 1      | 8        |
    | c2   |       | 2      | 16       |
  }
  head: unit(4)
  tap = stages.c2.1
  classifier: Linear(classes)
  return logits: classifier, low: tap
}

model Outer {
  input image: [3, 32, 32]
  trunk: Net(variant: small)
  return trunk.stages.c1
}

weights Net {
  | path                 | timm     |
  | stem.first           | conv     |
  | stages.*.*.only      | a.*.b    |
  | stages.c2.*.second   | c.*.d    |
}
`;

export const twoFiles = { 'net.enet': net, 'blocks.enet': blocks };
