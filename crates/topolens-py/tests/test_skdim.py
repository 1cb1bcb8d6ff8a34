"""Classes named as in scikit-dimension have its numbers, where their docstrings do not say otherwise."""

import warnings
from inspect import signature

import numpy as np
import pytest
import skdim.id as theirs
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import topolens
from topolens import skdim as ours

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:skdim")
GLOBAL = ["TwoNN", "lPCA", "CorrInt", "FisherS", "MiND_ML"]
LOCAL = ["MLE", "MOM", "MADA", "TLE"]


def cube():
    """Three dimensions among seven, with noise."""
    random = np.random.default_rng(0)
    axes, _ = np.linalg.qr(random.normal(size=(7, 7)))
    return random.random((250, 3)) @ axes[:3] + random.normal(scale=0.01, size=(250, 7))


def sphere():
    points = np.random.default_rng(1).normal(size=(220, 5))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


CLOUDS = pytest.mark.parametrize("cloud", [cube(), sphere()], ids=["cube", "sphere"])


@CLOUDS
@pytest.mark.parametrize("name", GLOBAL)
def test_dimensions_of_whole_clouds(name, cloud):
    estimator = getattr(ours, name)()
    expected = getattr(theirs, name)().fit(cloud).dimension_
    assert estimator.fit(cloud).dimension_ == pytest.approx(expected, rel=1e-5)
    assert estimator.transform() == estimator.fit_transform(cloud) == estimator.dimension_
    assert type(estimator.dimension_) is float


@CLOUDS
@pytest.mark.parametrize("name", ["TwoNN", "lPCA", "FisherS"])
def test_dimensions_of_neighbourhoods(name, cloud):
    settings = {"n_neighbors": 50, "smooth": True}
    found, smooth = getattr(ours, name)().fit_pw(cloud, **settings).transform_pw()
    expected, expected_smooth = getattr(theirs, name)().fit_pw(cloud, **settings).transform_pw()
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(smooth, expected_smooth, rtol=1e-9)
    assert found.shape == (len(cloud),) and name == "lPCA" or found.std() > 0.1


@CLOUDS
@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.parametrize("settings", [{}, {"n_neighbors": 34, "comb": "median", "smooth": True}])
def test_dimensions_from_points(name, cloud, settings):
    estimator = getattr(ours, name)().fit(cloud, **settings)
    expected = getattr(theirs, name)().fit(cloud, **settings)
    assert estimator.dimension_ == pytest.approx(expected.dimension_, rel=1e-9)
    np.testing.assert_allclose(estimator.transform_pw(), expected.transform_pw(), rtol=1e-9)
    assert estimator.fit_transform(cloud, **settings) == estimator.dimension_
    np.testing.assert_array_equal(estimator.fit_transform_pw(cloud, **settings), estimator.transform_pw())


@CLOUDS
def test_expected_simplex_skewness(cloud):
    """Up to 100 neighbours scikit-dimension looks at all pairs; it is slow."""
    few = cloud[:60]
    estimator, expected = ours.ESS().fit(few, n_neighbors=20), theirs.ESS().fit(few, n_neighbors=20)
    np.testing.assert_allclose(estimator.dimension_pw_, expected.dimension_pw_, rtol=1e-9)
    assert estimator.dimension_ == pytest.approx(expected.dimension_, rel=1e-9)
    once = theirs.ESS(random_state=0).fit_once(few).dimension_
    assert ours.ESS().fit_once(few).dimension_ == pytest.approx(once, rel=1e-9)


@CLOUDS
@pytest.mark.parametrize(
    "name, settings, same",
    [
        ("MiND_ML", {"k": 12, "ver": "MLi"}, {}),
        ("MiND_ML", {"k": 12}, {}),
        *[("lPCA", {"ver": ver}, {}) for ver in ["Fan", "maxgap", "participation_ratio", "Kaiser", "broken_stick"]],
        ("lPCA", {"ver": "ratio"}, {"alphaRatio": 0.95}),
    ],
)
def test_settings(name, settings, same, cloud):
    expected = getattr(theirs, name)(**settings, **same).fit(cloud).dimension_
    assert getattr(ours, name)(**settings).fit(cloud).dimension_ == pytest.approx(expected, rel=1e-5)


def test_a_pair_at_the_radius_of_the_correlation_integral_counts_or_not():
    odd = cube()[:249]
    assert ours.CorrInt().fit_transform(odd) == pytest.approx(theirs.CorrInt().fit_transform(odd), rel=3e-3)


def test_half_of_an_odd_number_of_neighbours_is_rounded_up():
    distances, _ = topolens.nearest_neighbors(cube(), n_neighbors=33)
    expected = np.log(2) / np.log(distances[:, 32] / distances[:, 16])
    np.testing.assert_allclose(ours.MADA().fit(cube(), n_neighbors=33).dimension_pw_, expected, rtol=1e-9)


@CLOUDS
def test_likelihood_of_two_nn_has_one_point_more(cloud):
    expected = theirs.TwoNN(method="mle", discard_fraction=0).fit(cloud).dimension_
    found = ours.TwoNN(method="mle").fit(cloud).dimension_
    assert found * (len(cloud) - 1) / len(cloud) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name, estimator", [("KNN", "knn"), ("DANCo", "danco")])
def test_those_that_differ_are_the_function(name, estimator):
    fitted = getattr(ours, name)(random_state=3).fit(cube())
    assert fitted.dimension_ == topolens.intrinsic_dimension(cube(), estimator=estimator, random_state=3).value
    assert fitted.dimension_ == pytest.approx(3, abs=0.4)


def test_every_name_and_method_is_there():
    assert sorted(ours.__all__) == sorted([*GLOBAL, *LOCAL, "ESS", "KNN", "DANCo"])
    for name in ours.__all__:
        mine, other = getattr(ours, name), getattr(theirs, name)
        settings = set(signature(mine).parameters)
        methods = ["fit", "fit_transform", "transform", "transform_pw", "fit_transform_pw"]
        assert all(hasattr(mine, method) for method in methods)
        assert hasattr(mine, "fit_pw") == hasattr(other, "fit_pw")
        assert settings <= set(signature(other).parameters)


def test_neighbours_may_be_given_and_smoothing_is_forgotten():
    neighbors = topolens.nearest_neighbors(cube(), n_neighbors=30)[1]
    estimator = ours.TwoNN().fit_pw(cube(), smooth=True, n_neighbors=30)
    values, _ = estimator.transform_pw()
    np.testing.assert_array_equal(estimator.fit_pw(cube(), neighbors).transform_pw(), values)
    np.testing.assert_array_equal(estimator.fit_transform_pw(cube(), neighbors), values)


def test_fewer_points_than_neighbours_are_warned_of():
    with pytest.warns(UserWarning, match="n_neighbors is 100; there are 29"):
        found = ours.MOM().fit(cube()[:30]).dimension_
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found == ours.MOM().fit(cube()[:30], n_neighbors=29).dimension_


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: ours.TwoNN(method="ml").fit(cube()), "method must be one of linear, mle, not 'ml'"),
        (lambda: ours.lPCA(ver="PCA").fit(cube()), "ver must be one of FO"),
        (lambda: ours.MiND_ML(ver="MLx").fit(cube()), "ver"),
        (lambda: ours.MiND_ML(k=0).fit(cube()), "k must"),
        (lambda: ours.MLE().fit(cube(), comb="max"), "comb"),
        (lambda: ours.MLE().fit(cube(), n_neighbors=0), "n_neighbors"),
        (lambda: ours.MLE().fit(cube() * np.nan), "NaN"),
        (lambda: ours.TwoNN().fit_pw(cube()[:50]), "minimum of 101"),
        (lambda: ours.TwoNN().fit(cube()).transform(cube()[:, :3]), "3 features"),
    ],
)
def test_bad_input_is_a_value_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_is_handed_out_before_fit():
    for call in [ours.TwoNN().transform, ours.TwoNN().fit(cube()).transform_pw, ours.MLE().transform_pw]:
        with pytest.raises(NotFittedError):
            call()


HANDS_OUT_A_NUMBER = {
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_transformer_data_not_an_array",
    "check_transformer_general",
    "check_transformer_preserve_dtypes",
}


@pytest.mark.filterwarnings("ignore:n_neighbors is")
@parametrize_with_checks([ours.TwoNN(), ours.lPCA(), ours.MLE()])
def test_contract_of_scikit_learn(estimator, check):
    """As in scikit-dimension, ``transform`` has no row for a row: the checks of that are expected to fail."""
    if check.func.__name__ not in HANDS_OUT_A_NUMBER:
        return check(estimator)
    with pytest.raises((AssertionError, TypeError, AttributeError)):
        check(estimator)
