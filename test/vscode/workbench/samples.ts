/** A misspelt block, and an import that is therefore not used. */
export const broken = `import { ConvBnAct } from "std/blocks"

model Broken {
  input image: [3, 32, 32]
  stem: ConvBnAt(16)
  classifier: Linear(10)
}
`;

/** What `small` imports. */
export const blocks = `/// Two convolutions of one size.
block Twice(x, channels: int, kernel: int = 3) {
  return x -> first: Conv(channels, kernel) -> relu -> second: Conv(channels, kernel) -> relu
}
`;

/** A network whose table is not aligned. */
export const small = `import { Twice } from "./blocks.enet"

model Net {
  param classes: int = 10
  input image: [3, 32, 32]
  stages: Twice {
    | repeat | channels | kernel |
    | 1 | w(16)    | 3      |
    | 2      | w(32) | 5      |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;
