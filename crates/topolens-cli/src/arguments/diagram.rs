//! What `topolens diagram` accepts.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::{Common, picture_file};
use crate::memory;
use crate::terminal::Screen;

/// Persistent homology of a point cloud, of a matrix of dissimilarities or of the pairs that meet
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens diagram points.npy
  topolens diagram points.npy --plot points.svg
  topolens diagram points.npy --draw always | less
  topolens diagram points.csv --max-homology-dimension 2 --threshold 1.5 --json
  topolens diagram distances.npy --metric precomputed --out diagram.json
  topolens diagram activations.npy --metric cosine
  topolens diagram noisy.npy --metric geodesic --neighbors 15
  topolens diagram many.npy --landmarks 2000
  topolens diagram triples.csv --sparse")]
pub(crate) struct DiagramArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Matrix in .npy (f32, f64) or .csv: rows are points, columns features
    pub(crate) points: PathBuf,
    /// Highest homology dimension, from 0 to 14; 3 and above need few points or a threshold
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=14))]
    pub(crate) max_homology_dimension: u8,
    /// Largest filtration value built; if few pairs are that near, they alone take memory [default: the enclosing radius,
    /// past which nothing changes]
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    /// Prime p of the coefficient field Z/p, below 32768
    #[arg(long, default_value_t = 2)]
    pub(crate) modulus: u16,
    /// How points are compared: geodesic is the length of paths along nearest neighbours, precomputed a square matrix of
    /// dissimilarities in place of points
    #[arg(long, value_enum, default_value_t = MetricName::Euclidean)]
    pub(crate) metric: MetricName,
    /// Neighbours of each point for --metric geodesic [default: 15]
    #[arg(long)]
    pub(crate) neighbors: Option<usize>,
    /// Keep N points that are spread out, from the first row on, and print how far the diagrams may be off
    ///
    /// Each is the point furthest from those before it. The error bound is twice the covering radius; it needs the triangle
    /// inequality, which cosine and correlation lack, and that a precomputed matrix must bring.
    #[arg(long, value_name = "N")]
    pub(crate) landmarks: Option<usize>,
    /// The file holds rows i, j, dissimilarity, points counted from 0; pairs that are absent never meet
    #[arg(long, conflicts_with_all = ["metric", "neighbors", "landmarks"])]
    pub(crate) sparse: bool,
    /// Add to each loop of the JSON the edge that gives birth, the triangle that kills, and a cycle to draw
    ///
    /// The cycle is the birth edge closed by the shortest path over earlier edges: it appears with the loop, and need not be the
    /// shortest around its hole.
    #[arg(long, alias = "cocycles")]
    pub(crate) cycles: bool,
    /// Memory that may be used, such as 800M or 4G [default: what the machine has left]
    #[arg(long, value_parser = memory::parse)]
    pub(crate) memory: Option<u64>,
    /// Also write the JSON to this file
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Draw barcode and persistence diagram side by side into this file, .svg, .pdf or .png
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().try_map(picture_file))]
    pub(crate) plot: Option<PathBuf>,
    /// Draw barcode and persistence diagram as text below the table; auto does so on a terminal only
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Draw::Auto)]
    pub(crate) draw: Draw,
}

/// When to draw as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Draw {
    Auto,
    Always,
    Never,
}

impl Draw {
    /// Whether to draw below the table.
    pub(crate) fn is_wanted(self) -> bool {
        match self {
            Self::Auto => Screen::is_terminal(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetricName {
    Euclidean,
    Cosine,
    Manhattan,
    Chebyshev,
    Correlation,
    Geodesic,
    Precomputed,
}
