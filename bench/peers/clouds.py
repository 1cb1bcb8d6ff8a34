"""The inputs: generated clouds with fixed seeds, activations of the shipped network, and data sets that lie in a folder.

Every function takes the number of points and of features and returns a float32 array; `fractal_r` returns a distance
matrix.
"""

import gzip
import lzma
import os
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


class Absent(Exception):
    """The input is not on this machine; the message says how to get it."""


# ---- generated ----------------------------------------------------------------------------------------------------


def relu(n, d):
    """Ten Gaussian clusters behind a ReLU: what a hidden layer looks like."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(10, d))
    return np.maximum(centers[np.arange(n) % 10] + 0.7 * rng.normal(size=(n, d)), 0).astype(np.float32)


def gauss(n, d):
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def sphere(n, d):
    points = np.random.default_rng(0).normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def torus(n, d):
    """Uniform on the flat torus, the product of two unit circles, in four dimensions."""
    a, b = np.random.default_rng(0).uniform(0, 2 * np.pi, size=(2, n))
    return np.column_stack([np.cos(a), np.sin(a), np.cos(b), np.sin(b)]).astype(np.float32)


def klein(n, d):
    """The Klein bottle as a tube around a circle in four dimensions, whose cross-section turns over once."""
    u, v = np.random.default_rng(0).uniform(0, 2 * np.pi, size=(2, n))
    ring, turned = 2 + np.cos(v), np.sin(v)
    columns = [ring * np.cos(u), ring * np.sin(u), turned * np.cos(u / 2), turned * np.sin(u / 2)]
    return np.column_stack(columns).astype(np.float32)


def o3(n, d):
    """Haar measure on the orthogonal 3 × 3 matrices, as 9-vectors."""
    q, r = np.linalg.qr(np.random.default_rng(0).normal(size=(n, 3, 3)))
    signs = np.sign(np.diagonal(r, axis1=1, axis2=2))
    return (q * signs[:, None, :]).reshape(n, 9).astype(np.float32)


# ---- stored -------------------------------------------------------------------------------------------------------


def activations(n, d):
    """The last hidden layer of the shipped network over its test images, see `data/README.md`."""
    return np.load(HERE / "data/activations_1000x64.npy")[:n]


def data_home():
    """The folder of `topolens data`: TOPOLENS_DATA, else `topolens` in the user's data folder."""
    share = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share"
    return pathlib.Path(os.environ.get("TOPOLENS_DATA") or pathlib.Path(share) / "topolens")


def find(patterns, how):
    """The first file below the data folder that fits one of the patterns."""
    for pattern in patterns:
        for path in sorted(data_home().rglob(pattern)):
            return path
    raise Absent(f"{patterns[0]} is not in {data_home()} (--data): {how}")


def cifar10(n, d):
    """Pixels of the first CIFAR-10 test images (Krizhevsky 2009), between 0 and 1."""
    names = ["cifar10*/test_batch.bin", "cifar10*/test_batch.bin.gz", "cifar10*/test.bin.xz"]
    path = find(names, "topolens data fetch cifar10")
    reader = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with reader(path, "rb") as file:
        records = np.frombuffer(file.read(3073 * n), dtype=np.uint8).reshape(-1, 3073)
    return records[:, 1:].astype(np.float32) / 255


def roadmap(*patterns):
    """An input of Otter et al. 2017, EPJ Data Science 6:17, a NumPy file or text."""
    path = find(patterns, "clone https://github.com/n-otter/PH-roadmap into it")
    array = np.load(path) if path.suffix == ".npy" else np.loadtxt(path)
    return array.astype(np.float32)


def dragon(n, d):
    """A sample of the Stanford dragon."""
    return roadmap("*dragon_1000.npy", "dragon_vrip.ply.txt_1000_.txt")[:n]


def fractal_r(n, d):
    """Distances in a self-similar network with random weights."""
    matrix = roadmap("*fractal_r.npy", "fractal_9_5_2_random_edge_list.txt_*_distmat.txt")[:n, :n]
    return np.maximum(matrix, matrix.T)


CLOUDS = {
    "relu": relu,
    "gauss": gauss,
    "sphere": sphere,
    "torus": torus,
    "klein": klein,
    "o3": o3,
    "activations": activations,
    "cifar10": cifar10,
    "dragon": dragon,
    "fractal-r": fractal_r,
}
