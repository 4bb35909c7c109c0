/** Epochs, and the script's beginning and end. */
export const loopCode = `def start_weights(net: nn.Module, given: str | None) -> None:
    path = Path(given) if given else Path(__file__).with_name("weights.safetensors")
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as problem:
        raise RunError(f"the weights '{path}' cannot be read: {problem}") from problem
    found = net.load_state_dict(state, strict=False)
    missing = [n for n in found.missing_keys if not n.endswith(".num_batches_tracked")]
    if missing or found.unexpected_keys:
        wrong = [*missing, *found.unexpected_keys]
        raise RunError(f"the weights '{path}' are not {NAME}'s: see '{wrong[0]}'")


def train_epoch(run: Run, training: Training, wrapped: nn.Module, workers: int) -> None:
    """Takes the steps of an epoch that are left."""
    settings, place, state = run.settings, run.place, run.state
    images = len(run.data.train.files)
    steps_per_epoch = steps_of_epoch(images, settings)
    steps = epoch_batches(images, settings, state.epoch)[state.step_in_epoch :]
    own = [batch for step in steps for batch in step[place.rank :: place.processes]]
    pictures = Pictures(run.data.train, settings, state.epoch)
    loaded = iter(make_loader(pictures, own, workers))
    since, seen = time.monotonic(), 0
    for step in steps:
        size = sum(len(batch) for batch in step)
        sums = torch.zeros(3, dtype=torch.float64, device=place.device)
        for part in range(settings.accumulate):
            number = part * place.processes + place.rank
            share = len(step[number]) / size
            batch, labels = (t.to(place.device) for t in next(loaded))
            seed = f"{settings.seed}/noise/{state.step}/{number}"
            torch.manual_seed(random.Random(seed).getrandbits(63))
            last = part == settings.accumulate - 1
            waits = isinstance(wrapped, DistributedDataParallel) and not last
            with wrapped.no_sync() if waits else nullcontext():  # type: ignore[operator]
                given = wrapped(batch)
                loss, losses, scores = loss_of(given, labels, settings.label_smoothing)
                # the mean over processes that follows makes it a sum
                (loss * (share * place.processes)).backward()
            right = (scores.argmax(1) == labels).double().sum()
            mean = loss.detach().double() * share
            sums += torch.stack([mean, losses.double().sum(), right])
        mean_loss, loss_sum, correct = place.sum(sums).tolist()
        average_statistics(training.net, place)
        rate = learning_rate(settings, state.step, steps_per_epoch)
        norm = finish_step(training.net, training.optimiser, settings, rate)
        if training.averages:
            training.averages.update(settings.ema, state.step)
        state.step += 1
        state.step_in_epoch += 1
        state.images += size
        state.loss += loss_sum
        state.correct += round(correct)
        seen += size
        if state.step % settings.log_every == 0:
            record = {"kind": "step", "step": state.step, "epoch": state.epoch}
            run.log({**record, "loss": mean_loss, "rate": rate, "norm": norm})
            speed = seen / max(1e-3, time.monotonic() - since)
            say(
                place,
                f"epoch {state.epoch + 1}/{settings.epochs}  "
                f"step {state.step_in_epoch}/{steps_per_epoch}  "
                f"loss {state.loss / state.images:.4f}  "
                f"accuracy {state.correct / state.images:.4f}  "
                f"rate {rate:.3g}  {speed:.0f} images/s",
            )
            since, seen = time.monotonic(), 0
        if state.step % settings.save_every == 0 and step is not steps[-1]:
            run.save(training)


def finish_epoch(run: Run, training: Training, workers: int) -> None:
    """Validates, and writes the epoch's record, weights and checkpoint."""
    settings, data, state = run.settings, run.data, run.state
    nets = {"raw": training.net}
    if training.averages:
        nets["averages"] = training.averages.net
    validation = {
        kind: evaluate(nets[kind], data.validation, settings, run.place, workers)
        for kind in weights_to_validate(settings, data)
        if data.validation
    }
    kind = "averages" if training.averages else "raw"
    accuracy: float | None = None
    if validation:
        # the first of equals
        kind = max(validation, key=lambda name: validation[name]["accuracy"])
        accuracy = validation[kind]["accuracy"]
    # the later of equals has seen more
    best = accuracy is not None and accuracy >= (state.best or 0.0)
    steps_per_epoch = steps_of_epoch(len(data.train.files), settings)
    run.log(
        {
            "kind": "epoch",
            "step": state.step,
            "epoch": state.epoch,
            "rate": learning_rate(settings, state.step - 1, steps_per_epoch),
            "size": [HEIGHT, WIDTH],
            "train": {
                "loss": state.loss / state.images,
                "accuracy": state.correct / state.images,
                "images": state.images,
            },
            "validation": validation,
            "best": best,
        }
    )
    facts = {"weights": kind, "epoch": str(state.epoch + 1), "step": str(state.step)}
    if accuracy is not None:
        facts["accuracy"] = str(accuracy)
    if best:
        run.write_weights("best.safetensors", nets[kind], facts)
        state.best = accuracy
    run.write_weights("last.safetensors", nets[kind], facts)
    scores = "".join(
        f"  {name} {score['accuracy']:.4f}" for name, score in validation.items()
    )
    say(
        run.place,
        f"epoch {state.epoch + 1}/{settings.epochs}  "
        f"loss {state.loss / state.images:.4f}  "
        f"accuracy {state.correct / state.images:.4f}"
        + (f"  validation{scores}" if scores else "")
        + (" (best)" if best else ""),
    )
    state.epoch += 1
    state.step_in_epoch = state.images = state.correct = 0
    state.loss = 0.0
    run.save(training)


def open_run(request: Request) -> tuple[Run, Training]:
    stored = read_description(request.resume) if request.resume else None
    settings = Settings(**stored["settings"]) if stored else request.settings
    data_folder = request.data or (stored["data"] if stored else "")
    data = open_data(data_folder)
    if steps_of_epoch(len(data.train.files), settings) == 0:
        step = settings.batch * settings.accumulate * settings.processes
        raise RunError(f"a step takes {step} images, and there are fewer: see --batch")
    place = open_place(request, settings)
    net = create_model()
    if not stored:
        start_weights(net, request.weights)
    if settings.sync_batch_norm:
        synchronise_norms(net)
    net.to(place.device)
    averages = Averages(net) if settings.ema > 0 else None
    training = Training(net, make_optimiser(net, settings), averages)
    description = describe_run(settings, data, data_folder)
    if stored is None or request.resume is None:
        folder = create_folder(request, place, description)
        run = Run(folder, place, settings, data)
        run.save(training)
        return run, training
    for part in ("classes", "images"):
        if description[part] != stored[part]:
            raise RunError(
                f"'{data_folder}' has changed since the run began: its {part}"
            )
    run = Run(Path(request.resume), place, settings, data)
    run.load(training)
    return run, training


def train(request: Request) -> None:
    run, training = open_run(request)
    place, settings = run.place, run.settings
    processes = f" in {place.processes} processes" if place.processes > 1 else ""
    say(place, f"trains {NAME} on {place.device.type}{processes}: {run.folder}")
    if run.data.validation is None:
        say(place, "there is no val/ and no test/: nothing is validated")
    if settings.warmup >= settings.epochs and settings.rate > 0:
        say(
            place, "the warm-up is as long as the run: the rate never reaches its value"
        )
    workers = request.workers
    if workers is None:
        workers = min(8, (os.cpu_count() or 1) // place.processes)
    training.net.train()
    wrapped = training.net
    if settings.parallel == "ddp":
        wrapped = DistributedDataParallel(training.net)
    while run.state.epoch < settings.epochs:
        train_epoch(run, training, wrapped, workers)
        finish_epoch(run, training, workers)
    # no process leaves before all have come to the end
    place.sum(torch.zeros(1, device=place.device))


def main(argv: Sequence[str] | None = None) -> int:
    request = parse_request(argv, int(os.environ.get("WORLD_SIZE", "1")))
    try:
        train(request)
        return 0
    except RunError as problem:
        # that of a process which reads pictures comes with its traceback before it
        text = str(problem).rpartition("RunError: ")[2].strip()
        print(f"train.py: {text}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("train.py: stopped; --resume continues the run", file=sys.stderr)
        return 130
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())`;
