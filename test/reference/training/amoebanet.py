"""AmoebaNet-D in PyTorch, from the lists of operations of the cells (Real et al. 2019; GPipe's AmoebaNet-D).

An entry of a list is the state that an operation reads and the operation; two neighbours are added to the next state. The
states 0 and 1 are the cell's input and the output of the cell before. Modules have the names of the library's spec.
"""
import torch
import torch.nn.functional as F
from torch import nn

NORMAL = [
    (1, "1x1"), (1, "max3"), (1, "none"), (0, "1x7"), (0, "1x1"), (0, "1x7"), (2, "max3"), (2, "none"), (1, "avg3"), (5, "1x1"),
]  # fmt: skip
NORMAL_OUTPUT = [0, 3, 4, 6]
REDUCTION = [
    (0, "max2"), (0, "max3"), (2, "none"), (1, "3x3"), (2, "1x7"), (2, "max3"), (3, "none"), (1, "max2"), (2, "avg3"), (3, "1x1"),
]  # fmt: skip
REDUCTION_OUTPUT = [4, 5, 6]


def same(x, kernel, stride, value=0.0):
    """TensorFlow's padding: the odd pixel at the bottom and right."""
    pads = []
    for size, k, s in zip(x.shape[:1:-1], kernel[::-1], stride[::-1]):
        total = max((-(-size // s) - 1) * s + k - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def max_pool(x, kernel, stride):
    return F.max_pool2d(same(x, (kernel,) * 2, (stride,) * 2, float("-inf")), kernel, stride)


def mean_pool(x, kernel, stride):
    sums, counts = (F.avg_pool2d(same(t, (kernel,) * 2, (stride,) * 2), kernel, stride) for t in (x, torch.ones_like(x)))
    return sums / counts


class Conv(nn.Conv2d):
    def forward(self, x):
        return super().forward(same(x, self.kernel_size, self.stride))


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def conv(taken, given, kernel=(1, 1), stride=(1, 1)):
    return Conv(taken, given, kernel, stride, bias=False)


class Steps(nn.Module):
    """ReLU, convolution, norm, for each pair of names; nested modules go by themselves."""

    def __init__(self, *steps):
        super().__init__()
        self.names = []
        for first, module, *rest in steps:
            self.add_module(first, module)
            self.names.append((first, rest[0] if rest else None))
            if rest:
                self.add_module(rest[0], norm(module.out_channels))

    def forward(self, x):
        for first, second in self.names:
            x = getattr(self, first)(F.relu(x) if second else x)
            x = getattr(self, second)(x) if second else x
        return x


def fit(taken, given):
    return Steps(("conv", conv(taken, given), "bn"))


class Reduce(nn.Module):
    def __init__(self, taken, given):
        super().__init__()
        self.even, self.odd, self.bn = conv(taken, given // 2), conv(taken, given - given // 2), norm(given)

    def forward(self, x):
        x = F.relu(x)
        odd = F.pad(x, [-1, 1, -1, 1])
        return self.bn(torch.cat([self.even(x[:, :, ::2, ::2]), self.odd(odd[:, :, ::2, ::2])], 1))


class Bring(nn.Module):
    def __init__(self, taken, given, halve):
        super().__init__()
        self.reduce = Reduce(taken, given) if halve else None
        self.fit = fit(taken, given) if not halve and taken != given else None

    def forward(self, x):
        module = self.reduce or self.fit
        return module(x) if module else x


def narrow(kind, channels, stride):
    quarter = channels // 4
    if kind == "3x3":
        inner = [("conv", conv(quarter, quarter, (3, 3), (stride, stride)), "bn")]
    else:
        inner = [
            ("wide", conv(quarter, quarter, (1, 7), (1, stride)), "bn1"),
            ("high", conv(quarter, quarter, (7, 1), (stride, 1)), "bn2"),
        ]
    return Steps(("down", fit(channels, quarter)), *inner, ("up", fit(quarter, channels)))


class Cell(nn.Module):
    def __init__(self, taken, before, channels, reduces, halve):
        super().__init__()
        self.fit, self.bring = fit(taken, channels), Bring(before, channels, halve)
        self.operations = REDUCTION if reduces else NORMAL
        self.output = REDUCTION_OUTPUT if reduces else NORMAL_OUTPUT
        self.reduces = reduces
        for i, (state, kind) in enumerate(self.operations):
            if kind in ("1x1", "3x3", "1x7"):
                stride = 2 if reduces and state < 2 else 1
                self.add_module(self.name(i), fit(channels, channels) if kind == "1x1" else narrow(kind, channels, stride))
        self.channels = channels * len(self.output)

    def name(self, i):
        return f"{'bcdef'[i // 2]}_{('left', 'right')[i % 2]}"

    def forward(self, x, previous):
        states = [self.fit(x), self.bring(previous)]
        for i in range(0, len(self.operations), 2):
            states.append(sum(self.apply_one(j, states) for j in (i, i + 1)))
        return torch.cat([states[i] for i in self.output], 1), x

    def apply_one(self, i, states):
        state, kind = self.operations[i]
        x, stride = states[state], 2 if self.reduces and state < 2 else 1
        if kind == "none":
            return x
        if kind.startswith("max"):
            return max_pool(x, int(kind[3:]), stride)
        if kind.startswith("avg"):
            return mean_pool(x, int(kind[3:]), stride)
        return getattr(self, self.name(i))(x)


class AmoebaNetD(nn.Module):
    def __init__(self, classes, cells, filters, stem, share=0.25):
        super().__init__()
        self.stem = nn.ModuleDict({"conv": conv(3, stem, (3, 3), (2, 2)), "bn": norm(stem)})
        rows = [
            ("stem0", 1, int(filters * share), True),
            ("stem1", 1, int(filters * share * 2), True),
            ("normal0", cells, filters, False),
            ("reduce0", 1, filters * 2, True),
            ("normal1", cells, filters * 2, False),
            ("reduce1", 1, filters * 4, True),
            ("normal2", cells, filters * 4, False),
        ]
        self.stages = nn.ModuleDict()
        taken = before = stem
        halve = False
        for name, count, channels, reduces in rows:
            stage = nn.ModuleList()
            for _ in range(count):
                cell = Cell(taken, before, channels, reduces, halve)
                stage.append(cell)
                before, taken, halve = taken, cell.channels, reduces
            self.stages[name] = stage
        self.classifier = nn.Linear(taken, classes)

    def forward(self, x):
        x = previous = self.stem["bn"](self.stem["conv"](x))
        for stage in self.stages.values():
            for cell in stage:
                x, previous = cell(x, previous)
        return self.classifier(x.mean((2, 3)))
