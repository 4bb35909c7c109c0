import type { Tfjs } from '../tfjs.ts';
import { attentionClass } from './attention.ts';
import { channelConvClass } from './channel-conv.ts';
import { convLayerClass } from './conv-layer.ts';
import { convTransposeClass } from './conv-transpose.ts';
import { depthwiseConv } from './depthwise-conv.ts';
import { groupedConv } from './grouped-conv.ts';
import { groupNormalizationClass, localResponseClass, unitNormalizationClass } from './normalizations.ts';
import { activationClasses, divideClass, powerClass } from './pointwise.ts';
import { poolingClasses } from './pooling.ts';
import { resizingClass } from './resizing.ts';
import { weightClass } from './weight.ts';

/** Namespaces that have the layers already: a class that is made again would no longer be that of loaded models. */
const registered = new WeakSet<object>();

/**
 * Registers the layers that a model of `enetc` may contain and that TensorFlow.js lacks: `EnetHardSwish`, `EnetHardSigmoid`,
 * `EnetDepthwiseConv2D`, `EnetGroupedConv2D`, `EnetMaxPooling2D`, `EnetAveragePooling2D`, `EnetResizing`, `EnetUnitNormalization`,
 * `EnetGroupNormalization`, `EnetLocalResponseNormalization`, `EnetDivide`, `EnetPower`, `EnetChannelConv`,
 * `EnetConv2DTranspose`, `EnetAttention`,
 * `EnetWeight`. Must be called once before `tf.loadLayersModel`; a model that has none of them (EfficientNet, ResNet, ...) needs no call. Calling it again does
 * nothing.
 * @param tf TensorFlow.js, or a package that includes it (`@tensorflow/tfjs-node`).
 */
export function registerLayers(tf: Tfjs): void {
  if (registered.has(tf.layers)) return;
  registered.add(tf.layers);
  for (const layerClass of [
    ...activationClasses(tf),
    convLayerClass(tf, depthwiseConv(tf)),
    convLayerClass(tf, groupedConv(tf)),
    ...poolingClasses(tf),
    resizingClass(tf),
    unitNormalizationClass(tf),
    convTransposeClass(tf),
    attentionClass(tf),
    channelConvClass(tf),
    divideClass(tf),
    powerClass(tf),
    groupNormalizationClass(tf),
    localResponseClass(tf),
    weightClass(tf),
  ])
    tf.serialization.registerClass(layerClass);
}
