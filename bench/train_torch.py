"""Times training steps of EfficientNet-B0 in PyTorch (timm's model): python train_torch.py [BATCH] [STEPS] [DEVICE]

Prints one line of JSON: the median seconds of a step, and the process's peak memory in MB. RMSProp as TensorFlow's (timm's
RMSpropTF), label smoothing, channels last on the CPU; images are fed from memory, float32, 224 x 224.
"""
import json
import resource
import statistics
import sys
import time

import timm
import torch
from timm.optim import RMSpropTF

batch = int(sys.argv[1]) if len(sys.argv) > 1 else 8
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 20
device = sys.argv[3] if len(sys.argv) > 3 else "cpu"
model = timm.create_model("efficientnet_b0", drop_rate=0.2, drop_path_rate=0.2).to(device).train()
model = model.to(memory_format=torch.channels_last)
optimiser = RMSpropTF(model.parameters(), lr=1e-4, alpha=0.9, eps=1e-3, momentum=0.9, weight_decay=1e-5)
x = torch.rand(batch, 3, 224, 224, device=device).contiguous(memory_format=torch.channels_last)
y = torch.randint(0, 1000, (batch,), device=device)
loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
times = []
for i in range(steps + 3):
    start = time.perf_counter()
    optimiser.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimiser.step()
    loss.item()
    if i >= 3:
        times.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": statistics.median(times), "peak_mb": peak, "steps": steps}))
