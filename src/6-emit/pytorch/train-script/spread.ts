/** How a run is spread over processes: not at all, with the whole network in each, or with a share of each tensor in each. */
export const spreadCode = `class Spread:
    """How a run is spread over processes: here, not at all."""

    # whether processes communicate in every forward pass, so that none may leave alone
    is_joint = False

    def __init__(self, place: Place, settings: Settings) -> None:
        self.place = place
        self.settings = settings
        self.class_weights: Tensor | None = None

    def weigh(self, values: list[float] | None) -> None:
        """Classes count in the loss by their weights."""
        if values is not None:
            self.class_weights = torch.tensor(values, device=self.place.device)

    def image_weights(self, answers: Tensor) -> Tensor | None:
        """What each image of a batch counts; mixed ones by their shares."""
        if self.class_weights is None:
            return None
        label, other, share = answers.to(self.class_weights.dtype).unbind(1)
        own, its = (self.class_weights[n.long()] for n in (label, other))
        return share * own + (1 - share) * its

    def sums_of(
        self,
        mean: Tensor,
        losses: Tensor,
        scores: Tensor,
        answers: Tensor,
        weights: Tensor | None,
    ) -> Tensor:
        """A batch's part in the step's loss, and of the images that count the sum of
        losses, the right answers, and their number."""
        right = (scores.argmax(1) == answers[:, 0]).double()
        counts = torch.ones_like(right) if weights is None else (weights != 0).double()
        each = torch.stack([losses.double(), right, torch.ones_like(right)])
        return torch.cat([mean.view(1), (each * counts).sum(1)])

    def make_net(self) -> nn.Module:
        return create_model()

    def names(self, net: nn.Module) -> set[str]:
        """The names of the whole network's state."""
        return set(net.state_dict())

    def divide(self, net: nn.Module) -> None:
        """Divides a network's tensors over the processes, once it has its weights."""

    def start(self, net: nn.Module) -> None:
        self.module = net

    def reads_pictures(self) -> bool:
        return True

    def own(self, step: list[Batch]) -> list[Batch]:
        """The batches of a step that this process takes."""
        return step[self.place.rank :: self.place.processes]

    def gradients(
        self, loaded: Iterator[list[Tensor]], step: list[Batch], number: int
    ) -> Tensor:
        """Adds up the gradients of a step; returns its loss, and the sum of losses, the
        right answers and the number of this process's images."""
        settings, place = self.settings, self.place
        size = sum(len(batch) for batch in step)
        sums = torch.zeros(4, dtype=torch.float64, device=place.device)
        for part in range(settings.accumulate):
            at = part * place.processes + place.rank
            share = len(step[at]) / size
            batch, answers = (t.to(place.device) for t in next(loaded))
            seed_noise(f"{settings.seed}/noise/{number}/{at}")
            with self.gathering(part == settings.accumulate - 1):
                given = self.module(batch)
                weights = self.image_weights(answers)
                smoothing, exponent = settings.label_smoothing, settings.exponent
                loss, losses, scores = loss_of(
                    given, answers, smoothing, exponent, weights
                )
                # the mean over processes that follows makes it a sum
                (loss * (share * place.processes)).backward()
            mean = loss.detach().double() * share
            sums += self.sums_of(mean, losses, scores, answers, weights)
        return sums

    def gathering(self, now: bool) -> AbstractContextManager[None]:
        """Whether the gradients of a batch go to the other processes."""
        return nullcontext()

    def finish_statistics(self, net: nn.Module) -> None:
        """Updates the running statistics after a step."""
        average_statistics(net, self.place)

    def norm(self, gradients: list[Tensor]) -> Tensor:
        """The norm of the gradients of all tensors."""
        if not gradients:
            return torch.zeros((), device=self.place.device)
        lengths = [torch.linalg.vector_norm(local(gradient)) for gradient in gradients]
        return torch.linalg.vector_norm(torch.stack(lengths))

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Whole tensors, as a single process would have them; in the first process."""
        return tensors

    def part(self, tensor: Tensor, like: Tensor) -> Tensor:
        """The part of a whole tensor that this process has."""
        return tensor

    def items(self, count: int) -> tuple[list[tuple[int, int]], int]:
        """The images of a split that this process looks at, and how many of them count:
        the others are there so that all processes have the same number of batches."""
        indices = range(self.place.rank, count, self.place.processes)
        return [(index, index) for index in indices], len(indices)

    def scores(self, net: nn.Module, images: Tensor) -> Any:
        """What the network gives for images; None where another process has it."""
        return net(images)


class Replicated(Spread):
    """The whole network in each process (DistributedDataParallel)."""

    def start(self, net: nn.Module) -> None:
        self.module = DistributedDataParallel(net)

    def gathering(self, now: bool) -> AbstractContextManager[None]:
        assert isinstance(self.module, DistributedDataParallel)
        return nullcontext() if now else self.module.no_sync()


class Sharded(Spread):
    """A share of each tensor in each process; a block's are gathered while it runs
    (fully_shard)."""

    is_joint = True

    def divide(self, net: nn.Module) -> None:
        mesh = init_device_mesh(self.place.device.type, (self.place.processes,))
        for block in blocks_of(net):
            fully_shard(block, mesh=mesh)
        fully_shard(net, mesh=mesh)

    def gathering(self, now: bool) -> AbstractContextManager[None]:
        assert isinstance(self.module, FSDPModule)
        self.module.set_requires_gradient_sync(now)
        return nullcontext()

    def norm(self, gradients: list[Tensor]) -> Tensor:
        return self.place.sum(super().norm(gradients).square()).sqrt()

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for name, tensor in tensors.items():
            full = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
            if self.place.leads:
                found[name] = full.cpu()
        return found

    def part(self, tensor: Tensor, like: Tensor) -> Tensor:
        if not isinstance(like, DTensor):
            return tensor
        return distribute_tensor(
            tensor.to(self.place.device), like.device_mesh, like.placements
        )

    def items(self, count: int) -> tuple[list[tuple[int, int]], int]:
        found, own = super().items(count)
        most = -(-count // self.place.processes)
        return found + [(0, 0)] * (most - own), own


def local(tensor: Tensor) -> Tensor:
    """The part of a tensor that is in this process."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def blocks_of(module: nn.Module) -> list[nn.Module]:
    """The outermost blocks and layers that have parameters."""
    found: list[nn.Module] = []
    for child in module.children():
        is_list = type(child) in (nn.Sequential, nn.ModuleList, nn.ModuleDict)
        if is_list:
            found += blocks_of(child)
        elif any(True for _ in child.parameters()):
            found.append(child)
    return found


def seed_noise(text: str) -> None:
    """Makes dropout and stochastic depth depend only on the step."""
    torch.manual_seed(random.Random(text).getrandbits(63))`;

/** The ways of spreading, by setting. */
export const spreadTable = (isStaged: boolean) => `SPREADS: dict[str, type[Spread]] = {
    "none": Spread,
    "ddp": Replicated,
    "fsdp": Sharded,
${isStaged ? '    "pipeline": Pipelined,\n' : ''}}`;
