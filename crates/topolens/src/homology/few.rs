//! A handful of numbers without a heap.

/// The most vertices a simplex may have here; cofacets of the highest homology dimension included.
pub(super) const MAX_VERTICES: usize = 16;

/// A few positions or labels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Few {
    slots: [u32; MAX_VERTICES],
    length: usize,
}

impl Few {
    #[inline]
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.slots[..self.length]
    }

    #[inline]
    pub(super) fn push(&mut self, value: u32) {
        self.slots[self.length] = value;
        self.length += 1;
    }

    /// Puts a value where it belongs among ascending ones.
    #[inline]
    pub(super) fn insert(&mut self, value: u32) {
        let mut at = self.length;
        while at > 0 && self.slots[at - 1] > value {
            self.slots[at] = self.slots[at - 1];
            at -= 1;
        }
        self.slots[at] = value;
        self.length += 1;
    }
}
