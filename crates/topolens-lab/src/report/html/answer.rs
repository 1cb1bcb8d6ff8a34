//! The answer in two sentences, computed from the numbers.

use super::glossary::Terms;
use crate::profile::course::{Course, course_of_e0};
use crate::profile::curve::{Quantity, are_apart, curve, epochs, interval, value};
use crate::profile::separation::{OVER_NULL, Verdict, controls, separation};
use crate::profile::{Row, Scope};
use crate::report::number::{depth, epoch_name, estimate, percentage};

pub(crate) fn section(rows: &[Row]) -> String {
    let epochs = epochs(rows);
    let Some(&epoch) = epochs.last() else {
        return "<section id=\"answer\">\n<h2>Answer</h2>\n<p>Nothing was measured.</p>\n</section>\n"
            .to_owned();
    };
    let mut terms = Terms::default();
    let shape = shape_sentence(rows, epoch) + &held_against(rows, epoch).unwrap_or_default();
    let dimension = dimension_sentence(rows, epoch);
    format!(
        "<section id=\"answer\">\n<h2>Answer</h2>\n<p>{}</p>\n<p>{}</p>\n{}<p class=\"remark\">Brackets hold 95 % \
         intervals.</p>\n</section>\n",
        terms.marked(&shape),
        terms.marked(&dimension),
        training_sentence(rows, &epochs)
            .map(|told| format!("<p>{}</p>\n", terms.marked(&told)))
            .unwrap_or_default()
    )
}

/// What training does to E0 at the last layer; `None` with fewer than two epochs.
fn training_sentence(rows: &[Row], epochs: &[Option<usize>]) -> Option<String> {
    let (&first, &last) = (epochs.first()?, epochs.last()?);
    let ((before, scope), (after, _)) = (course_of_e0(rows, first)?, course_of_e0(rows, last)?);
    let (before, after) = (before.last, after.last);
    let whose = if scope == Scope::Local { "the classes' mean E₀" } else { "E₀ of all classes together" };
    (first != last).then(|| {
        format!(
            "With training, {whose} at the last layer goes from {} at {} to {} at {}{}.",
            shown(before),
            epoch_name(first),
            shown(after),
            epoch_name(last),
            if may_be_equal(before, after) {
                ": the intervals overlap, so the two epochs cannot be told apart"
            } else {
                ""
            }
        )
    })
}

fn shape_sentence(rows: &[Row], epoch: Option<usize>) -> String {
    let Some((course, scope)) = course_of_e0(rows, epoch) else {
        return "The lifespans sum E₀ has no value at any layer, so nothing can be said about shape."
            .to_owned();
    };
    let whose = if scope == Scope::Local { "the classes' mean E₀" } else { "E₀ of all classes together" };
    sentence(&format!("{whose} (the total length of the tree that joins the points)"), course, epoch)
}

/// Whether the fall of E0 is one of shape; `None` where it does not fall.
fn held_against(rows: &[Row], epoch: Option<usize>) -> Option<String> {
    let found = separation(rows, epoch)?;
    let over_null = controls(rows, epoch).into_iter().find(|(name, _)| *name == OVER_NULL);
    let course = over_null.map(|(_, [from, to])| format!("from {} to {}", shown(from), shown(to)));
    let course = course.unwrap_or_default();
    Some(match found.verdict() {
        Verdict::Beyond => format!(
            " E₀ / null, which divides width and spread out, falls too, {course}: more than a narrower layer or smaller clusters."
        ),
        Verdict::OverNullKept => format!(
            " But E₀ / null, which divides width and spread out, does not fall with it, {course}: this is no evidence of simpler shape."
        ),
        Verdict::Separated | Verdict::WithinKept => {
            " But classes that draw together explain it: this is no evidence of simpler shape.".to_owned()
        }
        Verdict::Open => {
            " E₀ / null was not measured: a narrower layer or smaller clusters may explain it.".to_owned()
        }
    })
}

fn dimension_sentence(rows: &[Row], epoch: Option<usize>) -> String {
    const CHOICES: [(&str, Option<usize>, &str); 3] = [
        ("ph-dimension", Some(0), "the persistent-homology dimension"),
        ("two-nn", None, "the TwoNN dimension"),
        ("mle", None, "the maximum-likelihood dimension"),
    ];
    let scopes = [(Scope::Global, "of all classes together"), (Scope::Local, "within classes")];
    let candidates = CHOICES.iter().flat_map(|choice| scopes.iter().map(move |scope| (choice, scope)));
    let found = candidates.into_iter().find_map(|((descriptor, dimension, name), (scope, whose))| {
        let course = Course::of(rows, Quantity::new(descriptor, *dimension), scope, epoch)?;
        let others = CHOICES.iter().filter(|other| other.0 != *descriptor);
        let told = others.filter_map(|(other, dimension, name)| {
            let rows = curve(rows, Quantity::new(other, *dimension), scope, epoch);
            let there = rows.into_iter().find(|row| row.layer_index == course.peak.layer_index)?;
            value(there).map(|_| format!("{name} {}", shown(there)))
        });
        let told: Vec<String> = told.collect();
        let beside = if told.is_empty() {
            String::new()
        } else {
            format!(" At layer {} other estimators give other numbers ({}): trust the course through the layers more than the number.", course.peak.layer, told.join(", "))
        };
        Some(sentence(&format!("{name} {whose}"), course, epoch) + &beside)
    });
    found.unwrap_or_else(|| "No intrinsic dimension has a value at any layer.".to_owned())
}

/// What a quantity does between its peak and the last layer, no more certain than its intervals.
fn sentence(subject: &str, course: Course<'_>, epoch: Option<usize>) -> String {
    let when = epoch.map_or_else(String::new, |_| format!("At {}, ", epoch_name(epoch)));
    let subject = if when.is_empty() { capitalised(subject) } else { subject.to_owned() };
    let Course { peak, last, .. } = course;
    if course.n_layers == 1 {
        return format!("{when}{subject} is {} at {}, the only layer measured.", shown(last), last.layer);
    }
    if peak.layer_index == last.layer_index {
        let doubt = if may_be_equal(course.first, last) {
            format!(
                "; the interval overlaps that of layer {}, {}, so the two layers cannot be told apart",
                course.first.layer,
                shown(course.first)
            )
        } else {
            String::new()
        };
        return format!(
            "{when}{subject} is highest at the last layer measured, {}: {}{doubt}.",
            last.layer,
            shown(last)
        );
    }
    let rise = if course.first.layer_index == peak.layer_index {
        String::new()
    } else {
        let doubt = if may_be_equal(course.first, peak) { ", not to be told from the peak," } else { "" };
        format!(" starts at {} (layer {}){doubt} and", shown(course.first), course.first.layer)
    };
    let places = format!(
        "{} at layer {} (depth {}) to {} at the last, {}",
        shown(peak),
        peak.layer,
        depth(peak.depth),
        shown(last),
        last.layer
    );
    match course.remaining_interval() {
        None => {
            let part = course.remaining().map(percentage).unwrap_or_default();
            format!(
                "{when}{subject}{rise} goes from {places}, {part} of it; without intervals nobody can say how sure this is."
            )
        }
        Some((_, most)) if most >= 1.0 => {
            format!(
                "{when}{subject}{rise} goes from {places}: the intervals overlap, so layers {} and {} cannot be told apart and no fall \
                 is established.",
                peak.layer, last.layer
            )
        }
        Some((least, most)) => {
            let part = course.remaining().map(percentage).unwrap_or_default();
            let range = format!("[{}, {}]", percentage(least), percentage(most));
            format!("{when}{subject}{rise} falls from {places}: {part} {range} of the peak remain.")
        }
    }
}

/// Whether the intervals of two rows overlap.
fn may_be_equal(a: &Row, b: &Row) -> bool {
    are_apart(interval(a), interval(b)) == Some(false)
}

fn shown(row: &Row) -> String {
    value(row).map_or_else(|| "undefined".to_owned(), |value| estimate(value, interval(row)))
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::course::E0;
    use crate::report::fixture::report;

    fn with_curve(values: &[f64], half_width: Option<f64>) -> Vec<Row> {
        let rows = report(values.len(), &[Some(9)], 0).rows;
        let local = rows.into_iter().filter(|row| row.class == Scope::Local && Quantity::of(row) == E0);
        let set = |(row, &value): (Row, &f64)| Row {
            value: Some(value),
            lower: half_width.map(|half| value - half),
            upper: half_width.map(|half| value + half),
            ..row
        };
        local.zip(values).map(set).collect()
    }

    #[test]
    fn a_fall_is_told_with_its_uncertainty() {
        let told = shape_sentence(&with_curve(&[300.0, 400.0, 40.0], Some(10.0)), Some(9));
        assert!(told.starts_with("At epoch 9, the classes' mean E₀"), "{told}");
        assert!(told.contains(" starts at 300 [290, 310] (layer block1) and falls from 400"), "{told}");
        assert!(
            told.contains(
                "falls from 400 [390, 410] at layer block2 (depth 0.67) to 40 [30, 50] at the last, block3"
            ),
            "{told}"
        );
        assert!(told.ends_with("10\u{a0}% [7.3\u{a0}%, 13\u{a0}%] of the peak remain."), "{told}"); // 40/400 [30/410, 50/390]
    }

    #[test]
    fn overlapping_or_missing_intervals_establish_nothing() {
        let falls = shape_sentence(&with_curve(&[50.0, 45.0], Some(10.0)), Some(9));
        assert!(
            falls.contains("so layers block1 and block2 cannot be told apart and no fall is established"),
            "{falls}"
        );
        let rises = shape_sentence(&with_curve(&[45.0, 50.0, 5.0], Some(3.0)), Some(9));
        assert!(rises.contains("(layer block1), not to be told from the peak, and falls"), "{rises}");
        assert!(shape_sentence(&with_curve(&[50.0, 5.0], None), Some(9)).contains("without intervals"));
    }

    #[test]
    fn training_is_told_from_two_epochs_on() {
        let rows = report(3, &[Some(0), Some(2), Some(9)], 0).rows;
        assert_eq!(
            training_sentence(&rows, &epochs(&rows)).unwrap(),
            "With training, the classes' mean E₀ at the last layer goes from 423 [402, 449] at epoch 0 (untrained) to \
             70 [67, 74] at epoch 9."
        );
        let alike: Vec<Row> = report(3, &[Some(0)], 0)
            .rows
            .into_iter()
            .flat_map(|row| [Row { epoch: Some(1), ..row.clone() }, row])
            .collect();
        let told = training_sentence(&alike, &epochs(&alike)).unwrap();
        assert!(told.ends_with(": the intervals overlap, so the two epochs cannot be told apart."), "{told}");
        assert_eq!(training_sentence(&rows, &[Some(9)]), None);
        assert_eq!(training_sentence(&[], &[]), None);
    }

    #[test]
    fn a_fall_is_held_against_the_null() {
        let over_null = |rows: &[Row], values: [f64; 2]| -> Vec<Row> {
            let set = |(row, value): (&Row, f64)| Row {
                descriptor: "lifespans-sum-over-null".to_owned(),
                value: Some(value),
                lower: Some(value - 0.01),
                upper: Some(value + 0.01),
                ..row.clone()
            };
            rows.iter().zip(values).map(set).chain(rows.iter().cloned()).collect()
        };
        let falls = with_curve(&[400.0, 40.0], Some(10.0));
        assert!(held_against(&falls, Some(9)).unwrap().contains("was not measured"));
        let kept = held_against(&over_null(&falls, [0.7, 0.75]), Some(9)).unwrap();
        assert!(kept.contains("does not fall with it, from 0.700 [0.690, 0.710] to 0.750"), "{kept}");
        assert!(kept.ends_with("this is no evidence of simpler shape."), "{kept}");
        let beyond = held_against(&over_null(&falls, [0.9, 0.2]), Some(9)).unwrap();
        assert!(beyond.contains("falls too, from 0.900"), "{beyond}");
        assert_eq!(held_against(&with_curve(&[40.0, 400.0], Some(10.0)), Some(9)), None);
    }

    #[test]
    fn a_rise_and_a_single_layer_are_no_fall() {
        let rise = shape_sentence(&with_curve(&[5.0, 50.0], Some(1.0)), Some(9));
        assert!(rise.ends_with("highest at the last layer measured, block2: 50.0 [49.0, 51.0]."), "{rise}");
        let unsure = shape_sentence(&with_curve(&[5.0, 6.0], Some(2.0)), Some(9));
        assert!(
            unsure.ends_with(
                "overlaps that of layer block1, 5.0 [3.0, 7.0], so the two layers cannot be told apart."
            ),
            "{unsure}"
        );
        let single = shape_sentence(&with_curve(&[5.0], Some(1.0)), Some(9));
        assert!(single.ends_with("is 5.0 [4.0, 6.0] at block1, the only layer measured."), "{single}");
    }

    #[test]
    fn the_dimension_falls_back_on_what_was_measured() {
        let mut rows = report(4, &[None], 2).rows;
        assert!(
            dimension_sentence(&rows, None)
                .starts_with("The persistent-homology dimension of all classes together")
        );
        rows.retain(|row| row.descriptor != "ph-dimension");
        assert!(dimension_sentence(&rows, None).starts_with("The TwoNN dimension of all classes together"));
        rows.retain(|row| row.class != Scope::Global);
        assert!(dimension_sentence(&rows, None).starts_with("The TwoNN dimension within classes"));
        assert_eq!(dimension_sentence(&[], None), "No intrinsic dimension has a value at any layer.");
    }
}
