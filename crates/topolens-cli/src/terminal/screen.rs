//! What standard output can show.

use std::io::{self, IsTerminal};

use console::{Color, Style, Term, colors_enabled};

/// The width to draw in, and whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) width: usize,
    pub(crate) colored: bool,
}

/// Wider drawings are no clearer, narrower ones are not clear.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=100;

impl Screen {
    /// The terminal that standard output is, or 80 columns; colours unless `NO_COLOR` or `CLICOLOR` says otherwise.
    pub(crate) fn of_stdout() -> Self {
        let width = Term::stdout().size_checked().map_or(80, |(_, columns)| usize::from(columns));
        Self { width: width.clamp(*WIDTHS.start(), *WIDTHS.end()), colored: colors_enabled() }
    }

    /// The width that lines may have: that of the terminal, without a limit in a pipe or a file.
    pub(crate) fn width_of_lines() -> usize {
        let columns = Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        columns.filter(|_| Self::is_terminal()).unwrap_or(usize::MAX)
    }

    /// Whether a person is looking.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// `text` in the colour of a homology dimension: blue, red, green or magenta, near those of the pictures.
    pub(crate) fn painted(self, homology_dimension: usize, text: &str) -> String {
        const COLORS: [Color; 4] = [Color::Blue, Color::Red, Color::Green, Color::Magenta];
        self.styled(Style::new().fg(COLORS[homology_dimension.min(COLORS.len() - 1)]), text)
    }

    /// `text` that should not stand out.
    pub(crate) fn faint(self, text: &str) -> String {
        self.styled(Style::new().dim(), text)
    }

    /// `text` that says all is well, in green.
    pub(crate) fn good(self, text: &str) -> String {
        self.styled(Style::new().fg(Color::Green), text)
    }

    /// `text` that says something is wrong, in bold red.
    pub(crate) fn bad(self, text: &str) -> String {
        self.styled(Style::new().fg(Color::Red).bold(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        style.force_styling(self.colored).apply_to(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colors_text_is_plain() {
        let plain = Screen { width: 80, colored: false };
        assert_eq!((plain.painted(1, "━").as_str(), plain.faint("─").as_str()), ("━", "─"));
    }

    #[test]
    fn each_homology_dimension_has_a_color() {
        let colored = Screen { width: 80, colored: true };
        let painted: Vec<String> = (0..4).map(|dimension| colored.painted(dimension, "━")).collect();
        assert_eq!(painted[0], "\u{1b}[34m━\u{1b}[0m");
        assert!((1..4).all(|at| !painted[..at].contains(&painted[at])));
        assert_eq!(colored.painted(99, "━"), painted[3]);
    }
}
