//! The classes of one dimension: a cocycle for each while it lives, an interval afterwards.

use super::cochains::Cochains;
use super::coefficients::Coefficients;
use super::elimination::Outcome;
use crate::Interval;

/// Born and dead classes of one dimension.
#[derive(Debug)]
pub(super) struct Classes<C: Coefficients> {
    pub(super) cochains: Cochains<C>,
    births: Vec<f64>,
    is_alive: Vec<bool>,
    intervals: Vec<Interval>,
}

impl<C: Coefficients> Classes<C> {
    pub(super) fn new(cochains: Cochains<C>) -> Self {
        Self { cochains, births: Vec::new(), is_alive: Vec::new(), intervals: Vec::new() }
    }

    /// A new class; its cocycle is zero at first.
    pub(super) fn give_birth(&mut self, length: f64) -> u32 {
        self.births.push(length);
        self.is_alive.push(true);
        self.cochains.add_class()
    }

    /// Lets classes die, after they have been added to the survivors that need them.
    pub(super) fn settle(&mut self, outcome: &Outcome<C>, length: f64) {
        for survivor in &outcome.survivors {
            for &(added, factor) in &survivor.added {
                self.cochains.add_to(survivor.class, added, factor);
            }
        }
        for dying in &outcome.dying {
            self.cochains.remove(dying.class);
            self.is_alive[dying.class as usize] = false;
            let birth = self.births[dying.class as usize];
            if length > birth {
                self.intervals.push(Interval { birth, death: length });
            }
        }
    }

    /// All intervals; a class still alive is essential.
    pub(super) fn finish(mut self) -> Vec<Interval> {
        let alive = self.births.iter().zip(&self.is_alive).filter(|(_, is_alive)| **is_alive);
        let essential = alive.map(|(&birth, _)| Interval { birth, death: f64::INFINITY });
        self.intervals.extend(essential);
        self.intervals
    }
}
