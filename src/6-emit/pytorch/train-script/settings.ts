/**
 * The settings of `train.py`: those of `enetc train` that it supports, checked in the same way; the others are refused
 * by name.
 */
export const settingsCode = (isStaged: boolean) => `class RunError(Exception):
    """A problem that the user can fix, in words."""


@dataclass(frozen=True)
class Settings:
    """What decides the numbers of a run; names and defaults are those of \`enetc train\`."""

    epochs: int = 350
    batch: int = 32
    accumulate: int = 1
    optimiser: str = "rmsprop"
    rate: float = 0.016
    schedule: str = "exponential"
    warmup: float = 5.0
    decay_rate: float = 0.97
    decay_epochs: float = 2.4
    momentum: float = 0.9
    nesterov: bool = False
    rms_decay: float = 0.9
    epsilon: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    weight_decay: float = 1e-5
    clip_norm: float = 0.0
    loss: str = "cross-entropy"
    gamma: float = 2
    label_smoothing: float = 0.1
    class_weights: str | None = None
    balanced: bool = False
    ema: float = 0.9999
    evaluate: str = "auto"
    augment: str | None = None
    magnitude: float = 9
    operations: int = 2
    flip: float | None = None
    crop: float | None = None
    mixup: float = 0
    cutmix: float = 0
    erase: float = 0
    progressive: str | None = None
    freeze: str | None = None
    freeze_norms: int | None = None
    head: str | None = None
    head_rate: float | None = None
    save_every: int = 1000
    log_every: int = 10
    seed: int = 0
    parallel: str = "none"
    sync_batch_norm: bool = False
    processes: int = 1

    @property
    def batches(self) -> int:
        """Batches per step; the stages of a pipeline take the same ones."""
        copies = 1 if self.parallel == "pipeline" else self.processes
        return self.accumulate * copies

    @property
    def exponent(self) -> float:
        """The loss's exponent, for \`loss_of\`."""
        return self.gamma if self.loss == "focal" else 0.0


# settings of this engine only
ENGINE = ("parallel", "sync_batch_norm", "processes")

# what follows from the optimiser where it is not given
BY_OPTIMISER: dict[str, dict[str, float]] = {
    "rmsprop": {"rate": 0.016, "epsilon": 1e-3, "weight_decay": 1e-5},
    "sgd": {"rate": 0.1, "epsilon": 0.0, "weight_decay": 1e-4},
    "adamw": {"rate": 2.5e-4, "epsilon": 1e-8, "weight_decay": 0.05},
}

# settings that are used only with certain values of others
NEEDS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "nesterov": ("optimiser", ("sgd",)),
    "momentum": ("optimiser", ("rmsprop", "sgd")),
    "rms_decay": ("optimiser", ("rmsprop",)),
    "epsilon": ("optimiser", ("rmsprop", "adamw")),
    "beta1": ("optimiser", ("adamw",)),
    "beta2": ("optimiser", ("adamw",)),
    "decay_rate": ("schedule", ("exponential",)),
    "decay_epochs": ("schedule", ("exponential",)),
    "gamma": ("loss", ("focal",)),
    "magnitude": ("augment", ("randaugment",)),
    "operations": ("augment", ("randaugment",)),
    "flip": ("augment", (None, "basic", "randaugment", "autoaugment")),
    "sync_batch_norm": ("parallel", ("ddp", "fsdp")),
}

# settings of \`enetc train\` that the stages of a pipeline are planned by
PLANNED = ("checkpoint", "pipeline-schedule")

# settings of \`enetc train\` that have only these values in this script
FIXED: dict[str, Any] = {
    "quantize": False,
}

# settings of \`enetc train\` that this script does not have
ELSEWHERE = [
    "checkpoint",
    "quantize",
    "validation",
]


class Refused(argparse.Action):
    """An option of enetc train that this script does not have."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        parser.error(f"{option} is an option of enetc train that train.py lacks")


def number_from(
    kind: Callable[[str], Any],
    least: float,
    most: float = math.inf,
    below: bool = False,
) -> Callable[[str], Any]:
    """A type for argparse: numbers within bounds, with \`below\` without \`most\`."""

    def read(text: str) -> Any:
        value = kind(text)
        if not least <= value <= most or (below and value == most) or value == math.inf:
            upper = f" {'below' if below else 'to'} {most:g}" if most < math.inf else ""
            raise argparse.ArgumentTypeError(f"takes a number from {least:g}{upper}")
        return value

    read.__name__ = kind.__name__
    return read


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=f"Trains {NAME} on folders of pictures: DATA/train/CLASS/... and "
        "DATA/val/CLASS/... Over several processes: torchrun --nproc-per-node N "
        "train.py DATA --parallel ddp.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    add = parser.add_argument
    count = number_from(int, 1)
    positive = number_from(float, 0)
    share = number_from(float, 0, 1, below=True)
    add("data", nargs="?", help="the folder with train/ and val/, or a list by enetc")
    add("--out", metavar="RUN", help=f"the run's folder; runs/{RUN_NAME}-N by default")
    add("--resume", metavar="RUN", help="continue a run from its checkpoint")
    add(
        "--weights",
        metavar="FILE",
        help="safetensors to begin with; weights.safetensors next to this file by default",
    )
    add("--device", help="cpu or cuda; cuda by default where available")
    add("--workers", type=number_from(int, 0), help="processes that read pictures")
    add("--epochs", type=count, help="passes over the training images; 350 by default")
    add("--batch", type=count, help="images per batch of a process; 32 by default")
    add("--accumulate", type=count, help="batches of a process per step")
    add("--optimiser", choices=list(BY_OPTIMISER), help="rmsprop by default")
    add(
        "--rate",
        type=positive,
        help="learning rate for 256 images per step, scaled by their number; 0.016 "
        "by default (sgd 0.1, adamw 0.00025)",
    )
    add("--schedule", choices=["exponential", "cosine", "constant"])
    add("--warmup", type=positive, help="epochs in which the rate rises; 5 by default")
    add("--decay-rate", type=positive, help="exponential: the factor; 0.97 by default")
    add("--decay-epochs", type=positive, help="exponential: from one to the next; 2.4")
    add("--momentum", type=share, help="of rmsprop and sgd; 0.9 by default")
    add("--nesterov", action="store_true", help="sgd with Nesterov's momentum")
    add("--rms-decay", type=share, help="rmsprop: of squared gradients; 0.9")
    add("--epsilon", type=positive, help="rmsprop 0.001 by default, adamw 1e-8")
    add("--beta1", type=share, help="adamw; 0.9 by default")
    add("--beta2", type=share, help="adamw; 0.999 by default")
    add(
        "--weight-decay",
        type=positive,
        help="not on norms; 1e-5 (sgd 1e-4, adamw 0.05)",
    )
    add("--clip-norm", type=positive, help="the gradient's maximum norm; no limit")
    add("--loss", choices=["cross-entropy", "focal"])
    add("--gamma", type=positive, help="focal loss: its exponent; 2 by default")
    add("--label-smoothing", type=share, help="0.1 by default")
    add(
        "--class-weights",
        type=class_weights,
        help="how much each class counts in the loss: balanced (by inverse frequency), "
        "or one number a class",
    )
    add("--balanced", action="store_true", help="draw each class equally often")
    add("--ema", type=share, help="decay of the weights' averages; 0.9999, 0 for none")
    add("--evaluate", choices=["auto", "both", "averages", "raw"])
    add(
        "--augment",
        choices=["none", "basic", "randaugment", "autoaugment"],
        help="autoaugment by default, basic (crop and flip) for pictures of 64 pixels "
        "or less",
    )
    add(
        "--magnitude",
        type=number_from(float, 0, 30),
        help="randaugment: strength of 0 to 30; 9 by default",
    )
    add("--operations", type=count, help="randaugment: operations per picture; 2")
    add("--flip", type=number_from(float, 0, 1), help="how often a picture is mirrored")
    add("--mixup", type=positive, help="alpha of mixing pairs of images; off (0)")
    add("--cutmix", type=positive, help="alpha of pasting rectangles of others; off")
    add("--erase", type=number_from(float, 0, 1), help="how often a part is erased; 0")
    add(
        "--crop",
        type=number_from(float, 0.01, 1),
        help="the share of a picture's shorter side that evaluation keeps",
    )
    add(
        "--progressive",
        metavar="FROM-TO[/STAGES]",
        type=progression,
        help="sizes of images that grow over the epochs, in 4 stages by default",
    )
    add("--freeze", metavar="PARTS", help="what is not trained: stem,stages.1-4")
    add(
        "--freeze-norms",
        type=number_from(int, 0),
        help="how many epochs at the end norms go by their running statistics",
    )
    add(
        "--head",
        metavar="PARTS",
        help="what --head-rate is for; the section of the last linear layer by default",
    )
    add("--head-rate", type=positive, help="the head's rate, times that of the others")
    add("--save-every", type=count, help="steps between checkpoints; 1000 by default")
    add("--log-every", type=count, help="steps between lines of metrics.jsonl; 10")
    add("--seed", type=number_from(int, 0), help="of order, crops and noise; 0")
    add(
        "--events",
        action="store_true",
        help="lines of JSON, for a program that starts this one; a line 'stop' on "
        "standard input stops the run, and the end of standard input ends it",
    )
    add(
        "--parallel",
        choices=list(SPREADS),
        help="under torchrun: ddp has the network in each process, fsdp a share of each "
        "tensor${isStaged ? pipelineHelp : ''}",
    )
    add(
        "--sync-batch-norm",
        action="store_true",
        help="ddp, fsdp: statistics of the batches of all processes",
    )
    for name in ELSEWHERE:
        add(f"--{name}", nargs="?", action=Refused, help=argparse.SUPPRESS)
    return parser


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    settings: Settings
    data: str | None = None
    out: str | None = None
    resume: str | None = None
    weights: str | None = None
    device: str | None = None
    workers: int | None = None
    events: bool = False


def parse_request(argv: Sequence[str] | None, processes: int) -> Request:
    """Reads and checks arguments; ends the process where they are wrong."""
    parser = make_parser()
    given = vars(parser.parse_args(argv))
    places = {f.name for f in fields(Request)} & given.keys()
    named = {name: given[name] for name in given.keys() - places}
    place = {name: given[name] for name in places}
    if "resume" in place:
        fixed = [*named, *(places & {"out", "weights"})]
        if fixed:
            parser.error(f"a resumed run keeps its settings: --{dashed(min(fixed))}")
        return Request(Settings(), **place)
    if "data" not in place:
        parser.error("DATA is missing: the folder with train/ and val/")
    preset: dict[str, Any] = BY_OPTIMISER[named.get("optimiser", "rmsprop")]
${isStaged ? pipelinePreset : ''}    settings = Settings(**{**preset, **named, "processes": processes})
    for name, (other, values) in NEEDS.items():
        if name in named and getattr(settings, other) not in values:
            parser.error(
                f"--{dashed(name)} needs --{dashed(other)} "
                + " or ".join(value for value in values if value is not None)
            )
    if settings.head is not None and settings.head_rate is None:
        parser.error("--head needs --head-rate")
    if settings.progressive is not None and settings.parallel == "pipeline":
        parser.error("--progressive: stages of a pipeline take images of one size")
    if settings.optimiser != "sgd" and settings.epsilon < 1.2e-38:
        parser.error("--epsilon takes a number from 1.2e-38: below it, 0 / 0 can occur")
${isStaged ? pipelineChecks : ''}    if settings.parallel == "none" and processes > 1:
        parser.error(f"{processes} processes were started: --parallel is missing")
    return Request(settings, **place)


def dashed(name: str) -> str:
    return name.replace("_", "-")`;

const pipelineHelp = `, "
        "pipeline one stage of it, whose batches are micro-batches`;

const pipelinePreset = `    if named.get("parallel") == "pipeline":
        planned = {"batch": BATCH // MICRO_BATCHES, "accumulate": MICRO_BATCHES}
        preset = {**preset, **planned}
`;

const pipelineChecks = `    if settings.parallel == "pipeline":
        if processes != len(STAGES):
            parser.error(
                f"--parallel pipeline takes {len(STAGES)} processes, one for each stage, "
                f"and {processes} were started"
            )
        if SCHEDULE == "1f1b" and settings.accumulate < len(STAGES):
            parser.error(
                f"--accumulate: 1F1B takes {len(STAGES)} or more micro-batches"
            )
`;
