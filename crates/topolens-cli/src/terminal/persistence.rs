//! A persistence diagram as text.

use topolens::{Diagram, Interval};
use topolens_lab::report::{homology_symbol, last_value};

use super::barcode::{end_of_axis, steps};
use super::braille::{Braille, DOTS, character};
use super::screen::Screen;

/// The most characters across a panel.
const WIDEST: usize = 32;
/// Characters across the panel of components, all of which are born at 0.
const STRIP: usize = 3;

/// Draws death against birth, one panel for each homology dimension; components are a strip at the left.
///
/// Essential classes lie in a row of their own, marked ∞. Without any interval above dimension 0 the diagram says no more
/// than the barcode, and there is none.
pub(crate) fn persistence_diagram(diagrams: &[Diagram], screen: Screen) -> Option<String> {
    let shown: Vec<&Diagram> = diagrams.iter().filter(|diagram| !diagram.intervals().is_empty()).collect();
    let n_wide = shown.iter().filter(|diagram| !is_strip(diagram)).count();
    if n_wide == 0 {
        return None;
    }
    let last = shown.iter().map(|diagram| last_value(diagram.intervals())).fold(0.0, f64::max);
    let gutter = end_of_axis(last).chars().count().max(1);
    // An axis before each panel, a space after it.
    let taken = gutter + (STRIP + 2) * (shown.len() - n_wide) + 2 * n_wide;
    let across = (screen.width.saturating_sub(taken) / n_wide).clamp(8, WIDEST);
    let across = across - across % 2;
    let panels: Vec<Panel> = shown.iter().map(|diagram| Panel::new(diagram, last, across)).collect();
    Some(joined(&panels, last, gutter, screen))
}

fn is_strip(diagram: &Diagram) -> bool {
    diagram.intervals().iter().all(|interval| interval.birth <= 0.0)
}

/// One homology dimension.
struct Panel {
    homology_dimension: usize,
    n_columns: usize,
    n_rows: usize,
    points: Braille,
    diagonal: Braille,
    /// Births of essential classes, in a row.
    essential: Option<Braille>,
}

impl Panel {
    /// As high as a square of `across` characters (an even number), which are twice as high as wide.
    fn new(diagram: &Diagram, last: f64, across: usize) -> Self {
        let (n_columns, n_rows) = (if is_strip(diagram) { STRIP } else { across }, across / 2);
        let mut points = Braille::new(n_columns, n_rows);
        let mut essential = None;
        let (right, bottom) = (DOTS.0 * across - 1, DOTS.1 * n_rows - 1);
        // Components would hide behind the axis.
        let x =
            |interval: &Interval| if is_strip(diagram) { STRIP } else { steps(interval.birth, last, right) };
        for interval in diagram.intervals() {
            if interval.is_essential() {
                essential.get_or_insert_with(|| Braille::new(n_columns, 1)).set(x(interval), 1);
            } else {
                points.set(x(interval), bottom - steps(interval.death, last, bottom));
            }
        }
        Self {
            homology_dimension: diagram.homology_dimension(),
            n_columns,
            n_rows,
            points,
            diagonal: if is_strip(diagram) {
                Braille::new(n_columns, n_rows)
            } else {
                diagonal(n_columns, n_rows)
            },
            essential,
        }
    }

    fn heading(&self) -> String {
        format!("{:<1$}", homology_symbol(self.homology_dimension), self.n_columns)
    }

    /// The row of essential classes, empty if there are none.
    fn essential_row(&self, screen: Screen) -> String {
        let row = self.essential.as_ref().map_or_else(|| vec![0; self.n_columns], |row| row.row(0).to_vec());
        self.cells(&row, &vec![0; self.n_columns], screen)
    }

    fn row(&self, row: usize, screen: Screen) -> String {
        self.cells(self.points.row(row), self.diagonal.row(row), screen)
    }

    fn cells(&self, points: &[u8], diagonal: &[u8], screen: Screen) -> String {
        let cell = |(points, diagonal): (&u8, &u8)| match (points, diagonal) {
            (0, 0) => " ".to_owned(),
            (0, diagonal) => screen.faint(&character(*diagonal).to_string()),
            (points, _) => screen.painted(self.homology_dimension, &character(*points).to_string()),
        };
        points.iter().zip(diagonal).map(cell).collect()
    }
}

/// Where birth equals death.
fn diagonal(n_columns: usize, n_rows: usize) -> Braille {
    let mut canvas = Braille::new(n_columns, n_rows);
    let bottom = DOTS.1 * n_rows - 1;
    for x in (0..=bottom).step_by(2) {
        canvas.set(x, bottom - x);
    }
    canvas
}

/// The panels side by side with their axes.
fn joined(panels: &[Panel], last: f64, gutter: usize, screen: Screen) -> String {
    let line = |label: &str, axis: &str, cells: &dyn Fn(&Panel) -> String| {
        let panels: Vec<String> = panels.iter().map(|panel| format!("{axis}{}", cells(panel))).collect();
        format!("{label:>gutter$}{}", panels.join(" ")).trim_end().to_owned()
    };
    let mut lines = vec!["Death upwards, birth to the right".to_owned(), line("", " ", &Panel::heading)];
    if panels.iter().any(|panel| panel.essential.is_some()) {
        lines.push(line("∞", "│", &|panel| panel.essential_row(screen)));
    }
    let end = end_of_axis(last);
    for row in 0..panels.iter().map(|panel| panel.n_rows).max().unwrap_or(0) {
        lines.push(line(if row == 0 { &end } else { "" }, "│", &|panel| panel.row(row, screen)));
    }
    lines.push(line("0", "└", &|panel| "─".repeat(panel.n_columns)));
    lines.push(line("", " ", &|panel| {
        let end = if panel.n_columns > STRIP { end.as_str() } else { "" };
        format!("0{end:>0$}", panel.n_columns - 1)
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagram(homology_dimension: usize, ends: &[(f64, f64)]) -> Diagram {
        let intervals = ends.iter().map(|&(birth, death)| Interval { birth, death }).collect();
        Diagram::new(homology_dimension, intervals)
    }

    /// In the fewest characters that a panel may have.
    fn drawn(diagrams: &[Diagram]) -> Option<String> {
        persistence_diagram(diagrams, Screen { width: 0, colored: false })
    }

    #[test]
    fn a_square_by_hand() {
        let zero = diagram(0, &[(0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, f64::INFINITY)]);
        let expected = "\
Death upwards, birth to the right
     H₀   H₁
   ∞│ ⠐  │
2.00│    │    ⠁ ⡀⠂
    │ ⢀  │    ⡀⠂
    │    │  ⡀⠂
    │    │⡀⠂
   0└─── └────────
     0    0   2.00";
        assert_eq!(drawn(&[zero, diagram(1, &[(1.0, 2.0)])]).unwrap(), expected);
    }

    #[test]
    fn a_loop_that_never_dies_lies_above() {
        let expected = "\
Death upwards, birth to the right
     H₁
   ∞│  ⠂
4.00│  ⠁   ⡀⠂
    │    ⡀⠂
    │  ⡀⠂
    │⡀⠂
   0└────────
     0   4.00";
        assert_eq!(drawn(&[diagram(1, &[(1.0, f64::INFINITY), (1.0, 4.0)])]).unwrap(), expected);
    }

    #[test]
    fn components_alone_need_no_diagram() {
        assert_eq!(drawn(&[diagram(0, &[(0.0, 1.0), (0.0, f64::INFINITY)]), diagram(1, &[])]), None);
        assert_eq!(drawn(&[]), None);
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        let diagrams: Vec<Diagram> =
            (0..4).map(|at| diagram(at, &[(0.1 * at as f64, 1e12), (0.0, f64::INFINITY)])).collect();
        for width in [60, 80, 100] {
            let text = persistence_diagram(&diagrams, Screen { width, colored: false }).unwrap();
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
    }

    #[test]
    fn points_are_painted_and_the_diagonal_is_faint() {
        let screen = Screen { width: 40, colored: true };
        let text = persistence_diagram(&[diagram(1, &[(1.0, 2.0)])], screen).unwrap();
        assert!(text.contains("\u{1b}[31m") && text.contains("\u{1b}[2m"), "{text:?}");
    }
}
