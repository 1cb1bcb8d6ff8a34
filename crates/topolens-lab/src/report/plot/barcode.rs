//! A barcode: each interval a bar from birth to death.

use topolens::{Diagram, Interval};

use super::frame::Frame;
use super::palette::{BLACK, homology_color};
use super::persistence::{count_label, filtration_axis, last_value, longest, numbers};
use super::scene::{Anchor, Color, Scene, Shape};
use super::size::Size;

/// The most bars drawn in each homology dimension; the longest are kept.
const MOST_BARS: usize = 20;

/// The shortest bar, which can still be seen.
const SHORTEST: f64 = 0.7;

/// Draws the longest bars of each homology dimension, the longest on top; the heading says how many there are in all.
///
/// An essential class ends in an arrow at the right edge.
pub(crate) fn barcode(description: &str, diagrams: &[Diagram], size: Size) -> Scene {
    let mut scene = Scene::new(description, size);
    scene.numbers = numbers(diagrams);
    let drawn: Vec<Vec<Interval>> = diagrams.iter().map(|diagram| longest(diagram, MOST_BARS)).collect();
    let last = drawn.iter().map(|intervals| last_value(intervals)).fold(0.0, f64::max);
    let frame = Frame::new(size, 0.0, filtration_axis(last), None);
    frame.draw(&mut scene, "Filtration value", "");
    if diagrams.is_empty() {
        frame.remark(&mut scene, "no intervals");
    }
    let n_bars = drawn.iter().map(Vec::len).sum::<usize>().max(1) as f64;
    let heading = 1.5 * f64::from(size.text);
    let pitch = (frame.bottom - 4.0 - heading * diagrams.len() as f64) / n_bars;
    let mut top = 0.0;
    for (diagram, intervals) in diagrams.iter().zip(&drawn) {
        top += heading;
        let label = count_label(diagram, intervals.len());
        scene.text((frame.left, top - 0.35 * f64::from(size.text)), label, Anchor::Start, BLACK);
        let color = homology_color(diagram.homology_dimension());
        for interval in intervals {
            draw_bar(&mut scene, &frame, interval, (top + 0.5 * pitch, pitch.min(8.0)), color);
            top += pitch;
        }
    }
    scene
}

fn draw_bar(scene: &mut Scene, frame: &Frame, interval: &Interval, (y, pitch): (f64, f64), color: Color) {
    let from = frame.across(interval.birth);
    let to = if interval.is_essential() {
        let (tip, half) = (frame.right, (0.7 * pitch).max(2.5));
        let points = vec![(tip, y), (tip - 1.6 * half, y - half), (tip - 1.6 * half, y + half)];
        scene.shapes.push(Shape::Polygon { points, color, opacity: 1.0 });
        tip - half
    } else {
        frame.across(interval.death)
    };
    // A rectangle: the ends of a line may be drawn round, past birth and death.
    let (to, half) = (to.max(from + SHORTEST), (0.3 * pitch).max(0.35));
    let points = vec![(from, y - half), (to, y - half), (to, y + half), (from, y + half)];
    scene.shapes.push(Shape::Polygon { points, color, opacity: 1.0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::to_svg;

    fn diagram(homology_dimension: usize, ends: &[(f64, f64)]) -> Diagram {
        let intervals = ends.iter().map(|&(birth, death)| Interval { birth, death }).collect();
        Diagram::new(homology_dimension, intervals)
    }

    /// Left end, right end and height of each bar.
    fn bars(scene: &Scene, homology_dimension: usize) -> Vec<(f64, f64, f64)> {
        let color = homology_color(homology_dimension);
        let bar = |shape: &Shape| match shape {
            Shape::Polygon { points, color: filled, .. } if points.len() == 4 && *filled == color => {
                Some((points[0].0, points[1].0, f64::midpoint(points[0].1, points[2].1)))
            }
            _ => None,
        };
        scene.shapes.iter().filter_map(bar).collect()
    }

    #[test]
    fn longest_on_top_and_lengths_are_to_scale() {
        let scene = barcode("b", &[diagram(1, &[(1.0, 2.0), (1.0, 4.0), (2.0, 4.0)])], Size::SQUARE);
        let bars = bars(&scene, 1);
        let lengths: Vec<f64> = bars.iter().map(|(from, to, _)| to - from).collect();
        assert!((lengths[0] / lengths[2] - 3.0).abs() < 1e-9 && (lengths[1] / lengths[2] - 2.0).abs() < 1e-9);
        assert!(bars.windows(2).all(|pair| pair[0].2 < pair[1].2));
    }

    #[test]
    fn bars_of_all_dimensions_stay_between_heading_and_axis() {
        let many: Vec<(f64, f64)> = (0..500).map(|at| (0.0, 1.0 + f64::from(at))).collect();
        for size in [Size::COLUMN, Size::SMALL, Size::SQUARE] {
            let diagrams = [diagram(0, &many), diagram(1, &many), diagram(2, &many)];
            let scene = barcode("b", &diagrams, size);
            for dimension in 0..3 {
                let bars = bars(&scene, dimension);
                assert_eq!(bars.len(), MOST_BARS);
                assert!(bars.iter().all(|bar| bar.2 > 12.0 && bar.2 < size.height - 35.0), "{bars:?}");
            }
            assert!(to_svg(&scene).contains("H₂: longest 20 of 500"));
        }
    }

    #[test]
    fn the_shortest_bar_can_be_seen() {
        let scene = barcode("b", &[diagram(1, &[(1.0, 4.0), (1.0, 1.0 + 1e-9)])], Size::SQUARE);
        assert!((bars(&scene, 1)[1].1 - bars(&scene, 1)[1].0 - SHORTEST).abs() < 1e-9);
    }

    #[test]
    fn an_essential_class_has_an_arrow() {
        let with = barcode("b", &[diagram(0, &[(0.0, 1.0), (0.0, f64::INFINITY)])], Size::SMALL);
        let without = barcode("b", &[diagram(0, &[(0.0, 1.0)])], Size::SMALL);
        let is_arrow = |shape: &&Shape| matches!(shape, Shape::Polygon { points, .. } if points.len() == 3);
        let arrows = |scene: &Scene| scene.shapes.iter().filter(is_arrow).count();
        assert_eq!((arrows(&with), arrows(&without)), (1, 0));
    }

    #[test]
    fn nothing_measured_is_a_picture_too() {
        assert!(to_svg(&barcode("b", &[], Size::SMALL)).contains("no intervals"));
        assert!(to_svg(&barcode("b", &[diagram(1, &[])], Size::SMALL)).contains("H₁: 0"));
    }
}
