"""`topolens profile` of an ONNX file beside the notebook that it replaces: onnxruntime, NumPy, ripser.py, scikit-dimension.

    pip install onnx onnxruntime ripser scikit-dimension
    python bench/peers/pipeline.py topolens model.onnx cifar10-folder [--points 3000] [--out FILE]

Both run the same network on as many images of the CIFAR-10 test set and measure as many layers (topolens those it takes by default, the notebook
nonlinearities at even distances and the output): H0 and H1 of the
scaled cloud, E0 of one column-permuted cloud, the PH dimension from subsamples, MLE and TwoNN, and NC1. topolens also gives
intervals from half samples, which the notebook does not.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np

import table

CARD = 'mean = 128\nstd = 128\nscale = 255\n'


def activations(path, images, n_layers):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    behind = [node.output[0] for node in model.graph.node if node.op_type == "Relu"]
    even = sorted({round(at) for at in np.linspace(0, len(behind) - 1, n_layers - 1)})
    names = [behind[at] for at in even] + [model.graph.output[0].name]
    for name in names[:-1]:
        model.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    parts = [session.run(names, {session.get_inputs()[0].name: part}) for part in np.array_split(images, len(images) // 100)]
    layers = [np.concatenate([part[at] for part in parts]) for at in range(len(names))]
    return [layer.mean(axis=(2, 3)) if layer.ndim == 4 else layer for layer in layers]


def scaled(cloud):
    low, high = cloud.min(axis=0), cloud.max(axis=0)
    return (cloud - low) / np.where(high > low, high - low, 1)


def lifespans_sum(cloud):
    from ripser import ripser

    diagram = ripser(cloud, maxdim=0)["dgms"][0]
    return (diagram[:-1, 1] - diagram[:-1, 0]).sum()


def homology(cloud):
    from ripser import ripser

    diagrams = ripser(scaled(cloud), maxdim=1)["dgms"]
    return [float((d[np.isfinite(d[:, 1]), 1] - d[np.isfinite(d[:, 1]), 0]).sum()) for d in diagrams]


def null(cloud, generator):
    return lifespans_sum(np.column_stack([generator.permutation(column) for column in scaled(cloud).T]))


def ph_dimension(cloud, generator):
    sizes = np.unique(np.geomspace(len(cloud) / 8, len(cloud), 8).astype(int))
    sums = [np.mean([lifespans_sum(cloud[generator.choice(len(cloud), size, replace=False)]) for _ in range(3)]) for size in sizes]
    slope = np.polyfit(np.log(sizes), np.log(sums), 1)[0]
    return 1 / (1 - slope)


def nc1(cloud, labels):
    means = np.stack([cloud[labels == label].mean(axis=0) for label in np.unique(labels)])
    within = np.cov((cloud - means[np.searchsorted(np.unique(labels), labels)]).T, bias=True)
    between = np.cov(means.T, bias=True)
    return np.trace(within @ np.linalg.pinv(between)) / len(means)


def notebook(model, images, labels, n_layers):
    """Seconds of each part."""
    import skdim

    generator = np.random.default_rng(0)
    parts = dict.fromkeys(["forward", "homology", "null", "PH dimension", "MLE, TwoNN", "NC1"], 0.0)

    def timed(part, work):
        start = time.perf_counter()
        found = work()
        parts[part] += time.perf_counter() - start
        return found

    layers = timed("forward", lambda: activations(model, images, n_layers))
    sums = []
    for cloud in layers:
        sums.append(timed("homology", lambda: homology(cloud)))
        timed("null", lambda: null(cloud, generator))
        timed("PH dimension", lambda: ph_dimension(cloud, generator))
        timed("MLE, TwoNN", lambda: (skdim.id.MLE(K=20).fit(cloud), skdim.id.TwoNN().fit(cloud)))
        timed("NC1", lambda: nc1(cloud, labels))
    return parts, sums


def ours(topolens, model, data, n_points):
    with tempfile.TemporaryDirectory() as folder:
        card = pathlib.Path(folder) / "card.toml"
        card.write_text(CARD)
        command = [topolens, "profile", model, "--data", f"{data}:test", "--config", card, "--protocol", "global", "--points", n_points]
        start = time.perf_counter()
        done = subprocess.run([*map(str, command), "--out", folder, "--json"], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    rows = json.loads(done.stdout)["rows"]
    is_sum = lambda row, p: row["descriptor"] == "lifespans-sum" and row["homology_dimension"] == p and row["class"] == "global"
    return seconds, [[row["value"] for row in rows if is_sum(row, p)] for p in (0, 1)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("topolens")
    parser.add_argument("model")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--points", type=int, default=3000)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    start = time.perf_counter()
    raw = np.fromfile(options.data / "test_batch.bin", dtype="u1").reshape(-1, 3073)[: options.points]
    labels, images = raw[:, 0], (raw[:, 1:].reshape(-1, 3, 32, 32).astype("f4") - 128) / 128
    decoding = time.perf_counter() - start
    seconds, (e0, e1) = ours(options.topolens, options.model, options.data, options.points)
    parts, sums = notebook(options.model, images, labels, len(e0))
    parts = {"decode": decoding, **parts}
    total = sum(parts.values())
    split = ", ".join(f"{name} {value:.1f} s" for name, value in parts.items())
    text = f"""# A profile beside the notebook that it replaces

{table.machine()}; topolens{table.commit()}; {options.points} images, {len(sums)} layers, global clouds.

topolens {seconds:.1f} s, with intervals from half samples; the notebook {total:.1f} s ({split}), without: **{total / seconds:.1f} ×**.

E0 of the layers: topolens {", ".join(f"{value:.1f}" for value in e0)}; notebook {", ".join(f"{value[0]:.1f}" for value in sums)}
(not the same images: topolens takes as many of each class, the notebook the first ones).
"""
    print(text)
    if options.out:
        options.out.write_text(text)


main()
