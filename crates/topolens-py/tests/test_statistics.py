"""Statistics are those of SciPy, scikit-learn, the definitions and the program."""

import csv
import itertools
import json
import os
import pickle
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

import topolens
from topolens import statistics

TESTDATA = Path(__file__).parents[3] / "testdata/statistics"
PROGRAM = os.environ.get("TOPOLENS") or shutil.which("topolens")


def reference(name):
    return json.loads((TESTDATA / f"{name}.json").read_text())


def all_of(found):
    return [found.value, found.p_value, found.lower, found.upper]


def pairs(n, decimals=6, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    return np.round(x, decimals), np.round(0.7 * x + random.normal(size=n), decimals)


def test_correlations_are_those_of_scipy_and_exact_for_few_points():
    methods = set()
    for case in reference("correlations")["cases"]:
        x, y = case["x"], case["y"]
        assert all_of(statistics.pearson(x, y)) == pytest.approx(case["pearson"], rel=1e-9)
        for name in ["spearman", "kendall"]:
            found = getattr(statistics, name)(x, y)
            assert [found.value, found.p_value] == pytest.approx(case[name], rel=1e-9)
            assert found.lower < found.value < found.upper
            methods.add((name, found.p_value_method, len(x) <= 9))
    assert methods == {
        ("spearman", "permutations", True),
        ("spearman", "students-t", False),
        ("kendall", "permutations", True),
        ("kendall", "permutations", False),
        ("kendall", "normal", False),
    }


def test_correlations_of_a_draw_are_those_of_scipy():
    x, y = pairs(40)
    pearson, found = stats.pearsonr(x, y), statistics.pearson(x, y)
    assert all_of(found) == pytest.approx([*pearson, *pearson.confidence_interval()], rel=1e-9)
    found = statistics.spearman(x, y)
    assert [found.value, found.p_value] == pytest.approx([*stats.spearmanr(x, y)], rel=1e-9)
    found = statistics.kendall(x, y)
    assert [found.value, found.p_value] == pytest.approx([*stats.kendalltau(x, y, method="exact")], rel=1e-9)
    assert found.p_value_method == "permutations"
    x, y = pairs(40, decimals=0)
    found = statistics.kendall(x, y)
    assert [found.value, found.p_value] == pytest.approx([*stats.kendalltau(x, y, method="asymptotic")], rel=1e-9)
    assert found.p_value_method == "normal"


def test_all_orders_are_counted_for_five_points():
    x, y = np.array([1.0, 4.0, 2.0, 2.0, 7.0]), np.array([2.0, 3.0, 3.0, 1.0, 9.0])
    for ours, theirs in [(statistics.spearman, stats.spearmanr), (statistics.kendall, stats.kendalltau)]:
        values = [abs(theirs(order, y).statistic) for order in itertools.permutations(x)]
        expected = np.mean(np.array(values) >= abs(theirs(x, y).statistic) - 1e-9)
        assert ours(x, y).p_value == pytest.approx(expected, rel=1e-12) and 0.05 < expected < 0.5


def test_a_coefficient_of_one_has_no_interval():
    found = statistics.pearson([1, 2, 3, 4], [-1, -2, -3, -4])
    assert (round(float(found), 12), found.lower, found.upper, found.p_value) == (-1.0, None, None, 0.0)
    assert repr(found) == "Correlation(-1.0000, no interval, p = 0 by students-t)"


def residuals(values, covariates):
    design = np.column_stack([np.ones(len(values)), covariates])
    return values - design @ np.linalg.lstsq(design, values, rcond=None)[0]


def test_partial_correlation_is_that_of_residuals():
    case = reference("partial")
    columns = np.array(case["covariates"]).T
    found = statistics.partial_correlation(case["x"], case["y"], columns)
    assert all_of(found) == pytest.approx(case["pearson"], rel=1e-9)
    found = statistics.partial_correlation(case["x"], case["y"], columns, method="spearman")
    assert [found.value, found.p_value] == pytest.approx(case["spearman"], rel=1e-9)
    x, y, one = np.array(case["x"]), np.array(case["y"]), columns[:, 0]
    expected = stats.pearsonr(residuals(x, one), residuals(y, one)).statistic
    repeated = pd.DataFrame({"a": one, "b": 2 * one + 1, "constant": 1})
    for covariates in [one, one[:, None], repeated]:
        assert float(statistics.partial_correlation(x, y, covariates)) == pytest.approx(expected, rel=1e-9)
    assert float(statistics.partial_correlation(x, y, np.empty((30, 0)))) == float(statistics.pearson(x, y))


def granulated(measure, gap, axes):
    """The definition, group by group; `None` where nothing varies."""
    found = {}
    for name, values in axes.items():
        groups = {}
        for model in range(len(gap)):
            others = tuple(others[model] for other, others in axes.items() if other != name)
            groups.setdefault(others, []).append(model)
        taus = []
        for group in groups.values():
            signs = [
                np.sign(measure[a] - measure[b]) * np.sign(gap[a] - gap[b])
                for a, b in itertools.combinations(group, 2)
                if values[a] != values[b]
            ]
            taus += [np.mean(signs)] if signs else []
        found[name] = np.mean(taus) if taus else None
    return found


def test_granulated_kendall_is_its_definition():
    case = reference("generalization")["factorial"]
    axes = dict(zip(["depth", "width", "rate"], case["axes"], strict=True))
    measure = np.random.default_rng(2).normal(size=12)
    found, expected = statistics.granulated_kendall(measure, case["gap"], axes), granulated(measure, case["gap"], axes)
    assert found.axes == pytest.approx(expected, rel=1e-12)
    assert float(found) == pytest.approx(np.mean(list(expected.values())), rel=1e-12) and len(set(expected.values())) > 1
    words = {name: [f"level {value}" for value in values] for name, values in axes.items()}
    for same in [words, pd.DataFrame(axes), {name: np.array(values) / 3 for name, values in axes.items()}]:
        assert statistics.granulated_kendall(measure, case["gap"], same).axes == found.axes
    alone = statistics.granulated_kendall([1, 2, 3, 9], [5, 1, 6, 7], {"net": ["a", "a", "b", "b"], "seed": [0] * 4})
    assert alone.axes == {"net": 1.0, "seed": None} and repr(alone) == "GranulatedKendall(1.0000: net 1.0000, seed ?)"


def test_conditional_information_is_its_definition_and_names_what_is_given():
    case = reference("generalization")["factorial"]
    axes = dict(zip(["depth", "width", "rate"], case["axes"], strict=True))
    found = statistics.conditional_information(case["measure"], case["gap"], axes)
    assert float(found) == pytest.approx(case["information"], rel=1e-12)
    assert 1 <= len(found.given) <= 2 and set(found.given) < set(axes)
    without = statistics.conditional_information(case["gap"], case["gap"], {})
    assert (round(float(without), 12), without.given) == (1.0, [])
    assert repr(without) == "ConditionalInformation(1.0000 given nothing)"


def test_no_number_is_hidden_by_its_decimals():
    assert repr(statistics.mean([2e-6, 2e-6, 5e-6])).startswith("Mean(3.000e-6 ± 1.000e-6, 95 % [")
    assert repr(statistics.mean([2e7, 2e7, 5e7])).startswith("Mean(3.000e7 ± 1.000e7")
    assert repr(statistics.mean([0.0, -2.0])) == "Mean(-1.0000 ± 1.0000, 95 % [-13.7062, 11.7062])"
    line = statistics.linear_regression([0, 1, 2, 3], [0, 1e-5, 2e-5, 3.1e-5])
    assert "slope 1.030e-5" in repr(line) and "intercept -2.000e-7" in repr(line)


RESULTS = {
    "correlation": lambda: statistics.spearman(*pairs(30)),
    "granulated": lambda: statistics.granulated_kendall(range(8), range(8), {"width": [0, 0, 1, 1] * 2, "depth": [0] * 4 + [1] * 4}),
    "information": lambda: statistics.conditional_information(range(8), [0, 1, 0, 1, 1, 0, 1, 0], {"width": [0] * 4 + [1] * 4}),
    "area": lambda: statistics.roc_area([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.7, 0.5]),
    "areas": lambda: statistics.compare_roc_areas([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.7, 0.5], range(6)),
    "mean": lambda: statistics.mean([1.0, 2.0, 4.0]),
    "mean of one": lambda: statistics.mean([1.0]),
    "line": lambda: statistics.linear_regression(*pairs(30)),
    "bootstrap": lambda: statistics.bootstrap_interval(range(9), np.mean, n_resamples=50),
    "dimension": lambda: topolens.intrinsic_dimension(np.random.default_rng(0).normal(size=(60, 3))),
    "comparison": lambda: topolens.compare(np.eye(20), np.random.default_rng(0).normal(size=(20, 3)), measures=["cka"])["cka"],
}


@pytest.mark.parametrize("name", RESULTS)
def test_results_go_through_pickle(name):
    found = RESULTS[name]()
    again = pickle.loads(pickle.dumps(found))
    fields = [field for field in dir(found) if field[0] != "_" and not callable(getattr(found, field))]
    assert len(fields) >= 2 and repr(again) == repr(found)
    for field in fields:
        ours, theirs = getattr(again, field), getattr(found, field)
        assert ours == theirs or repr(ours) == repr(theirs)


def test_adjusted_p_values_are_those_of_scipy():
    case = reference("multiple_testing")
    names = {"holm": "holm", "benjamini-hochberg": "bh", "benjamini-yekutieli": "by"}
    for method, key in names.items():
        assert statistics.adjusted_p_values(case["p"], method=method) == pytest.approx(case[key], rel=1e-12)
    assert statistics.adjusted_p_values(case["p"]) == pytest.approx(case["holm"], rel=1e-12)
    p = np.random.default_rng(0).random(30) ** 2
    for method, key in list(names.items())[1:]:
        expected = stats.false_discovery_control(p, method=key)
        assert statistics.adjusted_p_values(p, method=method) == pytest.approx(expected, rel=1e-12)


def scores(n=80, seed=5):
    random = np.random.default_rng(seed)
    positive = np.arange(n) % 3 == 0
    return positive, np.round(random.normal(size=n) + positive, 1), random.integers(1, 5, n)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_roc_curves_are_those_of_scikit_learn(is_weighted):
    positive, score, weight = scores()
    weight = weight if is_weighted else None
    curve = statistics.roc_curve(positive, score, sample_weight=weight)
    fpr, tpr, thresholds = sklearn_roc_curve(positive, score, sample_weight=weight, drop_intermediate=False)
    assert curve.false_positive_rate == pytest.approx(fpr, abs=1e-12)
    assert curve.true_positive_rate == pytest.approx(tpr, abs=1e-12)
    assert curve.thresholds[1:] == pytest.approx(thresholds[1:]) and curve.thresholds[0] == np.inf
    assert curve.area == pytest.approx(roc_auc_score(positive, score, sample_weight=weight), rel=1e-12)
    for allowed in [0.0, 0.1, 0.5, 1.0]:
        assert curve.true_positive_rate_at(allowed) == pytest.approx(tpr[fpr <= allowed + 1e-12].max(), abs=1e-12)
    alone = np.arange(80) % 2
    of_half = statistics.roc_curve(positive, score, sample_weight=alone)
    assert of_half.area == pytest.approx(roc_auc_score(positive, score, sample_weight=alone), rel=1e-12) != curve.area
    # On the line on which as many negatives are called positive as positives negative.
    assert curve.equal_error_rate == pytest.approx(np.interp(0, fpr + tpr - 1, fpr), abs=1e-12)


def test_areas_and_their_difference_have_the_errors_of_all_pairs():
    case = reference("roc")
    found = statistics.compare_roc_areas(case["positive"], case["first"], case["second"])
    for area, name in [(found.first, "first"), (found.second, "second")]:
        alone = statistics.roc_area(np.array(case["positive"], dtype=int), case[name])
        ends = alone.value - 1.959964 * alone.standard_error, alone.value + 1.959964 * alone.standard_error
        assert [alone.lower, alone.upper] == pytest.approx(ends, rel=1e-6)
        assert (area.value, area.standard_error, area.lower) == (float(alone), alone.standard_error, alone.lower)
    assert [found.first.value, found.second.value] == pytest.approx(case["areas"], rel=1e-12)
    assert [found.first.standard_error, found.second.standard_error] == pytest.approx(case["errors"], rel=1e-9)
    assert [float(found), found.standard_error, found.p_value] == pytest.approx(case["difference"], rel=1e-9)
    assert repr(found) == "RocComparison(0.1544 ± 0.0867, p = 0.0750)"


def test_means_have_students_interval():
    x = np.random.default_rng(0).normal(size=9)
    found = statistics.mean(x)
    expected = stats.t.interval(0.95, 8, np.mean(x), stats.sem(x))
    assert [found.lower, found.upper] == pytest.approx([*expected], rel=1e-8)
    assert [float(found), found.standard_error] == pytest.approx([np.mean(x), stats.sem(x)], rel=1e-12)
    alone = statistics.mean([4])
    assert (alone.value, alone.standard_error, alone.lower, alone.upper) == (4.0, None, None, None)
    assert repr(alone) == "Mean(4.0000, no interval)"


def test_lines_are_those_of_scipy():
    x, y = pairs(15)
    found, expected = statistics.linear_regression(x, y), stats.linregress(x, y)
    ours = [found.slope, found.intercept, found.slope_standard_error, found.r_squared]
    assert ours == pytest.approx([expected.slope, expected.intercept, expected.stderr, expected.rvalue**2], rel=1e-9)
    half = stats.t.ppf(0.975, 13) * expected.stderr
    assert [found.slope_lower, found.slope_upper] == pytest.approx([expected.slope - half, expected.slope + half], rel=1e-8)
    assert found.n_points == 15


@pytest.mark.skipif(PROGRAM is None, reason="no program topolens; name it by TOPOLENS")
def test_numbers_are_those_of_generalize(tmp_path):
    random = np.random.default_rng(0)
    depth, rate = np.arange(24) % 3 * 6 + 8, np.array([0.01, 0.1])[np.arange(24) // 3 % 2]
    error = 0.5 - 0.01 * depth + 0.5 * rate + random.normal(scale=0.02, size=24)
    columns = {"test_error": error, "train_error": error / 2 + random.normal(scale=0.02, size=24), "hp_depth": depth, "hp_rate": rate}
    measures = {"e0": 100 * error + random.normal(scale=1.5, size=24), "noise": random.normal(size=24)}
    with (tmp_path / "measures.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["network", *columns, *measures])
        table.writerows(zip(range(24), *(values.tolist() for values in [*columns.values(), *measures.values()]), strict=True))
    command = [PROGRAM, "generalize", str(tmp_path / "measures.csv"), "--out", str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True)
    document = json.loads((tmp_path / "out/generalization.json").read_text())
    found = {measure["measure"]: measure for measure in document["measures"]}
    p_values = [found[name]["spearman"]["p_value"] for name in found]
    adjusted = statistics.adjusted_p_values(p_values, method="benjamini-yekutieli")
    grid = {"depth": depth, "rate": rate}
    numbers = lambda correlation: {name: getattr(correlation, name) for name in ["value", "lower", "upper", "p_value"]}
    for name, p_adjusted in zip(found, adjusted, strict=True):
        if name not in measures:
            continue
        measure, shown = measures[name], found[name]
        for kind in ["pearson", "spearman", "kendall"]:
            assert numbers(getattr(statistics, kind)(measure, error)) == shown[kind]
        assert p_adjusted == shown["p_adjusted"]
        ours = statistics.granulated_kendall(measure, error, grid)
        assert ours.axes == pytest.approx(shown["granulated_kendall"]["axes"], rel=1e-12)
        ours = statistics.conditional_information(measure, error, grid)
        assert ours.value == pytest.approx(shown["conditional_information"]["value"], rel=1e-12)
        assert ours.given == shown["conditional_information"]["given"]
        given = {partial["given"]: partial for partial in shown["partial"]}
        ours = numbers(statistics.partial_correlation(measure, error, columns["train_error"]))
        assert ours == {key: given["train-error"][key] for key in ours}
    assert set(measures) <= set(found)
    assert topolens.statistics is statistics
