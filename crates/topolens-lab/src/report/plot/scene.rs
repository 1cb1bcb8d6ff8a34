//! A picture as lines, polygons, dots, text and images; y grows downwards.

use std::fmt;

use super::bitmap::Bitmap;
use super::numbers::Numbers;
use super::size::Size;

pub(crate) type Position = (f64, f64);

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Color {
    /// The colour `part` of the `whole` way to `other`.
    pub(crate) fn mixed(self, other: Self, part: usize, whole: usize) -> Self {
        let mix = |a: u8, b: u8| ((usize::from(a) * (whole - part) + usize::from(b) * part) / whole) as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f64,
    /// Lengths of a dash and of the gap behind it; `None` is a whole line.
    pub(crate) dashes: Option<[f64; 2]>,
}

impl Stroke {
    pub(crate) fn solid(color: Color, width: f64) -> Self {
        Self { color, width, dashes: None }
    }

    pub(crate) fn dashed(color: Color, width: f64) -> Self {
        Self { color, width, dashes: Some([4.0, 3.0]) }
    }
}

/// Which part of a text lies at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Polyline {
        points: Vec<Position>,
        stroke: Stroke,
    },
    Polygon {
        points: Vec<Position>,
        color: Color,
        opacity: f64,
    },
    Dots {
        centres: Vec<Position>,
        radius: f64,
        color: Color,
        opacity: f64,
    },
    Text {
        at: Position,
        content: String,
        anchor: Anchor,
        upwards: bool,
        color: Color,
    },
    /// `corner` is the upper left one, `dot` the side of a dot.
    Image {
        corner: Position,
        dot: f64,
        bitmap: Bitmap,
    },
}

impl Shape {
    /// The same shape further to the right.
    fn moved(self, across: f64) -> Self {
        let moved = |points: Vec<Position>| points.into_iter().map(|(x, y)| (x + across, y)).collect();
        match self {
            Self::Polyline { points, stroke } => Self::Polyline { points: moved(points), stroke },
            Self::Polygon { points, color, opacity } => {
                Self::Polygon { points: moved(points), color, opacity }
            }
            Self::Dots { centres, radius, color, opacity } => {
                Self::Dots { centres: moved(centres), radius, color, opacity }
            }
            Self::Text { at: (x, y), content, anchor, upwards, color } => {
                Self::Text { at: (x + across, y), content, anchor, upwards, color }
            }
            Self::Image { corner: (x, y), dot, bitmap } => {
                Self::Image { corner: (x + across, y), dot, bitmap }
            }
        }
    }
}

/// A picture on white ground.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    /// What the picture shows, for those who cannot see it.
    pub(crate) description: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Height of the text.
    pub(crate) text: u32,
    pub(crate) shapes: Vec<Shape>,
    /// What is drawn, to be read.
    pub(crate) numbers: Numbers,
}

impl Scene {
    pub(crate) fn new(description: &str, size: Size) -> Self {
        let Size { width, height, text } = size;
        let description = description.to_owned();
        Self { description, width, height, text, shapes: Vec::new(), numbers: Numbers::default() }
    }

    /// One picture with `right` at the right of this one; description and numbers are this one's.
    pub(crate) fn beside(mut self, right: Self) -> Self {
        self.shapes.extend(right.shapes.into_iter().map(|shape| shape.moved(self.width)));
        self.width += right.width;
        self.height = self.height.max(right.height);
        self
    }

    pub(crate) fn line(&mut self, from: Position, to: Position, stroke: Stroke) {
        self.shapes.push(Shape::Polyline { points: vec![from, to], stroke });
    }

    pub(crate) fn text(&mut self, at: Position, content: impl Into<String>, anchor: Anchor, color: Color) {
        self.shapes.push(Shape::Text { at, content: content.into(), anchor, upwards: false, color });
    }

    /// Text that runs upwards, centred.
    pub(crate) fn upward_text(&mut self, at: Position, content: impl Into<String>, color: Color) {
        let content = content.into();
        self.shapes.push(Shape::Text { at, content, anchor: Anchor::Middle, upwards: true, color });
    }
}
