/** What processes exchange: sums, batch norms over all batches, running statistics. */
export const parallelCode = `@dataclass(frozen=True)
class Place:
    """Which of the processes this is, and the device that it computes on."""

    rank: int
    processes: int
    device: torch.device

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def sum(self, values: Tensor) -> Tensor:
        """The sum over all processes, in place."""
        if self.processes > 1:
            dist.all_reduce(values)
        return values

    def any(self, value: bool) -> bool:
        """Whether it is true in any process. Waits for all processes."""
        return bool(self.sum(torch.tensor([float(value)], device=self.device)).item())

    def gather(self, values: list[Any]) -> list[Any]:
        """The values of all processes."""
        parts: list[list[Any]] = [values] * self.processes
        if self.processes > 1:
            dist.all_gather_object(parts, values)
        return [value for part in parts for value in part]

    def from_first(self, value: str | None) -> str | None:
        """The value of the first process."""
        values = [value]
        if self.processes > 1:
            dist.broadcast_object_list(values)
        return values[0]

    @contextmanager
    def together(self) -> Iterator[None]:
        """An error of one process within this ends all of them, with its message."""
        problem = ""
        try:
            yield
        except RunError as found:
            problem = str(found)
        problems = [text for text in self.gather([problem]) if text]
        if problems:
            raise RunError(problems[0])


def open_place(request: Request, settings: Settings) -> Place:
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if processes != settings.processes:
        raise RunError(
            f"the run was begun with {settings.processes} processes, and {processes} "
            "were started: the images of a step would differ"
        )
    name = request.device or ("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and settings.parallel != "none":
        name = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as problem:
        raise RunError(f"--device {name} is not available: {problem}") from problem
    if settings.parallel == "none":
        return Place(0, 1, device)
    if "RANK" not in os.environ:
        raise RunError(
            f"--parallel {settings.parallel} needs torchrun: "
            "torchrun --nproc-per-node N train.py ..."
        )
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Place(dist.get_rank(), processes, device)


class SumOfProcesses(torch.autograd.Function):
    """The sum over all processes, through which gradients flow."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


class SyncBatchNorm2d(nn.BatchNorm2d):
    """Batch norm over the batches of all processes, on any device (PyTorch's own is
    only for GPUs)."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        assert self.running_mean is not None and self.running_var is not None
        assert self.momentum is not None and self.num_batches_tracked is not None
        count = torch.tensor([float(x.numel() // x.shape[1])], dtype=x.dtype)
        total = SumOfProcesses.apply(torch.cat([x.sum((0, 2, 3)), count.to(x.device)]))
        size = total[-1].detach()
        mean = total[:-1] / size
        centred = x - mean.view(1, -1, 1, 1)
        variance = SumOfProcesses.apply(centred.square().sum((0, 2, 3))) / size
        with torch.no_grad():
            unbiased = variance * size / (size - 1).clamp(min=1)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(unbiased, self.momentum)
            self.num_batches_tracked.add_(1)
        y = centred * torch.rsqrt(variance + self.eps).view(1, -1, 1, 1)
        if self.affine:
            y = y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        return y


def replace_norms(module: nn.Module, kind: type[_BatchNorm]) -> None:
    """Replaces batch norms in a module by those of a class, with the same tensors."""
    for name, inner in module.named_children():
        if not isinstance(inner, _BatchNorm):
            replace_norms(inner, kind)
            continue
        if kind is SyncBatchNorm2d and not isinstance(inner, nn.BatchNorm2d):
            raise RunError("--sync-batch-norm is only for norms over images")
        norm = kind(inner.num_features, inner.eps, inner.momentum, inner.affine)
        norm.load_state_dict(inner.state_dict())
        module.add_module(name, norm)


def average_statistics(net: nn.Module, place: Place) -> None:
    """Running statistics become the mean of those of all processes."""
    modules = [m for m in net.modules() if m.training]
    buffers = [b for m in modules for b in m.buffers(recurse=False)]
    found = [b for b in buffers if b.is_floating_point()]
    if place.processes == 1 or not found:
        return
    joined = place.sum(torch.cat([b.flatten() for b in found])) / place.processes
    for buffer, mean in zip(
        found, joined.split([b.numel() for b in found]), strict=True
    ):
        buffer.copy_(mean.view_as(buffer))`;
