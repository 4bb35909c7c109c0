/** A pipeline by the plan in `stages.py`: one stage per process, micro-batches one after the other (torch.distributed.pipelining). */
export const pipelineCode = `class StepNorm(_BatchNorm):
    """Batch norm over each micro-batch, whose running statistics are updated once per
    step, by those of all its images. Recomputed values are not counted."""

    is_again = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen: list[tuple[int, Tensor, Tensor]] = []

    def _check_input_dim(self, x: Tensor) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        assert self.running_mean is not None and self.running_var is not None
        mean = torch.zeros_like(self.running_mean)
        variance = torch.ones_like(self.running_var)
        if not StepNorm.is_again:
            self.seen.append((x.numel() // x.shape[1], mean, variance))
        # with a momentum of 1 these become the micro-batch's statistics
        return F.batch_norm(
            x, mean, variance, self.weight, self.bias, True, 1.0, self.eps
        )

    @torch.no_grad()
    def finish_step(self) -> None:
        assert self.running_mean is not None and self.running_var is not None
        assert self.momentum is not None and self.num_batches_tracked is not None
        if not self.seen:
            return
        size = sum(count for count, _, _ in self.seen)
        mean = sum(mean * (count / size) for count, mean, _ in self.seen)
        squares = sum(
            variance * (count - 1) + (own - mean).square() * count
            for count, own, variance in self.seen
        )
        self.running_mean.lerp_(torch.as_tensor(mean), self.momentum)
        self.running_var.lerp_(torch.as_tensor(squares) / (size - 1), self.momentum)
        self.num_batches_tracked.add_(1)
        self.seen.clear()


@contextmanager
def again() -> Iterator[None]:
    """Marks the time during which values are recomputed."""
    StepNorm.is_again = True
    try:
        yield
    finally:
        StepNorm.is_again = False


class StageOfStep(nn.Module):
    """A stage as a step runs it, micro-batch by micro-batch."""

    def __init__(self, net: nn.Module, recomputes: bool) -> None:
        super().__init__()
        self.net = net
        self.recomputes = recomputes
        self.seed = ""
        self.count = 0

    def begin(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def forward(self, *given: Tensor) -> Any:
        seed_noise(f"{self.seed}/{self.count}")
        self.count += 1
        if not self.recomputes:
            return self.net(*given)
        return checkpoint(
            self.net,
            *given,
            use_reentrant=False,
            context_fn=lambda: (nullcontext(), again()),
        )


class Pipelined(Spread):
    """One stage of the network per process, by the plan in stages.py. Each process sees
    the same images in turn: the batches of a step are its micro-batches."""

    is_joint = True

    def __init__(self, place: Place, settings: Settings) -> None:
        super().__init__(place, settings)
        self.is_first = place.rank == 0
        self.is_last = place.rank == len(STAGES) - 1
        self.sums = torch.zeros(4, dtype=torch.float64, device=place.device)
        self.prepared: tuple[int, PipelineScheduleSingle] | None = None

    def make_net(self) -> nn.Module:
        net = STAGES[self.place.rank]()
        replace_norms(net, StepNorm)
        return net

    def names(self, net: nn.Module) -> set[str]:
        with torch.device("meta"):
            return set(create_model().state_dict())

    def start(self, net: nn.Module) -> None:
        self.module = StageOfStep(net, RECOMPUTES[self.place.rank])

    def reads_pictures(self) -> bool:
        return self.is_first

    def own(self, step: list[Batch]) -> list[Batch]:
        return step

    def schedule(self, size: int) -> PipelineScheduleSingle:
        """The schedule for micro-batches of a size. PyTorch is given all shapes:
        otherwise it would run the network to find them, and update its statistics."""
        if self.prepared and self.prepared[0] == size:
            return self.prepared[1]

        def like(values: list[tuple[tuple[int, ...], bool]]) -> tuple[Tensor, ...]:
            return tuple(
                torch.empty((size, *shape), device="meta", requires_grad=trains)
                for shape, trains in values
            )

        image = ((CHANNELS, HEIGHT, WIDTH), False)
        rank = self.place.rank
        stage = PipelineStage(
            self.module,
            rank,
            len(STAGES),
            self.place.device,
            input_args=like([image] if self.is_first else HANDED[rank - 1]),
            output_args=like(HANDED[rank]),
        )
        make = ScheduleGPipe if SCHEDULE == "gpipe" else Schedule1F1B
        count = self.settings.accumulate
        schedule = make(stage, count, loss_fn=self.loss, scale_grads=False)
        self.prepared = size, schedule
        return schedule

    def loss(self, given: Any, answers: Tensor) -> Tensor:
        """The share of a micro-batch in the step's loss."""
        smoothing = self.settings.label_smoothing
        scores, *others = given if isinstance(given, tuple) else (given,)
        every = (scores, tuple(others)) if others else scores
        exponent = self.settings.exponent
        weights = self.image_weights(answers)
        loss, losses, scores = loss_of(every, answers, smoothing, exponent, weights)
        part = loss / self.settings.accumulate
        mean = part.detach().double()
        self.sums += self.sums_of(mean, losses, scores, answers, weights)
        return part

    def gradients(
        self, loaded: Iterator[list[Tensor]], step: list[Batch], number: int
    ) -> Tensor:
        assert isinstance(self.module, StageOfStep)
        batches = [next(loaded) for _ in step]
        images = torch.cat([images for images, _ in batches]).to(self.place.device)
        answers = torch.cat([answers for _, answers in batches]).to(self.place.device)
        del batches
        self.sums.zero_()
        self.module.begin(f"{self.settings.seed}/noise/{number}/{self.place.rank}")
        self.schedule(len(step[0])).step(
            *([images] if self.is_first else []),
            target=answers if self.is_last else None,
            return_outputs=False,
        )
        return self.sums

    def finish_statistics(self, net: nn.Module) -> None:
        for module in net.modules():
            if isinstance(module, StepNorm):
                module.finish_step()

    def norm(self, gradients: list[Tensor]) -> Tensor:
        return self.place.sum(super().norm(gradients).square()).sqrt()

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """The tensors of all stages, which are sent to the first process."""
        kinds = [(name, t.shape, t.dtype) for name, t in tensors.items()]
        stages: list[list[Any]] = [kinds] * self.place.processes
        dist.all_gather_object(stages, kinds)
        if not self.place.leads:
            for tensor in tensors.values():
                dist.send(tensor.to(self.place.device).contiguous(), 0)
            return {}
        found = {name: tensor.cpu() for name, tensor in tensors.items()}
        for rank, sent in enumerate(stages[1:], 1):
            for name, shape, dtype in sent:
                tensor = torch.empty(shape, dtype=dtype, device=self.place.device)
                dist.recv(tensor, rank)
                found[name] = tensor.cpu()
        return found

    def items(self, count: int) -> tuple[list[tuple[int, int]], int]:
        return [(index, index) for index in range(count)], count

    def scores(self, net: nn.Module, images: Tensor) -> Any:
        """Passes a batch from stage to stage."""
        rank, size = self.place.rank, len(images)
        given = [images]
        if not self.is_first:
            dtype = next(net.parameters(), self.sums.float()).dtype
            given = [
                torch.empty((size, *shape), dtype=dtype, device=self.place.device)
                for shape, _ in HANDED[rank - 1]
            ]
            for tensor in given:
                dist.recv(tensor, rank - 1)
        found = net(*given)
        values = found if isinstance(found, tuple) else (found,)
        if self.is_last:
            return values[0]
        for tensor in values:
            dist.send(tensor.contiguous(), rank + 1)
        return None`;
