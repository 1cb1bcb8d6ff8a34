//! Where the loops of a diagram are.

use rayon::prelude::*;

use super::VietorisRips;
use super::edge_order::EdgeOrder;
use super::loops::{Life, LowDimensions, Paths};
use super::vietoris_rips::ensure_few;
use crate::error::Error;
use crate::{DistanceMatrix, Edge, Interval, Scalar};

/// An interval of $H_1$ with the simplices that begin and end it, and a cycle that can be drawn.
///
/// The cycle is the birth edge closed by the shortest path between its ends over edges that enter before it: it does not exist, and
/// no cycle homologous to it does, before the interval's birth. It represents *a* class born then. It need not die when the
/// interval does, for over the field the class of the interval is this one plus a combination of older ones, and which
/// combination is a choice; nor is it the shortest cycle around the hole.
///
/// # Units
///
/// Points are indices of the matrix; lengths have the units of the dissimilarities.
///
/// # Examples
///
/// See [`VietorisRips::loop_representatives`].
#[derive(Debug, Clone, PartialEq)]
pub struct LoopRepresentative {
    /// The interval.
    pub interval: Interval,
    /// The edge whose entrance gives birth; its length is the birth.
    pub birth_edge: Edge,
    /// The points of the triangle whose entrance kills, descending; its diameter is the death. `None` for an essential class.
    pub death_triangle: Option<[usize; 3]>,
    /// The points of the cycle in order: four or more, the first and the last are the ends of the birth edge.
    pub cycle: Vec<usize>,
}

impl VietorisRips {
    /// A representative for each interval of the diagram of $H_1$, in its order.
    ///
    /// Among edges of equal length the one between points of smaller mean dissimilarity comes first; another order gives the
    /// same intervals and may give other edges.
    ///
    /// # Errors
    ///
    /// Those of [`VietorisRips`], or more than 65535 points.
    ///
    /// # Complexity
    ///
    /// That of the diagrams up to dimension 1, and $O(n m)$ time per interval whose path passes $m$ points by, in parallel
    /// over intervals.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, PointCloud, VietorisRips};
    ///
    /// let square = PointCloud::new(vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0], 4, 2)?;
    /// let loops = VietorisRips::new().loop_representatives(&DistanceMatrix::from_cloud(&square))?;
    /// let mut points = loops[0].cycle.clone();
    /// points.sort();
    /// assert_eq!(points, [0, 1, 2, 3]);
    /// assert_eq!(loops[0].birth_edge.length, 1.0);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn loop_representatives<S: Scalar>(
        &self,
        distances: &DistanceMatrix<S>,
    ) -> Result<Vec<LoopRepresentative>, Error> {
        ensure_few(distances.n_points())?;
        let field = self.checked_field()?;
        let threshold = self.last_filtration_value(distances);
        let order = EdgeOrder::new(distances);
        let mut lives = LowDimensions::new(&order, threshold, &field).loops;
        lives.retain(|life| life.interval.lifespan() > 0.0);
        let by_interval =
            |a: &Interval, b: &Interval| a.birth.total_cmp(&b.birth).then(a.death.total_cmp(&b.death));
        lives.sort_by(|a, b| by_interval(&a.interval, &b.interval));
        let paths = Paths::new(&order, &lives);
        Ok(lives.par_iter().map(|life| representative(&order, &paths, life)).collect())
    }
}

fn representative<S: Scalar>(
    order: &EdgeOrder<'_, S>,
    paths: &Paths<'_, '_, S>,
    life: &Life,
) -> LoopRepresentative {
    LoopRepresentative {
        interval: life.interval,
        birth_edge: order.birth_edge(life),
        death_triangle: order.death_triangle(life),
        cycle: paths.cycle(life),
    }
}
