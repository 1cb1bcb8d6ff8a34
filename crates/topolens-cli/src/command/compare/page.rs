//! What was found, as a page.

use std::path::Path;
use std::time::Duration;

use topolens_lab::report::{PairPage, render_matrix, render_pair};

use super::document::Found;
use crate::arguments::CompareArguments;
use crate::command::origin::origin;

/// The page beside the JSON.
pub(super) fn page(
    found: &Found,
    arguments: &CompareArguments,
    inputs: &[&Path],
    time: Duration,
) -> anyhow::Result<String> {
    let provenance = origin(arguments.common.seed, inputs, time)?;
    Ok(match found {
        Found::Pair(pair) => render_pair(&PairPage {
            names: pair.names.clone(),
            n_points: pair.n_points,
            n_features: pair.n_features,
            comparisons: &pair.comparisons,
            n_permutations: arguments.permutations,
            provenance,
        }),
        Found::Matrix(matrix, n_points) => render_matrix(matrix, *n_points, provenance),
    })
}
