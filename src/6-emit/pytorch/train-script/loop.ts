/** Epochs, and the script's start and end. */
export const loopCode = `def start_weights(net: nn.Module, path: str, known: set[str]) -> None:
    """Weights to begin with. \`known\` are names that may be in the file."""
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as problem:
        raise RunError(f"the weights '{path}' cannot be read: {problem}") from problem
    found = net.load_state_dict(state, strict=False)
    missing = [n for n in found.missing_keys if not n.endswith(".num_batches_tracked")]
    wrong = [*missing, *(name for name in found.unexpected_keys if name not in known)]
    if wrong:
        raise RunError(f"the weights '{path}' are not {NAME}'s: see '{wrong[0]}'")


def train_epoch(run: Run, training: Training, workers: int, stop: Stop) -> bool:
    """Takes the remaining steps of an epoch; returns whether it finished."""
    settings, place, state = run.settings, run.place, run.state
    spread = training.spread
    labels = run.data.train.labels
    steps_per_epoch = steps_of_epoch(len(labels), settings)
    steps = epoch_batches(labels, settings, state.epoch)[state.stepInEpoch :]
    own = [batch for step in steps for batch in spread.own(step)]
    reads = spread.reads_pictures()
    size_now = size_of(settings, state.epoch)
    pictures = Pictures(run.data.train, settings, state.epoch, size_now, reads)
    loaded = iter(make_loader(pictures, own, workers))
    begin_epoch(training.net, settings, state.epoch)
    still = Still(training.net, training.frozen)
    since, seen = time.monotonic(), 0
    for step in steps:
        own_sums = spread.gradients(loaded, step, state.step)
        stops = own_sums.new_tensor([float(stop.code is not None)])
        sums = place.sum(torch.cat([own_sums, stops]))
        mean_loss, loss_sum, correct, counted, stopping = sums.tolist()
        spread.finish_statistics(training.net)
        still.put_back()
        rate = learning_rate(settings, state.step, steps_per_epoch)
        norm = finish_step(training.net, training.optimiser, settings, rate, spread)
        if training.averages:
            training.averages.update(settings.ema, state.step)
        state.step += 1
        state.stepInEpoch += 1
        images = round(counted)
        state.images += images
        state.loss += loss_sum
        state.correct += round(correct)
        seen += images
        means = {
            "loss": state.loss / max(1, state.images),
            "accuracy": state.correct / max(1, state.images),
        }
        run.screen.tell(
            "step",
            step=state.step,
            stepInEpoch=state.stepInEpoch,
            stepsPerEpoch=steps_per_epoch,
            epoch=state.epoch,
            epochs=settings.epochs,
            images=images,
            rate=rate,
            **means,
        )
        if state.step % settings.log_every == 0:
            record = {"kind": "step", "step": state.step, "epoch": state.epoch}
            numbers = {"loss": mean_loss, "rate": rate, "norm": norm}
            speed = seen / max(1e-3, time.monotonic() - since)
            scalars = {
                "step/loss": mean_loss,
                "step/rate": rate,
                "step/gradient_norm": norm,
                "step/images_per_second": speed,
            }
            run.log({**record, **numbers}, scalars)
            run.screen.say(
                f"epoch {state.epoch + 1}/{settings.epochs}  "
                f"step {state.stepInEpoch}/{steps_per_epoch}  "
                f"loss {means['loss']:.4f}  accuracy {means['accuracy']:.4f}  "
                f"rate {rate:.3g}  {speed:.0f} images/s",
            )
            since, seen = time.monotonic(), 0
        if step is not steps[-1]:
            if stopping:
                return False
            if state.step % settings.save_every == 0:
                run.save(training)
    return True


def finish_epoch(run: Run, training: Training, workers: int, stop: Stop) -> bool:
    """Validates, and writes the epoch's record, weights and checkpoint; returns
    whether it finished."""
    settings, data, state = run.settings, run.data, run.state
    nets = {"raw": training.net}
    if training.averages:
        nets["averages"] = training.averages.net
    kinds = weights_to_validate(settings, data)
    size = size_of(settings, state.epoch)
    validation: dict[str, Evaluation] = {}
    for number, kind in enumerate(kinds):

        def progress(done: int, batches: int, before: int = number) -> bool:
            done, all_of_them = before * batches + done, len(kinds) * batches
            run.screen.tell("evaluating", done=done, batches=all_of_them)
            return stop.code is not None

        if data.validation:
            validation[kind] = evaluate(
                nets[kind], data.validation, training.spread, workers, size, progress
            )
    if run.place.any(stop.code is not None):
        return False
    kind = "averages" if training.averages else "raw"
    accuracy: float | None = None
    if validation:
        # the first of equals
        kind = max(validation, key=lambda name: validation[name].scores["accuracy"])
        accuracy = validation[kind].scores["accuracy"]
    # the later of equals has seen more
    before = state.best["accuracy"] if state.best else 0.0
    best = accuracy is not None and accuracy >= before
    steps_per_epoch = steps_of_epoch(len(data.train.labels), settings)
    record: dict[str, Any] = {
        "kind": "epoch",
        "step": state.step,
        "epoch": state.epoch,
        "rate": learning_rate(settings, state.step - 1, steps_per_epoch),
        "size": list(size),
        "train": {
            "loss": state.loss / max(1, state.images),
            "accuracy": state.correct / max(1, state.images),
            "images": state.images,
        },
        "validation": {name: found.scores for name, found in validation.items()},
        "best": best,
    }
    run.log(record, epoch_scalars(record))
    facts = {"weights": kind, "epoch": str(state.epoch + 1), "step": str(state.step)}
    if accuracy is not None:
        facts["accuracy"] = str(accuracy)
    tensors = training.spread.whole(weights_of(nets[kind]))
    if best and data.validation:
        run.write_weights("best.safetensors", tensors, facts)
        state.best = {"epoch": state.epoch, "accuracy": accuracy, "weights": kind}
        if run.place.leads:
            kept = best_evaluation(
                state.best, validation[kind], data.validation, settings, size
            )
            write_text(run.folder / "best.json", json.dumps(kept) + "\\n")
    run.write_weights("last.safetensors", tensors, facts)
    scores = "".join(
        f"  {name} {found.scores['accuracy']:.4f}" for name, found in validation.items()
    )
    run.screen.say(
        f"epoch {state.epoch + 1}/{settings.epochs}  "
        f"loss {record['train']['loss']:.4f}  "
        f"accuracy {record['train']['accuracy']:.4f}"
        + (f"  validation{scores}" if scores else "")
        + (" (best)" if best else ""),
    )
    state.epoch += 1
    state.stepInEpoch = state.images = state.correct = 0
    state.loss = 0.0
    run.save(training)
    run.screen.tell(**record)
    return True


def open_run(request: Request, closing: ExitStack) -> tuple[Run, Training]:
    """A new run, or one that is resumed; the first process holds its folder."""
    config = read_config(Path(request.resume)) if request.resume else None
    settings = settings_of(config) if config else request.settings
    images = HERE / "images.jsonl"
    root = request.data or (config["data"] if config else "")
    if config and not request.data and images.exists():
        root = str(images)
    data = open_data(root)
    if steps_of_epoch(len(data.train.labels), settings) == 0:
        step = settings.batch * settings.batches
        raise RunError(f"a step takes {step} images, and there are fewer: see --batch")
    weights = request.weights or str(HERE / "weights.safetensors")
    described = describe_run(settings, data, root, weights)
    for part in ("classes", "images"):
        if config and described[part] != config[part]:
            raise RunError(f"'{root}' has changed since the run began: its {part}")
    if settings.progressive is not None:
        check_sizes(settings)
    place = open_place(request, settings)
    folder = Path(request.resume or "")
    with place.together():
        if place.leads:
            folder = folder if config else make_folder(request.out)
            closing.callback(take_lock(folder))
            for left in [*folder.glob(".*.tmp"), *folder.glob("checkpoints/.*.tmp")]:
                left.unlink()
            if not config:
                write_run(folder, described)
    folder = Path(str(place.from_first(str(folder))))
    spread = SPREADS[settings.parallel](place, settings)
    spread.weigh(weights_of_classes(settings, data.train.labels))
    net = spread.make_net()
    names = spread.names(net)
    start_weights(net, weights, names)
    frozen = frozen_of(settings, names)
    head = head_of(settings, names)
    if settings.sync_batch_norm:
        replace_norms(net, SyncBatchNorm2d)
    net.to(place.device)
    freeze(net, frozen)
    if not place.any(any(weight.requires_grad for weight in net.parameters())):
        raise RunError("--freeze leaves nothing to train")
    moved = moved_names(net, frozen)
    averages = Averages(net, spread, moved) if settings.ema > 0 else None
    spread.divide(net)
    optimiser = make_optimiser(net, settings, head)
    slots = SLOTS[settings.optimiser]
    training = Training(net, optimiser, averages, slots, spread, frozen)
    mark = mark_of(config or described, read_spec(folder / "spec"))
    screen = Screen(place.leads, request.events)
    run = Run(folder, place, settings, data, mark, screen)
    if run.load(training):
        screen.say(f"continues from step {run.state.step}")
    else:
        run.save(training)
    return run, training


def train(request: Request, stop: Stop) -> None:
    with ExitStack() as closing:
        run, training = open_run(request, closing)
        place, settings, screen = run.place, run.settings, run.screen
        processes = f" in {place.processes} processes" if place.processes > 1 else ""
        screen.say(f"trains {NAME} on {place.device.type}{processes}: {run.folder}")
        screen.tell(
            "start",
            step=run.state.step,
            epochs=settings.epochs,
            stepsPerEpoch=steps_of_epoch(len(run.data.train.labels), settings),
            parameters=sum(weight.numel() for weight in training.net.parameters()),
            **({"best": run.state.best} if run.state.best else {}),
        )
        if run.data.validation is None:
            screen.say("there is neither val/ nor test/: nothing is validated")
        if settings.warmup >= settings.epochs and settings.rate > 0:
            screen.say(
                "the warm-up is as long as the run: the rate never reaches its value"
            )
        workers = request.workers
        if workers is None:
            workers = min(8, (os.cpu_count() or 1) // place.processes)
        training.spread.start(training.net)
        finished = True
        while run.state.epoch < settings.epochs and finished:
            finished = train_epoch(run, training, workers, stop)
            finished = finished and finish_epoch(run, training, workers, stop)
        if not finished:
            run.save(training)
            screen.say(
                f"stopped after step {run.state.step}; --resume continues the run"
            )
        best = {"best": run.state.best} if run.state.best else {}
        screen.tell("end", finished=finished, step=run.state.step, **best)
        # no process leaves before all have finished
        place.any(True)
        if not finished:
            raise Stopped


class Stopped(Exception):
    """The run was told to end, and has left a checkpoint."""


def main(argv: Sequence[str] | None = None) -> int:
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    request = parse_request(argv, processes)
    stop = Stop(alone=processes == 1)
    stop.listen()
    leads = os.environ.get("RANK", "0") == "0"
    if request.events and leads:
        stop.obey()
    try:
        train(request, stop)
        return 0
    except Stopped:
        # torchrun treats any other code as a failure
        return (stop.code or 0) if processes == 1 and not request.events else 0
    except RunError as problem:
        # an error in a process that reads pictures comes with its traceback before it
        text = str(problem).rpartition("RunError: ")[2].strip()
        if request.events:
            print(json.dumps({"kind": "error", "message": text}), flush=True)
        print(f"train.py: {text}", file=sys.stderr)
        return 1
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main())`;
