import type { Keyword } from '../../../grammar/tokens.ts';

/** The meanings of the language's own words, one sentence each; Markdown. Completion and hover show these. */

export const keywordDocs: Readonly<Record<Keyword, string>> = {
  share:
    'All uses of the step have one set of parameters: `-> share head: Head(8)`. With `share(norms: separate)` each has its own batch norms.',
  import: 'Takes blocks and models from another file: `import { MBConv } from "std/blocks"`.',
  from: 'The file or library module that an import takes names from.',
  block:
    'A part that networks are built of: parameters, steps with labels, what it returns. A parameter without a type is a tensor.',
  model: 'A family of networks: parameters, scaling, variants, an input, sections, outputs.',
  weights: "A model's names for its tensors next to those of published checkpoints, one row per module.",
  param: 'A parameter of the model: `param classes: int = 1000`. A variant or `--set` gives it another value.',
  convention: 'Whose rules hold for what an op leaves open (padding, epsilon, momentum): `tf` or `torch`.',
  input: 'A tensor that comes in, `[channels, height, width]`, and how its pixels are normalised.',
  auxiliary: 'Outputs that only training has, and the weight of each in the loss: `auxiliary 0.3: aux1, aux2`.',
  maximize: 'What a search over the open choices of this model should maximise.',
  scaling: 'How `d`, `w` and `r` follow from phi; it may also state how they are rounded.',
  variants: 'The published members of the family, one row each. A phi that a row names takes that row.',
  table: 'Rows with a name, for a section to build: `stages: Block { name }`.',
  return: 'What the block or model returns.',
  require: 'Ends the build with an error if the condition does not hold.',
  if: 'Omits the preceding step if the condition does not hold; its input is then passed on. In a value, `a if condition else b`, it chooses one of two.',
  else: 'The value if the condition does not hold: `5 if wide else 3`.',
  for: 'A list with one element for each element of another: `[relu(x) for x in xs]`, `[n * 8 for n in 4]`.',
  in: 'The list that a `for` goes through, or the number that it counts to from 0.',
  and: 'True if both sides are.',
  or: 'True if one side is.',
  not: 'True if its operand is false.',
  true: 'A value of type `bool`.',
  false: 'A value of type `bool`.',
};

export const paddingDocs: Readonly<Record<string, string>> = {
  same: "The output has the input's size over the stride, rounded up; an odd pixel goes to the bottom and right.",
  default: 'The padding of the convention, as where none is given.',
  symmetric: "Half of the window on each side, whatever the input's size.",
  valid: 'No padding.',
};

export const interpolationDocs: Readonly<Record<string, string>> = {
  nearest: 'The pixel at floor(i * from / to), as `nearest` of PyTorch.',
  bilinear: 'Between the four pixels around; pixels are placed by their centres (`align_corners=False`).',
  bicubic: 'Only for pictures: interpolates between the sixteen surrounding pixels, as in Pillow.',
};

export const typeDocs: Readonly<Record<string, string>> = {
  tensor: 'As `tensor[]`: any number of tensors. A parameter without a type is one tensor.',
  int: 'A whole number.',
  real: 'A number.',
  bool: '`true` or `false`.',
  size: 'A number for height and width alike, or `[high, wide]`.',
  padding: '`same`, `symmetric`, `valid`, or pixels on each side: a number or `[high, wide]`.',
  activation: 'A pointwise function such as `relu`.',
  block: 'A block or an op that the model or block uses as a step.',
  table: 'The rows of a `table`.',
};

export const conventionDocs: Readonly<Record<string, string>> = {
  tf: '`same` padding, epsilon 1e-3, momentum 0.99, average pools leave padding out.',
  torch: "`symmetric` padding, epsilon 1e-5, momentum 0.9 (PyTorch's own 0.1), average pools count padding as zeros.",
};

/** Columns of a stage table that are not parameters of its blocks. */
export const columnDocs: Readonly<Record<string, string>> = {
  name: "The row's name in paths; without this column rows are numbered.",
  block: "The row's block; an empty cell means the one before the table.",
  repeat: 'How many blocks the row builds; 1 without a value, and 0 builds none.',
};

/** A rule that only the column `stride` has. */
export const strideColumnDoc =
  "A single value is for the first block of its row; the row's other blocks have stride 1.";

/** Columns of `variants` that are not parameters of the model. */
export const variantColumnDocs: Readonly<Record<string, string>> = {
  name: 'The name of the member: `--variant b5`.',
  phi: 'The phi that takes this row in place of the formula.',
  d: 'Depth: the factor of the repeats.',
  w: 'Width: the factor of the filters.',
  r: 'Resolution: the factor of the pixels.',
};

/** What a model's values may name in addition to its parameters: its point in the family. */
export const pointDocs: Readonly<Record<string, string>> = {
  phi: "The compound coefficient: from the command line, or the row's own; 0 where there is neither.",
  variant: 'The row of `variants` that applies: `variant == b3`.',
};

/** Names inside a table's cells and the arguments before it. */
export const counterDocs: Readonly<Record<string, string>> = {
  index: "The block's number in the whole table, from 0.",
  count: 'How many blocks the table has.',
};

/** What `maximize` may name in addition to the model's parameters. */
export const objectiveDocs: Readonly<Record<string, string>> = {
  accuracy: 'How accurate the trained network is, as the search measures it.',
  latency_ms: 'How long the network takes for one input, in milliseconds.',
  parameters: 'How many parameters the network has.',
  macs: 'How many multiply-accumulate operations one input takes.',
};

/** What a model's `require` may query about the built network, for one image at inference. */
export const measureDocs: Readonly<Record<string, string>> = {
  params: 'How many trainable parameters the built network has.',
  macs: 'How many multiply-accumulate operations of convolutions and dense layers the built network takes.',
  activations: 'How many numbers the operations of the built network write.',
  peak_memory: 'The most bytes of activations that are needed at once, in float32.',
};

/** The numbers that `scaling` names. */
export const numberDocs = {
  variable: 'The compound coefficient that the factors are functions of.',
  rounded: 'The number that is rounded.',
} as const;

/** The properties of a tensor's shape. */
export const propertyDocs: Readonly<Record<string, string>> = {
  channels: 'How many channels the tensor has.',
  height: 'Its height in pixels.',
  width: 'Its width in pixels.',
};

/** What a convention or an input may set. */
export const settingDocs: Readonly<Record<string, string>> = {
  padding: 'The padding of ops that leave it open: `same`, `symmetric`, `valid` or a number of pixels.',
  epsilon: 'What `BatchNorm` adds to the variance.',
  momentum: "The share of `BatchNorm`'s running average that a step keeps.",
  count_pad: 'Whether the mean of `AvgPool` counts padding.',
  mean: "The mean of the pixels' values between 0 and 1, one number per channel.",
  std: "The deviation of the pixels' values between 0 and 1, one number per channel.",
  crop: "The share of a picture's shorter side that is kept, in the middle.",
  interpolation: 'How a picture takes the size of the input: `bicubic` or `bilinear`, with antialiasing.',
  bgr: 'Whether the channels are blue, green, red, as OpenCV reads pictures. `mean` and `std` have this order too.',
};
