//! Which classes die when some cannot be extended: the youngest of every dependence.

use super::coefficients::Coefficients;
use crate::homology::field::PrimeField;

/// Numbers with coefficients, ascending.
type Vector = Vec<(u32, u32)>;

/// A class about to be extended over the simplices that enter with an edge.
#[derive(Debug)]
pub(super) struct Extension<C: Coefficients> {
    pub(super) class: u32,
    /// Its values on what enters; they obey all conditions but those of the obstruction.
    pub(super) values: Vec<C::Word>,
    /// Where it fails to be a cocycle: a normal form, empty if and only if the class can be extended.
    pub(super) obstruction: Vector,
    /// The younger classes that have been added to it.
    pub(super) added: Vector,
}

/// The extensions parted.
#[derive(Debug)]
pub(super) struct Outcome<C: Coefficients> {
    pub(super) survivors: Vec<Extension<C>>,
    /// Their obstructions begin at different places.
    pub(super) dying: Vec<Extension<C>>,
}

/// Adds younger classes to older ones until the obstructions left are independent. Extensions come youngest first.
pub(super) fn eliminate<C: Coefficients>(coefficients: C, extensions: Vec<Extension<C>>) -> Outcome<C> {
    let (mut survivors, mut dying): (Vec<_>, Vec<Extension<C>>) = (Vec::new(), Vec::new());
    for mut extension in extensions {
        while let Some(&(first, value)) = extension.obstruction.first() {
            let begins_there = |dying: &&Extension<C>| dying.obstruction[0].0 == first;
            let Some(younger) = dying.iter().find(begins_there) else { break };
            let factor = coefficients.field().eliminating_factor(value, younger.obstruction[0].1);
            extension.add(coefficients, younger, factor);
        }
        let is_free = extension.obstruction.is_empty();
        if is_free { &mut survivors } else { &mut dying }.push(extension);
    }
    Outcome { survivors, dying }
}

impl<C: Coefficients> Extension<C> {
    fn add(&mut self, coefficients: C, other: &Self, factor: u32) {
        let field = coefficients.field();
        coefficients.add(&mut self.values, &other.values, factor);
        self.obstruction = sum(field, &self.obstruction, &other.obstruction, factor);
        self.added = sum(field, &self.added, &other.added, factor);
        self.added = sum(field, &self.added, &[(other.class, 1)], factor);
    }
}

/// A vector plus a multiple of another.
fn sum(field: &PrimeField, a: &[(u32, u32)], b: &[(u32, u32)], factor: u32) -> Vector {
    let scaled = b.iter().map(|&(at, value)| (at, field.multiply(value, factor)));
    let (mut a, mut b) = (a.iter().copied().peekable(), scaled.peekable());
    let mut sum = Vector::new();
    loop {
        match (a.peek(), b.peek()) {
            (None, None) => return sum,
            (Some(&(x, left)), Some(&(y, right))) if x == y => {
                let value = field.add(left, right);
                sum.extend((value != 0).then_some((x, value)));
                a.next();
                b.next();
            }
            (Some(x), Some(y)) if x.0 > y.0 => sum.extend(b.next()),
            (None, Some(_)) => sum.extend(b.next()),
            (Some(_), _) => sum.extend(a.next()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::coefficients::Residues;
    use super::*;

    #[test]
    fn the_youngest_of_a_dependence_dies_and_is_added_to_the_older() {
        let field = PrimeField::new(5).unwrap();
        let extension = |class, value, obstruction: &[(u32, u32)]| Extension::<Residues<'_>> {
            class,
            values: vec![value],
            obstruction: obstruction.to_vec(),
            added: Vec::new(),
        };
        let youngest_first = vec![
            extension(9, 1, &[(3, 2), (4, 1)]),
            extension(7, 1, &[(4, 3)]),
            extension(2, 1, &[(3, 2), (4, 2)]),
            extension(1, 4, &[]),
        ];
        let outcome = eliminate(Residues(&field), youngest_first);
        let classes = |of: &[Extension<Residues<'_>>]| of.iter().map(|e| e.class).collect::<Vec<_>>();
        assert_eq!(classes(&outcome.dying), [9, 7]);
        assert_eq!(classes(&outcome.survivors), [2, 1]);
        // (2, 2) - (2, 1) = (0, 1), and 1 + 3 f = 0 for f = 3.
        assert_eq!(outcome.survivors[0].added, [(7, 3), (9, 4)]);
        assert_eq!(outcome.survivors[0].values, [(1 + 4 + 3) % 5]);
    }
}
