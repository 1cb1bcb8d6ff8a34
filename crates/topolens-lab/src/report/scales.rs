//! Intrinsic dimension of one cloud over scales as a picture.

use topolens::Estimate;

use super::picture::PictureFormat;
use super::plot::{CurvePlot, Horizontal, Point, Series, Size, curves, homology_color};
use crate::Result;

/// The estimates of one estimator at several scales.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleCurve {
    /// What the legend says.
    pub label: String,
    /// The scale, a distance, and the estimate there.
    pub points: Vec<(f64, Estimate)>,
}

/// Intrinsic dimension against scale with 95 % bands, as the content of a picture file one column of a paper wide.
///
/// A plateau is a dimension that the cloud has at those scales; a rise towards small scales is noise, a fall towards large
/// ones curvature or the edge of the cloud.
///
/// # Errors
///
/// The picture cannot be encoded.
///
/// # Examples
///
/// ```
/// use topolens::{TwoNn, synthetic};
/// use topolens_lab::report::{PictureFormat, ScaleCurve, draw_scales};
///
/// let estimate = TwoNn::new().estimate(&synthetic::uniform_cube(200, 2, 0)?)?;
/// let curve = ScaleCurve { label: "two-nn".to_owned(), points: vec![(0.04, estimate)] };
/// let svg = draw_scales("square.npy", &[curve], PictureFormat::Svg)?;
/// assert!(svg.starts_with(b"<svg "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draw_scales(name: &str, scale_curves: &[ScaleCurve], format: PictureFormat) -> Result<Vec<u8>> {
    format.encode(&curves(&plot(name, scale_curves), Size::COLUMN))
}

/// The curves, ready to be drawn.
pub(super) fn plot(name: &str, scale_curves: &[ScaleCurve]) -> CurvePlot {
    CurvePlot {
        description: format!("Intrinsic dimension of {name} against scale."),
        x: Horizontal::Scale,
        y_label: "Intrinsic dimension".to_owned(),
        logarithmic: false,
        names: Vec::new(),
        series: scale_curves.iter().enumerate().map(|(position, curve)| series(position, curve)).collect(),
    }
}

fn series(position: usize, curve: &ScaleCurve) -> Series {
    let point = |&(scale, estimate): &(f64, Estimate)| Point {
        x: scale,
        value: Some(estimate.value),
        interval: estimate.upper.is_finite().then_some((estimate.lower, estimate.upper)),
    };
    let points = curve.points.iter().map(point).collect();
    Series::named(curve.label.clone(), homology_color(position), points)
}

#[cfg(test)]
mod tests {
    use topolens::{TwoNn, synthetic};

    use super::*;

    #[test]
    fn every_curve_has_a_band_and_a_name() {
        let estimate = TwoNn::new().estimate(&synthetic::uniform_cube(100, 2, 0).unwrap()).unwrap();
        let curve = |label: &str| ScaleCurve {
            label: label.to_owned(),
            points: [0.1, 0.2, 0.4].map(|scale| (scale, estimate)).to_vec(),
        };
        let svg = draw_scales("a.npy", &[curve("gride"), curve("mle")], PictureFormat::Svg).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert_eq!(svg.matches("fill-opacity=\"0.18\"").count(), 2);
        assert!(svg.contains(">gride<") && svg.contains(">mle<") && svg.contains("Scale (distance)"));
    }
}
