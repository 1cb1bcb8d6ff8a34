"""Networks from ONNX files beside onnxruntime and PyTorch, every measurement in a process of its own.

    cargo xtask bench-peers inference [--threads 2] [--only TEXT] [--out FILE]
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import table

HERE = pathlib.Path(__file__).parent
RESULTS = HERE.parent / "results"
# Network and images in a batch.
NETWORKS = [("resnet18", 8), ("mobilenet_v2", 8), ("resnet20", 128)]
ABOUT = """Images per second, the median over three seconds after the first batch. ResNet-18 and MobileNetV2 of torchvision on 8 images of
224×224×3, ResNet-20 on 128 images of 32×32×3; the files are exported by PyTorch with the batch's size left open. onnxruntime
has no gradients. Ratios above 1 mean that topolens, which runs the file on its tape, is faster."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="cargo xtask bench-peers inference")
    parser.add_argument("--throughput", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--threads", default="2", help="number of threads to measure with (default 2)")
    parser.add_argument("--only", metavar="TEXT", help="networks whose name holds it")
    parser.add_argument("--out", type=pathlib.Path, help="the Markdown file (default bench/results/inference-DATE.md)")
    return parser.parse_args()


def run(command, threads):
    environment = {**os.environ, "RAYON_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])["images_per_second"] if done.stdout.strip() else None


def line(net, batch, name, folder, options):
    threads, peer = options.threads, [sys.executable, HERE / "inference_peer.py"]
    file = folder / f"{net}.onnx"
    if not file.exists():
        run([*peer, "export", net, file], threads)
    ours, rten = (
        run([options.throughput, file, batch, engine, name], threads) if engine == "tape" or name == "forward" else None
        for engine in ("tape", "rten")
    )
    runtime = run([*peer, "onnxruntime", file, batch, threads, name], threads) if name == "forward" else None
    eager, last = (run([*peer, "torch", net, batch, threads, name, *layout], threads) for layout in ([], ["channels-last"]))
    speeds = [f"{speed:.1f}" if speed else "–" for speed in (ours, rten, runtime, eager, last)]
    ratios = [f"{ours / speed:.2f}" if speed else "–" for speed in (runtime, eager, last)]
    return "| " + " | ".join([net, name.replace("_", " "), *speeds, *ratios]) + " |"


def heading():
    columns = ["network", "pass", "topolens, tape", "topolens, rten", "onnxruntime", "PyTorch", "PyTorch, channels last"]
    columns += ["tape / onnxruntime", "tape / PyTorch", "tape / channels last"]
    return f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"


def main():
    options = arguments()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    if options.out is None and not options.only:
        options.out = RESULTS / f"inference-{today}.md"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ["torch", "torchvision", "onnxruntime"])
    made = f"{today}, `cargo xtask bench-peers inference --threads {options.threads}`. {table.machine()}."
    lines = ["# ONNX files beside onnxruntime and PyTorch", "", made, "", f"topolens{table.commit()}, {versions}.", "", ABOUT, "", heading()]
    print(*lines, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for net, batch in NETWORKS:
            if options.only and options.only not in net:
                continue
            for name in ["forward", "input_gradient"]:
                lines.append(line(net, batch, name, pathlib.Path(folder), options))
                print(lines[-1], flush=True)
                if options.out:
                    options.out.write_text("\n".join(lines) + "\n")


main()
