/** One step: TensorFlow's RMSProp, SGD and AdamW, the schedule, the averages, the loss (see `5-graph/training/` and `train/schedule.ts`). */
export const stepCode = `class TensorFlowRMSprop(torch.optim.Optimizer):
    """RMSProp as in TensorFlow 1: mean squares begin at one, epsilon is inside the root,
    and the momentum includes the rate."""

    def __init__(
        self,
        groups: list[dict[str, Any]],
        decay: float,
        momentum: float,
        epsilon: float,
    ) -> None:
        options = {"decay": decay, "momentum": momentum, "epsilon": epsilon}
        super().__init__(groups, {"lr": 0.0, "weight_decay": 0.0, **options})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            decay, momentum = group["decay"], group["momentum"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["mean_square"] = torch.ones_like(weight)
                    state["momentum"] = torch.zeros_like(weight)
                gradient = weight.grad
                if group["weight_decay"] != 0:
                    gradient = gradient.add(weight, alpha=group["weight_decay"])
                square, moved = state["mean_square"], state["momentum"]
                square.mul_(decay).addcmul_(gradient, gradient, value=1 - decay)
                root = square.add(group["epsilon"]).sqrt_()
                moved.mul_(momentum).addcdiv_(gradient, root, value=group["lr"])
                weight.sub_(moved)


def make_optimiser(
    net: nn.Module, settings: Settings, head: Container[str] = ()
) -> torch.optim.Optimizer:
    """Weight decay applies to convolutions and linear layers, including biases. The head
    has a rate of its own."""
    made: dict[tuple[bool, bool], dict[str, Any]] = {
        (decays, own): {
            "params": [],
            "weight_decay": settings.weight_decay if decays else 0.0,
            "factor": settings.head_rate if own else 1.0,
        }
        for own in (False, True)
        for decays in (True, False)
    }
    for path, module in net.named_modules():
        decays = isinstance(module, (nn.Linear, _ConvNd))
        before = f"{path}." if path else ""
        for name, weight in module.named_parameters(recurse=False):
            if weight.requires_grad:
                made[decays, before + name in head]["params"].append(weight)
    groups: list[dict[str, Any]] = list(made.values())
    # a stage may have none
    groups = [group for group in groups if group["params"]] or groups[:1]
    if settings.optimiser == "rmsprop":
        return TensorFlowRMSprop(
            groups, settings.rms_decay, settings.momentum, settings.epsilon
        )
    if settings.optimiser == "sgd":
        # PyTorch refuses Nesterov's method with a momentum of 0, which is plain SGD
        nesterov = settings.nesterov and settings.momentum > 0
        return torch.optim.SGD(
            groups, lr=0.0, momentum=settings.momentum, nesterov=nesterov
        )
    betas = (settings.beta1, settings.beta2)
    return torch.optim.AdamW(groups, lr=0.0, betas=betas, eps=settings.epsilon)


def peak_rate(settings: Settings) -> float:
    """The rate is for 256 images, scaled by the number of images in a step."""
    images = settings.batch * settings.batches
    return settings.rate * images / 256


def learning_rate(settings: Settings, step: int, steps_per_epoch: int) -> float:
    """The rate of a step, from 0 (\`build_learning_rate\` of tensorflow/tpu's
    efficientnet): it rises for \`warmup\` epochs, and falls as if from step 0."""
    peak = peak_rate(settings)
    warmup = math.trunc(settings.warmup * steps_per_epoch)
    if step < warmup:
        return peak * step / warmup
    if settings.schedule == "cosine":
        total = steps_per_epoch * settings.epochs
        return 0.5 * peak * (1 + math.cos(math.pi * step / total))
    decay_steps = steps_per_epoch * settings.decay_epochs
    if settings.schedule == "constant" or decay_steps == 0:
        return peak
    return peak * settings.decay_rate ** math.floor(step / decay_steps)


class Averages:
    """Averages of weights and statistics as a network of their own (Polyak & Juditsky
    1992); at first they follow the weights closely."""

    def __init__(
        self, net: nn.Module, spread: "Spread", moved: Container[str] | None = None
    ) -> None:
        self.net = copy.deepcopy(net).requires_grad_(False)
        spread.divide(self.net)
        self.of = net
        # what does not train is its own average
        self.names = [n for n in weights_of(net) if moved is None or n in moved]

    @torch.no_grad()
    def update(self, decay: float, step: int) -> None:
        updates = step + 1
        share = min(decay, (1 + updates) / (10 + updates))
        values, averages = weights_of(self.of), weights_of(self.net)
        for name in self.names:
            average = local(averages[name])
            average.mul_(share).add_(local(values[name]), alpha=1 - share)


def loss_of(
    given: Any,
    answers: Tensor,
    smoothing: float,
    gamma: float = 0.0,
    weights: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of a batch with that of auxiliary outputs, and the losses and scores of
    the network's own output. Answers come from Mixing; with a gamma it is the focal
    loss (Lin et al. 2017). Weights are those of the images."""
    # there are auxiliary outputs only in training
    scores, others = given if isinstance(given, tuple) else (given, ())
    scores = torch.flatten(scores, 1)
    classes = scores.shape[1]
    share = answers[:, 2:].to(scores.dtype)
    label, other = (F.one_hot(answers[:, n].long(), classes) for n in (0, 1))
    targets = share * label + (1 - share) * other
    targets = targets * (1 - smoothing) + smoothing / classes

    def losses_of(output: Tensor) -> Tensor:
        log = F.log_softmax(torch.flatten(output, 1), 1)
        if gamma > 0:
            return -(targets * torch.expm1(log).neg().pow(gamma) * log).sum(1)
        return -(targets * log).sum(1)

    def mean_of(losses: Tensor) -> Tensor:
        return (losses if weights is None else losses * weights).mean()

    losses = losses_of(scores)
    loss = mean_of(losses)
    factors = AUXILIARY if others else []
    for output, factor in zip(others, factors, strict=True):
        loss = loss + factor * mean_of(losses_of(output))
    return loss, losses.detach(), scores.detach()


def finish_step(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    settings: Settings,
    rate: float,
    spread: "Spread",
) -> float:
    """Clips the gradient and moves the weights; returns the norm before clipping."""
    gradients = [w.grad for w in net.parameters() if w.grad is not None]
    norm = spread.norm(gradients)
    length = norm.item()
    if not math.isfinite(length):
        raise RunError(
            "the gradient is not finite: nothing was changed by this step; a smaller "
            "--rate, a longer --warmup or --clip-norm may help"
        )
    if 0 < settings.clip_norm < length:
        for gradient in gradients:
            local(gradient).mul_(settings.clip_norm / norm)
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return length`;
