"""Estimators keep the contracts of scikit-learn and have the numbers of the functions that they call."""

import pickle
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import topolens
from topolens.sklearn import (
    BettiCurve,
    IntrinsicDimension,
    PersistenceEntropy,
    PersistenceImage,
    PersistenceLandscape,
    PersistentHomology,
)
from topolens.sklearn._intrinsic_dimension import POINTWISE

VECTORS = [BettiCurve(grid=15), PersistenceImage(), PersistenceLandscape(n_layers=3, grid=15), PersistenceEntropy()]
FITS_A_TABLE = "fits on a matrix with a sample per row; a sample is a list of matrices here"
SAYS_TABLE = "wants the words for a matrix that is wrong; a matrix is refused before one looks into it"
EXPECTED_FAILURES = {
    "check_complex_data": SAYS_TABLE,
    "check_dict_unchanged": FITS_A_TABLE,
    "check_dont_overwrite_parameters": FITS_A_TABLE,
    "check_dtype_object": FITS_A_TABLE,
    "check_estimator_sparse_array": SAYS_TABLE,
    "check_estimator_sparse_matrix": SAYS_TABLE,
    "check_estimator_sparse_tag": FITS_A_TABLE,
    "check_estimators_dtypes": FITS_A_TABLE,
    "check_estimators_empty_data_messages": SAYS_TABLE,
    "check_estimators_fit_returns_self": FITS_A_TABLE,
    "check_estimators_nan_inf": SAYS_TABLE,
    "check_estimators_overwrite_params": FITS_A_TABLE,
    "check_estimators_pickle": FITS_A_TABLE,
    "check_f_contiguous_array_estimator": FITS_A_TABLE,
    "check_fit2d_1feature": SAYS_TABLE,
    "check_fit2d_1sample": SAYS_TABLE,
    "check_fit2d_predict1d": FITS_A_TABLE,
    "check_fit_check_is_fitted": FITS_A_TABLE,
    "check_fit_idempotent": FITS_A_TABLE,
    "check_fit_score_takes_y": FITS_A_TABLE,
    "check_methods_sample_order_invariance": FITS_A_TABLE,
    "check_methods_subset_invariance": FITS_A_TABLE,
    "check_n_features_in": "samples have matrices of any number of columns, not features",
    "check_n_features_in_after_fitting": "samples have matrices of any number of columns, not features",
    "check_pipeline_consistency": FITS_A_TABLE,
    "check_positive_only_tag_during_fit": FITS_A_TABLE,
    "check_readonly_memmap_input": FITS_A_TABLE,
    "check_transformer_data_not_an_array": FITS_A_TABLE,
    "check_transformer_general": FITS_A_TABLE,
    "check_transformer_preserve_dtypes": FITS_A_TABLE,
    "check_transformers_unfitted_stateless": FITS_A_TABLE,
}


def claiming_tables(estimator):
    """A class that claims to take tables, without which scikit-learn runs none of its checks."""
    cls = type(estimator)

    def tags(self):
        tags = cls.__sklearn_tags__(self)
        tags.input_tags.two_d_array = True
        return tags

    return type(cls.__name__, (cls,), {"__sklearn_tags__": tags, "__module__": __name__})()


@parametrize_with_checks([IntrinsicDimension(), IntrinsicDimension("mle", n_neighbors=3)])
def test_contract_of_an_estimator_of_one_cloud(estimator, check):
    check(estimator)


@parametrize_with_checks([claiming_tables(estimator) for estimator in [PersistentHomology(), *VECTORS]])
def test_contract_of_a_transformer_of_collections(estimator, check):
    if check.func.__name__ not in EXPECTED_FAILURES:
        return check(estimator)
    with pytest.raises((ValueError, AssertionError)):
        check(estimator)


@pytest.mark.parametrize("module", ["sklearn", "skdim"])
def test_without_scikit_learn_the_import_says_what_to_install(module):
    """The rest of the package needs NumPy alone."""
    program = f"import sys; sys.modules.update(sklearn=None, scipy=None); import topolens, topolens.{module}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ImportError: topolens.sklearn needs scikit-learn: pip install 'topolens[sklearn]'" in done.stderr
    assert 'File "<string>", line 1' in done.stderr


def clouds(n=12):
    """Discs and rings of different numbers of points."""
    random = np.random.default_rng(7)
    discs = [random.normal(size=(size, 2)) for size in random.integers(12, 25, size=n)]
    rings = [disc / np.linalg.norm(disc, axis=1, keepdims=True) for disc in discs]
    return discs + rings, np.repeat([0, 1], n)


def diagrams(n=12):
    return PersistentHomology().transform(clouds(n)[0])


def test_homology_is_that_of_each_cloud():
    found = PersistentHomology(2, metric="manhattan", threshold=1.5, coeff=3).fit_transform(clouds(3)[0])
    for cloud, of_cloud in zip(clouds(3)[0], found, strict=True):
        settings = {"max_homology_dimension": 2, "metric": "manhattan", "threshold": 1.5, "coeff": 3}
        for ours, expected in zip(of_cloud, topolens.persistent_homology(cloud, **settings), strict=True):
            np.testing.assert_array_equal(ours, expected)


def test_clouds_of_any_kind_have_the_same_homology():
    points = np.random.default_rng(0).integers(0, 50, size=(3, 20, 2))
    distances = np.abs(points[:, :, None] - points[:, None]).max(-1)
    expected = PersistentHomology(metric="chebyshev").transform(points)
    assert sum(len(loops) for _, loops in expected) > 3
    kinds = [
        PersistentHomology(metric="chebyshev").transform([pd.DataFrame(cloud) for cloud in points]),
        PersistentHomology(metric="precomputed").transform(distances),
        PersistentHomology(metric="precomputed").transform([coo_matrix(matrix) for matrix in distances]),
        PersistentHomology(metric="chebyshev", n_landmarks=20).transform(points.astype(np.float32)),
    ]
    for found in kinds:
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours[1], theirs[1])


def test_landmarks_stand_for_the_clouds_that_have_more_points():
    cloud = clouds(1)[0][0]
    whole, few = PersistentHomology(n_landmarks=10).transform([cloud[:9], cloud])
    assert len(whole[0]) == 9 and len(few[0]) == 10
    landmarks = topolens.furthest_point_landmarks(cloud, 10)
    np.testing.assert_array_equal(few[1], topolens.persistent_homology(cloud, landmarks=landmarks)[1])


@pytest.mark.parametrize("settings", [{"metric": "manhattan"}, {"metric": "geodesic", "n_neighbors": 4}])
def test_landmarks_have_the_metric_of_the_homology(settings):
    cloud = clouds(1)[0][1]
    (found,) = PersistentHomology(n_landmarks=10, **settings).transform([cloud])
    landmarks = topolens.furthest_point_landmarks(cloud, 10, **settings)
    expected = topolens.persistent_homology(cloud, landmarks=landmarks, **settings)
    np.testing.assert_array_equal(found[0], expected[0])


def expected_vector(estimator, diagram, dimension):
    match estimator:
        case BettiCurve():
            return topolens.betti_curve(diagram, grid=estimator.grids_[dimension])[0]
        case PersistenceLandscape():
            return topolens.persistence_landscape(diagram, n_layers=3, grid=estimator.grids_[dimension])[0].ravel()
        case PersistenceImage():
            births, lifespans = estimator.births_[dimension], estimator.lifespans_[dimension]
            bandwidth = estimator.bandwidths_[dimension]
            return topolens.persistence_image(diagram, bandwidth, births=births, lifespans=lifespans)[0].ravel()
        case PersistenceEntropy():
            return [topolens.persistent_entropy(diagram) or 0.0]


@pytest.mark.parametrize("estimator", VECTORS)
def test_rows_are_the_vectors_of_the_diagrams(estimator):
    samples = diagrams()
    fitted = clone(estimator).fit(samples[::2])
    rows = fitted.transform(samples)
    for row, sample in zip(rows, samples, strict=True):
        expected = [expected_vector(fitted, diagram, dimension) for dimension, diagram in enumerate(sample)]
        np.testing.assert_array_equal(row, np.concatenate(expected))
    assert (rows.std(axis=0) > 0).any()


@pytest.mark.parametrize("estimator", VECTORS)
def test_rows_do_not_depend_on_the_other_samples_or_on_what_was_done_before(estimator):
    samples = diagrams()
    fitted = clone(estimator).fit(samples)
    rows = fitted.transform(samples)
    np.testing.assert_array_equal(fitted.transform(samples[3:5]), rows[3:5])
    np.testing.assert_array_equal(fitted.transform(samples[::-1]), rows[::-1])
    np.testing.assert_array_equal(clone(estimator).fit_transform(samples), rows)
    np.testing.assert_array_equal(fitted.fit(samples).transform(samples), rows)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).transform(samples), rows)
    assert fitted.get_params() == estimator.get_params()


@pytest.mark.parametrize("estimator", VECTORS)
def test_every_column_has_its_name(estimator):
    samples = diagrams()
    fitted = clone(estimator).set_output(transform="pandas").fit(samples)
    frame, names = fitted.transform(samples), list(fitted.get_feature_names_out())
    assert list(frame.columns) == names and len(set(names)) == frame.shape[1]
    assert list(frame.index) == list(range(len(samples)))
    loops = clone(estimator).set_params(homology_dimensions=[1]).set_output(transform="pandas")
    pd.testing.assert_frame_equal(loops.fit_transform(samples), frame.filter(regex="^h1_"))


def test_names_say_where_in_the_image_a_column_is():
    sample = [np.array([[1.0, 3.0]])]
    image = PersistenceImage(bandwidth=0.1, births=(0.0, 2.0, 3), lifespans=(0.0, 2.0, 2))
    frame = image.set_output(transform="pandas").fit_transform([sample])
    assert frame.idxmax(axis=1)[0] == "h0_image_1_1"
    landscape = PersistenceLandscape(n_layers=2, grid=(0.0, 4.0, 5)).set_output(transform="pandas")
    assert landscape.fit_transform([sample]).idxmax(axis=1)[0] == "h0_landscape1_2"


def test_grids_are_those_of_the_training_diagrams():
    train = [[np.array([[1.0, 4.0], [0.5, np.inf]])], [np.array([[2.0, 3.0]])]]
    test = [[np.array([[-5.0, 99.0]])]]
    assert BettiCurve(grid=8).fit(train).grids_ == {0: (0.5, 4.0, 8)}
    assert PersistenceLandscape().fit(train).grids_ == {0: (0.5, 4.0, 100)}
    assert BettiCurve().fit(train).transform(test).shape == (1, 100)
    image = PersistenceImage(births=7).fit(train)
    assert image.bandwidths_ == {0: pytest.approx(0.3)}
    assert image.births_ == {0: pytest.approx((0.1, 2.9, 7))}
    assert image.lifespans_ == {0: pytest.approx((0.0, 3.9, 20))}
    fixed = PersistenceImage(bandwidth=2.0, births=(0.0, 1.0, 3), lifespans=(0.0, 5.0, 4)).fit(train)
    assert (fixed.bandwidths_, fixed.births_, fixed.lifespans_) == ({0: 2.0}, {0: (0.0, 1.0, 3)}, {0: (0.0, 5.0, 4)})


def test_fixed_grids_need_no_interval():
    empty = [[np.empty((0, 2))]]
    image = PersistenceImage(bandwidth=1.0, births=(0.0, 1.0, 3), lifespans=(0.0, 5.0, 4))
    for estimator in [BettiCurve(grid=(0.0, 1.0, 5)), PersistenceLandscape(grid=(0.0, 1.0, 5)), image]:
        assert not estimator.fit_transform(empty).any()
    assert PersistenceEntropy(fill_value=-1.0).fit_transform(empty) == [[-1.0]]


def test_pipelines_are_searched_cloned_and_pickled():
    samples, labels = clouds(20)
    features = make_union(PersistenceImage([1]), PersistenceEntropy())
    pipeline = Pipeline([("homology", PersistentHomology()), ("features", features), ("scaler", StandardScaler())])
    pipeline.steps.append(("classifier", LogisticRegression()))
    grid = {"homology__metric": ["euclidean", "manhattan"], "features__persistenceimage__births": [5, 10]}
    search = GridSearchCV(clone(pipeline), grid, cv=3, error_score="raise").fit(samples, labels)
    assert search.best_score_ > 0.85 and len(search.cv_results_["params"]) == 4
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict(samples), search.predict(samples))


def test_pipelines_hand_out_frames():
    pipeline = make_pipeline(PersistentHomology(), PersistenceEntropy(), StandardScaler())
    frame = pipeline.set_output(transform="pandas").fit_transform(clouds()[0])
    assert list(frame.columns) == list(pipeline.get_feature_names_out()) == ["h0_entropy", "h1_entropy"]
    assert list(PersistentHomology(2).get_feature_names_out()) == ["h0", "h1", "h2"]


def test_diagrams_stay_lists_where_frames_are_asked_for():
    with config_context(transform_output="pandas"):
        (_, loops), *_ = PersistentHomology().fit_transform(clouds()[0])
        assert isinstance(loops, np.ndarray)
        assert isinstance(PersistenceEntropy().fit_transform(diagrams()), pd.DataFrame)


def test_scores_of_rings_and_discs():
    samples, labels = clouds(20)
    pipeline = make_pipeline(PersistentHomology(), BettiCurve(), StandardScaler(), LogisticRegression())
    assert cross_val_score(pipeline, samples, labels, cv=4).mean() > 0.9


@pytest.mark.parametrize("name", topolens.dimension_estimators())
def test_dimensions_are_those_of_the_functions(name):
    points = np.random.default_rng(3).random((300, 2))
    settings = {"estimator": name, "n_neighbors": 12, "random_state": 5}
    if name == "ph-dimension-1":
        points = np.random.default_rng(3).random((300, 3))
    fitted = IntrinsicDimension(name, n_neighbors=12, random_state=5).fit(points)
    expected = topolens.intrinsic_dimension(points, **settings)
    assert (fitted.dimension_, fitted.standard_error_) == (expected.value, expected.standard_error)
    assert fitted.interval_ == (expected.lower, expected.upper) and fitted.n_features_in_ == points.shape[1]
    if name in POINTWISE:
        np.testing.assert_array_equal(fitted.dimension_pw_, topolens.pointwise_dimension(points, **settings))
    else:
        assert fitted.dimension_pw_ is None


def test_the_power_of_the_lifespans_is_handed_on():
    points = np.random.default_rng(3).random((200, 2))
    expected = topolens.intrinsic_dimension(points, estimator="ph-dimension", alpha=0.5)
    assert IntrinsicDimension("ph-dimension", alpha=0.5).fit(points).dimension_ == expected.value
    assert IntrinsicDimension("ph-dimension").fit(points).dimension_ != expected.value


def test_estimators_with_values_at_points_are_those_of_the_function():
    with pytest.raises(ValueError) as refused:
        topolens.pointwise_dimension(np.eye(9), estimator="two-nn")
    assert tuple(str(refused.value).split("choose one of ")[1].split(", ")) == POINTWISE


def test_random_states_of_any_kind():
    points = np.random.default_rng(3).random((300, 3)) @ np.eye(3, 6)
    fit = lambda state: IntrinsicDimension("danco", random_state=state).fit(points).dimension_
    assert fit(np.random.RandomState(1)) == fit(np.random.RandomState(1)) != fit(np.random.RandomState(2))
    assert fit(np.int64(4)) == fit(4) and fit(None) > 2


DIAGRAM = np.array([[0.0, 1.0]])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: PersistentHomology().fit(np.zeros((5, 2))), r"X must be a collection of clouds.*\(5, 2\)"),
        (lambda: PersistentHomology().fit([]), "X .*empty"),
        (lambda: PersistentHomology().fit(3), "X must be a collection"),
        (lambda: PersistentHomology().fit([np.eye(3), np.zeros(4)]), r"X\[1\] must have two axes.*\(4,\)"),
        (lambda: PersistentHomology().fit([np.eye(3) * 1j]), r"X\[0\] must hold real numbers, not complex128"),
        (lambda: PersistentHomology().fit([[["a", "b"]]]), r"X\[0\] must hold real numbers"),
        (lambda: PersistentHomology().fit([np.array([["a"]], dtype=object)]), r"X\[0\] must hold real numbers"),
        (lambda: PersistentHomology().transform([np.eye(3), np.eye(3) * np.nan]), r"X\[1\]: .*NaN"),
        (lambda: PersistentHomology(coeff=4).transform([np.eye(3)]), "coeff"),
        (lambda: PersistentHomology(metric="hamming").transform([np.eye(3)]), "metric"),
        (lambda: PersistentHomology(n_landmarks=0).transform([np.eye(3)]), "n_landmarks"),
        (lambda: BettiCurve().fit([np.eye(3)]), r"X\[0\]\[0\] must have two axes"),
        (lambda: BettiCurve().fit([[np.eye(3)]]), r"X\[0\]\[0\] must be a diagram of two columns"),
        (lambda: BettiCurve().fit([[DIAGRAM, DIAGRAM[:, ::-1]]]), r"X\[0\]\[1\] must have finite births"),
        (lambda: BettiCurve().fit([[DIAGRAM * np.nan]]), r"X\[0\]\[0\] must have finite births"),
        (lambda: BettiCurve().fit([[DIAGRAM], [DIAGRAM, DIAGRAM]]), r"X\[1\] has 2 diagrams"),
        (lambda: BettiCurve().fit([[]]), r"X\[0\] has 0 diagrams"),
        (lambda: BettiCurve().fit([5]), r"X\[0\] must be a list of diagrams"),
        (lambda: BettiCurve([1]).fit([[DIAGRAM]]), r"X\[0\] has 1 diagrams, none of homology dimension 1"),
        (lambda: BettiCurve().fit([[DIAGRAM] * 2]).transform([[DIAGRAM]]), r"X\[0\].*none of homology dimension 1"),
        (lambda: BettiCurve([]).fit([[DIAGRAM]]), "homology_dimensions"),
        (lambda: BettiCurve([-1]).fit([[DIAGRAM]]), "homology_dimensions"),
        (lambda: BettiCurve([0, 0]).fit([[DIAGRAM]]), "homology_dimensions"),
        (lambda: BettiCurve(0).fit([[DIAGRAM]]), "homology_dimensions"),
        (lambda: BettiCurve().fit([[DIAGRAM[:0]]]), "homology dimension 0 to learn grid"),
        (lambda: BettiCurve().fit([[np.ones((2, 2))]]), "homology dimension 0 to learn grid"),
        (lambda: BettiCurve(grid=0).fit([[DIAGRAM]]), "grid"),
        (lambda: BettiCurve(grid=(3.0, 1.0, 4)).fit([[DIAGRAM]]), "grid"),
        (lambda: PersistenceLandscape(n_layers=0).fit([[DIAGRAM]]), "n_layers"),
        (lambda: PersistenceImage(bandwidth=0.0).fit([[DIAGRAM]]), "bandwidth"),
        (lambda: PersistenceImage(weight_exponent=-1.0).fit([[DIAGRAM]]), "weight_exponent"),
        (lambda: PersistenceImage().fit([[DIAGRAM[:0]]]), "learn bandwidth"),
        (lambda: PersistenceImage(bandwidth=1.0).fit([[DIAGRAM[:0]]]), "learn births"),
        (lambda: IntrinsicDimension("pca").fit(np.eye(9)), "estimator"),
        (lambda: IntrinsicDimension("mle", n_neighbors=9).fit(np.eye(9)), "n_neighbors"),
        (lambda: IntrinsicDimension(random_state=-1).fit(np.eye(9)), "random_state"),
    ],
)
def test_bad_input_is_a_value_error_that_names_the_argument(call, message):
    with pytest.raises(ValueError, match=re.compile(message, flags=re.DOTALL)):
        call()


@pytest.mark.parametrize("grid", [2.5, "wide", (0.0, 1.0), {}])
def test_grids_of_another_kind_are_type_errors(grid):
    for estimator in [BettiCurve(grid=grid), PersistenceLandscape(grid=grid)]:
        with pytest.raises(TypeError, match="grid must be"):
            estimator.fit([[DIAGRAM]])


@pytest.mark.parametrize("estimator", VECTORS)
def test_transform_comes_after_fit(estimator):
    with pytest.raises(NotFittedError):
        clone(estimator).transform(diagrams(1))
