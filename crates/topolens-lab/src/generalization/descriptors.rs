//! Descriptors of a profile as measures of a network.

use crate::profile::{Row, Scope};

/// The last layer before the output.
pub const LAST_HIDDEN: &str = "last-hidden";

/// What the course of a descriptor over the hidden layers is like: its highest value, the relative depth of that, and the value at the last
/// hidden layer over the highest.
const COURSE: [&str; 3] = ["peak", "peak-depth", "last-over-peak"];

/// Descriptors whose course is told, in homology dimension 0.
const WITH_COURSE: [&str; 2] = ["lifespans-sum", "ph-dimension"];

/// Whether errors are foretold from a measure: descriptors at the last hidden layer. The course over layers is listed only: which part of it
/// to take could be chosen by looking at the networks alone that the predictor is then judged on.
pub fn is_foretelling(name: &str) -> bool {
    let place = name.split_once('@').map_or("", |(_, place)| place);
    !name.starts_with("width@") && place == LAST_HIDDEN
}

/// Every descriptor of the last epoch at the last hidden layer, at the output, and at the layers nearest to the depths 0.1, 0.2, …, 0.9:
/// names such as `lifespans-sum-h0:local@last-hidden`, each with its value. Then of E0 and PHdim the course over the hidden layers: `@peak`,
/// `@peak-depth`, `@last-over-peak`.
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
    for descriptor in WITH_COURSE {
        for scope in [Scope::Global, Scope::Local] {
            let own = |row: &&&Row| {
                row.descriptor == descriptor && row.homology_dimension == Some(0) && row.class == scope
            };
            measures.extend(course(&rows.iter().filter(own).copied().collect::<Vec<_>>(), hidden));
        }
    }
    measures
}

/// The course of a descriptor over the hidden layers, from its rows; nothing if it was not measured there.
fn course(rows: &[&Row], hidden: &[(usize, f64)]) -> Vec<(String, Option<f64>)> {
    let own = hidden.iter().filter_map(|(layer, _)| rows.iter().find(|row| row.layer_index == *layer));
    let own: Vec<&&Row> = own.collect();
    let Some(last) = own.last() else { return Vec::new() };
    let value = |row: &Row| row.value.filter(|value| value.is_finite());
    let known = own.iter().filter_map(|row| Some((row.depth, value(row)?)));
    let peak = known.reduce(|peak, other| if other.1 > peak.1 { other } else { peak });
    let share = peak.zip(value(last)).map(|((_, peak), last)| last / peak).filter(|share| share.is_finite());
    let values = [peak.map(|(_, value)| value), peak.map(|(depth, _)| depth), share];
    COURSE.iter().zip(values).map(|(place, value)| (format!("{}@{place}", name(last)), value)).collect()
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

    #[test]
    fn the_course_over_hidden_layers_has_a_peak_and_a_fall() {
        let row = |layer: usize, value: Option<f64>| Row {
            homology_dimension: Some(0),
            value,
            ..example(layer, "ph-dimension", 0.0)
        };
        let of = |values: &[Option<f64>], place: &str| {
            let rows: Vec<Row> = values.iter().enumerate().map(|(layer, value)| row(layer, *value)).collect();
            let found = descriptor_measures(&rows);
            let name = format!("ph-dimension-h0:global@{place}");
            found.into_iter().find(|(found, _)| *found == name).unwrap().1
        };
        // The output, which is the highest, is no hidden layer.
        let values = [Some(3.0), Some(8.0), None, Some(8.0), Some(2.0), Some(99.0)];
        assert_eq!(of(&values, "peak"), Some(8.0));
        assert!((of(&values, "peak-depth").unwrap() - 0.2).abs() < 1e-12);
        assert_eq!(of(&values, "last-over-peak"), Some(0.25));
        let without_last = [Some(3.0), None, Some(1.0)];
        assert_eq!((of(&without_last, "peak"), of(&without_last, "last-over-peak")), (Some(3.0), None));
        assert!(!is_foretelling("ph-dimension-h0:global@peak"));
        assert!(is_foretelling("nc1:global@last-hidden") && !is_foretelling("width@last-hidden"));
        assert!(!is_foretelling("nc1:global@0.5") && !is_foretelling("weight-norm"));
    }
}
