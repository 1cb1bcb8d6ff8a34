//! The rectangle that a plot is drawn in: axes, ticks, labels and grid.

use super::axis::Axis;
use super::palette::{BLACK, GREY, LIGHT_GREY};
use super::scene::{Anchor, Position, Scene, Stroke};
use super::size::Size;

/// Axes laid out in a plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    x: Axis,
    y: Option<Axis>,
}

/// Length of a tick, and the gap between what must not touch.
const TICK: f64 = 4.0;

impl Frame {
    /// Axes below a header of `header` height; without `y` there is no vertical axis.
    pub(crate) fn new(size: Size, header: f64, x: Axis, y: Option<Axis>) -> Self {
        let line = f64::from(size.text);
        let widths = y.iter().flat_map(|axis| &axis.ticks).map(|tick| size.text_width(&tick.label));
        let widest = widths.fold(0.0, f64::max);
        let left = if y.is_some() { 1.4 * line + widest + 2.0 * TICK } else { 0.8 * line };
        let bottom = size.height - 2.5 * line - 2.0 * TICK;
        Self { left, right: size.width - 0.9 * line, top: header + 0.7 * line, bottom, x, y }
    }

    /// The same frame with the plot region square, as large as fits.
    pub(crate) fn square(mut self) -> Self {
        let side = (self.right - self.left).min(self.bottom - self.top);
        self.right = self.left + side;
        self.top = self.bottom - side;
        self
    }

    pub(crate) fn across(&self, x: f64) -> f64 {
        self.left + (self.right - self.left) * self.x.fraction(x)
    }

    pub(crate) fn at(&self, x: f64, y: f64) -> Position {
        let up = self.y.as_ref().map_or(0.0, |axis| axis.fraction(y));
        (self.across(x), self.bottom - (self.bottom - self.top) * up)
    }

    pub(crate) fn centre(&self) -> Position {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    /// Draws axes, ticks and labels; the rest of the plot goes on top.
    pub(crate) fn draw(&self, scene: &mut Scene, x_label: &str, y_label: &str) {
        self.draw_horizontal(scene, x_label);
        if let Some(axis) = &self.y {
            self.draw_vertical(scene, axis, y_label);
        }
    }

    fn draw_horizontal(&self, scene: &mut Scene, label: &str) {
        let line = f64::from(scene.text);
        let pen = Stroke::solid(BLACK, 0.8);
        scene.line((self.left, self.bottom), (self.right, self.bottom), pen);
        for tick in &self.x.ticks {
            let x = self.across(tick.value);
            scene.line((x, self.bottom), (x, self.bottom + TICK), pen);
            scene.text((x, self.bottom + TICK + line), &tick.label, Anchor::Middle, BLACK);
        }
        let title = self.x.title(label);
        scene.text((self.centre().0, self.bottom + TICK + 2.3 * line), title, Anchor::Middle, BLACK);
    }

    fn draw_vertical(&self, scene: &mut Scene, axis: &Axis, label: &str) {
        let line = f64::from(scene.text);
        let pen = Stroke::solid(BLACK, 0.8);
        for tick in &axis.ticks {
            let y = self.at(0.0, tick.value).1;
            if y < self.bottom - 0.5 {
                scene.line((self.left, y), (self.right, y), Stroke::solid(LIGHT_GREY, 0.6));
            }
            scene.line((self.left - TICK, y), (self.left, y), pen);
            scene.text((self.left - TICK - 2.0, y + 0.36 * line), &tick.label, Anchor::End, BLACK);
        }
        scene.line((self.left, self.top), (self.left, self.bottom), pen);
        scene.upward_text((line, self.centre().1), axis.title(label), BLACK);
    }

    /// A remark in the middle, where there is nothing to draw.
    pub(crate) fn remark(&self, scene: &mut Scene, remark: &str) {
        scene.text(self.centre(), remark, Anchor::Middle, GREY);
    }
}
