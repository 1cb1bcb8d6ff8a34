//! The numbers that a picture shows, as a table behind it.

use crate::report::number::six_digits;

/// Rows of text below a header.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// What is left out; empty if nothing is.
    pub(crate) left_out: String,
}

/// Rows of a table at most, so that a page stays small.
const MOST_ROWS: usize = 1000;

impl Numbers {
    pub(crate) fn new(header: Vec<String>, mut rows: Vec<Vec<String>>) -> Self {
        let n = rows.len();
        rows.truncate(MOST_ROWS);
        let left_out =
            if n > MOST_ROWS { format!("The first {MOST_ROWS} of {n} rows.") } else { String::new() };
        Self { header, rows, left_out }
    }
}

/// A number, or that there is none.
pub(super) fn or_undefined(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".to_owned(), six_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_long_tables_the_first_rows_are_kept_and_it_is_said() {
        let numbers = Numbers::new(vec!["a".to_owned()], vec![vec!["1".to_owned()]; 1001]);
        assert_eq!((numbers.rows.len(), numbers.left_out.as_str()), (1000, "The first 1000 of 1001 rows."));
    }
}
