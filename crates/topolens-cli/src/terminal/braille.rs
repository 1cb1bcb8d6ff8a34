//! A canvas of dots, two across and four down in each character.

/// Dots in the Unicode block of Braille patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Braille {
    n_columns: usize,
    cells: Vec<u8>,
}

/// Dots across and down in a character.
pub(crate) const DOTS: (usize, usize) = (2, 4);

impl Braille {
    /// An empty canvas of so many characters.
    pub(crate) fn new(n_columns: usize, n_rows: usize) -> Self {
        Self { n_columns, cells: vec![0; n_columns * n_rows] }
    }

    /// Sets the dot at `x` from the left and `y` from the top; outside the canvas nothing happens.
    pub(crate) fn set(&mut self, x: usize, y: usize) {
        // The order in which Unicode numbers the dots.
        const BITS: [[u8; 4]; 2] = [[0, 1, 2, 6], [3, 4, 5, 7]];
        let (column, row) = (x / DOTS.0, y / DOTS.1);
        if column < self.n_columns
            && let Some(cell) = self.cells.get_mut(row * self.n_columns + column)
        {
            *cell |= 1 << BITS[x % DOTS.0][y % DOTS.1];
        }
    }

    /// The cells of one row.
    pub(crate) fn row(&self, row: usize) -> &[u8] {
        &self.cells[row * self.n_columns..(row + 1) * self.n_columns]
    }
}

/// The character of a cell; an empty one is a space.
pub(crate) fn character(cell: u8) -> char {
    if cell == 0 { ' ' } else { char::from_u32(0x2800 + u32::from(cell)).unwrap_or(' ') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_where_unicode_has_them() {
        let mut canvas = Braille::new(2, 2);
        for (x, y) in [(0, 0), (1, 3), (2, 4), (3, 4)] {
            canvas.set(x, y);
        }
        let rows = [0, 1].map(|row| canvas.row(row).iter().map(|cell| character(*cell)).collect::<String>());
        assert_eq!(rows, ["⢁ ", " ⠉"]);
    }

    #[test]
    fn outside_nothing_happens() {
        let mut canvas = Braille::new(2, 2);
        for (x, y) in [(4, 0), (0, 8), (99, 99)] {
            canvas.set(x, y);
        }
        assert_eq!(canvas, Braille::new(2, 2));
    }
}
