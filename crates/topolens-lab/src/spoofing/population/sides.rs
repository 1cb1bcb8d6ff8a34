//! Who is on which side of a comparison.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::Result;
use crate::error::{Error, SpoofingProblem};
use crate::spoofing::presentation::Presentations;

/// Rows of two samples of equal size, no person in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::spoofing) struct Sides {
    pub(in crate::spoofing) first: Vec<usize>,
    pub(in crate::spoofing) second: Vec<usize>,
}

impl Sides {
    /// All rows, those of the first side first.
    pub(in crate::spoofing) fn rows(&self) -> Vec<usize> {
        [&self.first[..], &self.second[..]].concat()
    }
}

/// The least number of persons on a side.
const LEAST_PERSONS: usize = 3;
/// The least number of images on a side.
const LEAST_IMAGES: usize = 10;

/// Deals persons to the kinds `first` and `second`, at random under `seed`: who has images of both kinds goes to either side, so that both have
/// as many persons as can be. Both sides then give the same number of images, at most `most`, persons in turn. The kinds may be the same one.
pub(in crate::spoofing) fn sides(
    presentations: &Presentations,
    [first, second]: [usize; 2],
    most: usize,
    seed: u64,
) -> Result<Sides> {
    let [of_first, of_second] = [first, second].map(|kind| rows_by_person(presentations, kind));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut persons: Vec<&str> =
        of_first.keys().chain(of_second.keys()).copied().collect::<BTreeSet<&str>>().into_iter().collect();
    persons.shuffle(&mut random);
    // Those who can be on one side only are dealt first; the others even the sides out.
    persons.sort_by_key(|person| of_first.contains_key(person) && of_second.contains_key(person));
    let mut dealt = [Vec::new(), Vec::new()];
    for person in persons {
        let can_be = [of_first.get(person), of_second.get(person)];
        let side = match can_be {
            [Some(_), Some(_)] => usize::from(dealt[1].len() < dealt[0].len()),
            [Some(_), None] => 0,
            _ => 1,
        };
        let mut images = can_be[side].cloned().unwrap_or_default();
        images.shuffle(&mut random);
        dealt[side].push(images);
    }
    for (side, kind) in dealt.iter().zip([first, second]) {
        if side.len() < LEAST_PERSONS {
            let (kind, n_persons) = (presentations.kinds[kind].name.clone(), side.len());
            let needed = if first == second || n_shared(&of_first, &of_second) > 0 {
                2 * LEAST_PERSONS
            } else {
                LEAST_PERSONS
            };
            let n_persons =
                if needed == LEAST_PERSONS { n_persons } else { of_first.len().max(of_second.len()) };
            return Err(Error::spoofing(SpoofingProblem::TooFewPersons { kind, n_persons, needed }));
        }
    }
    let n = dealt.iter().map(|side| side.iter().map(Vec::len).sum()).min().unwrap_or(0).min(most);
    if n < LEAST_IMAGES {
        let kind = presentations.kinds[second].name.clone();
        return Err(Error::spoofing(SpoofingProblem::TooFewImages {
            kind,
            n_images: n,
            needed: LEAST_IMAGES,
        }));
    }
    let [first, second] = dealt.map(|side| in_turn(&side, n));
    Ok(Sides { first, second })
}

/// The number of persons with images of both kinds.
pub(in crate::spoofing) fn persons_on_both(
    presentations: &Presentations,
    [first, second]: [usize; 2],
) -> usize {
    n_shared(&rows_by_person(presentations, first), &rows_by_person(presentations, second))
}

type RowsByPerson<'a> = BTreeMap<&'a str, Vec<usize>>;

fn n_shared(first: &RowsByPerson<'_>, second: &RowsByPerson<'_>) -> usize {
    first.keys().filter(|person| second.contains_key(*person)).count()
}

fn rows_by_person(presentations: &Presentations, kind: usize) -> RowsByPerson<'_> {
    let mut rows = RowsByPerson::new();
    for (row, item) in presentations.items.iter().enumerate().filter(|(_, item)| item.kind == kind) {
        rows.entry(item.person.as_str()).or_default().push(row);
    }
    rows
}

/// The first `n` images, one of each person in turn.
fn in_turn(persons: &[Vec<usize>], n: usize) -> Vec<usize> {
    let most = persons.iter().map(Vec::len).max().unwrap_or(0);
    let turns = (0..most).flat_map(|turn| persons.iter().filter_map(move |images| images.get(turn)));
    turns.copied().take(n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::fixture::presentations;

    fn persons<'a>(found: &'a Presentations, rows: &[usize]) -> BTreeSet<&'a str> {
        rows.iter().map(|row| found.items[*row].person.as_str()).collect()
    }

    #[test]
    fn nobody_is_on_both_sides_and_sizes_are_equal() {
        // 20 persons with 3 live images and 2 prints each, and 4 with prints only.
        let found = presentations(&[(20, 3), (24, 2)]);
        for seed in 0..20 {
            let dealt = sides(&found, [0, 1], 1000, seed).unwrap();
            let [first, second] = [persons(&found, &dealt.first), persons(&found, &dealt.second)];
            assert!(first.is_disjoint(&second));
            assert_eq!((first.len(), second.len()), (12, 12));
            assert_eq!((dealt.first.len(), dealt.second.len()), (24, 24));
            assert!(dealt.first.iter().all(|row| found.items[*row].kind == 0));
            assert!(dealt.second.iter().all(|row| found.items[*row].kind == 1));
        }
        assert_ne!(sides(&found, [0, 1], 1000, 0).unwrap(), sides(&found, [0, 1], 1000, 1).unwrap());
        assert_eq!(persons_on_both(&found, [0, 1]), 20);
    }

    #[test]
    fn live_faces_are_compared_with_those_of_others() {
        let found = presentations(&[(20, 3), (20, 2)]);
        let dealt = sides(&found, [0, 0], 12, 0).unwrap();
        assert_eq!((dealt.first.len(), dealt.second.len()), (12, 12));
        assert!(persons(&found, &dealt.first).is_disjoint(&persons(&found, &dealt.second)));
        assert_eq!(persons(&found, &dealt.first).len(), 10);
    }

    #[test]
    fn too_few_persons_are_counted() {
        let message = |counts: &[(usize, usize)]| {
            sides(&presentations(counts), [0, 1], 100, 0).unwrap_err().to_string()
        };
        assert!(
            message(&[(1, 50), (1, 50)]).contains("1 person where 6"),
            "{}",
            message(&[(1, 50), (1, 50)])
        );
        assert!(message(&[(5, 50), (5, 50)]).contains("5 persons where 6"));
        assert!(message(&[(8, 1), (8, 1)]).contains("10 are needed"));
    }
}
