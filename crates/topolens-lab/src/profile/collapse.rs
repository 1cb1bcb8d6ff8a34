//! The classifier at the end of a network beside the class means: NC3 and NC4.

use topolens::{PointCloud, nearest_mean_disagreement, self_duality};
use topolens_nn::Classifier;

use super::measure::{LayerCloud, Sample};
use super::row::{Row, Scope};

/// The rows `nc3` and `nc4` of the layer that the classifier reads, if it is measured and each of its rows is a mean over positions.
///
/// They have no interval: half the samples would be judged by a classifier that was made for all.
pub(crate) fn classifier_rows(
    classifier: &Classifier,
    layers: &[LayerCloud],
    sample: Sample<'_>,
) -> Vec<Row> {
    let n_classes = classifier.biases.len();
    let read = |layer: &&LayerCloud| {
        layer.layer_index == classifier.features
            && layer.cloud.n_features() * n_classes == classifier.weights.len()
            && layer.cloud.n_points() == sample.labels.len()
    };
    let Some(layer) = layers.iter().find(read) else { return Vec::new() };
    let (cloud, labels) = (&layer.cloud, sample.labels);
    let biases: Vec<f64> = classifier.biases.iter().map(|bias| f64::from(*bias)).collect();
    let weights = PointCloud::new(classifier.weights.clone(), n_classes, cloud.n_features());
    let measured = |measure: &dyn Fn(&PointCloud<f32>) -> Result<f64, topolens::Error>| match &weights {
        Ok(weights) => measure(weights).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let nc3 = measured(&|weights| self_duality(cloud, labels, weights));
    let nc4 = measured(&|weights| nearest_mean_disagreement(cloud, labels, weights, &biases));
    [("nc3", nc3), ("nc4", nc4)].map(|(descriptor, found)| row(layer, sample, descriptor, found)).to_vec()
}

fn row(layer: &LayerCloud, sample: Sample<'_>, descriptor: &str, found: Result<f64, String>) -> Row {
    let (value, reason) = match found {
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason)),
    };
    Row {
        layer: layer.layer.clone(),
        layer_index: layer.layer_index,
        depth: layer.depth,
        epoch: sample.epoch,
        class: Scope::Global,
        descriptor: descriptor.to_owned(),
        homology_dimension: None,
        value,
        lower: None,
        upper: None,
        n_points: layer.cloud.n_points(),
        n_features: layer.cloud.n_features(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two classes whose means are (±1, 0); the classifier points to them, its bias moves the border past one of four points.
    #[test]
    fn the_classifier_is_held_against_the_means() {
        let values = vec![-1.5, 0.0, -0.5, 0.0, 0.5, 0.0, 1.5, 0.0];
        let cloud = PointCloud::new(values, 4, 2).unwrap();
        let layer = |layer_index| LayerCloud {
            layer: "last".to_owned(),
            layer_index,
            depth: 0.9,
            cloud: cloud.clone(),
        };
        let names = ["a".to_owned(), "b".to_owned()];
        let sample = Sample { labels: &[0, 0, 1, 1], class_names: &names, epoch: Some(2) };
        let classifier =
            Classifier { features: 5, weights: vec![-2.0, 0.0, 2.0, 0.0], biases: vec![0.0, 3.0] };
        let rows = classifier_rows(&classifier, &[layer(4), layer(5)], sample);
        assert_eq!(rows.len(), 2);
        assert!(rows[0].value.unwrap() < 1e-12 && rows[0].layer_index == 5);
        assert_eq!((rows[1].descriptor.as_str(), rows[1].value), ("nc4", Some(0.25)));
        assert!(classifier_rows(&classifier, &[layer(4)], sample).is_empty());
        let other = Classifier { weights: vec![0.0; 6], ..classifier };
        assert!(classifier_rows(&other, &[layer(5)], sample).is_empty());
    }
}
