import { nounFor } from '../noun-for.ts';
import { error, grouped, info, warning } from './entry.ts';

/** Errors that appear only when a network is built at one point of its family. */
export const buildDiagnostics = {
  'auxiliary-weight': error<{ weight: number }>(
    (a) => `the weight of an auxiliary output must be 0 or more, not ${a.weight}`,
    `The loss of an auxiliary output is multiplied by this weight and added to the network's: \`auxiliary 0.3: aux1, aux2\`. At weight 0 the outputs are left out.`,
  ),
  'unknown-output': error<{ name: string; known: string; hint: string }>(
    (a) => `no step has the path '${a.name}'${a.hint}; ${a.known}`,
    `\`--outputs\` makes a backbone. It names steps by their paths, \`stages.2\` or \`stem.relu\` (\`enetc graph\` shows them), or feature maps by their stride: c1 is the last one with stride 2, c2 with stride 4, c5 with stride 32, up to the section that pools the spatial axes away.`,
  ),
  'output-twice': error<{ name: string }>(
    (a) => `the output '${a.name}' is requested twice`,
    `Each output of a network has its own name. In names from \`--outputs\`, a dot becomes an underscore.`,
  ),
  'division-by-zero': error<object>(() => 'division by zero', `The divisor is 0 at this point of the family.`),
  'not-finite': error<{ value: number }>(
    (a) => `the result is ${a.value}, not a finite number`,
    `A power or a product exceeded the range of numbers.`,
  ),
  'index-range': error<{ index: number; length: number }>(
    (a) => `there is no element ${a.index}; the list has ${a.length}`,
    `Lists are indexed from 0.`,
  ),
  'shared-step-differs': error<{ path: string; first: string; other: string }>(
    (a) => `the uses of '${a.path}' cannot share parameters: one has ${a.first}, another ${a.other}`,
    `All uses of a shared step need the same input channels and the same attributes: the shape of a convolution's kernel depends on the channels it takes. Bring the inputs to one width first.`,
  ),
  'incomplete-path': error<{ path: string; words: string }>(
    (a) => `no step has the path '${a.path}'; the steps below it are ${a.words}`,
    `In a comprehension, the index of the element is appended to a label: \`body.branch.0\` is the result of the first step labelled \`branch\`.`,
  ),
  'requirement-failed': error<{ text: string; found: string }>(
    (a) => `the requirement '${a.text}' does not hold here${a.found}`,
    `With \`require\`, a block states conditions on its arguments, and a model also conditions on the built network: \`require macs <= 150e6\`.`,
  ),
  'missing-value': error<{ name: string; model: string }>(
    (a) => `the parameter '${a.name}' of '${a.model}' has no value: give it with --set ${a.name}=...`,
    `A model parameter without a default must be set by a variant or on the command line.`,
  ),
  'bad-size': error<{ what: string; value: number; limit: string }>(
    (a) => `${a.what} is ${a.value}; it must be ${a.limit}`,
    `This size is meaningless, or too large for any machine.`,
  ),
  'too-many-blocks': error<{ count: number; limit: number }>(
    (a) => `the table has ${grouped(a.count)} blocks; the limit is ${grouped(a.limit)}`,
    `This limit keeps a mistyped \`repeat\` from exhausting memory.`,
  ),
  'network-too-large': error<{ what: string; limit: number }>(
    (a) => `the network has more than ${grouped(a.limit)} ${a.what}`,
    `This limit keeps a hostile or mistyped spec from exhausting memory and time.`,
  ),
  'list-too-large': error<{ what: string; limit: number }>(
    (a) => `a list holds at most ${grouped(a.limit)} ${a.what}`,
    `This limit keeps a hostile or mistyped spec from exhausting memory; the elements of nested lists count too.`,
  ),
  'uneven-lists': error<{ first: number; other: number }>(
    (a) => `the lists have ${a.first} and ${a.other} elements; a comprehension needs lists of equal length`,
    `\`[f(a, b) for a, b in first, second]\` combines the n-th elements of its lists into its own n-th element.`,
  ),
  'too-much-work': error<object>(
    () => 'evaluating the model takes too many steps',
    `This limit is far above what any network needs; usually nested comprehensions or blocks multiply each other.`,
  ),
  'blocks-too-deep': error<{ limit: number }>(
    (a) => `blocks are nested more than ${a.limit} deep`,
    `A block passed to itself as a \`block\` parameter never ends.`,
  ),
  'group-count': error<{ groups: number; input: number; output: number }>(
    (a) => `${a.groups} groups do not divide ${a.input} input and ${a.output} output channels`,
    `Each group of a convolution reads an equal share of the input channels and produces an equal share of the output channels.`,
  ),
  'channel-split': error<{ parts: number; channels: number }>(
    (a) => `${a.channels} ${nounFor(a.channels, 'channel does', 'channels do')} not divide into ${a.parts} equal parts`,
    `\`Split\`, \`ChannelShuffle\` and \`GroupNorm\` need a number of channels that is divisible by the number of parts.`,
  ),
  'shape-mismatch': error<{ op: string; shapes: string }>(
    (a) => `${a.op} cannot join ${a.shapes}`,
    `\`Add\`, \`Sub\`, \`Mul\` and \`Div\` need shapes with the same number of axes, whose sizes are equal or 1 (an axis of size 1 is repeated); \`Concat\` needs equal height and width.`,
  ),
  'without-input': error<{ what: string }>(
    (a) => `${a.what} must depend on an input`,
    `The value of a \`Weight\` is the same for all samples. \`Add\`, \`Sub\`, \`Mul\` and \`Div\` combine it with values that differ by sample; \`Concat\` does not, and every output must depend on an input.`,
  ),
  'number-operand': error<{ callee: string; numbers: string }>(
    (a) => `'${a.callee}' cannot compute with ${a.numbers} here`,
    `\`Add\`, \`Sub\` and \`Mul\` accept numbers among their tensors; \`Div\` accepts a number other than 0 as divisor, but not as dividend. Numbers combined must stay within the range of single precision.`,
  ),
  'counted-and-added': error<object>(
    () => 'padding counts in the mean but the pixels that `round_up` adds do not: no target has such a mean',
    `Pad first: \`Pad(1, 1) -> AvgPool(3, stride: 2, padding: valid, round_up: true)\` is the mean that PyTorch computes with \`padding=1, ceil_mode=True\`. With \`count_pad: false\` neither counts.`,
  ),
  'output-padding': error<{ op: string; most: string }>(
    (a) => `the output padding of ${a.op} is at most ${a.most} (height and width) here`,
    `Output padding chooses among the input sizes that a convolution of this stride maps to the same output size, so it is less than the stride; under \`same\`, a kernel smaller than the stride lowers the limit.`,
  ),
  'needs-space': error<{ op: string; shape: string }>(
    (a) => `${a.op} needs a tensor [C, H, W], not ${a.shape}`,
    `After \`Linear\` a tensor has no height and width.`,
  ),
  'output-vanishes': error<{ op: string; height: number; width: number }>(
    (a) => `${a.op} leaves nothing of ${a.height}x${a.width} pixels`,
    `The window is larger than the padded input, or \`Pad\` removes more pixels than there are. Raise the resolution, or pad.`,
  ),
  'kernel-exceeds-input': warning<{ kernel: string; height: number; width: number }>(
    (a) => `the ${a.kernel} kernel is larger than its ${a.height}x${a.width} input`,
    `The window is at least twice as large as the map, so its outer weights always see only padding. Often the resolution is too low. There is no warning for windows with a path around them: at a detector's last level, in the branch next to a shortcut, or in one of several branches.`,
  ),
  'resolution-below-stride': warning<{ resolution: number; stride: number }>(
    (a) => `the input's ${a.resolution} pixels are less than the network's total stride of ${a.stride}`,
    `The last stages see a single pixel. Raise the resolution to at least the total stride. In a network with several outputs, only stages that all outputs depend on count: a detector's levels may end in one pixel.`,
  ),
  'variants-not-built': info<{ variant: string; count: number }>(
    (a) => `the variants from '${a.variant}' on (${a.count}) were not built: it would take too long`,
    `\`enetc check\` builds every variant of a model to find errors that only a build shows, unless there are too many or they are too large. \`enetc compile --variant NAME\` still builds any.`,
  ),
  'models-not-built': info<{ name: string; count: number }>(
    (a) => `the models from '${a.name}' on (${a.count}) were not built: it would take too long`,
    `\`enetc check\` builds every model of a file to find errors that only a build shows, unless there are too many or they are too large. \`enetc compile --model NAME\` still builds any.`,
  ),
  'open-choice': error<{ key: string; options: string; more: number }>(
    (a) =>
      `the choice ${a.key} is open: --set ${a.key}=${a.options}${a.more > 0 ? ` (and ${a.more} more open ${nounFor(a.more, 'choice')})` : ''}`,
    `A model with choices is a search space. To build one of its networks, settle every choice: \`--set stages.2.kernel=5\`.`,
  ),
  'conventions-differ': warning<{ outer: string; inner: string; model: string }>(
    (a) => `'${a.model}' has the convention ${a.inner}, but the model that uses it has ${a.outer}`,
    `Each model's ops follow its own convention, so the network pads and normalises in two ways. \`--convention\` sets one for all.`,
  ),
  'duplicate-output': error<{ name: string }>(
    (a) => `two outputs are called '${a.name}'`,
    `Name the outputs: \`return c3: stages.2, c5: stages.6\`.`,
  ),
  'duplicate-path': error<{ path: string }>(
    (a) => `two steps with parameters have the path '${a.path}'`,
    `Paths name parameters, so they must be unique. Give the step its own label.`,
  ),
  'unbuilt-input': warning<{ name: string }>(
    (a) => `the input '${a.name}' does not reach any output`,
    `Steps that no output depends on are not built.`,
  ),
} as const;
