/** The run's folder: checkpoints, metrics, weights, written whole or not at all. */
export const runCode = `@dataclass
class State:
    """Where a run stands between two steps. With the tensors of its checkpoint it is all
    that goes on from one step to the next."""

    step: int = 0
    epoch: int = 0
    step_in_epoch: int = 0
    images: int = 0
    loss: float = 0.0
    correct: int = 0
    best: float | None = None
    metrics: int = 0


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """A file is whole or absent, whenever the process ends."""
    temporary = path.with_name(f".{path.name}.tmp")
    write(temporary)
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def write_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]
) -> None:
    plain = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    write_atomically(path, lambda file: save_file(plain, file, metadata))


@dataclass
class Training:
    """What a run moves."""

    net: nn.Module
    optimiser: torch.optim.Optimizer
    averages: Averages | None

    def tensors(self) -> dict[str, Tensor]:
        found = {f"net/{name}": t for name, t in self.net.state_dict().items()}
        if self.averages:
            kept = self.averages.net.state_dict()
            found.update({f"averages/{name}": t for name, t in kept.items()})
        for index, slots in self.optimiser.state_dict()["state"].items():
            found.update({f"optimiser/{index}/{key}": t for key, t in slots.items()})
        return {name: t for name, t in found.items() if isinstance(t, Tensor)}

    def load(self, tensors: dict[str, Tensor]) -> None:
        parts: dict[str, dict[str, Tensor]] = {
            "net": {},
            "averages": {},
            "optimiser": {},
        }
        for name, tensor in tensors.items():
            part, rest = name.split("/", 1)
            parts[part][rest] = tensor
        self.net.load_state_dict(parts["net"])
        if self.averages:
            self.averages.net.load_state_dict(parts["averages"])
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in parts["optimiser"].items():
            index, key = name.split("/", 1)
            slots.setdefault(int(index), {})[key] = tensor
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": slots, "param_groups": groups})


@dataclass
class Run:
    """A run's folder: \`settings.json\`, \`metrics.jsonl\`, \`checkpoints/\`, and the weights
    \`best.safetensors\` and \`last.safetensors\`. One process writes it."""

    folder: Path
    place: Place
    settings: Settings
    data: Data
    state: State = field(default_factory=State)

    def log(self, record: dict[str, Any]) -> None:
        if not self.place.leads:
            return
        line = json.dumps(record, separators=(",", ":")) + "\\n"
        with open(self.folder / "metrics.jsonl", "ab") as file:
            file.write(line.encode())
        self.state.metrics += len(line)

    def save(self, training: Training) -> None:
        """Writes a checkpoint; the one before it is kept too."""
        if not self.place.leads:
            return
        metrics = self.folder / "metrics.jsonl"
        with open(metrics, "ab") as file:
            os.fsync(file.fileno())
        folder = self.folder / "checkpoints"
        name = f"step-{self.state.step:09}.safetensors"
        facts = {"state": json.dumps(asdict(self.state))}
        write_tensors(folder / name, training.tensors(), facts)
        for old in sorted(folder.glob("step-*.safetensors"))[:-2]:
            old.unlink()

    def load(self, training: Training) -> None:
        """Goes back to the newest checkpoint that can be read, metrics too."""
        for path in sorted(self.folder.glob("checkpoints/step-*"), reverse=True):
            try:
                with safe_open(path, "pt") as file:
                    self.state = State(**json.loads(file.metadata()["state"]))
                training.load(load_file(path))
                break
            except (SafetensorError, KeyError, ValueError, OSError) as problem:
                say(
                    self.place, f"'{path}' is damaged, an older one is taken: {problem}"
                )
        else:
            raise RunError(f"'{self.folder}' has no checkpoint")
        if self.place.leads:
            with open(self.folder / "metrics.jsonl", "ab") as file:
                file.truncate(self.state.metrics)
        say(self.place, f"continues from step {self.state.step}")

    def write_weights(self, name: str, net: nn.Module, facts: dict[str, str]) -> None:
        if not self.place.leads:
            return
        state = net.state_dict()
        counts = [key for key in state if key.endswith(".num_batches_tracked")]
        tensors = {key: state[key] for key in state.keys() - counts}
        labels = json.dumps(self.data.classes, ensure_ascii=False)
        metadata = {"model": NAME, **facts, **FACTS, "enet.labels": labels}
        write_tensors(self.folder / name, tensors, metadata)


def say(place: Place, text: str) -> None:
    if place.leads:
        print(text, flush=True)


def describe_run(settings: Settings, data: Data, root: str) -> dict[str, Any]:
    validation = len(data.validation.files) if data.validation else 0
    images = {"train": len(data.train.files), "validation": validation}
    return {
        "format": "enetc train.py 1",
        "model": NAME,
        "data": os.path.abspath(root),
        "classes": list(data.classes),
        "images": {**images, "digest": data.digest},
        "settings": asdict(settings),
    }


def create_folder(request: Request, place: Place, description: dict[str, Any]) -> Path:
    """Makes the folder of a new run, in one process, and tells the others."""
    names: list[str | None] = [None]
    if place.leads:
        names = [str(make_folder(request.out))]
        folder = Path(str(names[0]))
        (folder / "checkpoints").mkdir(exist_ok=True)
        (folder / "metrics.jsonl").touch()
        text = json.dumps(description, indent=2, ensure_ascii=False) + "\\n"
        write_atomically(folder / "settings.json", lambda path: write_text(path, text))
    if place.processes > 1:
        dist.broadcast_object_list(names)
    return Path(str(names[0]))


def write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def make_folder(out: str | None) -> Path:
    try:
        if out is not None:
            folder = Path(out)
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise RunError(
                    f"'{out}' is not empty: choose another --out, or --resume"
                )
            return folder
        Path("runs").mkdir(exist_ok=True)
        for n in count_from(1):
            folder = Path("runs") / f"{RUN_NAME}-{n}"
            if not folder.exists():
                folder.mkdir()
                return folder
    except OSError as problem:
        raise RunError(f"the run's folder cannot be made: {problem}") from problem
    raise AssertionError("numbers do not end")


def read_description(run: str) -> dict[str, Any]:
    path = Path(run) / "settings.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise RunError(
            f"there is no run of train.py in '{run}': {problem}"
        ) from problem
    if found.get("format") != "enetc train.py 1" or found.get("model") != NAME:
        raise RunError(f"'{path}' is not of a run of {NAME} that this script reads")
    return dict(found)`;
