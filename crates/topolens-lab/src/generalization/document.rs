//! Associations and predictions as JSON.

use serde_json::{Map, Value, json};
use topolens::statistics::Correlation;

use super::{Against, Association, Comparison, MeasureTable, Validation};

/// The content of `generalization.json`, schema `topolens.generalization/1`.
pub fn document(
    table: &MeasureTable,
    associations: &[Association],
    comparison: Option<&Comparison>,
    verdict: &[String],
) -> Value {
    let hyper_parameters: Vec<Value> = table
        .hyper_parameters
        .iter()
        .map(|hyper| json!({ "name": hyper.name, "levels": hyper.distinct() }))
        .collect();
    json!({
        "schema": "topolens.generalization/1",
        "n_networks": table.len(),
        "test_error": { "lowest": lowest(&table.test_error), "highest": highest(&table.test_error) },
        "hyper_parameters": hyper_parameters,
        "measures": associations.iter().map(|found| measure(table, found)).collect::<Vec<_>>(),
        "prediction": comparison.map(|comparison| prediction(table, comparison)),
        "verdict": verdict,
    })
}

fn lowest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn measure(table: &MeasureTable, found: &Association) -> Value {
    let mut value = against(table, &found.test_error);
    value.insert("measure".to_owned(), json!(found.measure));
    value.insert("kind".to_owned(), json!(found.kind.label()));
    value.insert("n_networks".to_owned(), json!(found.n_networks));
    value.insert("p_adjusted".to_owned(), json!(found.p_adjusted));
    value.insert(
        "gap".to_owned(),
        found.gap.as_ref().map_or(Value::Null, |gap| Value::Object(against(table, gap))),
    );
    Value::Object(value)
}

fn against(table: &MeasureTable, found: &Against) -> Map<String, Value> {
    let name = |at: usize| table.hyper_parameters.get(at).map(|hyper| hyper.name.clone());
    let granulated = found.granulated.as_ref().map(|granulated| {
        let axes: Map<String, Value> = granulated
            .axes
            .iter()
            .enumerate()
            .filter_map(|(at, axis)| Some((name(at)?, json!(axis))))
            .collect();
        json!({ "value": granulated.value, "axes": axes })
    });
    let information = found.information.as_ref().map(|information| {
        let given: Vec<String> = information.given.iter().filter_map(|&at| name(at)).collect();
        json!({ "value": information.value, "given": given })
    });
    let partial: Vec<Value> = found
        .partial
        .iter()
        .map(|partial| {
            let mut value = partial.correlation.map_or_else(
                || Map::from_iter([("value".to_owned(), Value::Null)]),
                |correlation| numbers(&correlation),
            );
            value.insert("given".to_owned(), json!(partial.given));
            Value::Object(value)
        })
        .collect();
    let Value::Object(value) = json!({
        "pearson": numbers(&found.pearson),
        "spearman": numbers(&found.spearman),
        "kendall": numbers(&found.kendall),
        "granulated_kendall": granulated,
        "partial": partial,
        "conditional_information": information,
    }) else {
        return Map::new();
    };
    value
}

fn numbers(correlation: &Correlation) -> Map<String, Value> {
    let Correlation { value, lower, upper, p_value, .. } = *correlation;
    let pairs = [("value", Some(value)), ("lower", lower), ("upper", upper), ("p_value", Some(p_value))];
    pairs.map(|(name, number)| (name.to_owned(), json!(number))).into_iter().collect()
}

fn prediction(table: &MeasureTable, comparison: &Comparison) -> Value {
    let validation = |found: &Validation| {
        let [value, lower, upper] = found.mean_absolute_error;
        json!({
            "name": found.name,
            "n_measures": found.n_measures,
            "mean_absolute_error": { "value": value, "lower": lower, "upper": upper },
        })
    };
    let networks: Vec<Value> = (0..table.len())
        .map(|row| {
            json!({
                "network": table.networks[row],
                "test_error": table.test_error[row],
                "predicted": comparison.descriptors.predicted[row],
            })
        })
        .collect();
    json!({
        "left_out": comparison.left_out,
        "descriptors": validation(&comparison.descriptors),
        "baselines": comparison.baselines.iter().map(validation).collect::<Vec<_>>(),
        "p_value": comparison.p_value,
        "networks": networks,
    })
}
