/**
 * Policies over pixel operations, erasing, and mixing the images of a batch, as in `train/augment/`, which follows Pillow as well.
 */
export const augmentCode = `def enhancement(share: float) -> float:
    return share * 1.8 + 0.1


def either_way(value: float, rng: random.Random) -> float:
    return -value if rng.random() < 0.5 else value


def filling(picture: Image.Image) -> int | tuple[int, int, int]:
    return 128 if picture.mode == "L" else (128, 128, 128)


def warped(
    picture: Image.Image, matrix: tuple[float, float, float, float, float, float]
) -> Image.Image:
    """Each pixel from its nearest source, gray where there is none."""
    return picture.transform(
        picture.size,
        Image.Transform.AFFINE,
        matrix,
        Image.Resampling.NEAREST,
        fillcolor=filling(picture),
    )


def rotated(picture: Image.Image, degrees: float) -> Image.Image:
    angle = (-degrees * math.pi) / 180
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = picture.width / 2, picture.height / 2
    return warped(
        picture, (cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y)
    )


def cut_out(picture: Image.Image, reach: int, rng: random.Random) -> Image.Image:
    """Grays out a square about a random point (DeVries & Taylor 2017)."""
    width, height = picture.size
    x, y = int(rng.random() * width), int(rng.random() * height)
    box = max(0, x - reach), max(0, y - reach)
    end = min(width, x + reach), min(height, y + reach)
    picture = picture.copy()
    if end[0] > box[0] and end[1] > box[1]:
        picture.paste(filling(picture), (*box, *end))
    return picture


def posterized(picture: Image.Image, bits: int) -> Image.Image:
    """Keeps the upper bits, possibly none."""
    mask = 256 - 2 ** (8 - bits)
    return picture.point([v & mask for v in range(256)] * len(picture.getbands()))


def solarize_added(picture: Image.Image, addition: int) -> Image.Image:
    table = [min(v + addition, 255) if v < 128 else v for v in range(256)]
    return picture.point(table * len(picture.getbands()))


# an operation's arguments: a picture, a share of level 10, how far that moves and how
# wide it cuts in pixels of this picture, and what draws
Operation = Callable[[Image.Image, float, float, float, random.Random], Image.Image]

# by the rules of tensorflow/tpu, models/official/efficientnet, autoaugment.py
OPERATIONS: dict[str, Operation] = {
    "AutoContrast": lambda p, *_: ImageOps.autocontrast(p),
    "Equalize": lambda p, *_: ImageOps.equalize(p),
    "Invert": lambda p, *_: ImageOps.invert(p),
    "Rotate": lambda p, share, _m, _c, rng: rotated(p, either_way(share * 30, rng)),
    "Posterize": lambda p, share, *_: posterized(p, min(8, int(share * 4))),
    "Solarize": lambda p, share, *_: ImageOps.solarize(p, int(share * 256)),
    "Color": lambda p, share, *_: ImageEnhance.Color(p).enhance(enhancement(share)),
    "Contrast": lambda p, share, *_: ImageEnhance.Contrast(p).enhance(
        enhancement(share)
    ),
    "Brightness": lambda p, share, *_: ImageEnhance.Brightness(p).enhance(
        enhancement(share)
    ),
    "Sharpness": lambda p, share, *_: ImageEnhance.Sharpness(p).enhance(
        enhancement(share)
    ),
    "ShearX": lambda p, share, _m, _c, rng: warped(
        p, (1, either_way(share * 0.3, rng), 0, 0, 1, 0)
    ),
    "ShearY": lambda p, share, _m, _c, rng: warped(
        p, (1, 0, 0, either_way(share * 0.3, rng), 1, 0)
    ),
    "TranslateX": lambda p, share, move, _c, rng: warped(
        p, (1, 0, either_way(share * move, rng), 0, 1, 0)
    ),
    "TranslateY": lambda p, share, move, _c, rng: warped(
        p, (1, 0, 0, 0, 1, either_way(share * move, rng))
    ),
    "Cutout": lambda p, share, _m, cut, rng: cut_out(p, int(share * cut), rng),
    "SolarizeAdd": lambda p, share, *_: solarize_added(p, int(share * 110)),
}

# AutoAugment as found on ImageNet (Cubuk et al. 2019), v0 of the reference code: for
# each row two operations, with their probability and level
POLICY = (
    (("Equalize", 0.8, 1), ("ShearY", 0.8, 4)),
    (("Color", 0.4, 9), ("Equalize", 0.6, 3)),
    (("Color", 0.4, 1), ("Rotate", 0.6, 8)),
    (("Solarize", 0.8, 3), ("Equalize", 0.4, 7)),
    (("Solarize", 0.4, 2), ("Solarize", 0.6, 2)),
    (("Color", 0.2, 0), ("Equalize", 0.8, 8)),
    (("Equalize", 0.4, 8), ("SolarizeAdd", 0.8, 3)),
    (("ShearX", 0.2, 9), ("Rotate", 0.6, 8)),
    (("Color", 0.6, 1), ("Equalize", 1, 2)),
    (("Invert", 0.4, 9), ("Rotate", 0.6, 0)),
    (("Equalize", 1, 9), ("ShearY", 0.6, 3)),
    (("Color", 0.4, 7), ("Equalize", 0.6, 0)),
    (("Posterize", 0.4, 6), ("AutoContrast", 0.4, 7)),
    (("Solarize", 0.6, 8), ("Color", 0.6, 9)),
    (("Solarize", 0.2, 4), ("Rotate", 0.8, 9)),
    (("Rotate", 1, 7), ("TranslateY", 0.8, 9)),
    (("ShearX", 0, 0), ("Solarize", 0.8, 4)),
    (("ShearY", 0.8, 0), ("Color", 0.6, 4)),
    (("Color", 1, 0), ("Rotate", 0.6, 2)),
    (("Equalize", 0.8, 4), ("Equalize", 0, 8)),
    (("Equalize", 1, 4), ("AutoContrast", 0.6, 2)),
    (("ShearY", 0.4, 7), ("SolarizeAdd", 0.6, 7)),
    (("Posterize", 0.8, 2), ("Solarize", 0.6, 10)),
    (("Solarize", 0.6, 8), ("Equalize", 0.6, 1)),
    (("Color", 0.8, 6), ("Rotate", 0.4, 5)),
)


def operated(
    picture: Image.Image,
    name: str,
    level: float,
    reach: tuple[float, float],
    rng: random.Random,
) -> Image.Image:
    """Applies an operation. Distances are for a picture of 224 pixels."""
    move, cut = (pixels * min(picture.size) / 224 for pixels in reach)
    return OPERATIONS[name](picture, level / 10, move, cut, rng)


def by_policy(
    picture: Image.Image, augment: str, settings: Settings, rng: random.Random
) -> Image.Image:
    """What AutoAugment or RandAugment (Cubuk et al. 2020) does to a picture."""
    if augment == "autoaugment":
        for name, probability, level in POLICY[int(rng.random() * len(POLICY))]:
            if rng.random() < probability:
                picture = operated(picture, name, level, (250, 100), rng)
    if augment == "randaugment":
        names = list(OPERATIONS)
        for _ in range(settings.operations):
            name = names[int(rng.random() * len(names))]
            picture = operated(picture, name, settings.magnitude, (100, 40), rng)
    return picture


def erased(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Puts noise into a random rectangle (Zhong et al. 2017)."""
    width, height = picture.size
    for _ in range(10):
        area = rng.uniform(0.02, 0.33) * width * height
        ratio = math.exp(rng.uniform(math.log(0.3), math.log(3.3)))
        h, w = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 1 <= w <= width and 1 <= h <= height:
            left, top = rng.randrange(width - w + 1), rng.randrange(height - h + 1)
            noise = rng.randbytes(w * h * len(picture.getbands()))
            picture = picture.copy()
            picture.paste(Image.frombytes(picture.mode, (w, h), noise), (left, top))
            break
    return picture


class Mixing:
    """Makes batches: images, and for each its label, the label of the image mixed into
    it, and its own share. Mixup (Zhang et al. 2018) or cutmix (Yun et al. 2019) is drawn
    once per batch, by its position in the epoch."""

    def __init__(
        self, settings: Settings, epoch: int | None, size: tuple[int, int]
    ) -> None:
        self.settings = settings
        self.epoch = epoch
        self.size = size

    def __call__(self, items: list[tuple[Tensor, int, int]]) -> list[Tensor]:
        images = torch.stack([image for image, _, _ in items])
        labels = torch.tensor([label for _, label, _ in items], dtype=torch.float64)
        partner, share = torch.arange(len(items)), 1.0
        mixes = self.settings.mixup > 0 or self.settings.cutmix > 0
        if mixes and self.epoch is not None and len(items) > 1:
            seed = f"{self.settings.seed}/mix/{self.epoch}/{items[0][2]}"
            images, partner, share = self.mixed(images, random.Random(seed))
        shares = torch.where(partner == torch.arange(len(items)), 1.0, share)
        return [images, torch.stack([labels, labels[partner], shares.double()], 1)]

    def mixed(self, images: Tensor, rng: random.Random) -> tuple[Tensor, Tensor, float]:
        mixup, cutmix = self.settings.mixup, self.settings.cutmix
        cuts = cutmix > 0 and (mixup <= 0 or rng.random() < 0.5)
        alpha = cutmix if cuts else mixup
        share = rng.betavariate(alpha, alpha)
        order = list(range(len(images)))
        rng.shuffle(order)
        partner = torch.tensor(order)
        # a process that reads no pictures draws the same numbers
        is_empty = images.dim() < 4
        if not cuts:
            if not is_empty:
                images = share * images + (1 - share) * images[partner]
            return images, partner, share
        side = math.sqrt(1 - share)
        height, width = self.size
        x, y = rng.random() * width, rng.random() * height
        left, right = (round(x + half * side * width) for half in (-0.5, 0.5))
        top, bottom = (round(y + half * side * height) for half in (-0.5, 0.5))
        left, right = max(0, left), min(width, right)
        top, bottom = max(0, top), min(height, bottom)
        area = max(0, right - left) * max(0, bottom - top)
        if area > 0 and not is_empty:
            images = images.clone()
            part = images[partner, :, top:bottom, left:right]
            images[:, :, top:bottom, left:right] = part
        return images, partner, 1 - area / (width * height)`;
