//! A plain table.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement};
use console::measure_text_width;

use super::Screen;

/// A table without borders: the first column to the left, the others to the right. On a terminal that is too narrow for it, columns go
/// below each other, the first repeated.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|&title| title.to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table in lines of `width` at most, as far as its columns allow.
    fn within(&self, width: usize) -> String {
        let blocks: Vec<String> =
            self.columns_that_fit(width).iter().map(|columns| self.with_columns(columns)).collect();
        blocks.join("\n\n")
    }

    /// The columns of each block, the first of all in each.
    fn columns_that_fit(&self, width: usize) -> Vec<Vec<usize>> {
        // A blank before and behind every cell.
        let of_column = |at: usize| 2 + self.cells(at).map(measure_text_width).max().unwrap_or(0);
        let first = of_column(0);
        let mut blocks = vec![vec![0]];
        let mut used = first;
        for column in 1..self.header.len() {
            let own = of_column(column);
            let current = blocks.last().map_or(0, Vec::len);
            if used.saturating_add(own) > width && current > 1 {
                blocks.push(vec![0]);
                used = first;
            }
            if let Some(block) = blocks.last_mut() {
                block.push(column);
            }
            used = used.saturating_add(own);
        }
        blocks
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        let rows = self.rows.iter().filter_map(move |row| row.get(column));
        self.header.get(column).into_iter().chain(rows).flat_map(|cell| cell.lines())
    }

    fn with_columns(&self, columns: &[usize]) -> String {
        let chosen = |row: &[String]| -> Vec<String> {
            columns.iter().filter_map(|&column| row.get(column).cloned()).collect()
        };
        let mut table = comfy_table::Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(chosen(&self.header));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for row in &self.rows {
            table.add_row(chosen(row));
        }
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n")
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.within(Screen::width_of_lines()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_fit_go_below_with_the_first_repeated() {
        let mut table = Table::new(&["layer", "depth", "E0", "a long title"]);
        table.row(["stem", "0.1", "12 ±3", "1"].map(str::to_owned).to_vec());
        assert_eq!(table.within(usize::MAX).lines().count(), 2);
        assert!(table.within(35) == table.within(usize::MAX), "{}", table.within(35));
        let narrow = table.within(25);
        let lines: Vec<&str> = narrow.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(
            lines.iter().all(|line| line.len() <= 25)
                && lines[3].contains("layer")
                && lines[3].contains("a long title")
        );
        // A column that is too wide by itself is shown all the same.
        assert_eq!(table.within(5).lines().filter(|line| line.contains("stem")).count(), 3);
    }
}
