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
}

impl Movement {
    /// Axis i of the item made is axis `axes[i]` of the source, an item of `shape`.
    pub(crate) fn permutation(shape: &[usize], axes: &[usize]) -> Self {
        let strides = strides(shape);
        let axis = |axis: &usize| (shape[*axis], strides[*axis], 0..shape[*axis]);
        Self::new(axes.iter().map(axis), 0)
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
        Self::new((0..made.len()).map(axis), first)
    }

    /// Axes that lie one behind the other in the source become one.
    fn new(axes: impl DoubleEndedIterator<Item = (usize, usize, Range<usize>)>, first: isize) -> Self {
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
        Self { axes: merged, first }
    }

    /// The item made has as many numbers as this.
    pub(crate) fn len(&self) -> usize {
        self.axes.first().map_or(1, |axis| axis.len * axis.extent)
    }

    /// The order stays, of an item of `length` numbers.
    pub(crate) fn is_none(&self, length: usize) -> bool {
        self.first == 0
            && self.len() == length
            && self.axes.iter().all(|axis| axis.is_inside() && axis.stride == axis.len)
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

    #[test]
    fn an_order_that_stays_is_known() {
        assert!(Movement::permutation(&[1, 4, 1, 5], &[2, 1, 0, 3]).is_none(20));
        assert!(Movement::window(&[3, 4], &[0, 0], &[1, 1], &[3, 4]).is_none(12));
        assert!(!Movement::window(&[3, 4], &[0, 0], &[1, 1], &[2, 4]).is_none(12));
        assert!(!Movement::window(&[3, 4], &[1, 0], &[1, 1], &[3, 4]).is_none(12));
        assert!(!Movement::permutation(&[3, 4], &[1, 0]).is_none(12));
    }
}
