"""The network of weights.test.ts as a model of Keras. Makes net.weights.h5, as a program that trains it would save it:

    python test/cli/keras_net.py      with keras 3.15 and tensorflow
"""

import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras

K = keras.layers


def build():
    x = i = keras.Input((16, 16, 4))
    x = K.Conv2D(8, 3, strides=2, padding='same', name='stem')(x)
    x = K.BatchNormalization(name='stem.bn')(x)
    x = K.ReLU()(x)
    for name, channels in (('stages.0.0', 8), ('stages.0.1', 8), ('stages.1.0', 12)):
        x = K.DepthwiseConv2D(3, padding='same', use_bias=False, name=f'{name}.depth')(x)
        x = K.Conv2D(channels, 1, groups=2, name=f'{name}.point')(x)
    x = K.Dropout(0.2)(K.GlobalAveragePooling2D()(x))
    return keras.Model(i, K.Dense(5, name='classifier')(x))


if __name__ == '__main__':
    model = build()
    model.compile('sgd')
    model.save_weights(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'net.weights.h5'))
