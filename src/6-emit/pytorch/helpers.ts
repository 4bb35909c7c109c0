/** Something that the language has and PyTorch lacks as a single function or module. */
interface Helper {
  readonly name: string;
  /** Other helpers that it calls. */
  readonly needs?: readonly string[];
  readonly code: string;
}

/** In the order of the file, which contains only those that a network needs. */
const helpers: readonly Helper[] = [
  {
    name: 'round_to',
    code: `def round_to(x: float, multiple: int) -> int:
    """The nearest multiple, halves up, at least one."""
    return max(multiple, int(x / multiple + 0.5) * multiple)`,
  },
  {
    name: 'round_filters',
    needs: ['round_to'],
    code: `def round_filters(x: float, multiple: int) -> int:
    """\`round_to\`, but never more than a tenth below."""
    rounded = round_to(x, multiple)
    return rounded + multiple if rounded < 0.9 * x else rounded`,
  },
  {
    name: 'same_pads',
    code: `def same_pads(
    x: Tensor,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...] = (1, 1),
) -> list[int]:
    """TensorFlow's SAME: ceil(size / stride) outputs, an odd pixel below and right."""
    pads: list[int] = []
    for axis in (1, 0):
        size, step = x.shape[2 + axis], stride[axis]
        reach = (kernel[axis] - 1) * dilation[axis] + 1
        total = max((-(-size // step) - 1) * step + reach - size, 0)
        pads += [total // 2, total - total // 2]
    return pads`,
  },
  {
    name: 'SameConv2d',
    needs: ['same_pads'],
    code: `class SameConv2d(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding, which depends on the input's size."""

    def forward(self, x: Tensor) -> Tensor:
        pads = same_pads(x, self.kernel_size, self.stride, self.dilation)
        left, right, top, bottom = pads
        if left != right or top != bottom:
            return super().forward(F.pad(x, pads))
        # autograd would keep a padded copy for the gradient
        even = (top, left)
        return F.conv2d(
            x, self.weight, self.bias, self.stride, even, self.dilation, self.groups
        )`,
  },
  {
    name: 'PaddedConv2d',
    code: `class PaddedConv2d(nn.Conv2d):
    """Convolution with separate padding on each side: left, right, top, bottom."""

    def __init__(
        self,
        in_channels: int,
        channels: int,
        kernel: int | tuple[int, int],
        *,
        pads: tuple[int, int, int, int],
        **options: Any,
    ) -> None:
        super().__init__(in_channels, channels, kernel, **options)
        self.pads = pads

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.pads))`,
  },
  {
    name: 'CroppedConvTranspose2d',
    code: `class CroppedConvTranspose2d(nn.ConvTranspose2d):
    """Transposed convolution, cropped on each side: left, right, top, bottom."""

    def __init__(
        self,
        in_channels: int,
        channels: int,
        kernel: int | tuple[int, int],
        *,
        crop: tuple[int, int, int, int],
        **options: Any,
    ) -> None:
        super().__init__(in_channels, channels, kernel, **options)
        self.crop = crop

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        return F.pad(super().forward(x, output_size), self.crop)`,
  },
  {
    name: 'same_max_pool2d',
    needs: ['same_pads'],
    code: `def same_max_pool2d(
    x: Tensor, kernel: tuple[int, int], stride: tuple[int, int]
) -> Tensor:
    """Maximum over windows with TensorFlow's SAME padding."""
    pads = same_pads(x, kernel, stride)
    return F.max_pool2d(F.pad(x, pads, value=float("-inf")), kernel, stride)`,
  },
  {
    name: 'same_avg_pool2d',
    needs: ['same_pads', 'padded_avg_pool2d'],
    code: `def same_avg_pool2d(
    x: Tensor, kernel: tuple[int, int], stride: tuple[int, int]
) -> Tensor:
    """Mean over windows with TensorFlow's SAME padding, which is not counted."""
    pads = same_pads(x, kernel, stride)
    return padded_avg_pool2d(x, kernel, stride, pads, False)`,
  },
  {
    name: 'padded_avg_pool2d',
    code: `def padded_avg_pool2d(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int],
    pads: Sequence[int],
    count_pad: bool,
) -> Tensor:
    """Mean over windows, with padding on each side, counted as zeros or not at all."""
    mean = F.avg_pool2d(F.pad(x, list(pads)), kernel, stride)
    if count_pad:
        return mean
    ones = torch.ones_like(x[:1, :1])
    return mean / F.avg_pool2d(F.pad(ones, list(pads)), kernel, stride)`,
  },
  {
    name: 'nearest',
    code: `def nearest(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Row i is row floor(i * from / to), in whole numbers."""
    high, wide = size
    rows = torch.arange(high, device=x.device) * x.shape[2] // high
    columns = torch.arange(wide, device=x.device) * x.shape[3] // wide
    return x[:, :, rows][:, :, :, columns]`,
  },
  {
    name: 'resize',
    needs: ['nearest'],
    code: `def resize(x: Tensor, size: tuple[int, int], mode: str) -> Tensor:
    """Resizes by nearest pixels, bilinearly, or by means over areas."""
    if mode == "nearest":
        return nearest(x, size)
    if mode == "area":
        return F.adaptive_avg_pool2d(x, size)
    return F.interpolate(x, size, mode=mode)`,
  },
  {
    name: 'power',
    code: `def power(x: Tensor, exponent: float) -> Tensor:
    """\`x\` to a power, with gradient 0 at 0, where the slope is infinite."""
    is_zero = x == 0
    return torch.where(is_zero, x.detach(), torch.where(is_zero, 1, x)).pow(exponent)`,
  },
  {
    name: 'attend',
    code: `def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017), pixels as tokens."""
    # PyTorch's fused kernels need the channels of a token side by side
    query, key, value = (
        x.reshape(x.shape[0], heads, x.shape[1] // heads, -1).mT.contiguous()
        for x in (q, k, v)
    )
    y = F.scaled_dot_product_attention(query, key, value)
    return y.transpose(2, 3).reshape(v.shape[0], v.shape[1], q.shape[2], q.shape[3])`,
  },
  {
    name: 'LayerNorm2d',
    code: `class LayerNorm2d(nn.LayerNorm):
    """Normalisation over the channels of each pixel."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)`,
  },
  {
    name: 'ChannelConv',
    code: `class ChannelConv(nn.Conv1d):
    """Convolution along the channels of each pixel (Wang et al. 2020)."""

    def __init__(self, kernel: int) -> None:
        super().__init__(1, 1, kernel, padding=kernel // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        last = x.movedim(1, -1)
        y = super().forward(last.reshape(-1, 1, last.shape[-1]))
        return y.reshape(last.shape).movedim(-1, 1)`,
  },
  {
    name: 'HardSigmoid',
    code: `class HardSigmoid(nn.Module):
    """\`slope * x + 0.5\`, between 0 and 1."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        return torch.clamp(x * self.slope + 0.5, 0, 1)`,
  },
  {
    name: 'submodule',
    code: `def submodule(module: nn.Module, path: str) -> nn.Module:
    """A module that is not an attribute: its name is a number or taken by nn.Module."""
    for name in path.split("."):
        found = module._modules[name]
        assert found is not None
        module = found
    return module`,
  },
  {
    name: 'own_parameter',
    needs: ['submodule'],
    code: `def own_parameter(module: nn.Module, path: str) -> Tensor:
    """A parameter that is not an attribute."""
    parent, _, name = path.rpartition(".")
    found = (submodule(module, parent) if parent else module)._parameters[name]
    assert found is not None
    return found`,
  },
  {
    name: 'DropPath',
    code: `class DropPath(nn.Module):
    """Stochastic depth (Huang et al. 2016): a sample skips the branch in training."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        if self.rate == 1:
            return torch.zeros_like(x)
        keep = 1 - self.rate
        mask = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep)
        return x * mask / keep`,
  },
];

/** The code of helpers and of what they need, in the order of the file. */
export function helperCode(names: ReadonlySet<string>): readonly string[] {
  const wanted = new Set<string>();
  const take = (name: string) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const other of helpers.find((helper) => helper.name === name)?.needs ?? []) take(other);
  };
  for (const name of names) take(name);
  return helpers.filter(({ name }) => wanted.has(name)).map(({ code }) => code);
}
