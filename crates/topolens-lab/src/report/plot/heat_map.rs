//! A matrix of numbers as coloured squares.

use super::numbers::{Numbers, or_undefined};
use super::palette::{BLACK, LIGHT_GREY};
use super::scene::{Anchor, Color, Position, Scene, Shape, Stroke};
use super::size::Size;
use crate::report::number::plain;

/// Everything drawn in one heat map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeatMap<'a> {
    pub(crate) description: String,
    /// What the colours mean.
    pub(crate) title: &'a str,
    pub(crate) row_names: &'a [String],
    pub(crate) column_names: &'a [String],
    pub(crate) row_label: &'a str,
    pub(crate) column_label: &'a str,
    /// Row-major; what is not a number is undefined.
    pub(crate) values: &'a [f64],
    /// Whether cells are square, or fill the picture.
    pub(crate) is_square: bool,
}

/// Names longer than this part of the width are shortened.
const NAMES: f64 = 0.28;

/// Draws the matrix, its first row at the top, with a bar of the colours at the right.
pub(crate) fn heat_map(map: &HeatMap<'_>, size: Size) -> Scene {
    let mut scene = Scene::new(&map.description, size);
    scene.numbers = numbers(map);
    let line = f64::from(size.text);
    let widest = |names: &[String]| names.iter().map(|name| size.text_width(name)).fold(0.0, f64::max);
    let room = |names: &[String]| widest(names).min(NAMES * size.width);
    let range = Range::of(map.values);
    let (left, bar) = (room(map.row_names) + 2.2 * line, 1.6 * line + 6.0 + widest(&range.labels()));
    let (top, bottom) = (1.8 * line, size.height - room(map.column_names) - 2.2 * line);
    let (n_rows, n_columns) = (map.row_names.len().max(1), map.column_names.len().max(1));
    let (mut across, mut down) =
        ((size.width - left - bar) / n_columns as f64, (bottom - top) / n_rows as f64);
    if map.is_square {
        (across, down) = (across.min(down), across.min(down));
    }
    let grid = Grid { left, top, across, down, n_rows, n_columns };
    for (at, &value) in map.values.iter().enumerate() {
        let points = grid.square(at / n_columns, at % n_columns);
        scene.shapes.push(Shape::Polygon { points, color: range.color(value), opacity: 1.0 });
    }
    draw_names(&mut scene, map, &grid, size);
    draw_bar(&mut scene, &range, &grid);
    scene.text((left, 1.1 * line), map.title, Anchor::Start, BLACK);
    scene
}

/// The matrix as it is drawn.
fn numbers(map: &HeatMap<'_>) -> Numbers {
    let corner = format!("{} \\ {}", map.row_label, map.column_label);
    let header = std::iter::once(corner).chain(map.column_names.iter().cloned()).collect();
    let lines = map.values.chunks(map.column_names.len().max(1));
    let row = |(name, line): (&String, &[f64])| {
        let cells = line.iter().map(|value| or_undefined(Some(*value).filter(|value| value.is_finite())));
        std::iter::once(name.clone()).chain(cells).collect()
    };
    Numbers::new(header, map.row_names.iter().zip(lines).map(row).collect())
}

/// Where the squares lie.
struct Grid {
    left: f64,
    top: f64,
    across: f64,
    down: f64,
    n_rows: usize,
    n_columns: usize,
}

impl Grid {
    fn right(&self) -> f64 {
        self.left + self.across * self.n_columns as f64
    }

    fn bottom(&self) -> f64 {
        self.top + self.down * self.n_rows as f64
    }

    fn square(&self, row: usize, column: usize) -> Vec<Position> {
        let (x, y) = (self.left + self.across * column as f64, self.top + self.down * row as f64);
        rectangle(x, y, self.across, self.down)
    }
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Vec<Position> {
    vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
}

/// The smallest and the largest value.
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn of(values: &[f64]) -> Self {
        let defined = || values.iter().copied().filter(|value| value.is_finite());
        let low = defined().fold(f64::INFINITY, f64::min);
        let high = defined().fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            Self { low: 0.0, high: 1.0 }
        } else if low < high {
            Self { low, high }
        } else {
            Self { low: low - 0.5, high: low + 0.5 }
        }
    }

    /// The ends as they are written beside the bar, the lower first.
    fn labels(&self) -> [String; 2] {
        [self.low, self.high].map(plain)
    }

    /// From light to dark, so that the order survives grey printing.
    fn color(&self, value: f64) -> Color {
        if !value.is_finite() {
            return UNDEFINED;
        }
        color_at((value - self.low) / (self.high - self.low))
    }
}

/// The colour of a cell without a value, which no value has.
const UNDEFINED: Color = Color(0xb8, 0xc4, 0xc8);

/// The colour of a part of the range.
#[expect(clippy::cast_sign_loss, reason = "parts lie between 0 and 1")]
fn color_at(part: f64) -> Color {
    const STOPS: [Color; 4] =
        [Color(0xfb, 0xf3, 0xd9), Color(0xf0, 0xa6, 0x4a), Color(0xa6, 0x3a, 0x6b), Color(0x1b, 0x1b, 0x5e)];
    const WHOLE: usize = 255;
    let along = (part.clamp(0.0, 1.0) * (3 * WHOLE) as f64).round() as usize;
    let stop = (along / WHOLE).min(STOPS.len() - 2);
    STOPS[stop].mixed(STOPS[stop + 1], along - stop * WHOLE, WHOLE)
}

fn draw_names(scene: &mut Scene, map: &HeatMap<'_>, grid: &Grid, size: Size) {
    let line = f64::from(size.text);
    let most = NAMES * size.width;
    // Names closer than a line would run into each other.
    let stride = |cell: f64| (1..=map.values.len()).find(|n| cell * *n as f64 >= line).unwrap_or(1);
    for (row, name) in map.row_names.iter().enumerate().step_by(stride(grid.down)) {
        let at = (grid.left - 4.0, grid.top + grid.down * (row as f64 + 0.5) + 0.36 * line);
        scene.text(at, size.shortened(name, most), Anchor::End, BLACK);
    }
    let mut deepest = 0.0_f64;
    for (column, name) in map.column_names.iter().enumerate().step_by(stride(grid.across)) {
        let name = size.shortened(name, most);
        deepest = deepest.max(size.text_width(&name));
        let x = grid.left + grid.across * (column as f64 + 0.5) + 0.36 * line;
        scene.upward_text((x, grid.bottom() + 4.0 + size.text_width(&name) / 2.0), name, BLACK);
    }
    let middle = f64::midpoint(grid.top, grid.bottom());
    scene.upward_text((line, middle), map.row_label, BLACK);
    let below = grid.bottom() + deepest + 1.6 * line;
    scene.text((f64::midpoint(grid.left, grid.right()), below), map.column_label, Anchor::Middle, BLACK);
}

fn draw_bar(scene: &mut Scene, range: &Range, grid: &Grid) {
    const STEPS: usize = 48;
    let line = f64::from(scene.text);
    let (x, width, height) = (grid.right() + 0.8 * line, 0.8 * line, grid.bottom() - grid.top);
    let step = height / STEPS as f64;
    for at in 0..STEPS {
        let color = color_at((at as f64 + 0.5) / STEPS as f64);
        let points = rectangle(x, grid.bottom() - step * (at as f64 + 1.0), width, step);
        scene.shapes.push(Shape::Polygon { points, color, opacity: 1.0 });
    }
    let right = x + width;
    for (label, y) in range.labels().into_iter().zip([grid.bottom(), grid.top]) {
        scene.line((right, y), (right + 3.0, y), Stroke::solid(LIGHT_GREY, 0.8));
        scene.text((right + 5.0, y + 0.36 * line), label, Anchor::Start, BLACK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::to_svg;

    fn drawn(values: &[f64], n_rows: usize) -> Scene {
        let names =
            |n: usize| (0..n).map(|at| format!("layer{at}.conv with a long name")).collect::<Vec<_>>();
        let (row_names, column_names) = (names(n_rows), names(values.len() / n_rows));
        let map = HeatMap {
            description: "CKA".to_owned(),
            title: "cka",
            row_names: &row_names,
            column_names: &column_names,
            row_label: "a",
            column_label: "b",
            values,
            is_square: true,
        };
        heat_map(&map, Size::SQUARE)
    }

    #[test]
    fn every_value_is_a_square_and_everything_is_inside() {
        let scene = drawn(&[0.0, 0.5, 1.0, 0.2, 0.3, 0.9], 2);
        assert_eq!(scene.numbers.header[0], "a \\ b");
        assert_eq!(scene.numbers.rows[1][1..], ["0.2", "0.3", "0.9"]);
        let is_polygon = |shape: &&Shape| matches!(shape, Shape::Polygon { .. });
        assert_eq!(scene.shapes.iter().filter(is_polygon).count(), 6 + 48);
        let fits = |shape: &Shape| match shape {
            Shape::Text { at, content, anchor: Anchor::Start, .. } => {
                at.0 + Size::SQUARE.text_width(content) <= Size::SQUARE.width
            }
            _ => true,
        };
        assert!(
            [vec![0.5, 123.0], vec![1.5e-9, 12_345.0]].iter().all(|v| drawn(v, 1).shapes.iter().all(fits))
        );
        for shape in &scene.shapes {
            let positions = match shape {
                Shape::Polyline { points, .. } | Shape::Polygon { points, .. } => points.clone(),
                Shape::Dots { centres, .. } => centres.clone(),
                Shape::Text { at, .. } => vec![*at],
                Shape::Image { corner, .. } => vec![*corner],
            };
            assert!(
                positions.iter().all(|(x, y)| (0.0..=321.0).contains(x) && (0.0..=321.0).contains(y)),
                "{shape:?}"
            );
        }
    }

    #[test]
    fn colors_go_from_light_to_dark_and_equal_values_have_one() {
        let range = Range::of(&[-1.0, 3.0]);
        let light = |value| {
            let Color(red, green, blue) = range.color(value);
            0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)
        };
        assert!((0..20).all(|at| light(-1.0 + 0.2 * f64::from(at)) > light(-0.8 + 0.2 * f64::from(at))));
        assert!(!to_svg(&drawn(&[1.0; 4], 2)).contains("NaN"));
        let svg = to_svg(&drawn(&[1.0, f64::NAN, 2.0, 3.0], 2));
        assert!(!svg.contains("NaN") && svg.contains(&UNDEFINED.to_string()));
        assert!(!to_svg(&drawn(&[f64::NAN; 4], 2)).contains("NaN"));
    }
}
