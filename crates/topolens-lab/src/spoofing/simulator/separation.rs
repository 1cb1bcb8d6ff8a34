//! From colours to inks and back: how a printer separates an image, and what a sheet with these inks reflects.

use super::light::decode;

/// What each ink lets through of red, green and blue light, as linear reflectance relative to bare paper: cyan, magenta, yellow, black.
///
/// Round values for process inks on coated paper.
pub(super) const INKS: [[f32; 3]; 4] =
    [[0.04, 0.32, 0.68], [0.60, 0.04, 0.20], [0.95, 0.78, 0.04], [0.03, 0.03, 0.03]];

/// Cyan, magenta and yellow with their common grey replaced by black.
///
/// Black takes the share $g$ of the least ink, $k = g \min(c, m, y)$, and each ink $a$ becomes $(a - k) / (1 - k)$: light that
/// passes a fraction $1 - a$ of the sheet passes as much of it as before, $(1 - a')(1 - k) = 1 - a$.
pub(super) fn replace_grey(inks: [f32; 3], share: f32) -> [f32; 4] {
    let least = inks.iter().copied().fold(1.0, f32::min);
    // A sheet that is black all over needs no colour.
    let black = (share * least).min(0.999);
    let [cyan, magenta, yellow] = inks.map(|ink| (ink - black) / (1.0 - black));
    [cyan, magenta, yellow, black]
}

/// Area that dots cover on paper when they are to cover `tone`: ink is pressed outwards, most at half tone.
///
/// $$a' = a + 4 \Delta\, a (1 - a)$$ with $\Delta$ the gain at half tone.
pub(super) fn dot_gain(tone: f32, gain: f32) -> f32 {
    (tone + 4.0 * gain * tone * (1.0 - tone)).clamp(0.0, 1.0)
}

/// The Yule–Nielsen model of reflectance, with factor $n$.
///
/// Light enters a sheet in one place and leaves it in another, so that dots of area $a$ darken it by more than $a$. With inks that
/// overlap by chance (Demichel) and multiply in what they let through, $t$, a sheet reflects
///
/// $$R = R_{\text{paper}} \prod_i (1 - a_i + a_i t_i^{1/n})^n .$$
///
/// # References
///
/// `yule1951`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct InkModel {
    factor: f32,
    roots: [[f32; 3]; 4],
}

impl InkModel {
    pub(super) fn new(inks: [[f32; 3]; 4], factor: f32) -> Self {
        Self { factor, roots: inks.map(|ink| ink.map(|light| light.powf(1.0 / factor))) }
    }

    /// The $n$-th root of the reflectance, relative to paper, where inks cover these areas.
    pub(super) fn root(&self, areas: [f32; 4]) -> [f32; 3] {
        std::array::from_fn(|channel| {
            areas.iter().zip(&self.roots).map(|(area, root)| 1.0 - area + area * root[channel]).product()
        })
    }

    /// The reflectance of a root.
    pub(super) fn reflectance(&self, root: [f32; 3]) -> [f32; 3] {
        root.map(|root| root.max(0.0).powf(self.factor))
    }
}

/// Entries of the table along each axis.
const SIDE: usize = 17;

/// The printer's table from colours to inks, as in a colour profile.
///
/// Colours between paper and black ink are met as well as the inks can; the table knows of a dot gain and of Yule and Nielsen's
/// factor. Its axes are encoded values, evenly spaced.
#[derive(Debug, Clone)]
pub(super) struct Separation {
    inks: Vec<[f32; 4]>,
}

impl Separation {
    /// For a press with this model of inks, replacement of grey and gain at half tone.
    pub(super) fn new(model: &InkModel, grey: f32, gain: f32) -> Self {
        let at = |index: usize| decode((index % SIDE) as f32 / (SIDE - 1) as f32);
        let inks = (0..SIDE * SIDE * SIDE).map(|index| {
            let light = [at(index / (SIDE * SIDE)), at(index / SIDE), at(index)];
            separate(model, grey, gain, light)
        });
        Self { inks: inks.collect() }
    }

    /// Inks for an encoded colour, by trilinear interpolation.
    #[expect(clippy::cast_sign_loss, reason = "colours are from 0 to 1")]
    pub(super) fn inks(&self, encoded: [f32; 3]) -> [f32; 4] {
        let places = encoded.map(|value| value.clamp(0.0, 1.0) * (SIDE - 1) as f32);
        let corner = places.map(|place| (place as usize).min(SIDE - 2));
        let mut inks = [0.0; 4];
        for vertex in 0..8 {
            let (mut index, mut weight) = (0, 1.0);
            for axis in 0..3 {
                let is_upper = vertex >> axis & 1 == 1;
                let part = places[axis] - corner[axis] as f32;
                index = index * SIDE + corner[axis] + usize::from(is_upper);
                weight *= if is_upper { part } else { 1.0 - part };
            }
            inks = std::array::from_fn(|ink| inks[ink] + weight * self.inks[index][ink]);
        }
        inks
    }
}

/// Inks that reflect `light`, 0 being black ink and 1 paper.
///
/// Starts from the complement of the colour, and adds to each ink what its light is too bright, thirty times.
fn separate(model: &InkModel, grey: f32, gain: f32, light: [f32; 3]) -> [f32; 4] {
    let darkest = model.reflectance(model.root([0.0, 0.0, 0.0, 1.0]));
    let wanted: [f32; 3] =
        std::array::from_fn(|channel| darkest[channel] + (1.0 - darkest[channel]) * light[channel]);
    let wanted = wanted.map(|light| light.powf(1.0 / model.factor));
    let mut colours = wanted.map(|root| 1.0 - root);
    for _ in 0..30 {
        let areas = replace_grey(colours, grey).map(|tone| dot_gain(tone, gain));
        let got = model.root(areas);
        colours = std::array::from_fn(|ink| (colours[ink] + 0.7 * (got[ink] - wanted[ink])).clamp(0.0, 1.0));
    }
    replace_grey(colours, grey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_grey_conserves_the_colour() {
        // Each ideal ink stops one colour, and black all.
        let ideal = InkModel::new([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0; 3]], 1.0);
        for inks in [[0.2, 0.5, 0.9], [0.7, 0.7, 0.7], [0.0, 0.4, 0.1], [1.0, 1.0, 1.0]] {
            for share in [0.0, 0.5, 1.0] {
                let separated = replace_grey(inks, share);
                let reflected = ideal.reflectance(ideal.root(separated));
                for (light, ink) in reflected.iter().zip(inks) {
                    assert!((light - (1.0 - ink)).abs() < 1e-5, "{inks:?} {share}: {reflected:?}");
                }
            }
        }
        let all = replace_grey([0.3, 0.5, 0.8], 1.0);
        assert!(all[0] == 0.0 && (all[3] - 0.3).abs() < 1e-6, "{all:?}");
    }

    #[test]
    fn gain_is_greatest_at_half_tone_and_nothing_at_the_ends() {
        for (tone, area) in [(0.0, 0.0), (0.5, 0.65), (1.0, 1.0)] {
            assert!((dot_gain(tone, 0.15) - area).abs() < 1e-6);
        }
    }

    #[test]
    fn one_ink_follows_murray_davies_and_yule_nielsen() {
        let black = |factor| InkModel::new([[1.0; 3], [1.0; 3], [1.0; 3], [0.04; 3]], factor);
        let reflected = |factor| {
            let model = black(factor);
            model.reflectance(model.root([0.0, 0.0, 0.0, 0.5]))[0]
        };
        assert!((reflected(1.0) - 0.52).abs() < 1e-6);
        assert!((reflected(2.0) - 0.36).abs() < 1e-6, "((1 + 0.2) / 2)² = 0.36");
    }

    #[test]
    fn colours_of_skin_and_greys_are_met() {
        let model = InkModel::new(INKS, 1.8);
        let separation = Separation::new(&model, 0.5, 0.1);
        for encoded in [[0.85, 0.68, 0.58], [0.45, 0.30, 0.24], [0.5, 0.5, 0.5], [0.9, 0.9, 0.9]] {
            let areas = separation.inks(encoded).map(|tone| dot_gain(tone, 0.1));
            let got = model.reflectance(model.root(areas));
            for (got, value) in got.iter().zip(encoded) {
                let wanted = 0.03 + 0.97 * decode(value);
                assert!((got - wanted).abs() < 0.015, "{encoded:?}: {got} for {wanted}");
            }
        }
    }
}
