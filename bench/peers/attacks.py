"""Attacks beside those of foolbox and torchattacks, on the same images and weights, every measurement in a process of its own.

    cargo xtask bench-peers attacks --network CHECKPOINT --data CIFAR10 [--images 500] [--threads 2] [--only TEXT] [--out FILE]
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import table

HERE = pathlib.Path(__file__).parent
RESULTS = HERE.parent / "results"
N_ROUNDS, LONG = 3, 10.0
# Method, norm, epsilon, steps, size of a step as a share of epsilon (that of Adam for cw), and whose the peer is.
ROWS = [
    ("fgsm", "linf", "1/255", "-", "-", "foolbox"),
    ("fgsm", "linf", "4/255", "-", "-", "foolbox"),
    ("fgsm", "l2", "0.25", "-", "-", "foolbox"),
    ("bim", "linf", "1/255", "10", "0.2", "foolbox"),
    ("pgd", "linf", "1/255", "40", "1/30", "foolbox"),
    ("pgd", "linf", "4/255", "40", "1/30", "foolbox"),
    ("pgd", "l2", "0.25", "40", "1/30", "foolbox"),
    ("mi-fgsm", "linf", "1/255", "10", "0.1", "torchattacks"),
    ("apgd-ce", "linf", "1/255", "100", "-", "torchattacks"),
    ("apgd-ce", "linf", "4/255", "100", "-", "torchattacks"),
    ("apgd-ce", "l2", "0.25", "100", "-", "torchattacks"),
    ("apgd-dlr", "linf", "1/255", "100", "-", "torchattacks"),
    ("apgd-dlr", "l2", "0.25", "100", "-", "torchattacks"),
    ("square", "linf", "4/255", "1000", "-", "torchattacks"),
    ("square", "l2", "0.5", "1000", "-", "torchattacks"),
    ("deepfool", "l2", "-", "50", "-", "foolbox"),
    ("deepfool", "linf", "-", "50", "-", "foolbox"),
    ("cw", "l2", "-", "100", "0.01", "foolbox"),
]
ABOUT = """Images of CIFAR-10's test set that the network gets right, in batches of 100 on both sides; the preprocessing is part of the
network, epsilon is in units of the pixel range 0 to 1. Success and the sizes of perturbations (median and mean over the
images on which both succeed) are judged by the network in PyTorch for both. Seconds are those of all images with a look at the success,
on the clock the median of three alternating rounds (one where an attack takes more than 10 s), and of all processors. Ratios above 1
mean that topolens is faster, or works less. PyTorch has its images in channels last, and its threads sleep while they wait
(`OMP_WAIT_POLICY=passive`). Memory is the most that the process held, for PyTorch beyond the loaded libraries, network and images.
topolens leaves images alone once APGD, Square or DeepFool has succeeded on them; of the peers only Square does.
Carlini & Wagner ends a descent early for each image by itself, in foolbox for the batch."""

BESIDE = " Other programs ran beside: trust the processors' seconds more than those on the clock."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="cargo xtask bench-peers attacks")
    parser.add_argument("--throughput", dest="example", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--network", type=pathlib.Path, required=True, help="a ResNet trained by topolens, its card beside it")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder of CIFAR-10's binary files")
    parser.add_argument("--images", default="500", help="the number of images (default 500)")
    parser.add_argument("--threads", default="2", help="number of threads to measure with (default 2)")
    parser.add_argument("--only", metavar="TEXT", help="rows whose method and norm hold it")
    parser.add_argument("--out", type=pathlib.Path, help="the Markdown file (default bench/results/attacks-DATE.md)")
    return parser.parse_args()


def run(command, threads):
    own = {"RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "OMP_WAIT_POLICY": "passive"}
    environment = {**os.environ, **own}
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def value(word):
    """A fraction as a decimal number; words without one as they are."""
    over, _, under = word.partition("/")
    return str(float(over) / float(under)) if under else word


def measure(row, folder, options):
    """What each side found, in rounds one after the other, and the verdict on both."""
    method, norm, epsilon, steps, size, _ = row
    images, ours, theirs = (folder / f"{name}.safetensors" for name in ("images", "ours", "theirs"))
    peer, threads = [sys.executable, HERE / "attacks_peer.py"], options.threads
    settings = [method, norm, value(epsilon), steps, value(size)]
    commands = [[options.example, options.network, images, ours, *settings]]
    commands += [[*peer, "attack", options.network, images, theirs, *settings, threads]]
    rounds = []
    while len(rounds) < N_ROUNDS and not (rounds and max(side["seconds"] for side in rounds[0]) > LONG):
        rounds.append([run(command, threads) for command in commands])
    return rounds, run([*peer, "judge", options.network, images, ours, theirs, norm, value(epsilon)], threads)


def line(row, rounds, verdict):
    method, norm, epsilon, *_, peer = row
    medians = [
        [statistics.median(side[key] for side in sides) for sides in zip(*rounds, strict=True)]
        for key in ("seconds", "processor_seconds", "peak_kib")
    ]
    success, middle, mean = verdict["success"], verdict["median"], verdict["mean"]
    cells = [method, norm, epsilon.replace("-", "–"), peer, *(f"{share:.1f}" for share in success), f"{success[0] - success[1]:+.1f}"]
    cells += [f"{ours:.4f} · {theirs:.4f}" for ours, theirs in (middle, mean)]
    cells += [f"{100 * (mean[0] / mean[1] - 1):+.1f}"]
    for ours, theirs in medians[:2]:
        cells += [f"{ours:.3g}", f"{theirs:.3g}", f"{theirs / ours:.2f}"]
    return "| " + " | ".join([*cells, *(f"{kib / 1024:.0f}" for kib in medians[2])]) + " |"


def heading():
    columns = ["attack", "norm", "epsilon", "peer", "our success %", "peer's", "points", "median size, ours · peer's", "mean size"]
    columns += ["mean, %", "our s", "peer's s", "ratio", "our processor s", "peer's", "ratio", "our MB", "peer's MB"]
    return f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"


def note(row, verdict):
    """How far the perturbed images of an attack without random numbers agree."""
    share = f"{verdict['n_differ']} of {verdict['n_pixels']} numbers differ by more than 1e-5"
    slope = f", slopes there at most {verdict['slope_where_differ']:.1e} of the image's largest" if verdict["n_differ"] else ""
    return f"- {row[0]} {row[1]} {row[2]}: {share}{slope}; elsewhere the largest difference is {verdict['largest_elsewhere']:.1e}."


def note_on_logits(logits):
    return f"- Logits of the two networks differ by {logits:.1e} of the largest."


def head(options, today, n_images):
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ["torch", "foolbox", "torchattacks"])
    card = json.loads(options.network.with_suffix(".json").read_text())
    command = f"cargo xtask bench-peers attacks --network CHECKPOINT --data CIFAR10 --threads {options.threads}"
    beside = BESIDE if os.getloadavg()[0] > 1 else ""
    made = f"{today}, `{command}`. {table.machine()}.{beside}"
    net = f"{card['model']['architecture']} with {100 * card['test_accuracy']:.1f} % test accuracy, {n_images} images"
    net = f"topolens{table.commit()}, {versions}. {net}."
    return ["# Attacks beside foolbox and torchattacks", "", made, "", net, "", ABOUT, "", heading()]


def main():
    options = arguments()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    if options.out is None and not options.only:
        options.out = RESULTS / f"attacks-{today}.md"
    with tempfile.TemporaryDirectory() as name:
        folder, peer = pathlib.Path(name), [sys.executable, HERE / "attacks_peer.py"]
        prepare = [*peer, "prepare", options.network, options.data, options.images, folder / "images.safetensors"]
        lines, notes, logits = head(options, today, run(prepare, options.threads)["n_images"]), [], 0.0
        print(*lines, sep="\n", flush=True)
        for row in ROWS:
            if options.only and options.only not in f"{row[0]} {row[1]}":
                continue
            rounds, verdict = measure(row, folder, options)
            lines.append(line(row, rounds, verdict))
            print(lines[-1], flush=True)
            logits = max(logits, verdict["logits"])
            notes += [note(row, verdict)] if row[0] in ("fgsm", "bim", "mi-fgsm") else []
            if options.out:
                options.out.write_text("\n".join([*lines, "", *notes, note_on_logits(logits), ""]))
        print("", *notes, note_on_logits(logits), sep="\n")


main()
