//! Which classes die when some cannot be extended: the youngest of every dependence.

/// A class about to be extended over the simplices that enter with an edge.
#[derive(Debug)]
pub(super) struct Extension {
    pub(super) class: u32,
    /// Its values on what enters; they obey all conditions but those of the obstruction.
    pub(super) values: Vec<u64>,
    /// Where it fails to be a cocycle, ascending: a normal form, empty if and only if the class can be extended.
    pub(super) obstruction: Vec<u32>,
    /// The younger classes that have been added to it.
    pub(super) added: Vec<u32>,
}

/// The extensions parted.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) survivors: Vec<Extension>,
    /// Their first obstructions differ.
    pub(super) dying: Vec<Extension>,
}

/// Adds younger classes to older ones until the obstructions left are independent. Extensions come youngest first.
pub(super) fn eliminate(extensions: Vec<Extension>) -> Outcome {
    let mut outcome = Outcome::default();
    for mut extension in extensions {
        while let Some(first) = extension.obstruction.first() {
            let Some(younger) = outcome.dying.iter().find(|dying| dying.obstruction.first() == Some(first)) else {
                break;
            };
            extension.add(younger);
        }
        let is_free = extension.obstruction.is_empty();
        if is_free { &mut outcome.survivors } else { &mut outcome.dying }.push(extension);
    }
    outcome
}

impl Extension {
    fn add(&mut self, other: &Self) {
        super::cochains::add(&mut self.values, &other.values);
        self.obstruction = symmetric_difference(&self.obstruction, &other.obstruction);
        let others = other.added.iter().chain([&other.class]);
        for &class in others {
            match self.added.iter().position(|&added| added == class) {
                Some(at) => drop(self.added.swap_remove(at)),
                None => self.added.push(class),
            }
        }
    }
}

/// What is in one of two ascending lists alone.
fn symmetric_difference(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    let mut difference = Vec::new();
    loop {
        match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x == y => {
                a.next();
                b.next();
            }
            (Some(x), Some(y)) if x > y => difference.extend(b.next()),
            (None, None) => return difference,
            (None, Some(_)) => difference.extend(b.next()),
            (Some(_), _) => difference.extend(a.next()),
        }
    }
}
