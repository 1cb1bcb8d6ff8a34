//! What the earlier edges span on a lune.

/// The points whose edges to both ends of an edge are earlier.
#[derive(Debug)]
pub(in crate::homology) enum Lune {
    /// No point.
    Empty,
    /// A point is adjacent to all others.
    Cone(usize),
    /// Anything else.
    Graph(LuneGraph),
}

/// The earlier edges between the points of a lune.
#[derive(Debug)]
pub(in crate::homology) struct LuneGraph {
    /// The hub, then the others ascending.
    points: Vec<u16>,
    words_per_row: usize,
    rows: Vec<u64>,
}

impl LuneGraph {
    /// Of ascending points, at least one.
    pub(in crate::homology) fn new(mut points: Vec<u16>, is_adjacent: impl Fn(usize, usize) -> bool) -> Self {
        let degree = |&at: &usize| {
            let is_near = |&&other: &&u16| is_adjacent(points[at].into(), other.into());
            points.iter().filter(is_near).count()
        };
        // Of equally good hubs the first.
        let hub = (0..points.len()).rev().max_by_key(degree).unwrap_or(0);
        points[..=hub].rotate_right(1);
        let words_per_row = points.len().div_ceil(64);
        let mut rows = vec![0; points.len() * words_per_row];
        for a in 1..points.len() {
            for b in (0..a).filter(|&b| is_adjacent(points[a].into(), points[b].into())) {
                rows[a * words_per_row + b / 64] |= 1 << (b % 64);
                rows[b * words_per_row + a / 64] |= 1 << (a % 64);
            }
        }
        Self { points, words_per_row, rows }
    }

    /// The hub, then the others ascending.
    pub(in crate::homology) fn points(&self) -> &[u16] {
        &self.points
    }

    /// The neighbours of a point, by place.
    pub(in crate::homology) fn row(&self, place: usize) -> &[u64] {
        &self.rows[place * self.words_per_row..][..self.words_per_row]
    }

    /// All points, by place.
    pub(in crate::homology) fn all(&self) -> Vec<u64> {
        let mut all = vec![u64::MAX; self.words_per_row];
        if !self.points.len().is_multiple_of(64) {
            all[self.words_per_row - 1] = (1 << (self.points.len() % 64)) - 1;
        }
        all
    }
}
