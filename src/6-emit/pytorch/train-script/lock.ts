/** Who writes a run: the lock of `train/run/run-lock.ts`, in Python. */
export const lockCode = `CLAIM = re.compile(r"lock\\.\\d+\\.[0-9a-f]+")


def start_of(pid: int) -> str:
    """When a process began: field 22 of /proc/PID/stat. PIDs are reused."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    return stat.rpartition(") ")[2].split(" ")[19]


def holder_of(path: Path) -> tuple[int, str] | None:
    """The process of a lock and its machine, unless the process is known to be gone."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        pid, host, started = int(found["pid"]), found["host"], found["started"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    if host != socket.gethostname() or os.name == "nt":
        return pid, host
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    now = start_of(pid)
    return (pid, host) if "" in (now, started) or now == started else None


def refuse_held(lock: Path) -> None:
    holder = holder_of(lock)
    if holder is None:
        return
    pid, host = holder
    if host == socket.gethostname():
        raise RunError(
            f"process {pid} is writing '{lock.parent}': wait for it, or end it with "
            f"'kill {pid}', which leaves a checkpoint"
        )
    raise RunError(
        f"process {pid} on '{host}' is writing '{lock.parent}'; if it is no longer "
        f"running, remove '{lock}'"
    )


def take_lock(folder: Path) -> Callable[[], None]:
    """Locks a run's folder for this process, as \`enetc train\` does: a process that has
    made a claim and sees neither a lock nor another claim of a living process turns
    its claim into the lock. Returns a function that releases it."""
    lock = folder / "lock"
    pid = os.getpid()
    claim = folder / f"lock.{pid}.{secrets.token_hex(8)}"
    own = {"pid": pid, "host": socket.gethostname(), "started": start_of(pid)}
    text = json.dumps(own, separators=(",", ":"))

    def claims() -> list[Path]:
        return [p for p in folder.glob("lock.*") if CLAIM.fullmatch(p.name)]

    def release() -> None:
        with suppress(OSError):
            if lock.read_text(encoding="utf-8") == text:
                lock.unlink()

    try:
        for attempt in range(100):
            refuse_held(lock)
            write_text(claim, text)
            if any(p != claim and holder_of(p) is not None for p in claims()):
                claim.unlink(missing_ok=True)
                time.sleep(0.02 * random.random() * min(10, attempt + 1))
                continue
            refuse_held(lock)
            try:
                os.replace(claim, lock)
            except FileNotFoundError:
                continue
            for dead in claims():
                if holder_of(dead) is None:
                    dead.unlink(missing_ok=True)
            return release
    except OSError as problem:
        claim.unlink(missing_ok=True)
        raise RunError(f"the run '{folder}' cannot be locked: {problem}") from problem
    except RunError:
        claim.unlink(missing_ok=True)
        raise
    raise RunError(f"other processes are trying to lock '{folder}': try again")`;
