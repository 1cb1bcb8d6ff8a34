//! The additive angular margin of ArcFace.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

/// Below this single precision does not tell sin θ from 0; nothing is divided by less.
const LEAST_SINE: f64 = 3.5e-4;

/// A margin m that is added to the angle between an embedding and the weights of its own class (Deng et al. 2019).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ArcMargin {
    /// s of the logits s cos θ.
    pub(crate) scale: f64,
    /// m in radians, from 0 to π / 2.
    pub(crate) margin: f64,
}

impl ArcMargin {
    /// $\cos(\theta + m)$ of $\cos\theta$ where $\theta + m \le \pi$, and its derivative in $\cos\theta$, which is $\sin(\theta + m) / \sin\theta$.
    ///
    /// Beyond, where $\cos(\theta + m)$ would rise again, $\cos\theta - m \sin m$: it falls as θ grows, below all values before (the
    /// authors' own program has it so).
    pub(crate) fn apply(self, cosine: f64) -> (f64, f64) {
        let (sin_margin, cos_margin) = self.margin.sin_cos();
        let cosine = cosine.clamp(-1.0, 1.0);
        if cosine < -cos_margin {
            return (cosine - self.margin * sin_margin, 1.0);
        }
        let sine = (1.0 - cosine * cosine).sqrt();
        let slope = cos_margin + cosine * sin_margin / sine.max(LEAST_SINE);
        (cosine * cos_margin - sine * sin_margin, slope)
    }
}

struct WithMargin {
    labels: Vec<usize>,
    margin: ArcMargin,
}

impl<E: Element> Tape<E> {
    /// Logits $s \cos\theta_c$, N × classes, with $s \cos(\theta_y + m)$ in place of that of each row's label y: their
    /// [`Tape::cross_entropy`] is the ArcFace loss.
    pub(crate) fn arc_margin(&mut self, logits: Variable, labels: &[usize], margin: ArcMargin) -> Variable {
        let mut values = self.pool.take_copy(self.nodes[logits.0].value.values());
        let source = self.value(logits);
        for (row, label) in values.chunks_exact_mut(source.item_len().max(1)).zip(labels) {
            let (cosine, _) = margin.apply(row[*label].to_f64() / margin.scale);
            row[*label] = E::from_f64(cosine * margin.scale);
        }
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &[logits], WithMargin { labels: labels.to_vec(), margin })
    }
}

impl<E: Element> Operator<E> for WithMargin {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let logits = step.inputs[0];
        let n_classes = logits.item_len().max(1);
        let rows = logits.values().chunks_exact(n_classes).zip(&self.labels);
        for (slopes, (row, label)) in gradient.values_mut().chunks_exact_mut(n_classes).zip(rows) {
            let (_, slope) = self.margin.apply(row[*label].to_f64() / self.margin.scale);
            slopes[*label] = E::from_f64(slopes[*label].to_f64() * slope);
        }
        vec![Some(gradient)]
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    const MARGIN: ArcMargin = ArcMargin { scale: 64.0, margin: 0.5 };

    #[test]
    fn the_angle_grows_by_the_margin() {
        for theta in [0.1_f64, 1.0, 2.0, PI - 0.5] {
            let (value, slope) = MARGIN.apply(theta.cos());
            assert!((value - (theta + 0.5).cos()).abs() < 1e-12, "{theta}: {value}");
            assert!((slope - (theta + 0.5).sin() / theta.sin()).abs() < 1e-9, "{theta}: {slope}");
        }
    }

    #[test]
    fn beyond_pi_it_goes_on_falling() {
        for margin in [0.1, 0.5, 1.5] {
            let margin = ArcMargin { scale: 1.0, margin };
            let values: Vec<f64> =
                (0..=1000).map(|step| margin.apply((PI * f64::from(step) / 1000.0).cos()).0).collect();
            assert!(values.windows(2).all(|pair| pair[1] < pair[0]), "{margin:?}");
        }
        let theta = PI - 0.2;
        let (value, slope) = MARGIN.apply(theta.cos());
        assert_eq!((value, slope), (theta.cos() - 0.5 * 0.5_f64.sin(), 1.0));
    }

    #[test]
    fn at_its_own_weights_the_slope_is_finite_and_without_margin_nothing_changes() {
        assert!(MARGIN.apply(1.0).1 < 2000.0);
        assert!((MARGIN.apply(1.0 + 1e-7).0 - 0.5_f64.cos()).abs() < 1e-12);
        let none = ArcMargin { margin: 0.0, ..MARGIN };
        for cosine in [-1.0, -0.3, 0.0, 0.9] {
            assert_eq!(none.apply(cosine), (cosine, 1.0));
        }
    }
}
