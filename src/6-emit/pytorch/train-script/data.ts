/** Folders of pictures, their order and what is done to each: all by the seed, the epoch and the place in it. */
export const dataCode = `@dataclass(frozen=True)
class Split:
    """Labelled pictures, in the order of their names."""

    files: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Data:
    classes: tuple[str, ...]
    train: Split
    validation: Split | None
    digest: str


ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff")
SPLITS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}


def by_name(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def list_folder(folder: str) -> list[os.DirEntry[str]]:
    """What is not hidden, in the order of names."""
    try:
        entries = [e for e in os.scandir(folder) if not e.name.startswith(".")]
    except OSError as problem:
        raise RunError(f"'{folder}' cannot be read: {problem.strerror}") from problem
    return sorted(entries, key=lambda entry: by_name(entry.name))


def pictures_in(folder: str, seen: frozenset[str] = frozenset()) -> list[str]:
    """The pictures of a class, of folders in it too; links in circles are left out."""
    real = os.path.realpath(folder)
    if real in seen:
        return []
    found: list[str] = []
    for entry in list_folder(folder):
        if entry.is_dir():
            found += pictures_in(entry.path, seen | {real})
        elif entry.name.lower().endswith(ENDINGS):
            found.append(entry.path)
    return found


def class_folders(folder: str) -> dict[str, list[str]]:
    return {
        unicodedata.normalize("NFC", entry.name): pictures_in(entry.path)
        for entry in list_folder(folder)
        if entry.is_dir()
    }


def open_data(root: str) -> Data:
    """Opens \`train/\` and what is validated with: \`val/\`, or \`test/\` without one."""
    folders = {
        split: entry.path
        for entry in list_folder(root)
        for split, names in SPLITS.items()
        if entry.is_dir() and entry.name.lower() in names
    }
    if "train" not in folders:
        raise RunError(
            f"'{root}' has no folder train/ with one folder of pictures for each class; "
            "enetc train takes other forms of data too"
        )
    train = class_folders(folders["train"])
    classes = tuple(sorted(train, key=by_name))
    empty = [name for name in classes if not train[name]]
    if empty:
        raise RunError(f"the class '{empty[0]}' has no pictures in train/")
    if len(classes) != CLASSES:
        raise RunError(
            f"{NAME} distinguishes {CLASSES} classes, and '{folders['train']}' has "
            f"{len(classes)}: compile it with --classes {len(classes)}"
        )
    held = folders.get("validation", folders.get("test"))
    validation = class_folders(held) if held else {}
    unknown = sorted(name for name in validation if name not in train)
    if unknown:
        raise RunError(f"'{held}' has a class that train/ has not: '{unknown[0]}'")
    digest = hashlib.sha256()
    for files, path in ((train, folders["train"]), (validation, held or "")):
        for name in classes:
            for file in files.get(name, []):
                digest.update(f"{os.path.relpath(file, path)}\\0".encode())
    return Data(
        classes,
        split_of(train, classes),
        split_of(validation, classes) if any(validation.values()) else None,
        digest.hexdigest()[:16],
    )


def split_of(found: dict[str, list[str]], classes: Sequence[str]) -> Split:
    labelled = [
        (file, label)
        for label, name in enumerate(classes)
        for file in found.get(name, [])
    ]
    return Split(tuple(f for f, _ in labelled), tuple(label for _, label in labelled))


Box = tuple[float, float, float, float]


def middle(width: int, height: int, wide: float, high: float) -> Box:
    w = max(1, min(width, math.floor(wide + 1e-6)))
    h = max(1, min(height, math.floor(high + 1e-6)))
    left, top = (width - w + 1) // 2, (height - h + 1) // 2
    return left, top, left + w, top + h


def whole_crop(width: int, height: int, share: float | None = 1.0) -> Box:
    """The largest rectangle in the middle of the input's ratio, a share of it; by
    default what evaluation keeps, which cuts nothing off small pictures."""
    whole = min(width / WIDTH, height / HEIGHT)
    if share is not None:
        scale = whole * share
    elif whole <= 1 or max(width, height) <= SMALL:
        scale = whole
    else:
        side = min(HEIGHT, WIDTH)
        scale = max(1.0, whole * max(0.875, side / (side + 32)))
    return middle(width, height, WIDTH * scale, HEIGHT * scale)


def random_crop(width: int, height: int, rng: random.Random) -> Box:
    """A rectangle of random area and ratio (Szegedy et al. 2015)."""
    for _ in range(10):
        area = width * height * rng.uniform(0.08, 1)
        ratio = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 1 <= w <= width and 1 <= h <= height:
            left, top = rng.randrange(width - w + 1), rng.randrange(height - h + 1)
            return left, top, left + w, top + h
    ratio = min(4 / 3, max(3 / 4, width / height))
    return middle(width, height, min(width, height * ratio), min(height, width / ratio))


class Pictures(Dataset[tuple[Tensor, int]]):
    """Pictures as the network takes them. An item is asked for by its number in the
    split and its place in the epoch, which decides with the seed what is drawn."""

    def __init__(self, split: Split, settings: Settings, epoch: int | None) -> None:
        self.split = split
        self.settings = settings
        self.epoch = epoch
        self.mean = torch.tensor(MEAN, dtype=torch.float64).view(-1, 1, 1)
        self.std = torch.tensor(STD, dtype=torch.float64).view(-1, 1, 1)

    def __getitem__(self, at: tuple[int, int]) -> tuple[Tensor, int]:
        index, position = at
        file = self.split.files[index]
        try:
            with Image.open(file) as opened:
                gray = opened.mode in ("1", "L", "LA")
                upright = ImageOps.exif_transpose(opened)
                picture = upright.convert("RGB" if CHANNELS == 3 else "L")
        except (OSError, ValueError, SyntaxError) as problem:
            raise RunError(f"'{file}' cannot be read: {problem}") from problem
        if self.epoch is None:
            picture = resized(picture, whole_crop(*picture.size, CROP))
        elif self.settings.augment == "none":
            picture = resized(picture, whole_crop(*picture.size))
        else:
            seed = f"{self.settings.seed}/augment/{self.epoch}/{position}"
            picture = self.augmented(picture, gray, random.Random(seed))
        pixels = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
        values = pixels.view(HEIGHT, WIDTH, CHANNELS).permute(2, 0, 1)
        if CHANNEL_ORDER == "bgr":
            values = values.flip(0)
        normal = (values.double() / 255 - self.mean) / self.std
        return normal.float(), self.split.labels[index]

    def augmented(
        self, picture: Image.Image, gray: bool, rng: random.Random
    ) -> Image.Image:
        """A random crop, of small pictures a shift by up to an eighth, and mirroring."""
        small = max(picture.size) <= SMALL
        if small:
            whole = resized(picture, whole_crop(*picture.size))
            right, down = (
                rng.randint(-round(side / 8), round(side / 8))
                for side in (WIDTH, HEIGHT)
            )
            picture = Image.new(whole.mode, whole.size)
            picture.paste(whole, (right, down))
        else:
            picture = resized(picture, random_crop(*picture.size, rng))
        flip = self.settings.flip
        if flip is None:
            # small gray pictures are mostly characters
            flip = 0.0 if small and gray else 0.5
        return ImageOps.mirror(picture) if rng.random() < flip else picture


def resized(picture: Image.Image, box: Box) -> Image.Image:
    return picture.resize((WIDTH, HEIGHT), INTERPOLATION, box=box)


Batch = list[tuple[int, int]]


def steps_of_epoch(images: int, settings: Settings) -> int:
    """How many steps an epoch has: what is left at its end makes one more where it gives
    each batch two images or more, over which a norm can take statistics."""
    batches = settings.accumulate * settings.processes
    full, rest = divmod(images, settings.batch * batches)
    return full + (rest >= 2 * batches)


def epoch_batches(images: int, settings: Settings, epoch: int) -> list[list[Batch]]:
    """The steps of an epoch, each with the batches of all processes, in an order that
    seed and epoch decide."""
    generator = torch.Generator().manual_seed(
        random.Random(f"{settings.seed}/order/{epoch}").getrandbits(63)
    )
    order = torch.randperm(images, generator=generator).tolist()
    batches = settings.accumulate * settings.processes
    size = settings.batch * batches
    steps: list[list[Batch]] = []
    for step in range(steps_of_epoch(images, settings)):
        taken = [
            (order[i], i) for i in range(step * size, min(images, (step + 1) * size))
        ]
        cuts = [len(taken) * k // batches for k in range(batches + 1)]
        steps.append([taken[a:b] for a, b in pairwise(cuts)])
    return steps


def make_loader(
    pictures: Pictures, batches: list[Batch], workers: int
) -> DataLoader[tuple[Tensor, int]]:
    return DataLoader(
        pictures,
        batch_sampler=batches,
        num_workers=min(workers, len(batches)),
        # else it would draw a seed from the generator that dropout uses
        generator=torch.Generator(),
    )`;
