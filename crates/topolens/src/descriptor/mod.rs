//! The quantities of a cloud by name.
//!
//! [`all`] lists the descriptors; each measures an [`Inputs`], which computes what descriptors share once. A descriptor
//! is one line in the registry.
//!
//! # Examples
//!
//! ```
//! use topolens::descriptor::{Inputs, Settings, find};
//! use topolens::synthetic;
//!
//! let cloud = synthetic::uniform_cube(300, 3, 0)?;
//! let inputs = Inputs::new(&cloud, Settings::new().seed(1));
//! for descriptor in find("lifespans-sum")? {
//!     let measurement = descriptor.measure(&inputs)?;
//!     assert!(measurement.lower.unwrap() < measurement.value);
//! }
//! # Ok::<(), topolens::Error>(())
//! ```

mod inputs;
mod measurement;
mod quantities;
mod registry;
mod settings;
mod source;

pub use inputs::Inputs;
pub use measurement::Measurement;
pub use registry::{Descriptor, all, find};
pub use settings::Settings;
