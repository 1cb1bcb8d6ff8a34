//! Who serves to fit, to choose and to judge.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::Result;
use crate::error::{Error, SpoofingProblem};
use crate::spoofing::presentation::{Part, Presentation, Presentations, Role};

/// What an image is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Its live faces are what others are compared with.
    Reference,
    /// Detectors are fitted to it.
    Fit,
    /// The detector, the layer and the threshold are chosen on it.
    Validation,
    /// It is judged.
    Test,
}

/// The use of each image; `None` for images that are left out.
pub(super) type Fold = Vec<Option<Use>>;

const N_GROUPS: usize = 5;
/// Fewer persons make groups that say nothing.
pub(super) const LEAST_PERSONS: usize = 10;

/// The uses of the images, no person in two of one fold.
///
/// Where the data set has a protocol there is one fold: its test images are judged, persons who are among them are left out of training, and the
/// persons of training are dealt in five groups: two for reference, two to fit, and one to choose unless the protocol has a part for that. Else
/// all persons are dealt in five groups, and each group is judged once, with the next one to choose on, one to fit and two for reference.
pub(super) fn folds(presentations: &Presentations, seed: u64) -> Result<Vec<Fold>> {
    let folds = if presentations.items.iter().any(|item| item.part == Some(Part::Test)) {
        vec![fold_of_protocol(presentations, seed)]
    } else {
        let groups = groups(presentations.items.iter(), seed);
        (0..N_GROUPS).map(|judged| fold(presentations, &groups, judged)).collect()
    };
    ensure_enough(presentations, &folds)?;
    Ok(folds)
}

fn fold(presentations: &Presentations, groups: &BTreeMap<&str, usize>, judged: usize) -> Fold {
    let uses = [Use::Test, Use::Validation, Use::Fit, Use::Reference, Use::Reference];
    let of = |item: &Presentation| {
        let group = groups.get(item.person.as_str())?;
        Some(uses[(group + N_GROUPS - judged) % N_GROUPS])
    };
    presentations.items.iter().map(of).collect()
}

fn fold_of_protocol(presentations: &Presentations, seed: u64) -> Fold {
    let persons = |part: Part| -> BTreeSet<&str> {
        let own = presentations.items.iter().filter(|item| item.part == Some(part));
        own.map(|item| item.person.as_str()).collect()
    };
    let (judged, chosen_on) = (persons(Part::Test), persons(Part::Validation));
    let train = presentations.items.iter().filter(|item| {
        let person = item.person.as_str();
        item.part == Some(Part::Train) && !judged.contains(person) && !chosen_on.contains(person)
    });
    let groups = groups(train, seed);
    let last = if chosen_on.is_empty() { Use::Validation } else { Use::Fit };
    let uses = [Use::Reference, Use::Reference, Use::Fit, Use::Fit, last];
    let of = |item: &Presentation| match item.part? {
        Part::Test => Some(Use::Test),
        Part::Validation if judged.contains(item.person.as_str()) => None,
        Part::Validation => Some(Use::Validation),
        Part::Train => groups.get(item.person.as_str()).map(|group| uses[*group]),
    };
    presentations.items.iter().map(of).collect()
}

/// Deals persons at random, those with live faces first, so that every group has as many.
fn groups<'a>(items: impl Iterator<Item = &'a Presentation>, seed: u64) -> BTreeMap<&'a str, usize> {
    let mut has_live: BTreeMap<&str, bool> = BTreeMap::new();
    for item in items {
        *has_live.entry(item.person.as_str()).or_default() |= item.kind == 0;
    }
    let mut persons: Vec<(&str, bool)> = has_live.into_iter().collect();
    persons.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    persons.sort_by_key(|(_, has_live)| !has_live);
    persons.into_iter().enumerate().map(|(at, (person, _))| (person, at % N_GROUPS)).collect()
}

/// Refuses folds in which a use lacks live faces or attacks.
fn ensure_enough(presentations: &Presentations, folds: &[Fold]) -> Result<()> {
    const LEAST_IMAGES: usize = 2;
    let n_persons = presentations.n_persons(0);
    if n_persons < LEAST_PERSONS {
        let kind = presentations.kinds[0].name.clone();
        return Err(Error::spoofing(SpoofingProblem::TooFewPersons {
            kind,
            n_persons,
            needed: LEAST_PERSONS,
        }));
    }
    for fold in folds {
        for (wanted, words) in [
            (Use::Reference, "to compare with"),
            (Use::Fit, "to fit detectors to"),
            (Use::Validation, "to choose on"),
            (Use::Test, "to judge"),
        ] {
            for role in [Role::Live, Role::Attack] {
                let of_use = fold
                    .iter()
                    .zip(&presentations.items)
                    .filter(|(of, item)| **of == Some(wanted) && presentations.kinds[item.kind].role == role);
                let n_images = of_use.count();
                if n_images < LEAST_IMAGES && !(wanted == Use::Reference && role == Role::Attack) {
                    let what = if role == Role::Live { "live faces" } else { "attacks" };
                    let kind = format!("{what} {words}");
                    let needed = LEAST_IMAGES;
                    return Err(Error::spoofing(SpoofingProblem::TooFewImages { kind, n_images, needed }));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::fixture::presentations;

    fn persons(found: &Presentations, fold: &Fold, wanted: Use) -> BTreeSet<String> {
        let own = fold.iter().zip(&found.items).filter(|(of, _)| **of == Some(wanted));
        own.map(|(_, item)| item.person.clone()).collect()
    }

    #[test]
    fn everybody_is_judged_once_by_what_others_taught() {
        let found = presentations(&[(23, 3), (23, 2), (30, 1)]);
        let folds = folds(&found, 0).unwrap();
        assert_eq!(folds.len(), 5);
        for (row, item) in found.items.iter().enumerate() {
            let tests = folds.iter().filter(|fold| fold[row] == Some(Use::Test)).count();
            assert_eq!(tests, 1, "{item:?}");
        }
        for fold in &folds {
            let uses =
                [Use::Reference, Use::Fit, Use::Validation, Use::Test].map(|of| persons(&found, fold, of));
            let n: usize = uses.iter().map(BTreeSet::len).sum();
            assert_eq!(n, uses.iter().flatten().collect::<BTreeSet<_>>().len());
            assert!(uses.iter().all(|of| of.len() >= 5));
        }
    }

    #[test]
    fn live_persons_are_spread_over_all_groups() {
        let found = presentations(&[(10, 2), (40, 1)]);
        let n_live = |fold: &Fold| {
            let own =
                fold.iter().zip(&found.items).filter(|(of, item)| **of == Some(Use::Test) && item.kind == 0);
            own.map(|(_, item)| &item.person).collect::<BTreeSet<_>>().len()
        };
        for seed in 0..5 {
            let folds = folds(&found, seed).unwrap();
            assert_eq!(folds.iter().map(n_live).collect::<Vec<usize>>(), [2; 5]);
        }
    }

    #[test]
    fn a_protocol_is_followed_and_persons_of_the_test_leave_training() {
        let mut found = presentations(&[(20, 2), (20, 2)]);
        for item in &mut found.items {
            let number: usize = item.person.parse().unwrap();
            item.part = Some(if number < 12 { Part::Train } else { Part::Test });
            if number == 0 && item.name.ends_with("_1.png") {
                item.part = Some(Part::Test);
            }
        }
        let fold = folds(&found, 0).unwrap().remove(0);
        assert!(persons(&found, &fold, Use::Test).contains("000"));
        for of in [Use::Reference, Use::Fit, Use::Validation] {
            let own = persons(&found, &fold, of);
            assert!(!own.is_empty() && own.is_disjoint(&persons(&found, &fold, Use::Test)), "{own:?}");
        }
        for item in found.items.iter_mut().filter(|item| item.person == "011") {
            item.part = Some(Part::Validation);
        }
        let fold = folds(&found, 0).unwrap().remove(0);
        assert_eq!(persons(&found, &fold, Use::Validation).into_iter().collect::<Vec<_>>(), ["011"]);
    }

    #[test]
    fn too_few_persons_are_told() {
        let message = folds(&presentations(&[(9, 9), (9, 9)]), 0).unwrap_err().to_string();
        assert!(message.contains("9 persons where 10"), "{message}");
    }
}
