"""Writes testdata/intrinsic_dimension/ratios.json: estimates from neighbour distances by DADApy, NumPy and SciPy.

Needs numpy, scipy, scikit-learn and dadapy 0.3.4. Run from the root of the repository.
"""

import json
import pathlib
import warnings

import dadapy
import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from sklearn.neighbors import NearestNeighbors

warnings.filterwarnings("ignore")
FOLDER = pathlib.Path("testdata/intrinsic_dimension")
CLOUDS = ["cube5_in_20", "swiss_roll", "sphere10", "gauss20", "relu64", "ball5_in_10_n30"]


def neighbors(points, k):
    return NearestNeighbors(n_neighbors=k).fit(points).kneighbors()[0]


def gride(distances, n1, n2):
    """The maximum of the likelihood as Denti et al. print it."""
    mu = distances[:, n2 - 1] / distances[:, n1 - 1]
    n = len(mu)

    def minus(d):
        return -(n * np.log(d) + (n2 - n1 - 1) * np.log(mu**d - 1).sum() - ((n2 - 1) * d + 1) * np.log(mu).sum())

    return minimize_scalar(minus, bounds=(0.1, 60), method="bounded", options={"xatol": 1e-10}).x


def mind_mlk(distances, k):
    """The root of the derivative of the likelihood of Rozza et al."""
    rho = distances[:, 0] / distances[:, k]

    def derivative(d):
        return len(rho) / d + (np.log(rho) - (k - 1) * rho**d * np.log(rho) / (1 - rho**d)).sum()

    return brentq(derivative, 0.1, 200, xtol=1e-12)


def haro(distances, sigma):
    """Haro et al., the power of r left out of both integrals as in their implementation; harmonic mean over points."""
    inverses = []
    for row in distances:
        terms = []
        for t in row[:-1]:
            density = lambda r: np.exp(-0.5 * ((r - t) / sigma) ** 2)
            low, high = max(0.0, t - 12 * sigma), t + 12 * sigma
            settings = {"epsabs": 1e-12, "epsrel": 1e-10, "limit": 200}
            above = quad(lambda r: density(r) * np.log(row[-1] / r), low, high, points=[t], **settings)[0]
            terms.append(above / quad(density, low, high, points=[t], **settings)[0])
        inverses.append(np.sum(terms) / (len(row) - 1))
    return 1 / np.mean(inverses)


def estimates(points):
    distances = neighbors(points, 28)
    scales = [n1 for n1 in (1, 2, 4, 8) if 2 * n1 <= 16]
    data = dadapy.Data(coordinates=points, verbose=False)
    values, errors, _ = data.return_id_scaling_gride(range_max=16)
    logs = np.log(distances[:, :20] / distances[:, 19:20])
    few = distances[: min(len(distances), 30)]
    return {
        "gride": [gride(distances, n1, 2 * n1) for n1 in scales],
        "gride_1_7": gride(distances, 1, 7),
        "gride_dadapy": list(map(float, values)),
        "gride_dadapy_error": list(map(float, errors)),
        "gride_distance": [float(distances[:, 2 * n1 - 1].mean()) for n1 in scales],
        "mind_mlk": mind_mlk(distances, 20),
        "lid_mean": float(np.mean(-1 / logs.mean(axis=1))),
        "lid_first": list(map(float, (-1 / logs.mean(axis=1))[:5])),
        "haro_sigma": float(0.1 * distances[:, 0].mean()),
        "haro": haro(distances[:, :10], 0.1 * distances[:, 0].mean()),
    }


def main():
    clouds = {name: estimates(np.load(FOLDER / f"{name}.npy")) for name in CLOUDS}
    tools = f"dadapy {dadapy.__version__ if hasattr(dadapy, '__version__') else '0.3.4'}, numpy {np.__version__}"
    text = json.dumps({"tool": tools, "clouds": clouds}, indent=1)
    (FOLDER / "ratios.json").write_text(text + "\n")


main()
