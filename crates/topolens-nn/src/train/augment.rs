//! Random changes of training images.

use serde::{Deserialize, Serialize};

/// Which random changes are made to training images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Augment {
    /// Mirror half of the images left to right.
    pub flip: bool,
    /// Move each image by up to 4 pixels along each axis; what comes in from outside is black.
    pub shift: bool,
}
