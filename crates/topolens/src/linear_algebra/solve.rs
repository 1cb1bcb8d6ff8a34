//! Systems of linear equations.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::{factor, solve};
use faer::{Mat, MatRef, Par, Spec};

/// The solution $x$ of $A x = b$ for a symmetric positive definite $A$ of which the lower triangle is read; `None` where
/// $A$ is not positive definite up to rounding.
pub(crate) fn solve_positive_definite(matrix: &[f64], right_side: &[f64]) -> Option<Vec<f64>> {
    let order = right_side.len();
    let mut factors: Mat<f64> = MatRef::from_row_major_slice(matrix, order, order).to_owned();
    let mut solution = MatRef::from_column_major_slice(right_side, order, 1).to_owned();
    let (par, settings) = (Par::Seq, Spec::default());
    let scratch = factor::cholesky_in_place_scratch::<f64>(order, par, settings)
        .or(solve::solve_in_place_scratch::<f64>(order, 1, par));
    let mut buffer = MemBuffer::new(scratch);
    let regularisation = factor::LltRegularization::default();
    let stack = MemStack::new(&mut buffer);
    factor::cholesky_in_place(factors.as_mut(), regularisation, par, stack, settings).ok()?;
    solve::solve_in_place(factors.as_ref(), solution.as_mut(), par, MemStack::new(&mut buffer));
    Some((0..order).map(|row| solution[(row, 0)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_known_system_and_refuses_an_indefinite_one() {
        let solution = solve_positive_definite(&[4.0, 2.0, 2.0, 3.0], &[8.0, 7.0]).unwrap();
        assert!((solution[0] - 1.25).abs() < 1e-14 && (solution[1] - 1.5).abs() < 1e-14);
        assert_eq!(solve_positive_definite(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]), None);
    }
}
