"""`topolens.torch` beside what people write today: forward hooks, ripser.py and scikit-dimension.

    pip install torch torchvision ripser scikit-dimension
    python bench/peers/pytorch.py [--points 2000] [--data FOLDER] [--out FILE]

A ResNet-18 of torchvision with random weights on CIFAR-10's test images (random ones without FOLDER/cifar10/test_batch.bin), ten layers,
mean over positions. Both measure H0 and H1 of the min-max scaled cloud, TwoNN and MLE; then `topolens.torch.profile` in one call, which
measures more (nulls, the PH dimension, clusters of neighbours, intervals from half samples).
"""

import argparse
import os
import pathlib
import time

import numpy as np
import skdim
import torch
import torchvision
from ripser import ripser

import table
import topolens
import topolens.torch

LAYERS = ["relu", *(f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1)), "fc"]
PHASES = ["forward", "homology", "dimension"]
REPEATS = 3


def images(folder, n):
    """Pixels and classes; noise of one class after the other without CIFAR-10."""
    path = pathlib.Path(folder or "") / "cifar10" / "test_batch.bin"
    if not path.exists():
        return torch.randn(n, 3, 32, 32, generator=torch.manual_seed(0)), torch.arange(n) % 10, "random images"
    records = np.fromfile(path, dtype=np.uint8).reshape(-1, 3073)[:n]
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).astype("float32") / 127.5 - 1
    return torch.from_numpy(pixels), torch.from_numpy(records[:, 0].astype("int64")), "test images of CIFAR-10"


def scaled(cloud):
    low, high = cloud.min(axis=0), cloud.max(axis=0)
    return (cloud - low) / np.where(high > low, high - low, 1)


def sums(diagrams):
    """E0 and E1."""
    return [float((d[np.isfinite(d[:, 1]), 1] - d[np.isfinite(d[:, 1]), 0]).sum()) for d in diagrams]


class Clock:
    """Seconds by phase."""

    def __init__(self):
        self.seconds = dict.fromkeys(PHASES, 0.0)

    def __call__(self, phase, work):
        start = time.perf_counter()
        found = work()
        self.seconds[phase] += time.perf_counter() - start
        return found


def hooks_of_today(model, loader):
    kept = {name: [] for name in LAYERS}
    modules = dict(model.named_modules())
    handles = [
        modules[name].register_forward_hook(lambda m, i, output, name=name: kept[name].append(output.detach().cpu().clone())) for name in LAYERS
    ]
    model.eval()
    with torch.no_grad():
        for x, _ in loader:
            model(x)
    for handle in handles:
        handle.remove()
    layers = [torch.cat(parts) for parts in kept.values()]
    return [(layer.mean(dim=(2, 3)) if layer.ndim == 4 else layer).numpy() for layer in layers]


def today(model, loader):
    clock, numbers = Clock(), []
    for cloud in clock("forward", lambda: hooks_of_today(model, loader)):
        diagrams = clock("homology", lambda: ripser(scaled(cloud), maxdim=1)["dgms"])  # noqa: B023
        two_nn = clock("dimension", lambda: skdim.id.TwoNN().fit(cloud).dimension_)  # noqa: B023
        mle = clock("dimension", lambda: skdim.id.MLE().fit(cloud).dimension_)  # noqa: B023
        numbers.append([*sums(diagrams), float(two_nn), float(mle)])
    return clock.seconds, numbers


def ours(model, loader, n):
    clock, numbers = Clock(), []
    found = clock("forward", lambda: topolens.torch.activations(model, loader, LAYERS, points=n, labels=False))
    for _, _, cloud in found.layers:
        diagrams = clock("homology", lambda: topolens.persistent_homology(scaled(cloud)))  # noqa: B023
        estimates = clock("dimension", lambda: topolens.intrinsic_dimensions(cloud, estimators=["two-nn", "mle"]))  # noqa: B023
        numbers.append([*sums(diagrams), float(estimates["two-nn"]), float(estimates["mle"])])
    return clock.seconds, numbers


def least(runs):
    """The least seconds of each phase, and the numbers, which are those of any run."""
    return {phase: min(seconds[phase] for seconds, _ in runs) for phase in PHASES}, runs[0][1]


def in_one_call(model, loader, n, **settings):
    start = time.perf_counter()
    found = topolens.torch.profile(model, loader, LAYERS, points=n, labels=False, **settings)
    return time.perf_counter() - start, len(found.rows)


def document(arguments, told, theirs, mine, calls):
    (their_seconds, their_numbers), (my_seconds, my_numbers) = theirs, mine
    totals = [sum(seconds.values()) for seconds in (their_seconds, my_seconds)]
    line = lambda name, a, b: f"| {name} | {a:.2f} | {b:.2f} | {a / b:.1f} |"
    differ = np.abs(np.array(my_numbers) / np.array(their_numbers) - 1).max(axis=0)
    versions = f"torch {torch.__version__}, ripser.py and scikit-dimension {skdim.__version__}, topolens {topolens.__version__}{table.commit()}"
    command = f"python bench/peers/pytorch.py --points {arguments.points}"
    return "\n".join([
        "# PyTorch modules beside hooks, ripser.py and scikit-dimension",
        "",
        f"{table.machine()}; `{command}`; {versions}; ResNet-18 of torchvision with random weights, {arguments.points} {told}, {len(LAYERS)} layers.",
        "",
        f"The same numbers: H0 and H1 of the scaled cloud, TwoNN, MLE. Least seconds of {REPEATS} runs of each, in turn.",
        "",
        "| phase | today s | topolens s | today / topolens |",
        "|---|---|---|---|",
        *(line(phase, their_seconds[phase], my_seconds[phase]) for phase in PHASES),
        line("all", *totals),
        "",
        f"Largest relative difference over layers: E0 {differ[0]:.1e}, E1 {differ[1]:.1e}, TwoNN {differ[2]:.1e}, MLE {differ[3]:.1e}.",
        "",
        *(
            f"`topolens.torch.profile` in one call, {told}: {seconds:.1f} s, {n_rows} numbers: **{totals[0] / seconds:.1f} ×** as fast as the four numbers per layer of today."
            for told, (seconds, n_rows) in calls.items()
        ),
        "",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--data", default=os.environ.get("TOPOLENS_DATA"), help="a folder with cifar10/ (default TOPOLENS_DATA)")
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    x, y, told = images(arguments.data, arguments.points)
    torch.manual_seed(0)
    model = torchvision.models.resnet18(num_classes=10)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=200)
    # What libraries compile and load at first is not timed.
    small = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x[:200], y[:200]), batch_size=200)
    today(model, small), ours(model, small, 200)
    n = arguments.points
    turns = [
        (today(model, loader), ours(model, loader, n), in_one_call(model, loader, n, n_half_samples=0), in_one_call(model, loader, n))
        for _ in range(REPEATS)
    ]
    theirs, mine, without, whole = zip(*turns, strict=True)
    calls = {"without intervals": min(without), "with intervals from half samples": min(whole)}
    text = document(arguments, told, least(theirs), least(mine), calls)
    print(text)
    if arguments.out:
        arguments.out.write_text(text)


if __name__ == "__main__":
    main()
