//! A sample of images, persons in turn.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{Presentation, Presentations};

impl Presentations {
    /// At most `n_of_kind` images of every kind and `n_of_person` of every person in it, in their order: persons in random order give one random
    /// image each in turn, so that as many persons as can be are there.
    #[must_use]
    pub fn drawn(&self, n_of_kind: usize, n_of_person: usize, seed: u64) -> Self {
        let mut kept: Vec<usize> = Vec::new();
        for kind in 0..self.kinds.len() {
            kept.extend(self.drawn_of(kind, [n_of_kind, n_of_person], seed));
        }
        kept.sort_unstable();
        let items = kept.into_iter().map(|at| self.items[at].clone()).collect();
        Self { items, ..self.clone() }
    }

    fn drawn_of(&self, kind: usize, [n_wanted, n_of_person]: [usize; 2], seed: u64) -> Vec<usize> {
        // Persons of one kind are drawn as those of another, so that pairs of images stay together.
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let everybody: BTreeMap<&str, u64> = {
            let mut names: Vec<&str> = self.items.iter().map(|item| item.person.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names.shuffle(&mut random);
            names.into_iter().zip(0..).collect()
        };
        let mut by_person: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let of_kind = |(_, item): &(usize, &Presentation)| item.kind == kind;
        for (at, item) in self.items.iter().enumerate().filter(of_kind) {
            by_person.entry(everybody[item.person.as_str()]).or_default().push(at);
        }
        for (person, images) in &mut by_person {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(1 + person);
            images.shuffle(&mut random);
        }
        let most = by_person.values().map(Vec::len).max().unwrap_or(0).min(n_of_person);
        let in_turn =
            (0..most).flat_map(|turn| by_person.values().filter_map(move |images| images.get(turn)));
        in_turn.copied().take(n_wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PresentationKind, Role};
    use super::*;

    fn presentations() -> Presentations {
        let kind = |name: &str, role| PresentationKind { name: name.to_owned(), role, simulated: false };
        let item = |kind: usize, person: usize, image: usize| Presentation {
            path: "x".into(),
            name: format!("{person}/{image}"),
            person: person.to_string(),
            kind,
            part: None,
            face: None,
            source: None,
        };
        let of = |kind| (0..30).map(move |at| item(kind, at % 6, at / 6));
        Presentations {
            kinds: vec![kind("live", Role::Live), kind("print", Role::Attack)],
            items: of(0).chain(of(1)).collect(),
            persons_by: String::new(),
        }
    }

    #[test]
    fn every_person_comes_once_before_any_comes_twice() {
        let drawn = presentations().drawn(6, 9, 3);
        assert_eq!((drawn.n_images(0), drawn.n_persons(0), drawn.n_persons(1)), (6, 6, 6));
        let four = presentations().drawn(4, 9, 3);
        let persons = |kind: usize| -> Vec<&str> {
            four.items.iter().filter(|item| item.kind == kind).map(|item| item.person.as_str()).collect()
        };
        assert_eq!(persons(0).len(), 4);
        let [mut live, mut print] = [persons(0), persons(1)];
        live.sort_unstable();
        print.sort_unstable();
        assert_eq!(live, print);
        assert_ne!(presentations().drawn(4, 9, 4), four);
        assert_eq!(presentations().drawn(1000, 9, 0), presentations());
        let two = presentations().drawn(1000, 2, 0);
        assert_eq!((two.n_images(0), two.n_persons(1)), (12, 6));
    }
}
