"""Writes testdata/comparisons/*.json: comparisons of two clouds by other programs.

Needs numpy, scipy, ripser and dadapy.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from dadapy import MetricComparisons
from ripser import ripser
from scipy.linalg import orthogonal_procrustes, qr, svdvals
from scipy.spatial.distance import cdist, pdist, squareform

OUT = Path(__file__).resolve().parents[1] / "comparisons"


def write(name, document):
    tools = ["numpy", "scipy", "ripser", "dadapy"]
    document = {"by": ", ".join(f"{tool} {version(tool)}" for tool in tools), **document}
    (OUT / f"{name}.json").write_text(json.dumps(document, indent=1) + "\n")


def alignment(k, l):
    """CKA of two kernel matrices: biased through the centring matrix, debiased with the diagonals removed."""
    n = len(k)
    h = np.eye(n) - 1 / n

    def biased(a, b):
        return np.trace(h @ a @ h @ b)

    def unbiased(a, b):
        a, b, one = a - np.diag(np.diag(a)), b - np.diag(np.diag(b)), np.ones(n)
        ones = (one @ a @ one) * (one @ b @ one) / ((n - 1) * (n - 2))
        return np.trace(a @ b) + ones - 2 / (n - 2) * one @ a @ b @ one

    return [f(k, l) / np.sqrt(f(k, k) * f(l, l)) for f in (biased, unbiased)]


def gaussian_kernel(x, bandwidth):
    return np.exp(-squareform(pdist(x, "sqeuclidean")) / (2 * (bandwidth * np.median(pdist(x))) ** 2))


def canonical(x, y):
    """Canonical correlations by QR, and the weights by projection of every canonical variable onto the columns of x."""
    x, y = x - x.mean(0), y - y.mean(0)
    q, p = qr(x, mode="economic")[0], qr(y, mode="economic")[0]
    u, s, _ = np.linalg.svd(q.T @ p)
    weights = np.abs((q @ u[:, : len(s)]).T @ x).sum(1)
    return {"correlations": s.tolist(), "projection_weighted": float(weights @ s / weights.sum())}


def leading(x, variance):
    x = x - x.mean(0)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    kept = 1 + int(np.argmax(np.cumsum(s**2) / np.sum(s**2) >= variance))
    return u[:, :kept] * s[:kept]


def procrustes(x, y):
    width = max(x.shape[1], y.shape[1])
    x, y = [np.pad(a - a.mean(0), ((0, 0), (0, width - a.shape[1]))) for a in (x, y)]
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    turn = orthogonal_procrustes(x, y)[0]
    return float(np.linalg.norm(x @ turn - y) ** 2)


def loops(matrix):
    intervals = ripser(matrix, distance_matrix=True, maxdim=1)["dgms"][1]
    return float((intervals[:, 1] - intervals[:, 0]).sum())


def rtd(x, y):
    """The full form: the block between the two copies is symmetric, no pair is infinite."""
    a, b = [squareform(d / np.quantile(d, 0.9)) for d in (pdist(x), pdist(y))]
    return loops(np.block([[np.zeros_like(a), a], [a, np.minimum(a, b)]]))


def mtop_div(p, q):
    return loops(np.block([[np.zeros((len(q), len(q))), cdist(q, p)], [cdist(p, q), cdist(p, p)]]))


def imbalance(x, y):
    both = MetricComparisons(coordinates=np.hstack([x, y]), maxk=len(x) - 1)
    widths = range(x.shape[1]), range(x.shape[1], x.shape[1] + y.shape[1])
    return [float(value) for value in both.return_inf_imb_two_selected_coords(*[list(w) for w in widths])]


def main():
    OUT.mkdir(exist_ok=True)
    random = np.random.default_rng(5)
    x = np.round(random.normal(size=(40, 6)) * np.array([3, 2, 1, 0.5, 0.1, 0.05]), 6)
    y = np.round(np.tanh(x[:, :4] @ random.normal(size=(4, 4))) + 0.3 * random.normal(size=(40, 4)), 6)
    other = np.round(random.normal(size=(30, 4)), 6)
    order_x, order_y = [np.argsort(squareform(pdist(a)) + np.diag([np.inf] * 40), 1)[:, :7] for a in (x, y)]
    shared = [len(set(a) & set(b)) / 7 for a, b in zip(order_x, order_y)]
    write(
        "pair",
        {
            "x": x.tolist(), "y": y.tolist(), "other": other.tolist(),
            "linear_cka": alignment(x @ x.T, y @ y.T),
            "rbf_cka": alignment(gaussian_kernel(x, 0.5), gaussian_kernel(y, 0.5)),
            "cca": canonical(x, y),
            "svcca": canonical(leading(x, 0.9), leading(y, 0.9)),
            "procrustes": procrustes(x, y),
            "rtd": [rtd(x, y), rtd(y, x)],
            "mtop_div": [mtop_div(y, other), mtop_div(other, y)],
            "overlap_of_7": float(np.mean(shared)),
            "information_imbalance": imbalance(x, y),
        },
    )  # fmt: skip


main()
