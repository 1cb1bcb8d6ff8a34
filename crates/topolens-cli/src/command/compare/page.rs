//! What was found, as a page.

use std::path::{Path, PathBuf};

use topolens_lab::report::{PairPage, render_matrix, render_pair};

use super::document::Found;
use crate::arguments::CompareArguments;
use crate::command::origin::Watch;

/// The page beside the JSON.
pub(super) fn page(
    found: &Found,
    arguments: &CompareArguments,
    inputs: &[&Path],
    watch: &Watch,
) -> anyhow::Result<String> {
    let inputs: Vec<PathBuf> = inputs.iter().map(|input| input.to_path_buf()).collect();
    let provenance = watch.origin(Some(arguments.common.seed), &inputs)?;
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
