//! Small pictures in rows and columns.

use super::bitmap::Bitmap;
use super::numbers::Numbers;
use super::palette::BLACK;
use super::scene::{Anchor, Color, Scene};
use super::size::Size;

/// An image as colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Thumbnail {
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// Row after row.
    pub(crate) colors: Vec<Color>,
    /// What is written below it.
    pub(crate) label: String,
}

/// The largest side of a thumbnail in dots; larger ones are thinned out.
const MOST_DOTS: usize = 32;

/// Draws rows of thumbnails below their headings, one for each column.
pub(crate) fn pictures(description: &str, headings: &[&str], rows: &[Vec<Thumbnail>], size: Size) -> Scene {
    let line = f64::from(size.text);
    let side = (size.width - line) / headings.len().max(1) as f64 - 0.5 * line;
    let step = (side + 0.5 * line, side + 1.6 * line);
    let height = 1.8 * line + step.1 * rows.len() as f64;
    let mut scene = Scene::new(description, Size { height, ..size });
    let labels = |row: &Vec<Thumbnail>| row.iter().map(|thumbnail| thumbnail.label.clone()).collect();
    let header = headings.iter().map(|heading| (*heading).to_owned()).collect();
    scene.numbers = Numbers::new(header, rows.iter().map(labels).collect());
    for (column, heading) in headings.iter().enumerate() {
        let at = (0.5 * line + column as f64 * step.0, 1.2 * line);
        scene.text(at, size.shortened(heading, step.0), Anchor::Start, BLACK);
    }
    for (row, thumbnails) in rows.iter().enumerate() {
        for (column, thumbnail) in thumbnails.iter().enumerate() {
            let corner = (0.5 * line + column as f64 * step.0, 1.8 * line + row as f64 * step.1);
            draw(&mut scene, thumbnail, corner, side);
            let below = (corner.0, corner.1 + side + 1.05 * line);
            scene.text(below, size.shortened(&thumbnail.label, step.0), Anchor::Start, BLACK);
        }
    }
    scene
}

/// Draws a thumbnail, thinned out if it is large.
fn draw(scene: &mut Scene, thumbnail: &Thumbnail, corner: (f64, f64), side: f64) {
    let stride = thumbnail.height.max(thumbnail.width).div_ceil(MOST_DOTS).max(1);
    let (height, width) = (thumbnail.height.div_ceil(stride), thumbnail.width.div_ceil(stride));
    let color = |at: usize| {
        let (row, column) = (at / width, at % width);
        thumbnail.colors[row * stride * thumbnail.width + column * stride]
    };
    let bitmap = Bitmap { height, width, colors: (0..height * width).map(color).collect() };
    scene.shapes.extend(bitmap.polygons(corner, side / height.max(width).max(1) as f64));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::Shape;

    #[test]
    fn everything_is_inside_and_runs_are_joined() {
        let thumbnail = |n: usize| Thumbnail {
            height: n,
            width: n,
            colors: (0..n * n).map(|at| Color((at / n) as u8, 0, 0)).collect(),
            label: "coat, said shirt".to_owned(),
        };
        let rows = vec![vec![thumbnail(28), thumbnail(100)]; 2];
        let drawn = pictures("examples", &["clean", "attacked"], &rows, Size::COLUMN);
        let polygons = drawn.shapes.iter().filter(|shape| matches!(shape, Shape::Polygon { .. })).count();
        assert_eq!(polygons, 2 * (28 + 25));
        for shape in &drawn.shapes {
            if let Shape::Polygon { points, .. } = shape {
                assert!(
                    points
                        .iter()
                        .all(|(x, y)| (0.0..=drawn.width).contains(x) && (0.0..=drawn.height).contains(y))
                );
            }
        }
    }
}
