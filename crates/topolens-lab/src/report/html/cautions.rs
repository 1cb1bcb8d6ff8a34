//! What to know before trusting the curves.

use std::fmt::Write;

use super::glossary::Terms;
use crate::profile::curve::{epochs, interval, value};
use crate::profile::separation::{KEPT, Separation, Verdict, controls, separation};
use crate::profile::{Row, Scope, told_separation, told_share};
use crate::report::number::{estimate, percentage, plain};
use crate::report::profile_report::ProfileReport;

pub(crate) fn section(report: &ProfileReport) -> String {
    let rows = &report.rows;
    let epoch = epochs(rows).last().copied().flatten();
    let found = [
        separation_with_controls(rows, epoch),
        sample(rows),
        high_dimension(rows),
        undefined(rows),
        intervals(rows),
        scope(rows),
    ];
    // The warning about the last epoch says less than the first caution.
    let repeated = told_separation(rows, epoch);
    let notes = report.notes.iter().filter(|note| Some(*note) != repeated.as_ref());
    let cautions = found.iter().flatten().chain(notes);
    let (mut items, mut terms) = (String::new(), Terms::default());
    for caution in cautions {
        let _ = writeln!(items, "<li>{}</li>", terms.marked(caution));
    }
    if items.is_empty() {
        return String::new();
    }
    format!("<section id=\"cautions\">\n<h2>Before trusting it</h2>\n<ul>\n{items}</ul>\n</section>\n")
}

/// Whether the fall of E0 is more than classes drawing apart: what the controls do from the same layer on.
fn separation_with_controls(rows: &[Row], epoch: Option<usize>) -> Option<String> {
    let found = separation(rows, epoch)?;
    let told = controls(rows, epoch).into_iter().map(|(name, [from, to])| {
        let shown = |row: &Row| value(row).map_or_else(String::new, |value| estimate(value, interval(row)));
        format!("{name} goes from {} to {}", shown(from), shown(to))
    });
    let told: Vec<String> = told.chain(found.share.map(told_share)).collect();
    if told.is_empty() {
        return Some(
            "Separation: E₀ falls, but neither E₀ / null nor NC1 was measured, so classes that merely draw apart cannot \
             be told from simpler shape."
                .to_owned(),
        );
    }
    let part = percentage(found.sum.kept());
    let verdict = told_verdict(&found);
    Some(format!("Separation: E₀ falls to {part} of its peak. Meanwhile {}. {verdict}", told.join("; ")))
}

fn told_verdict(found: &Separation) -> String {
    const NO_EVIDENCE: &str = "The fall of E₀ is no evidence of simpler shape.";
    match found.verdict() {
        Verdict::Separated => format!("Classes that only draw apart would make most of the fall. {NO_EVIDENCE}"),
        Verdict::OverNullKept => {
            let explained = if found.width.kept() < 1.0 {
                "clusters that shrink, or the narrower layer, explain the fall (which of them is not told apart here)"
            } else {
                "clusters that shrink explain the fall"
            };
            let narrow = if found.within.is_some_and(|within| within.kept() < KEPT) && found.width.kept() < 1.0 {
                " Nor is that of the dimension within classes by itself: it cannot exceed the number of features."
            } else {
                ""
            };
            format!("E₀ / null does not fall with it: {explained}. {NO_EVIDENCE}{narrow}")
        }
        Verdict::WithinKept => {
            format!(
                "The dimension within classes does not fall with it: classes that draw together explain the fall. {NO_EVIDENCE}"
            )
        }
        Verdict::Beyond => "E₀ falls beyond what spread and width explain. That is consistent with simpler shape; it does not prove it, \
                            since separation acts on E₀ as well."
            .to_owned(),
        Verdict::Open => "E₀ / null was not measured: spread and separation are not ruled out.".to_owned(),
    }
}

/// How many points the clouds have, which every lifespans sum depends on.
fn sample(rows: &[Row]) -> Option<String> {
    let of = |wanted: fn(&Scope) -> bool| {
        let sizes = || rows.iter().filter(|row| wanted(&row.class)).map(|row| row.n_points);
        let (least, most) = (sizes().min()?, sizes().max()?);
        Some(if least == most { most.to_string() } else { format!("{least} to {most}") })
    };
    let all =
        of(|scope| *scope == Scope::Global).map(|n| format!("that of all classes together holds {n} points"));
    let single = of(|scope| matches!(scope, Scope::Class(_))).map(|n| format!("that of a single class {n}"));
    let told: Vec<String> = all.into_iter().chain(single).collect();
    (!told.is_empty()).then(|| {
        format!(
            "Sample: of the clouds, {}. E grows with the number of points: compare it only with clouds of as many.",
            told.join(", ")
        )
    })
}

fn high_dimension(rows: &[Row]) -> Option<String> {
    const BIASED_ABOVE: f64 = 10.0;
    let neighbours = rows.iter().filter(|row| ["mle", "two-nn"].contains(&row.descriptor.as_str()));
    let highest = neighbours.filter_map(|row| Some((value(row)?, row))).max_by(|a, b| a.0.total_cmp(&b.0));
    highest.filter(|(value, _)| *value > BIASED_ABOVE).map(|(highest, row)| {
        format!(
            "Bias: intrinsic dimensions up to {} ({} of {} at layer {}) were estimated from neighbours. Above about 10 such estimates are \
             too low, and their intervals do not say so; the PH dimension comes out low there too. Compare layers, do not quote the number.",
            plain(highest),
            row.descriptor,
            told_cloud(&row.class),
            row.layer
        )
    })
}

fn told_cloud(scope: &Scope) -> String {
    match scope {
        Scope::Global => "all classes".to_owned(),
        Scope::Local => "the mean class".to_owned(),
        Scope::Class(name) => format!("class {name}"),
    }
}

fn undefined(rows: &[Row]) -> Option<String> {
    let n_undefined = rows.iter().filter(|row| value(row).is_none()).count();
    (n_undefined > 0).then(|| {
        format!(
            "Gaps: {n_undefined} of {} values are undefined; the tables below give the reasons.",
            rows.len()
        )
    })
}

/// What the intervals are, and are not.
fn intervals(rows: &[Row]) -> Option<String> {
    let has_means = rows.iter().any(|row| row.class == Scope::Local && interval(row).is_some());
    let of_means =
        if has_means { "that of a mean of classes says how classes differ (t interval); " } else { "" };
    rows.iter().any(|row| interval(row).is_some()).then(|| {
        format!(
            "Intervals: {of_means}that of one cloud comes from half samples of its points, or from the estimator's own theory. None covers \
             another training seed, or that many layers and quantities are looked at."
        )
    })
}

/// What no profile of one network says.
fn scope(rows: &[Row]) -> Option<String> {
    let epochs = epochs(rows);
    let training = match epochs[..] {
        [Some(_)] => "Only one epoch was measured: nothing here says what training did. ",
        _ => "",
    };
    (!rows.is_empty()).then(|| {
        format!(
            "Scope: {training}One network was measured: nothing here says how another seed would come out, or how well the network generalises."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    /// A profile whose E0 falls from 100 to 10, with controls at the peak and at the end.
    fn rows(over_null: Option<[f64; 2]>, within: Option<[f64; 2]>) -> Vec<Row> {
        let mut rows = report(2, &[Some(5)], 0).rows;
        let mut set = |descriptor: &str, scope: Scope, values: Option<[f64; 2]>| {
            for row in &mut rows {
                if row.descriptor == descriptor && row.class == scope {
                    row.value = values.map(|values| values[row.layer_index]);
                }
            }
        };
        set("lifespans-sum", Scope::Local, Some([100.0, 10.0]));
        set("lifespans-sum-over-null", Scope::Local, over_null);
        set("two-nn", Scope::Local, within);
        set("nc1", Scope::Global, None);
        rows
    }

    fn told(over_null: Option<[f64; 2]>, within: Option<[f64; 2]>) -> String {
        separation_with_controls(&rows(over_null, within), Some(5)).unwrap()
    }

    #[test]
    fn a_fall_that_the_null_explains_is_no_evidence() {
        let told = told(Some([0.9, 0.85]), Some([20.0, 3.0]));
        assert!(told.contains("10\u{a0}% of its peak. Meanwhile E₀ / null goes from 0.9"), "{told}");
        assert!(told.contains("E₀ / null does not fall with it"), "{told}");
        let mut narrowing = rows(Some([0.9, 0.85]), Some([20.0, 3.0]));
        let last = narrowing.iter().map(|row| row.layer_index).max().unwrap();
        narrowing.iter_mut().filter(|row| row.layer_index == last).for_each(|row| row.n_features = 2);
        let told = separation_with_controls(&narrowing, Some(5)).unwrap();
        assert!(told.ends_with("it cannot exceed the number of features."), "{told}");
        for row in narrowing.iter_mut().filter(|row| row.descriptor == "two-nn" && row.layer_index == last) {
            (row.value, row.lower, row.upper) = (Some(19.0), Some(18.0), Some(20.0));
        }
        let told = separation_with_controls(&narrowing, Some(5)).unwrap();
        assert!(!told.contains("cannot exceed"), "{told}");
    }

    #[test]
    fn shrinking_clusters_of_the_same_shape_are_no_evidence() {
        assert!(
            told(Some([0.9, 0.3]), Some([50.0, 49.0]))
                .contains("classes that draw together explain the fall")
        );
    }

    #[test]
    fn a_fall_beyond_the_controls_is_consistent_with_simpler_shape() {
        assert!(told(Some([0.9, 0.3]), Some([20.0, 5.0])).contains("consistent with simpler shape"));
        assert!(told(Some([0.9, 0.3]), None).contains("consistent with simpler shape"));
    }

    #[test]
    fn without_controls_nothing_is_ruled_out() {
        assert!(told(None, Some([20.0, 5.0])).contains("not ruled out"));
        assert!(told(None, None).contains("cannot be told"));
    }

    #[test]
    fn no_fall_needs_no_explanation() {
        let mut rows = rows(Some([0.9, 0.9]), None);
        rows.iter_mut().filter(|row| row.descriptor == "lifespans-sum").for_each(|row| row.value = Some(7.0));
        assert_eq!(separation_with_controls(&rows, Some(5)), None);
    }

    #[test]
    fn the_size_of_clouds_is_always_told() {
        let mut rows = report(2, &[Some(1)], 1).rows;
        // A mean of classes counts the points of all of them.
        rows.iter_mut().filter(|row| row.class == Scope::Local).for_each(|row| row.n_points = 999);
        let told = sample(&rows).unwrap();
        assert!(
            told.contains("that of all classes together holds 1000 points, that of a single class 250."),
            "{told}"
        );
        assert_eq!(sample(&[]), None);
    }

    #[test]
    fn what_one_network_does_not_say_is_said() {
        let told = |epochs: &[Option<usize>]| scope(&report(2, epochs, 0).rows).unwrap();
        assert!(told(&[Some(5)]).contains("Only one epoch") && told(&[Some(5)]).contains("generalises"));
        assert!(
            !told(&[Some(0), Some(5)]).contains("Only one epoch")
                && !told(&[None]).contains("Only one epoch")
        );
        assert_eq!((scope(&[]), intervals(&[])), (None, None));
        let mut rows = report(2, &[Some(5)], 0).rows;
        assert!(intervals(&rows).unwrap().contains("how classes differ"));
        rows.retain(|row| row.class == Scope::Global);
        assert!(!intervals(&rows).unwrap().contains("how classes differ"));
    }

    #[test]
    fn high_dimensions_and_gaps_are_mentioned() {
        let rows = report(4, &[Some(1)], 1).rows;
        assert!(high_dimension(&rows).unwrap().contains("Above about 10"));
        assert_eq!(undefined(&rows).unwrap().split(';').next(), Some("Gaps: 8 of 96 values are undefined"));
        let defined: Vec<Row> = rows.into_iter().filter(|row| row.descriptor == "interval-count").collect();
        assert_eq!((high_dimension(&defined), undefined(&defined)), (None, None));
    }
}
