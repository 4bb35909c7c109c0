/** A file with a misspelt block and one that it imports, for what is tried in real editors. */
export const net = `import { Unit } from "./units.enet"
import { MBConv } from "std/blocks"
model Net {
  param classes: int = 10
  input image: [3, 32, 32]
  stem: Unt(w(16))
  body: MBConv(16)
  head: GlobalAvgPool -> linear: Linear(classes)
}
`;

export const units = 'block Unit(x, channels: int) {\n  return x -> Conv(channels, 3) -> BatchNorm\n}\n';
