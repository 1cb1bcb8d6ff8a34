//! Seeded subsamples without replacement.

use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::{SliceRandom, index};

use crate::error::{Error, InputKind, SettingKind};
use crate::random::generator;

/// Draws `size` of `n_points` indices without replacement, ascending.
///
/// Every subset is equally likely. `stream` numbers independent draws under one seed.
///
/// # Errors
///
/// If `size` is 0 or exceeds `n_points`.
///
/// # Complexity
///
/// $O(\text{size} \log \text{size})$ or $O(n)$, whichever is less.
///
/// # Examples
///
/// ```
/// use topolens::subsample;
///
/// let drawn = subsample(100, 10, 7, 0)?;
/// assert_eq!(drawn.len(), 10);
/// assert_eq!(drawn, subsample(100, 10, 7, 0)?);
/// assert_ne!(drawn, subsample(100, 10, 7, 1)?);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn subsample(n_points: usize, size: usize, seed: u64, stream: u64) -> Result<Vec<usize>, Error> {
    if size == 0 {
        return Err(InputKind::Empty { argument: "size" }.into());
    }
    if size > n_points {
        return Err(SettingKind::SampleTooLarge { size, n_points }.into());
    }
    Ok(draw(&mut generator(seed, stream), n_points, size))
}

/// Draws at most `per_class` indices of every class without replacement, ascending.
///
/// Classes with fewer members are taken whole. Each class has its own random stream, so its draw depends on its
/// members and the seed only.
///
/// # Shape
///
/// `labels`: one class per point.
///
/// # Errors
///
/// If `labels` is empty or `per_class` is 0.
///
/// # Examples
///
/// ```
/// use topolens::stratified_subsample;
///
/// let labels = [0, 0, 0, 1, 1, 2];
/// let drawn = stratified_subsample(&labels, 2, 0)?;
/// let classes: Vec<usize> = drawn.iter().map(|&i| labels[i]).collect();
/// assert_eq!(classes, [0, 0, 1, 1, 2]);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn stratified_subsample(labels: &[usize], per_class: usize, seed: u64) -> Result<Vec<usize>, Error> {
    if labels.is_empty() {
        return Err(InputKind::Empty { argument: "labels" }.into());
    }
    if per_class == 0 {
        return Err(InputKind::Empty { argument: "per_class" }.into());
    }
    let mut drawn: Vec<usize> = members(labels)
        .into_iter()
        .flat_map(|(class, members)| {
            let size = per_class.min(members.len());
            let within = draw(&mut generator(seed, class as u64), members.len(), size);
            within.into_iter().map(move |at| members[at])
        })
        .collect();
    drawn.sort_unstable();
    Ok(drawn)
}

/// The indices of every class, classes and indices ascending.
pub(crate) fn members(labels: &[usize]) -> BTreeMap<usize, Vec<usize>> {
    let mut classes = BTreeMap::<usize, Vec<usize>>::new();
    for (index, &class) in labels.iter().enumerate() {
        classes.entry(class).or_default().push(index);
    }
    classes
}

/// The indices of `n_points` points in a random order.
pub(crate) fn shuffled(n_points: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n_points).collect();
    order.shuffle(&mut generator(seed, u64::MAX));
    order
}

fn draw(generator: &mut impl Rng, length: usize, size: usize) -> Vec<usize> {
    let mut drawn = index::sample(generator, length, size).into_vec();
    drawn.sort_unstable();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_equally_often() {
        let mut counts = [0_u32; 10];
        for stream in 0..4000 {
            for index in subsample(10, 3, 1, stream).unwrap() {
                counts[index] += 1;
            }
        }
        // 4000 draws of 3 in 10: 1200 each, standard deviation 29.
        assert!(counts.iter().all(|&count| (1080..1320).contains(&count)), "{counts:?}");
    }

    #[test]
    fn impossible_sizes_are_errors() {
        assert!(subsample(3, 4, 0, 0).unwrap_err().to_string().contains("`size` = 4"));
        assert!(subsample(3, 0, 0, 0).is_err());
        assert!(stratified_subsample(&[], 1, 0).is_err());
        assert!(stratified_subsample(&[1], 0, 0).is_err());
    }

    #[test]
    fn a_class_is_drawn_alike_whatever_the_others() {
        let alone: Vec<usize> = vec![4; 50];
        let mut beside = vec![4; 50];
        beside.extend([9; 30]);
        let drawn = stratified_subsample(&alone, 7, 3).unwrap();
        assert_eq!(stratified_subsample(&beside, 7, 3).unwrap()[..7], drawn);
    }
}
