import { nearestNames } from '../diagnostics/nearest.ts';
import { activationNames } from '../ops/activations.ts';
import { builtinOps } from './builtins.ts';

/**
 * Names in other frameworks. A name that is known there is never treated as a typo: it leads to the same function here, or
 * to none.
 */

/** A name without its style: `Hard_Swish`, `hardSwish` and `HARDSWISH` are one. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    silu: 'swish swish1',
    hardswish: 'hswish',
    hardsigmoid: 'hsigmoid',
    sigmoid: 'logistic',
    softmax: 'softmax2d',
    leaky_relu: 'lrelu',
    Conv: 'conv2d convolution convolution2d',
    BatchNorm: 'batchnorm2d batchnormalization batchnormalisation bn',
    ConvTranspose:
      'convtranspose2d conv2dtranspose convolutiontranspose transposedconv transposeconv convtransposed convtr deconv deconvolution deconv2d upconv',
    Attend: 'scaleddotproductattention sdpa',
    Linear: 'dense fullyconnected fc gemm innerproduct',
    MaxPool: 'maxpool2d maxpooling maxpooling2d',
    AvgPool: 'avgpool2d averagepool averagepool2d averagepooling averagepooling2d',
    GlobalMaxPool: 'adaptivemaxpool2d globalmaxpool2d globalmaxpooling globalmaxpooling2d',
    LayerNorm: 'layernorm2d layernormalization layernormalisation',
    GroupNorm: 'groupnormalization groupnormalisation',
    LocalResponseNorm: 'lrn localresponsenormalization',
    Normalise: 'normalize l2norm l2normalize l2normalise unitnormalization',
    GlobalAvgPool:
      'adaptiveavgpool2d globalaveragepool globalaveragepooling globalaveragepooling2d globalavgpool2d gap',
    DropPath: 'stochasticdepth',
    Add: 'plus',
    Sub: 'subtract minus',
    Mul: 'multiply times',
    Div: 'divide truediv truedivide',
    Concat: 'concatenate cat',
    Split: 'chunk',
    ChannelShuffle: 'shufflechannel shufflechannels',
    Pad: 'zeropad zeropad2d zeropadding zeropadding2d',
    Upsample: 'upsampling2d interpolate resize resizing upsamplenearest2d upsamplingnearest2d',
    round_filters: 'makedivisible',
  }).flatMap(([here, there]) => there.split(' ').map((name): [string, string] => [name, here])),
);

/** Activations of PyTorch, Keras and ONNX that the language lacks. */
const activationsElsewhere: ReadonlySet<string> = new Set(
  `quickgelu gelutanh geluquick selu celu prelu rrelu crelu frelu dynamicrelu relu1 relu2 relun
  squaredrelu relusquared hardmish smish logsoftmax logsigmoid softmin sparsemax hardmax softplus softsign softshrink
  hardshrink tanhshrink shrink hardtanh threshold thresholdedrelu glu swiglu geglu reglu maxout exponential snake acon aconc metaacon
  tanhexp squareplus binarystep`.split(/\s+/),
);

/** Layers and ops of PyTorch, Keras and ONNX that the language lacks. */
const opsElsewhere: ReadonlySet<string> = new Set(
  `append extend globall2pool l2pool globallppool lppool lppool2d adaptivemaxpool adaptivemaxpool1d adaptivemaxpool3d adaptiveavgpool1d adaptiveavgpool3d
  fractionalmaxpool2d maxunpool maxunpool2d maxpool1d maxpool3d maxpooling1d maxpooling3d avgpool1d avgpool3d averagepooling1d
  averagepooling3d instancenorm instancenorm2d instancenormalization rmsnorm weightnorm spectralnorm batchnorm1d batchnorm3d
  frozenbatchnorm2d conv1d conv3d convtranspose1d convtranspose3d conv1dtranspose conv3dtranspose depthwiseconv depthwiseconv2d separableconv2d deformconv2d
  deformableconv dropout1d dropout2d dropout3d spatialdropout1d spatialdropout2d spatialdropout3d alphadropout
  featurealphadropout gaussiandropout gaussiannoise dropblock upsamplingbilinear2d pixelshuffle pixelunshuffle depthtospace
  spacetodepth unflatten reshape view permute transpose squeeze unsqueeze expanddims slice gather crop cropping2d
  centercrop reflectionpad2d replicationpad2d constantpad2d embedding lstm gru rnn multiheadattention attention selfattention crossattention mha linearattention channelattention spatialattention
  transformer matmul bmm einsum minimum maximum average mean sum reducemean reducemax reducesum
  argmax topk dot cosinesimilarity lambda rescaling bilinear fold unfold roialign roipool nms erf exp log sqrt rsqrt
  reciprocal square pow abs neg sign sin cos clip clamp len`.split(/\s+/),
);

/** The modules that prefix their names: `nn.ReLU`, `F.relu`, `tf.keras.layers.ReLU`. */
export const modulesElsewhere: ReadonlySet<string> = new Set(['nn', 'F', 'torch', 'tf', 'keras', 'layers']);

/** What to write instead of some of them. */
const instead: ReadonlyMap<string, string> = new Map([
  ['depthwiseconv', "write 'Conv(..., groups: x.channels)'"],
  ['depthwiseconv2d', "write 'Conv(..., groups: x.channels)'"],
  ['pow', "write 'a ^ b' for numbers, 'x -> Power(b)' for a tensor"],
  ...['attention', 'multiheadattention', 'selfattention', 'crossattention', 'mha'].map(
    (name) => [name, "'Attend(q, k, v, heads)' is its core, 1x1 convolutions make q, k and v"] as const,
  ),
  ['sqrt', "write 'a ^ 0.5' for numbers, 'x -> Power(0.5)' for a tensor"],
  ['square', "write 'a ^ 2' for numbers, 'x -> Power(2)' for a tensor"],
  ['rsqrt', "write 'x -> Power(-0.5)'"],
  ['reciprocal', "write 'x -> Power(-1)'"],
  ['globall2pool', "'Power(2) -> GlobalAvgPool -> Power(0.5)' is the root of the mean square"],
  ['conv1d', "'ChannelConv' is a convolution along channels, 'Conv' one over height and width"],
  ['clip', "write 'min(max(x, low), high)' for numbers"],
  ['clamp', "write 'min(max(x, low), high)' for numbers"],
]);

/** What an unknown name probably refers to. */
export interface Guess {
  /** The name to write instead. */
  readonly name?: string;
  /** What to add to the message: `; did you mean 'silu'?`. */
  readonly hint: string;
}

/**
 * What an unknown name probably refers to: the counterpart of another framework's name, or else the nearest known name.
 * A function that is known elsewhere, and not here, is not a typo of another one.
 */
export function guessName(name: string, candidates: () => Iterable<string>): Guess {
  const key = plain(name);
  // for an activation it means that there is none
  if (name === 'linear') return { hint: "; the op is called 'Linear', the activation 'identity'" };
  const same = aliases.get(key) ?? [...activationNames, ...builtinOps.keys()].find((own) => plain(own) === key);
  if (same !== undefined && same !== name) return guessed(same);
  const advice = instead.has(key) ? `: ${instead.get(key)}` : '';
  if (activationsElsewhere.has(key)) {
    return { hint: `; the language has no such activation${advice || `: there are ${listed(activationNames)}`}` };
  }
  if (opsElsewhere.has(key)) {
    return { hint: `; the language has no such op${advice || `: there are ${listed([...builtinOps.keys()])}`}` };
  }
  const [best] = nearestNames(name, candidates());
  return best === undefined ? { hint: '' } : guessed(best);
}

function guessed(name: string): Guess {
  return { name, hint: `; did you mean '${name}'?` };
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const parameterAliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    kernel: 'kernelsize kernelshape ksize filtersize poolsize size',
    stride: 'strides subsample',
    channels: 'filters outchannels numfilters outchs outplanes',
    units: 'outfeatures numoutputs numclasses',
    bias: 'usebias biasterm',
    epsilon: 'eps',
    dilation: 'dilationrate dilations',
    padding: 'pad pads',
    groups: 'group numgroups',
    rate: 'p droprate dropprob prob',
    count_pad: 'countincludepad',
    round_up: 'ceil ceilmode',
    factor: 'scalefactor scale',
    initial: 'init initialvalue fill',
    heads: 'numheads nheads nhead',
    std: 'stddev deviation sigma',
    to: 'outputsize targetsize',
    mode: 'interpolation method',
    parts: 'chunks numoutputs sections',
    act: 'activation actlayer',
    slope: 'negativeslope alpha',
  }).flatMap(([here, there]) => there.split(' ').map((name): [string, string] => [name, here])),
);

/** The parameter that an unknown argument name probably refers to. */
export function guessParameter(name: string, params: Iterable<string>): Guess {
  const known = new Set(params);
  const key = plain(name);
  const alias = parameterAliases.get(key) ?? [...known].find((own) => plain(own) === key);
  if (alias !== undefined && alias !== name && known.has(alias)) return guessed(alias);
  const [best] = nearestNames(name, known);
  return best === undefined ? { hint: '' } : guessed(best);
}
