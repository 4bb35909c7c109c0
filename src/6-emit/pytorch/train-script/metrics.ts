/** Lines of `metrics.jsonl` and TensorBoard events, as `train/metrics/` writes them. */
export const metricsCode = `CRC: list[int] = []
for byte in range(256):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    CRC.append(byte)


def masked_crc(data: bytes) -> bytes:
    """CRC-32C as in TensorFlow's record files."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    rotated = ((crc >> 15) | (crc << 17)) + 0xA282EAD8
    return struct.pack("<I", rotated & 0xFFFFFFFF)


def varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def sized(data: bytes) -> bytes:
    return varint(len(data)) + data


def event_record(content: bytes) -> bytes:
    """An event with its time: field 1 of tensorflow/core/util/event.proto."""
    data = b"\\x09" + struct.pack("<d", time.time()) + content
    length = struct.pack("<Q", len(data))
    return length + masked_crc(length) + data + masked_crc(data)


def scalar_record(step: int, scalars: dict[str, float]) -> bytes:
    values = (
        b"\\x0a" + sized(b"\\x0a" + sized(tag.encode()) + b"\\x15" + struct.pack("<f", x))
        for tag, x in scalars.items()
    )
    return event_record(b"\\x10" + varint(step) + b"\\x2a" + sized(b"".join(values)))


class Metrics:
    """\`metrics.jsonl\`, and the same for TensorBoard."""

    def __init__(self, folder: Path, sizes: dict[str, int]) -> None:
        self.lines = GrowingFile(folder / "metrics.jsonl", sizes["metrics"])
        events = folder / "events.out.tfevents.0.enetc"
        self.events = GrowingFile(events, sizes["events"])
        if sizes["events"] == 0:
            self.events.append(event_record(b"\\x1a" + sized(b"brain.Event:2")))

    def write(self, record: dict[str, Any], scalars: dict[str, float]) -> None:
        line = json.dumps(record, separators=(",", ":")) + "\\n"
        self.lines.append(line.encode())
        self.events.append(scalar_record(record["step"], scalars))

    def sizes(self) -> dict[str, int]:
        return {"metrics": self.lines.size, "events": self.events.size}

    def sync(self) -> None:
        self.lines.sync()
        self.events.sync()


def epoch_scalars(record: dict[str, Any]) -> dict[str, float]:
    scalars = {
        "epoch": record["epoch"] + 1,
        "train/loss": record["train"]["loss"],
        "train/accuracy": record["train"]["accuracy"],
    }
    for kind, score in record["validation"].items():
        for name, value in score.items():
            tag = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
            scalars[f"validation/{tag}_{kind}"] = value
    return scalars`;
