//! Functions of a filtration value read off a diagram.

use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use topolens::{Diagram, Interval, PersistenceImage};

use crate::array::from_rows;
use crate::diagram::read_diagram;
use crate::error::{count, to_python};
use crate::grid::{ensure_fits, read_grid, values};
use crate::work::detached;

type Curve<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);
type Curves<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);
type Image<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// Betti curve: ``beta(t) = #{i : b_i <= t < d_i}``, the rank of homology at t.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths. Essential classes count from their birth on.
/// grid : int or (start, end, n), optional
///     The number n of values, 100 if left out, from the first birth to the last finite death, or all three arguments of
///     ``numpy.linspace``: give them to compare diagrams.
///
/// Returns
/// -------
/// betti : ndarray of shape (n,), float64
/// grid : ndarray of shape (n,), float64
///     The values t.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If the diagram is not an array of births and deaths; if the grid is out of range, or has none since the diagram
///     has no finite interval.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> betti, grid = topolens.betti_curve(np.array([[0.0, 2.0], [1.0, np.inf]]), grid=(0.0, 3.0, 4))
/// >>> betti
/// array([1., 2., 1., 1.])
#[pyfunction]
#[pyo3(signature = (diagram, *, grid=None))]
pub(crate) fn betti_curve<'py>(
    diagram: &Bound<'py, PyAny>,
    grid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Curve<'py>> {
    let py = diagram.py();
    let diagram = read_diagram("diagram", diagram)?;
    let grid = read_grid("grid", grid, lives(&diagram))?;
    let (curve, grid) = detached(py, move || (diagram.betti_curve(&grid), grid))?;
    Ok((PyArray1::from_vec(py, curve), values(py, &grid)))
}

/// Persistence landscape: ``lambda_k(t)`` is the k-th largest of ``max(0, min(t - b_i, d_i - t))``.
///
/// Without the factor ``sqrt(2)`` of tools that turn the diagonal into an axis.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths. Essential classes are left out.
/// n_layers : int, default 5
///     The largest k.
/// grid : int or (start, end, n), optional
///     As for ``betti_curve``.
///
/// Returns
/// -------
/// landscape : ndarray of shape (n_layers, n), float64
///     Row k - 1 is ``lambda_k``, 0 where there are fewer intervals. Units: those of the filtration values.
/// grid : ndarray of shape (n,), float64
///     The values t.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``betti_curve``; if ``n_layers`` is negative.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> diagram = np.array([[0.0, 4.0], [1.0, 3.0]])
/// >>> landscape, grid = topolens.persistence_landscape(diagram, n_layers=2, grid=5)
/// >>> landscape
/// array([[0., 1., 2., 1., 0.],
///        [0., 0., 1., 0., 0.]])
/// >>> grid
/// array([0., 1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (diagram, *, n_layers=5, grid=None))]
pub(crate) fn persistence_landscape<'py>(
    diagram: &Bound<'py, PyAny>,
    n_layers: i64,
    grid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Curves<'py>> {
    let py = diagram.py();
    let diagram = read_diagram("diagram", diagram)?;
    let grid = read_grid("grid", grid, lives(&diagram))?;
    let n_layers = count("n_layers", n_layers)?;
    ensure_fits("n_layers", grid.n(), n_layers)?;
    let (landscape, grid) = detached(py, move || (diagram.landscape(&grid, n_layers), grid))?;
    Ok((from_rows(py, landscape, grid.n())?, values(py, &grid)))
}

/// Silhouette: ``phi(t) = sum_i l_i**q max(0, min(t - b_i, d_i - t)) / sum_i l_i**q`` with lifespans ``l_i``.
///
/// Without the factor ``sqrt(2)`` of tools that turn the diagonal into an axis.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths. Essential classes are left out.
/// weight_exponent : float, default 1.0
///     q, from 0 on: 0 weighs all intervals alike, a large one shows the longest only.
/// grid : int or (start, end, n), optional
///     As for ``betti_curve``.
///
/// Returns
/// -------
/// silhouette : ndarray of shape (n,), float64
///     Units: those of the filtration values.
/// grid : ndarray of shape (n,), float64
///     The values t.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``betti_curve``; if there is no finite interval, or ``weight_exponent`` is negative or not finite.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> diagram = np.array([[0.0, 3.0], [1.0, 2.0]])
/// >>> silhouette, grid = topolens.persistence_silhouette(diagram, grid=(0.0, 3.0, 3))
/// >>> silhouette  # heights 1.5 and 0.5, weights 3 and 1
/// array([0.  , 1.25, 0.  ])
#[pyfunction]
#[pyo3(signature = (diagram, *, weight_exponent=1.0, grid=None))]
pub(crate) fn persistence_silhouette<'py>(
    diagram: &Bound<'py, PyAny>,
    weight_exponent: f64,
    grid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Curve<'py>> {
    let py = diagram.py();
    let diagram = read_diagram("diagram", diagram)?;
    let grid = read_grid("grid", grid, lives(&diagram))?;
    let (silhouette, grid) = detached(py, move || (diagram.silhouette(&grid, weight_exponent), grid))?;
    let silhouette = silhouette.map_err(|error| to_python(&error))?;
    Ok((PyArray1::from_vec(py, silhouette), values(py, &grid)))
}

/// Persistence image: the persistence surface on a grid of births and lifespans.
///
/// ``rho(x, y) = sum_i l_i**q / (2 pi s**2) exp(-((x - b_i)**2 + (y - l_i)**2) / (2 s**2))`` over the finite intervals of
/// birth ``b_i`` and lifespan ``l_i``, with bandwidth s. Where pixels are smaller than s, rho times the area of a pixel is
/// its integral over the pixel.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths. Essential classes are left out.
/// bandwidth : float
///     s, above 0, in the units of the filtration values.
/// weight_exponent : float, default 1.0
///     q, from 0 on.
/// births : int or (start, end, n), optional
///     The number n of births, 100 if left out, from three bandwidths before the first to three after the last, or all three arguments of
///     ``numpy.linspace``: give them to compare diagrams.
/// lifespans : int or (start, end, n), optional
///     The same for lifespans, from 0 to three bandwidths above the longest.
///
/// Returns
/// -------
/// image : ndarray of shape (n_lifespans, n_births), float64
///     A row has one lifespan, a column one birth: draw it with the origin below. Units: those of the filtration values,
///     to the power q - 2.
/// births : ndarray of shape (n_births,), float64
/// lifespans : ndarray of shape (n_lifespans,), float64
///
/// Raises
/// ------
/// TypeError, ValueError
///     If the diagram is not an array of births and deaths; if the bandwidth is not a positive number, the weight
///     exponent negative or not finite, or a grid out of range, or without one since the diagram has no finite
///     interval.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> image, births, lifespans = topolens.persistence_image(
/// ...     np.array([[1.0, 3.0]]), 0.5, births=(0.0, 2.0, 3), lifespans=(0.0, 2.0, 2)
/// ... )
/// >>> image.shape
/// (2, 3)
/// >>> bool(np.isclose(image[1, 1], 2 / (2 * np.pi * 0.5**2)))
/// True
#[pyfunction]
#[pyo3(signature = (diagram, bandwidth, *, weight_exponent=1.0, births=None, lifespans=None))]
pub(crate) fn persistence_image<'py>(
    diagram: &Bound<'py, PyAny>,
    bandwidth: f64,
    weight_exponent: f64,
    births: Option<&Bound<'py, PyAny>>,
    lifespans: Option<&Bound<'py, PyAny>>,
) -> PyResult<Image<'py>> {
    let py = diagram.py();
    let diagram = read_diagram("diagram", diagram)?;
    let margin = 3.0 * if bandwidth > 0.0 && bandwidth.is_finite() { bandwidth } else { 1.0 };
    let around_births = bounds(finite(&diagram).map(|interval| interval.birth));
    let around_births = around_births.map(|(first, last)| (first - margin, last + margin));
    let births = read_grid("births", births, around_births)?;
    let longest =
        bounds(finite(&diagram).map(Interval::lifespan)).map(|(_, longest)| (0.0, longest + margin));
    let lifespans = read_grid("lifespans", lifespans, longest)?;
    ensure_fits("births", births.n(), lifespans.n())?;
    let image = PersistenceImage::new(births, lifespans, bandwidth).weight_exponent(weight_exponent);
    let pixels = detached(py, move || image.pixels(&diagram))?.map_err(|error| to_python(&error))?;
    Ok((from_rows(py, pixels, births.n())?, values(py, &births), values(py, &lifespans)))
}

/// From the first birth to the last finite death.
fn lives(diagram: &Diagram) -> Option<(f64, f64)> {
    let (_, last) = bounds(finite(diagram).map(|interval| interval.death))?;
    diagram.intervals().first().map(|interval| (interval.birth, last))
}

fn finite(diagram: &Diagram) -> impl Iterator<Item = &Interval> {
    diagram.intervals().iter().filter(|interval| !interval.is_essential())
}

/// The smallest and the largest of the values, if there are any.
fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |bounds, value| {
        let (least, greatest) = bounds.unwrap_or((value, value));
        Some((f64::min(least, value), f64::max(greatest, value)))
    })
}
