/** A run's output and input: text for people, or lines of JSON for the program that started it. */
export const screenCode = `class Stop:
    """Whether the run is to leave a checkpoint and end: on Ctrl-C or SIGTERM, or on
    request of the program that started it."""

    def __init__(self, alone: bool) -> None:
        self.code: int | None = None
        self.alone = alone

    def listen(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.by_signal)

    def by_signal(self, number: int, _frame: Any) -> None:
        # under torchrun a signal arrives twice: from the terminal and from torchrun
        if self.code is not None and self.alone:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.code = 128 + number

    def obey(self) -> None:
        """Ends with the program that started this one, and stops on its request."""

        def read() -> None:
            while heard := os.read(0, 64):
                if b"stop" in heard:
                    self.code = 130
            os._exit(1)

        threading.Thread(target=read, daemon=True).start()


@dataclass(frozen=True)
class Screen:
    """What the first process prints."""

    leads: bool
    json: bool

    def say(self, text: str) -> None:
        if self.leads and not self.json:
            print(text, flush=True)

    def tell(self, kind: str, **facts: Any) -> None:
        """An event as \`enetc train\` knows it."""
        if self.leads and self.json:
            print(json.dumps({"kind": kind, **facts}), flush=True)
        elif self.leads and kind == "damaged":
            print(
                f"'{facts['path']}' is damaged, an older one is used: {facts['reason']}"
            )`;
