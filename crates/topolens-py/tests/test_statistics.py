"""Statistics are those of SciPy, scikit-learn, the definitions and the program; bad input is an error that names the argument."""

import csv
import itertools
import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
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


def test_bootstrap_intervals_approach_those_of_scipy():
    x = np.random.default_rng(3).exponential(size=40)
    expected = stats.bootstrap((x,), np.mean, n_resamples=20_000, confidence_level=0.8, rng=1).confidence_interval
    found = statistics.bootstrap_interval(x, np.mean, n_resamples=20_000, confidence_level=0.8)
    assert [found.lower, found.upper] == pytest.approx([*expected], rel=0.01)
    assert found.value == np.mean(x) and found.acceleration > 0 and found.n_undefined == 0
    deviations = np.array([x.mean() - np.delete(x, i).mean() for i in range(40)])
    acceleration = (deviations**3).sum() / (6 * (deviations**2).sum() ** 1.5)
    assert found.acceleration == pytest.approx(acceleration, rel=1e-9)
    wider = statistics.bootstrap_interval(x, np.mean)
    assert wider.lower < found.lower and found.upper < wider.upper and wider.confidence_level == 0.95
    assert wider.lower != statistics.bootstrap_interval(x, np.mean, random_state=1).lower
    assert wider.lower == statistics.bootstrap_interval(x, np.mean, random_state=0).lower
    assert repr(found).startswith("BootstrapInterval(") and ", 80 % [" in repr(found)


def test_the_statistic_is_called_here_and_in_order():
    calls = []

    def statistic(rows):
        calls.append((threading.get_ident(), rows.copy()))
        rows[:] = -1
        return len(calls)

    data = np.arange(12).reshape(6, 2)
    statistics.bootstrap_interval(data, statistic, n_resamples=10)
    assert {thread for thread, _ in calls} == {threading.get_ident()}
    seen = [rows for _, rows in calls]
    assert len(seen) == 1 + 6 + 10 and (data == np.arange(12).reshape(6, 2)).all()
    np.testing.assert_array_equal(seen[0], data)
    for left_out in range(6):
        np.testing.assert_array_equal(seen[1 + left_out], np.delete(data, left_out, axis=0))
    rows = {tuple(row) for row in data}
    assert all(sample.shape == (6, 2) and {tuple(row) for row in sample} < rows for sample in seen[7:])
    again, calls = seen, []
    statistics.bootstrap_interval(data, statistic, n_resamples=10)
    assert all((ours == theirs).all() for ours, (_, theirs) in zip(again, calls, strict=True))


def test_a_statistic_may_use_the_library_and_words():
    x, y = pairs(30)
    found = statistics.bootstrap_interval(
        np.column_stack([x, y]), lambda rows: statistics.kendall(rows[:, 0], rows[:, 1]), n_resamples=200
    )
    assert found.lower < float(statistics.kendall(x, y)) == found.value < found.upper
    share = statistics.bootstrap_interval(["a", "b"] * 20, lambda rows: (rows == "a").mean(), n_resamples=200)
    assert share.lower < share.value == 0.5 < share.upper


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


def spread(rows):
    """A statistic that other processes can be told of."""
    if rows[0] == rows[1]:
        return np.nan
    return rows.std()


def test_the_interval_does_not_depend_on_who_calls_the_statistic():
    data = np.random.default_rng(5).normal(size=50)
    here = statistics.bootstrap_interval(data, spread, n_resamples=300, random_state=4)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawning) as processes, ThreadPoolExecutor(2) as threads:
        for executor in [processes, threads]:
            found = statistics.bootstrap_interval(data, spread, n_resamples=300, random_state=4, executor=executor)
            for name in ["value", "lower", "upper", "bias_correction", "acceleration", "n_undefined"]:
                assert getattr(found, name) == getattr(here, name), name
    assert here.n_undefined > 0
    with pytest.raises(TypeError, match="executor"):
        statistics.bootstrap_interval(data, spread, executor="dask")


def test_what_a_statistic_raises_comes_through():
    class Refused(Exception):
        pass

    for n_calls in [1, 4, 30]:
        calls = []

        def statistic(rows):
            calls.append(rows)
            if len(calls) == n_calls:
                raise Refused("no more")
            return float(len(calls))

        with pytest.raises(Refused, match="no more"):
            statistics.bootstrap_interval(np.arange(10), statistic)
        assert len(calls) == n_calls


def test_resamples_without_a_value_are_left_out_and_others_must_have_one():
    def of_many(rows):
        return rows.mean() if len(set(rows)) > 5 else np.nan

    found = statistics.bootstrap_interval(np.arange(10.0), of_many, n_resamples=500)
    assert 5 < found.n_undefined < 250 and np.isfinite([found.lower, found.upper]).all()
    with pytest.raises(ValueError, match="statistic.* resamples"):
        statistics.bootstrap_interval(np.arange(10.0), lambda rows: rows.mean() if (np.diff(rows) > 0).all() else np.inf)
    with pytest.raises(ValueError, match="statistic is NaN on all points"):
        statistics.bootstrap_interval(np.arange(10.0), lambda rows: np.nan)
    with pytest.raises(ValueError, match="statistic is NaN without point 9"):
        statistics.bootstrap_interval(np.arange(10.0), lambda rows: 1.0 if 9 in rows else np.nan)
    with pytest.raises(ValueError, match="statistic is NaN without point 3"):
        statistics.bootstrap_interval(np.arange(10.0), lambda rows: 1.0 if 3 in rows else np.nan)


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


def read_only(array):
    array.flags.writeable = False
    return array


def packed(array):
    records = np.zeros(array.shape, dtype=[("shift", "i1"), ("value", array.dtype)])
    records["value"] = array
    return records["value"]


class Tensor:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


@pytest.mark.parametrize(
    "given",
    [list, tuple, pd.Series, read_only, packed, Tensor, lambda array: array[::-1].copy()[::-1], lambda array: array.astype(">f8")],
)
def test_whatever_numpy_makes_an_array_of_will_do(given):
    x, y = pairs(12)
    assert all_of(statistics.pearson(given(x.copy()), y)) == all_of(statistics.pearson(x, y))


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "uint64", "bool"])
def test_every_real_type_will_do(dtype):
    x = (np.arange(12) * 5 % 7).astype(dtype)
    assert float(statistics.spearman(x, np.arange(12))) == float(statistics.spearman(x.astype(float), np.arange(12.0)))


ONE, NAN = [1.0, 2.0, 3.0, 4.0], [1.0, np.nan, 3.0, 4.0]
OTHER, CLASSES = [2.0, 1.0, 4.0, 3.0], [1, 1, 0, 0]
GRID = {"depth": [1, 1, 2, 2], "width": [1, 2, 1, 2]}
VALUE_ERRORS = {
    "NaN": (lambda: statistics.pearson(NAN, ONE), "^x holds NaN at index 1"),
    "infinite": (lambda: statistics.kendall(ONE, [1, 2, 3, np.inf]), "^y holds inf at index 3"),
    "lengths": (lambda: statistics.spearman(ONE, [1, 2, 3]), "`y` must hold 4 numbers, got 3"),
    "empty": (lambda: statistics.pearson([], []), "^x, y: .* at least 3"),
    "constant": (lambda: statistics.pearson(ONE, [5.0] * 4), "`y` is constant"),
    "constant ranks": (lambda: statistics.kendall([5] * 4, ONE), "`x` is constant"),
    "method of partial": (lambda: statistics.partial_correlation(ONE, OTHER, NAN, method="kendall"), "^method"),
    "covariates": (lambda: statistics.partial_correlation(ONE, OTHER, [[1, 2], [3, 4]]), "`covariates`"),
    "covariate": (lambda: statistics.partial_correlation(ONE, OTHER, NAN), "^covariates holds NaN at index 1"),
    "explained": (lambda: statistics.partial_correlation(ONE, OTHER, ONE), "explain `x` entirely"),
    "few for partial": (lambda: statistics.partial_correlation(ONE[:3], OTHER[:3], [1, 2, 4]), "^x, y: a partial"),
    "measure": (lambda: statistics.granulated_kendall(NAN, ONE, GRID), "^measure holds NaN"),
    "gap": (lambda: statistics.granulated_kendall(ONE, ONE[:3], GRID), "`gap` must hold 4"),
    "hyper-parameters": (lambda: statistics.granulated_kendall(ONE, ONE, {"a": [1, 2]}), "`hyper_parameters`"),
    "hyper-parameter": (lambda: statistics.granulated_kendall(ONE, ONE, {"a": NAN}), r'^hyper_parameters\["a"\] holds nan'),
    "nothing varies": (lambda: statistics.granulated_kendall(ONE, ONE, {}), "^hyper_parameters: .*no two models"),
    "constant gap": (lambda: statistics.conditional_information(ONE, [1] * 4, GRID), "`gap` is constant"),
    "level": (lambda: statistics.bootstrap_interval(ONE, np.mean, confidence_level=1.0), "`confidence_level` = 1 "),
    "level NaN": (lambda: statistics.bootstrap_interval(ONE, np.mean, confidence_level=np.nan), "`confidence_level`"),
    "resamples": (lambda: statistics.bootstrap_interval(ONE, np.mean, n_resamples=1), "`n_resamples` = 1 "),
    "resamples below 0": (lambda: statistics.bootstrap_interval(ONE, np.mean, n_resamples=-1), "^n_resamples"),
    "few": (lambda: statistics.bootstrap_interval([1, 2], np.mean), "^data: a bootstrap needs at least 3"),
    "no p-value": (lambda: statistics.adjusted_p_values([]), "`p_values` is empty"),
    "p-value": (lambda: statistics.adjusted_p_values([0.1, 1.2]), "`p_values` = 1.2 "),
    "p-value NaN": (lambda: statistics.adjusted_p_values([np.nan]), "^p_values holds NaN"),
    "correction": (lambda: statistics.adjusted_p_values([0.1], method="bh"), "`method` .* benjamini-hochberg"),
    "one class": (lambda: statistics.roc_curve([1, 1, 1, 1], ONE), "^y_true, .*one label"),
    "one class of a weight": (lambda: statistics.roc_curve(CLASSES, ONE, sample_weight=[1, 1, 0, 0]), "sample_weight"),
    "labels": (lambda: statistics.roc_area([1, 2, 2, 1], ONE), "^y_true holds 2"),
    "labels and scores": (lambda: statistics.roc_area(CLASSES, ONE[:3]), "`y_true` must hold 3"),
    "one class of an area": (lambda: statistics.roc_area([0] * 4, ONE), "^y_true: .*one label"),
    "one positive": (lambda: statistics.roc_area([1, 0, 0, 0], ONE), "^y_true: .* at least 2"),
    "score": (lambda: statistics.roc_area(CLASSES, NAN), "^scores holds NaN"),
    "weight": (lambda: statistics.roc_curve(CLASSES, ONE, sample_weight=[1, -1, 1, 1]), "`sample_weight` = -1 "),
    "rate": (lambda: statistics.roc_curve(CLASSES, ONE).true_positive_rate_at(1.5), "`false_positive_rate` = 1.5 "),
    "second": (lambda: statistics.compare_roc_areas(CLASSES, ONE, NAN), "^second holds NaN"),
    "one class of two": (lambda: statistics.compare_roc_areas([0] * 4, ONE, OTHER), "^y_true, .*one label"),
    "no variance": (lambda: statistics.compare_roc_areas(CLASSES, ONE, ONE[::-1]), "first, second: .*no variance"),
    "no value": (lambda: statistics.mean([]), "`values` is empty"),
    "value": (lambda: statistics.mean(NAN), "^values holds NaN"),
    "large values": (lambda: statistics.mean([1e200, -1e200]), "in values is 1e200"),
    "small values": (lambda: statistics.mean([1e-200, 2e-200]), "in values is 2e-200"),
    "vertical": (lambda: statistics.linear_regression([1, 1, 1], [1, 2, 3]), "`x` is constant"),
    "line": (lambda: statistics.linear_regression([1, 2], [1, 2]), "^x, y: a line fit needs at least 3"),
    "line of NaN": (lambda: statistics.linear_regression(ONE, NAN), "^y holds NaN"),
    "large line": (lambda: statistics.linear_regression([1e200, 2e200, 4e200], [1, 2, 3]), "in x is 4e200"),
    "small line": (lambda: statistics.linear_regression([1, 2, 3], [1e-200, 2e-200, 1e-200]), "in y is 2e-200"),
}
TYPE_ERRORS = {
    "matrix": (lambda: statistics.pearson([ONE], [ONE]), r"^x must be a one-dimensional .* with shape \[1, 4\]"),
    "words": (lambda: statistics.pearson(ONE, ["a"] * 4), "^y must be"),
    "nothing": (lambda: statistics.spearman(ONE, [1.0, None, 2.0, 3.0]), "^y must be"),
    "complex": (lambda: statistics.mean([1j]), "^values must be"),
    "masked": (lambda: statistics.kendall(np.ma.masked_invalid(NAN), ONE), "^x is a masked array"),
    "cube": (lambda: statistics.partial_correlation(ONE, OTHER, np.ones((4, 1, 1))), "^covariates must be"),
    "masked covariates": (lambda: statistics.partial_correlation(ONE, OTHER, np.ma.masked_invalid(NAN)), "^covariates is a masked"),
    "no mapping": (lambda: statistics.granulated_kendall(ONE, ONE, [[1, 2, 3, 4]]), "^hyper_parameters must map"),
    "numbered": (lambda: statistics.granulated_kendall(ONE, ONE, {3: ONE}), "^hyper_parameters has the name 3"),
    "table": (lambda: statistics.granulated_kendall(ONE, ONE, {"a": [ONE]}), r'^hyper_parameters\["a"\] must be one-dim'),
    "no function": (lambda: statistics.bootstrap_interval(ONE, "mean"), "^statistic must be a function"),
    "no number": (lambda: statistics.bootstrap_interval(ONE, lambda rows: "a"), "^statistic must return a number"),
    "no points": (lambda: statistics.bootstrap_interval(3.0, np.mean), "^data must be"),
    "masked data": (lambda: statistics.bootstrap_interval(np.ma.masked_invalid(NAN), np.mean), "^data is a masked"),
    "true words": (lambda: statistics.roc_area(["yes", "no", "yes", "no"], ONE), "^y_true must be"),
    "level": (lambda: statistics.bootstrap_interval(ONE, np.mean, confidence_level="95"), "confidence_level"),
}


@pytest.mark.parametrize("name", VALUE_ERRORS)
def test_bad_values_are_errors_that_name_the_argument(name):
    call, message = VALUE_ERRORS[name]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", TYPE_ERRORS)
def test_other_types_are_errors_that_name_the_argument(name):
    call, message = TYPE_ERRORS[name]
    with pytest.raises(TypeError, match=message):
        call()


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
