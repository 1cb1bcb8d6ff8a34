//! Attacks: small perturbations that change what a network says.
//!
//! An [`Attack`] sees a [`Victim`] (a network with its preprocessing), a [`Batch`] of images in units of the pixel range 0 to 1, and a
//! [`Ball`] around each of them. [`methods`] lists them by name. What an attack claims is not believed: [`Assault::run`] looks again
//! whether each example is in its ball and in the data's bounds, and what the network says of it.
//!
//! ```
//! use topolens_nn::attack::{self, Assault, Ball, Norm, Settings, Victim};
//! use topolens_nn::{ModelSpec, dataset};
//!
//! let images = dataset::embedded(false)?.subset(&[0, 1, 2, 3])?;
//! let model = ModelSpec::new("small-cnn", images.image_shape(), images.n_classes()).build()?;
//! let normalization = images.normalization()?;
//! let victim = Victim::new(&model, &normalization);
//! let assault = Assault::new(&victim, &images.unit_pixels(), images.labels(), None)?;
//! let fgsm = attack::find("fgsm")?.build(&Settings::new(Norm::Linf))?;
//! let ball = Ball::new(Norm::Linf, 8.0 / 255.0)?;
//! if assault.n_attacked() > 0 {
//!     let outcome = assault.run(fgsm.as_ref(), ball, 0, &mut |_| {})?;
//!     assert!(outcome.distances.iter().all(|distance| *distance <= 8.0 / 255.0 + 1e-6));
//! }
//! # Ok::<(), topolens_nn::Error>(())
//! ```

mod assault;
mod auto_projected_gradient;
mod ball;
mod batch;
mod carlini_wagner;
mod criterion;
mod deep_fool;
#[cfg(test)]
mod fixture;
mod loss;
mod projected_gradient;
mod random_direction;
mod random_noise;
mod registry;
mod saliency_map;
mod square;
mod victim;

pub use assault::{Assault, Outcome};
pub use ball::{Ball, Norm};
pub use batch::{Attack, Batch};
pub use criterion::Criterion;
pub use registry::{Method, Settings, find, methods};
pub use victim::Victim;
