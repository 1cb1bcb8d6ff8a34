//! Faces for tests.

use super::presentation::{Presentation, PresentationKind, Presentations, Role};

/// For each kind (persons, images of each): kind 0 is live, the others attacks; person 3 is the same in all.
pub(super) fn presentations(kinds: &[(usize, usize)]) -> Presentations {
    let names = ["live", "print", "replay", "mask"];
    let described = |at: usize| PresentationKind {
        name: names[at].to_owned(),
        role: if at == 0 { Role::Live } else { Role::Attack },
        simulated: at > 0,
    };
    let item = |kind: usize, person: usize, image: usize| Presentation {
        path: "none".into(),
        name: format!("{person:03}_{image}.png"),
        person: format!("{person:03}"),
        kind,
        part: None,
        face: None,
        source: None,
    };
    let of_kind = |(kind, &(n_persons, n_images)): (usize, &(usize, usize))| {
        let of_person = move |person| (0..n_images).map(move |image| item(kind, person, image));
        (0..n_persons).flat_map(of_person).collect::<Vec<_>>()
    };
    Presentations {
        kinds: (0..kinds.len()).map(described).collect(),
        items: kinds.iter().enumerate().flat_map(of_kind).collect(),
        persons_by: "number".to_owned(),
    }
}
