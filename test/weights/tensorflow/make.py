# Makes the TensorFlow checkpoints of this folder and expected.json: the weights in this compiler's order.
#   python test/weights/tensorflow/make.py      with tensorflow 2.21 and numpy
import json, os
import numpy, tensorflow as tf

here = os.path.dirname(os.path.abspath(__file__))
random = numpy.random.default_rng(1)
f32 = lambda *shape: random.standard_normal(shape, dtype=numpy.float32)
conv, depthwise, dense = f32(3, 3, 2, 4), f32(3, 3, 4, 2), f32(8, 5)
raw = {
    'net/conv/kernel': conv, 'net/conv/bias': f32(4), 'net/dw/depthwise_kernel': depthwise,
    'net/bn/gamma': f32(8), 'net/bn/beta': f32(8), 'net/bn/moving_mean': f32(8), 'net/bn/moving_variance': f32(8),
    'net/fc/kernel': dense, 'net/fc/bias': f32(5).astype(numpy.float16), 'net/half/kernel': tf.cast(f32(2, 3), tf.bfloat16),
    'net/empty/bias': f32(0),
}
training = {'net/conv/kernel/RMSProp': f32(3, 3, 2, 4), 'global_step': numpy.int64(7)}
averages = {f'{k}/ExponentialMovingAverage': v + 1 for k, v in raw.items()}


def save(name, tensors):
    names = sorted(tensors)
    tf.raw_ops.SaveV2(prefix=os.path.join(here, name), tensor_names=names, shape_and_slices=[''] * len(names),
                      tensors=[tf.convert_to_tensor(tensors[k]) for k in names])


save('raw', {**raw, **training})
save('averaged', {**raw, **training, **averages})


class Net(tf.Module):
    pass


net = Net()
net.conv = Net()
net.conv.kernel = tf.Variable(conv)
tf.train.Checkpoint(net=net).write(os.path.join(here, 'objects'))

members = {'kernel': 'weight', 'depthwise_kernel': 'weight', 'bias': 'bias', 'gamma': 'weight', 'beta': 'bias',
           'moving_mean': 'running_mean', 'moving_variance': 'running_var'}
expected = {}
for k, v in raw.items():
    value = numpy.asarray(tf.cast(v, tf.float64))
    layer, member = k.rsplit('/', 1)
    if member == 'depthwise_kernel':
        value = value.transpose(2, 3, 0, 1).reshape(8, 1, 3, 3)
    elif value.ndim == 4:
        value = value.transpose(3, 2, 0, 1)
    elif value.ndim == 2:
        value = value.T
    expected[f"{layer.replace('/', '.')}.{members[member]}"] = {'shape': list(value.shape), 'values': value.flatten().tolist()}
with open(os.path.join(here, 'expected.json'), 'w') as f:
    json.dump(expected, f, indent=1)
    f.write('\n')
