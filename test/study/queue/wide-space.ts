/** A space of many networks of 8 x 8 pixels. */
export const wideSpace = `import { ConvBnAct, MBConv } from "std/blocks"

model Wide {
  param classes: int = 3
  convention tf
  input image: [1, 8, 8]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat    | channels        | kernel    | stride | expand |
    | {MBConv, ConvBnAct} | {1, 2}    | 8 * {1, 2, 3}   | {3, 5}    | 1      | {2, 3} |
    | {MBConv, ConvBnAct} | {1, 0, 2} | 8 * {2, 1, 3}   | {3, 5}    | 2      | {2, 3} |
    | {MBConv, ConvBnAct} | {1, 0}    | 8 * {2, 1, 3}   | {3, 5}    | 1      | {2, 3} |
  }
  head: GlobalAvgPool
  classifier: Linear(classes)
}
`;
