//! Loops of a cloud on a plane: its points, closed lines, and the images along the longest.

use super::axis::Axis;
use super::bitmap::Bitmap;
use super::frame::Frame;
use super::legend::{Entry, Legend, Marker};
use super::numbers::Numbers;
use super::palette::{BLACK, GREY, class_color};
use super::scene::{Anchor, Color, Position, Scene, Shape, Stroke};
use super::size::Size;
use crate::profile::{LoopSketch, LoopThumbnail, SketchedLoop};
use crate::report::number::{percentage, plain, six_digits};

/// Classes that can be told apart; more are not.
pub(crate) const MOST_CLASSES: usize = 10;

/// Dark, since they lie on the points, and of other dashes; the longest first.
fn pen(position: usize) -> Stroke {
    match position {
        0 => Stroke::solid(BLACK, 2.4),
        1 => Stroke { dashes: Some([8.0, 4.0]), ..Stroke::solid(Color(0xb0, 0x00, 0x20), 2.2) },
        _ => Stroke { dashes: Some([2.0, 3.0]), ..Stroke::solid(Color(0x4b, 0x00, 0x82), 2.2) },
    }
}

const WHITE: Color = Color(0xff, 0xff, 0xff);

/// Draws a sketch; both axes have one unit.
pub(crate) fn loops_on_plane(description: &str, sketch: &LoopSketch, size: Size) -> Scene {
    let line = f64::from(size.text);
    let legend = Legend::new(classes(sketch), size);
    let header = legend.height + 1.3 * line * sketch.loops.len() as f64 + 0.3 * line;
    let plane = Size { height: header + size.width, ..size };
    let strip = if sketch.thumbnails.is_empty() { 0.0 } else { Strip::new(size).height() };
    let mut scene = Scene::new(description, Size { height: plane.height + strip, ..size });
    scene.numbers = numbers(sketch);
    legend.draw(&mut scene);
    for (position, found) in sketch.loops.iter().enumerate() {
        let y = legend.height + 1.3 * line * (position as f64 + 0.9);
        scene.line((0.6 * line, y - 0.36 * line), (3.4 * line, y - 0.36 * line), pen(position));
        scene.text(
            (3.9 * line, y),
            size.shortened(&told(position, found), size.width - 4.5 * line),
            Anchor::Start,
            BLACK,
        );
    }
    let [x, y] = axes(&sketch.places);
    let frame = Frame::new(plane, header, x, Some(y)).square();
    let share = format!("First direction; both hold {} of the variance", percentage(sketch.variance));
    frame.draw(&mut scene, &share, "Second direction");
    draw_points(&mut scene, &frame, sketch);
    for (position, found) in sketch.loops.iter().enumerate().rev() {
        draw_loop(&mut scene, &frame, sketch, (position, found));
    }
    draw_numbers(&mut scene, &frame, sketch);
    for (position, thumbnail) in sketch.thumbnails.iter().enumerate() {
        Strip::new(size).draw(
            &mut scene,
            plane.height,
            (position, thumbnail),
            class_name(sketch, thumbnail.point),
        );
    }
    scene
}

fn told(position: usize, found: &SketchedLoop) -> String {
    let which = ["longest loop", "second", "third"][position.min(2)];
    let (birth, death) = (plain(found.birth), plain(found.death));
    format!("{which}: {birth} to {death}, lifespan {}", plain(found.lifespan()))
}

/// Axes of one unit that hold all places.
fn axes(places: &[(f64, f64)]) -> [Axis; 2] {
    let ends = |values: &[f64]| {
        let ends = [f64::INFINITY, f64::NEG_INFINITY];
        values.iter().fold(ends, |[low, high], value| [low.min(*value), high.max(*value)])
    };
    let (xs, ys): (Vec<f64>, Vec<f64>) = places.iter().copied().unzip();
    let ends = [ends(&xs), ends(&ys)];
    let half = 0.52 * ends.iter().map(|[low, high]| high - low).fold(0.0, f64::max);
    ends.map(|[low, high]| {
        let centre = f64::midpoint(low, high);
        Axis::between(centre - half, centre + half)
    })
}

/// Whether classes have colours.
fn has_colors(sketch: &LoopSketch) -> bool {
    (2..=MOST_CLASSES).contains(&sketch.class_names.len())
}

/// The colour of a class, lighter than the loops.
fn color_of(sketch: &LoopSketch, class: usize) -> Color {
    let color = if has_colors(sketch) { class_color(class) } else { GREY };
    color.mixed(WHITE, 1, 4)
}

fn classes(sketch: &LoopSketch) -> Vec<Entry> {
    let entry = |(class, name): (usize, &String)| {
        let (marker, color) = (Some(Marker::Circle), color_of(sketch, class));
        Entry { marker, joined: false, color, label: name.clone() }
    };
    let named = sketch.class_names.iter().enumerate().take_while(|_| has_colors(sketch));
    named.map(entry).collect()
}

fn class_name(sketch: &LoopSketch, point: usize) -> &str {
    sketch.class_names.get(sketch.classes[point]).map_or("", String::as_str)
}

/// The points of a class are one shape, so that a page stays small.
fn draw_points(scene: &mut Scene, frame: &Frame, sketch: &LoopSketch) {
    for class in 0..sketch.class_names.len() {
        let of_class = sketch.places.iter().zip(&sketch.classes).filter(|(_, own)| **own == class);
        let centres: Vec<Position> = of_class.map(|(&(x, y), _)| frame.at(x, y)).collect();
        if !centres.is_empty() {
            let color = color_of(sketch, class);
            scene.shapes.push(Shape::Dots { centres, radius: 1.9, color, opacity: 0.8 });
        }
    }
}

/// A closed line with white edges, and its points.
fn draw_loop(
    scene: &mut Scene,
    frame: &Frame,
    sketch: &LoopSketch,
    (position, found): (usize, &SketchedLoop),
) {
    let stroke = pen(position);
    let centres: Vec<Position> = found
        .cycle
        .iter()
        .map(|&point| {
            let (x, y) = sketch.places[point];
            frame.at(x, y)
        })
        .collect();
    let points: Vec<Position> = centres.iter().chain(centres.first()).copied().collect();
    let edges = Stroke::solid(WHITE, stroke.width + 2.0);
    scene.shapes.push(Shape::Polyline { points: points.clone(), stroke: edges });
    scene.shapes.push(Shape::Polyline { points, stroke });
    scene.shapes.push(Shape::Dots { centres, radius: 2.6, color: stroke.color, opacity: 1.0 });
}

/// The numbers of the images beside their points, outside the loop, where they do not hide it.
fn draw_numbers(scene: &mut Scene, frame: &Frame, sketch: &LoopSketch) {
    let line = f64::from(scene.text);
    let place = |point: usize| frame.at(sketch.places[point].0, sketch.places[point].1);
    let points: Vec<Position> = sketch.thumbnails.iter().map(|image| place(image.point)).collect();
    let n = points.len().max(1) as f64;
    let centre = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / n, sum.1 + point.1 / n));
    let mut numbers: Vec<Position> =
        points.iter().map(|&point| apart(centre, point, apart_by(centre, point) + 1.4 * line)).collect();
    for _ in 0..ROUNDS {
        for first in 0..numbers.len() {
            for second in 0..first {
                let short = 1.5 * line - apart_by(numbers[first], numbers[second]);
                if short > 0.0 {
                    let (a, b) = (numbers[first], numbers[second]);
                    numbers[first] = apart(b, a, apart_by(a, b) + 0.5 * short);
                    numbers[second] = apart(a, b, apart_by(a, b) + 0.5 * short);
                }
            }
        }
        for (x, y) in &mut numbers {
            (*x, *y) = (x.clamp(frame.left + line, frame.right), y.clamp(frame.top, frame.bottom - line));
        }
    }
    for (position, (&point, &number)) in points.iter().zip(&numbers).enumerate() {
        scene.line(point, number, Stroke::solid(BLACK, 0.8));
        numbered(scene, number, position);
    }
}

/// Rounds in which numbers that overlap give way.
const ROUNDS: usize = 30;

fn apart_by(a: Position, b: Position) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The place at `distance` from `from` in the direction of `to`; upwards if they are one.
fn apart(from: Position, to: Position, distance: f64) -> Position {
    let length = apart_by(from, to);
    let (across, down) =
        if length > 1e-9 { ((to.0 - from.0) / length, (to.1 - from.1) / length) } else { (0.0, -1.0) };
    (from.0 + distance * across, from.1 + distance * down)
}

/// The number of an image in a white disc.
fn numbered(scene: &mut Scene, (x, y): Position, position: usize) {
    let line = f64::from(scene.text);
    for (radius, color) in [(0.66 * line, BLACK), (0.58 * line, WHITE)] {
        scene.shapes.push(Shape::Dots { centres: vec![(x, y)], radius, color, opacity: 1.0 });
    }
    scene.text((x, y + 0.36 * line), (position + 1).to_string(), Anchor::Middle, BLACK);
}

/// The images in a row below the plane.
#[derive(Debug, Clone, Copy)]
struct Strip {
    size: Size,
    line: f64,
}

/// Room for images.
const PLACES: f64 = 6.0;

impl Strip {
    fn new(size: Size) -> Self {
        Self { size, line: f64::from(size.text) }
    }

    fn step(self) -> f64 {
        (self.size.width - self.line) / PLACES
    }

    fn side(self) -> f64 {
        self.step() - 0.7 * self.line
    }

    fn height(self) -> f64 {
        self.side() + 3.6 * self.line
    }

    fn draw(self, scene: &mut Scene, top: f64, (position, thumbnail): (usize, &LoopThumbnail), name: &str) {
        let left = 0.5 * self.line + self.step() * position as f64;
        let middle = left + 0.5 * self.step();
        numbered(scene, (middle, top + 0.8 * self.line), position);
        let bitmap = Bitmap {
            height: thumbnail.height,
            width: thumbnail.width,
            colors: thumbnail.dots.iter().map(|[red, green, blue]| Color(*red, *green, *blue)).collect(),
        };
        let dot = self.side() / thumbnail.height.max(thumbnail.width).max(1) as f64;
        let corner = (middle - 0.5 * dot * thumbnail.width as f64, top + 1.7 * self.line);
        scene.shapes.push(Shape::Image { corner, dot, bitmap });
        let below = (middle, top + self.side() + 2.9 * self.line);
        scene.text(below, self.size.shortened(name, self.step()), Anchor::Middle, BLACK);
    }
}

/// A row for each point of each loop.
fn numbers(sketch: &LoopSketch) -> Numbers {
    let header = ["loop", "birth", "death", "place", "row", "class", "first direction", "second", "image"];
    let rows = sketch.loops.iter().enumerate().flat_map(|(position, found)| {
        found.cycle.iter().enumerate().map(move |(place, &point)| {
            let image = sketch.thumbnails.iter().position(|image| position == 0 && image.point == point);
            let (x, y) = sketch.places[point];
            vec![
                (position + 1).to_string(),
                six_digits(found.birth),
                six_digits(found.death),
                (place + 1).to_string(),
                sketch.rows[point].to_string(),
                class_name(sketch, point).to_owned(),
                six_digits(x),
                six_digits(y),
                image.map_or_else(String::new, |image| (image + 1).to_string()),
            ]
        })
    });
    let mut numbers = Numbers::new(header.map(str::to_owned).to_vec(), rows.collect());
    let left_out = [numbers.left_out.as_str(), "Points on no loop are left out."];
    numbers.left_out = left_out.join(" ").trim_start().into();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::sketch;
    use crate::report::plot::to_svg;

    fn drawn(sketch: &LoopSketch) -> Scene {
        loops_on_plane("loops", sketch, Size::PLANE)
    }

    #[test]
    fn everything_drawn_is_inside() {
        for n_classes in [1, 2, 10, 100] {
            let scene = drawn(&sketch(200, n_classes));
            for shape in &scene.shapes {
                let positions = match shape {
                    Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
                    Shape::Dots { centres, .. } => centres.clone(),
                    Shape::Text { at, .. } => vec![*at],
                    Shape::Image { corner: (x, y), dot, bitmap } => {
                        vec![(*x, *y), (x + dot * bitmap.width as f64, y + dot * bitmap.height as f64)]
                    }
                };
                let inside =
                    |(x, y): &Position| (0.0..=scene.width).contains(x) && (0.0..=scene.height).contains(y);
                assert!(positions.iter().all(inside), "{shape:?}");
            }
        }
    }

    #[test]
    fn loops_are_closed_and_differ_by_more_than_colour() {
        let scene = drawn(&sketch(200, 10));
        let closed = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Polyline { points, stroke } if points.len() == 13 && points[0] == points[12] => {
                Some(stroke)
            }
            _ => None,
        });
        let strokes: Vec<&Stroke> = closed.filter(|stroke| stroke.color != WHITE).collect();
        assert_eq!(strokes.len(), 3);
        assert!((1..3).all(|at| strokes[..at].iter().all(|other| other.dashes != strokes[at].dashes)));
        // The longest lies on top.
        assert_eq!(strokes[2].dashes, None);
        let svg = to_svg(&scene);
        assert!(svg.contains(">longest loop: 1.00 to 1.50, lifespan 0.500<"), "{svg}");
        assert!(svg.contains(">third: 1.00 to 1.20, lifespan 0.200<"));
    }

    #[test]
    fn both_axes_have_one_unit() {
        let mut flat = sketch(4, 1);
        flat.places = vec![(0.0, 0.0), (4.0, 0.0), (0.0, 1.0), (4.0, 1.0)];
        flat.loops = vec![SketchedLoop { birth: 0.0, death: 1.0, cycle: vec![0, 1, 3, 2] }];
        flat.thumbnails.clear();
        let scene = drawn(&flat);
        let found = scene.shapes.iter().find_map(|shape| match shape {
            Shape::Polyline { points, .. } if points.len() == 5 => Some(points),
            _ => None,
        });
        let corners = found.unwrap();
        let (across, up) = (corners[1].0 - corners[0].0, corners[1].1 - corners[2].1);
        assert!((across - 4.0 * up).abs() < 1e-9 && up > 50.0, "{across} {up}");
    }

    #[test]
    fn images_stand_below_and_their_numbers_on_the_loop() {
        let with = drawn(&sketch(200, 10));
        let images =
            |scene: &Scene| scene.shapes.iter().filter(|shape| matches!(shape, Shape::Image { .. })).count();
        assert_eq!(images(&with), 6);
        let svg = to_svg(&with);
        assert_eq!(svg.matches("<image ").count(), 6);
        assert_eq!(svg.matches(">6</text>").count(), 2);
        let mut bare = sketch(200, 10);
        bare.thumbnails.clear();
        let bare = drawn(&bare);
        assert!(images(&bare) == 0 && bare.height < with.height);
    }

    #[test]
    fn every_point_of_a_loop_is_a_row_of_the_table() {
        let numbers = drawn(&sketch(200, 10)).numbers;
        assert_eq!(numbers.rows.len(), 36);
        assert_eq!(numbers.rows[2][..6], ["1", "1", "1.5", "3", "66", "class 3"]);
        assert_eq!([&numbers.rows[2][8], &numbers.rows[3][8], &numbers.rows[14][8]], ["2", "", ""]);
        assert_eq!(numbers.left_out, "Points on no loop are left out.");
    }

    #[test]
    fn classes_have_colours_if_they_are_few() {
        let of = |n_classes| to_svg(&drawn(&sketch(200, n_classes)));
        assert!(of(10).contains(">class 9<") && !of(11).contains(">class 9</text><path"));
        let colors: Vec<Color> = (0..10).map(|class| color_of(&sketch(20, 10), class)).collect();
        assert!((1..10).all(|at| !colors[..at].contains(&colors[at])));
        assert_eq!(color_of(&sketch(20, 11), 3), color_of(&sketch(20, 11), 4));
    }

    #[test]
    fn numbers_lie_beside_each_other_and_off_their_points() {
        let mut tiny = sketch(200, 10);
        // All of the longest loop in one place of the plane.
        tiny.loops[0].cycle.iter().for_each(|&point| tiny.places[point] = (0.0, 0.0));
        for drawn in [drawn(&sketch(200, 10)), drawn(&tiny)] {
            let discs = drawn.shapes.iter().filter_map(|shape| match shape {
                Shape::Dots { centres, color, radius, .. } if *color == WHITE && *radius > 6.0 => {
                    Some(centres[0])
                }
                _ => None,
            });
            let numbers: Vec<Position> = discs.take(6).collect();
            for first in 0..6 {
                assert!(
                    (0..first).all(|second| apart_by(numbers[first], numbers[second]) > 14.0),
                    "{numbers:?}"
                );
            }
        }
    }
}
