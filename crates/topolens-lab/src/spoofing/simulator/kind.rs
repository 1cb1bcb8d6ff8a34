//! What is simulated.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, SimulationProblem};

/// What stands in front of the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A halftone print of the live image on paper.
    Print,
    /// A screen that shows the live image.
    Replay,
    /// The live image through the same camera: the control, no attack.
    CameraOnly,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Print, Self::Replay, Self::CameraOnly];

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::Replay => "replay",
            Self::CameraOnly => "camera-only",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            Error::simulation(SimulationProblem::UnknownName {
                flag: "--kind",
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
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse::<Kind>().unwrap(), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        let message = "mask".parse::<Kind>().unwrap_err().to_string();
        assert!(message.contains("--kind") && message.contains("camera-only"), "{message}");
    }
}
