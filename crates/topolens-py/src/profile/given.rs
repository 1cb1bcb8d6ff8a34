//! Layers and classes as Python gives them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::PointCloud;
use topolens_lab::bridge::{LayerRows, NamedRows};
use topolens_lab::input::Labels;

use crate::array::{FloatMatrix, numbers};
use crate::error::{about, count};

pub(super) fn read_layers(layers: &[(String, f64, Bound<'_, PyAny>)]) -> PyResult<Vec<NamedRows>> {
    let Some((first, ..)) = layers.first() else {
        return Err(PyValueError::new_err("layers must hold one at least"));
    };
    let found = layers.iter().map(read_layer).collect::<PyResult<Vec<_>>>()?;
    let expected = found[0].rows.n_samples();
    for (at, layer) in found.iter().enumerate() {
        let (name, n_samples) = (&layer.layer, layer.rows.n_samples());
        if n_samples != expected {
            return Err(PyValueError::new_err(format!(
                "layers: {first} has {expected} rows, {name} has {n_samples}; a row is a sample in all of them"
            )));
        }
        if found[..at].iter().any(|other| other.layer == *name) {
            return Err(PyValueError::new_err(format!("layers: two are called {name}")));
        }
    }
    Ok(found)
}

fn read_layer((layer, depth, rows): &(String, f64, Bound<'_, PyAny>)) -> PyResult<NamedRows> {
    if !(*depth > 0.0 && *depth <= 1.0) {
        return Err(PyValueError::new_err(format!("layers: {layer} has depth {depth}; give one in (0, 1]")));
    }
    let matrix = FloatMatrix::read(layer, rows)?;
    let [n_rows, n_columns] = matrix.shape();
    let rows = match &matrix {
        FloatMatrix::F32(array) => PointCloud::new(numbers(array), n_rows, n_columns).map(LayerRows::Single),
        FloatMatrix::F64(_) => PointCloud::new(matrix.to_f64(), n_rows, n_columns).map(LayerRows::Double),
    };
    let rows = rows.map_err(|error| about(layer, &error))?;
    Ok(NamedRows { layer: layer.clone(), depth: *depth, rows })
}

pub(super) fn read_labels(labels: &[i64], names: Option<Vec<String>>, n_samples: usize) -> PyResult<Labels> {
    if labels.len() != n_samples {
        let n_labels = labels.len();
        return Err(PyValueError::new_err(format!("labels has {n_labels} classes for {n_samples} samples")));
    }
    let classes = labels.iter().map(|&label| count("labels", label)).collect::<PyResult<Vec<usize>>>()?;
    let n_classes = classes.iter().max().map_or(0, |largest| largest + 1);
    let names = names.unwrap_or_else(|| (0..n_classes).map(|class| class.to_string()).collect());
    if names.len() < n_classes {
        let (known, largest) = (names.len(), n_classes - 1);
        return Err(PyValueError::new_err(format!(
            "class_names has {known} names, but labels holds {largest}"
        )));
    }
    Ok(Labels { classes, names })
}
