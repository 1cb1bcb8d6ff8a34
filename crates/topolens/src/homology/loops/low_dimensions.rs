//! The sweep through the filtration.

use rayon::prelude::*;

use super::chains::{Chains, Life};
use super::lune::{Entrance, Lunes, Split};
use super::slabs::{Cuts, Epoch, empty_lunes_from};
use crate::homology::adjacency::Adjacency;
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge};
use crate::homology::field::PrimeField;
use crate::{Diagram, Diagrams, Interval, Scalar};

/// The most points whose pairs fit into the packed form.
pub(in crate::homology) const MAX_POINTS: usize = u16::MAX as usize;

/// Edges that one task looks at.
const EDGES_PER_TASK: usize = 1024;

/// One in this many epochs is entered in full before any is entered quietly: sparse adjacency decides little.
const QUIET_FROM: usize = 4;

/// What happens in dimensions 0 and 1.
#[derive(Debug)]
pub(in crate::homology) struct LowDimensions {
    /// The lengths at which components merge, ascending.
    pub(in crate::homology) merges: Vec<f64>,
    /// The lives of dimension 1.
    pub(in crate::homology) loops: Vec<Life>,
}

impl LowDimensions {
    /// Of the filtration up to `threshold`, which is finite.
    pub(in crate::homology) fn new<S: Scalar>(
        order: &EdgeOrder<'_, S>,
        threshold: S,
        field: &PrimeField,
    ) -> Self {
        let cuts = Cuts::new(order, threshold);
        let empty = Adjacency::new(order.n_points());
        let mut sweep = Sweep {
            order,
            cuts: &cuts,
            n_entered: 0,
            before: empty.clone(),
            after: empty,
            components: DisjointSets::new(order.n_points()),
            chains: Chains::new(order.n_points(), field),
            merges: Vec::new(),
            empty: None,
        };
        for epoch in 0..cuts.n_epochs() {
            sweep.enter(epoch);
        }
        Self { merges: sweep.merges, loops: sweep.chains.finish() }
    }

    /// The diagrams of dimensions 0 and 1.
    pub(in crate::homology) fn diagrams(self, n_points: usize) -> Diagrams {
        let loops = self.loops.into_iter().map(|life| life.interval).collect();
        vec![components_diagram(self.merges, n_points), Diagram::new(1, loops)]
    }
}

/// The diagram of dimension 0.
pub(in crate::homology) fn components_diagram(merges: Vec<f64>, n_points: usize) -> Diagram {
    let essential = std::iter::repeat_n(f64::INFINITY, n_points - merges.len());
    let intervals = merges.into_iter().chain(essential).map(|death| Interval { birth: 0.0, death });
    Diagram::new(0, intervals.collect())
}

struct Sweep<'a, S> {
    order: &'a EdgeOrder<'a, S>,
    cuts: &'a Cuts<S>,
    /// Epochs whose edges are in the adjacency.
    n_entered: usize,
    before: Adjacency,
    after: Adjacency,
    components: DisjointSets,
    chains: Chains<'a>,
    merges: Vec<f64>,
    /// The edges with an empty lune from the first epoch on that might be quiet.
    empty: Option<Vec<Moment<S>>>,
}

impl<S: Scalar> Sweep<'_, S> {
    fn enter(&mut self, epoch: usize) {
        let is_known_enough = QUIET_FROM * epoch >= self.cuts.n_epochs();
        if is_known_enough && self.chains.n_alive() == 0 && self.enters_quietly(epoch) {
            return;
        }
        while self.n_entered < epoch {
            let missed = Epoch::of(self.order, self.cuts, self.n_entered);
            let (before, after) = (&mut self.before, &mut self.after);
            rayon::join(|| before.insert(missed.all_edges()), || after.insert(missed.all_edges()));
            self.n_entered += 1;
        }
        let edges = Epoch::of(self.order, self.cuts, epoch);
        self.after.insert(edges.edges(0));
        for slab in 0..edges.n_slabs() {
            self.enter_slab(&edges, slab);
        }
        self.n_entered += 1;
    }

    /// Whether the epoch, in which no loop is alive at first, does no more than join components, so that nothing else
    /// need be known of it.
    fn enters_quietly(&mut self, epoch: usize) -> bool {
        let (order, cuts, known) = (self.order, self.cuts, &self.before);
        let empty = self.empty.get_or_insert_with(|| empty_lunes_from(order, cuts, epoch, known));
        let start = empty.partition_point(|&moment| cuts.epoch(moment) < epoch);
        let end = empty.partition_point(|&moment| cuts.epoch(moment) <= epoch);
        let mut components = self.components.clone();
        let joins = |moment: &Moment<S>| components.join(moment.edge.larger(), moment.edge.smaller());
        if !empty[start..end].iter().all(joins) {
            return false;
        }
        self.components = components;
        self.merges.extend(empty[start..end].iter().map(|moment| moment.length.to_f64()));
        true
    }

    /// Enters the edges of a slab: first all of them, then those among them that fill loops. A loop that is filled is
    /// made of edges before the one that fills it, so those after it do not matter to it.
    fn enter_slab(&mut self, epoch: &Epoch, slab: usize) {
        let tasks = tasks(epoch.pieces(slab));
        let lunes = self.lunes();
        let entrances = search(&tasks, |edges| lunes.entrances(edges));
        for Entrance { moment, around } in sorted(entrances, |entrance: &Entrance<S>| entrance.moment) {
            match around {
                Some(w) => self.chains.go_around(moment.edge, w),
                None => self.enter_bare(moment),
            }
        }
        if self.chains.n_alive() > 0 {
            let lunes = self.lunes();
            let splits = search(&tasks, |edges| lunes.splits(edges));
            for Split { moment, components } in sorted(splits, |split: &Split<S>| split.moment) {
                self.chains.fill(moment, &components);
            }
        }
        let (before, after) = (&mut self.before, &mut self.after);
        let mut insert_next = || (slab + 1 < epoch.n_slabs()).then(|| after.insert(epoch.edges(slab + 1)));
        if tasks.len() > 1 {
            rayon::join(|| before.insert(epoch.edges(slab)), insert_next);
        } else {
            before.insert(epoch.edges(slab));
            insert_next();
        }
    }

    /// Enters an edge with an empty lune.
    fn enter_bare(&mut self, moment: Moment<S>) {
        if self.components.join(moment.edge.larger(), moment.edge.smaller()) {
            self.merges.push(moment.length.to_f64());
        } else {
            self.chains.give_birth(moment);
        }
    }

    fn lunes(&self) -> Lunes<'_, S> {
        Lunes { order: self.order, before: &self.before, after: &self.after, active: self.chains.active() }
    }
}

/// Pieces cut into tasks.
fn tasks<'e>(pieces: impl Iterator<Item = &'e [PackedEdge]>) -> Vec<&'e [PackedEdge]> {
    pieces.flat_map(|piece| piece.chunks(EDGES_PER_TASK)).collect()
}

/// What the tasks find, in their order; on this thread alone if there is little to do.
fn search<'e, T: Send>(
    tasks: &[&'e [PackedEdge]],
    search: impl Fn(&'e [PackedEdge]) -> Vec<T> + Sync,
) -> Vec<T> {
    let n_edges: usize = tasks.iter().map(|edges| edges.len()).sum();
    if n_edges < 2 * EDGES_PER_TASK {
        return tasks.iter().flat_map(|edges| search(edges)).collect();
    }
    tasks.par_iter().flat_map_iter(|edges| search(edges)).collect()
}

/// In the order of the filtration.
fn sorted<S: Scalar, T>(mut found: Vec<T>, moment: impl Fn(&T) -> Moment<S>) -> Vec<T> {
    found.sort_unstable_by(|a, b| moment(a).partial_cmp(&moment(b)).unwrap_or(std::cmp::Ordering::Equal));
    found
}
