"""Times training steps of EfficientNet-B0 in PyTorch (timm's model): python train_torch.py [BATCH] [STEPS] [DEVICE]

Prints one line of JSON: the median seconds of a step, and of processor time; the process's memory in MB with only PyTorch loaded, and
its peak. RMSProp as TensorFlow's (timm's
RMSpropTF), label smoothing, channels last on the CPU; images are fed from memory, float32, 224 x 224.
"""
import json
import resource
import statistics
import sys
import time

import torch


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


torch.zeros(1)
engine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

import timm  # noqa: E402
from timm.optim import RMSpropTF  # noqa: E402

batch = int(sys.argv[1]) if len(sys.argv) > 1 else 8
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 20
device = sys.argv[3] if len(sys.argv) > 3 else "cpu"
model = timm.create_model("efficientnet_b0", drop_rate=0.2, drop_path_rate=0.2).to(device).train()
model = model.to(memory_format=torch.channels_last)
optimiser = RMSpropTF(model.parameters(), lr=1e-4, alpha=0.9, eps=1e-3, momentum=0.9, weight_decay=1e-5)
x = torch.rand(batch, 3, 224, 224, device=device).contiguous(memory_format=torch.channels_last)
y = torch.randint(0, 1000, (batch,), device=device)
loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
times, processor_times = [], []
for i in range(steps + 3):
    start, before = time.perf_counter(), processor_seconds()
    optimiser.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimiser.step()
    loss.item()
    if i >= 3:
        times.append(time.perf_counter() - start)
        processor_times.append(processor_seconds() - before)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
result = {"seconds": statistics.median(times), "cpu_seconds": statistics.median(processor_times)}
print(json.dumps({**result, "engine_mb": engine, "peak_mb": peak, "steps": steps}))
