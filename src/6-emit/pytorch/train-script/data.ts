/** Finding pictures: folders as `enetc train` reads them, and the lists that it writes. */
export const dataCode = `@dataclass(frozen=True)
class Packed:
    """A picture as bytes in a file: gray, or red, green and blue."""

    path: str
    offset: int
    width: int
    height: int
    channels: int
    planar: bool


@dataclass(frozen=True)
class Split:
    """Labelled pictures: where they are, and their names."""

    places: tuple[str | Packed, ...]
    labels: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    classes: tuple[str, ...]
    train: Split
    validation: Split | None
    digest: str


ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff"),
    *(".avif", ".svg"),
)
STARTS = re.compile(
    rb"\\xff\\xd8\\xff|\\x89PNG\\r\\n\\x1a\\n|GIF8|RIFF....WEBP|II[*+]\\0|MM\\0[*+]|....ftypavi[fs]",
    re.DOTALL,
)
LEFTOVERS = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\\r", "__macosx", "__pycache__"),
    *("@eadir", "lost+found", "$recycle.bin", "system volume information"),
}
SPLITS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}


def list_folder(folder: str) -> list[os.DirEntry[str]]:
    """What is not hidden or left behind by a system, sorted by name."""
    try:
        entries = [
            entry
            for entry in os.scandir(folder)
            if not entry.name.startswith(".") and entry.name.lower() not in LEFTOVERS
        ]
    except OSError as problem:
        raise RunError(f"'{folder}' cannot be read: {problem.strerror}") from problem
    key = "utf-16-be", "surrogatepass"
    return sorted(entries, key=lambda entry: entry.name.encode(*key))


def is_picture(entry: os.DirEntry[str]) -> bool:
    """By its ending, or by its first bytes."""
    if entry.name.lower().endswith(ENDINGS):
        return True
    if not entry.is_file():
        return False
    try:
        with open(entry.path, "rb") as file:
            return STARTS.match(file.read(16)) is not None
    except OSError:
        return False


def pictures_in(folder: str, within: str, seen: set[str]) -> list[str]:
    """The pictures of a class, including those in subfolders; links to what is read
    anyway are left out."""
    real = os.path.realpath(folder)
    if any(path == real or path.startswith(os.path.join(real, "")) for path in seen):
        return []
    seen.add(real)
    found: list[str] = []
    for entry in list_folder(folder):
        path = os.path.join(within, entry.name)
        if entry.is_dir():
            found += pictures_in(entry.path, path, seen)
        elif is_picture(entry):
            found.append(path)
    return found


def class_folders(root: str, split: str) -> dict[str, list[str]]:
    """The pictures of each class of a split, by their paths within the data."""
    folder = os.path.join(root, split)
    found: dict[str, list[str]] = {}
    for entry in list_folder(folder):
        if entry.is_dir():
            name = unicodedata.normalize("NFC", entry.name)
            within = os.path.join(split, entry.name)
            top = {os.path.realpath(folder)}
            found.setdefault(name, []).extend(pictures_in(entry.path, within, top))
    return found


def open_data(path: str) -> Data:
    """Opens a folder with \`train/\` and \`val/\` (or \`test/\` if there is no \`val/\`), or
    a list of pictures written by enetc."""
    return open_list(path) if path.endswith(".jsonl") else open_folder(path)


def open_folder(root: str) -> Data:
    folders: dict[str, str] = {}
    for entry in list_folder(root):
        for split, names in SPLITS.items():
            if entry.is_dir() and entry.name.lower() in names:
                if split in folders:
                    raise RunError(f"'{root}' has several folders for {split}")
                folders[split] = entry.name
    if "train" not in folders:
        raise RunError(
            f"'{root}' has no folder train/ with one folder of pictures for each class: "
            "'enetc train --engine pytorch' takes lists, MNIST, CIFAR and folders "
            "without splits too"
        )
    train = class_folders(root, folders["train"])
    empty = [name for name in train if not train[name]]
    if empty:
        raise RunError(f"the class '{empty[0]}' has no pictures in train/")
    classes = tuple(train)
    held = folders.get("validation", folders.get("test"))
    validation = class_folders(root, held) if held else {}
    unknown = [name for name in validation if validation[name] and name not in train]
    if unknown:
        raise RunError(f"'{held}' has a class that train/ lacks: '{unknown[0]}'")
    splits = [split_of(root, train, classes)]
    if any(validation.values()):
        splits.append(split_of(root, validation, classes))
    return data_of(root, classes, splits)


def split_of(root: str, found: dict[str, list[str]], classes: Sequence[str]) -> Split:
    labelled = [
        (name, label)
        for label, of_class in enumerate(classes)
        for name in found.get(of_class, [])
    ]
    names = tuple(name for name, _ in labelled)
    places = tuple(os.path.join(root, name) for name in names)
    return Split(places, tuple(label for _, label in labelled), names)


def open_list(path: str) -> Data:
    """Lines of JSON: the classes and the folder of the pictures, then the split, label
    and name of each, and where its bytes are if it is not a file of that name."""
    found: dict[str, list[tuple[str | Packed, int, str]]] = {}
    try:
        with open(path, encoding="utf-8") as lines:
            head = json.loads(next(lines))
            for line in lines:
                split, label, name, *where = json.loads(line)
                place: str | Packed
                place = os.path.join(head["root"], name)
                if where:
                    place = where[0] if len(where) == 1 else Packed(*where)
                found.setdefault(split, []).append((place, label, name))
    except (OSError, StopIteration, ValueError, TypeError) as problem:
        raise RunError(f"the list '{path}' cannot be read: {problem}") from problem
    splits = []
    for name in ("train", "validation"):
        if name in found:
            places, labels, names = zip(*found[name], strict=True)
            splits.append(Split(places, labels, names))
    return data_of(path, tuple(head["classes"]), splits)


def data_of(path: str, classes: tuple[str, ...], splits: list[Split]) -> Data:
    if len(classes) < 2:
        found = f"one class, '{classes[0]}'" if classes else "no classes"
        raise RunError(f"'{path}' has {found}: training needs at least two")
    if len(classes) != CLASSES:
        raise RunError(
            f"{NAME} distinguishes {CLASSES} classes, and '{path}' has {len(classes)}: "
            f"compile it with --classes {len(classes)}"
        )
    digest = hashlib.sha256()
    for split in splits:
        digest.update(struct.pack(f"<{len(split.labels)}i", *split.labels))
        for name in split.names:
            digest.update(name.encode(errors="replace") + b"\\0")
    validation = splits[1] if len(splits) > 1 else None
    return Data(classes, splits[0], validation, digest.hexdigest()[:16])`;
