"""Statistics take whatever NumPy makes an array of; bad input is an error that names the argument."""

import numpy as np
import pandas as pd
import pytest
from array_likes import Tensor, read_only, unaligned

from topolens import statistics


def all_of(found):
    return [found.value, found.p_value, found.lower, found.upper]


@pytest.mark.parametrize(
    "given",
    [list, tuple, pd.Series, read_only, unaligned, Tensor, lambda array: array[::-1].copy()[::-1], lambda array: array.astype(">f8")],
)
def test_whatever_numpy_makes_an_array_of_will_do(given):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 12))
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
