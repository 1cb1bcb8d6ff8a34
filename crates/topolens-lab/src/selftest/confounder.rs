//! Ten Gaussian classes that separate while nothing changes inside them.

use topolens::synthetic::GaussianClusters;
use topolens::{
    PersistentDimension, PointCloud, Scaling, SeparationShare, TreeSum, TwoNn, minimum_spanning_tree,
    per_class,
};

use super::finding::Finding;
use crate::Result;

const N_CLASSES: usize = 10;
const PER_CLASS: usize = 300;
/// Spread, lifespans sum per class (with the factor ½ of the simulation), global persistent-homology dimension.
const TABLE: [(f64, f64, f64); 3] = [(2.0, 219.97, 49.22), (0.25, 98.16, 22.56), (0.05, 27.43, 6.57)];

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let (mut within, mut clouds) = (Vec::new(), Vec::new());
    for (spread, sum, dimension) in TABLE {
        let (cloud, labels) = GaussianClusters::new(N_CLASSES, PER_CLASS, 128).spread(spread).sample(seed)?;
        let about = |what: &str| format!("{what}, spread {spread}");
        findings.push(Finding::relative(about("E0 per class"), sum, 0.05, per_class_sum(&cloud, &labels)?));
        let global = dimension_of(TreeSum::All, &cloud)?;
        findings.push(Finding::relative(about("ph-dimension of all"), dimension, 0.15, global));
        let median = dimension_of(TreeSum::Median, &cloud)?;
        findings.push(Finding::relative(about("ph-dimension of the median edge"), 45.3, 0.15, median));
        findings.push(Finding::within(about("two-nn"), 50.0, 1.5, TwoNn::new().estimate(&cloud)?.value));
        let classes = per_class(&cloud, &labels, |class| {
            Ok(PersistentDimension::new().repeats(1).estimate(class)?.estimate)
        })?;
        within.push(classes.mean.value);
        clouds.push((cloud, labels));
    }
    let change = within[2] / within[0];
    findings.push(Finding::within("ph-dimension per class, last over first spread", 1.0, 1e-3, change));
    findings.extend(flag(&clouds[0], &clouds[2].0, seed)?);
    Ok(findings)
}

/// The fall is made by separation; that of as much dimension, at the same separation, is not.
fn flag(
    (wide, labels): &(PointCloud<f64>, Vec<usize>),
    narrow: &PointCloud<f64>,
    seed: u64,
) -> Result<Vec<Finding>> {
    let share = |later| SeparationShare::new(wide, later, labels, seed, per_class_sum);
    let classes = GaussianClusters::new(N_CLASSES, PER_CLASS, 128).within_class_dimension(32);
    let (flat, _) = classes.spread(4.0).sample(seed)?;
    let (separated, flattened) = (share(narrow)?, share(&flat)?);
    let raised = |found: SeparationShare| f64::from(u8::from(found.is_explained()));
    Ok(vec![
        Finding::within("share of the fall that separation makes", 1.0, 0.05, separated.share),
        Finding::within("the flag is raised (1)", 1.0, 0.0, raised(separated)),
        Finding::within("share where dimension falls and separation stays", 0.0, 0.1, flattened.share),
        Finding::within("no flag is raised (0)", 0.0, 0.0, raised(flattened)),
    ])
}

/// The lifespans sum of 250 points of each class, all points scaled together, averaged, times ½.
fn per_class_sum(cloud: &PointCloud<f64>, labels: &[usize]) -> std::result::Result<f64, topolens::Error> {
    let scaled = Scaling::MinMax.apply(cloud);
    let mut sum = 0.0;
    for class in 0..N_CLASSES {
        let rows = (0..labels.len()).filter(|&row| labels[row] == class).take(250);
        sum += minimum_spanning_tree(&scaled.select(&rows.collect::<Vec<_>>())?).lifespans_sum(1.0);
    }
    Ok(sum / N_CLASSES as f64 / 2.0)
}

fn dimension_of(tree_sum: TreeSum, cloud: &PointCloud<f64>) -> Result<f64> {
    Ok(PersistentDimension::new().tree_sum(tree_sum).repeats(1).estimate(cloud)?.estimate.value)
}
