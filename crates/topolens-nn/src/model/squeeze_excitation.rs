//! Channels weighted by what the whole image holds (Hu et al. 2018).

use crate::kernels::Nonlinearity;
use crate::layer::{GraphBuilder, Place};
use crate::tensor::Element;

/// Channels for each channel of the narrow layer.
const REDUCTION: usize = 16;

/// x · σ(W₂ ReLU(W₁ mean(x))): the mean over positions, through a layer of a sixteenth of the width, gives each channel its weight.
pub(super) fn squeeze_excitation<E: Element>(
    builder: &mut GraphBuilder<E>,
    name: &str,
    input: Place,
) -> Place {
    let channels = builder.channels(input);
    let squeezed = builder.global_average_pool(&format!("{name}.se.pool"), input);
    let narrow = builder.linear(&format!("{name}.se.reduce"), squeezed, (channels / REDUCTION).max(1));
    let narrow = builder.nonlinearity(&format!("{name}.se.nonlinearity"), narrow, Nonlinearity::Relu);
    let scales = builder.linear(&format!("{name}.se.expand"), narrow, channels);
    let scales = builder.nonlinearity(&format!("{name}.se.scales"), scales, Nonlinearity::Sigmoid);
    builder.channel_scale(&format!("{name}.se"), input, scales)
}
