//! What can be wrong with a setting.

use std::fmt;

/// Why a setting was refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SettingKind {
    TooManyNeighbors { n_neighbors: usize, n_points: usize },
    IndexOutOfRange { argument: &'static str, index: usize, length: usize },
    TooManyLandmarks { n_landmarks: usize, n_points: usize },
    SampleTooLarge { size: usize, n_points: usize },
    OutOfRange { argument: &'static str, value: f64, allowed: &'static str },
    TooManyPoints { n_points: usize, most: usize },
    NotPrime { modulus: u32 },
    TooManySimplices { n_points: usize, max_homology_dimension: usize },
    UnknownName { argument: &'static str, name: String, known: Vec<&'static str> },
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyNeighbors { n_neighbors, n_points } => write!(
                f,
                "`n_neighbors` = {n_neighbors} needs more than {n_neighbors} points, got {n_points}; \
                 lower `n_neighbors` or give more points"
            ),
            Self::IndexOutOfRange { argument, index, length } => {
                write!(
                    f,
                    "`{argument}` holds index {index}, but there are {length} points; use 0 to {}",
                    length - 1
                )
            }
            Self::TooManyLandmarks { n_landmarks, n_points } => {
                write!(f, "`n_landmarks` = {n_landmarks} exceeds the {n_points} points; lower it")
            }
            Self::SampleTooLarge { size, n_points } => write!(
                f,
                "`size` = {size} points cannot be drawn from {n_points} without replacement; lower `size`"
            ),
            Self::OutOfRange { argument, value, allowed } => {
                write!(f, "`{argument}` = {value} is out of range; it must be {allowed}")
            }
            Self::TooManyPoints { n_points, most } => {
                write!(f, "{n_points} points are too many, {most} is the most; take a subsample")
            }
            Self::NotPrime { modulus } => {
                write!(f, "`modulus` = {modulus} is not a prime below 32768; use 2, 3, 5, 7, ...")
            }
            Self::TooManySimplices { n_points, max_homology_dimension } => write!(
                f,
                "the simplices of {n_points} points do not fit 64 bits at `max_homology_dimension` = \
                 {max_homology_dimension}; lower it or take a subsample"
            ),
            Self::UnknownName { argument, name, known } => {
                write!(f, "`{argument}` does not know {name:?}; choose one of {}", known.join(", "))
            }
        }
    }
}
