"""Writes testdata/statistics/*.json: correlations, intervals and tests by other programs.

Needs numpy, scipy and scikit-learn.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_auc_score, roc_curve

OUT = Path(__file__).resolve().parents[1] / "statistics"


def write(name, document):
    by = f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}"
    (OUT / f"{name}.json").write_text(json.dumps({"by": by, **document}, indent=1) + "\n")


def share_of_orders(x, y, statistic):
    """Two-sided p-value: the share of all orders of x with at least the statistic, in absolute value."""
    orders = np.array(list(itertools.permutations(x)))
    values = np.abs(statistic(orders, y))
    return float(np.mean(values >= abs(statistic(np.array([x]), y)[0]) - 1e-9))


def rank_product(orders, y):
    x = orders - orders.mean(axis=1, keepdims=True)
    return x @ (y - y.mean())


def concordance(orders, y):
    first, second = np.triu_indices(len(y), 1)
    return np.sign(orders[:, first] - orders[:, second]) @ np.sign(y[first] - y[second])


def correlations():
    random = np.random.default_rng(3)
    cases = []
    for n, decimals in [(6, 6), (8, 0), (9, 6), (12, 6), (25, 6), (25, 0), (50, 6), (80, 1)]:
        z = random.normal(size=n)
        x = np.round(2 * z + random.normal(size=n), decimals)
        y = np.round(2 * z + 2 * random.normal(size=n), decimals)
        has_ties = len(set(x)) < n or len(set(y)) < n
        pearson, spearman = stats.pearsonr(x, y), stats.spearmanr(x, y)
        kendall = stats.kendalltau(x, y, method="asymptotic" if has_ties else "exact")
        case = {
            "x": x.tolist(),
            "y": y.tolist(),
            "pearson": [pearson.statistic, pearson.pvalue, *pearson.confidence_interval()],
            "spearman": [spearman.statistic, spearman.pvalue],
            "kendall": [kendall.statistic, kendall.pvalue],
        }
        if n <= 9:
            ranks = stats.rankdata(x), stats.rankdata(y)
            case["spearman"][1] = share_of_orders(*ranks, rank_product)
            if has_ties:
                case["kendall"][1] = share_of_orders(x, y, concordance)
        cases.append(case)
    write("correlations", {"cases": cases})


def partial():
    random = np.random.default_rng(4)
    n = 30
    covariates = random.normal(size=(2, n))
    x = covariates[0] + random.normal(size=n)
    y = covariates[0] - covariates[1] + random.normal(size=n)

    def of(x, y, given):
        design = np.column_stack([np.ones(n), *given])
        rest = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y)]
        r = float(np.corrcoef(*rest)[0, 1])
        freedom = n - 2 - len(given)
        p = float(2 * stats.t.sf(abs(r) * np.sqrt(freedom / (1 - r * r)), freedom))
        half = stats.norm.ppf(0.975) / np.sqrt(n - 3 - len(given))
        return [r, p, float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))]

    ranks = [stats.rankdata(v) for v in (x, y, *covariates)]
    write("partial", {
        "x": x.tolist(), "y": y.tolist(), "covariates": covariates.tolist(),
        "pearson": of(x, y, covariates), "spearman": of(ranks[0], ranks[1], ranks[2:])[:2],
    })


def bootstrap():
    random = np.random.default_rng(5)
    x = np.round(random.exponential(size=40), 6)
    found = stats.bootstrap((x,), np.mean, method="BCa", n_resamples=200_000, random_state=0)
    interval = found.confidence_interval
    write("bootstrap", {"x": x.tolist(), "mean": [float(interval.low), float(interval.high)]})


def multiple_testing():
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.55, 0.04, 0.2, 0.0007])
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)
    holm = np.empty_like(p)
    holm[order] = steps
    write("multiple_testing", {
        "p": p.tolist(), "holm": holm.tolist(),
        "bh": stats.false_discovery_control(p, method="bh").tolist(),
        "by": stats.false_discovery_control(p, method="by").tolist(),
    })


def components(scores, positive):
    """All pairs of a positive and a negative: 1, 1/2 or 0."""
    psi = np.heaviside(scores[positive][:, None] - scores[~positive][None], 0.5)
    return psi.mean(axis=1), psi.mean(axis=0)


def roc():
    random = np.random.default_rng(6)
    positive = np.arange(60) % 3 == 0
    first = np.round(random.normal(size=60) + 1.2 * positive, 1)
    second = np.round(0.6 * first + random.normal(size=60), 1)
    m, n = positive.sum(), (~positive).sum()
    (v1, w1), (v2, w2) = components(first, positive), components(second, positive)
    covariance = np.cov(v1, v2) / m + np.cov(w1, w2) / n
    difference = v1.mean() - v2.mean()
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    fpr, tpr, thresholds = roc_curve(positive, first, drop_intermediate=False)
    write("roc", {
        "first": first.tolist(), "second": second.tolist(), "positive": positive.tolist(),
        "areas": [roc_auc_score(positive, first), roc_auc_score(positive, second)],
        "errors": np.sqrt(np.diag(covariance)).tolist(),
        "difference": [float(difference), float(error), float(2 * stats.norm.sf(abs(difference / error)))],
        "fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist(),
    })


def verification():
    """Scores as of faces, with weights and without: rates from all of scikit-learn's points (it leaves those on straight pieces out unless asked), the equal error rate as the root on the line between them."""
    random = np.random.default_rng(29)
    cases = []
    for n, gap, decimals in [(40, 0.8, 2), (100, 1.5, 1), (160, 3.0, 6)]:
        positive = np.arange(n) % 5 == 0
        scores = np.round(random.normal(size=n) + gap * positive, decimals)
        weights = random.integers(0, 4, size=n)
        for weight in (np.ones(n), weights):
            fpr, tpr, _ = roc_curve(positive, scores, sample_weight=weight, drop_intermediate=False)
            equal = brentq(lambda x: 1 - x - float(interp1d(fpr, tpr)(x)), 0, 1, xtol=1e-14)
            cases.append({
                "scores": scores.tolist(), "positive": positive.tolist(), "weights": weight.tolist(),
                "area": roc_auc_score(positive, scores, sample_weight=weight), "equal_error_rate": equal,
                "at": [[f, float(tpr[fpr <= f].max())] for f in (0.1, 0.01, 0.001)],
            })
    write("verification", {"cases": cases})


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    correlations()
    partial()
    bootstrap()
    multiple_testing()
    roc()
    verification()
