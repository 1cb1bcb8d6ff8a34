//! Ten Gaussian classes that separate while nothing changes inside them.

use topolens::synthetic::GaussianClusters;
use topolens::{PersistentDimension, PointCloud, Scaling, TreeSum, TwoNn, minimum_spanning_tree, per_class};

use super::finding::Finding;
use crate::Result;

const N_CLASSES: usize = 10;
const PER_CLASS: usize = 300;
/// Spread, lifespans sum per class (with the factor ½ of the simulation), global persistent-homology dimension.
const TABLE: [(f64, f64, f64); 3] = [(2.0, 219.97, 49.22), (0.25, 98.16, 22.56), (0.05, 27.43, 6.57)];

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut within = Vec::new();
    for (spread, sum, dimension) in TABLE {
        let (cloud, labels) = GaussianClusters::new(N_CLASSES, PER_CLASS, 128).spread(spread).sample(seed)?;
        let about = |what: &str| format!("{what}, spread {spread}");
        findings.push(Finding::relative(about("E0 per class"), sum, 0.05, per_class_sum(&cloud)?));
        let global = dimension_of(TreeSum::All, &cloud)?;
        findings.push(Finding::relative(about("ph-dimension of all"), dimension, 0.15, global));
        let median = dimension_of(TreeSum::Median, &cloud)?;
        findings.push(Finding::relative(about("ph-dimension of the median edge"), 45.3, 0.15, median));
        findings.push(Finding::within(about("two-nn"), 50.0, 1.5, TwoNn::new().estimate(&cloud)?.value));
        let classes = per_class(&cloud, &labels, |class| {
            Ok(PersistentDimension::new().repeats(1).estimate(class)?.estimate)
        })?;
        within.push(classes.mean.value);
    }
    let change = within[2] / within[0];
    findings.push(Finding::within("ph-dimension per class, last over first spread", 1.0, 1e-3, change));
    Ok(findings)
}

fn per_class_sum(cloud: &PointCloud<f64>) -> Result<f64> {
    let scaled = Scaling::MinMax.apply(cloud);
    let mut sum = 0.0;
    for class in 0..N_CLASSES {
        let rows: Vec<usize> = (class * PER_CLASS..class * PER_CLASS + 250).collect();
        sum += minimum_spanning_tree(&scaled.select(&rows)?).lifespans_sum(1.0);
    }
    Ok(sum / N_CLASSES as f64 / 2.0)
}

fn dimension_of(tree_sum: TreeSum, cloud: &PointCloud<f64>) -> Result<f64> {
    Ok(PersistentDimension::new().tree_sum(tree_sum).repeats(1).estimate(cloud)?.estimate.value)
}
