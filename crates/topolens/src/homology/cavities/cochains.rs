//! Cocycles, as rows of coefficients that only those faces have on which a cocycle is not zero.

use super::coefficients::Coefficients;

/// No row yet.
const NONE: u32 = u32::MAX;

/// The row of a class at a face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) class: u32,
    row: u32,
}

/// One cochain per class. A cochain of degree $k$ has, at each face of $k$ vertices, a row: its values on the face with one
/// vertex more, in this order.
#[derive(Debug)]
pub(super) struct Cochains<C: Coefficients> {
    coefficients: C,
    words_per_row: usize,
    /// The list of terms of each face.
    lists: Vec<u32>,
    /// Terms by increasing class.
    terms: Vec<Vec<Term>>,
    rows: Vec<C::Word>,
    free_rows: Vec<u32>,
    /// The faces of each class.
    faces: Vec<Vec<u32>>,
}

impl<C: Coefficients> Cochains<C> {
    pub(super) fn new(coefficients: C, n_faces: usize, words_per_row: usize) -> Self {
        Self {
            coefficients,
            words_per_row,
            lists: vec![NONE; n_faces],
            terms: Vec::new(),
            rows: Vec::new(),
            free_rows: Vec::new(),
            faces: Vec::new(),
        }
    }

    /// A new class, zero at first; later ones are greater.
    pub(super) fn add_class(&mut self) -> u32 {
        self.faces.push(Vec::new());
        self.faces.len() as u32 - 1
    }

    /// The classes that may not vanish at a face, in increasing order.
    #[inline]
    pub(super) fn terms(&self, face: usize) -> &[Term] {
        match self.lists[face] {
            NONE => &[],
            list => &self.terms[list as usize],
        }
    }

    #[inline]
    pub(super) fn row(&self, term: Term) -> &[C::Word] {
        &self.rows[term.row as usize * self.words_per_row..][..self.words_per_row]
    }

    /// The sums of the rows of two faces, each with its sign, within a mask, of every class where that is not zero.
    pub(super) fn add_sums(&self, a: Oriented, b: Oriented, mask: &[u64], sums: &mut Sums<C>) {
        let (mut left, mut right) = (self.terms(a.face), self.terms(b.face));
        while let Some(class) = earlier(left.first(), right.first()) {
            let row = sums.zeros(self.words_per_row);
            for (terms, is_negative) in [(&mut left, a.is_negative), (&mut right, b.is_negative)] {
                if let Some((&first, rest)) = terms.split_first().filter(|(first, _)| first.class == class) {
                    self.coefficients.add_within(row, self.row(first), is_negative, mask);
                    *terms = rest;
                }
            }
            sums.close(class);
        }
    }

    /// Adds a value on one simplex, seen from one of its faces.
    #[inline]
    pub(super) fn add_at(&mut self, class: u32, at: Oriented, vertex: usize, value: u32) {
        let coefficients = self.coefficients;
        let value = if at.is_negative { coefficients.field().negate(value) } else { value };
        coefficients.add_at(self.row_mut(class, at.face), vertex, value);
    }

    /// Adds to the row of a face.
    pub(super) fn add_row(&mut self, class: u32, face: usize, row: &[C::Word]) {
        let coefficients = self.coefficients;
        coefficients.add(self.row_mut(class, face), row, 1);
    }

    /// Adds a multiple of a class to another.
    pub(super) fn add_to(&mut self, class: u32, other: u32, factor: u32) {
        let coefficients = self.coefficients;
        let faces = std::mem::take(&mut self.faces[other as usize]);
        let mut row = vec![C::Word::default(); self.words_per_row];
        for &face in &faces {
            row.copy_from_slice(self.row_mut(other, face as usize));
            coefficients.add(self.row_mut(class, face as usize), &row, factor);
        }
        self.faces[other as usize] = faces;
    }

    /// Forgets a class.
    pub(super) fn remove(&mut self, class: u32) {
        for face in std::mem::take(&mut self.faces[class as usize]) {
            let terms = &mut self.terms[self.lists[face as usize] as usize];
            if let Ok(at) = terms.binary_search_by_key(&class, |term| term.class) {
                self.free_rows.push(terms.remove(at).row);
            }
        }
    }

    fn row_mut(&mut self, class: u32, face: usize) -> &mut [C::Word] {
        if self.lists[face] == NONE {
            self.lists[face] = self.terms.len() as u32;
            self.terms.push(Vec::new());
        }
        let list = self.lists[face] as usize;
        let row = match self.terms[list].binary_search_by_key(&class, |term| term.class) {
            Ok(at) => self.terms[list][at].row,
            Err(at) => {
                let row = self.new_row();
                self.terms[list].insert(at, Term { class, row });
                self.faces[class as usize].push(face as u32);
                row
            }
        };
        &mut self.rows[row as usize * self.words_per_row..][..self.words_per_row]
    }

    /// A row of zeros.
    fn new_row(&mut self) -> u32 {
        let Some(row) = self.free_rows.pop() else {
            let row = self.rows.len() / self.words_per_row;
            self.rows.resize(self.rows.len() + self.words_per_row, C::Word::default());
            return row as u32;
        };
        self.rows[row as usize * self.words_per_row..][..self.words_per_row].fill(C::Word::default());
        row
    }
}

/// The smaller class of two terms.
#[inline]
fn earlier(a: Option<&Term>, b: Option<&Term>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.class.min(b.class)),
        (a, b) => a.or(b).map(|term| term.class),
    }
}

/// A face with its orientation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oriented {
    pub(super) face: usize,
    pub(super) is_negative: bool,
}

/// Rows of some classes, one after the other.
#[derive(Debug)]
pub(super) struct Sums<C: Coefficients> {
    classes: Vec<u32>,
    words: Vec<C::Word>,
    words_per_row: usize,
}

impl<C: Coefficients> Sums<C> {
    pub(super) fn new(words_per_row: usize) -> Self {
        Self { classes: Vec::new(), words: Vec::new(), words_per_row }
    }

    pub(super) fn clear(&mut self) {
        self.classes.clear();
        self.words.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(super) fn class(&self, at: usize) -> u32 {
        self.classes[at]
    }

    pub(super) fn row(&self, at: usize) -> &[C::Word] {
        &self.words[at * self.words_per_row..][..self.words_per_row]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[C::Word])> {
        (0..self.len()).map(|at| (self.class(at), self.row(at)))
    }

    /// A new row at the end.
    #[inline]
    fn zeros(&mut self, words_per_row: usize) -> &mut [C::Word] {
        let start = self.words.len();
        self.words.resize(start + words_per_row, C::Word::default());
        &mut self.words[start..]
    }

    /// Gives the row at the end to a class, unless it is zero.
    #[inline]
    fn close(&mut self, class: u32) {
        let start = self.classes.len() * self.words_per_row;
        if self.words[start..].iter().all(|word| *word == C::Word::default()) {
            self.words.truncate(start);
        } else {
            self.classes.push(class);
        }
    }
}
