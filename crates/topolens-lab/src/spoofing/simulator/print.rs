//! A halftone print of the live image on paper.

use rand_chacha::ChaCha8Rng;

use super::halftone::DotScreen;
use super::illumination::{Lighting, LightingSettings};
use super::light::encode;
use super::plane::Plane;
use super::random::Range;
use super::scene::Scene;
use super::separation::{INKS, InkModel, Separation, dot_gain};
use super::view::View;

/// Angles of the screens of cyan, magenta, yellow and black in degrees.
const ANGLES: [f64; 4] = [15.0, 75.0, 0.0, 45.0];

/// A kind of printer and paper, and how the sheet is lit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PrintSettings {
    /// Distance of dots in pixels of the capture: 25.4 times pixels per millimetre over lines per inch. Where 512 pixels see 80 mm of a
    /// sheet of 150 lines per inch it is 1.1, of 85 lines per inch 1.9.
    pub(super) dot_pitch: Range,
    /// Share of grey that black ink prints.
    pub(super) grey_replacement: f32,
    /// Mechanical dot gain at half tone.
    pub(super) dot_gain: Range,
    /// The part of the dot gain that the printer's table takes away again.
    pub(super) compensation: f32,
    /// Yule and Nielsen's factor: 1 for no spread of light in the paper, 2 for much.
    pub(super) yule_nielsen: f32,
    /// Standard deviation of the spread of light in paper, as a share of the distance of dots.
    pub(super) scattering: Range,
    /// Reflectance of bare paper.
    pub(super) paper: Range,
    /// Blue of bare paper relative to its red: below 1 is yellowish.
    pub(super) blueness: Range,
    /// Standard deviation of the paper's reflectance from fibre to fibre.
    pub(super) grain: Range,
    /// Light mirrored everywhere by the surface, as a share of white.
    pub(super) surface: Range,
    pub(super) lighting: LightingSettings,
}

/// What all prints of a preset share: the inks and the printer's table.
#[derive(Debug, Clone)]
pub(super) struct Printer {
    settings: PrintSettings,
    model: InkModel,
    separation: Separation,
}

impl Printer {
    pub(super) fn new(settings: PrintSettings) -> Self {
        let model = InkModel::new(INKS, settings.yule_nielsen);
        let gain = settings.compensation * settings.dot_gain.middle() as f32;
        let separation = Separation::new(&model, settings.grey_replacement, gain);
        Self { settings, model, separation }
    }

    /// A sheet with the live image.
    pub(super) fn print(&self, live: &Plane, view: View, random: &mut ChaCha8Rng) -> Sheet {
        let settings = &self.settings;
        let lighting = Lighting::draw(&settings.lighting, view.size, random);
        let gain = settings.dot_gain.draw(random) as f32;
        let tones = Plane::from_fn(live.width, live.height, |x, y| {
            let inks = self.separation.inks(live.row(y)[x].map(encode));
            inks.map(|tone| dot_gain(tone, gain))
        });
        let pitch = settings.dot_pitch.draw(random);
        let screens = ANGLES.map(|angle| {
            let phase = [(); 2].map(|()| Range(0.0, 1.0).draw(random));
            DotScreen::new(angle, pitch, phase)
        });
        let (white, blueness) = (settings.paper.draw(random), settings.blueness.draw(random).sqrt());
        Sheet {
            tones,
            screens,
            model: self.model,
            view,
            lighting,
            paper: [white / blueness, white, white * blueness].map(|light| light as f32),
            scattering: settings.scattering.draw(random) * pitch,
            grain: Grain { deviation: settings.grain.draw(random) as f32, key: rand::RngExt::random(random) },
            surface: settings.surface.draw(random) as f32,
        }
    }
}

/// A printed sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    tones: Plane<4>,
    screens: [DotScreen; 4],
    model: InkModel,
    view: View,
    lighting: Lighting,
    paper: [f32; 3],
    scattering: f64,
    grain: Grain,
    surface: f32,
}

impl Scene for Sheet {
    fn surface(&self, x: f64, y: f64, footprint: f64) -> [f32; 3] {
        let place = self.view.to_live(x, y);
        let tones = self.tones.at(place[0], place[1]);
        self.model.root(std::array::from_fn(|ink| self.screens[ink].ink(place, tones[ink], footprint)))
    }

    fn scattering(&self) -> f64 {
        self.scattering
    }

    fn radiance(&self, x: f64, y: f64, surface: [f32; 3]) -> [f32; 3] {
        let reflected = self.model.reflectance(surface);
        let [u, v] = self.view.to_live(x, y);
        let light = self.lighting.irradiance(x, y) * self.grain.at(u, v);
        let mirrored = self.surface + self.lighting.highlight(x, y);
        std::array::from_fn(|channel| self.paper[channel] * reflected[channel] * light + mirrored)
    }
}

/// Fibres: a factor that differs from place to place of the sheet.
#[derive(Debug, Clone, Copy)]
struct Grain {
    deviation: f32,
    key: u64,
}

impl Grain {
    /// The factor at a point: independent at whole coordinates, interpolated between.
    fn at(&self, x: f64, y: f64) -> f32 {
        let (left, above) = (x.floor(), y.floor());
        let (across, down) = ((x - left) as f32, (y - above) as f32);
        let value = |column: i64, row: i64| self.knot(left as i64 + column, above as i64 + row);
        let upper = value(0, 0) * (1.0 - across) + value(1, 0) * across;
        let lower = value(0, 1) * (1.0 - across) + value(1, 1) * across;
        1.0 + self.deviation * (upper * (1.0 - down) + lower * down)
    }

    /// Uniform with variance 1, by the finaliser of SplitMix64.
    fn knot(&self, column: i64, row: i64) -> f32 {
        let place = (column.cast_unsigned() << 32) ^ (row.cast_unsigned() & 0xffff_ffff);
        let mut bits = self.key ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 40) as f32 / (1 << 24) as f32 - 0.5) * 12.0_f32.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::capture::expose;
    use super::super::random::Streams;
    use super::*;

    fn settings() -> PrintSettings {
        PrintSettings {
            dot_pitch: Range(1.5, 1.5),
            grey_replacement: 0.6,
            dot_gain: Range(0.1, 0.1),
            compensation: 1.0,
            yule_nielsen: 1.8,
            scattering: Range(1.0, 1.0),
            paper: Range(0.8, 0.8),
            blueness: Range(1.0, 1.0),
            grain: Range(0.0, 0.0),
            surface: Range(0.0, 0.0),
            lighting: LightingSettings {
                unevenness: Range(0.0, 0.0),
                highlight: Range(0.0, 0.0),
                highlight_size: Range(0.1, 0.1),
            },
        }
    }

    #[test]
    fn a_calibrated_print_under_even_light_has_the_colours_of_the_original() {
        let printer = Printer::new(settings());
        for light in [[0.6, 0.35, 0.25], [0.2, 0.2, 0.2], [1.0, 1.0, 1.0]] {
            let live = Plane::from_fn(32, 32, |_, _| light);
            let sheet = printer.print(
                &live,
                View::straight(32, 32),
                &mut Streams { seed: 0, name: "" }.stage("print"),
            );
            let mean = expose(&sheet, [32, 32], 0.5).area_means(32).pixels[0];
            for (got, light) in mean.iter().zip(light) {
                let wanted = 0.8 * (0.03 + 0.97 * light);
                assert!((got - wanted).abs() < 0.02, "{light}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn grain_has_its_deviation() {
        let grain = Grain { deviation: 0.1, key: 7 };
        let values: Vec<f32> =
            (0..10_000).map(|i| grain.at(f64::from(i % 100), f64::from(i / 100))).collect();
        let mean = values.iter().sum::<f32>() / 10_000.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / 10_000.0;
        assert!((mean - 1.0).abs() < 0.005 && (variance.sqrt() - 0.1).abs() < 0.005, "{mean} {variance}");
        let middle = f32::midpoint(grain.at(0.0, 0.0), grain.at(1.0, 0.0));
        assert!((grain.at(0.5, 0.0) - middle).abs() < 1e-6);
    }
}
