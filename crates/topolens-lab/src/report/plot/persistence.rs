//! A persistence diagram: death against birth.

use topolens::{Diagram, Interval};

use super::axis::Axis;
use super::frame::Frame;
use super::legend::{Entry, Legend, Marker};
use super::numbers::Numbers;
use super::palette::{BLACK, GREY, homology_color};
use super::scene::{Anchor, Scene, Shape, Stroke};
use super::size::Size;
use crate::report::number::six_digits;

/// The most intervals drawn in each homology dimension; the longest are kept.
const MOST_POINTS: usize = 400;

/// The symbol of a homology group, such as H₁.
///
/// # Examples
///
/// ```
/// assert_eq!(topolens_lab::report::homology_symbol(1), "H₁");
/// ```
pub fn homology_symbol(homology_dimension: usize) -> String {
    let low = |digit: char| char::from_u32(0x2080 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit);
    std::iter::once('H').chain(homology_dimension.to_string().chars().map(low)).collect()
}

/// The longest `most` intervals, essential classes first, then by falling lifespan; ties in the order of the diagram.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Interval};
/// use topolens_lab::report::longest;
///
/// let diagram = Diagram::new(0, [1.0, f64::INFINITY, 2.0].map(|death| Interval { birth: 0.0, death }).into());
/// assert!(longest(&diagram, 1)[0].is_essential());
/// ```
pub fn longest(diagram: &Diagram, most: usize) -> Vec<Interval> {
    let mut intervals = diagram.intervals().to_vec();
    intervals.sort_by(|a, b| b.lifespan().total_cmp(&a.lifespan()));
    intervals.truncate(most);
    intervals
}

/// How many of how many intervals are drawn, such as `H₁: longest 400 of 100000`.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Interval};
/// use topolens_lab::report::count_label;
///
/// let diagram = Diagram::new(1, vec![Interval { birth: 0.0, death: 1.0 }; 3]);
/// assert_eq!(count_label(&diagram, 3), "H₁: 3");
/// assert_eq!(count_label(&diagram, 2), "H₁: longest 2 of 3");
/// ```
pub fn count_label(diagram: &Diagram, drawn: usize) -> String {
    let (symbol, n) = (homology_symbol(diagram.homology_dimension()), diagram.intervals().len());
    if drawn < n { format!("{symbol}: longest {drawn} of {n}") } else { format!("{symbol}: {n}") }
}

/// The largest finite filtration value of the intervals; 0 if there is none.
///
/// # Examples
///
/// ```
/// use topolens::Interval;
/// use topolens_lab::report::last_value;
///
/// let essential = Interval { birth: 0.5, death: f64::INFINITY };
/// assert_eq!(last_value(&[essential, Interval { birth: 0.0, death: 2.0 }]), 2.0);
/// ```
pub fn last_value(intervals: &[Interval]) -> f64 {
    let ends = intervals.iter().flat_map(|interval| [interval.birth, interval.death]);
    ends.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// The axis of filtration values up to `last`, with room for what never dies.
pub(crate) fn filtration_axis(last: f64) -> Axis {
    Axis::up_to(1.1 * last)
}

/// Draws the diagrams of one cloud, one colour and mark for each homology dimension.
///
/// Essential classes lie on the line at the top, marked ∞. The diagonal is where birth equals death.
pub(crate) fn persistence_diagram(description: &str, diagrams: &[Diagram], size: Size) -> Scene {
    let mut scene = Scene::new(description, size);
    scene.numbers = numbers(diagrams);
    let drawn: Vec<Vec<Interval>> = diagrams.iter().map(|diagram| longest(diagram, MOST_POINTS)).collect();
    let legend = Legend::new(entries(diagrams, &drawn), size);
    let last = drawn.iter().map(|intervals| last_value(intervals)).fold(0.0, f64::max);
    let axis = filtration_axis(last);
    // Room for the sign of infinity at the right.
    let room = Size { width: size.width - 0.4 * f64::from(size.text), ..size };
    let frame = Frame::new(room, legend.height, axis.clone(), Some(axis)).square();
    legend.draw(&mut scene);
    frame.draw(&mut scene, "Birth", "Death");
    scene.line((frame.left, frame.bottom), (frame.right, frame.top), Stroke::solid(GREY, 0.8));
    if drawn.iter().all(Vec::is_empty) {
        frame.remark(&mut scene, "no intervals");
    }
    if drawn.iter().flatten().any(Interval::is_essential) {
        scene.line((frame.left, frame.top), (frame.right, frame.top), Stroke::dashed(GREY, 0.8));
        scene.text((frame.right + 2.0, frame.top + 4.0), "∞", Anchor::Start, BLACK);
    }
    for (diagram, intervals) in diagrams.iter().zip(&drawn) {
        draw_points(&mut scene, &frame, diagram.homology_dimension(), intervals);
    }
    scene
}

/// The longest intervals of each homology dimension.
pub(super) fn numbers(diagrams: &[Diagram]) -> Numbers {
    const MOST: usize = 12;
    let header = ["group", "birth", "death", "lifespan"].map(str::to_owned).to_vec();
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for diagram in diagrams {
        let symbol = homology_symbol(diagram.homology_dimension());
        let n = diagram.intervals().len();
        if n > MOST {
            left_out.push(format!("the longest {MOST} of {n} intervals of {symbol}"));
        }
        rows.extend(longest(diagram, MOST).into_iter().map(|interval| {
            let ends = if interval.is_essential() {
                ["∞".to_owned(), "∞".to_owned()]
            } else {
                [interval.death, interval.lifespan()].map(six_digits)
            };
            [symbol.clone(), six_digits(interval.birth)].into_iter().chain(ends).collect()
        }));
    }
    let left_out =
        if left_out.is_empty() { String::new() } else { format!("Here are {}.", left_out.join(", ")) };
    Numbers { header, rows, left_out }
}

fn entries(diagrams: &[Diagram], drawn: &[Vec<Interval>]) -> Vec<Entry> {
    let entry = |(diagram, drawn): (&Diagram, &Vec<Interval>)| Entry {
        marker: Some(Marker::of(diagram.homology_dimension())),
        joined: false,
        color: homology_color(diagram.homology_dimension()),
        label: count_label(diagram, drawn.len()),
    };
    diagrams.iter().zip(drawn).map(entry).collect()
}

fn draw_points(scene: &mut Scene, frame: &Frame, homology_dimension: usize, intervals: &[Interval]) {
    const RADIUS: f64 = 2.0;
    let color = homology_color(homology_dimension);
    // An infinite death lies at the end of the axis.
    let centres: Vec<(f64, f64)> =
        intervals.iter().map(|interval| frame.at(interval.birth, interval.death)).collect();
    match Marker::of(homology_dimension) {
        Marker::Circle => scene.shapes.push(Shape::Dots { centres, radius: RADIUS, color, opacity: 0.7 }),
        marker => scene.shapes.extend(centres.into_iter().map(|centre| marker.shape(centre, RADIUS, color))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::to_svg;

    fn diagram(homology_dimension: usize, ends: &[(f64, f64)]) -> Diagram {
        let intervals = ends.iter().map(|&(birth, death)| Interval { birth, death }).collect();
        Diagram::new(homology_dimension, intervals)
    }

    #[test]
    fn symbols() {
        assert_eq!(homology_symbol(0), "H₀");
        assert_eq!(homology_symbol(12), "H₁₂");
    }

    #[test]
    fn essential_classes_come_first_and_lie_on_top() {
        let zero = diagram(0, &[(0.0, 1.0), (0.0, f64::INFINITY), (0.0, 2.0)]);
        assert!(longest(&zero, 1)[0].is_essential());
        let scene = persistence_diagram("d", &[zero], Size::SQUARE);
        let dots = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Dots { centres, opacity, .. } if *opacity < 1.0 => Some(centres.clone()),
            _ => None,
        });
        let dots = dots.unwrap();
        assert!(dots.len() == 3 && dots[0].1 < dots[1].1 && dots[1].1 < dots[2].1, "{dots:?}");
        assert!(to_svg(&scene).contains("∞"));
    }

    #[test]
    fn without_an_essential_class_there_is_no_infinity() {
        assert!(!to_svg(&persistence_diagram("d", &[diagram(1, &[(1.0, 2.0)])], Size::SQUARE)).contains('∞'));
    }

    #[test]
    fn points_lie_above_the_diagonal() {
        let scene = persistence_diagram("d", &[diagram(0, &[(0.5, 1.0), (2.0, 2.5)])], Size::SQUARE);
        let line = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Polyline { points, stroke } if stroke.color == GREY && stroke.dashes.is_none() => {
                Some(points.clone())
            }
            _ => None,
        });
        let [(x0, y0), (x1, y1)] = line.unwrap()[..] else { panic!("a diagonal has two ends") };
        assert!((x1 - x0 - (y0 - y1)).abs() < 1e-9, "square");
        let Some(Shape::Dots { centres, .. }) = scene.shapes.last() else { panic!("points are drawn last") };
        assert!(centres.iter().all(|(x, y)| y0 - y > x - x0));
    }

    #[test]
    fn no_intervals_and_no_diagrams_say_so() {
        assert!(to_svg(&persistence_diagram("d", &[], Size::SMALL)).contains("no intervals"));
        assert!(to_svg(&persistence_diagram("d", &[diagram(1, &[])], Size::SMALL)).contains("no intervals"));
    }

    #[test]
    fn the_table_has_the_longest_and_essential_ones_have_no_end() {
        let interval = |death: f64| Interval { birth: 0.0, death };
        let deaths = (1..20).map(f64::from).chain([f64::INFINITY]);
        let found = numbers(&[Diagram::new(0, deaths.map(interval).collect())]);
        assert_eq!(found.rows[0], ["H₀", "0", "∞", "∞"]);
        assert_eq!(found.rows[1], ["H₀", "0", "19", "19"]);
        assert_eq!(found.left_out, "Here are the longest 12 of 20 intervals of H₀.");
    }

    #[test]
    fn very_many_intervals_are_capped_and_it_says_so() {
        let ends: Vec<(f64, f64)> = (0..100_000).map(|at| (0.0, 1.0 + f64::from(at))).collect();
        let svg = to_svg(&persistence_diagram("d", &[diagram(0, &ends)], Size::SMALL));
        assert!(svg.contains("H₀: longest 400 of 100000"));
        assert!(svg.len() < 15_000, "{}", svg.len());
    }
}
