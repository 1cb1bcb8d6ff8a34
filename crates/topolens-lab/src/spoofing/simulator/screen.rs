//! A screen that shows the live image: an emitting mosaic of red, green and blue stripes.

use rand_chacha::ChaCha8Rng;

use super::illumination::{Lighting, LightingSettings};
use super::plane::Plane;
use super::random::Range;
use super::scene::Scene;
use super::view::View;

/// A kind of screen and how it is lit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScreenSettings {
    /// Side of a pixel of the screen in pixels of the capture: pixels of the capture per millimetre times the pitch. Where 512 pixels see 85 mm
    /// of a monitor of 92 pixels per inch it is 1.7, of a tablet of 264 pixels per inch 0.6. Moiré is strongest near 2: the sensor sees red and
    /// blue at every other pixel; below 1 the lens and the area of the sensor's pixels leave little of it.
    pub(super) pitch: Range,
    /// Share of the pitch that shines, across and along the stripes; the rest is the black matrix.
    pub(super) aperture: [f64; 2],
    /// Light of black as a share of white: the reciprocal of the contrast, 1/1000 for LCD in the dark, more seen from the side.
    pub(super) black: Range,
    /// Room light thrown back by the glass, as a share of white.
    pub(super) ambient: Range,
    /// Blue of white relative to its red; 1 is D65, 1.3 about 8000 K, where screens are delivered.
    pub(super) blueness: Range,
    pub(super) lighting: LightingSettings,
}

/// A screen that shows an image.
#[derive(Debug)]
pub(super) struct Screen<'a> {
    live: &'a Plane,
    view: View,
    lighting: Lighting,
    pitch: f64,
    aperture: [f64; 2],
    black: f32,
    ambient: f32,
    white: [f32; 3],
}

impl<'a> Screen<'a> {
    pub(super) fn draw(
        settings: &ScreenSettings,
        live: &'a Plane,
        view: View,
        random: &mut ChaCha8Rng,
    ) -> Self {
        let lighting = Lighting::draw(&settings.lighting, view.size, random);
        let blueness = settings.blueness.draw(random).sqrt();
        Self {
            live,
            view,
            lighting,
            pitch: settings.pitch.draw(random),
            aperture: settings.aperture,
            black: settings.black.draw(random) as f32,
            ambient: settings.ambient.draw(random) as f32,
            white: [(1.0 / blueness) as f32, 1.0, blueness as f32],
        }
    }

    /// Light of the three colours of the screen's pixel `index`, without the mosaic: what a driver makes of the live image.
    fn shown(&self, index: [f64; 2]) -> [f32; 3] {
        let light = self.live.at((index[0] + 0.5) * self.pitch, (index[1] + 0.5) * self.pitch);
        std::array::from_fn(|channel| {
            self.white[channel] * (self.black + (1.0 - self.black) * light[channel])
        })
    }
}

impl Scene for Screen<'_> {
    fn surface(&self, x: f64, y: f64, footprint: f64) -> [f32; 3] {
        let [u, v] = self.view.to_live(x, y).map(|coordinate| coordinate / self.pitch);
        let shown = self.shown([u.floor(), v.floor()]);
        let width = footprint / self.pitch;
        let along = stripe_share(v, width, 0.5, self.aperture[1]) / self.aperture[1];
        std::array::from_fn(|channel| {
            let stripe = self.aperture[0] / 3.0;
            let middle = (channel as f64 + 0.5) / 3.0;
            let across = stripe_share(u, width, middle, stripe) / stripe;
            shown[channel] * (across * along) as f32
        })
    }

    fn radiance(&self, x: f64, y: f64, surface: [f32; 3]) -> [f32; 3] {
        let thrown_back = self.ambient * self.lighting.irradiance(x, y) + self.lighting.highlight(x, y);
        surface.map(|light| light + thrown_back)
    }
}

/// Share of the interval of `width` around `at` that stripes of period 1 cover, each `stripe` wide around `middle`.
fn stripe_share(at: f64, width: f64, middle: f64, stripe: f64) -> f64 {
    // Length of stripes between 0 and t.
    let start = middle - 0.5 * stripe;
    let covered = |t: f64| {
        let t = t - start;
        t.floor() * stripe + (t - t.floor()).min(stripe)
    };
    (covered(at + 0.5 * width) - covered(at - 0.5 * width)) / width
}

#[cfg(test)]
mod tests {
    use super::super::random::Streams;
    use super::*;

    fn settings(pitch: f64) -> ScreenSettings {
        ScreenSettings {
            pitch: Range(pitch, pitch),
            aperture: [0.8, 0.9],
            black: Range(0.0, 0.0),
            ambient: Range(0.0, 0.0),
            blueness: Range(1.0, 1.0),
            lighting: LightingSettings {
                unevenness: Range(0.0, 0.0),
                highlight: Range(0.0, 0.0),
                highlight_size: Range(0.1, 0.1),
            },
        }
    }

    #[test]
    fn stripes_cover_their_share() {
        assert!((stripe_share(0.3, 1.0, 0.5, 0.25) - 0.25).abs() < 1e-12);
        assert!((stripe_share(0.5, 0.1, 0.5, 0.25) - 1.0).abs() < 1e-12);
        assert!(stripe_share(7.0, 0.1, 0.5, 0.25).abs() < 1e-12);
        assert!((stripe_share(-0.5 + 0.125, 0.1, 0.5, 0.25) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_mosaic_keeps_the_mean_light_of_each_colour() {
        let live = Plane::from_fn(24, 24, |_, _| [0.2, 0.5, 0.8]);
        let view = View::straight(24, 24);
        let screen =
            Screen::draw(&settings(3.0), &live, view, &mut Streams { seed: 0, name: "" }.stage("screen"));
        let fine = Plane::from_fn(240, 240, |x, y| {
            screen.surface((x as f64 + 0.5) / 10.0, (y as f64 + 0.5) / 10.0, 0.1)
        });
        let mean = fine.area_means(240).pixels[0];
        for (got, expected) in mean.iter().zip([0.2, 0.5, 0.8]) {
            assert!((got - expected).abs() < 1e-3, "{mean:?}");
        }
    }

    #[test]
    fn colours_shine_in_their_own_stripes() {
        let live = Plane::from_fn(30, 30, |_, _| [1.0; 3]);
        let view = View::straight(30, 30);
        let screen =
            Screen::draw(&settings(3.0), &live, view, &mut Streams { seed: 0, name: "" }.stage("screen"));
        for (channel, x) in [0.5, 1.5, 2.5].into_iter().enumerate() {
            let light = screen.surface(9.0 + x, 10.5, 0.01);
            for (other, light) in light.into_iter().enumerate() {
                assert_eq!(light > 0.0, other == channel);
            }
        }
        // Between two pixels lies the black matrix.
        assert!(screen.surface(9.0, 9.0, 0.01).iter().all(|light| *light == 0.0));
    }
}
