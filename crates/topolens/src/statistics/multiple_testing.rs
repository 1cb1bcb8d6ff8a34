//! P-values adjusted for the number of tests.

use super::correlation::check_finite;
use crate::error::{Error, InputKind, SettingKind};

/// A correction for many tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MultipleTesting {
    /// The chance of any false rejection, whatever the dependence: $\max_{j \le i} (m - j + 1) p_{(j)}$.
    Holm,
    /// The expected share of false rejections, for independent or positively dependent tests: $\min_{j \ge i} m p_{(j)}
    /// / j$.
    BenjaminiHochberg,
    /// The same share whatever the dependence: the above times $\sum_{j \le m} 1/j$.
    BenjaminiYekutieli,
}

impl MultipleTesting {
    /// All corrections.
    pub const ALL: [Self; 3] = [Self::Holm, Self::BenjaminiHochberg, Self::BenjaminiYekutieli];

    /// The correction's name: `holm`, `benjamini-hochberg` or `benjamini-yekutieli`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holm => "holm",
            Self::BenjaminiHochberg => "benjamini-hochberg",
            Self::BenjaminiYekutieli => "benjamini-yekutieli",
        }
    }

    /// The correction of a name.
    ///
    /// # Errors
    ///
    /// If no correction has the name.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::MultipleTesting;
    ///
    /// assert_eq!(MultipleTesting::from_name("holm")?, MultipleTesting::Holm);
    /// assert!(MultipleTesting::from_name("bonferroni").unwrap_err().to_string().contains("holm"));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|correction| correction.name() == name);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).to_vec();
            SettingKind::UnknownName { argument: "method", name: name.to_owned(), known }.into()
        })
    }

    /// The adjusted p-values, in the order given: reject those up to the level.
    ///
    /// # Errors
    ///
    /// If there is none, or one is not from 0 to 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::MultipleTesting;
    ///
    /// let adjusted = MultipleTesting::Holm.adjusted(&[0.03, 0.01, 0.5])?;
    /// assert_eq!(adjusted, [0.06, 0.03, 0.5]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// bib: `holm1979`, `benjamini1995`, `benjamini2001`
    pub fn adjusted(self, p_values: &[f64]) -> Result<Vec<f64>, Error> {
        check_probabilities(p_values)?;
        let m = p_values.len();
        let mut order: Vec<usize> = (0..m).collect();
        order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
        let mut adjusted = vec![0.0; m];
        if self == Self::Holm {
            let mut largest = 0.0_f64;
            for (place, &at) in order.iter().enumerate() {
                largest = largest.max((m - place) as f64 * p_values[at]).min(1.0);
                adjusted[at] = largest;
            }
            return Ok(adjusted);
        }
        let harmonic = (1..=m).map(|j| (j as f64).recip()).sum::<f64>();
        let factor = if self == Self::BenjaminiYekutieli { m as f64 * harmonic } else { m as f64 };
        let mut smallest = 1.0_f64;
        for (place, &at) in order.iter().enumerate().rev() {
            smallest = smallest.min(factor * p_values[at] / (place + 1) as f64);
            adjusted[at] = smallest;
        }
        Ok(adjusted)
    }
}

fn check_probabilities(p_values: &[f64]) -> Result<(), Error> {
    if p_values.is_empty() {
        return Err(InputKind::Empty { argument: "p_values" }.into());
    }
    check_finite("p_values", p_values)?;
    match p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        Some(&value) => {
            Err(SettingKind::OutOfRange { argument: "p_values", value, allowed: "from 0 to 1" }.into())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_p_values_are_errors() {
        for p_values in [&[][..], &[0.1, f64::NAN], &[1.1], &[-0.1]] {
            assert!(MultipleTesting::Holm.adjusted(p_values).unwrap_err().is_invalid_input());
        }
    }
}
