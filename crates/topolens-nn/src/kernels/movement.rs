//! The numbers of an item in other places, along axes with a fixed distance between neighbours: transposes, windows, borders.

use std::ops::Range;

use crate::tensor::Element;

/// Rows and columns of a tile of a transpose: what is read and what is written stay in cache.
const TILE: usize = 16;

/// An axis of the item made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Axis {
    extent: usize,
    /// From one place of the source to the next.
    stride: usize,
    /// The indices that are in the source; beyond them there are zeros.
    inside: Range<usize>,
    /// Numbers behind one index.
    len: usize,
}

impl Axis {
    fn is_inside(&self) -> bool {
        self.inside == (0..self.extent)
    }
}

/// Where the numbers of an item come from; no number of the source is taken twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    axes: Vec<Axis>,
    /// The place of the item's first number in the source, which may lie before it.
    first: isize,
    /// Numbers of the source.
    source_len: usize,
}

impl Movement {
    /// Axis i of the item made is axis `axes[i]` of the source, an item of `shape`.
    pub(crate) fn permutation(shape: &[usize], axes: &[usize]) -> Self {
        let strides = strides(shape);
        let axis = |axis: &usize| (shape[*axis], strides[*axis], 0..shape[*axis]);
        Self::new(axes.iter().map(axis), 0, shape.iter().product())
    }

    /// A window of extents `made` into the source, an item of `shape`, that begins at `starts`, takes places `steps` apart and may
    /// reach out of it.
    pub(crate) fn window(shape: &[usize], starts: &[isize], steps: &[usize], made: &[usize]) -> Self {
        let strides = strides(shape);
        let first = starts.iter().zip(&strides).map(|(start, stride)| start * stride.cast_signed()).sum();
        let axis = |axis: usize| {
            let (start, step, extent) = (starts[axis], steps[axis], made[axis]);
            // The indices i with 0 ≤ start + i step < the extent of the source.
            let before = (-start).max(0).cast_unsigned().div_ceil(step).min(extent);
            let behind =
                (shape[axis].cast_signed() - start).max(0).cast_unsigned().div_ceil(step).min(extent);
            (extent, step * strides[axis], before..behind.max(before))
        };
        Self::new((0..made.len()).map(axis), first, shape.iter().product())
    }

    /// Axes that lie one behind the other in the source become one.
    fn new(
        axes: impl DoubleEndedIterator<Item = (usize, usize, Range<usize>)>,
        first: isize,
        source_len: usize,
    ) -> Self {
        let mut merged: Vec<Axis> = Vec::new();
        for (extent, stride, inside) in axes.rev() {
            let len = merged.last().map_or(1, |inner| inner.len * inner.extent);
            let axis = Axis { extent, stride, inside, len };
            match merged.last_mut() {
                _ if axis.extent == 1 && axis.is_inside() => {}
                Some(inner)
                    if axis.is_inside()
                        && inner.is_inside()
                        && axis.stride == inner.stride * inner.extent =>
                {
                    inner.extent *= axis.extent;
                    inner.inside = 0..inner.extent;
                }
                _ => merged.push(axis),
            }
        }
        merged.reverse();
        Self { axes: merged, first, source_len }
    }

    /// The item made has as many numbers as this.
    pub(crate) fn len(&self) -> usize {
        self.axes.first().map_or(1, |axis| axis.len * axis.extent)
    }

    /// All numbers stay where they are.
    pub(crate) fn is_none(&self) -> bool {
        self.first == 0
            && self.len() == self.source_len
            && self.axes.iter().all(|axis| axis.is_inside() && axis.stride == axis.len)
    }

    /// This movement of what `before` makes, as one movement of its source, if it is one along axes: without borders, and with no axis
    /// that ends amid another.
    pub(crate) fn after(&self, before: &Self) -> Option<Self> {
        if self.axes.iter().chain(&before.axes).any(|axis| !axis.is_inside()) {
            return None;
        }
        let start = self.first.cast_unsigned();
        let mut digits: Vec<usize> = before.axes.iter().map(|axis| start / axis.len % axis.extent).collect();
        let strides = before.axes.iter().map(|axis| axis.stride);
        let offset: usize = digits.iter().zip(strides).map(|(digit, stride)| digit * stride).sum();
        let mut axes = Vec::new();
        for axis in &self.axes {
            axes.extend(before.refined(axis, &mut digits)?);
        }
        // An index that left its axis would be one of the axis before.
        let fits = digits.iter().zip(&before.axes).all(|(digit, axis)| *digit < axis.extent);
        let axes = axes.into_iter().map(|(extent, stride)| (extent, stride, 0..extent));
        fits.then(|| Self::new(axes, before.first + offset.cast_signed(), before.source_len))
    }

    /// An axis of places in what this movement makes as axes of its source; adds the last index along each of its axes to `last`.
    fn refined(&self, axis: &Axis, last: &mut [usize]) -> Option<Vec<(usize, usize)>> {
        let mut at = self.axes.iter().position(|own| own.len <= axis.stride)?;
        let (mut step, mut extent) = (axis.stride / self.axes[at].len, axis.extent);
        if !axis.stride.is_multiple_of(self.axes[at].len) {
            return None;
        }
        let mut refined = Vec::new();
        loop {
            let own = &self.axes[at];
            let room = own.extent / step;
            let taken = extent.min(room);
            last[at] += taken.saturating_sub(1) * step;
            refined.insert(0, (taken, own.stride * step));
            if taken == extent {
                return Some(refined);
            }
            if taken == 0 || !own.extent.is_multiple_of(step) || !extent.is_multiple_of(room) {
                return None;
            }
            (at, step, extent) = (at.checked_sub(1)?, 1, extent / room);
        }
    }

    /// Parts of an item that can be made apart from each other, or one.
    pub(crate) fn n_parts(&self) -> usize {
        if self.axes.len() > 2 { self.axes[0].extent } else { 1 }
    }

    /// Writes part `part` of [`Movement::n_parts`] of an item.
    pub(crate) fn write_part<E: Element>(&self, part: usize, source: &[E], made: &mut [E]) {
        if self.n_parts() == 1 {
            return gather(&self.axes, source, self.first, made);
        }
        let (axis, inner) = (&self.axes[0], &self.axes[1..]);
        if axis.inside.contains(&part) {
            gather(inner, source, self.first + (part * axis.stride).cast_signed(), made);
        } else {
            made.fill(E::ZERO);
        }
    }

    /// Writes the numbers of an item made to where they came from.
    pub(crate) fn write_back<E: Element>(&self, made: &[E], source: &mut [E]) {
        scatter(&self.axes, made, self.first, source);
    }
}

/// How far the next place along each axis is.
fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// Two axes of which the source has the first as rows: a transpose.
fn is_transpose(rows: &Axis, columns: &Axis) -> bool {
    rows.stride == 1 && columns.stride > 1 && rows.is_inside() && columns.is_inside()
}

/// Calls `place(row, column)` tile by tile.
fn in_tiles(n_rows: usize, n_columns: usize, mut place: impl FnMut(usize, usize)) {
    for first_row in (0..n_rows).step_by(TILE) {
        for first_column in (0..n_columns).step_by(TILE) {
            for column in first_column..(first_column + TILE).min(n_columns) {
                for row in first_row..(first_row + TILE).min(n_rows) {
                    place(row, column);
                }
            }
        }
    }
}

fn gather<E: Element>(axes: &[Axis], source: &[E], first: isize, made: &mut [E]) {
    match axes {
        [] => made[0] = source[first.cast_unsigned()],
        [axis] => {
            made[..axis.inside.start].fill(E::ZERO);
            made[axis.inside.end..].fill(E::ZERO);
            if axis.inside.is_empty() {
                return;
            }
            let source = &source[at(first, axis, axis.inside.start)..];
            let made = &mut made[axis.inside.clone()];
            if axis.stride == 1 {
                made.copy_from_slice(&source[..axis.inside.len()]);
            } else {
                let source = source.iter().step_by(axis.stride);
                made.iter_mut().zip(source).for_each(|(made, source)| *made = *source);
            }
        }
        [rows, columns] if is_transpose(rows, columns) => {
            let (stride, n_columns) = (columns.stride, columns.extent);
            let source = &source[first.cast_unsigned()..];
            in_tiles(rows.extent, n_columns, |row, column| {
                made[row * n_columns + column] = source[column * stride + row];
            });
        }
        [axis, inner @ ..] => {
            for (index, made) in made.chunks_exact_mut(axis.len).enumerate() {
                if axis.inside.contains(&index) {
                    gather(inner, source, first + (index * axis.stride).cast_signed(), made);
                } else {
                    made.fill(E::ZERO);
                }
            }
        }
    }
}

fn scatter<E: Element>(axes: &[Axis], made: &[E], first: isize, source: &mut [E]) {
    match axes {
        [] => source[first.cast_unsigned()] = made[0],
        [axis] => {
            if axis.inside.is_empty() {
                return;
            }
            let source = &mut source[at(first, axis, axis.inside.start)..];
            let made = &made[axis.inside.clone()];
            if axis.stride == 1 {
                source[..made.len()].copy_from_slice(made);
            } else {
                let source = source.iter_mut().step_by(axis.stride);
                made.iter().zip(source).for_each(|(made, source)| *source = *made);
            }
        }
        [rows, columns] if is_transpose(rows, columns) => {
            let (stride, n_columns) = (columns.stride, columns.extent);
            let source = &mut source[first.cast_unsigned()..];
            in_tiles(rows.extent, n_columns, |row, column| {
                source[column * stride + row] = made[row * n_columns + column];
            });
        }
        [axis, inner @ ..] => {
            let made = made.chunks_exact(axis.len).enumerate();
            for (index, made) in made.filter(|(index, _)| axis.inside.contains(index)) {
                scatter(inner, made, first + (index * axis.stride).cast_signed(), source);
            }
        }
    }
}

/// The place of an index of an axis.
fn at(first: isize, axis: &Axis, index: usize) -> usize {
    (first + (index * axis.stride).cast_signed()).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of the numbers 1, 2, …
    fn made(movement: &Movement, length: usize) -> Vec<f32> {
        let source: Vec<f32> = (1..=length).map(|number| number as f32).collect();
        let mut made = vec![f32::NAN; movement.len()];
        let n_parts = movement.n_parts();
        let parts = made.chunks_exact_mut(movement.len() / n_parts);
        parts.enumerate().for_each(|(part, made)| movement.write_part(part, &source, made));
        // Back at its places each number is what it was, and the others are left alone.
        let mut back = vec![0.0; length];
        movement.write_back(&made, &mut back);
        for (back, source) in back.iter().zip(&source) {
            assert_eq!(*back, if made.contains(source) { *source } else { 0.0 });
        }
        made
    }

    #[test]
    fn axes_borders_and_parts() {
        assert_eq!(made(&Movement::permutation(&[2, 3], &[1, 0]), 6), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let bordered = Movement::window(&[1, 2], &[-1, 0], &[1, 1], &[2, 3]);
        assert_eq!(made(&bordered, 2), [0.0, 0.0, 0.0, 1.0, 2.0, 0.0]);
        let part = Movement::window(&[2, 3], &[0, 1], &[1, 1], &[2, 2]);
        assert_eq!(made(&part, 6), [2.0, 3.0, 5.0, 6.0]);
        let strided = Movement::window(&[4, 5], &[1, 0], &[2, 2], &[2, 3]);
        assert_eq!(made(&strided, 20), [6.0, 8.0, 10.0, 16.0, 18.0, 20.0]);
        let beyond = Movement::window(&[2, 2], &[-1, 5], &[2, 1], &[2, 1]);
        assert_eq!(made(&beyond, 4), [0.0, 0.0]);
    }

    /// Every order of four axes, one of them larger than a tile, by the definition.
    #[test]
    fn any_order_of_axes() {
        let shape = [2, 19, 3, 17];
        for code in 0..256 {
            let axes = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6];
            if (0..4).any(|axis| !axes.contains(&axis)) {
                continue;
            }
            let extents = axes.map(|axis| shape[axis]);
            let strides = [19 * 3 * 17, 3 * 17, 17, 1];
            let made = made(&Movement::permutation(&shape, &axes), 2 * 19 * 3 * 17);
            for (place, made) in made.iter().enumerate() {
                let mut rest = place;
                let mut source = 1;
                for axis in (0..4).rev() {
                    source += rest % extents[axis] * strides[axes[axis]];
                    rest /= extents[axis];
                }
                assert_eq!(*made, source as f32, "{axes:?}");
            }
        }
    }

    /// One movement after the other, and both in one, of every pair of orders and windows of three axes.
    #[test]
    fn two_movements_are_one() {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        // The same 24 numbers as other axes in between.
        let shapes =
            [vec![2, 3, 4], vec![4, 3, 2], vec![6, 2, 2], vec![1, 24, 1], vec![2, 6, 2], vec![3, 8, 1]];
        let (mut n_joined, mut n_apart) = (0, 0);
        for first in orders.map(|order| Movement::permutation(&[2, 3, 4], &order)) {
            for shape in &shapes {
                // Without the first index along an axis, and without the first and the last.
                let windows = (0..6).filter(|case| shape[case / 2] > 2).map(|case| {
                    let (mut starts, mut extents) = ([0; 3], shape.clone());
                    starts[case / 2] = 1;
                    extents[case / 2] -= case % 2 + 1;
                    Movement::window(shape, &starts, &[1; 3], &extents)
                });
                for second in
                    orders.map(|order| Movement::permutation(shape, &order)).into_iter().chain(windows)
                {
                    let between = made(&first, 24);
                    let mut expected = vec![f32::NAN; second.len()];
                    gather(&second.axes, &between, second.first, &mut expected);
                    match second.after(&first) {
                        Some(both) => {
                            assert_eq!(made(&both, 24), expected);
                            n_joined += 1;
                        }
                        None => n_apart += 1,
                    }
                }
            }
        }
        assert!(n_joined > 200 && n_apart > 20, "{n_joined} {n_apart}");
        let bordered = Movement::window(&[3, 8], &[-1, 0], &[1, 1], &[4, 8]);
        assert_eq!(bordered.after(&Movement::permutation(&[8, 3], &[1, 0])), None);
    }

    #[test]
    fn an_order_that_stays_is_known() {
        assert!(Movement::permutation(&[1, 4, 1, 5], &[2, 1, 0, 3]).is_none());
        assert!(Movement::window(&[3, 4], &[0, 0], &[1, 1], &[3, 4]).is_none());
        assert!(!Movement::window(&[3, 4], &[0, 0], &[1, 1], &[2, 4]).is_none());
        assert!(!Movement::window(&[3, 4], &[1, 0], &[1, 1], &[3, 4]).is_none());
        assert!(!Movement::permutation(&[3, 4], &[1, 0]).is_none());
    }
}
