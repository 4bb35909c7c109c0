import type { Tfjs } from './backend.ts';

/**
 * The building blocks of training on a small scale: a matrix product, a convolution, and the gradients of both, checked against numbers worked out by hand.
 * @throws if the numbers are wrong, or an op fails
 */
export async function checkGradient(tf: Tfjs): Promise<void> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])));
  await expectValues('a product of matrices', product, [19, 22, 43, 50]);
  // For a 2 x 2 image of ones and a 3 x 3 filter of ones every output is 4. The sum of squares has 2 * 4 as gradient of
  // an output, and every pixel is under all four.
  const gradient = tf.tidy(() => {
    const filter = tf.ones([3, 3, 1, 1]) as import('@tensorflow/tfjs').Tensor4D;
    return tf.grad((x) =>
      tf
        .conv2d(x as typeof filter, filter, 1, 'same')
        .square()
        .sum(),
    )(tf.ones([1, 2, 2, 1]));
  });
  await expectValues('the gradient of a convolution', gradient, [32, 32, 32, 32]);
}

async function expectValues(what: string, tensor: import('@tensorflow/tfjs').Tensor, expected: readonly number[]) {
  const values = [...(await tensor.data())];
  tensor.dispose();
  if (values.length !== expected.length || values.some((v, i) => Math.abs(v - (expected[i] as number)) > 1e-3)) {
    throw new Error(`${what} came out as ${values.join(', ')}; it is ${expected.join(', ')}`);
  }
}
