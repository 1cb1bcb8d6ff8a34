//! `topolens dimension`.

use serde_json::{Value, json};
use topolens::{Error, Estimate, Mle, PersistentDimension, PointCloud, Scalar, TwoNn};

use super::points::{OnMatrix, cloud, on_matrix};
use crate::arguments::DimensionArguments;
use crate::terminal::{Table, print, print_json, with_uncertainty, write_json};

pub(crate) fn run(arguments: &DimensionArguments) -> anyhow::Result<()> {
    let (n_points, n_features, estimates) = on_matrix(&arguments.points, Estimates(arguments))?;
    let document = json!({
        "schema": "topolens.dimension/1", "n_points": n_points, "n_features": n_features,
        "estimates": estimates.iter().map(document).collect::<Vec<_>>(),
    });
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    print(&table(&estimates).to_string())
}

/// An estimator's name and what it found, or why it found nothing.
type Named = (String, Result<Estimate, Error>);

struct Estimates<'a>(&'a DimensionArguments);

impl OnMatrix for Estimates<'_> {
    type Output = (usize, usize, Vec<Named>);

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> anyhow::Result<Self::Output> {
        let cloud = cloud(&self.0.points, values, n_rows, n_columns)?;
        let mut names: Vec<&str> = Vec::new();
        for name in self.0.estimator.iter().map(|name| name.trim()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let named = |name: &str| Ok((name.to_owned(), self.estimate(name, &cloud)?));
        let estimates = names.into_iter().map(named).collect::<anyhow::Result<Vec<Named>>>()?;
        // One estimator may be undefined where another is not; none at all is the input's fault.
        if let Some((_, Err(error))) = estimates.first()
            && estimates.iter().all(|(_, estimate)| estimate.is_err())
        {
            return Err(error.clone().into());
        }
        Ok((n_rows, n_columns, estimates))
    }
}

impl Estimates<'_> {
    fn estimate<S: Scalar>(
        &self,
        name: &str,
        cloud: &PointCloud<S>,
    ) -> anyhow::Result<Result<Estimate, Error>> {
        Ok(match name {
            "two-nn" => TwoNn::new().estimate(cloud),
            "mle" => Mle::new().n_neighbors(self.0.neighbors).estimate(cloud),
            "ph-dimension" => {
                let settings = PersistentDimension::new().alpha(self.0.alpha).seed(self.0.common.seed);
                settings.estimate(cloud).map(|found| found.estimate)
            }
            _ => anyhow::bail!("--estimator: {name:?} is not two-nn, mle or ph-dimension"),
        })
    }
}

fn document((name, estimate): &Named) -> Value {
    match estimate {
        Ok(estimate) => json!({
            "estimator": name, "value": estimate.value, "standard_error": estimate.standard_error,
            "lower": estimate.lower, "upper": estimate.upper, "n_points": estimate.n_points,
        }),
        Err(error) => json!({ "estimator": name, "value": null, "reason": error.to_string() }),
    }
}

fn table(estimates: &[Named]) -> Table {
    let mut table = Table::new(&["estimator", "dimension (95 %)", "standard error", "points used"]);
    for (name, estimate) in estimates {
        let cells = match estimate {
            Ok(estimate) => [
                with_uncertainty(Some(estimate.value), Some(estimate.lower), Some(estimate.upper)),
                format!("{:.4}", estimate.standard_error),
                estimate.n_points.to_string(),
            ],
            Err(error) => [format!("undefined: {error}"), "-".to_owned(), "-".to_owned()],
        };
        table.row(std::iter::once(name.clone()).chain(cells).collect());
    }
    table
}
