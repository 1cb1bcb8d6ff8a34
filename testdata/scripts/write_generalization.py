"""Writes testdata/statistics/generalization.json: published points, a synthetic factorial, power laws of tails.

The points are those that Ansuini et al. 2019 (figure 5) and Magai & Ayzenberg 2022 (figure on generalisation) draw, read off the figures, with the correlations
that they print. Conditional mutual information is computed here from its definition, exponents by the package powerlaw.

    python write_generalization.py   (needs numpy and powerlaw; values recorded with powerlaw 1.5)
"""

import itertools
import json
import math
import pathlib
import warnings

import numpy
import powerlaw

HERE = pathlib.Path(__file__).resolve().parent

ANSUINI = {
    "top5_error": [20.91, 11.37, 10.75, 9.62, 9.12, 10.19, 9.63, 8.5, 8.15, 10.92, 8.58, 7.13, 6.44, 5.94],
    "dimension": [25.2, 18.4, 18.6, 15.9, 14.6, 15.5, 14.85, 12.8, 12.5, 18.65, 15.2, 13.9, 12.75, 12.45],
    "first_resnet": 9,
    "pearson_all": 0.943,
    "pearson_resnets": 0.995,
    "kendall_all": 0.802,
}

NETWORKS = {
    "points": [
        [0.2, 29.6], [0.203, 28.8], [0.196, 27.5], [0.166, 27.6], [0.161, 27.2], [0.146, 26.7], [0.146, 22.2],
        [0.163, 20.5], [0.156, 20.2], [0.126, 20.6], [0.122, 18.4], [0.114, 19.4], [0.103, 19.7], [0.133, 17.4],
        [0.124, 17.7], [0.11, 17.6], [0.128, 15.2], [0.121, 13.5], [0.089, 14.6], [0.086, 14.3], [0.08, 14.3],
        [0.094, 14.0], [0.076, 11.2], [0.16, 28], [0.175, 26.6], [0.128, 21.2], [0.141, 19.9], [0.116, 23],
        [0.114, 19.3], [0.118, 17.1], [0.125, 15.5], [0.119, 15.5], [0.098, 17.5], [0.09, 18.4], [0.065, 11.5],
        [0.184, 29], [0.121, 20.8], [0.108, 21.4], [0.095, 16.8], [0.132, 13.6], [0.104, 14], [0.096, 12],
        [0.057, 9.6], [0.056, 7.8],
    ],
    "pearson": 0.871,
    "spearman": 0.786,
    "kendall": 0.614,
    "interval": [0.774, 0.928],
}


def entropy(counts):
    total = sum(counts)
    return -sum(c / total * math.log(c / total) for c in counts if c)


def conditional_information(measure, gap, axes):
    """min over |S| <= 2 of I(V_measure; V_gap | U_S) / H(V_gap | U_S), by counting."""
    best = math.inf
    n = len(measure)
    sign = lambda a, b: (a > b) - (a < b)
    for size in range(3):
        for given in itertools.combinations(range(len(axes)), size):
            groups = {}
            for a, b in itertools.permutations(range(n), 2):
                key = tuple(axes[axis][a] for axis in given)
                if key == tuple(axes[axis][b] for axis in given):
                    groups.setdefault(key, []).append((sign(measure[a], measure[b]), sign(gap[a], gap[b])))
            whole = sum(len(pairs) for pairs in groups.values())
            information = uncertainty = 0.0
            for pairs in groups.values():
                count = lambda items: [items.count(item) for item in set(items)]
                share = len(pairs) / whole
                of_gap = entropy(count([gap for _, gap in pairs]))
                uncertainty += share * of_gap
                of_measure = entropy(count([measure for measure, _ in pairs]))
                information += share * (of_gap + of_measure - entropy(count(pairs)))
            if uncertainty > 0:
                best = min(best, information / uncertainty)
    return best


def factorial():
    """Width, depth and step size at 2, 3 and 2 levels; the measure follows width and depth, hardly the step size."""
    axes = list(zip(*itertools.product(range(2), range(3), range(2))))
    random = numpy.random.default_rng(7)
    gap = [round(0.4 * w + 0.2 * d + 0.1 * s + 0.05 * random.standard_normal(), 4) for w, d, s in zip(*axes)]
    measure = [round(0.5 * w + 0.1 * d + 0.1 * random.standard_normal(), 4) for w, d, s in zip(*axes)]
    return {
        "axes": [list(axis) for axis in axes],
        "gap": gap,
        "measure": measure,
        "information": conditional_information(measure, gap, axes),
    }


def least_distance(sample):
    best = math.inf
    for minimum in sorted(set(sample))[:-1]:
        tail = numpy.sort([x for x in sample if x >= minimum])
        exponent = 1 + len(tail) / numpy.log(tail / minimum).sum()
        law = 1 - (tail / minimum) ** (1 - exponent)
        best = min(best, float(numpy.abs(numpy.arange(len(tail)) / len(tail) - law).max()))
    return best


def tails():
    cases = []
    for seed, (size, exponent) in enumerate([(60, 2.5), (400, 2.0), (150, 3.0)]):
        random = numpy.random.default_rng(seed)
        bulk = random.uniform(0.1, 1.0, size)
        tail = (1 - random.uniform(size=size)) ** (-1 / (exponent - 1))
        sample = [round(float(x), 6) for x in numpy.concatenate([bulk, tail])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = powerlaw.Fit(sample, verbose=False)
        # The package does not always find the least distance over all beginnings of the tail; these are samples where it does.
        assert float(fit.D) <= least_distance(sample) + 1e-12, (size, fit.D)
        cases.append({"sample": sample, "exponent": float(fit.alpha), "minimum": float(fit.xmin), "distance": float(fit.D)})
    return cases


if __name__ == "__main__":
    found = {"ansuini": ANSUINI, "networks": NETWORKS, "factorial": factorial(), "tails": tails()}
    (HERE.parent / "statistics" / "generalization.json").write_text(json.dumps(found) + "\n")
