//! Squares in the Euclidean ball: the energy of a perturbation wanders from window to window (Andriushchenko et al. 2020, section 3.4).

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Shape;
use crate::attack::Ball;

/// The smallest window.
const LEAST_SIDE: usize = 3;
/// Windows of the first perturbation along an edge.
const FIRST_WINDOWS: usize = 5;

impl Shape {
    /// Windows side by side, each with a shape that rises on one half and falls on the other; together as long as epsilon.
    pub(super) fn tiles(&self, ball: Ball, image: &mut [f32], random: &mut ChaCha8Rng) {
        let side = (self.height.min(self.width) / FIRST_WINDOWS).max(1);
        let mut change = vec![0.0; image.len()];
        for top in (0..=self.height - side).step_by(side) {
            for left in (0..=self.width - side).step_by(side) {
                let window = Window { top, left, side };
                let hill = hill(side, random);
                for channel in 0..self.n_channels {
                    let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
                    let places = self.places(window, channel);
                    places.zip(&hill).for_each(|(place, value)| change[place] = sign * value);
                }
            }
        }
        let original = image.to_vec();
        apply((&original, &change), ball, image);
    }

    /// Takes the energy of a second window into a first one, to which a hill is added.
    pub(super) fn exchange(
        &self,
        (ball, side): (Ball, usize),
        original: &[f32],
        tried: &mut [f32],
        random: &mut ChaCha8Rng,
    ) {
        // A window has a middle.
        let side = side.max(LEAST_SIDE) | 1;
        let side = if side > self.height.min(self.width) { self.height.min(self.width) } else { side };
        let [first, second] = [(); 2].map(|()| Window {
            top: random.random_range(0..=self.height - side),
            left: random.random_range(0..=self.width - side),
            side,
        });
        let mut change: Vec<f64> =
            tried.iter().zip(original).map(|(moved, pixel)| f64::from(moved - pixel)).collect();
        let spare = (ball.epsilon().powi(2) - squares(change.iter())).max(0.0) / self.n_channels as f64;
        let hill = hill(side, random);
        for channel in 0..self.n_channels {
            let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
            let places: Vec<usize> = self.places(first, channel).collect();
            let (here, there) = (
                squares(places.iter().map(|place| &change[*place])),
                self.places(second, channel).filter(|place| !places.contains(place)),
            );
            let there: Vec<usize> = there.collect();
            let energy = here + squares(there.iter().map(|place| &change[*place])) + spare;
            let old = |place: &usize| change[*place] / (here.sqrt() + TINY);
            let shape: Vec<f64> =
                places.iter().zip(&hill).map(|(place, value)| old(place) + sign * value).collect();
            let length = squares(shape.iter()).sqrt() + TINY;
            for place in there {
                change[place] = 0.0;
            }
            for (place, value) in places.into_iter().zip(shape) {
                change[place] = value / length * energy.sqrt();
            }
        }
        apply((original, &change), ball, tried);
    }

    /// Where the numbers of one channel of a window are, row by row.
    fn places(&self, window: Window, channel: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, n_channels) = (self.width, self.n_channels);
        let Window { top, left, side } = window;
        (top..top + side).flat_map(move |row| {
            (left..left + side).map(move |column| (row * width + column) * n_channels + channel)
        })
    }
}

/// The change, made as long as epsilon, on top of the image.
fn apply((original, change): (&[f32], &[f64]), ball: Ball, moved: &mut [f32]) {
    let scale = ball.epsilon() / (squares(change.iter()).sqrt() + TINY);
    for ((moved, pixel), change) in moved.iter_mut().zip(original).zip(change) {
        *moved = (f64::from(*pixel) + scale * change).clamp(0.0, 1.0) as f32;
    }
    ball.project(original, moved);
}

/// Keeps a division by a length of 0 finite.
const TINY: f64 = 1e-12;

#[derive(Debug, Clone, Copy)]
struct Window {
    top: usize,
    left: usize,
    side: usize,
}

fn squares<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    values.map(|value| value * value).sum()
}

/// A hill on one half of a window and a hollow on the other, of length 1, this way or turned by a right angle.
fn hill(side: usize, random: &mut ChaCha8Rng) -> Vec<f64> {
    let upper = side / 2;
    let mut values = half(upper, side);
    values.extend(half(side - upper, side).iter().map(|value| -value));
    let length = squares(values.iter()).sqrt() + TINY;
    for value in &mut values {
        *value /= length;
    }
    if random.random_bool(0.5) {
        values = (0..side * side).map(|at| values[at % side * side + at / side]).collect();
    }
    values
}

/// A rectangle whose values fall from its middle outwards, $\sum_k (k + 1)^{-2}$ over the rings that hold a place; of length 1.
fn half(height: usize, width: usize) -> Vec<f64> {
    let (row_0, column_0) = (height / 2, width / 2);
    let n_rings = row_0.max(column_0) + 1;
    let at = |row: usize, column: usize| {
        let ring = row.abs_diff(row_0).max(column.abs_diff(column_0));
        (ring..n_rings).map(|ring| 1.0 / ((ring + 1) as f64).powi(2)).sum::<f64>()
    };
    let mut values: Vec<f64> =
        (0..height).flat_map(|row| (0..width).map(move |column| at(row, column))).collect();
    let length = squares(values.iter()).sqrt() + TINY;
    for value in &mut values {
        *value /= length;
    }
    values
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::attack::Norm;

    #[test]
    fn hills_have_length_one_and_fall_from_the_middle() {
        let mut random = ChaCha8Rng::seed_from_u64(0);
        for side in [1, 3, 5, 9] {
            let hill = hill(side, &mut random);
            assert!((squares(hill.iter()) - 1.0).abs() < 1e-9);
        }
        // Three rings of 1, 1/4, 1/9: the middle lies in all.
        let half = half(5, 5);
        assert!((half[12] / half[0] - (1.0 + 0.25 + 1.0 / 9.0) * 9.0).abs() < 1e-9);
        assert!((half[7] / half[0] - (0.25 + 1.0 / 9.0) * 9.0).abs() < 1e-9);
    }

    #[test]
    fn perturbations_stay_as_long_as_epsilon_and_in_the_bounds() {
        let shape = Shape { height: 9, width: 11, n_channels: 3 };
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let ball = Ball::new(Norm::L2, 0.7).unwrap();
        let original: Vec<f32> = (0..9 * 11 * 3).map(|at| 0.3 + 0.4 * (at % 7) as f32 / 6.0).collect();
        let mut moved = original.clone();
        shape.tiles(ball, &mut moved, &mut random);
        for side in [9, 7, 4, 3, 1] {
            shape.exchange((ball, side), &original, &mut moved, &mut random);
            let length = Norm::L2.distance(&original, &moved);
            assert!((length - 0.7).abs() < 1e-4, "{length}");
            assert!(moved.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        }
    }
}
