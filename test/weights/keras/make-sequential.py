# Makes sequential.h5 and sequential.keras, which have the same weights, and the variables of saved-model/, of the same layers.
#   python test/weights/keras/make-sequential.py      with keras 3.15, h5py and tensorflow
import os, shutil
import keras, tensorflow
from keras import layers

here = os.path.dirname(os.path.abspath(__file__))
path = lambda name: os.path.join(here, name)
keras.utils.set_random_seed(1)

# a network within a sequential model, as transfer learning has it, and a layer with the name of the model
image = keras.Input((6, 6, 3))
trunk = keras.Model(image, layers.Conv2D(2, 3, name='conv')(image), name='trunk')
inner = keras.Sequential([layers.Conv2D(2, 1, name='net')], name='inner')
last = [layers.Conv2D(2, 3, name='net'), layers.GlobalAveragePooling2D(name='pool'), layers.Dense(2, name='fc')]
model = keras.Sequential([keras.Input((6, 6, 3)), trunk, inner, *last], name='net')
model.save(path('sequential.h5'))
model.save(path('sequential.keras'))

shutil.rmtree(path('saved-model'), ignore_errors=True)
tensorflow.saved_model.save(model, path('saved-model'))
shutil.rmtree(path('saved-model/assets'))
for name in ('saved_model.pb', 'fingerprint.pb'):
    os.remove(path(f'saved-model/{name}'))
