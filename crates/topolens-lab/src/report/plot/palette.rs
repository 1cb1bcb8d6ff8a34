//! Colours that readers with any colour vision can tell apart.

use super::scene::Color;

pub(crate) const BLACK: Color = Color(0x1a, 0x1a, 0x1a);
pub(crate) const GREY: Color = Color(0x76, 0x76, 0x76);
pub(crate) const LIGHT_GREY: Color = Color(0xe2, 0xe2, 0xe2);

/// The colour of a homology dimension, from the palette of Okabe & Ito (2008).
pub(crate) fn homology_color(homology_dimension: usize) -> Color {
    const COLORS: [Color; 4] =
        [Color(0x00, 0x72, 0xb2), Color(0xd5, 0x5e, 0x00), Color(0x00, 0x9e, 0x73), Color(0xcc, 0x79, 0xa7)];
    COLORS[homology_dimension.min(COLORS.len() - 1)]
}

/// The colour of the kind at `position`, from the palette of Okabe & Ito (2008).
pub(crate) fn level_color(position: usize) -> Color {
    const COLORS: [Color; 7] = [
        Color(0x00, 0x72, 0xb2),
        Color(0xd5, 0x5e, 0x00),
        Color(0x00, 0x9e, 0x73),
        Color(0xcc, 0x79, 0xa7),
        Color(0x8c, 0x6d, 0x00),
        Color(0x56, 0xb4, 0xe9),
        Color(0x1a, 0x1a, 0x1a),
    ];
    COLORS[position % COLORS.len()]
}

/// The colour of the class at `position` of at most ten: those of [`level_color`] and three more.
pub(crate) fn class_color(position: usize) -> Color {
    const MORE: [Color; 3] = [Color(0xe0, 0xb4, 0x00), Color(0x88, 0x22, 0x55), Color(0x7a, 0x5c, 0xd0)];
    position.checked_sub(7).and_then(|at| MORE.get(at).copied()).unwrap_or_else(|| level_color(position))
}

/// The colour of the epoch at `position` of `n_epochs`: from light to dark, so that the order survives grey printing.
pub(crate) fn epoch_color(position: usize, n_epochs: usize) -> Color {
    const STOPS: [Color; 4] =
        [Color(0xe6, 0x9f, 0x00), Color(0xc2, 0x5b, 0x3f), Color(0x7b, 0x2d, 0x6e), Color(0x1b, 0x1b, 0x5e)];
    if n_epochs < 2 {
        return homology_color(0);
    }
    let (along, whole) = (position * (STOPS.len() - 1), n_epochs - 1);
    let stop = (along / whole).min(STOPS.len() - 2);
    STOPS[stop].mixed(STOPS[stop + 1], along - stop * whole, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_go_from_light_to_dark() {
        for n_epochs in [2, 3, 10, 100] {
            let light = |at| {
                let Color(red, green, blue) = epoch_color(at, n_epochs);
                0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)
            };
            assert!((1..n_epochs).all(|at| light(at) < light(at - 1)), "{n_epochs}");
        }
    }

    #[test]
    fn one_epoch_and_many_dimensions_have_a_color() {
        assert_eq!(epoch_color(0, 1), homology_color(0));
        assert_eq!(homology_color(99), homology_color(3));
    }
}
