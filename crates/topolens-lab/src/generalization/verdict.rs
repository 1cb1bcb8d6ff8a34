//! What may be concluded, in plain words.

use super::{Association, Comparison, MeasureKind, correlation_text};

/// Sentences: which descriptor goes with the error, what is left of it given what confounds it, and whether descriptors foretell errors better than
/// the best baseline.
pub fn verdict(associations: &[Association], comparison: Option<&Comparison>) -> Vec<String> {
    let mut sentences = Vec::new();
    let best = |kind| associations.iter().find(|found| found.kind == kind);
    match best(MeasureKind::Descriptor) {
        Some(found) => sentences.extend(of_best(found)),
        None => sentences.push("No descriptor varies between the networks.".to_owned()),
    }
    if let Some(found) = best(MeasureKind::Baseline) {
        sentences.push(format!(
            "Without any cloud, {} has Spearman {} with the test error.",
            found.measure,
            correlation_text(found.test_error.spearman)
        ));
    }
    sentences.extend(comparison.map(of_comparison));
    sentences
}

fn of_best(found: &Association) -> Vec<String> {
    let is_sure = found.p_adjusted < 0.05;
    let mut sentences = vec![format!(
        "Of the descriptors, {} goes most with the test error over {} networks: Spearman {}; after \
         correction for all measures tried {} (p = {}).",
        found.measure,
        found.n_networks,
        correlation_text(found.test_error.spearman),
        if is_sure { "this is more than chance" } else { "chance explains as much" },
        if found.p_adjusted < 1e-3 {
            format!("{:.1e}", found.p_adjusted)
        } else {
            format!("{:.3}", found.p_adjusted)
        }
    )];
    let left = found.test_error.partial.iter().find(|partial| partial.given == "all");
    if let Some(correlation) = left.and_then(|partial| partial.correlation) {
        let raw = found.test_error.pearson.value;
        // Without an interval it is ±1.
        let is_left = correlation.lower.is_none_or(|lower| lower > 0.0)
            || correlation.upper.is_none_or(|upper| upper < 0.0);
        sentences.push(format!(
            "Given hyper-parameters, training error, NC1 and width together, its Pearson correlation goes from {raw:.2} to {}: {}.",
            correlation_text(correlation),
            if is_left {
                "something is left that they do not explain"
            } else {
                "what they do not explain may be nothing"
            }
        ));
    }
    sentences
}

fn of_comparison(comparison: &Comparison) -> String {
    let points = |validation: &super::Validation| {
        let [value, lower, upper] = validation.mean_absolute_error.map(|share| 100.0 * share);
        format!("{value:.1} points [{lower:.1}, {upper:.1}]")
    };
    let (own, best) = (&comparison.descriptors, &comparison.baselines[0]);
    let told = format!(
        "With each {} left out in turn, {} descriptors miss the test error by {} on average, the best baseline ({}) by {}",
        comparison.left_out,
        own.n_measures,
        points(own),
        best.name,
        points(best)
    );
    let p = comparison.p_value;
    if own.mean_absolute_error[0] >= best.mean_absolute_error[0] {
        format!("{told}. No: descriptors do not foretell generalisation better than the best baseline here.")
    } else if p >= 0.05 {
        format!("{told}. No: the difference may be chance (p = {p:.2}).")
    } else {
        format!("{told}. Yes: the difference is more than chance (p = {p:.4}), on these networks and data.")
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::example;
    use super::super::{associations, predict_errors};
    use super::*;

    #[test]
    fn yes_and_no_are_said() {
        let told = |table: &super::super::MeasureTable| {
            let comparison = predict_errors(table, &|name| name.ends_with("@last-hidden"), 0).unwrap();
            verdict(&associations(table).unwrap(), Some(&comparison)).join(" ")
        };
        let mut table = example(24);
        let yes = told(&table);
        assert!(
            yes.contains("signal@last-hidden") && yes.contains("Yes:") && yes.contains("weight-norm"),
            "{yes}"
        );
        table.measures.remove(0);
        let no = told(&table);
        assert!(no.contains("No:") && no.contains("chance explains as much"), "{no}");
        assert!(verdict(&[], None)[0].contains("No descriptor"));
        let mut table = example(24);
        table.measures[0].values = table.test_error.iter().copied().map(Some).collect();
        let exact = told(&table);
        assert!(exact.contains("Spearman 1.00;") && !exact.contains("Spearman 1.00 ["), "{exact}");
    }
}
