"""Bootstrap intervals are those of SciPy, whoever calls the statistic."""

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from scipy import stats

from topolens import statistics


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


def test_large_numbers_have_an_interval():
    x = np.random.default_rng(3).normal(size=40)
    found, large = (statistics.bootstrap_interval(x * scale, np.mean, n_resamples=50) for scale in [1.0, 1e200])
    assert [large.lower, large.upper] == pytest.approx([found.lower * 1e200, found.upper * 1e200], rel=1e-9)


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
    random = np.random.default_rng(0)
    x = random.normal(size=30)
    y = 0.7 * x + random.normal(size=30)
    found = statistics.bootstrap_interval(
        np.column_stack([x, y]), lambda rows: statistics.kendall(rows[:, 0], rows[:, 1]), n_resamples=200
    )
    assert found.lower < float(statistics.kendall(x, y)) == found.value < found.upper
    share = statistics.bootstrap_interval(["a", "b"] * 20, lambda rows: (rows == "a").mean(), n_resamples=200)
    assert share.lower < share.value == 0.5 < share.upper


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
