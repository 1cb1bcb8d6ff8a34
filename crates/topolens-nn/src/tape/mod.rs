//! Reverse-mode differentiation: a record of operators, each with its backward pass in its own file.
//!
//! Shapes fit because the layers that record operators checked them; a misfit is a bug.

mod add;
mod arc_margin;
mod attention;
mod average_pool;
mod batch_norm;
mod bias;
mod bounded;
mod channel_scale;
mod concatenation;
mod convolution;
mod cosine;
mod cross_entropy;
mod depthwise;
mod error_function;
mod flatten;
mod global_average_pool;
mod global_depthwise;
#[cfg(test)]
mod gradient_tests;
mod layer_norm;
mod linear;
mod max_pool;
mod nonlinearity;
mod power;
mod prelu;
mod product;
mod product_batch;
mod rearrangement;
mod record;
mod shortcut_pad;
mod softmax;
mod weighted;
mod workspace;

pub(crate) use arc_margin::ArcMargin;
pub(crate) use batch_norm::EPSILON as BATCH_NORM_EPSILON;
pub(crate) use cross_entropy::{loss as cross_entropy_loss, slope as cross_entropy_slope};
pub(crate) use rearrangement::Rearrangement;
pub(crate) use record::{Looks, Operator, Step, Tape, Variable};
pub(crate) use workspace::Workspace;
