/** Files that are whole or absent, and files that grow. */
export const filesCode = `MACHINE = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """The file is complete or absent, whenever the process or the machine stops."""
    temporary = path.with_name(f".{path.name}.enetc-{MACHINE}-{os.getpid()}.tmp")
    try:
        write(temporary)
        # permissions of any new file; safetensors would allow only its owner
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except (OSError, SafetensorError) as problem:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise RunError(f"'{path}' cannot be written: {problem}") from problem
    if os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_text(path: Path, text: str) -> None:
    def write(file: Path) -> None:
        file.write_bytes(text.encode())

    write_atomically(path, write)


def write_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]
) -> None:
    plain = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    write_atomically(path, lambda file: save_file(plain, file, metadata))


class GrowingFile:
    """A file that only grows; resuming cuts it back to its size at the checkpoint."""

    def __init__(self, path: Path, size: int) -> None:
        if size == 0:
            path.touch()
        self.file = path.open("r+b")
        found = os.fstat(self.file.fileno()).st_size
        if found < size:
            raise RunError(
                f"{path.name} has {found} bytes, but its run's checkpoint was taken at "
                f"{size}: the file was changed since"
            )
        self.file.truncate(size)
        self.file.seek(size)
        self.size = size

    def append(self, data: bytes) -> None:
        self.file.write(data)
        self.file.flush()
        self.size += len(data)

    def sync(self) -> None:
        os.fsync(self.file.fileno())`;
