//! What the answers are made from.

use std::sync::Arc;

use crate::library::Library;
use crate::points::Atlas;

/// The studies and the clouds that were made of them.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) library: Arc<Library>,
    pub(crate) atlas: Arc<Atlas>,
}
