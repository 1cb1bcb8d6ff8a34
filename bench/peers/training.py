"""Training, forward pass and input gradient beside PyTorch, every measurement in a process of its own.

    cargo xtask bench-peers training [--quick] [--threads 2] [--only TEXT] [--out FILE]
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys

import table

HERE = pathlib.Path(__file__).parent
RESULTS = HERE.parent / "results"
EXTENT = 32
NETWORKS = [("resnet20", 0), ("resnet32", 0), ("vgg11", 32), ("mobilenetv2", 0)]
PASSES = ["training", "forward", "input_gradient"]
LAYOUTS = ["default", "channels-last"]
ABOUT = f"""Images per second in batches of 128 images of {EXTENT}×{EXTENT}×3, the median over three seconds after the first batch;
VGG-11 at half its width. Memory is the most that the process held beyond the loaded program, for PyTorch beyond the loaded
library with network and images. A ratio above 1 means that topolens is faster, or that it needs less memory."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="cargo xtask bench-peers training")
    parser.add_argument("--throughput", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="ResNet-20 alone")
    parser.add_argument("--threads", default="2", help="number of threads to measure with (default 2)")
    parser.add_argument("--only", metavar="TEXT", help="networks whose name holds it")
    parser.add_argument("--out", type=pathlib.Path, help="the Markdown file (default bench/results/training-DATE.md)")
    return parser.parse_args()


def run(command, threads):
    environment = {**os.environ, "RAYON_NUM_THREADS": threads}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def line(net, width, name, options):
    ours = run([options.throughput, net, width, EXTENT, name], options.threads)
    torch = [
        run([sys.executable, HERE / "training_torch.py", net, width, EXTENT, layout, options.threads, name], options.threads)
        for layout in LAYOUTS
    ]
    speed, memory = [[found[key] for found in (ours, *torch)] for key in ("images_per_second", "peak_kib")]
    cells = [net, name.replace("_", " "), *(f"{value:.0f}" for value in speed)]
    cells += [f"{speed[0] / speed[1]:.2f}", f"{speed[0] / speed[2]:.2f}"]
    cells += [f"{value / 1024:.0f}" for value in memory]
    cells += [f"{min(memory[1:]) / memory[0]:.2f}"]
    return "| " + " | ".join(cells) + " |"


def heading():
    columns = ["network", "pass", "topolens", "PyTorch", "PyTorch, channels last", "ratio", "ratio, channels last"]
    columns += ["our MB", "PyTorch MB", "channels last MB", "ratio of memory"]
    return f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"


def main():
    options = arguments()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    if options.out is None and not options.only and not options.quick:
        options.out = RESULTS / f"training-{today}.md"
    networks = [(net, width) for net, width in NETWORKS if not options.only or options.only in net]
    if options.quick:
        networks = networks[:1]
    made = f"{today}, `cargo xtask bench-peers training --threads {options.threads}`. {table.machine()}."
    versions = f"topolens{table.commit()}, torch {importlib.metadata.version('torch')}."
    lines = ["# Training beside PyTorch", "", made, "", versions, "", ABOUT, "", heading()]
    print(*lines, sep="\n", flush=True)
    for net, width in networks:
        for name in PASSES:
            lines.append(line(net, width, name, options))
            print(lines[-1], flush=True)
            if options.out:
                options.out.write_text("\n".join(lines) + "\n")


main()
