//! A quantity against relative depth or scale: a curve for each epoch or estimator, with its 95 % band.

use super::axis::Axis;
use super::frame::Frame;
use super::legend::{Entry, Legend, Marker};
use super::numbers::{Numbers, or_undefined};
use super::scene::{Color, Scene, Shape, Stroke};
use super::size::Size;
use crate::report::number::six_digits;

/// The value at one layer or scale; `None` where it is undefined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) value: Option<f64>,
    pub(crate) interval: Option<(f64, f64)>,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// What it is called in the table of its numbers.
    pub(crate) name: String,
    /// What the legend says; `None` for a curve that another entry explains.
    pub(crate) label: Option<String>,
    pub(crate) color: Color,
    /// A thin curve without marks and band, in the background.
    pub(crate) thin: bool,
    pub(crate) points: Vec<Point>,
}

impl Series {
    /// A curve that the legend calls as the table does.
    pub(crate) fn named(name: String, color: Color, points: Vec<Point>) -> Self {
        Self { label: Some(name.clone()), name, color, thin: false, points }
    }
}

/// What curves are drawn against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Horizontal {
    /// Layers, from the first to the output.
    RelativeDepth,
    /// Distances, on a logarithmic axis.
    Scale,
    /// Radii of balls of perturbations.
    Epsilon,
    /// Shares of sound inputs, from 0 to 1.
    FalsePositives,
    /// Shares of bona fide presentations that are called attacks, on a logarithmic axis.
    BonaFideErrors,
    /// Shares of impostor pairs, from 0 to 1.
    FalseAccepts,
}

/// Everything drawn in one plot of curves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CurvePlot {
    pub(crate) description: String,
    pub(crate) x: Horizontal,
    pub(crate) y_label: String,
    pub(crate) logarithmic: bool,
    /// What places on the horizontal axis are called, such as layers.
    pub(crate) names: Vec<(f64, String)>,
    /// In the order in which they are drawn.
    pub(crate) series: Vec<Series>,
}

impl CurvePlot {
    /// The name of a place on the horizontal axis; empty if it has none.
    fn name_at(&self, x: f64) -> &str {
        let near = |(place, _): &&(f64, String)| (place - x).abs() < 1e-9;
        self.names.iter().find(near).map_or("", |(_, name)| name)
    }
}

/// Draws the curves. A logarithmic axis becomes linear if a value is not positive.
pub(crate) fn curves(plot: &CurvePlot, size: Size) -> Scene {
    let mut scene = Scene::new(&plot.description, size);
    let legend = Legend::new(entries(plot), size);
    let (x, x_label, place) = horizontal_axis(plot);
    let frame = Frame::new(size, legend.height, x, Some(vertical_axis(plot)));
    scene.numbers = numbers(plot, x_label);
    legend.draw(&mut scene);
    frame.draw(&mut scene, x_label, &plot.y_label);
    if plot.series.iter().all(|series| values(series).next().is_none()) {
        frame.remark(&mut scene, &format!("undefined at every {place}"));
    }
    for series in &plot.series {
        draw_bands(&mut scene, &frame, series);
    }
    for (position, series) in plot.series.iter().enumerate() {
        draw_line(&mut scene, &frame, series, marker(plot, position));
    }
    scene
}

/// A row for each point of each curve; columns that would be empty are left out.
fn numbers(plot: &CurvePlot, x_label: &str) -> Numbers {
    let points = || plot.series.iter().flat_map(|series| series.points.iter().map(move |at| (series, at)));
    let has_intervals = points().any(|(_, point)| point.interval.is_some());
    let has_names = !plot.names.is_empty();
    let mut header = vec!["curve".to_owned()];
    header.extend(has_names.then(|| "layer".to_owned()));
    header.extend([x_label.to_owned(), plot.y_label.clone()]);
    if has_intervals {
        header.extend(["lower".to_owned(), "upper".to_owned()]);
    }
    let rows = points().map(|(series, point)| {
        let mut row = vec![series.name.clone()];
        row.extend(has_names.then(|| plot.name_at(point.x).to_owned()));
        row.extend([six_digits(point.x), or_undefined(point.value)]);
        if has_intervals {
            let (lower, upper) = point.interval.unzip();
            row.extend([lower, upper].map(|end| end.map_or_else(String::new, six_digits)));
        }
        row
    });
    Numbers::new(header, rows.collect())
}

/// Thin curves take no marker from those that need one.
fn marker(plot: &CurvePlot, position: usize) -> Option<Marker> {
    let thick = plot.series[..position].iter().filter(|series| !series.thin).count();
    (!plot.series[position].thin).then(|| Marker::of(thick))
}

fn entries(plot: &CurvePlot) -> Vec<Entry> {
    let labelled = plot.series.iter().enumerate().filter_map(|(position, series)| {
        let (marker, color) = (marker(plot, position), series.color);
        series.label.clone().map(|label| Entry { marker, joined: true, color, label })
    });
    labelled.collect()
}

/// The axis, its label, and what a place on it is called.
fn horizontal_axis(plot: &CurvePlot) -> (Axis, &'static str, &'static str) {
    let places = || plot.series.iter().flat_map(|series| series.points.iter().map(|point| point.x));
    match plot.x {
        Horizontal::RelativeDepth => (Axis::up_to(1.0), "Relative depth (output = 1)", "layer"),
        Horizontal::Epsilon => {
            let largest = places().fold(0.0, f64::max);
            (Axis::up_to(largest), "ε (pixels from 0 to 1)", "epsilon")
        }
        Horizontal::FalseAccepts => (Axis::up_to(1.0), "impostor pairs accepted", "share"),
        Horizontal::FalsePositives => (Axis::up_to(1.0), "sound inputs called attacked", "share"),
        Horizontal::Scale => (logarithmic(places()), "Scale (distance)", "scale"),
        Horizontal::BonaFideErrors => (logarithmic(places()), "BPCER: live faces called attacks", "share"),
    }
}

fn logarithmic(places: impl Iterator<Item = f64>) -> Axis {
    Axis::logarithmic(&places.collect::<Vec<f64>>()).unwrap_or_else(|| Axis::up_to(1.0))
}

fn vertical_axis(plot: &CurvePlot) -> Axis {
    let intervals = plot.series.iter().filter(|series| !series.thin).flat_map(intervals);
    let ends = intervals.flat_map(|(lower, upper)| [lower, upper]);
    let shown: Vec<f64> = plot.series.iter().flat_map(values).chain(ends).collect();
    let undefined = plot.series.iter().flat_map(values).any(|value| value <= 0.0);
    if plot.logarithmic && !undefined {
        // An interval may reach below zero; it is then cut at the axis.
        let positive: Vec<f64> = shown.iter().copied().filter(|value| *value > 0.0).collect();
        if let Some(axis) = Axis::logarithmic(&positive) {
            return axis;
        }
    }
    Axis::from_zero(&shown)
}

fn values(series: &Series) -> impl Iterator<Item = f64> {
    series.points.iter().filter_map(|point| point.value)
}

fn intervals(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    series.points.iter().filter_map(|point| point.value.and(point.interval))
}

/// A band over each run of layers with intervals; a bar where a layer stands alone.
fn draw_bands(scene: &mut Scene, frame: &Frame, series: &Series) {
    const OPACITY: f64 = 0.18;
    if series.thin {
        return;
    }
    let runs = series.points.split(|point| point.value.and(point.interval).is_none());
    for run in runs {
        let ends: Vec<(f64, (f64, f64))> =
            run.iter().filter_map(|point| Some((point.x, point.interval?))).collect();
        if let [(x, (lower, upper))] = ends[..] {
            scene.line(frame.at(x, lower), frame.at(x, upper), Stroke::solid(series.color, 1.2));
        } else if !ends.is_empty() {
            let above = ends.iter().map(|(x, (_, upper))| frame.at(*x, *upper));
            let below = ends.iter().rev().map(|(x, (lower, _))| frame.at(*x, *lower));
            let points = above.chain(below).collect();
            scene.shapes.push(Shape::Polygon { points, color: series.color, opacity: OPACITY });
        }
    }
}

/// A line over each run of layers with values, and a mark at each.
fn draw_line(scene: &mut Scene, frame: &Frame, series: &Series, marker: Option<Marker>) {
    let stroke = Stroke::solid(series.color, if series.thin { 0.7 } else { 1.6 });
    for run in series.points.split(|point| point.value.is_none()) {
        let points: Vec<(f64, f64)> =
            run.iter().filter_map(|point| Some(frame.at(point.x, point.value?))).collect();
        if let Some(marker) = marker {
            scene.shapes.extend(points.iter().map(|&at| marker.shape(at, 3.0, series.color)));
        }
        if points.len() > 1 {
            scene.shapes.push(Shape::Polyline { points, stroke });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::{GREY, to_svg};

    fn point(x: f64, value: Option<f64>, interval: Option<(f64, f64)>) -> Point {
        Point { x, value, interval }
    }

    fn plot(points: Vec<Point>, logarithmic: bool) -> CurvePlot {
        let series = Series::named("epoch 3".to_owned(), GREY, points);
        CurvePlot {
            description: "E0".to_owned(),
            x: Horizontal::RelativeDepth,
            y_label: "E₀".to_owned(),
            logarithmic,
            names: Vec::new(),
            series: vec![series],
        }
    }

    fn svg(points: Vec<Point>, logarithmic: bool) -> String {
        to_svg(&curves(&plot(points, logarithmic), Size::COLUMN))
    }

    fn bands(svg: &str) -> usize {
        svg.matches("fill-opacity=\"0.18\"").count()
    }

    #[test]
    fn every_point_is_a_row_of_the_table() {
        let points = vec![point(0.5, Some(1.0 / 3.0), Some((0.25, 0.5))), point(1.0, None, None)];
        let mut drawn = plot(points.clone(), false);
        drawn.names = vec![(0.5, "conv".to_owned())];
        let found = curves(&drawn, Size::COLUMN).numbers;
        assert_eq!(found.header, ["curve", "layer", "Relative depth (output = 1)", "E₀", "lower", "upper"]);
        assert_eq!(found.rows[0], ["epoch 3", "conv", "0.5", "0.333333", "0.25", "0.5"]);
        assert_eq!(found.rows[1], ["epoch 3", "", "1", "undefined", "", ""]);
        let bare = points.into_iter().map(|at| Point { interval: None, ..at }).collect();
        assert_eq!(curves(&plot(bare, false), Size::COLUMN).numbers.header.len(), 3);
    }

    #[test]
    fn bands_break_where_an_interval_is_missing() {
        let full = |depth| point(depth, Some(1.0), Some((0.5, 1.5)));
        assert_eq!(bands(&svg(vec![full(0.2), full(0.4), full(0.6), full(0.8)], false)), 1);
        let bare = point(0.6, Some(1.0), None);
        let broken = svg(vec![full(0.2), full(0.4), bare, full(0.8), full(1.0)], false);
        assert_eq!(bands(&broken), 2);
        assert_eq!(bands(&svg(vec![bare, bare], false)), 0);
    }

    #[test]
    fn lines_break_where_a_value_is_missing() {
        let lines = |svg: &str| svg.matches("stroke-width=\"1.6\"").count() - 1; // one in the legend
        let at = |depth| point(depth, Some(1.0), None);
        assert_eq!(lines(&svg(vec![at(0.2), at(0.4), at(0.6), at(0.8)], false)), 1);
        assert_eq!(lines(&svg(vec![at(0.2), at(0.4), point(0.5, None, None), at(0.6), at(0.8)], false)), 2);
        assert_eq!(lines(&svg(vec![at(0.2), point(0.5, None, None), at(0.6)], false)), 0);
    }

    #[test]
    fn one_layer_is_a_mark_with_a_bar() {
        let drawn = curves(&plot(vec![point(1.0, Some(2.0), Some((1.0, 3.0)))], false), Size::COLUMN);
        let bars = drawn.shapes.iter().filter(|shape| {
            matches!(shape, Shape::Polyline { points, stroke }
                if stroke.width < 1.3 && stroke.width > 1.1 && points[0].1 > points[1].1)
        });
        assert_eq!(bars.count(), 1);
        assert!(drawn.shapes.iter().any(|shape| matches!(shape, Shape::Dots { .. })));
    }

    #[test]
    fn undefined_everywhere_says_so() {
        assert!(
            svg(vec![point(0.5, None, None), point(1.0, None, None)], true)
                .contains("undefined at every layer")
        );
        assert!(svg(Vec::new(), false).contains("undefined at every layer"));
    }

    #[test]
    fn a_zero_on_a_logarithmic_axis_makes_it_linear() {
        assert!(
            svg(vec![point(0.5, Some(0.0), None), point(1.0, Some(4.0), None)], true).contains(">3</text>")
        );
        let cut = svg(vec![point(0.5, Some(1.0), Some((-1.0, 2.0))), point(1.0, Some(100.0), None)], true);
        assert!(cut.contains(">100</text>") && !cut.contains("NaN"));
    }

    #[test]
    fn scales_lie_on_a_logarithmic_axis() {
        let mut plot = plot([0.1, 1.0, 10.0].map(|x| point(x, Some(2.0), None)).to_vec(), false);
        plot.x = Horizontal::Scale;
        let drawn = curves(&plot, Size::COLUMN);
        let line = drawn.shapes.iter().find_map(|shape| match shape {
            Shape::Polyline { points, stroke } if points.len() == 3 && stroke.width > 1.5 => Some(points),
            _ => None,
        });
        let line = line.unwrap();
        assert!((line[2].0 - 2.0 * line[1].0 + line[0].0).abs() < 1e-9 && line[1].0 > line[0].0 + 10.0);
    }

    #[test]
    fn everything_drawn_is_inside() {
        let points = vec![point(0.1, Some(-3.0), Some((-9.0, 4.0))), point(1.0, Some(1e7), Some((1.0, 2e7)))];
        let drawn = curves(&plot(points, false), Size::COLUMN);
        for shape in &drawn.shapes {
            let positions = match shape {
                Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
                Shape::Dots { centres, .. } => centres.clone(),
                Shape::Text { at, .. } => vec![*at],
                Shape::Image { corner, .. } => vec![*corner],
            };
            assert!(
                positions.iter().all(|(x, y)| (0.0..=321.0).contains(x) && (0.0..=240.0).contains(y)),
                "{shape:?}"
            );
        }
    }
}
