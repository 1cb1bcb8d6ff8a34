//! How much of the fall of E0 over the layers of a network separation makes.

use topolens::{Error, PointCloud, SeparationShare, minimum_spanning_tree};

use super::course::course_of_e0;
use super::measure::{LayerCloud, Sample};
use super::protocol::Protocol;
use super::row::{Row, Scope};
use super::separation::FALL;

/// The descriptor's name in rows.
pub(crate) const SEPARATION_SHARE: &str = "separation-share";

/// A row of the last layer with the share of the fall of E0, from its peak on, that separation of the classes makes; `None` where E0 does not fall.
/// `rows` are those of the layers at one epoch.
pub(crate) fn separation_share(
    layers: &[LayerCloud],
    rows: &[Row],
    sample: Sample<'_>,
    protocol: &Protocol,
) -> Option<Row> {
    let (course, scope) = course_of_e0(rows, sample.epoch)?;
    course.remaining().filter(|part| *part < FALL)?;
    let cloud = |row: &Row| layers.iter().find(|layer| layer.layer_index == row.layer_index);
    let (peak, last) = (cloud(course.peak)?, cloud(course.last)?);
    let measure = |cloud: &PointCloud<f32>, labels: &[usize]| sum(cloud, labels, &scope, protocol);
    let found = SeparationShare::new(&peak.cloud, &last.cloud, sample.labels, protocol.seed, measure);
    let (value, lower, upper, reason) = match found {
        Ok(found) => (Some(found.share), found.lower, found.upper, None),
        Err(error) => (None, None, None, Some(error.to_string())),
    };
    let (descriptor, n_points) = (SEPARATION_SHARE.to_owned(), sample.labels.len());
    Some(Row { class: scope, descriptor, value, lower, upper, reason, n_points, ..course.last.clone() })
}

/// E0 of the whole cloud, or the mean of those of the classes, all scaled together.
fn sum(cloud: &PointCloud<f32>, labels: &[usize], scope: &Scope, protocol: &Protocol) -> Result<f64, Error> {
    let scaled = protocol.scaling.apply(cloud);
    if *scope == Scope::Global {
        return Ok(minimum_spanning_tree(&scaled).lifespans_sum(1.0));
    }
    let n_classes = labels.iter().max().map_or(0, |largest| largest + 1);
    let (mut sum, mut n_present) = (0.0, 0.0);
    for class in 0..n_classes {
        let members = (0..labels.len()).filter(|&row| labels[row] == class);
        let members: Vec<usize> = members.take(protocol.points_per_class).collect();
        if !members.is_empty() {
            sum += minimum_spanning_tree(&scaled.select(&members)?).lifespans_sum(1.0);
            n_present += 1.0;
        }
    }
    Ok(sum / n_present)
}
