//! An image before the camera: what comes out.

use std::sync::OnceLock;

use image::RgbImage;

use super::camera::{CameraSettings, Exposure, develop, to_jpeg};
use super::kind::Kind;
use super::plane::{Plane, blur_radius};
use super::preset::{Preset, Settings};
use super::print::Printer;
use super::random::Streams;
use super::scene::Scene;
use super::screen::Screen;
use super::view::View;
use crate::Result;
use crate::error::{Error, ErrorKind, SimulationProblem};

/// Points per pixel of the capture, each way, at which a scene is looked at.
const OVERSAMPLING: usize = 4;

/// Rows of the capture that are worked on at once.
const BAND: usize = 32;

/// Shortest and longest side that can be simulated.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

/// Simulates one kind of capture with the strengths of one preset.
///
/// # Examples
///
/// ```
/// use image::RgbImage;
/// use topolens_lab::spoofing::simulator::{Kind, Preset, Simulator};
///
/// let live = RgbImage::from_pixel(24, 24, image::Rgb([200, 160, 140]));
/// let simulator = Simulator::new(Kind::Replay, Preset::Standard, 7);
/// let capture = simulator.capture("ada/1.png", &live)?;
/// assert_eq!(capture.picture.dimensions(), (24, 24));
/// assert_eq!(capture.jpeg, simulator.capture("ada/1.png", &live)?.jpeg);
/// # Ok::<(), topolens_lab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    kind: Kind,
    preset: Preset,
    seed: u64,
    settings: Settings,
    printer: OnceLock<Printer>,
}

/// What the camera took.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// The camera's file, without a label.
    pub jpeg: Vec<u8>,
    /// Its pixels.
    pub picture: RgbImage,
    /// Where each of its points lies on the live image.
    pub view: View,
}

impl Simulator {
    /// A simulator; the same seed gives the same pictures.
    pub fn new(kind: Kind, preset: Preset, seed: u64) -> Self {
        Self { kind, preset, seed, settings: preset.settings(), printer: OnceLock::new() }
    }

    /// What is simulated.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The strengths.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// The seed of everything random.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Where the camera stands for an image of this name, width and height.
    pub fn view(&self, name: &str, size: [usize; 2]) -> View {
        View::draw(&self.settings.view, size, &mut Streams { seed: self.seed, name }.stage("view"))
    }

    /// Takes the picture of a live image, or of a print or a screen with it. The random numbers depend on the seed and on `name` only.
    ///
    /// # Errors
    ///
    /// A side of the image below 16 pixels or above 8192.
    ///
    /// # Complexity
    ///
    /// Time and memory in proportion to the number of pixels: about 1.5 s for 512 by 512.
    pub fn capture(&self, name: &str, live: &RgbImage) -> Result<Capture> {
        let (width, height) = live.dimensions();
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(Error::simulation(SimulationProblem::BadSides { width, height, sides: SIDES }));
        }
        let size = [width as usize, height as usize];
        let streams = Streams { seed: self.seed, name };
        let view = self.view(name, size);
        let live = Plane::of_image(live);
        let camera = &self.settings.camera;
        let mut setting = streams.stage("camera");
        let blur = camera.blur.draw(&mut setting);
        let light = match self.kind {
            Kind::CameraOnly => expose(&Live { live: &live, view }, size, blur),
            Kind::Print => {
                let printer = self.printer.get_or_init(|| Printer::new(self.settings.print.clone()));
                let sheet = printer.print(&live, view, &mut streams.stage("print"));
                expose(&sheet, size, blur)
            }
            Kind::Replay => {
                let screen = Screen::draw(&self.settings.screen, &live, view, &mut streams.stage("screen"));
                expose(&screen, size, blur)
            }
        };
        let exposure = Exposure::draw(camera, &light, live.mean_luminance(), &mut setting);
        take(camera, &light, &exposure, &streams, view)
    }
}

fn take(
    camera: &CameraSettings,
    light: &Plane,
    exposure: &Exposure,
    streams: &Streams<'_>,
    view: View,
) -> Result<Capture> {
    let developed = develop(camera, light, exposure, &mut streams.stage("noise"));
    let jpeg = to_jpeg(&developed, camera.jpeg_quality)?;
    let decoded = image::load_from_memory_with_format(&jpeg, image::ImageFormat::Jpeg);
    let picture = decoded.map_err(|error| {
        Error::new(ErrorKind::Picture { name: "of the camera".to_owned(), reason: error.to_string() })
    })?;
    Ok(Capture { jpeg, picture: picture.into_rgb8(), view })
}

/// The live image itself.
struct Live<'a> {
    live: &'a Plane,
    view: View,
}

impl Scene for Live<'_> {
    fn surface(&self, x: f64, y: f64, _footprint: f64) -> [f32; 3] {
        let [u, v] = self.view.to_live(x, y);
        self.live.at(u, v)
    }
}

/// Light on each pixel of a sensor behind a lens whose blur is a Gaussian of standard deviation `blur`, in pixels: means over the
/// pixels' area.
pub(super) fn expose(scene: &impl Scene, [width, height]: [usize; 2], blur: f64) -> Plane {
    let mut light = Plane { width, height, pixels: Vec::with_capacity(width * height) };
    for top in (0..height).step_by(BAND) {
        light.pixels.extend(expose_band(scene, [width, BAND.min(height - top)], top, blur).pixels);
    }
    light
}

fn expose_band(scene: &impl Scene, [width, height]: [usize; 2], top: usize, blur: f64) -> Plane {
    let [scattering, blur] = [scene.scattering(), blur].map(|sigma| sigma * OVERSAMPLING as f64);
    let [spread, margin] = [scattering, blur].map(blur_radius);
    let step = 1.0 / OVERSAMPLING as f64;
    // Centres of points, `beyond` of them before the first of the band.
    let place = |index: usize, beyond: usize| (index as f64 - beyond as f64 + 0.5) * step;
    let extent = |pixels: usize, beyond: usize| pixels * OVERSAMPLING + 2 * beyond;
    let beyond = spread + margin;
    let surface = Plane::from_fn(extent(width, beyond), extent(height, beyond), |x, y| {
        scene.surface(place(x, beyond), top as f64 + place(y, beyond), step)
    });
    let mut light = surface.blurred_inside(scattering);
    for y in 0..light.height {
        for x in 0..light.width {
            let pixel = &mut light.pixels[y * light.width + x];
            *pixel = scene.radiance(place(x, margin), top as f64 + place(y, margin), *pixel);
        }
    }
    light.blurred_inside(blur).area_means(OVERSAMPLING)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A smooth face-like disc on a grey wall.
    fn drawn(side: u32) -> RgbImage {
        RgbImage::from_fn(side, side, |x, y| {
            let place = |at: u32| (f64::from(at) + 0.5) / f64::from(side) - 0.5;
            let share = 1.0 / (1.0 + ((place(x).hypot(place(y)) - 0.3) * 40.0).exp());
            let mix = |inside: f64, wall: f64| {
                super::super::light::to_byte((wall + share * (inside - wall)) as f32)
            };
            image::Rgb([mix(0.85, 0.5), mix(0.65, 0.52), mix(0.55, 0.55)])
        })
    }

    fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
        let sum: f64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / a.as_raw().len() as f64
    }

    /// The live image moved as the camera sees it.
    fn moved(live: &RgbImage, view: View) -> RgbImage {
        let plane = Plane::of_image(live);
        RgbImage::from_fn(live.width(), live.height(), |x, y| {
            let [u, v] = view.to_live(f64::from(x) + 0.5, f64::from(y) + 0.5);
            image::Rgb(plane.at(u, v).map(super::super::light::encode).map(super::super::light::to_byte))
        })
    }

    #[test]
    fn the_control_is_near_its_input_and_attacks_are_further() {
        let live = drawn(64);
        let far = Kind::ALL.map(|kind| {
            let capture = Simulator::new(kind, Preset::Standard, 0).capture("a", &live).unwrap();
            difference(&capture.picture, &moved(&live, capture.view))
        });
        let [print, replay, control] = far;
        assert!(control < 8.0, "{far:?}");
        assert!(print > 1.3 * control && replay > 1.3 * control, "{far:?}");
    }

    #[test]
    fn bits_depend_on_the_seed_and_the_name_only() {
        let live = drawn(20);
        for kind in Kind::ALL {
            let jpeg =
                |seed, name| Simulator::new(kind, Preset::Strong, seed).capture(name, &live).unwrap().jpeg;
            assert_eq!(jpeg(1, "a"), jpeg(1, "a"));
            assert_ne!(jpeg(1, "a"), jpeg(2, "a"));
            assert_ne!(jpeg(1, "a"), jpeg(1, "b"));
        }
    }

    #[test]
    fn all_kinds_share_the_view() {
        let live = drawn(16);
        let views =
            Kind::ALL.map(|kind| Simulator::new(kind, Preset::Subtle, 3).capture("a", &live).unwrap().view);
        assert!(views[0] == views[1] && views[1] == views[2]);
    }

    #[test]
    fn bands_join_without_a_seam() {
        struct Ramp;
        impl Scene for Ramp {
            fn surface(&self, x: f64, y: f64, _footprint: f64) -> [f32; 3] {
                [x as f32, y as f32, 1.0]
            }
            fn scattering(&self) -> f64 {
                0.7
            }
        }
        let light = expose(&Ramp, [10, 2 * BAND + 5], 0.6);
        assert_eq!(light.pixels.len(), 10 * (2 * BAND + 5));
        for (at, pixel) in light.pixels.iter().enumerate() {
            let expected = [(at % 10) as f32 + 0.5, (at / 10) as f32 + 0.5];
            assert!(
                (pixel[0] - expected[0]).abs() < 1e-3 && (pixel[1] - expected[1]).abs() < 1e-3,
                "{pixel:?}"
            );
        }
    }

    #[test]
    fn sizes_that_cannot_be_simulated_are_told() {
        let live = RgbImage::new(15, 40);
        let message =
            Simulator::new(Kind::Print, Preset::Standard, 0).capture("a", &live).unwrap_err().to_string();
        assert!(message.contains("15x40") && message.contains("16"), "{message}");
    }
}
