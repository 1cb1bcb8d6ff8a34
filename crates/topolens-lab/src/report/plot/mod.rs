//! Plots: what is drawn (curves, diagrams, barcodes), laid out as a scene of lines and text, written as SVG or PNG.

mod axis;
mod barcode;
mod curves;
mod frame;
mod legend;
mod palette;
mod persistence;
mod png;
mod scene;
mod size;
mod svg;

pub(crate) use barcode::barcode;
pub(crate) use curves::{CurvePlot, Point, Series, curves};
pub(crate) use palette::{GREY, epoch_color};
pub(crate) use persistence::persistence_diagram;
pub(crate) use png::to_png;
pub(crate) use scene::Scene;
pub(crate) use size::Size;
pub(crate) use svg::to_svg;
