/** Preparing a picture for the network, and the order of an epoch: all decided by the seed, the epoch and the position in it. */
export const picturesCode = `Box = tuple[float, float, float, float]


def middle(width: int, height: int, wide: float, high: float) -> Box:
    w = max(1, min(width, math.floor(wide + 1e-6)))
    h = max(1, min(height, math.floor(high + 1e-6)))
    left, top = (width - w + 1) // 2, (height - h + 1) // 2
    return left, top, left + w, top + h


def framed(
    picture: Image.Image, size: tuple[int, int], share: float | None = 1.0
) -> Image.Image:
    """The picture resized as a whole, then cut out of the centre, as timm does it: its
    shorter side becomes the input's, divided by the share and rounded down. By default
    what evaluation keeps, which cuts nothing off small pictures."""
    (width, height), (high, wide) = picture.size, size
    if share is None:
        side = min(size)
        kept = max(0.875, math.floor(side / (side + 32) * 1e4) / 1e4)
        share = 1.0 if max(width, height) <= SMALL else kept
    w, h = math.floor(wide / share), math.floor(high / share)
    if w != h:
        ratio = min(width / w, height / h)
        w, h = round(width / ratio), round(height / ratio)
    elif width <= height:
        h = w * height // width
    else:
        w = h * width // height
    left, top = round((w - wide) / 2), round((h - high) / 2)
    whole = picture.resize((w, h), INTERPOLATION)
    return whole.crop((left, top, left + wide, top + high))


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


def packed_picture(place: Packed) -> Image.Image:
    size = place.width, place.height
    pixels = place.width * place.height
    with open(place.path, "rb") as file:
        file.seek(place.offset)
        data = file.read(pixels * place.channels)
    if place.channels == 1:
        return Image.frombytes("L", size, data)
    if not place.planar:
        return Image.frombytes("RGB", size, data)
    planes = (data[i * pixels : (i + 1) * pixels] for i in range(3))
    return Image.merge("RGB", [Image.frombytes("L", size, plane) for plane in planes])


def plain_picture(path: str) -> Image.Image:
    """A picture upright, 8 bits per channel, its transparent parts on white."""
    with Image.open(path) as opened:
        picture: Image.Image = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I"):
            picture = picture.convert("I").point(lambda x: x / 256).convert("L")
        elif picture.has_transparency_data:
            white = Image.new("RGBA", picture.size, "white")
            white.alpha_composite(picture.convert("RGBA"))
            mode = "L" if picture.mode in ("LA", "La") else "RGB"
            picture = white.convert(mode)
        picture.load()
        return picture


class Pictures(Dataset[tuple[Tensor, int, int]]):
    """Pictures as the network takes them. An item is requested by its number in the
    split and its position in the epoch, which with the seed decides what is drawn."""

    def __init__(
        self,
        split: Split,
        settings: Settings,
        epoch: int | None,
        size: tuple[int, int],
        reads: bool = True,
    ) -> None:
        self.split = split
        self.settings = settings
        self.epoch = epoch
        self.size = size
        # without it only labels
        self.reads = reads
        self.crop = CROP if settings.crop is None else settings.crop
        self.mean = torch.tensor(MEAN, dtype=torch.float64).view(-1, 1, 1)
        self.std = torch.tensor(STD, dtype=torch.float64).view(-1, 1, 1)

    def __getitem__(self, at: tuple[int, int]) -> tuple[Tensor, int, int]:
        index, position = at
        if not self.reads:
            return torch.empty(0), self.split.labels[index], position
        picture = self.picture(index, position)
        pixels = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
        values = pixels.view(*self.size, CHANNELS).permute(2, 0, 1)
        if CHANNEL_ORDER == "bgr":
            values = values.flip(0)
        normal = (values.double() / 255 - self.mean) / self.std
        return normal.float(), self.split.labels[index], position

    def picture(self, index: int, position: int) -> Image.Image:
        """A picture of the input's size."""
        place = self.split.places[index]
        try:
            whole = (
                plain_picture(place)
                if isinstance(place, str)
                else packed_picture(place)
            )
        except (OSError, ValueError, SyntaxError) as problem:
            name = self.split.names[index]
            # Pillow's message would repeat the path
            why = (
                "it is not a picture in a format of Pillow's"
                if isinstance(problem, UnidentifiedImageError)
                else problem
            )
            raise RunError(f"'{name}' cannot be read: {why}") from problem
        gray = whole.mode in ("1", "L")
        picture = whole.convert("RGB" if CHANNELS == 3 else "L")
        if self.epoch is None:
            return framed(picture, self.size, self.crop)
        rng = random.Random(f"{self.settings.seed}/augment/{self.epoch}/{position}")
        if self.settings.augment == "none":
            picture = framed(picture, self.size)
        else:
            picture = self.augmented(picture, gray, rng)
        return erased(picture, rng) if rng.random() < self.settings.erase else picture

    def augmented(
        self, picture: Image.Image, gray: bool, rng: random.Random
    ) -> Image.Image:
        """A random crop (for small pictures a shift by up to an eighth), mirroring, and
        the operations of a policy, by default AutoAugment's for larger pictures."""
        small = max(picture.size) <= SMALL
        if small:
            whole = framed(picture, self.size)
            right, down = (
                rng.randint(-round(side / 8), round(side / 8))
                for side in self.size[::-1]
            )
            picture = Image.new(whole.mode, whole.size)
            picture.paste(whole, (right, down))
        else:
            picture = resized(picture, random_crop(*picture.size, rng), self.size)
        flip = self.settings.flip
        if flip is None:
            # small gray pictures are mostly characters
            flip = 0.0 if small and gray else 0.5
        if rng.random() < flip:
            picture = ImageOps.mirror(picture)
        augment = self.settings.augment or ("basic" if small else "autoaugment")
        return by_policy(picture, augment, self.settings, rng)


def resized(picture: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    return picture.resize(size[::-1], INTERPOLATION, box=box)


Batch = list[tuple[int, int]]


def steps_of_epoch(images: int, settings: Settings) -> int:
    """The number of steps in an epoch: what is left at its end is one more if it gives
    each batch two images or more, over which a norm can take statistics."""
    full, rest = divmod(images, settings.batch * settings.batches)
    return full + (rest >= 2 * settings.batches)


def epoch_order(labels: Sequence[int], settings: Settings, epoch: int) -> list[int]:
    """The images of an epoch; seed and epoch decide alone. Balanced, a class is drawn
    evenly, then one of its images, with replacement."""
    rng = random.Random(f"{settings.seed}/order/{epoch}")
    if not settings.balanced:
        generator = torch.Generator().manual_seed(rng.getrandbits(63))
        return torch.randperm(len(labels), generator=generator).tolist()
    members: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        members.setdefault(label, []).append(index)
    classes = [members[label] for label in sorted(members)]
    return [rng.choice(rng.choice(classes)) for _ in labels]


def epoch_batches(
    labels: Sequence[int], settings: Settings, epoch: int
) -> list[list[Batch]]:
    """The steps of an epoch, each with the batches of all processes."""
    order, images = epoch_order(labels, settings, epoch), len(labels)
    batches = settings.batches
    size = settings.batch * batches
    steps: list[list[Batch]] = []
    for step in range(steps_of_epoch(images, settings)):
        taken = [
            (order[i], i) for i in range(step * size, min(images, (step + 1) * size))
        ]
        if settings.parallel == "pipeline":
            # micro-batches are of one size: what is left over is not used
            taken = taken[: len(taken) // batches * batches]
        cuts = [len(taken) * k // batches for k in range(batches + 1)]
        steps.append([taken[a:b] for a, b in pairwise(cuts)])
    return steps


def make_loader(
    pictures: Pictures, batches: list[Batch], workers: int
) -> DataLoader[tuple[Tensor, int, int]]:
    return DataLoader(
        pictures,
        batch_sampler=batches,
        collate_fn=Mixing(pictures.settings, pictures.epoch, pictures.size),
        num_workers=min(workers, len(batches)),
        # otherwise it would draw a seed from the generator that dropout uses
        generator=torch.Generator(),
    )`;
