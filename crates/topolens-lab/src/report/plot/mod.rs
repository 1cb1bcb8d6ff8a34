//! Plots: what is drawn (curves, diagrams, barcodes), laid out as a scene of lines and text, written as SVG, PDF or PNG.

mod axis;
mod barcode;
mod bitmap;
mod curves;
mod frame;
mod heat_map;
mod legend;
mod loops;
mod numbers;
mod palette;
mod pdf;
mod pictures;

mod persistence;
mod png;
mod scatter;
mod scene;
mod size;
mod svg;

pub(crate) use barcode::barcode;
pub(crate) use curves::{CurvePlot, Horizontal, Point, Series, curves};
pub(crate) use heat_map::{HeatMap, heat_map};
pub(crate) use loops::{MOST_CLASSES, loops_on_plane};
#[cfg(test)]
pub(crate) use numbers::Numbers;
#[cfg(test)]
pub(crate) use palette::{BLACK, LIGHT_GREY};
pub(crate) use palette::{GREY, epoch_color, homology_color, level_color};
pub(crate) use pdf::to_pdf;
pub(crate) use persistence::persistence_diagram;
pub use persistence::{count_label, homology_symbol, last_value, longest};
pub(crate) use pictures::{Thumbnail, pictures};
pub(crate) use png::to_png;
pub(crate) use scatter::{Group, ScatterPlot, scatter};
pub(crate) use scene::Color;
pub(crate) use scene::Scene;
#[cfg(test)]
pub(crate) use scene::{Anchor, Position, Shape, Stroke};
pub(crate) use size::Size;
pub(crate) use svg::to_svg;
