# Makes the Keras files of this folder and expected.json: the weights in this compiler's order, and an output.
#   python test/weights/keras/make.py      with keras 3.15, h5py and tensorflow
import json, os
import h5py, keras, numpy
from keras import layers

here = os.path.dirname(os.path.abspath(__file__))
path = lambda name: os.path.join(here, name)
keras.utils.set_random_seed(1)

# Flatten runs over height, width and channels; a layer within a model; norms with and without scale; both kinds of kernels.
inner = keras.Sequential([
    keras.Input((6, 6, 4)),
    layers.DepthwiseConv2D(3, strides=2, padding='same', name='dw'),
    layers.BatchNormalization(scale=False, name='dw_bn'),
], name='trunk')
image = keras.Input((6, 6, 3), name='image')
x = layers.Conv2D(4, 3, padding='same', use_bias=False, name='conv')(image)
x = layers.BatchNormalization(name='bn')(x)
x = inner(layers.ReLU(name='relu')(x))
x = layers.Conv2D(2, 1, name='point')(x)
x = layers.Flatten(name='flatten')(x)
model = keras.Model(image, layers.Dense(5, name='fc')(x), name='net')
random = numpy.random.default_rng(1)
for w in model.weights:
    w.assign(random.uniform(0.5, 1.5, w.shape).astype('float32') if 'variance' in w.path else random.standard_normal(w.shape))

model.save(path('model.h5'))
model.save(path('model.keras'))
model.save_weights(path('net.weights.h5'))
with h5py.File(path('legacy.weights.h5'), 'w') as f:
    from keras.src.legacy.saving import legacy_h5_format
    legacy_h5_format.save_weights_to_hdf5_group(f, model)

# the same numbers as half precision in compressed chunks
with h5py.File(path('model.h5')) as source, h5py.File(path('chunks.h5'), 'w') as target:
    for k, v in source.attrs.items():
        target.attrs[k] = v
    def copy(name, item):
        if isinstance(item, h5py.Dataset) and item.shape:
            target.create_dataset(name, data=item[()].astype('float16'), chunks=True, compression='gzip', shuffle=True)
        elif isinstance(item, h5py.Group):
            group = target.require_group(name)
            for k, v in item.attrs.items():
                group.attrs[k] = v
    source.visititems(copy)

# links that lead in circles, to another file, to nothing; a tensor whose numbers are in another file
with h5py.File(path('links.h5'), 'w') as f:
    group = f.create_group('model_weights/conv/conv')
    group['kernel'] = numpy.ones((1, 1, 2, 2), 'float32')
    group['circle'] = f['model_weights']
    f['model_weights']['soft'] = h5py.SoftLink('/model_weights')
    f['model_weights']['away'] = h5py.ExternalLink('/etc/hostname', '/')
    f['model_weights']['nothing'] = h5py.SoftLink('/none')
with h5py.File(path('outside.h5'), 'w') as f:
    f.create_group('model_weights/conv/conv').create_dataset(
        'bias', (4,), 'float32', external=[('/etc/hostname', 0, 16)])


def ours(value, name):
    if name.endswith('kernel') and value.ndim == 4:
        depthwise = '/dw/' in '/' + name
        return value.transpose(2, 3, 0, 1).reshape(-1, 1, *value.shape[:2]) if depthwise else value.transpose(3, 2, 0, 1)
    return value.T if value.ndim == 2 else value


members = {'kernel': 'weight', 'bias': 'bias', 'gamma': 'weight', 'beta': 'bias', 'moving_mean': 'running_mean',
           'moving_variance': 'running_var'}
expected = {}
for w in model.weights:
    layer, member = w.path.split('/')[-2:]
    value = w.numpy()
    if layer == 'fc' and member == 'kernel':  # 3 x 3 pixels of 2 channels
        value = value.reshape(3, 3, 2, 5).transpose(2, 0, 1, 3).reshape(18, 5)
    value = ours(value, w.path)
    expected[f'{layer}.{members[member]}'] = {'shape': list(value.shape), 'values': value.astype(float).flatten().tolist()}
with open(path('expected.json'), 'w') as f:
    json.dump(expected, f, indent=1)
    f.write('\n')
