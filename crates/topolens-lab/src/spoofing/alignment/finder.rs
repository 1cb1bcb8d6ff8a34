//! Faces found by networks.

use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};
use topolens_nn::onnx::OnnxNetwork;
use topolens_nn::{Network, Tensor};

use super::{Face, FacePoints};
use crate::Result;
use crate::error::{Error, SpoofingProblem};

/// Finds the face of a picture with a detector, and its five points with a network for landmarks.
///
/// The detector takes the picture scaled to its input, RGB as $(p - 127) / 128$, and gives `boxes`, N × 4 corners as shares of width and
/// height, and `scores`, N × 2 with the face last (the form of Ultra-Light-Fast-Generic-Face-Detector). The network for landmarks takes the
/// box in grey as $p / 256$, scaled to its input, and gives 5 or 68 points as shares of the box; of 68 the means of the eyes, the tip of the
/// nose and the corners of the mouth are taken.
#[derive(Debug)]
pub struct FaceFinder {
    detector: OnnxNetwork,
    boxes: usize,
    scores: usize,
    landmarks: Option<OnnxNetwork>,
}

/// A box with less is no face.
const LEAST_SCORE: f32 = 0.7;

impl FaceFinder {
    /// A finder by these networks; without one for landmarks it finds boxes only.
    ///
    /// # Errors
    ///
    /// The detector has no outputs `boxes` and `scores` or does not take colour, or that for landmarks does not take grey.
    pub fn new(detector: OnnxNetwork, landmarks: Option<OnnxNetwork>) -> Result<Self> {
        let layer = |name: &str| detector.layers().iter().position(|layer| layer.name == name);
        let unfit = |flag: &'static str, reason: &'static str| {
            Error::spoofing(SpoofingProblem::UnfitFinder { flag, reason })
        };
        let missing = || unfit("--detector-net", "it has no outputs named boxes and scores");
        let (boxes, scores) = (layer("boxes").ok_or_else(missing)?, layer("scores").ok_or_else(missing)?);
        if detector.input_shape()[2] != 3 {
            return Err(unfit("--detector-net", "it does not take colour pictures"));
        }
        if landmarks.as_ref().is_some_and(|network| network.input_shape()[2] != 1) {
            return Err(unfit("--landmark-net", "it does not take grey pictures"));
        }
        Ok(Self { detector, boxes, scores, landmarks })
    }

    /// The face with the highest score; `None` if there is no face.
    ///
    /// # Errors
    ///
    /// A network fails, or gives something of another form.
    pub fn find(&self, picture: &RgbImage) -> Result<Option<Face>> {
        let [height, width, _] = self.detector.input_shape();
        let scaled = image::imageops::resize(picture, width as u32, height as u32, FilterType::Triangle);
        let values = scaled.as_raw().iter().map(|byte| (f32::from(*byte) - 127.0) / 128.0).collect();
        let batch = Tensor::new(&[1, height, width, 3], values)?;
        let taps = self.detector.forward(&batch, &[self.boxes, self.scores])?.taps;
        let [boxes, scores] = [&taps[0], &taps[1]].map(Tensor::values);
        let best = scores.chunks_exact(2).map(|pair| pair[1]).enumerate();
        let best = best.filter(|(_, score)| *score >= LEAST_SCORE).max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = best else { return Ok(None) };
        let Some(&[left, top, right, bottom]) = boxes.as_chunks::<4>().0.get(at) else {
            let (flag, reason) = ("--detector-net", "it gives fewer boxes than scores");
            return Err(Error::spoofing(SpoofingProblem::UnfitFinder { flag, reason }));
        };
        let (full_width, full_height) = (f64::from(picture.width()), f64::from(picture.height()));
        let bounds = [
            f64::from(left) * full_width,
            f64::from(top) * full_height,
            f64::from(right) * full_width,
            f64::from(bottom) * full_height,
        ];
        if !(bounds[2] - bounds[0] >= 1.0 && bounds[3] - bounds[1] >= 1.0) {
            return Ok(None);
        }
        let points = self.landmarks.as_ref().map(|network| points(network, picture, bounds)).transpose()?;
        Ok(Some(Face { points, bounds: Some(bounds) }))
    }
}

/// Five landmarks in a box.
fn points(network: &OnnxNetwork, picture: &RgbImage, bounds: [f64; 4]) -> Result<FacePoints> {
    let [left, top, right, bottom] = bounds.map(f64::round);
    let (across, down) = ((right - left).max(1.0), (bottom - top).max(1.0));
    // The box may jut out of the picture; what is beyond is black.
    let grey = DynamicImage::from(picture.clone()).into_luma8();
    #[expect(clippy::cast_sign_loss, reason = "sides of a box")]
    let part = image::GrayImage::from_fn(across as u32, down as u32, |x, y| {
        let (x, y) = (left + f64::from(x), top + f64::from(y));
        let inside = x >= 0.0 && y >= 0.0 && x < f64::from(grey.width()) && y < f64::from(grey.height());
        if inside { *grey.get_pixel(x as u32, y as u32) } else { image::Luma([0]) }
    });
    let [height, width, _] = network.input_shape();
    let scaled = image::imageops::resize(&part, width as u32, height as u32, FilterType::Triangle);
    let values = scaled.as_raw().iter().map(|byte| f32::from(*byte) / 256.0).collect();
    let output = network.forward(&Tensor::new(&[1, height, width, 1], values)?, &[])?.output;
    let found: Vec<[f64; 2]> = output
        .values()
        .chunks_exact(2)
        // From shares of the box, counted from its corner, to pixel centres.
        .map(|pair| [left + f64::from(pair[0]) * across - 0.5, top + f64::from(pair[1]) * down - 0.5])
        .collect();
    let mean = |points: &[[f64; 2]]| {
        [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / points.len() as f64)
    };
    match found.len() {
        5 => Ok([found[0], found[1], found[2], found[3], found[4]]),
        68 => Ok([mean(&found[36..42]), mean(&found[42..48]), found[30], found[48], found[54]]),
        _ => {
            let (flag, reason) = ("--landmark-net", "it gives neither 5 nor 68 points");
            Err(Error::spoofing(SpoofingProblem::UnfitFinder { flag, reason }))
        }
    }
}
