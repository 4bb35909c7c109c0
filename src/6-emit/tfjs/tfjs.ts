/** TensorFlow.js as a type. The compiler never imports it: callers pass a namespace. */
export type Tfjs = typeof import('@tensorflow/tfjs');
