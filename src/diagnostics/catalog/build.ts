import { nounFor } from '../noun-for.ts';
import { error, grouped, info, warning } from './entry.ts';

/** What only shows when a network is built at one point of its family. */
export const buildDiagnostics = {
  'auxiliary-weight': error<{ weight: number }>(
    (a) => `the weight of an auxiliary output must be a number from 0 on, not ${a.weight}`,
    `The loss of an auxiliary output is added to the network's, times this weight: \`auxiliary 0.3: aux1, aux2\`. At weight 0 the outputs are left out.`,
  ),
  'unknown-output': error<{ name: string; known: string; hint: string }>(
    (a) => `no step has the path '${a.name}'${a.hint}; ${a.known}`,
    `\`--outputs\` makes a backbone: it names steps by their paths, \`stages.2\` or \`stem.relu\` (\`enetc graph\` shows them), or feature maps by their stride: c1 is the last one with stride 2, c2 with stride 4, c5 with stride 32, before the section that pools space away.`,
  ),
  'output-twice': error<{ name: string }>(
    (a) => `the output '${a.name}' is asked for twice`,
    `Each output of a network has a name of its own. In those of \`--outputs\` a dot becomes an underscore.`,
  ),
  'division-by-zero': error<object>(() => 'division by zero', `The divisor is 0 at this point of the family.`),
  'not-finite': error<{ value: number }>(
    (a) => `the result is ${a.value}, not a finite number`,
    `A power or a product left the range of numbers.`,
  ),
  'index-range': error<{ index: number; length: number }>(
    (a) => `there is no element ${a.index}; the list has ${a.length}`,
    `Lists are indexed from 0.`,
  ),
  'shared-step-differs': error<{ path: string; first: string; other: string }>(
    (a) => `the uses of '${a.path}' cannot share one set of parameters: one has ${a.first}, another ${a.other}`,
    `All uses of a shared step have the same channels and the same attributes: a convolution's kernel depends on how many channels it takes. Bring the inputs to one width first.`,
  ),
  'incomplete-path': error<{ path: string; words: string }>(
    (a) => `no step has the path '${a.path}'; the steps below it are ${a.words}`,
    `A label in a comprehension gets the number of the element: \`body.branch.0\` is what the first step gives that is labelled \`branch\`.`,
  ),
  'requirement-failed': error<{ text: string; found: string }>(
    (a) => `the requirement '${a.text}' does not hold here${a.found}`,
    `A block states with \`require\` what it needs of its arguments, a model also what the built network may have: \`require macs <= 150e6\`.`,
  ),
  'missing-value': error<{ name: string; model: string }>(
    (a) => `the parameter '${a.name}' of '${a.model}' has no value: give it with --set ${a.name}=...`,
    `A model's parameter without a default must be set by a variant or on the command line.`,
  ),
  'bad-size': error<{ what: string; value: number; limit: string }>(
    (a) => `${a.what} is ${a.value}; it must be ${a.limit}`,
    `A size that no network has, or one that no machine could hold.`,
  ),
  'too-many-blocks': error<{ count: number; limit: number }>(
    (a) => `the table builds ${grouped(a.count)} blocks; at most ${grouped(a.limit)} are built`,
    `A bound that keeps a mistyped \`repeat\` from taking all memory.`,
  ),
  'network-too-large': error<{ what: string; limit: number }>(
    (a) => `the network has more than ${grouped(a.limit)} ${a.what}`,
    `A bound that keeps a hostile or mistyped spec from taking all memory and time.`,
  ),
  'list-too-large': error<{ what: string; limit: number }>(
    (a) => `a list holds at most ${grouped(a.limit)} ${a.what}`,
    `A bound that keeps a hostile or mistyped spec from taking all memory: what the lists in a list hold counts too.`,
  ),
  'uneven-lists': error<{ first: number; other: number }>(
    (a) => `the lists have ${a.first} and ${a.other} elements; a comprehension takes them side by side`,
    `\`[f(a, b) for a, b in first, second]\` takes the n-th of each list for its n-th element.`,
  ),
  'too-much-work': error<object>(
    () => 'evaluating the model takes too many steps',
    `A bound on evaluation, far above what any network needs: comprehensions or blocks multiply each other.`,
  ),
  'blocks-too-deep': error<{ limit: number }>(
    (a) => `blocks are nested more than ${a.limit} deep`,
    `A block given to itself as a \`block\` parameter never ends.`,
  ),
  'group-count': error<{ groups: number; input: number; output: number }>(
    (a) => `${a.groups} groups do not divide ${a.input} input and ${a.output} output channels`,
    `Each group of a convolution sees an equal share of the input channels and gives an equal share of the filters.`,
  ),
  'channel-split': error<{ parts: number; channels: number }>(
    (a) => `${a.channels} ${nounFor(a.channels, 'channel does', 'channels do')} not divide into ${a.parts} equal parts`,
    `\`Split\`, \`ChannelShuffle\` and \`GroupNorm\` need a number of channels that their parts divide.`,
  ),
  'shape-mismatch': error<{ op: string; shapes: string }>(
    (a) => `${a.op} cannot join ${a.shapes}`,
    `\`Add\`, \`Sub\`, \`Mul\` and \`Div\` need shapes with as many axes, each of one size or of 1, which is repeated; \`Concat\` needs equal height and width.`,
  ),
  'without-input': error<{ what: string }>(
    (a) => `${a.what} needs values of each sample, and one depends on no input`,
    `What \`Weight\` gives is there once for all samples. \`Add\`, \`Sub\`, \`Mul\` and \`Div\` join it with values of each sample; \`Concat\` does not, and an output has to depend on an input.`,
  ),
  'number-operand': error<{ callee: string; numbers: string }>(
    (a) => `'${a.callee}' cannot compute with ${a.numbers} there`,
    `\`Add\`, \`Sub\` and \`Mul\` take numbers among their tensors; \`Div\` divides by a number other than 0, and divides none. What numbers make together has to be within single precision.`,
  ),
  'counted-and-added': error<object>(
    () => 'the padding counts, and `round_up` adds pixels that do not: no target has such a mean',
    `Pad first: \`Pad(1, 1) -> AvgPool(3, stride: 2, padding: valid, round_up: true)\` is the mean that PyTorch computes with \`padding=1, ceil_mode=True\`. With \`count_pad: false\` neither counts.`,
  ),
  'output-padding': error<{ op: string; most: string }>(
    (a) => `the output padding of ${a.op} is at most ${a.most} (high and wide) here`,
    `Output padding tells apart the sizes that a convolution of this stride makes alike, and so is less than the stride; under \`same\` a kernel below the stride leaves less of it.`,
  ),
  'needs-space': error<{ op: string; shape: string }>(
    (a) => `${a.op} needs a tensor [C, H, W], not ${a.shape}`,
    `After \`Linear\` a tensor has no height and width.`,
  ),
  'output-vanishes': error<{ op: string; height: number; width: number }>(
    (a) => `${a.op} leaves nothing of ${a.height}x${a.width} pixels`,
    `The window is larger than the padded input, or \`Pad\` takes away more than there is. Raise the resolution, or pad.`,
  ),
  'kernel-exceeds-input': warning<{ kernel: string; height: number; width: number }>(
    (a) => `the ${a.kernel} kernel is larger than its ${a.height}x${a.width} input`,
    `The window is at least twice as large as the map, so its outer weights see padding only, wherever it is. Often a sign of a resolution that is too low. Windows with a way around them give no warning: those of a detector's last level, of a shortcut's branch, or of one branch among several.`,
  ),
  'resolution-below-stride': warning<{ resolution: number; stride: number }>(
    (a) => `the input's ${a.resolution} pixels are fewer than the network's total stride of ${a.stride}`,
    `The last stages see a single pixel. Raise the resolution to the total stride at least. In a network with several outputs, the stages that all of them depend on count: the levels of a detector may end in one pixel.`,
  ),
  'variants-not-built': info<{ variant: string; count: number }>(
    (a) => `the variants from '${a.variant}' on (${a.count}) were not built: it would take too long`,
    `\`enetc check\` builds every variant of a model to find what only a build shows, as long as there are not too many or too large ones. \`enetc compile --variant NAME\` still builds any.`,
  ),
  'models-not-built': info<{ name: string; count: number }>(
    (a) => `the models from '${a.name}' on (${a.count}) were not built: it would take too long`,
    `\`enetc check\` builds every model of a file to find what only a build shows, as long as they are not too many or too large. \`enetc compile --model NAME\` still builds any.`,
  ),
  'open-choice': error<{ key: string; options: string; more: number }>(
    (a) =>
      `the choice ${a.key} is open: --set ${a.key}=${a.options}${a.more > 0 ? ` (and ${a.more} more open ${nounFor(a.more, 'choice')})` : ''}`,
    `A model with choices is a search space. To build one network of it, settle each: \`--set stages.2.kernel=5\`.`,
  ),
  'conventions-differ': warning<{ outer: string; inner: string; model: string }>(
    (a) => `'${a.model}' states the convention ${a.inner}, the model that uses it ${a.outer}`,
    `Each model's own ops follow its own convention, so the network pads and normalises in two ways. \`--convention\` sets one for all.`,
  ),
  'duplicate-output': error<{ name: string }>(
    (a) => `two outputs are called '${a.name}'`,
    `Name the outputs: \`return c3: stages.2, c5: stages.6\`.`,
  ),
  'duplicate-path': error<{ path: string }>(
    (a) => `two steps with parameters have the path '${a.path}'`,
    `Paths are the names of parameters, so they must be unique. Give the step a label of its own.`,
  ),
  'unbuilt-input': warning<{ name: string }>(
    (a) => `the input '${a.name}' does not reach any output`,
    `What the outputs do not reach is not built.`,
  ),
} as const;
