//! One quantity against another, a mark per network.

use super::axis::Axis;
use super::frame::Frame;
use super::legend::{Entry, Legend, Marker};
use super::numbers::Numbers;
use super::palette::level_color;
use super::scene::Scene;
use super::size::Size;
use crate::report::number::six_digits;

/// Marks of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub(crate) label: String,
    /// Across and up.
    pub(crate) points: Vec<(f64, f64)>,
}

/// Everything drawn in one scatter plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScatterPlot {
    pub(crate) description: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) groups: Vec<Group>,
    /// Whether both axes show the same quantity, with the line on which they are equal.
    pub(crate) with_diagonal: bool,
}

/// Draws the marks; axes begin where the points do.
pub(crate) fn scatter(plot: &ScatterPlot, size: Size) -> Scene {
    let mut scene = Scene::new(&plot.description, size);
    let entries = plot.groups.iter().enumerate().map(|(position, group)| Entry {
        marker: Some(Marker::of(position)),
        joined: false,
        color: level_color(position),
        label: group.label.clone(),
    });
    let legend = Legend::new(entries.collect(), size);
    let all = || plot.groups.iter().flat_map(|group| &group.points);
    let (mut xs, mut ys): (Vec<f64>, Vec<f64>) = all().copied().unzip();
    if plot.with_diagonal {
        xs.extend_from_slice(&ys);
        ys.clone_from(&xs);
    }
    let frame = Frame::new(size, legend.height, Axis::around(&xs), Some(Axis::around(&ys)));
    scene.numbers = numbers(plot);
    legend.draw(&mut scene);
    frame.draw(&mut scene, &plot.x_label, &plot.y_label);
    if plot.with_diagonal && !xs.is_empty() {
        let ends = [f64::INFINITY, f64::NEG_INFINITY];
        let [low, high] = xs.iter().fold(ends, |[low, high], x| [low.min(*x), high.max(*x)]);
        scene.line(frame.at(low, low), frame.at(high, high), super::scene::Stroke::dashed(super::GREY, 0.8));
    }
    if xs.is_empty() {
        frame.remark(&mut scene, "nothing to show");
    }
    for (position, group) in plot.groups.iter().enumerate() {
        let mark =
            |&(x, y): &(f64, f64)| Marker::of(position).shape(frame.at(x, y), 3.0, level_color(position));
        scene.shapes.extend(group.points.iter().map(mark));
    }
    scene
}

/// A row for each mark.
fn numbers(plot: &ScatterPlot) -> Numbers {
    let header = vec!["group".to_owned(), plot.x_label.clone(), plot.y_label.clone()];
    let rows = plot.groups.iter().flat_map(|group| {
        group.points.iter().map(|&(x, y)| vec![group.label.clone(), six_digits(x), six_digits(y)])
    });
    Numbers::new(header, rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::{Shape, to_svg};

    #[test]
    fn marks_are_inside_and_groups_are_named() {
        let group = |label: &str, shift: f64| Group {
            label: label.to_owned(),
            points: (0..5).map(|i| (0.2 + 0.01 * f64::from(i), 300.0 + shift + f64::from(i))).collect(),
        };
        let mut plot = ScatterPlot {
            description: "E0 against the test error".to_owned(),
            x_label: "Test error".to_owned(),
            y_label: "E₀".to_owned(),
            groups: vec![group("resnet8", 0.0), group("resnet20", 20.0)],
            with_diagonal: false,
        };
        let drawn = scatter(&plot, Size::COLUMN);
        let svg = to_svg(&drawn);
        assert!(svg.contains(">resnet8<") && svg.contains(">resnet20<") && svg.contains("Test error"));
        let dots: Vec<_> = drawn
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Dots { centres, .. } => Some(centres[0]),
                _ => None,
            })
            .collect();
        // One in the legend.
        assert_eq!(dots.len(), 6);
        assert!(
            dots.iter()
                .all(|(x, y)| (0.0..=Size::COLUMN.width).contains(x)
                    && (0.0..=Size::COLUMN.height).contains(y))
        );
        // The points use the frame, although they are far from zero.
        assert!((dots[1].0 - dots[5].0).abs() > 0.4 * Size::COLUMN.width);
        assert_eq!(drawn.numbers.header, ["group", "Test error", "E₀"]);
        assert_eq!(drawn.numbers.rows[5], ["resnet20", "0.2", "320"]);
        plot.groups.clear();
        assert!(to_svg(&scatter(&plot, Size::COLUMN)).contains("nothing to show"));
    }
}
