//! Which mark belongs to what, in lines above a plot.

use super::palette::BLACK;
use super::scene::{Anchor, Color, Position, Scene, Shape, Stroke};
use super::size::Size;

/// One entry: a mark and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) marker: Option<Marker>,
    /// Whether the marks are joined by a line.
    pub(crate) joined: bool,
    pub(crate) color: Color,
    pub(crate) label: String,
}

/// The shape of a mark, so that colour is not needed to tell series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

impl Marker {
    /// The marker of the series at `position`.
    pub(crate) fn of(position: usize) -> Self {
        [Self::Circle, Self::Square, Self::Triangle, Self::Diamond][position % 4]
    }

    /// The mark at `centre`, of about the size of a disc with that radius.
    pub(crate) fn shape(self, (x, y): Position, radius: f64, color: Color) -> Shape {
        let corners = match self {
            Self::Circle => return Shape::Dots { centres: vec![(x, y)], radius, color, opacity: 1.0 },
            Self::Square => vec![(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Self::Triangle => vec![(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
            Self::Diamond => vec![(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        };
        let points = corners.into_iter().map(|(across, down)| (x + across * radius, y + down * radius));
        Shape::Polygon { points: points.collect(), color, opacity: 1.0 }
    }
}

/// Entries set in lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Legend {
    entries: Vec<(Position, Entry)>,
    pub(crate) height: f64,
}

/// Room for the mark before its label, in text heights.
const MARK: f64 = 1.9;

impl Legend {
    /// Sets the entries from left to right, with a new line where the width is used up.
    pub(crate) fn new(entries: Vec<Entry>, size: Size) -> Self {
        let line = f64::from(size.text);
        let (mut x, mut y) = (0.6 * line, 1.2 * line);
        let mut set = Vec::new();
        for mut entry in entries {
            entry.label = size.shortened(&entry.label, size.width - (MARK + 0.7) * line);
            let width = MARK * line + size.text_width(&entry.label);
            if x + width > size.width && x > line {
                (x, y) = (0.6 * line, y + 1.3 * line);
            }
            set.push(((x, y), entry));
            x += width + 0.7 * line;
        }
        let height = if set.is_empty() { 0.0 } else { y + 0.3 * line };
        Self { entries: set, height }
    }

    pub(crate) fn draw(&self, scene: &mut Scene) {
        let line = f64::from(scene.text);
        for ((x, y), entry) in &self.entries {
            let centre = (x + 0.75 * line, y - 0.36 * line);
            if let Some(marker) = entry.marker {
                scene.shapes.push(marker.shape(centre, 0.3 * line, entry.color));
            }
            if entry.joined {
                let pen = Stroke::solid(entry.color, if entry.marker.is_some() { 1.6 } else { 0.7 });
                scene.line((centre.0 - 0.75 * line, centre.1), (centre.0 + 0.75 * line, centre.1), pen);
            }
            scene.text((x + MARK * line, *y), &entry.label, Anchor::Start, BLACK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legend(labels: &[&str]) -> Legend {
        let entry =
            |label: &&str| Entry { marker: None, joined: true, color: BLACK, label: (*label).to_owned() };
        Legend::new(labels.iter().map(entry).collect(), Size::COLUMN)
    }

    #[test]
    fn no_entry_leaves_the_figure() {
        let legend = legend(&["epoch 0", "epoch 10", "epoch 20", "epoch 40", &"long ".repeat(40)]);
        for ((x, _), entry) in &legend.entries {
            let end = x + MARK * 12.0 + Size::COLUMN.text_width(&entry.label);
            assert!(end <= Size::COLUMN.width, "{} ends at {end}", entry.label);
        }
        assert!(legend.entries.windows(2).any(|pair| pair[0].0.1 < pair[1].0.1), "wraps");
    }

    #[test]
    fn nothing_to_explain_takes_no_room() {
        assert!(legend(&[]).height.abs() < 1e-12);
    }

    #[test]
    fn markers_differ() {
        let shapes: Vec<Shape> = (0..4).map(|at| Marker::of(at).shape((0.0, 0.0), 1.0, BLACK)).collect();
        assert!((1..4).all(|at| !shapes[..at].contains(&shapes[at])));
    }
}
