import numpy as np
import pytest

import topolens


def cloud(seed, n=120, d=5, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(dtype)


def test_cka_and_procrustes_are_their_formulas():
    x, y = cloud(1), cloud(2, d=7)
    x0, y0 = x - x.mean(0), y - y.mean(0)
    found = topolens.compare(x, y, measures=["cka", "procrustes"])
    norm = lambda a, b: np.linalg.norm(a.T @ b) ** 2
    assert float(found["cka"]) == pytest.approx(norm(x0, y0) / np.sqrt(norm(x0, x0) * norm(y0, y0)), rel=1e-10)
    assert found["cka"].lower < found["cka"].value < found["cka"].upper
    assert 0 < found["cka"].p_value <= 1 and "95 %" in repr(found["cka"])


def test_single_precision_is_measured_as_well():
    x = cloud(1)
    double = topolens.compare(x, x[:, ::-1], measures=["cka"])["cka"]
    single = topolens.compare(x.astype(np.float32), x[:, ::-1], measures=["cka"])["cka"]
    assert float(single) == pytest.approx(float(double), rel=1e-5)


def test_a_measure_without_a_value_is_a_warning():
    with pytest.warns(RuntimeWarning, match="cka"):
        found = topolens.compare(cloud(1), np.ones((120, 3)), measures=["cka"])
    assert found == {"cka": None}
    with pytest.raises(ValueError, match="cka-debiased"):
        topolens.compare(cloud(1), cloud(2), measures=["kca"])
    with pytest.raises(ValueError, match="Y"):
        topolens.compare(cloud(1), np.full((120, 3), np.nan))


def test_measures_that_are_named_need_as_many_rows():
    x = np.random.default_rng(0).normal(size=(30, 3))
    with pytest.raises(ValueError, match="X, Y: .*30.*20"):
        topolens.compare(x, x[:20], measures=["cka"])
    for layers, others, argument in [([], [], "layers"), ([x], [], "others")]:
        with pytest.raises(ValueError, match=f"{argument} must hold one"):
            topolens.comparison_matrix(layers, others)


def test_layers_are_most_like_themselves():
    layers = [cloud(seed, d=3 + seed) for seed in range(4)]
    matrix = topolens.comparison_matrix(layers, layers[::-1])
    assert matrix.shape == (4, 4)
    np.testing.assert_array_equal(matrix.argmax(axis=1), [3, 2, 1, 0])
    assert list(topolens.comparison_measures())


def test_separation_is_its_formulas():
    labels = np.arange(120) % 3 - 1
    x = cloud(1) + 4 * np.eye(5)[labels + 1]
    found = topolens.class_separation(x, labels, weights=np.eye(5)[:3], biases=[0.0, 0.0, 0.0])
    means = np.array([x[labels == c].mean(0) for c in (-1, 0, 1)])
    offsets, residuals = means - means.mean(0), x - means[labels + 1]
    between, within = offsets.T @ offsets / 3, residuals.T @ residuals / 120
    assert found["nc1"] == pytest.approx(np.trace(within @ np.linalg.pinv(between, rcond=1e-10)) / 3, rel=1e-9)
    assert 0 < found["silhouette"] < 1 and 0 <= found["nc4"] < 0.2 and 0 < found["nc3"] < 2
    assert set(found) == {"nc1", "nc2", "nc3", "nc4", "davies_bouldin", "silhouette", "radius", "dimension"}


def test_separation_of_one_class_or_other_labels_is_an_error():
    for labels, word in [([0] * 120, "one label"), ([0, 1], "labels")]:
        with pytest.raises(ValueError, match=word):
            topolens.class_separation(cloud(1), labels)
    with pytest.raises(ValueError, match="weights"):
        topolens.class_separation(cloud(1), np.arange(120) % 2, weights=np.ones((3, 5)))


def test_ratio_to_a_null():
    x = cloud(1, n=300)
    for null in ["permuted-columns", "gaussian"]:
        found = topolens.lifespans_sum_over_null(x, null=null)
        assert found.lower < 1 < found.upper
    clusters = x * 0.05 + 3 * np.eye(5)[np.arange(300) % 5]
    assert float(topolens.lifespans_sum_over_null(clusters, null="gaussian")) < 0.3
    with pytest.raises(ValueError, match="permuted-columns"):
        topolens.lifespans_sum_over_null(x, null="uniform")
    with pytest.raises(ValueError, match="n_nulls"):
        topolens.lifespans_sum_over_null(x, n_nulls=0)
