/** What defines a run: `config.json` and `spec/`, as in `train/run/`. */
export const configCode = `def read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise RunError(f"'{path}' cannot be read: {problem}") from problem
    if not isinstance(found, dict):
        raise RunError(f"'{path}' is not a JSON object")
    return found


def read_spec(folder: Path) -> dict[str, str]:
    """The texts of a spec's files, by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*.enet")
    }


HERE = Path(__file__).resolve().parent


def describe_run(
    settings: Settings, data: Data, root: str, weights: str
) -> dict[str, Any]:
    """What \`enetc train\` would write for such a run."""
    network = read_json(HERE / "network.json")
    del network["files"]
    own = {dashed(name): value for name, value in asdict(settings).items()}
    chosen = {name: value for name, value in own.items() if value is not None}
    engine = {dashed(n): chosen.pop(dashed(n)) for n in ENGINE if dashed(n) in chosen}
    validation = len(data.validation.labels) if data.validation else 0
    return {
        "format": 1,
        **network,
        "data": os.path.abspath(root),
        "classes": list(data.classes),
        "images": {
            "train": len(data.train.labels),
            "validation": validation,
            "digest": data.digest,
        },
        "backend": "auto",
        "weights": {"file": os.path.abspath(weights), "allowMissing": []},
        # no images are held out of the training data
        "settings": {**FIXED, **chosen, "validation": 0},
        "engine": {"name": "pytorch", **engine},
    }


def read_config(run: Path) -> dict[str, Any]:
    """The configuration of a run, whose network must be the one of this script."""
    if not (run / "config.json").exists():
        raise RunError(f"there is no run in '{run}': it has no config.json")
    config = read_json(run / "config.json")
    if config.get("format") != 1 or config.get("engine", {}).get("name") != "pytorch":
        raise RunError(f"'{run}' is not a run of this engine: see enetc train --resume")
    network = read_json(HERE / "network.json")
    same = all(config.get(name) == network[name] for name in ("spec", "network"))
    if not same or read_spec(run / "spec") != network["files"]:
        raise RunError(f"'{run}' is a run of a different network from that of '{HERE}'")
    return config


def settings_of(config: dict[str, Any]) -> Settings:
    """The settings of a run. What this script lacks is refused by name."""
    known = {f.name for f in fields(Settings)}
    values: dict[str, Any] = {}
    for name, value in config["settings"].items():
        if name.replace("-", "_") in known:
            values[name.replace("-", "_")] = value
        elif name not in ("validation", *PLANNED) and FIXED.get(name) != value:
            raise RunError(f"the run has --{name} {value}, not supported by train.py")
    for name, value in config["engine"].items():
        if name.replace("-", "_") in known:
            values[name.replace("-", "_")] = value
        elif name not in ("name", *PLANNED):
            raise RunError(f"the run has --{name} {value}, not supported by train.py")
    return Settings(**values)


def mark_of(config: dict[str, Any], spec: dict[str, str]) -> str:
    """A run's mark in its checkpoints: a digest of all that decides its numbers."""
    names = ("network", "classes", "images", "weights", "settings", "engine", "spec")
    parts = [[config.get(name) for name in names], spec]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_run(folder: Path, config: dict[str, Any]) -> None:
    """Writes what defines the run: from then on it can be resumed."""
    for name, text in read_json(HERE / "network.json")["files"].items():
        file = folder / "spec" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, text)
    (folder / "checkpoints").mkdir(exist_ok=True)
    text = json.dumps(config, indent=2, ensure_ascii=False) + "\\n"
    write_text(folder / "config.json", text)


def make_folder(out: str | None) -> Path:
    """The folder of a new run: the next free one, or an empty one."""
    try:
        if out is None:
            Path("runs").mkdir(exist_ok=True)
            for n in count_from(1):
                folder = Path("runs") / f"{RUN_NAME}-{n}"
                if not folder.exists():
                    folder.mkdir()
                    return folder
        folder = Path(str(out))
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "config.json").exists():
            raise RunError(
                f"'{out}' already holds a run: continue it with --resume {out}, or "
                "choose another --out"
            )
        # all that a run leaves that ended before it had a configuration
        ours = re.compile(r"spec|checkpoints|lock(\\..*)?|\\..*\\.tmp")
        if not all(ours.fullmatch(entry.name) for entry in folder.iterdir()):
            raise RunError(f"'{out}' is not empty: choose another --out")
        return folder
    except OSError as problem:
        raise RunError(f"the run's folder cannot be made: {problem}") from problem`;
