/** A run under way: its states and weights, as `train/run/` writes them. */
export const runCode = `@dataclass
class State:
    """Where a run stands between two steps. With the tensors of its checkpoint it is all
    that is passed from one step to the next."""

    step: int = 0
    epoch: int = 0
    stepInEpoch: int = 0
    images: int = 0
    loss: float = 0.0
    correct: int = 0
    best: dict[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        """As \`enetc train\` writes it."""
        found = asdict(self)
        sums = {name: found.pop(name) for name in ("images", "loss", "correct")}
        best = found.pop("best")
        return {**found, "sums": sums, **({"best": best} if best else {})}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "State":
        names = ("step", "epoch", "stepInEpoch", "best")
        return cls(**{n: facts[n] for n in names if n in facts}, **facts["sums"])


# what the optimisers keep for a weight, and its name in a checkpoint
SLOTS = {
    "rmsprop": {"mean_square": "rms", "momentum": "momentum"},
    "sgd": {"momentum_buffer": "momentum"},
    "adamw": {"exp_avg": "first", "exp_avg_sq": "second"},
}


@dataclass
class Training:
    """What a run changes."""

    net: nn.Module
    optimiser: torch.optim.Optimizer
    averages: Averages | None
    slots: dict[str, str]
    spread: Spread
    frozen: set[str] = field(default_factory=set)

    def tensors(self) -> dict[str, Tensor]:
        """All of it, by the names of \`enetc train\`; in the first process."""
        found = weights_of(self.net)
        for name, weight in self.net.named_parameters():
            state = self.optimiser.state.get(weight, {})
            for slot, ending in self.slots.items():
                if isinstance(state.get(slot), Tensor):
                    found[f"{name}/{ending}"] = state[slot]
        if self.averages:
            averages = weights_of(self.averages.net)
            for name in self.averages.names:
                found[f"{name}/ema"] = averages[name]
        return self.spread.whole(found)

    @torch.no_grad()
    def load(self, tensors: dict[str, Tensor], step: int) -> None:
        for name, value in weights_of(self.net).items():
            value.copy_(self.spread.part(tensors[name], value))
        if self.averages:
            for name, average in weights_of(self.averages.net).items():
                ending = "/ema" if name in self.averages.names else ""
                whole = tensors[name + ending]
                average.copy_(self.spread.part(whole, average))
        for name, weight in self.net.named_parameters():
            kept = {
                slot: self.spread.part(tensors[f"{name}/{ending}"], weight).to(
                    weight.device
                )
                for slot, ending in self.slots.items()
                if f"{name}/{ending}" in tensors
            }
            if kept and isinstance(self.optimiser, torch.optim.AdamW):
                kept["step"] = torch.tensor(float(step))
            if kept:
                self.optimiser.state[weight] = kept


def weights_of(net: nn.Module) -> dict[str, Tensor]:
    """Weights and statistics."""
    return {n: t for n, t in net.state_dict().items() if t.is_floating_point()}


STATE_FORMAT = "enetc training state 1"


def checksum(text: str, tensors: dict[str, Tensor]) -> str:
    """A checkpoint's digest, over its tensors in the order of their names."""
    total = zlib.crc32(text.encode())
    for name in sorted(tensors):
        total = zlib.crc32(tensors[name].numpy().tobytes(), total)
    return f"{total:08x}"


def read_state(
    path: Path, mark: str
) -> tuple[State, dict[str, int], dict[str, Tensor]]:
    """Reads a checkpoint; ValueError where it is damaged."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
        tensors = load_file(path)
        text = metadata["state"]
        facts = json.loads(text)
        state = State.of(facts)
    except (OSError, SafetensorError, KeyError, TypeError) as problem:
        raise ValueError(str(problem)) from problem
    if metadata.get("format") != STATE_FORMAT:
        raise ValueError("it is not a training state")
    if metadata.get("config") != mark:
        raise RunError(
            f"'{path}' belongs to another configuration: config.json or spec/ was changed"
        )
    if path.name != f"step-{state.step:09}.safetensors":
        raise ValueError(f"it is the state of step {state.step}")
    if metadata.get("crc32-by-name") != checksum(text, tensors):
        raise ValueError("its checksum does not match its contents")
    return state, facts["log"], tensors


@dataclass
class Run:
    """A run's folder, in the form of \`enetc train\`. The first process writes it."""

    folder: Path
    place: Place
    settings: Settings
    data: Data
    mark: str
    screen: Screen
    state: State = field(default_factory=State)
    metrics: Metrics | None = None

    def log(self, record: dict[str, Any], scalars: dict[str, float]) -> None:
        if self.metrics:
            self.metrics.write(record, scalars)

    def save(self, training: Training) -> None:
        """Writes a checkpoint; the one before it is kept too."""
        tensors = training.tensors()
        if self.metrics is None:
            return
        for name, tensor in tensors.items():
            if not torch.isfinite(tensor).all():
                raise RunError(
                    f"after step {self.state.step}, '{name}' has numbers that are not "
                    "finite: they are not written to a checkpoint; a smaller --rate, a "
                    "longer --warmup or --clip-norm may help"
                )
        self.metrics.sync()
        folder = self.folder / "checkpoints"
        path = folder / f"step-{self.state.step:09}.safetensors"
        text = json.dumps({**self.state.facts(), "log": self.metrics.sizes()})
        plain = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
        metadata = {"format": STATE_FORMAT, "config": self.mark, "state": text}
        metadata["crc32-by-name"] = checksum(text, plain)
        write_tensors(path, plain, metadata)
        for old in sorted(folder.glob("step-*.safetensors"))[:-2]:
            old.unlink()
        self.screen.tell("checkpoint", path=str(path))

    def load(self, training: Training) -> bool:
        """Goes back to the newest checkpoint that is whole, metrics too; false where
        there is none yet."""
        found: str | None = None
        if self.place.leads:
            found = self.newest()
        found = self.place.from_first(found)
        sizes = {"metrics": 0, "events": 0}
        if found:
            self.state, sizes, tensors = read_state(Path(found), self.mark)
            training.load(tensors, self.state.step)
        if self.place.leads:
            self.metrics = Metrics(self.folder, sizes)
        return bool(found)

    def newest(self) -> str | None:
        damaged: list[Path] = []
        for path in sorted(self.folder.glob("checkpoints/step-*.safetensors"))[::-1]:
            try:
                read_state(path, self.mark)
            except ValueError as problem:
                damaged.append(path)
                self.screen.tell("damaged", path=str(path), reason=str(problem))
                continue
            for other in damaged:
                os.replace(other, f"{other}.damaged")
            return str(path)
        if damaged:
            raise RunError(f"no checkpoint of '{self.folder}' can be read")
        return None

    def write_weights(
        self, name: str, tensors: dict[str, Tensor], facts: dict[str, str]
    ) -> None:
        if not self.place.leads:
            return
        labels = json.dumps(self.data.classes, ensure_ascii=False)
        metadata = {"model": NAME, **facts, **FACTS, "enet.labels": labels}
        write_tensors(self.folder / name, tensors, metadata)`;
