//! Loops over plain slices: the only place that knows how numbers are crunched.
//!
//! Work is cut into chunks whose sizes depend on the shapes alone, never on the number of threads; partial sums are added in
//! the order of the chunks.

mod attention;
mod batch_norm;
mod convolution;
mod depthwise;
mod direct;
mod error_function;
mod finish;
mod global_depthwise;
mod grouped;
mod layer_norm;
mod linear;
mod matrix_product;
mod movement;
mod nonlinearity;
mod patches;
mod pooling;
mod product_batch;

pub(crate) use attention::{AttentionShape, softmax};
pub(crate) use batch_norm::{
    BatchStatistics, Followed, batch_gradient, batch_statistics, channel_sums, constant_gradient,
    scale_and_shift,
};
pub(crate) use convolution::ConvolutionShape;
pub(crate) use depthwise::DepthwiseShape;
pub(crate) use error_function::{error_function, error_function_gradient};
pub(crate) use finish::{Finish, bounded, clear_at_bounds};
pub(crate) use global_depthwise::GlobalDepthwiseShape;
pub(crate) use grouped::GroupedShape;
pub(crate) use layer_norm::{layer_norm, layer_norm_gradient};
pub(crate) use linear::LinearShape;
pub(crate) use matrix_product::{Matrix, Write, matrix_product};
pub(crate) use movement::Movement;
pub use nonlinearity::Nonlinearity;
pub(crate) use pooling::{PoolShape, PoolWindow, global_average, spread_average};
pub(crate) use product_batch::ProductShape;

/// Values of a pointwise loop that one task handles.
pub(crate) const POINTWISE_CHUNK: usize = 1 << 14;

/// Images that one task handles.
const IMAGES_PER_CHUNK: usize = 4;
