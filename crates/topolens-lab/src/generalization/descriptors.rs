//! Descriptors of a profile as measures of a network.

use crate::profile::{Row, Scope};

/// The last layer before the output.
pub const LAST_HIDDEN: &str = "last-hidden";

/// Every descriptor of the last epoch at the last hidden layer, at the output, and at the layers nearest to the depths 0.1, 0.2, …, 0.9:
/// names such as `lifespans-sum-h0:local@last-hidden`, each with its value.
///
/// Single classes are left out; their mean is the scope `local`.
pub fn descriptor_measures(rows: &[Row]) -> Vec<(String, Option<f64>)> {
    let last_epoch = rows.iter().filter_map(|row| row.epoch).max();
    let rows: Vec<&Row> =
        rows.iter().filter(|row| row.epoch == last_epoch && !matches!(row.class, Scope::Class(_))).collect();
    let layers = layers(&rows);
    let Some((output, hidden)) = layers.split_last() else { return Vec::new() };
    let mut measures = Vec::new();
    for (place, layer) in places(*output, hidden) {
        for row in rows.iter().filter(|row| row.layer_index == layer) {
            measures.push((format!("{}@{place}", name(row)), row.value.filter(|value| value.is_finite())));
        }
    }
    measures
}

/// Indices and depths of the layers, in order.
fn layers(rows: &[&Row]) -> Vec<(usize, f64)> {
    let mut layers: Vec<(usize, f64)> = rows.iter().map(|row| (row.layer_index, row.depth)).collect();
    layers.sort_by_key(|(index, _)| *index);
    layers.dedup_by_key(|(index, _)| *index);
    layers
}

/// Names of places and the layers there.
fn places(output: (usize, f64), hidden: &[(usize, f64)]) -> Vec<(String, usize)> {
    let mut places = Vec::new();
    for tenth in 1..10 {
        let depth = f64::from(tenth) / 10.0;
        let nearest = hidden.iter().min_by(|a, b| (a.1 - depth).abs().total_cmp(&(b.1 - depth).abs()));
        places.extend(nearest.map(|(layer, _)| (format!("0.{tenth}"), *layer)));
    }
    places.extend(hidden.last().map(|(layer, _)| (LAST_HIDDEN.to_owned(), *layer)));
    places.push(("output".to_owned(), output.0));
    places
}

fn name(row: &Row) -> String {
    let dimension = row.homology_dimension.map_or_else(String::new, |dimension| format!("-h{dimension}"));
    format!("{}{dimension}:{}", row.descriptor, row.class.label())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::row::example;

    #[test]
    fn layers_are_named_by_their_place() {
        let mut rows: Vec<Row> = (0..10).map(|layer| example(layer, "two-nn", layer as f64)).collect();
        rows.push(Row { epoch: Some(0), ..example(8, "two-nn", 77.0) });
        rows.push(Row { class: Scope::Class("a".into()), ..example(8, "mle", 77.0) });
        rows.push(Row {
            homology_dimension: Some(1),
            class: Scope::Local,
            ..example(8, "lifespans-sum", 5.0)
        });
        let found = descriptor_measures(&rows);
        let value =
            |name: &str| found.iter().find(|(found, _)| found == name).map(|(_, value)| value.unwrap());
        assert_eq!(value("two-nn:global@0.1"), Some(0.0));
        assert_eq!(value("two-nn:global@0.5"), Some(4.0));
        assert_eq!(value("two-nn:global@last-hidden"), Some(8.0));
        assert_eq!(value("two-nn:global@output"), Some(9.0));
        assert_eq!(value("lifespans-sum-h1:local@last-hidden"), Some(5.0));
        assert!(found.iter().all(|(_, value)| *value != Some(77.0)));
        assert!(descriptor_measures(&[]).is_empty());
    }
}
