/** Scores on pictures that are held out, as `train/metrics/` has them. */
export const evaluationCode = `def evaluate(
    net: nn.Module, split: Split, settings: Settings, place: Place, workers: int
) -> dict[str, float]:
    """Scores on a split: loss without smoothing, accuracy, and means over the classes
    that have images."""
    indices = range(place.rank, len(split.files), place.processes)
    items = [(index, index) for index in indices]
    batches = [
        items[i : i + settings.batch] for i in range(0, len(items), settings.batch)
    ]
    confusion = torch.zeros(CLASSES, CLASSES, dtype=torch.float64, device=place.device)
    sums = torch.zeros(2, dtype=torch.float64, device=place.device)
    net.eval()
    with torch.inference_mode():
        for images, labels in make_loader(
            Pictures(split, settings, None), batches, workers
        ):
            images, labels = images.to(place.device), labels.to(place.device)
            _, losses, scores = loss_of(net(images), labels, 0.0)
            ones = torch.ones_like(labels, dtype=torch.float64)
            cells = (labels, scores.argmax(1))
            confusion.index_put_(cells, ones, accumulate=True)
            own = scores.gather(1, labels.view(-1, 1))
            earlier = torch.arange(CLASSES, device=place.device) < labels.view(-1, 1)
            before = (scores > own) | ((scores == own) & earlier)
            sums += torch.stack(
                [losses.double().sum(), (before.sum(1) < 5).double().sum()]
            )
    net.train()
    return scores_of(place.sum(confusion).cpu(), place.sum(sums).cpu())


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
    few = len(data.validation.files) <= 0.2 * len(data.train.files)
    both = settings.evaluate == "both" or (settings.evaluate == "auto" and few)
    return ["averages", "raw"] if both else ["averages"]`;
