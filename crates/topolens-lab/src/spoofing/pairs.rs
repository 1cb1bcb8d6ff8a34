//! Which live image belongs to which other one.

use std::collections::BTreeMap;

use super::presentation::Presentations;

/// Rows of a live image and of one of the kind: that which was simulated from it, or has its name; else of the same person, in order.
pub(super) fn pairs(presentations: &Presentations, kind: usize) -> Vec<[usize; 2]> {
    let mut live_by_name = BTreeMap::new();
    let mut live_by_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, item) in presentations.items.iter().enumerate().filter(|(_, item)| item.kind == 0) {
        live_by_name.insert(item.name.as_str(), row);
        live_by_person.entry(item.person.as_str()).or_default().push(row);
    }
    let mut pairs = Vec::new();
    let mut n_of_person: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, item) in presentations.items.iter().enumerate().filter(|(_, item)| item.kind == kind) {
        let place = n_of_person.entry(item.person.as_str()).or_default();
        let in_order = live_by_person.get(item.person.as_str()).and_then(|rows| rows.get(*place)).copied();
        let of_name = live_by_name.get(item.source.as_deref().unwrap_or(&item.name)).copied();
        let of_name = of_name.filter(|live| presentations.items[*live].person == item.person);
        if let Some(live) = of_name.or(in_order) {
            pairs.push([live, row]);
        }
        *place += 1;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::fixture::presentations;

    #[test]
    fn pairs_are_of_the_same_image_or_person() {
        let mut found = presentations(&[(3, 2), (4, 2)]);
        // Names agree: 000_0.png with 000_0.png; person 3 has no live image.
        assert_eq!(pairs(&found, 1), [[0, 6], [1, 7], [2, 8], [3, 9], [4, 10], [5, 11]]);
        // Simulated from the other image.
        found.items[6].source = Some("000_1.png".to_owned());
        // Another name: in order.
        found.items[9].name = "x.png".to_owned();
        let found = pairs(&found, 1);
        assert_eq!((found[0], found[3]), ([1, 6], [3, 9]));
    }
}
