//! From light on the sensor to a picture.

use image::codecs::jpeg::JpegEncoder;
use image::{ColorType, ImageEncoder, RgbImage};
use rand_chacha::ChaCha8Rng;

use super::bayer::{demosaic, mosaic};
use super::light::{encode, to_byte};
use super::noise::{NoiseSettings, add_noise};
use super::plane::Plane;
use super::random::Range;
use crate::Result;
use crate::error::{Error, ErrorKind};

/// A camera.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CameraSettings {
    /// Standard deviation of the lens's blur in pixels.
    pub(super) blur: Range,
    /// Light lost in the corner.
    pub(super) vignetting: Range,
    pub(super) noise: NoiseSettings,
    /// Relative error of the gain of red and of blue.
    pub(super) white_balance: Range,
    /// Share of what a Gaussian of one pixel takes away that is added again.
    pub(super) sharpening: f32,
    /// From 1 to 100.
    pub(super) jpeg_quality: u8,
}

/// What a camera that meets a scene has set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exposure {
    vignetting: f32,
    gains: [f32; 3],
}

impl Exposure {
    /// Settings of one picture, with a gain that brings the mean luminance to `wanted`, within three stops either way.
    pub(super) fn draw(
        settings: &CameraSettings,
        light: &Plane,
        wanted: f64,
        random: &mut ChaCha8Rng,
    ) -> Self {
        let [red, blue] = [(); 2].map(|()| 1.0 + settings.white_balance.draw_signed(random));
        let gain = (wanted / light.mean_luminance().max(1e-6)).clamp(0.125, 8.0);
        Self {
            vignetting: settings.vignetting.draw(random) as f32,
            gains: [gain * red, gain, gain * blue].map(|gain| gain as f32),
        }
    }

    /// Light as the sensor meets it: less towards the corners, multiplied by the gains.
    fn apply(&self, light: &Plane) -> Plane {
        let middle = [0.5 * light.width as f32, 0.5 * light.height as f32];
        let corner = middle[0].powi(2) + middle[1].powi(2);
        Plane::from_fn(light.width, light.height, |x, y| {
            let (across, down) = (x as f32 + 0.5 - middle[0], y as f32 + 0.5 - middle[1]);
            let left = 1.0 - self.vignetting * (across * across + down * down) / corner;
            let pixel = light.row(y)[x];
            std::array::from_fn(|channel| pixel[channel] * self.gains[channel] * left)
        })
    }
}

/// Develops light on the sensor to encoded pixels, before JPEG.
pub(super) fn develop(
    settings: &CameraSettings,
    light: &Plane,
    exposure: &Exposure,
    noise: &mut ChaCha8Rng,
) -> RgbImage {
    let mut raw = mosaic(&exposure.apply(light));
    add_noise(&mut raw.pixels, settings.noise, noise);
    let mut encoded = demosaic(&raw);
    for pixel in &mut encoded.pixels {
        *pixel = pixel.map(encode);
    }
    let sharp = sharpened(&encoded, settings.sharpening);
    RgbImage::from_fn(light.width as u32, light.height as u32, |x, y| {
        image::Rgb(sharp.row(y as usize)[x as usize].map(to_byte))
    })
}

/// An unsharp mask: what a Gaussian of one pixel takes away is added `share` times.
fn sharpened(encoded: &Plane, share: f32) -> Plane {
    let radius = super::plane::blur_radius(1.0);
    let (right, below) = (encoded.width - 1, encoded.height - 1);
    let padded = Plane::from_fn(encoded.width + 2 * radius, encoded.height + 2 * radius, |x, y| {
        encoded.row(y.saturating_sub(radius).min(below))[x.saturating_sub(radius).min(right)]
    });
    let blurred = padded.blurred_inside(1.0);
    Plane::from_fn(encoded.width, encoded.height, |x, y| {
        let (pixel, blurred) = (encoded.row(y)[x], blurred.row(y)[x]);
        std::array::from_fn(|channel| pixel[channel] + share * (pixel[channel] - blurred[channel]))
    })
}

/// The picture as a JPEG file.
pub(super) fn to_jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    let (width, height) = picture.dimensions();
    encoder.write_image(picture.as_raw(), width, height, ColorType::Rgb8.into()).map_err(|error| {
        Error::new(ErrorKind::Picture { name: "of the camera".to_owned(), reason: error.to_string() })
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::super::random::Streams;
    use super::*;

    fn quiet() -> CameraSettings {
        CameraSettings {
            blur: Range(0.0, 0.0),
            vignetting: Range(0.0, 0.0),
            noise: NoiseSettings { full_well: 1e9, read_noise: 0.0 },
            white_balance: Range(0.0, 0.0),
            sharpening: 0.5,
            jpeg_quality: 95,
        }
    }

    #[test]
    fn an_even_surface_is_metered_and_developed_exactly() {
        let mut random = Streams { seed: 0, name: "" }.stage("camera");
        // Far too dark: the meter brings it back.
        let dim = Plane::from_fn(16, 12, |_, _| [0.05; 3]);
        let exposure = Exposure::draw(&quiet(), &dim, 0.2158, &mut random);
        let picture = develop(&quiet(), &dim, &exposure, &mut random);
        assert!(picture.pixels().all(|pixel| pixel.0 == [128; 3]), "{:?}", picture.get_pixel(3, 3));
        let dark = Plane::from_fn(16, 12, |_, _| [1e-4; 3]);
        let exposure = Exposure::draw(&quiet(), &dark, 0.2158, &mut random);
        assert!(develop(&quiet(), &dark, &exposure, &mut random).pixels().all(|pixel| pixel.0[1] < 10));
    }

    #[test]
    fn corners_are_darker_and_edges_sharper() {
        let mut random = Streams { seed: 0, name: "" }.stage("camera");
        let settings = CameraSettings { vignetting: Range(0.3, 0.3), ..quiet() };
        let even = Plane::from_fn(64, 64, |_, _| [0.5; 3]);
        let exposure = Exposure::draw(&settings, &even, 0.5, &mut random);
        let light = exposure.apply(&even);
        assert!((light.row(0)[0][0] - 0.35).abs() < 0.01 && (light.row(32)[32][0] - 0.5).abs() < 1e-3);
        let edge = Plane::from_fn(20, 20, |x, _| [if x < 10 { 0.25 } else { 0.75 }; 3]);
        let row = sharpened(&edge, 0.5);
        assert!(
            row.row(10)[9][0] < 0.2 && row.row(10)[10][0] > 0.8 && (row.row(10)[0][0] - 0.25).abs() < 1e-5
        );
    }

    #[test]
    fn jpeg_comes_back_near_and_has_the_quality() {
        let picture = RgbImage::from_fn(32, 32, |x, y| image::Rgb([(4 * x) as u8, (4 * y) as u8, 90]));
        let [fine, coarse] = [95, 30].map(|quality| to_jpeg(&picture, quality).unwrap());
        assert!(fine.len() > coarse.len());
        let back = image::load_from_memory(&fine).unwrap().into_rgb8();
        let worst = back.as_raw().iter().zip(picture.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst.unwrap() < 12, "{worst:?}");
    }
}
