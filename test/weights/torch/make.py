# Makes the PyTorch checkpoints of this folder and expected.json, what PyTorch reads from them.
#   python test/weights/torch/make.py      with torch 2.13 and numpy
import argparse, collections, io, json, os, pickle, zipfile
import numpy, torch

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(1)
base = torch.randn(4, 6)


def tensors():
    buffer = torch.arange(24.0).reshape(2, 3, 4)
    return collections.OrderedDict([
        ('f32', base.clone()),
        ('f64', torch.tensor([1 / 3, -2.5], dtype=torch.float64)),
        ('f16', torch.tensor([1.5, -65504.0, 6e-8], dtype=torch.float16)),
        ('bf16', torch.tensor([3.0, 1e30], dtype=torch.bfloat16)),
        ('i64', torch.tensor(7)),
        ('bool', torch.tensor([True, False])),
        ('scalar', torch.tensor(0.25)),
        ('empty', torch.zeros(0, 3)),
        ('part', buffer[1]),
        ('strided', buffer[:, ::2, 1:3]),
        ('transposed', buffer.permute(2, 0, 1)),
        ('expanded', torch.tensor([[1.0], [2.0]]).expand(2, 5)),
        ('channels_last', torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)),
        ('parameter', torch.nn.Parameter(torch.randn(3))),
    ])


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)


net = Net()
model = net.state_dict()
ema = {k: v + 1 for k, v in model.items()}
optimizer = torch.optim.Adam(net.parameters())
net.fc(torch.ones(2)).sum().backward()
optimizer.step()
model = {k: v.clone() for k, v in net.state_dict().items()}


def write(name, content, **how):
    torch.save(content, os.path.join(here, name), **how)


content = tensors()
write('zip.pt', content)
write('zip-protocol-4.pt', content, pickle_protocol=4)
write('legacy.pt', content, _use_new_zipfile_serialization=False)
training = {
    'epoch': 3, 'arch': 'net', 'metric': numpy.float64(0.5), 'args': argparse.Namespace(lr=0.1, out='x'),
    'state_dict': model, 'state_dict_ema': ema, 'optimizer': optimizer.state_dict(), 'losses': [1.0, 2.0],
}
write('training.pt', training)
write('training-legacy.pt', training, _use_new_zipfile_serialization=False)
write('averaged.pt', {'model': {'module.' + k: v for k, v in model.items()}, 'model_ema': {'decay': 0.9, 'module': ema}})
write('pair.pt', {'generator': model, 'discriminator': ema})
write('module.pt', net)
write('uint16.pt', {'a': torch.tensor([1, 65535], dtype=torch.uint16), 'b': torch.ones(2)})
write('quantised.pt', {'q': torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
torch.jit.save(torch.jit.script(net), os.path.join(here, 'script.pt'))


class Run:
    def __reduce__(self):
        return os.system, ('echo executed',)


write('command.pt', {'state_dict': model, 'x': Run()})
write('command-legacy.pt', {'state_dict': model, 'x': Run()}, _use_new_zipfile_serialization=False)
with open(os.path.join(here, 'arrays.pkl'), 'wb') as f:
    pickle.dump({'a': numpy.ones(2)}, f, protocol=2)

# zip.pt again, as a zip archive with 64-bit sizes everywhere; and compressed
zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 0
for name, method in (('zip64.pt', zipfile.ZIP_STORED), ('compressed.pt', zipfile.ZIP_DEFLATED)):
    with zipfile.ZipFile(os.path.join(here, 'zip.pt')) as source, \
            zipfile.ZipFile(os.path.join(here, name), 'w', method) as target:
        for entry in source.infolist():
            with target.open(entry.filename, 'w', force_zip64=True) as f:
                f.write(source.read(entry))

expected = {}
for k, v in torch.load(os.path.join(here, 'zip.pt')).items():
    expected[k] = {'shape': list(v.shape), 'values': v.detach().double().flatten().tolist()}
nets = {'raw': model, 'averaged': ema}
with open(os.path.join(here, 'expected.json'), 'w') as f:
    json.dump({'tensors': expected, **{k: v['fc.weight'].flatten().tolist() for k, v in nets.items()}}, f, indent=1)
    f.write('\n')
