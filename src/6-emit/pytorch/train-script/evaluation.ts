/** Scores on held-out pictures, as in `train/metrics/`, and the contents of `best.json`. */
export const evaluationCode = `@dataclass(frozen=True)
class Evaluation:
    """How well a network does on a split."""

    scores: dict[str, float]
    # for each class, the predictions for its images
    confusion: Tensor
    # the most confident mistakes: confidence, image, label, prediction
    mistakes: list[tuple[float, int, int, int]]


SHOWN_MISTAKES = 24


def evaluate(
    net: nn.Module,
    split: Split,
    spread: Spread,
    workers: int,
    size: tuple[int, int],
    progress: Callable[[int, int], bool],
) -> Evaluation:
    """Scores on a split: loss without smoothing, accuracy, and means over the classes
    that have images. \`progress\`, called after each batch, says whether to stop."""
    settings, place = spread.settings, spread.place
    items, own_items = spread.items(len(split.places))
    batches = [
        items[i : i + settings.batch] for i in range(0, len(items), settings.batch)
    ]
    confusion = torch.zeros(CLASSES, CLASSES, dtype=torch.float64, device=place.device)
    sums = torch.zeros(2, dtype=torch.float64, device=place.device)
    mistakes: list[tuple[float, int, int, int]] = []
    pictures = Pictures(split, settings, None, size, spread.reads_pictures())
    loader = make_loader(pictures, batches, workers)
    net.eval()
    with torch.inference_mode():
        for number, (images, answers) in enumerate(loader):
            images, answers = images.to(place.device), answers.to(place.device)
            given = spread.scores(net, images)
            leaves = progress(number + 1, len(batches))
            if place.any(leaves) if spread.is_joint else leaves:
                break
            if given is None:
                continue
            # images that only fill the last batch do not count
            counted = own_items - number * settings.batch
            answers = answers[:counted]
            _, losses, scores = loss_of(
                given[:counted], answers, 0.0, settings.exponent
            )
            labels = answers[:, 0].long()
            ones = torch.ones_like(labels, dtype=torch.float64)
            predicted = scores.argmax(1)
            confusion.index_put_((labels, predicted), ones, accumulate=True)
            own = scores.gather(1, labels.view(-1, 1))
            earlier = torch.arange(CLASSES, device=place.device) < labels.view(-1, 1)
            before = (scores > own) | ((scores == own) & earlier)
            sums += torch.stack(
                [losses.double().sum(), (before.sum(1) < 5).double().sum()]
            )
            sure = scores.softmax(1).gather(1, predicted.view(-1, 1)).view(-1)
            for at in (predicted != labels).nonzero().view(-1).tolist():
                pair = int(labels[at]), int(predicted[at])
                mistakes.append((float(sure[at]), batches[number][at][0], *pair))
            mistakes = heapq.nlargest(SHOWN_MISTAKES, mistakes)
    net.train()
    confusion = place.sum(confusion).cpu()
    surest = heapq.nlargest(SHOWN_MISTAKES, place.gather(mistakes))
    return Evaluation(scores_of(confusion, place.sum(sums).cpu()), confusion, surest)


def scores_of(confusion: Tensor, sums: Tensor) -> dict[str, float]:
    images, taken, right = confusion.sum(1), confusion.sum(0), confusion.diagonal()
    counted = images > 0

    def mean(part: Tensor, whole: Tensor) -> float:
        shares = torch.where(whole > 0, part / whole.clamp(min=1), 0.0)
        return shares[counted].mean().item()

    total = images.sum()
    return {
        "loss": (sums[0] / total).item(),
        "accuracy": (right.sum() / total).item(),
        "top5": (sums[1] / total).item(),
        "balancedAccuracy": mean(right, images),
        "macroPrecision": mean(right, taken),
        "macroF1": mean(2 * right, images + taken),
    }


def weights_to_validate(settings: Settings, data: Data) -> list[str]:
    if data.validation is None:
        return []
    if settings.ema == 0 or settings.evaluate == "raw":
        return ["raw"]
    few = len(data.validation.places) <= 0.2 * len(data.train.places)
    both = settings.evaluate == "both" or (settings.evaluate == "auto" and few)
    return ["averages", "raw"] if both else ["averages"]


def thumbnail(picture: Image.Image) -> str:
    """A picture for a report: a \`data:\` URL of a PNG."""
    factor = max(1, -(-max(picture.size) // 112))
    file = io.BytesIO()
    picture.reduce(factor).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def best_evaluation(
    best: dict[str, Any],
    evaluation: Evaluation,
    split: Split,
    settings: Settings,
    size: tuple[int, int],
) -> dict[str, Any]:
    """The contents of \`best.json\`: how the best weights do, for the report."""
    pictures = Pictures(split, settings, None, size)
    confusion = evaluation.confusion.long().tolist()
    cells = [
        [label, predicted, count]
        for label, row in enumerate(confusion)
        for predicted, count in enumerate(row)
        if count > 0
    ]
    mistakes = [
        {
            "name": split.names[index],
            "label": label,
            "predicted": predicted,
            "confidence": confidence,
            "image": thumbnail(pictures.picture(index, index)),
        }
        for confidence, index, label, predicted in evaluation.mistakes
    ]
    return {
        **best,
        "images": sum(map(sum, confusion)),
        "loss": evaluation.scores["loss"],
        "top5": evaluation.scores["top5"],
        "mistakes": mistakes,
        "confusion": cells,
    }`;
