//! A simplex as one integer: the combinatorial number system.
//!
//! Vertices $v_0 > v_1 > \dots > v_d$ have the index $\sum_i \binom{v_i}{d+1-i}$.

use crate::error::{Error, SettingKind};

/// The most vertices a simplex may have here; cofacets of the highest homology dimension included.
pub(super) const MAX_VERTICES: usize = 16;

/// The vertices of a simplex, in decreasing order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vertices {
    slots: [u32; MAX_VERTICES],
    length: usize,
}

impl Vertices {
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.slots[..self.length]
    }
}

/// Binomial coefficients $\binom{v}{k}$ for $v \le n$ and small $k$.
#[derive(Debug)]
pub(super) struct Binomials {
    rows: Vec<Vec<u64>>,
}

impl Binomials {
    /// The table for `n_points` vertices and simplices of up to `n_vertices` vertices.
    pub(super) fn new(n_points: usize, n_vertices: usize) -> Result<Self, Error> {
        let mut rows = vec![vec![1_u64; n_points + 1]];
        for k in 1..=n_vertices {
            let below = &rows[k - 1];
            let mut row = vec![0_u64; n_points + 1];
            for v in 1..=n_points {
                row[v] = row[v - 1].checked_add(below[v - 1]).ok_or(SettingKind::TooManySimplices {
                    n_points,
                    max_homology_dimension: n_vertices.saturating_sub(2),
                })?;
            }
            rows.push(row);
        }
        Ok(Self { rows })
    }

    /// $\binom{v}{k}$.
    #[inline]
    pub(super) fn get(&self, v: usize, k: usize) -> u64 {
        self.rows[k][v]
    }

    /// The vertices of the simplex `index` of the given dimension.
    pub(super) fn vertices(&self, mut index: u64, dimension: usize) -> Vertices {
        let mut slots = [0; MAX_VERTICES];
        let mut bound = self.rows[0].len();
        for (slot, k) in slots.iter_mut().zip((1..=dimension + 1).rev()) {
            let row = &self.rows[k];
            let vertex = row[..bound].partition_point(|&binomial| binomial <= index) - 1;
            index -= row[vertex];
            *slot = vertex as u32;
            bound = vertex;
        }
        Vertices { slots, length: dimension + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_are_numbered_without_gaps() {
        let binomials = Binomials::new(6, 4).unwrap();
        let mut index = 0;
        for a in 0..6_u32 {
            for b in 0..a {
                for c in 0..b {
                    assert_eq!(binomials.vertices(index, 2).as_slice(), [a, b, c]);
                    index += 1;
                }
            }
        }
        assert_eq!(index, binomials.get(6, 3));
    }

    #[test]
    fn overflow_is_an_error() {
        assert!(Binomials::new(100_000, 5).unwrap_err().to_string().contains("64 bits"));
    }
}
