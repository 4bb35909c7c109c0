/** Which parts of a network train, and how: frozen parts, the head's rate, norms, class weights, growing sizes (see `train/`). */
export const partsCode = `def select_parts(parts: str, names: Iterable[str], option: str) -> set[str]:
    """The tensors that a list of parts names: \`stem,stages.1-4\` are those of \`stem\` and
    of the rows 1 to 4 of \`stages\`."""
    names = list(names)
    found: set[str] = set()
    for part in (text.strip() for text in parts.split(",")):
        words = part.split(".")
        # naming a row that does not exist is an error
        ends = [
            [*words[:at], end, *words[at + 1 :]]
            for at, word in enumerate(words)
            if re.fullmatch(r"\\d+-\\d+", word)
            for end in word.split("-")
        ]
        for wanted in (words, *ends):
            if not any(begins(name.split("."), wanted) for name in names):
                raise RunError(
                    f"--{option}: the network has no part '{'.'.join(wanted)}' that "
                    "owns weights"
                )
        found.update(name for name in names if begins(name.split("."), words))
    return found


def begins(path: list[str], words: list[str]) -> bool:
    """Whether a path begins with words; one like 1-4 matches any number in the range."""

    def fits(word: str, name: str) -> bool:
        ends = re.fullmatch(r"(\\d+)-(\\d+)", word)
        if word == name or not ends:
            return word == name
        return name.isdecimal() and int(ends[1]) <= int(name) <= int(ends[2])

    return len(words) <= len(path) and all(map(fits, words, path))


def frozen_of(settings: Settings, names: Iterable[str]) -> set[str]:
    """The tensors that do not train."""
    if settings.freeze is None:
        return set()
    return select_parts(settings.freeze, names, "freeze")


def freeze(net: nn.Module, frozen: set[str]) -> None:
    """Frozen parameters get no gradients."""
    for name, weight in net.named_parameters():
        weight.requires_grad_(name not in frozen)


def head_of(settings: Settings, names: Iterable[str]) -> set[str]:
    """The tensors that --head-rate applies to."""
    if settings.head_rate is None:
        return set()
    parts = settings.head or HEAD
    if parts is None:
        raise RunError(f"{NAME} has no linear layer: --head-rate needs --head")
    return select_parts(parts, names, "head")


def moved_names(net: nn.Module, frozen: set[str]) -> set[str]:
    """What a step changes: what trains, and the statistics of norms that train."""
    found: set[str] = set()
    for path, module in net.named_modules():
        before = f"{path}." if path else ""
        own = [n for n, w in module.named_parameters(recurse=False) if w.requires_grad]
        found |= {before + name for name in own}
        if own or not any(True for _ in module.parameters(recurse=False)):
            buffers = (before + name for name, _ in module.named_buffers(recurse=False))
            found |= set(buffers) - frozen
    return found


def begin_epoch(net: nn.Module, settings: Settings, epoch: int) -> None:
    """Batch norms that do not train, or are kept fixed, use running statistics."""
    net.train()
    stays = epoch >= settings.epochs - (settings.freeze_norms or 0)
    for module in net.modules():
        if isinstance(module, _BatchNorm):
            trains = any(weight.requires_grad for weight in module.parameters())
            module.train(trains and not stays)


class Still:
    """Frozen statistics of norms that use their batch."""

    def __init__(self, net: nn.Module, frozen: set[str]) -> None:
        buffers = net.named_buffers()
        self.kept = [(b, b.clone()) for name, b in buffers if name in frozen]

    def put_back(self) -> None:
        for buffer, value in self.kept:
            buffer.copy_(value)


def weights_of_classes(settings: Settings, labels: Sequence[int]) -> list[float] | None:
    """The weight of each class in the loss, optionally by inverse frequency."""
    if settings.class_weights is None:
        return None
    if settings.class_weights != "balanced":
        return [float(text) for text in settings.class_weights.split(",")]
    counts = [0] * CLASSES
    for label in labels:
        counts[label] += 1
    return [len(labels) / (CLASSES * count) if count else 0.0 for count in counts]


def class_weights(text: str) -> str:
    """For argparse: one number per class, from 0."""
    if text != "balanced":
        values = [float(part) for part in text.split(",")]
        if not all(0 <= value < math.inf for value in values):
            raise argparse.ArgumentTypeError("takes numbers from 0")
        if len(values) != CLASSES:
            raise argparse.ArgumentTypeError(f"takes {CLASSES} numbers, one per class")
    return text


def progression(text: str) -> str:
    """For argparse: FROM-TO or FROM-TO/STAGES, which end at the network's own size."""
    found = re.fullmatch(r"(\\d{1,5})-(\\d{1,5})(?:/(\\d{1,3}))?", text)
    if not found:
        raise argparse.ArgumentTypeError("takes FROM-TO or FROM-TO/STAGES: 128-224/4")
    first, last, stages = int(found[1]), int(found[2]), int(found[3] or 4)
    if not 1 <= first < last or stages < 2:
        raise argparse.ArgumentTypeError(
            "takes a smaller size, a larger one, and two stages or more"
        )
    if (last, last) != (HEIGHT, WIDTH):
        raise argparse.ArgumentTypeError(
            f"ends at {last}, and the network is for {HEIGHT} x {WIDTH} pixels"
        )
    return text


def size_of(settings: Settings, epoch: int) -> tuple[int, int]:
    """Height and width of an epoch's images: the run is cut into stages of equal length,
    whose sizes are evenly spaced, multiples of 8 between the ends."""
    if settings.progressive is None:
        return HEIGHT, WIDTH
    first, last, *more = map(int, re.findall(r"\\d+", settings.progressive))
    stages = more[0] if more else 4
    stage = min(stages - 1, epoch * stages // settings.epochs)
    side = math.floor((first + (last - first) * stage / (stages - 1)) / 8 + 0.5) * 8
    side = first if stage == 0 else last if stage == stages - 1 else side
    return side, side


def check_sizes(settings: Settings) -> None:
    """Whether the network takes images of all sizes in a run."""
    with torch.device("meta"):
        net = create_model().eval()
        for size in {size_of(settings, epoch) for epoch in range(settings.epochs)}:
            try:
                net(torch.empty(1, CHANNELS, *size))
            except RuntimeError as problem:
                raise RunError(
                    f"--progressive: {NAME} does not take {size[0]} pixels: {problem}"
                ) from problem`;
