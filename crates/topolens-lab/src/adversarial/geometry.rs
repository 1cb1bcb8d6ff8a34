//! A cloud of attacked images beside the cloud of the same images before.

use topolens::statistics::mean;
use topolens::{
    Diagram, Lid, Mahalanobis, PointCloud, RepresentationTopologyDivergence, Wasserstein,
    minimum_spanning_tree, neighbor_distances, tangent_shares,
};

use crate::profile::{LayerCloud, LayerProfile, Protocol, Row, Scope};

/// Neighbours behind the local dimension and the tangent spaces, as Ma et al. 2018 take.
const N_NEIGHBORS: usize = 20;
/// Images whose clouds local dimension is measured in (Ma et al. 2018).
const BATCH_SIZE: usize = 100;
/// Batches of the representation topology divergence, and their size.
const RTD_BATCHES: (usize, usize) = (4, 200);

/// How far the Wasserstein distance may be off, as a share of it.
const WASSERSTEIN_ERROR: f64 = 0.01;

/// A layer before an attack.
pub(super) struct Clean<'a> {
    pub(super) layer: &'a LayerCloud,
    pub(super) profile: &'a LayerProfile,
    /// The class of each image.
    pub(super) labels: &'a [usize],
}

/// What is measured of the single images at a layer, in the order of the attacked images; empty where it is undefined.
#[derive(Debug, Clone, PartialEq)]
pub struct Pointwise {
    /// The layer's name.
    pub layer: String,
    /// Local dimension among clean images.
    pub lid: Vec<f64>,
    /// Mahalanobis distance to the nearest class, in deviations.
    pub mahalanobis: Vec<f64>,
    /// How far the image moved, in spreads of the clean cloud.
    pub displacement: Vec<f64>,
    /// The share of the square of its way in its tangent space; none where it did not move.
    pub in_tangent: Vec<Option<f64>>,
}

/// A number with its 95 % interval, or why there is none.
type Number = Result<(f64, Option<(f64, f64)>), topolens::Error>;

/// What is measured between the clouds of a layer before and after; of the clean cloud itself what the attack is to be compared with.
pub(super) fn rows_beside_clean(
    clean: &Clean<'_>,
    moved: &LayerCloud,
    moved_diagrams: &[Diagram],
    protocol: &Protocol,
) -> (Vec<Row>, Pointwise) {
    let (before, after) = (&clean.layer.cloud, &moved.cloud);
    let mut rows = Vec::new();
    let mut add = |descriptor: &str, homology_dimension: Option<usize>, number: Number| {
        rows.push(row(moved, descriptor, homology_dimension, number));
    };
    add("lifespans-sum-in-clean-units", Some(0), lifespans_in_clean_units(before, after, protocol));
    let dimensions = local_dimensions(before, after);
    add("lid-in-batches", None, mean_of(&dimensions));
    let distances = Mahalanobis::fit(before, clean.labels).and_then(|fit| fit.distances(after));
    add("mahalanobis-distance", None, mean_of(&distances));
    let (n_batches, batch_size) = RTD_BATCHES;
    let rtd = RepresentationTopologyDivergence::new().n_batches(n_batches).batch_size(batch_size);
    let divergence = rtd.seed(protocol.seed).estimate(before, after);
    add("rtd-to-clean", Some(1), divergence.map(|found| (found.value, found.lower.zip(found.upper))));
    for (diagram, clean_diagram) in moved_diagrams.iter().zip(&clean.profile.diagrams) {
        let distance = Wasserstein::new().relative_error(WASSERSTEIN_ERROR).distance(clean_diagram, diagram);
        add("wasserstein-to-clean", Some(diagram.homology_dimension()), distance.map(|found| (found, None)));
    }
    let displacement = displacements(before, after);
    add("displacement", None, of_points(&displacement));
    let dimension = tangent_dimension(clean);
    let in_tangent = tangent_shares(before, after, dimension, N_NEIGHBORS);
    let shares = in_tangent.clone().map(|shares| shares.into_iter().flatten().collect::<Vec<f64>>());
    if shares.as_ref().is_ok_and(Vec::is_empty) {
        rows.push(unmoved(moved));
    } else {
        rows.push(row(moved, "displacement-in-tangent", None, shares.and_then(|found| of_points(&found))));
    }
    let by_chance = dimension as f64 / before.n_features() as f64;
    rows.push(row(moved, "displacement-in-tangent-by-chance", None, Ok((by_chance, None))));
    let pointwise = Pointwise {
        layer: moved.layer.clone(),
        lid: dimensions.unwrap_or_default(),
        mahalanobis: distances.unwrap_or_default(),
        displacement,
        in_tangent: in_tangent.unwrap_or_default(),
    };
    (rows, pointwise)
}

fn mean_of(values: &Result<Vec<f64>, topolens::Error>) -> Number {
    values.as_ref().map_err(Clone::clone).and_then(|found| of_points(found))
}

/// The mean over points with its t interval.
fn of_points(values: &[f64]) -> Number {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let found = mean(&finite)?;
    Ok((found.value, found.interval(finite.len())))
}

/// $E_0$ after features were scaled as those of the clean cloud, so that points which leave its range count for what they are.
fn lifespans_in_clean_units(clean: &PointCloud<f32>, moved: &PointCloud<f32>, protocol: &Protocol) -> Number {
    let scaled = protocol.scaling.apply_like(clean, moved)?;
    Ok((minimum_spanning_tree(&scaled).lifespans_sum(1.0), None))
}

/// The local dimension at each moved point, by its neighbours among the clean points of its batch, itself left out.
pub(super) fn local_dimensions(
    clean: &PointCloud<f32>,
    moved: &PointCloud<f32>,
) -> Result<Vec<f64>, topolens::Error> {
    let n_points = clean.n_points();
    let size = BATCH_SIZE.min(n_points);
    let n_neighbors = N_NEIGHBORS.min(size.saturating_sub(1));
    let mut found = Vec::with_capacity(n_points);
    for first in (0..n_points).step_by(size) {
        // Points left over at the end are compared with the last full batch.
        let start = first.min(n_points - size);
        let batch: Vec<usize> = (start..start + size).collect();
        let own: Vec<usize> = (first..(first + size).min(n_points)).collect();
        let twins: Vec<usize> = own.iter().map(|at| at - start).collect();
        let distances =
            neighbor_distances(&moved.select(&own)?, &clean.select(&batch)?, n_neighbors, Some(&twins))?;
        found.extend(distances.iter().map(|distances| Lid::of_distances(distances)));
    }
    Ok(found)
}

/// How far each point moved, over the root of the mean square distance of the clean cloud from its mean.
fn displacements(clean: &PointCloud<f32>, moved: &PointCloud<f32>) -> Vec<f64> {
    let n = clean.n_points() as f64;
    let mut centre = vec![0.0; clean.n_features()];
    for point in clean.points() {
        centre.iter_mut().zip(point).for_each(|(sum, x)| *sum += f64::from(*x) / n);
    }
    let square = |point: &[f32], from: &dyn Fn(usize) -> f64| -> f64 {
        point.iter().enumerate().map(|(at, x)| (f64::from(*x) - from(at)).powi(2)).sum()
    };
    let spread = clean.points().map(|point| square(point, &|at| centre[at])).sum::<f64>() / n;
    let ways = clean.points().zip(moved.points());
    ways.map(|(from, to)| (square(to, &|at| f64::from(from[at])) / spread).sqrt()).collect()
}

/// The dimension of the tangent spaces: that of the clean cloud by maximum likelihood, rounded.
fn tangent_dimension(clean: &Clean<'_>) -> usize {
    let is_it = |row: &&Row| row.descriptor == "mle" && row.class == Scope::Global;
    let found = clean.profile.rows.iter().find(is_it).and_then(|row| row.value).unwrap_or(1.0);
    #[expect(clippy::cast_sign_loss, reason = "at least 1")]
    let rounded = found.round().max(1.0) as usize;
    rounded.min(N_NEIGHBORS - 1).min(clean.layer.cloud.n_features())
}

/// No share of a way where there is none.
fn unmoved(layer: &LayerCloud) -> Row {
    let number = Ok((f64::NAN, None));
    Row { reason: Some("no point moved".to_owned()), ..row(layer, "displacement-in-tangent", None, number) }
}

fn row(layer: &LayerCloud, descriptor: &str, homology_dimension: Option<usize>, number: Number) -> Row {
    let (value, ends, reason) = match number {
        Ok((value, ends)) if value.is_finite() => (Some(value), ends, None),
        Ok((value, _)) => (None, None, Some(format!("it is {value}"))),
        Err(error) => (None, None, Some(error.to_string())),
    };
    Row {
        layer: layer.layer.clone(),
        layer_index: layer.layer_index,
        depth: layer.depth,
        epoch: None,
        class: Scope::Global,
        descriptor: descriptor.to_owned(),
        homology_dimension,
        value,
        lower: ends.map(|ends| ends.0),
        upper: ends.map(|ends| ends.1),
        n_points: layer.cloud.n_points(),
        n_features: layer.cloud.n_features(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(values: &[f32], n_points: usize) -> PointCloud<f32> {
        PointCloud::new(values.to_vec(), n_points, values.len() / n_points).unwrap()
    }

    #[test]
    fn displacements_are_in_spreads() {
        // The root of the mean square distance from the mean is 5.
        let clean = cloud(&[3.0, 4.0, -3.0, -4.0], 2);
        let moved = cloud(&[3.0, 14.0, -3.0, -4.0], 2);
        assert_eq!(displacements(&clean, &moved), [2.0, 0.0]);
    }

    #[test]
    fn local_dimension_of_the_clean_cloud_is_that_of_its_batches() {
        let values: Vec<f32> =
            topolens::synthetic::sphere(250, 3, 1).unwrap().values().iter().map(|x| *x as f32).collect();
        let sphere = cloud(&values, 250);
        let found = local_dimensions(&sphere, &sphere).unwrap();
        let expected = Lid::new().pointwise_in_batches(&sphere, 100).unwrap();
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9));
        let few = local_dimensions(&cloud(&values[..40], 10), &cloud(&values[..40], 10)).unwrap();
        assert_eq!(few.len(), 10);
    }

    #[test]
    fn points_that_leave_the_range_count_in_clean_units() {
        let clean = cloud(&[0.0, 1.0, 2.0], 3);
        let moved = cloud(&[0.0, 1.0, 20.0], 3);
        let (found, _) = lifespans_in_clean_units(&clean, &moved, &Protocol::default()).unwrap();
        assert!((found - 10.0).abs() < 1e-6);
    }
}
