"""Writes a small Keras model of many kinds of layers, with an image and what the model gives for it.

    python test/import/keras/make.py

Needs TensorFlow. The weights are random from a fixed seed. `forms.h5` is of the older form, `forms.keras` of Keras 3.
"""

import pathlib

import keras
import numpy as np
from keras import layers

here = pathlib.Path(__file__).parent
keras.utils.set_random_seed(0)


def block(x, filters, stride, name):
    channels = x.shape[-1]
    y = layers.Conv2D(2 * channels, 1, use_bias=False, name=f'{name}_expand')(x)
    y = layers.BatchNormalization(name=f'{name}_expand_bn')(y)
    y = layers.Activation('swish', name=f'{name}_expand_act')(y)
    if stride == 2:
        y = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f'{name}_pad')(y)
    y = layers.DepthwiseConv2D(3, stride, 'valid' if stride == 2 else 'same', use_bias=False, name=f'{name}_dw')(y)
    y = layers.BatchNormalization(name=f'{name}_dw_bn')(y)
    y = layers.Activation('swish', name=f'{name}_dw_act')(y)
    gate = layers.GlobalAveragePooling2D(name=f'{name}_squeeze')(y)
    gate = layers.Reshape((1, 1, 2 * channels), name=f'{name}_reshape')(gate)
    gate = layers.Conv2D(4, 1, activation='swish', name=f'{name}_reduce')(gate)
    gate = layers.Conv2D(2 * channels, 1, activation='sigmoid', name=f'{name}_gate')(gate)
    y = layers.Multiply(name=f'{name}_excite')([y, gate])
    y = layers.Conv2D(filters, 1, use_bias=False, name=f'{name}_project')(y)
    y = layers.BatchNormalization(name=f'{name}_project_bn')(y)
    return layers.Add(name=f'{name}_add')([y, x]) if stride == 1 else y


image = keras.Input((16, 16, 3), name='image')
x = layers.Rescaling(1 / 255, name='rescaling')(image)
x = layers.Normalization(axis=-1, mean=[0.4, 0.5, 0.6], variance=[0.04, 0.05, 0.06], name='normalization')(x)
x = layers.Conv2D(8, 3, 2, 'same', use_bias=False, name='stem')(x)
x = layers.BatchNormalization(scale=False, name='stem_bn')(x)
x = layers.ReLU(6, name='stem_act')(x)
for i, (filters, stride) in enumerate([(8, 1), (12, 2), (12, 1), (12, 1)]):
    x = block(x, filters, stride, f'block{i}')
y = layers.SeparableConv2D(12, 3, padding='same', activation='relu', name='separable')(x)
y = layers.MaxPooling2D(3, 2, 'same', name='pool')(y)
y = layers.Conv2DTranspose(12, 4, 2, 'same', name='up')(y)
y = layers.LeakyReLU(name='leaky')(y)
z = layers.UpSampling2D(2, interpolation='bilinear', name='upsample')(layers.AveragePooling2D(2, name='mean')(x))
x = layers.Concatenate(name='join')([y, z])
x = layers.Dropout(0.2, name='dropout')(x)
inner = keras.Sequential([keras.Input((4, 4, 24)), layers.Conv2D(6, 1, name='mix'), layers.LayerNormalization(name='norm')], name='inner')
x = inner(x)
x = layers.Flatten(name='flatten')(x)
x = layers.Dense(7, activation='tanh', name='hidden')(x)
x = layers.Dense(5, activation='softmax', name='scores')(x)
model = keras.Model(image, x)
for weight in model.weights:
    values = np.random.default_rng(len(weight.path)).normal(size=weight.shape)
    if 'variance' in weight.path or 'gamma' in weight.path:
        values = 0.5 + np.abs(values)
    elif 'mean' in weight.path or 'beta' in weight.path or 'bias' in weight.path:
        values = values * 0.1
    else:
        values = values * np.sqrt(2 / np.prod(weight.shape[:-1]))
    weight.assign(values)
model.save(here / 'forms.keras')
model.save(here / 'forms.h5')
picture = np.random.default_rng(1).uniform(0, 255, (1, 16, 16, 3)).astype('f4')
given = np.transpose(picture, (0, 3, 1, 2))
np.concatenate([given.ravel(), model.predict(picture, verbose=0).ravel()]).astype('<f4').tofile(here / 'forms.bin')
