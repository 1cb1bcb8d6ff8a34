//! How large a plot is.

/// Outer size and text height, in units of 1/96 inch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) text: u32,
}

impl Size {
    /// One column of a paper: 85 mm wide, text of 9 points.
    pub(crate) const COLUMN: Self = Self { width: 321.0, height: 240.0, text: 12 };
    /// As wide and square.
    pub(crate) const SQUARE: Self = Self { width: 321.0, height: 321.0, text: 12 };
    /// A plane with what is told of it above; the height follows.
    pub(crate) const PLANE: Self = Self { width: 400.0, height: 400.0, text: 12 };
    /// One of many, side by side.
    pub(crate) const SMALL: Self = Self { width: 200.0, height: 212.0, text: 11 };

    /// About the width of `text`: a little more than it takes in the widest usual font.
    pub(crate) fn text_width(self, text: &str) -> f64 {
        0.6 * f64::from(self.text) * text.chars().count() as f64
    }

    /// `text`, shortened by an ellipsis so that it is at most about `width` wide.
    pub(crate) fn shortened(self, text: &str, width: f64) -> String {
        if self.text_width(text) <= width {
            return text.to_owned();
        }
        let mut shorter =
            (1..text.chars().count()).rev().map(|n| text.chars().take(n).chain(['…']).collect());
        let fitting = |text: &String| self.text_width(text) <= width;
        shorter.find(fitting).unwrap_or_else(|| "…".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_shortened_to_the_width() {
        let size = Size::COLUMN;
        assert_eq!(size.shortened("E0", 100.0), "E0");
        let short = size.shortened(&"é".repeat(500), 100.0);
        assert!(short.ends_with('…') && size.text_width(&short) <= 100.0);
        assert_eq!(size.shortened("abcdef", 0.0), "…");
    }
}
