//! Strengths of a simulation by name, each within what is published of printers, screens and cameras.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::camera::CameraSettings;
use super::illumination::LightingSettings;
use super::noise::NoiseSettings;
use super::print::PrintSettings;
use super::random::Range;
use super::screen::ScreenSettings;
use super::view::ViewSettings;
use crate::error::{Error, SimulationProblem};

/// How visible the traces of print and screen are. The camera is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Fine dots on matte photo paper; a screen of fine pixels, dim lamps.
    Subtle,
    /// An office printer; a telephone or tablet taken from near.
    Standard,
    /// Coarse dots on tinted paper under a lamp; a screen with strong moiré and glare.
    Strong,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 3] = [Self::Subtle, Self::Standard, Self::Strong];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subtle => "subtle",
            Self::Standard => "standard",
            Self::Strong => "strong",
        }
    }

    pub(super) fn settings(self) -> Settings {
        let strength = match self {
            Self::Subtle => 0,
            Self::Standard => 1,
            Self::Strong => 2,
        };
        Settings {
            view: view(),
            camera: camera(),
            print: PRINTS[strength].clone(),
            screen: SCREENS[strength].clone(),
        }
    }
}

/// All of a simulation that is not drawn for each image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) view: ViewSettings,
    pub(super) camera: CameraSettings,
    pub(super) print: PrintSettings,
    pub(super) screen: ScreenSettings,
}

fn view() -> ViewSettings {
    ViewSettings { tilt: Range(0.0, 0.05), rotation: Range(0.0, 2.0), distortion: Range(0.0, 0.02) }
}

/// A telephone's front camera in a room.
fn camera() -> CameraSettings {
    CameraSettings {
        blur: Range(0.4, 0.6),
        vignetting: Range(0.05, 0.2),
        noise: NoiseSettings { full_well: 4000.0, read_noise: 3.0 },
        white_balance: Range(0.0, 0.03),
        sharpening: 0.3,
        jpeg_quality: 90,
    }
}

const PRINTS: [PrintSettings; 3] = [
    PrintSettings {
        dot_pitch: Range(0.8, 1.0),
        grey_replacement: 0.5,
        dot_gain: Range(0.03, 0.08),
        compensation: 0.9,
        yule_nielsen: 1.9,
        scattering: Range(0.5, 0.7),
        paper: Range(0.84, 0.9),
        blueness: Range(0.93, 1.03),
        grain: Range(0.005, 0.01),
        surface: Range(0.005, 0.015),
        lighting: LightingSettings {
            unevenness: Range(0.05, 0.15),
            highlight: Range(0.02, 0.08),
            highlight_size: Range(0.4, 0.8),
        },
    },
    PrintSettings {
        dot_pitch: Range(1.5, 2.1),
        grey_replacement: 0.6,
        dot_gain: Range(0.06, 0.14),
        compensation: 0.6,
        yule_nielsen: 1.8,
        scattering: Range(0.3, 0.5),
        paper: Range(0.74, 0.84),
        blueness: Range(0.78, 0.9),
        grain: Range(0.015, 0.03),
        surface: Range(0.03, 0.06),
        lighting: LightingSettings {
            unevenness: Range(0.15, 0.35),
            highlight: Range(0.1, 0.25),
            highlight_size: Range(0.2, 0.5),
        },
    },
    PrintSettings {
        dot_pitch: Range(2.0, 2.7),
        grey_replacement: 0.7,
        dot_gain: Range(0.1, 0.18),
        compensation: 0.5,
        yule_nielsen: 1.7,
        scattering: Range(0.25, 0.4),
        paper: Range(0.68, 0.8),
        blueness: Range(0.72, 0.88),
        grain: Range(0.02, 0.04),
        surface: Range(0.04, 0.07),
        lighting: LightingSettings {
            unevenness: Range(0.25, 0.45),
            highlight: Range(0.15, 0.4),
            highlight_size: Range(0.12, 0.35),
        },
    },
];

const SCREENS: [ScreenSettings; 3] = [
    ScreenSettings {
        pitch: Range(0.8, 1.2),
        aperture: [0.85, 0.9],
        black: Range(0.001, 0.004),
        ambient: Range(0.005, 0.02),
        blueness: Range(1.0, 1.2),
        lighting: LightingSettings {
            unevenness: Range(0.1, 0.3),
            highlight: Range(0.0, 0.05),
            highlight_size: Range(0.1, 0.3),
        },
    },
    ScreenSettings {
        pitch: Range(1.6, 2.2),
        aperture: [0.75, 0.85],
        black: Range(0.004, 0.015),
        ambient: Range(0.03, 0.07),
        blueness: Range(1.15, 1.5),
        lighting: LightingSettings {
            unevenness: Range(0.2, 0.5),
            highlight: Range(0.05, 0.3),
            highlight_size: Range(0.08, 0.25),
        },
    },
    ScreenSettings {
        pitch: Range(1.9, 2.6),
        aperture: [0.7, 0.85],
        black: Range(0.005, 0.02),
        ambient: Range(0.05, 0.1),
        blueness: Range(1.2, 1.6),
        lighting: LightingSettings {
            unevenness: Range(0.3, 0.6),
            highlight: Range(0.2, 0.6),
            highlight_size: Range(0.05, 0.2),
        },
    },
];

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|preset| preset.name() == name).ok_or_else(|| {
            Error::simulation(SimulationProblem::UnknownName {
                flag: "--preset",
                given: name.to_owned(),
                known: Self::ALL.map(Self::name).to_vec(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_others_are_told_the_choice() {
        for preset in Preset::ALL {
            assert_eq!(preset.to_string().parse::<Preset>().unwrap(), preset);
        }
        let message = "weak".parse::<Preset>().unwrap_err().to_string();
        assert!(message.contains("--preset") && message.contains("subtle"), "{message}");
    }

    #[test]
    fn stronger_presets_have_coarser_dots_and_pixels() {
        let settings = Preset::ALL.map(Preset::settings);
        for pair in settings.windows(2) {
            assert!(pair[0].print.dot_pitch.middle() < pair[1].print.dot_pitch.middle());
            assert!(pair[0].screen.pitch.middle() < pair[1].screen.pitch.middle());
            assert_eq!((&pair[0].camera, &pair[0].view), (&pair[1].camera, &pair[1].view));
        }
    }
}
