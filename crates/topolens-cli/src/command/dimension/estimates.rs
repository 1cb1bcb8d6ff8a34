//! From a file and the flags to estimates.

use std::path::Path;

use topolens::{Dimensions, Error, NamedEstimate, Scalar, ScaleEstimate, dimension_estimators};

use super::document::{at_points, document, list, table};
use super::drawing::{page, scales_in_text, write_scales};
use crate::arguments::{DimensionArguments, Draw};
use crate::command::origin::Watch;
use crate::command::points::{OnMatrix, cloud, on_matrix};
use crate::output_files::{ensure_files, page_beside};
use crate::terminal::{Screen, print, print_json, write_file, write_json};

pub(crate) fn run(arguments: &DimensionArguments) -> anyhow::Result<()> {
    let Some(points) = arguments.points.as_deref().filter(|_| !arguments.list) else {
        return list(arguments.common.json);
    };
    arguments.ensure_consistent(points)?;
    let watch = Watch::start();
    let found = on_matrix(points, Estimates { arguments, points })?;
    let document = document(&found);
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
        let provenance = watch.origin(Some(arguments.common.seed), &[points.to_path_buf()])?;
        write_file(&page_beside(path), page(&found, points, provenance).as_bytes())?;
    }
    if let Some(path) = &arguments.pointwise {
        write_file(path, at_points(&found.pointwise).as_bytes())?;
    }
    if let Some(path) = &arguments.plot {
        write_scales(path, points, &found.scales)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    print(&table(&found).to_string())?;
    if arguments.draw.is_wanted() && !found.scales.is_empty() {
        print(&scales_in_text(&found.scales, Screen::of_stdout()))?;
    }
    Ok(())
}

/// What the command found.
pub(super) struct Found {
    pub(super) n_points: usize,
    pub(super) n_features: usize,
    pub(super) estimates: Vec<NamedEstimate>,
    /// Of the estimators that have several scales.
    pub(super) scales: Vec<(&'static str, Vec<ScaleEstimate>)>,
    /// Of the estimators that have values at points, if asked for.
    pub(super) pointwise: Vec<(&'static str, Vec<f64>)>,
}

struct Estimates<'a> {
    arguments: &'a DimensionArguments,
    points: &'a Path,
}

impl OnMatrix for Estimates<'_> {
    type Output = Found;

    fn run<S: Scalar>(self, values: Vec<S>, n_points: usize, n_features: usize) -> anyhow::Result<Found> {
        let arguments = self.arguments;
        let cloud = cloud(self.points, values, n_points, n_features)?;
        let dimensions = Dimensions::new(&cloud, &arguments.estimators())?
            .n_neighbors(arguments.neighbors)
            .alpha(arguments.alpha)
            .seed(arguments.common.seed);
        // First, so that their many neighbours serve the estimates as well.
        let scales = dimensions.scales();
        let estimates = dimensions.estimates();
        if let Some(error) = of_all(&estimates) {
            return Err(error.clone().into());
        }
        let scales = scales.into_iter().filter_map(|(name, found)| Some((name, found.ok()?))).collect();
        let wanted = arguments.pointwise.is_some();
        let pointwise = if wanted { pointwise(&dimensions)? } else { Vec::new() };
        Ok(Found { n_points, n_features, estimates, scales, pointwise })
    }
}

/// One estimator may be undefined where another is not; none at all is the input's fault.
fn of_all(estimates: &[NamedEstimate]) -> Option<&Error> {
    let all_failed = estimates.iter().all(|(_, found)| found.is_err());
    estimates.first().filter(|_| all_failed)?.1.as_ref().err()
}

fn pointwise<S: Scalar>(dimensions: &Dimensions<'_, S>) -> anyhow::Result<Vec<(&'static str, Vec<f64>)>> {
    let found = dimensions.pointwise();
    let known = dimension_estimators();
    let names: Vec<&str> = known.iter().filter(|known| known.is_pointwise).map(|known| known.name).collect();
    anyhow::ensure!(
        !found.is_empty(),
        "--pointwise: none of the estimators has values at points; name some of {} with --estimator",
        names.join(", ")
    );
    let at_points = |(name, values): (&'static str, Result<Vec<f64>, Error>)| Ok((name, values?));
    found.into_iter().map(at_points).collect()
}

impl DimensionArguments {
    /// The names asked for; `all` stands for all.
    fn estimators(&self) -> Vec<&str> {
        let all = || dimension_estimators().iter().map(|known| known.name).collect();
        let names = self.estimator.iter().map(|name| name.trim());
        names.flat_map(|name| if name == "all" { all() } else { vec![name] }).collect()
    }

    fn ensure_consistent(&self, points: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            !(self.common.json && self.draw == Draw::Always),
            "--draw always would draw into the JSON of --json; leave one of them out"
        );
        let names = self.estimators();
        let has_scales =
            dimension_estimators().iter().any(|known| known.has_scales && names.contains(&known.name));
        anyhow::ensure!(
            self.plot.is_none() || has_scales,
            "--plot draws the dimension over scales; name gride with --estimator"
        );
        let page = self.out.as_deref().map(page_beside);
        let files = [
            ("--out", &self.out),
            ("the page of --out", &page),
            ("--pointwise", &self.pointwise),
            ("--plot", &self.plot),
        ];
        ensure_files(&files.map(|(flag, path)| (flag, path.as_deref())), &[points])
    }
}
