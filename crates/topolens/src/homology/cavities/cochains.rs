//! Cocycles over ℤ/2, as rows of bits that only those faces have on which a cocycle is not zero.

/// No row yet.
const NONE: u32 = u32::MAX;

/// The row of a class at a face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) class: u32,
    row: u32,
}

/// One cochain per class. A cochain of degree $k$ has, at each face of $k$ vertices, a row of bits: the vertices that make a
/// simplex on which it is 1.
#[derive(Debug)]
pub(super) struct Cochains {
    words_per_row: usize,
    /// The list of terms of each face.
    lists: Vec<u32>,
    /// Terms by increasing class.
    terms: Vec<Vec<Term>>,
    rows: Vec<u64>,
    free_rows: Vec<u32>,
    /// The faces of each class.
    faces: Vec<Vec<u32>>,
}

impl Cochains {
    pub(super) fn new(n_faces: usize, words_per_row: usize) -> Self {
        Self {
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
    pub(super) fn row(&self, term: Term) -> &[u64] {
        &self.rows[term.row as usize * self.words_per_row..][..self.words_per_row]
    }

    /// The sums of the rows of two faces within a mask, of every class where that is not zero.
    pub(super) fn add_sums(&self, face: usize, other: usize, mask: &[u64], sums: &mut Sums) {
        let (mut left, mut right) = (self.terms(face), self.terms(other));
        loop {
            let (a, b) = match (left.first(), right.first()) {
                (None, None) => return,
                (Some(&a), Some(&b)) => ((a.class <= b.class).then_some(a), (b.class <= a.class).then_some(b)),
                (a, b) => (a.copied(), b.copied()),
            };
            left = &left[usize::from(a.is_some())..];
            right = &right[usize::from(b.is_some())..];
            sums.push(a.map(|a| (a.class, self.row(a))), b.map(|b| (b.class, self.row(b))), mask);
        }
    }

    /// Adds 1 on one simplex, seen from one of its faces.
    #[inline]
    pub(super) fn flip(&mut self, class: u32, face: usize, vertex: usize) {
        self.row_mut(class, face)[vertex / 64] ^= 1 << (vertex % 64);
    }

    /// Adds bits to the row of a face.
    pub(super) fn add_bits(&mut self, class: u32, face: usize, bits: &[u64]) {
        add(self.row_mut(class, face), bits);
    }

    /// Adds a class to another.
    pub(super) fn add_to(&mut self, class: u32, other: u32) {
        let faces = std::mem::take(&mut self.faces[other as usize]);
        let mut bits = vec![0; self.words_per_row];
        for &face in &faces {
            bits.copy_from_slice(self.row_mut(other, face as usize));
            add(self.row_mut(class, face as usize), &bits);
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

    fn row_mut(&mut self, class: u32, face: usize) -> &mut [u64] {
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
            self.rows.resize(self.rows.len() + self.words_per_row, 0);
            return row as u32;
        };
        self.rows[row as usize * self.words_per_row..][..self.words_per_row].fill(0);
        row
    }
}

/// The sum of two rows, into the first.
#[inline]
pub(super) fn add(row: &mut [u64], bits: &[u64]) {
    for (word, bits) in row.iter_mut().zip(bits) {
        *word ^= bits;
    }
}

/// Rows of bits of some classes, one after the other.
#[derive(Debug, Default)]
pub(super) struct Sums {
    classes: Vec<u32>,
    bits: Vec<u64>,
    n_words: usize,
}

impl Sums {
    pub(super) fn clear(&mut self) {
        self.classes.clear();
        self.bits.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(super) fn class(&self, at: usize) -> u32 {
        self.classes[at]
    }

    pub(super) fn bits(&self, at: usize) -> &[u64] {
        &self.bits[at * self.n_words..][..self.n_words]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[u64])> {
        (0..self.len()).map(|at| (self.class(at), self.bits(at)))
    }

    /// The sum of up to two rows of one class.
    fn push(&mut self, a: Option<(u32, &[u64])>, b: Option<(u32, &[u64])>, mask: &[u64]) {
        let start = self.bits.len();
        self.n_words = mask.len();
        match (a, b) {
            (Some((_, a)), Some((_, b))) => {
                self.bits.extend(mask.iter().zip(a).zip(b).map(|((mask, a), b)| mask & (a ^ b)));
            }
            (Some((_, row)), None) | (None, Some((_, row))) => {
                self.bits.extend(mask.iter().zip(row).map(|(mask, row)| mask & row));
            }
            (None, None) => return,
        }
        let class = a.or(b).map(|(class, _)| class);
        if self.bits[start..].iter().all(|&word| word == 0) {
            self.bits.truncate(start);
        } else {
            self.classes.extend(class);
        }
    }
}
