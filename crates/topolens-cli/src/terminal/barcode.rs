//! A barcode as text.

use topolens::{Diagram, Interval};
use topolens_lab::report::{count_label, last_value, longest, three_digits};

use super::screen::Screen;

/// The most bars in each homology dimension; the longest are kept.
const MOST_BARS: usize = 10;

/// Draws the longest bars of each homology dimension, each with its interval; a bar that ends in ▶ never dies.
pub(crate) fn barcode(diagrams: &[Diagram], screen: Screen) -> String {
    let drawn: Vec<Vec<Interval>> = diagrams.iter().map(|diagram| longest(diagram, MOST_BARS)).collect();
    let last = drawn.iter().map(|intervals| last_value(intervals)).fold(0.0, f64::max);
    let widest = drawn.iter().flatten().map(|interval| ends(interval).chars().count()).max().unwrap_or(0);
    // Two spaces, the bar, an arrow or a space, a space and the interval.
    let n_cells = screen.width - (4 + widest);
    let mut lines = Vec::new();
    for (diagram, intervals) in diagrams.iter().zip(&drawn) {
        lines.push(count_label(diagram, intervals.len()));
        for interval in intervals {
            let bar = screen.painted(diagram.homology_dimension(), &bar(interval, last, n_cells));
            lines.push(format!("  {bar} {}", ends(interval)));
        }
    }
    lines.push(format!("  {}", screen.faint(&"─".repeat(n_cells))));
    lines.push(format!("  0{:>1$}", end_of_axis(last), n_cells - 1).trim_end().to_owned());
    lines.join("\n")
}

/// The interval as `[birth, death)`.
fn ends(interval: &Interval) -> String {
    let death = if interval.is_essential() { "∞".to_owned() } else { three_digits(interval.death) };
    format!("[{}, {death})", three_digits(interval.birth))
}

/// The label at the right end; none if nothing is known but zero.
pub(crate) fn end_of_axis(last: f64) -> String {
    if last > 0.0 { three_digits(last) } else { String::new() }
}

/// The bar of an interval in `n_cells` characters from 0 to `last`, to half a character, and one more for the arrow.
fn bar(interval: &Interval, last: f64, n_cells: usize) -> String {
    let n_halves = 2 * n_cells;
    let from = steps(interval.birth, last, n_halves).min(n_halves - 1);
    let to = steps(interval.death, last, n_halves).max(from + 1);
    let inside = |half: usize| from <= half && half < to;
    let cells = (0..n_cells).map(|cell| match (inside(2 * cell), inside(2 * cell + 1)) {
        (true, true) => '━',
        (true, false) => '╸',
        (false, true) => '╺',
        (false, false) => ' ',
    });
    cells.chain([if interval.is_essential() { '▶' } else { ' ' }]).collect()
}

/// How many of `n_steps` equal steps from 0 to `last` lie below `value`, rounded.
#[expect(clippy::cast_sign_loss, reason = "filtration values are not negative, and the cast saturates")]
pub(crate) fn steps(value: f64, last: f64, n_steps: usize) -> usize {
    let part = if value <= 0.0 { 0.0 } else { (value / last).min(1.0) };
    (part * n_steps as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagram(homology_dimension: usize, ends: &[(f64, f64)]) -> Diagram {
        let intervals = ends.iter().map(|&(birth, death)| Interval { birth, death }).collect();
        Diagram::new(homology_dimension, intervals)
    }

    fn drawn(diagrams: &[Diagram]) -> String {
        barcode(diagrams, Screen { width: 40, colored: false })
    }

    #[test]
    fn a_square_by_hand() {
        let zero = diagram(0, &[(0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, f64::INFINITY)]);
        let expected = "\
H₀: 4
  ━━━━━━━━━━━━━━━━━━━━━━━━▶ [0, ∞)
  ━━━━━━━━━━━━              [0, 1.00)
  ━━━━━━━━━━━━              [0, 1.00)
  ━━━━━━━━━━━━              [0, 1.00)
H₁: 1
              ━━━━━━━━━━━━  [1.00, 2.00)
  ────────────────────────
  0                   2.00";
        assert_eq!(drawn(&[zero, diagram(1, &[(1.0, 2.0)])]), expected);
    }

    #[test]
    fn the_shortest_bar_is_half_a_character_and_stays_inside() {
        let one = diagram(1, &[(0.0, 100.0), (0.0, 1e-9), (2.0, 2.1), (99.8, 100.0)]);
        let expected = "\
H₁: 4
  ━━━━━━━━━━━━━━━━━━━━━━━━  [0, 100)
                         ╺  [99.8, 100)
  ╺                         [2.00, 2.10)
  ╸                         [0, 1.00e-9)
  ────────────────────────
  0                    100";
        assert_eq!(drawn(&[one]), expected);
    }

    #[test]
    fn a_single_point_has_no_scale() {
        let expected = "\
H₀: 1
  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━▶ [0, ∞)
H₁: 0
  ──────────────────────────────
  0";
        assert_eq!(drawn(&[diagram(0, &[(0.0, f64::INFINITY)]), diagram(1, &[])]), expected);
    }

    #[test]
    fn of_very_many_the_longest_are_drawn_and_it_says_so() {
        let many: Vec<(f64, f64)> = (0..100_000).map(|at| (0.0, f64::from(at + 1))).collect();
        let text = drawn(&[diagram(0, &many)]);
        assert_eq!(text.lines().count(), 1 + MOST_BARS + 2);
        assert!(text.starts_with("H₀: longest 10 of 100000\n") && text.contains("[0, 99991)"), "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        for last in [1e-300, 1e-12, 1.0, 1e12, f64::MAX] {
            let diagrams =
                [diagram(0, &[(0.0, f64::INFINITY), (0.0, last)]), diagram(1, &[(0.9 * last, last)])];
            for line in drawn(&diagrams).lines() {
                assert!(line.chars().count() <= 40, "{line}");
            }
        }
    }

    #[test]
    fn bars_are_painted_and_numbers_are_not() {
        let text = barcode(&[diagram(1, &[(1.0, 2.0)])], Screen { width: 40, colored: true });
        assert!(
            text.contains("━\u{1b}[0m [1.00, 2.00)") || text.contains("━ \u{1b}[0m [1.00, 2.00)"),
            "{text:?}"
        );
    }
}
