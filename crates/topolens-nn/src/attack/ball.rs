//! Norms and balls of perturbations.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// How the size of a perturbation is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Norm {
    /// The share of the numbers of an image that were changed, whatever by.
    L0,
    /// The sum of the changes.
    L1,
    /// The root of the sum of their squares.
    L2,
    /// The largest change.
    Linf,
}

impl Norm {
    /// The size of the difference of two images.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens_nn::attack::Norm;
    ///
    /// let (image, moved) = ([0.0, 0.5, 0.5, 1.0], [0.0, 0.8, 0.1, 1.0]);
    /// assert!((Norm::L2.distance(&image, &moved) - 0.5).abs() < 1e-6);
    /// assert!((Norm::Linf.distance(&image, &moved) - 0.4).abs() < 1e-6);
    /// assert_eq!(Norm::L0.distance(&image, &moved), 0.5);
    /// ```
    pub fn distance(self, image: &[f32], moved: &[f32]) -> f64 {
        let changes = image.iter().zip(moved).map(|(a, b)| (f64::from(*b) - f64::from(*a)).abs());
        match self {
            Self::L0 => changes.filter(|change| *change > 0.0).count() as f64 / image.len().max(1) as f64,
            Self::L1 => changes.sum(),
            Self::L2 => changes.map(|change| change * change).sum::<f64>().sqrt(),
            Self::Linf => changes.fold(0.0, f64::max),
        }
    }
}

impl fmt::Display for Norm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::L0 => "l0",
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::Linf => "linf",
        })
    }
}

impl FromStr for Norm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "l0" => Ok(Self::L0),
            "l1" => Ok(Self::L1),
            "l2" => Ok(Self::L2),
            "linf" => Ok(Self::Linf),
            _ => {
                let known = ["linf", "l2", "l1", "l0"].map(str::to_owned).to_vec();
                Err(ErrorKind::UnknownName { argument: "norm", name: name.to_owned(), known }.into())
            }
        }
    }
}

/// All perturbations up to a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ball {
    norm: Norm,
    epsilon: f64,
}

impl Ball {
    /// Perturbations of size `epsilon` at most, in units of the pixel range 0 to 1; for [`Norm::L0`] the share of the numbers.
    ///
    /// # Errors
    ///
    /// If epsilon is negative or not finite.
    pub fn new(norm: Norm, epsilon: f64) -> Result<Self, Error> {
        if !(epsilon >= 0.0 && epsilon.is_finite()) {
            let allowed = "at least 0 and finite";
            return Err(ErrorKind::OutOfRange { argument: "epsilon", value: epsilon, allowed }.into());
        }
        Ok(Self { norm, epsilon })
    }

    /// How perturbations are measured.
    pub fn norm(self) -> Norm {
        self.norm
    }

    /// The radius.
    pub fn epsilon(self) -> f64 {
        self.epsilon
    }

    /// Whether `moved` is in the ball around `image`, but for rounding in single precision.
    pub fn holds(self, image: &[f32], moved: &[f32]) -> bool {
        self.norm.distance(image, moved) <= self.epsilon * (1.0 + 1e-5) + 1e-6
    }

    /// Brings `moved` into the ball around `image`, to its nearest point (for L2, L∞ and L1), and into the bounds 0 and 1.
    pub fn project(self, image: &[f32], moved: &mut [f32]) {
        match self.norm {
            Norm::L0 => self.keep_largest(image, moved),
            Norm::L1 => shrink(image, moved, self.excess(image, moved)),
            Norm::L2 => {
                let distance = self.norm.distance(image, moved);
                if distance > self.epsilon {
                    scale(image, moved, self.epsilon / distance);
                }
            }
            Norm::Linf => {
                let reach = self.epsilon as f32;
                let pairs = image.iter().zip(moved.iter_mut());
                pairs.for_each(|(pixel, moved)| *moved = moved.clamp(pixel - reach, pixel + reach));
            }
        }
        for pixel in moved {
            *pixel = pixel.clamp(0.0, 1.0);
        }
    }

    /// What the sizes of all changes must lose so that they add up to epsilon and none is negative (Duchi et al. 2008).
    fn excess(self, image: &[f32], moved: &[f32]) -> f64 {
        let mut sizes: Vec<f64> =
            image.iter().zip(moved).map(|(a, b)| (f64::from(*b) - f64::from(*a)).abs()).collect();
        if sizes.iter().sum::<f64>() <= self.epsilon {
            return 0.0;
        }
        sizes.sort_unstable_by(|a, b| b.total_cmp(a));
        let (mut sum, mut excess) = (0.0, 0.0);
        for (at, size) in sizes.iter().enumerate() {
            sum += size;
            let candidate = (sum - self.epsilon) / (at + 1) as f64;
            if *size <= candidate {
                break;
            }
            excess = candidate;
        }
        excess
    }

    fn keep_largest(self, image: &[f32], moved: &mut [f32]) {
        #[expect(clippy::cast_sign_loss, reason = "a radius is not negative")]
        let n_kept = (self.epsilon * image.len() as f64 * (1.0 + 1e-9)).floor() as usize;
        let size = |at: usize| (moved[at] - image[at]).abs();
        let mut order: Vec<usize> = (0..image.len()).filter(|at| size(*at) > 0.0).collect();
        order.sort_by(|a, b| size(*b).total_cmp(&size(*a)));
        order.iter().skip(n_kept).for_each(|at| moved[*at] = image[*at]);
    }
}

fn scale(image: &[f32], moved: &mut [f32], factor: f64) {
    for (pixel, moved) in image.iter().zip(moved) {
        *moved = (f64::from(*pixel) + factor * (f64::from(*moved) - f64::from(*pixel))) as f32;
    }
}

fn shrink(image: &[f32], moved: &mut [f32], excess: f64) {
    if excess == 0.0 {
        return;
    }
    for (pixel, moved) in image.iter().zip(moved) {
        let change = f64::from(*moved) - f64::from(*pixel);
        *moved = (f64::from(*pixel) + change.signum() * (change.abs() - excess).max(0.0)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NORMS: [Norm; 4] = [Norm::L0, Norm::L1, Norm::L2, Norm::Linf];

    fn pixels() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(0.0_f32..=1.0, 24)
    }

    proptest! {
        #[test]
        fn a_projection_is_inside_ball_and_box_and_stays_there(image in pixels(), changes in proptest::collection::vec(-3.0_f32..3.0, 24), epsilon in 0.0_f64..4.0) {
            for norm in NORMS {
                let ball = Ball::new(norm, epsilon).unwrap();
                let mut moved: Vec<f32> = image.iter().zip(&changes).map(|(pixel, change)| pixel + change).collect();
                ball.project(&image, &mut moved);
                prop_assert!(ball.holds(&image, &moved), "{norm}");
                prop_assert!(moved.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
                let mut again = moved.clone();
                ball.project(&image, &mut again);
                prop_assert!(moved.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-6), "{norm}");
            }
        }
    }

    #[test]
    fn the_nearest_point_of_an_l1_ball() {
        let (image, mut moved) = ([0.2_f32; 3], [0.7_f32, 0.5, 0.3]);
        Ball::new(Norm::L1, 0.4).unwrap().project(&image, &mut moved);
        let expected = [0.5, 0.3, 0.2];
        assert!(moved.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{moved:?}");
    }

    #[test]
    fn a_ball_needs_a_radius() {
        for epsilon in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(Ball::new(Norm::L2, epsilon).unwrap_err().to_string().contains("epsilon"));
        }
        assert!("l3".parse::<Norm>().unwrap_err().to_string().contains("linf"));
        for norm in NORMS {
            assert_eq!(norm.to_string().parse::<Norm>().unwrap(), norm);
        }
    }
}
