/** TensorFlow.js as a type. Nothing of the compiler imports it: who has a namespace gives it. */
export type Tfjs = typeof import('@tensorflow/tfjs');
